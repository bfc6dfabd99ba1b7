"""Read the sheet of overrides as strictly as any input: every fault names its cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from assets.outputs.labels import LANGUAGES, labels
from assets.outputs.workbook.override_sheet import COLUMNS, NAMES
from assets.outputs.workbook.texts import label_of, texts
from assets.sources.reading import FileRefused, NotRecognised, read_head
from assets.sources.workbooks import Sheet, folded, is_workbook, open_workbook
from schemas.faults import Fault
from schemas.reference import OVERRIDE
from schemas.validate import conform

RULE = "override"
CELL = ("country", "theme", "measure", "breakdown", "year")
_OPTIONAL = ("indicator", "expected_value")
_CODES = {name: codes for name, _, _, codes in COLUMNS if codes is not None}
_SIGNS = "●◐○ "
_CODES_OF = {
    "country": "SELECT country FROM country WHERE active",
    "theme": "SELECT theme FROM theme ORDER BY position",
    "measure": "SELECT DISTINCT measure FROM theme_breakdown",
    "breakdown": "SELECT DISTINCT breakdown FROM theme_breakdown",
    "status": "SELECT code FROM code WHERE list = 'availability_status' ORDER BY position",
    "indicator": "SELECT DISTINCT indicator FROM theme_indicator",
}
_FIGURES = """
SELECT value FROM (
    SELECT country, theme, indicator, breakdown, year, value FROM country_stock
    UNION ALL BY NAME
    SELECT country, theme, indicator, breakdown, year, value FROM country_flow
)
WHERE country = ? AND theme = ? AND indicator = ? AND breakdown = ? AND year = ?
ORDER BY value
"""


@dataclass
class _Known:
    """What the warehouse knows, against which a row is read."""

    connection: duckdb.DuckDBPyConnection
    today: date
    # By column and by what a person may write, the codes that it may mean.
    called: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    splits: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    indicators: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    years: tuple[int, int] = (0, 0)


def read_overrides(path: Path, connection: duckdb.DuckDBPyConnection, today: date) -> pd.DataFrame:
    """Read the overrides of a workbook.

    Args:
        path: A workbook with the sheet of overrides, in any of the languages.
        connection: The published warehouse: its cells, years, and the figures that overrides
            expect.
        today: No decision is of a later day.

    Returns:
        The overrides, in the columns of ``schemas.reference.OVERRIDE``; none for an empty sheet.

    Raises:
        NotRecognised: It is no workbook, or has no sheet of overrides.
        FileRefused: It can't be opened, a heading is missing or unknown, or a cell is wrong.
    """
    if not is_workbook(read_head(path)):
        raise NotRecognised(f"{path.name} is no workbook (.xlsx or .xls)")
    sheets = open_workbook(path)
    wanted = [str(texts(language)["overrides"]) for language in LANGUAGES]
    sheet = next((sheets[name] for name in wanted if name in sheets), None)
    if sheet is None:
        listed = ", ".join(repr(name) for name in sheets)
        raise NotRecognised(f"{path.name} has no sheet {wanted[0]!r}; its sheets: {listed}")
    head, columns = _headings(path.name, sheet)
    known = _known(connection, today)
    rows: list[dict[str, Any]] = []
    places: dict[tuple[Any, ...], str] = {}
    faults: list[Fault] = []
    for row in range(head + 1, len(sheet.rows)):
        if all(_empty(cell) for cell in sheet.rows[row]):
            continue
        told, wrong = _row(sheet, row, columns, known)
        faults += wrong
        if not wrong:
            key = tuple(told[name] for name in CELL)
            here = sheet.place(row, columns["country"])
            if key in places:
                said = ", ".join(map(str, key))
                faults.append(Fault(f"{places[key]} and {here}", None, said, "one row a cell"))
            places[key] = here
            rows.append(told)
    if faults:
        raise FileRefused(path.name, faults)
    return conform(pd.DataFrame(rows, columns=OVERRIDE.columns), OVERRIDE)


def _headings(file: str, sheet: Sheet) -> tuple[int, dict[str, int]]:
    """The row of headings, and the place of each column."""
    named = {
        folded(texts(language)["columns"][name]): name for language in LANGUAGES for name in NAMES
    }
    labels_of_theme = [texts(language)["columns"]["theme"] for language in LANGUAGES]
    found = sheet.find(*labels_of_theme)
    if found is None:
        raise FileRefused(
            file, [Fault(sheet.name, None, None, f"a heading {labels_of_theme[0]!r}")]
        )
    head, faults = found[0], []
    columns: dict[str, int] = {}
    for column, cell in enumerate(sheet.rows[head]):
        if _empty(cell):
            below = next(
                (row for row in range(head + 1, len(sheet.rows))
                 if not _empty(sheet.rows[row][column])), None,
            )  # fmt: skip
            if below is not None:
                value = str(sheet.rows[below][column])
                faults.append(Fault(sheet.place(below, column), None, value, "a heading above it"))
            continue
        name = named.get(folded(str(cell)))
        if name is None or name in columns:
            wanted = "a heading that stands once" if name else "no such heading"
            faults.append(Fault(sheet.place(head, column), None, str(cell), wanted))
        else:
            columns[name] = column
    for name in NAMES:
        if name not in columns:
            wanted = f"a heading {texts('en')['columns'][name]!r}"
            faults.append(Fault(f"{sheet.name}, row {head + 1}", name, None, wanted))
    if faults:
        raise FileRefused(file, faults)
    return head, columns


def _known(connection: duckdb.DuckDBPyConnection, today: date) -> _Known:
    known = _Known(connection, today)
    named = [labels(connection, language) for language in LANGUAGES]
    for name, query in _CODES_OF.items():
        codes = [code for (code,) in connection.execute(query).fetchall()]
        called: dict[str, set[str]] = {}
        for code in codes:
            for text in (code, *(label_of(one, _CODES[name], code) for one in named)):
                called.setdefault(folded(text), set()).add(code)
        known.called[name] = called
        known.examples[name] = ", ".join(
            label_of(named[0], _CODES[name], code) for code in codes[:3]
        )
    for table, column, told in (
        ("theme_breakdown", "breakdown", known.splits),
        ("theme_indicator", "indicator", known.indicators),
    ):
        query = f"SELECT DISTINCT theme, measure, {column} FROM {table} ORDER BY ALL"
        for theme, measure, code in connection.execute(query).fetchall():
            told.setdefault((theme, measure), []).append(code)
    ((first, last),) = connection.execute(
        "SELECT min(year), max(year) FROM availability_matrix"
    ).fetchall()
    known.years = (first, last)
    return known


def _row(
    sheet: Sheet, row: int, columns: dict[str, int], known: _Known
) -> tuple[dict[str, Any], list[Fault]]:
    """The values of a row, and what is wrong with it."""
    told: dict[str, Any] = {"rule": RULE}
    faults = []
    for name in NAMES:
        cell = sheet.rows[row][columns[name]]
        value, expected = (None, None) if _empty(cell) else _value(name, cell, known)
        if _empty(cell) and name not in _OPTIONAL:
            expected = "a value"
        if expected is not None:
            place = sheet.place(row, columns[name])
            faults.append(Fault(place, name, None if _empty(cell) else str(cell), expected))
        told[name] = value
    if not faults:
        for name, expected in _belonging(told, known):
            found = sheet.rows[row][columns[name]]
            value = None if _empty(found) else str(found)
            faults.append(Fault(sheet.place(row, columns[name]), name, value, expected))
    return told, faults


def _value(name: str, cell: object, known: _Known) -> tuple[Any, str | None]:
    """The value of a cell, and what was expected where it is none."""
    if name in _CODES:
        text = cell.strip(_SIGNS) if isinstance(cell, str) else str(cell)
        codes = known.called[name].get(folded(text), set())
        expected = f"one of the sheet of lists, as {known.examples[name]}"
        return (next(iter(codes)), None) if len(codes) == 1 else (None, expected)
    if name == "year":
        first, last = known.years
        expected = f"a year from {first} to {last}"
        year = _whole(cell)
        return (year, None) if year is not None and first <= year <= last else (None, expected)
    if name == "expected_value":
        is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
        return (cell, None) if is_number else (None, "a number")
    if name == "date":
        day = _day(cell)
        fits = day is not None and day <= known.today
        expected = f"a day, yyyy-mm-dd, not after {known.today:%Y-%m-%d}"
        return (pd.Timestamp(day), None) if day is not None and fits else (None, expected)
    return (" ".join(cell.split()), None) if isinstance(cell, str) else (None, "a text")


def _belonging(told: dict[str, Any], known: _Known) -> Iterator[tuple[str, str]]:
    """Columns of a row whose values do not fit the others, and what was expected."""
    side = (told["theme"], told["measure"])
    splits = known.splits.get(side, [])
    if told["breakdown"] not in splits:
        yield "breakdown", f"a breakdown of {side[0]}, {side[1]}: {', '.join(splits) or 'none'}"
        return
    if (told["indicator"] is None) != (told["expected_value"] is None):
        missing = "indicator" if told["indicator"] is None else "expected_value"
        yield missing, "indicator and expected figure, both or neither"
    elif told["indicator"] is not None:
        indicators = known.indicators.get(side, [])
        if told["indicator"] not in indicators:
            yield "indicator", f"an indicator of {side[0]}, {side[1]}: {', '.join(indicators)}"
            return
        keys = [told[name] for name in ("country", "theme", "indicator", "breakdown", "year")]
        figures = [value for (value,) in known.connection.execute(_FIGURES, keys).fetchall()]
        if told["expected_value"] not in figures:
            has = ", ".join(f"{value:.15g}" for value in figures[:5] if value is not None)
            yield "expected_value", f"a figure that the warehouse has now: {has or 'it has none'}"


def _empty(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _whole(cell: object) -> int | None:
    if isinstance(cell, str) and cell.strip().isascii() and cell.strip().isdigit():
        return int(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and float(cell).is_integer():
        return int(cell)
    return None


def _day(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return datetime.strptime(str(cell).strip(), "%Y-%m-%d").date()
    except ValueError:
        return None
