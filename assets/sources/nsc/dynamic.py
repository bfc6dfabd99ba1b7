"""NSC's dynamic tables: a legacy workbook, labels in three languages, a column a year.

The header is the row that names the label columns and the years; their order is read from it.
Labels carry white space, line breaks and glued footnote digits; two blank rows end the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from assets.sources import cells
from assets.sources.nsc.labels import LANGUAGE_HEADERS, indicators_of, is_external_migration
from assets.sources.reading import Faults, find_repeats
from assets.sources.workbooks import Row, Sheet, folded

LANGUAGES = ("ky", "ru", "en")
_LANGUAGE = {label: name for name, labels in LANGUAGE_HEADERS.items() for label in labels}
_HEADER_WITHIN = 40
_YEARS_AT_LEAST = 2
_CODE = re.compile(r"^\d+(\.\d+){2,}\.?\s*")
_DIGITS = re.compile(r"\s*(\d{1,2})$")
_FOOTNOTE = re.compile(r"^(\d{1,2})\s*\D")


@dataclass(frozen=True)
class Header:
    """Where the labels and the years of a table stand.

    Attributes:
        row: Row of the header, from 0.
        languages: Column of the labels by language.
        years: Year by column.
    """

    row: int
    languages: Mapping[str, int]
    years: Mapping[int, int]


def find_header(sheet: Sheet) -> Header | None:
    """The first row that has years and at least one known header of labels."""
    for at, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        years = {column: year for column, cell in enumerate(row) if (year := _year(cell))}
        languages: dict[str, int] = {}
        for column, cell in enumerate(row):
            language = _LANGUAGE.get(folded(str(cell)))
            if language is not None:
                languages.setdefault(language, column)
        if len(years) >= _YEARS_AT_LEAST and languages:
            return Header(at, languages, years)
    return None


def read_tables(
    sheets: Mapping[str, Sheet], faults: Faults
) -> tuple[pd.DataFrame, dict[str, str], bool]:
    """Read every table of a workbook.

    Args:
        sheets: Its sheets.
        faults: Takes what is wrong, with the cell.

    Returns:
        A frame in the columns of ``nsc_dynamic``, one row a filled cell; the titles of the first
        table; and whether all tables are about migration across the border.
    """
    frames, titles_of, external = [], [], []
    for sheet in sheets.values():
        header = find_header(sheet)
        if header is None:
            if any(not _is_blank(row) for row in sheet.rows):
                faults.add(sheet.name, None, None, "the header of a dynamic table")
            continue
        titles = _titles(sheet, header)
        external.append(is_external_migration(titles.values()))
        titles_of.append(titles)
        frames.append(_table(sheet, header, titles, external[-1], faults))
    frame = pd.concat(frames, ignore_index=True)
    stated = {f"title_{language}": title for language, title in titles_of[0].items() if title}
    return frame, stated, all(external)


def _table(
    sheet: Sheet, header: Header, titles: Mapping[str, str], external: bool, faults: Faults
) -> pd.DataFrame:
    _check_header(sheet, header, faults)
    body, footnotes = _body(sheet, header, faults)
    rows = [
        figure for at in body for figure in _figures(sheet, at, header, footnotes, external, faults)
    ]
    columns = [*(f"label_{one}" for one in LANGUAGES), "row", "indicator", "year", "value",
               "source_ref"]  # fmt: skip
    if not rows:
        faults.add(sheet.name, None, None, "rows with figures below the header")
    named = {f"title_{one}": titles.get(one) for one in LANGUAGES}
    frame = pd.DataFrame(rows, columns=columns).assign(table_code=cells.label(sheet.name), **named)
    known = frame[frame["indicator"].notna()]
    find_repeats(known, ("indicator", "year"), "source_ref", faults)
    return frame


def _check_header(sheet: Sheet, header: Header, faults: Faults) -> None:
    row = sheet.rows[header.row]
    first_year = min(header.years)
    for language in LANGUAGES:
        if language not in header.languages:
            usual = LANGUAGE_HEADERS[language][0]
            faults.add(f"{sheet.name}!{header.row + 1}", usual, None, "this column of labels")
    for column, cell in enumerate(row):
        text = cells.label(cell)
        known = column in header.years or column in header.languages.values()
        if text and not known:
            expected = "a year" if column > first_year else "a header of labels"
            faults.add(sheet.place(header.row, column), "header", text, expected)
    order = [header.years[column] for column in sorted(header.years)]
    for before, after, column in zip(order, order[1:], sorted(header.years)[1:], strict=False):
        if after <= before:
            expected = f"a year after {before}"
            faults.add(sheet.place(header.row, column), "year", str(after), expected)


def _body(sheet: Sheet, header: Header, faults: Faults) -> tuple[list[int], set[str]]:
    """Rows of the table, and the digits of the footnotes below it."""
    body: list[int] = []
    footnotes: set[str] = set()
    blank, ended = 0, False
    for at in range(header.row + 1, len(sheet.rows)):
        row = sheet.rows[at]
        blank = blank + 1 if _is_blank(row) else 0
        ended = ended or (blank >= 2 and bool(body))
        if blank:
            continue
        if not ended:
            body.append(at)
            continue
        for column in header.years:
            if column < len(row) and isinstance(row[column], float):
                expected = "no figure below the two blank rows that end the table"
                faults.add(sheet.place(at, column), None, str(row[column]), expected)
        texts = [cells.label(cell) for cell in row if isinstance(cell, str)]
        footnotes |= {found[1] for text in texts if (found := _FOOTNOTE.match(text))}
    return body, footnotes


def _figures(
    sheet: Sheet, at: int, header: Header, footnotes: set[str], external: bool, faults: Faults
) -> list[dict[str, object]]:
    row = sheet.rows[at]
    labels = {
        one: _without_footnote(cells.label(row[column]), footnotes)
        for one, column in header.languages.items()
        if column < len(row)
    }
    figures: list[dict[str, object]] = []
    for column, cell in enumerate(row):
        if column in header.languages.values():
            continue
        place = sheet.place(at, column)
        if column not in header.years:
            if column > min(header.years) and cells.label(cell):
                faults.add(place, None, cells.label(cell), "nothing, or a year above it")
            continue
        value = cells.number_or_fault(cell, place, str(header.years[column]), faults)
        if value is not None:
            figures.append({"year": header.years[column], "value": value, "source_ref": place})
    if not any(labels.values()):
        faults.add(sheet.place(at, 0), "label", None, "a label of the row")
    for one, text in labels.items() if external else ():
        digits = _DIGITS.search(text)
        if digits and indicators_of([text[: digits.start()]]) and not indicators_of([text]):
            where = sheet.place(at, header.languages[one])
            expected = f"a footnote {digits[1]} below the table, or a label without a digit"
            faults.add(where, "label", text, expected)
    named = indicators_of(labels.values()) if external else []
    if len(named) > 1:
        told = " / ".join(labels.values())
        faults.add(sheet.place(at, 0), "label", told, "labels that mean the same in all languages")
    own: dict[str, object] = {f"label_{one}": labels.get(one) or None for one in LANGUAGES}
    own |= {"row": at + 1, "indicator": named[0] if len(named) == 1 else None}
    return [own | figure for figure in figures]


def _titles(sheet: Sheet, header: Header) -> dict[str, str]:
    """The title in each language, above the labels of that language, without the table's code."""
    found = {}
    for language, column in header.languages.items():
        above = (row[column] for row in sheet.rows[: header.row] if column < len(row))
        found[language] = next((_CODE.sub("", cells.label(one)) for one in above if one), "")
    return found


def _without_footnote(text: str, footnotes: set[str]) -> str:
    """The label without a digit that is glued to its end, if a footnote has that digit."""
    found = _DIGITS.search(text)
    return text[: found.start()] if found and found[1] in footnotes else text


def _year(cell: object) -> int | None:
    return cells.year(cells.label(cell) if isinstance(cell, str) else cell)


def _is_blank(row: Row | Sequence[object]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)
