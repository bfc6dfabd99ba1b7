"""The theme sheets: the data availability table, and below it the sources by year."""

from __future__ import annotations

from typing import Any

import duckdb
from xlsxwriter.worksheet import Worksheet

from assets.outputs.labels import STATUSES
from assets.outputs.workbook.page import Book
from assets.outputs.workbook.texts import Words

TITLE_ROWS = 2
_SOURCE_COLUMNS = (
    "source", "authors", "institution", "title", "link", "data_source", "frequency",
    "publicly_available", "breakdowns", "definition", "languages", "years", "access",
    "request_route",
)  # fmt: skip
_CELLS = """
SELECT m.country, m.year, m.measure, m.breakdown, m.status, m.status_national, m.rule, m.reason,
    m.sources, m.public_sources, m.completeness
FROM availability_matrix AS m
JOIN theme_breakdown AS b USING (theme, measure, breakdown)
WHERE m.theme = ?
ORDER BY m.country, m.year DESC, m.measure DESC, b.position
"""
_SOURCES = f"""
SELECT country, {", ".join(_SOURCE_COLUMNS)} FROM sources_by_year WHERE theme = ?
ORDER BY country, access = 'internal', access = 'on_request', source
"""
_WIDTH = 17
_WIDE = 12  # columns from which a sheet is printed on A3
_HEAD_HEIGHT, _ROW_HEIGHT = 62, 32


def write_theme(
    book: Book,
    sheet: Worksheet,
    connection: duckdb.DuckDBPyConnection,
    theme: str,
    words: Words,
    front: str,
) -> None:
    """Write the sheet of a theme.

    Args:
        book: The workbook.
        sheet: An empty sheet of it.
        connection: The published warehouse.
        theme: The theme's code.
        words: Texts and labels.
        front: Name of the first sheet, to lead back to.
    """
    cells = connection.execute(_CELLS, [theme]).fetchall()
    sources = connection.execute(_SOURCES, [theme]).fetchall()
    columns = list(dict.fromkeys((measure, breakdown) for _, _, measure, breakdown, *_ in cells))
    countries = sorted({row[0] for row in cells})
    keys = ["country", "year"] if len(countries) > 1 else ["year"]
    title = words.name("theme", theme)
    book.put(sheet, 0, 0, f"{title}: {_places(countries, words)}", "title")
    back = f"internal:'{front}'!A1"
    sheet.write_url(1, 0, back, book.style("link"), words.texts["back"])
    sheet.set_row(0, 28)
    _legend(book, sheet, words)
    head = _availability(book, sheet, cells, columns, keys, words)
    _sources(book, sheet, sources, head, len(countries) > 1, words)
    width = max(len(keys) + len(columns), len(_SOURCE_COLUMNS))
    sheet.set_column(0, width, _WIDTH)
    sheet.freeze_panes(TITLE_ROWS, len(keys))
    sheet.repeat_rows(0, TITLE_ROWS - 1)
    book.set_page(sheet, words.footer, wide=width > _WIDE)


def _places(countries: list[str], words: Words) -> str:
    return ", ".join(words.name("area", one) for one in countries)


def _legend(book: Book, sheet: Worksheet, words: Words) -> None:
    book.put(sheet, 2, 0, words.texts["legend"], "name")
    for row, status in enumerate(STATUSES, 2):
        book.put(sheet, row, 1, words.texts["signs"][status], status)
        book.put(sheet, row, 2, words.texts["meaning"][status], "plain")
        sheet.set_row(row, 26 if words.labels.language != "en" else 18)


def _availability(
    book: Book,
    sheet: Worksheet,
    cells: list[Any],
    columns: list[tuple[str, str]],
    keys: list[str],
    words: Words,
) -> int:
    """Write the data availability table; gives the row where the next table begins."""
    top = TITLE_ROWS + len(STATUSES) + 1
    book.put(sheet, top, 0, words.texts["availability"], "heading")
    book.put(sheet, top, 3, words.texts["availability_note"], "faint")
    sheet.set_row(top, 22)
    band, head, first = top + 1, top + 2, len(keys)
    book.put_row(sheet, band, [""] * len(keys), "band")
    for measure in dict.fromkeys(measure for measure, _ in columns):
        own = [first + place for place, column in enumerate(columns) if column[0] == measure]
        if len(own) > 1:
            sheet.merge_range(
                band, own[0], band, own[-1], words.name("measure", measure), book.style("band")
            )
        else:
            book.put(sheet, band, own[0], words.name("measure", measure), "band")
    headings = [words.texts["columns"][key] for key in keys]
    headings += [words.heading(*column) for column in columns]
    rows: dict[tuple[str, int], dict[tuple[str, str], Any]] = {}
    for cell in cells:
        rows.setdefault((cell[0], cell[1]), {})[cell[2], cell[3]] = cell
    for row, ((country, year), told) in enumerate(rows.items(), head + 1):
        values = {"country": words.name("area", country), "year": year}
        book.put_row(sheet, row, [values[key] for key in keys], "key")
        sheet.set_row(row, _ROW_HEIGHT)
        for place, column in enumerate(columns, first):
            _cell(book, sheet, row, place, told[column], words)
    last = head + len(rows)
    book.put_table(sheet, head, headings, len(rows), _HEAD_HEIGHT)
    return last + 2


def _cell(
    book: Book, sheet: Worksheet, row: int, column: int, cell: tuple[Any, ...], words: Words
) -> None:
    _, _, _, _, status, national, rule, reason, sources, public, completeness = cell
    told = words.texts["note"]
    lines = [
        f"{told['rule']}: {words.name('rule', rule)}",
        f"{told['reason']}: {reason}",
        f"{told['sources']}: {_listed(sources) or told['none']}",
    ]
    if public:
        lines.append(f"{told['public_sources']}: {_listed(public)}")
    if national != status:
        lines.append(f"{told['national']}: {words.name('availability_status', national)}")
    if completeness is not None and rule == "incomplete":
        lines.append(f"{told['completeness']}: {completeness:.1%}")
    book.put(sheet, row, column, words.texts["signs"][status], status)
    note = "\n".join(lines)
    height = 18 * (2 + sum(1 + len(line) // 52 for line in lines))
    sheet.write_comment(row, column, note, {"x_scale": 2.6, "height": height, "font_size": 9})


def _listed(sources: str | None) -> str:
    return (sources or "").replace(";", ", ")


def _sources(
    book: Book, sheet: Worksheet, rows: list[Any], top: int, several: bool, words: Words
) -> None:
    book.put(sheet, top, 0, words.texts["sources"], "heading")
    sheet.set_row(top, 22)
    if not rows:
        book.put(sheet, top + 1, 0, words.texts["no_sources"], "plain")
        return
    columns = (("country",) if several else ()) + _SOURCE_COLUMNS
    head = top + 1
    headings = [words.texts["columns"][name] for name in columns]
    book.put_table(sheet, head, headings, len(rows), _HEAD_HEIGHT)
    for row, (country, *told) in enumerate(rows, head + 1):
        values = dict(zip(_SOURCE_COLUMNS, told, strict=True))
        values |= {"country": words.name("area", country)}
        values["institution"] = words.name("institution", values["institution"])
        values["access"] = words.name("access", values["access"])
        values["years"] = values["years"].replace(";", "; ")
        book.fit_row(sheet, row, [(values[name], _WIDTH) for name in columns if name != "link"])
        for column, name in enumerate(columns):
            if name == "link":
                book.put_link(sheet, row, column, values[name])
            else:
                book.put(sheet, row, column, values[name], "text")
