"""The first sheet: what the workbook is, of which build, how to use it, and whose data it holds."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
from xlsxwriter.worksheet import Worksheet

from assets.outputs.labels import STATUSES
from assets.outputs.queries import records
from assets.outputs.workbook.page import Book
from assets.outputs.workbook.texts import Words

_RELEASES = """
SELECT s.institution, e.source, e.dataset, e.release, r.known_on_to,
    max(e.retrieved_at) AS retrieved_at
FROM extract AS e
JOIN source AS s USING (source)
LEFT JOIN release AS r USING (source, dataset, release)
WHERE e.accepted
GROUP BY ALL ORDER BY e.source, e.dataset, e.release
"""
_LICENCES = """
SELECT DISTINCT s.source, s.institution, s.title, s.licence, coalesce(s.citation, '') AS citation,
    s.licence_link AS link
FROM source AS s JOIN extract AS e ON e.source = s.source AND e.accepted
ORDER BY s.source
"""
_COUNTS = """
SELECT theme, count(*) AS all_cells, count(*) FILTER (status = 'available') AS available,
    count(*) FILTER (status = 'partial') AS partial
FROM availability_matrix GROUP BY theme
"""
_SHEETS = (
    "definitions", "discrepancies", "gaps", "report_check", "issues", "overrides", "lists",
)  # fmt: skip
_WIDTHS = (32, 14, 28, 18, 32, 44)


def write_front(
    book: Book,
    sheet: Worksheet,
    connection: duckdb.DuckDBPyConnection,
    words: Words,
    sheets: Mapping[str, str],
) -> None:
    """Write the first sheet.

    Args:
        book: The workbook.
        sheet: An empty sheet of it.
        connection: The published warehouse.
        words: Texts and labels.
        sheets: Names of the other sheets by theme or by what they list.
    """
    about = words.texts["about"]
    countries = [one for (one,) in connection.execute(
        "SELECT country FROM country WHERE active ORDER BY 1").fetchall()]  # fmt: skip
    places = ", ".join(words.name("area", one) for one in countries)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    book.put(sheet, 0, 0, f"{words.texts['title']}: {places}", "title")
    sheet.set_row(0, 32)
    row = _paragraph(book, sheet, 1, about["lead"].format(countries=places))
    row = _paragraph(book, sheet, row, about["method"]) + 1
    row = _build(book, sheet, row, connection, words, places) + 1
    row = _legend(book, sheet, row, words) + 1
    row = _sheets(book, sheet, row, connection, words, sheets) + 1
    book.put(sheet, row, 0, about["use"], "heading")
    for number in range(1, 6):
        text = about[f"use_{number}"].format(overrides=words.texts["overrides"])
        row = _paragraph(book, sheet, row + 1, text) - 1
    columns = ("institution", "source", "dataset", "release", "known_on_to", "retrieved_at")
    row = _table(book, sheet, row + 2, about["releases"], columns, connection, _RELEASES, words)
    columns = ("institution", "source", "title", "licence", "citation", "link")
    _table(book, sheet, row + 1, about["licences"], columns, connection, _LICENCES, words)
    book.set_page(sheet, words.footer)
    sheet.freeze_panes(1, 0)


def _paragraph(book: Book, sheet: Worksheet, row: int, text: str) -> int:
    """Write a text over the width of the sheet; gives the row below."""
    sheet.merge_range(row, 0, row, len(_WIDTHS) - 1, "", book.style("wrapped"))
    book.put(sheet, row, 0, text, "wrapped")
    book.fit_row(sheet, row, [(text, sum(_WIDTHS))])
    return row + 1


def _build(
    book: Book,
    sheet: Worksheet,
    row: int,
    connection: duckdb.DuckDBPyConnection,
    words: Words,
    places: str,
) -> int:
    about = words.texts["about"]
    ((build, built_at, version),) = connection.execute(
        "SELECT build_id, built_at, contract_version FROM build"
    ).fetchall()
    ((first, last),) = connection.execute(
        "SELECT min(year), max(year) FROM availability_matrix"
    ).fetchall()
    told = (
        ("build", build, "plain"), ("built_at", built_at, "moment"), ("contract", version, "plain"),
        ("countries", places, "plain"), ("years", f"{first}–{last}", "plain"),
    )  # fmt: skip
    for name, value, style in told:
        book.put(sheet, row, 0, about[name], "name")
        book.put(sheet, row, 1, value, style)
        row += 1
    return row


def _legend(book: Book, sheet: Worksheet, row: int, words: Words) -> int:
    book.put(sheet, row, 0, words.texts["legend"], "heading")
    for place, status in enumerate(STATUSES, row + 1):
        book.put(sheet, place, 0, words.texts["signs"][status], status)
        book.put(sheet, place, 1, words.texts["meaning"][status], "plain")
    return row + len(STATUSES) + 1


def _sheets(
    book: Book,
    sheet: Worksheet,
    row: int,
    connection: duckdb.DuckDBPyConnection,
    words: Words,
    sheets: Mapping[str, str],
) -> int:
    about = words.texts["about"]
    counts = {theme: told for theme, *told in connection.execute(_COUNTS).fetchall()}
    book.put(sheet, row, 0, about["sheets"], "heading")
    for name, title in sheets.items():
        row += 1
        sheet.write_url(row, 0, f"internal:'{title}'!A1", book.style("link"), title)
        if name in _SHEETS:
            text = about["sheet"][name]
        else:
            every, available, partial = counts.get(name, (0, 0, 0))
            text = about["count"].format(available=available, all=every, partial=partial)
        book.put(sheet, row, 1, text, "plain")
    return row + 1


def _table(
    book: Book,
    sheet: Worksheet,
    row: int,
    title: str,
    columns: tuple[str, ...],
    connection: duckdb.DuckDBPyConnection,
    query: str,
    words: Words,
) -> int:
    rows = records(connection, query)
    book.put(sheet, row, 0, title, "heading")
    book.put_row(sheet, row + 1, [words.texts["columns"][name] for name in columns], "head")
    for place, told in enumerate(rows, row + 2):
        told["institution"] = words.name("institution", told["institution"])
        for column, name in enumerate(columns):
            if name == "link":
                book.put_link(sheet, place, column, told[name])
            else:
                book.put(sheet, place, column, told[name], _style(told[name]))
        book.fit_row(
            sheet,
            place,
            [
                (told[name], width)
                for name, width in zip(columns, _WIDTHS, strict=True)
                if name != "link"
            ],
        )
    return row + 2 + len(rows)


def _style(value: object) -> str:
    return "text" if value is None or isinstance(value, str) else "day"
