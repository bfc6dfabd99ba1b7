"""Give IDMC's cells, of whichever format, the types of their dataset's model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
import pyarrow as pa

from assets.sources.reading import Faults, find_repeats
from schemas.sources.idmc import MODELS
from schemas.table import Field

_WHOLE = re.compile(r"\d{1,15}(\.0+)?")
_DECIMAL = re.compile(r"\d{1,15}(\.\d+)?")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]00:00:00(?:\.0+)?Z?)?")
# What the patterns above take is below this too.
_TOO_LARGE = 10**15
_STAMP = frozenset(("release", "extract_id", "source_ref"))


@dataclass(frozen=True)
class Cells:
    """The cells of a table before they have types.

    Attributes:
        columns: Cells by column of the model, all of one length.
        refs: The place of each row.
        place: The place of a cell, by row and column.
    """

    columns: Mapping[str, Sequence[object]]
    refs: Sequence[str]
    place: Callable[[int, str], str]


def typed(cells: Cells, dataset: str, faults: Faults) -> pd.DataFrame:
    """Type the cells and look for repeated keys.

    Args:
        cells: The table.
        dataset: What it is.
        faults: Takes each cell that holds something else, with its place, and each row whose
            key was there before.

    Returns:
        All columns of the model but release and extract_id; missing where the format does not
        carry them.
    """
    model = MODELS[dataset]
    made: dict[str, object] = {}
    for one in model.fields:
        if one.name in _STAMP:
            continue
        given = cells.columns.get(one.name, [None] * len(cells.refs))
        made[one.name] = _column(given, one, cells, faults)
    frame = pd.DataFrame(made)
    frame["source_ref"] = pd.Series(list(cells.refs), dtype="str")
    keys = [name for name in model.key if name not in _STAMP]
    if keys and set(keys) <= set(cells.columns):
        find_repeats(frame, keys, "source_ref", faults)
    return frame


def _column(given: Sequence[object], one: Field, cells: Cells, faults: Faults) -> pd.Series:
    read, expected = _WORDS if one.name.startswith(_IN_WORDS) else _READ[one.kind]
    values = []
    for row, cell in enumerate(given):
        value = None
        if cell is not None and cell != "":
            value = read(cell)
            if value is None and not (isinstance(cell, str) and not cell.strip()):
                faults.add(cells.place(row, one.name), one.name, str(cell)[:60], expected)
        elif not one.nullable and one.name in cells.columns:
            faults.add(cells.place(row, one.name), one.name, "", "a value")
        values.append(value)
    return pd.Series(values, dtype=_DTYPES[one.kind])  # type: ignore[call-overload, no-any-return]


def _whole(cell: object) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if 0 <= cell < _TOO_LARGE and cell == int(cell) else None
    text = str(cell).strip()
    return int(float(text)) if _WHOLE.fullmatch(text) else None


def _decimal(cell: object) -> float | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell) if -_TOO_LARGE < cell < _TOO_LARGE else None
    text = str(cell).strip()
    return float(text) if _DECIMAL.fullmatch(text) else None


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = _DAY.fullmatch(str(cell).strip())
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _text(cell: object) -> str | None:
    if isinstance(cell, float) and cell.is_integer():
        # Workbooks hold numbers of events as numbers.
        return str(int(cell))
    return None if isinstance(cell, list | dict | bool) else str(cell).strip() or None


def _words(cell: object) -> str | None:
    """Text that is no number: the API sends numbers beside the words that they stand for."""
    text = _text(cell) if isinstance(cell, str) else None
    return None if text is None or text.isdigit() else text


# Columns that hold words, in the API and elsewhere.
_IN_WORDS = (
    "iso3", "country_name", "cause", "sex", "figure_category", "hazard_", "violence_", "event_name",
)  # fmt: skip
_WORDS: tuple[Callable[[object], object], str] = (_words, "words, and no number")
_READ: dict[str, tuple[Callable[[object], object], str]] = {
    "integer": (_whole, "a whole number of at least 0, or nothing"),
    "number": (_decimal, "a number, or nothing"),
    "date": (_day, "a day, or nothing"),
    "code": (_text, "text"),
    "text": (_text, "text"),
}
_DTYPES: dict[str, object] = {
    "integer": "Int64",
    "number": "float64",
    "date": pd.ArrowDtype(pa.date32()),
    "code": "str",
    "text": "str",
}
