"""Whether the rows of a file are those of the release and the countries that it is said to be of.

A file seldom says so itself: a letter or the name of a download does. A wrong word would let
an old file take the place of a new one, or one country's rows that of all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from assets.sources.publishers import sides_of
from assets.sources.reading import Faults, Reading
from schemas.faults import Fault
from schemas.sources import SOURCE_MODELS
from warehouse.reference_data import Reference

WORLD_SCOPE = "ALL"
# Of so few rows nobody can tell whether they are the world's.
_FEW_ROWS = 10
_YEARS = ("year", "year1")
# Code lists of the names that a publisher writes: warehouse.reference_data.code_lists makes them.
_NAMES_OF = "area_name:"


def misplaced(file: str, reading: Reading, last_day: date, reference: Reference) -> list[Fault]:
    """What in a file can't be of its release or its scope.

    Args:
        file: Its name.
        reading: The file as it was read, with release and scope.
        last_day: The last day on which the release can have become known.
        reference: Codes of areas by M49 numbers and names.
    """
    faults = Faults(file)
    frame = reading.frame
    for name in _YEARS:
        if name in frame:
            late = (frame[name] > last_day.year).fillna(False).to_numpy(dtype=bool)
            told = f"a year that release {reading.release} can hold, which was known in "
            faults.add_rows(late, frame["source_ref"], name, frame[name], f"{told}{last_day.year}")
    sides = _areas(reading, reference)
    if sides and len(frame) and reading.scope:
        _check_scope(reading, sides, faults)
    return faults.found


def _check_scope(reading: Reading, sides: Sequence[pd.Series], faults: Faults) -> None:
    """Rows of countries beside the scope, and a scope that is wider than the rows."""
    frame, scope = reading.frame, reading.scope or ()
    if WORLD_SCOPE in scope and len(frame) < _FEW_ROWS:
        return
    if WORLD_SCOPE in scope:
        for area in {str(side.iloc[0]) for side in sides}:
            if np.logical_or.reduce([(side == area).to_numpy() for side in sides]).all():
                expected = f"rows of all the world, but each is of {area}: the scope is {area}"
                faults.add(str(frame["source_ref"].iloc[0]), "scope", WORLD_SCOPE, expected)
        return
    of_scope = np.column_stack([side.isin(scope).to_numpy() for side in sides])
    told = sides[0].astype("str")
    for side in sides[1:]:
        told = told + " and " + side.astype("str")
    expected = f"a row of {', '.join(scope)}, for which the file is said to be complete"
    elsewhere = np.asarray(~of_scope.any(axis=1))
    faults.add_rows(elsewhere, frame["source_ref"], "scope", told, expected)
    for area in scope:
        own = np.column_stack([(side == area).to_numpy() for side in sides])
        # A country with rows, each of which is another country's, was not asked for itself.
        others = of_scope & ~own
        if own.any() and len(scope) > 1 and not (own.any(axis=1) & ~others.any(axis=1)).any():
            first = str(frame["source_ref"].iloc[int(np.argmax(own.any(axis=1)))])
            expected = f"rows of {area} with other countries than the rest of the scope"
            faults.add(first, "scope", area, expected)


def _areas(reading: Reading, reference: Reference) -> list[pd.Series]:
    """The areas of each row by side, as the warehouse's codes; missing where not known."""
    codes_of = {
        one.name: one.codes for one in SOURCE_MODELS[reading.source][reading.dataset].fields
    }
    found = []
    for columns in sides_of(reading.source):
        given = [
            _as_areas(reading.frame[name].astype("object"), codes_of[name] or "", reference)
            for name in columns
            if name in reading.frame
        ]
        if given:
            side = given[0]
            for other in given[1:]:
                side = side.fillna(other)
            found.append(side.astype("object"))
    return found


def _as_areas(column: pd.Series, codes: str, reference: Reference) -> pd.Series:
    """A column of M49 numbers or a publisher's names as the warehouse's codes of areas."""
    if codes == "m49":
        return column.map({str(number): area for number, area in reference.areas_by_m49().items()})
    if codes.startswith(_NAMES_OF):
        return column.map(reference.areas_by_name(codes.removeprefix(_NAMES_OF)))
    return column
