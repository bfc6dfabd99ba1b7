"""Blocks of cells of UN DESA's tables to numbers and areas, a column or a table at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets.sources.cells import label, number
from assets.sources.observations import chosen
from assets.sources.reading import Fault, Faults

Cells = Sequence[object] | np.ndarray
Change = Callable[[object], str | None]
# Signs of a figure that is not there; an empty cell is no figure at all.
MISSING_SIGNS = frozenset(("..", "...", "\u2026", "-", "\u2013", "\u2014"))
# Numbers of UN DESA that are none of M49: the world, and the residual of the origins.
NAMES_OF_CODES = {"900": "WORLD", "2003": "Others"}
# Excel prints 38891 and holds 38891.00000000001.
_WHOLE = 0.001


@dataclass(frozen=True)
class Numbers:
    """Cells as numbers.

    Attributes:
        values: The numbers, NaN where there is none.
        blank: Cells that are empty.
        bad: Cells that hold something else than a number or a sign for none.
    """

    values: np.ndarray
    blank: np.ndarray
    bad: np.ndarray


def numbers_of(cells: np.ndarray) -> Numbers:
    """Turn cells of any shape into numbers, each distinct text looked at once.

    Args:
        cells: Numbers and text.
    """
    flat = cells.ravel()
    if set(map(type, flat)) == {float}:
        nothing = np.zeros(cells.shape, dtype=bool)
        return Numbers(cells.astype("float64"), nothing, nothing)
    # Numbers have no text to look at, and they are nearly all of a workbook's cells.
    is_number = np.fromiter((type(cell) is float for cell in flat), dtype=bool, count=len(flat))
    values = np.full(len(flat), np.nan)
    values[is_number] = flat[is_number].astype("float64")
    blank, bad = np.zeros(len(flat), dtype=bool), np.zeros(len(flat), dtype=bool)
    texts = np.flatnonzero(~is_number)
    if len(texts):
        codes, found = pd.factorize(pd.Series(flat[texts], dtype=object), use_na_sentinel=False)
        told = [_number(one) for one in found]
        values[texts] = np.array([one[0] for one in told])[codes]
        blank[texts] = np.array([one[1] for one in told])[codes]
        bad[texts] = np.array([one[2] for one in told])[codes]
    shape = cells.shape
    return Numbers(values.reshape(shape), blank.reshape(shape), bad.reshape(shape))


def _number(cell: object) -> tuple[float, bool, bool]:
    """Value, whether the cell is empty, and whether it is neither number nor sign."""
    text = "" if cell is None or cell is pd.NA else str(cell).strip()
    if not text:
        return np.nan, True, False
    if text in MISSING_SIGNS:
        return np.nan, False, False
    try:
        found = number(text)
    except ValueError:
        found = None
    return (np.nan, False, True) if found is None else (found, False, False)


def whole(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Round to whole numbers, and say where that changes a figure."""
    rounded = np.rint(values)
    return rounded, np.abs(values - rounded) > _WHOLE


def counts(values: np.ndarray) -> pd.Series:
    """Whole numbers as Int64, missing where NaN."""
    missing = np.isnan(values)
    return pd.Series(pd.arrays.IntegerArray(np.where(missing, 0, values).astype(np.int64), missing))


def located(
    codes: Cells | None, names: Cells | None, places: Sequence[str] | pd.Series, column: str,
    faults: Faults,
) -> dict[str, pd.Categorical]:  # fmt: skip
    """Tell areas by their location codes, and by their names where there is no code.

    Args:
        codes: Location codes, or None where the file has no such column.
        names: Names as printed, or None.
        places: The place of each row, asked for only where there is a fault.
        column: What the column of codes is called in messages.
        faults: Takes what is no location code.

    Returns:
        ``label``, ``m49`` and ``name``, one value a row each (see ``schemas.sources.undesa``).
    """
    length = len(places)
    told = _distinct(names, length, lambda cell: label(cell) or None)
    numbered = _distinct(codes, length, _location_code)
    known, which = numbered
    strange = [text is not None and not text.isdigit() for text in known]
    if any(strange):
        for row in np.flatnonzero(np.array(strange)[which])[:20]:
            faults.add(
                str(places[row]), column, str(known[which[row]]), "a location code, digits only"
            )
    renamed = [NAMES_OF_CODES.get(text or "") for text in known]
    m49 = [None if new or bad else text for text, new, bad in
           zip(known, renamed, strange, strict=True)]  # fmt: skip
    by_number = np.array([text is not None for text in known])[which]
    labels, of_label = told
    by_name = np.where(by_number, len(labels) + which, of_label)
    return {
        "label": _picked(of_label, labels),
        "m49": _picked(which, m49),
        "name": _picked(by_name, [*labels, *renamed]),
    }


def _distinct(
    cells: Cells | None, length: int, change: Change
) -> tuple[list[str | None], np.ndarray]:
    """The distinct values of a column, changed, and which of them each row has."""
    if cells is None:
        return [None], np.zeros(length, dtype=np.int64)
    codes, found = pd.factorize(np.asarray(cells, dtype=object), use_na_sentinel=False)
    return [change(one) for one in found], codes


def picked(cells: Cells, change: Change) -> pd.Categorical:
    """A column of text as categories, each distinct value changed once."""
    values, codes = _distinct(cells, len(cells), change)
    return _picked(codes, values)


def _picked(codes: np.ndarray, values: Sequence[str | None]) -> pd.Categorical:
    used = np.zeros(len(values), dtype=bool)
    used[np.unique(codes)] = True
    used &= np.array([one is not None for one in values], dtype=bool)
    present = [str(one) for one, wanted in zip(values, used, strict=True) if wanted]
    positions = np.where(used, np.cumsum(used) - 1, -1)
    return chosen(positions[codes].astype(np.int64), present)


def _location_code(cell: object) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = "" if cell is None else str(cell).strip()
    if text.endswith(".0"):
        text = text[:-2]
    return (str(int(text)) if text.isascii() and text.isdigit() else text) or None


def joined(
    prefixes: Sequence[str], columns: np.ndarray, rows: np.ndarray, suffixes: Sequence[str]
) -> pd.Series:
    """Places of cells: what stands before the number of the row, the number, what stands after.

    Args:
        prefixes: By column.
        columns: Which column each cell is in.
        rows: Number of each cell's row as people count it.
        suffixes: By column.
    """
    which, numbers = pd.factorize(rows)
    text = pc.binary_join_element_wise(
        pa.array(list(prefixes), pa.large_string()).take(pa.array(columns)),
        pa.array(numbers.astype("str").tolist(), pa.large_string()).take(pa.array(which)),
        pa.array(list(suffixes), pa.large_string()).take(pa.array(columns)),
        pa.scalar("", pa.large_string()),
    )
    return pd.Series(pd.array(text, dtype=pd.StringDtype("pyarrow", na_value=np.nan)))


def note_bad(
    bad: np.ndarray, cells: np.ndarray, place: Callable[[int, int], str], header: Sequence[str],
    expected: str, faults: Faults,
) -> None:  # fmt: skip
    """Note a fault for each bad cell of a block; places are made for those that are shown."""
    found = np.argwhere(bad)
    shown = [
        Fault(place(row, at), header[at], str(cells[row, at])[:60], expected)
        for row, at in found[:20]
    ]
    faults.add_many(shown, len(found))
