"""The sheet of overrides: the one that people write in, with the values that it takes."""

from __future__ import annotations

import duckdb
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from assets.outputs.labels import STATUSES
from assets.outputs.workbook.listings import head_of
from assets.outputs.workbook.page import Book
from assets.outputs.workbook.texts import Words

# Column, width, style of its cells, list of its codes.
COLUMNS: tuple[tuple[str, float, str, str | None], ...] = (
    ("country", 16, "input", "area"),
    ("theme", 24, "input", "theme"),
    ("measure", 18, "input", "measure"),
    ("breakdown", 28, "input", "breakdown"),
    ("year", 8, "input_year", None),
    ("status", 22, "input", "availability_status"),
    ("reason", 50, "input", None),
    ("author", 22, "input", None),
    ("date", 12, "input_day", None),
    ("indicator", 30, "input", "indicator"),
    ("expected_value", 14, "input_number", None),
)
NAMES = tuple(name for name, *_ in COLUMNS)
FREE_ROWS = 200
_HEAD_ROW = 5
_ALLOWED = {
    "country": "SELECT country FROM country WHERE active ORDER BY 1",
    "theme": "SELECT theme FROM theme ORDER BY position",
    "measure": "SELECT DISTINCT measure FROM theme_breakdown ORDER BY 1 DESC",
    "breakdown": "SELECT code FROM code WHERE list = 'breakdown' AND code IN "
    "(SELECT breakdown FROM theme_breakdown) ORDER BY position",
    "indicator": "SELECT DISTINCT indicator FROM theme_indicator ORDER BY 1",
}
_OVERRIDES = f"SELECT {', '.join(NAMES)} FROM override ORDER BY ALL"


def write_overrides(
    book: Book,
    sheet: Worksheet,
    lists: Worksheet,
    connection: duckdb.DuckDBPyConnection,
    words: Words,
    front: str,
) -> None:
    """Write the sheet of overrides with those there are, and the sheet of lists beside it.

    Args:
        book: The workbook.
        sheet: An empty sheet of it for the overrides.
        lists: An empty sheet of it for the lists.
        connection: The published warehouse.
        words: Texts and labels.
        front: Name of the first sheet, to lead back to.
    """
    texts = words.texts
    about = texts["about"]["sheet"]
    head_of(book, sheet, texts["overrides"], about["overrides"], words, front)
    for row, line in enumerate(("line_1", "line_2"), 2):
        book.put(sheet, row, 0, texts["override_help"][line], "plain")
    rows = connection.execute(_OVERRIDES).fetchall()
    last = _HEAD_ROW + len(rows) + FREE_ROWS
    for column, (name, width, style, codes) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        book.put(sheet, _HEAD_ROW, column, texts["columns"][name], "head")
        for place in range(_HEAD_ROW + 1, last + 1):
            there = place - _HEAD_ROW - 1
            value = rows[there][column] if there < len(rows) else None
            told = words.name(codes, value) if codes is not None and value is not None else value
            book.put(sheet, place, column, told, style)
    sheet.set_row(_HEAD_ROW, 30)
    _lists(book, sheet, lists, connection, words, last)
    head_of(book, lists, texts["lists"], about["lists"], words, front)
    sheet.autofilter(_HEAD_ROW, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    # Else two hundred empty rows would be printed.
    sheet.print_area(0, 0, _HEAD_ROW + len(rows) + 20, len(COLUMNS) - 1)
    sheet.set_tab_color("#F6C766")
    book.set_page(sheet, words.footer)
    book.set_page(lists, words.footer)


def _lists(
    book: Book,
    sheet: Worksheet,
    lists: Worksheet,
    connection: duckdb.DuckDBPyConnection,
    words: Words,
    last: int,
) -> None:
    """Write the values of each list, and let the columns of the overrides take only those."""
    first = _HEAD_ROW + 1
    place = 0
    for column, (name, _, _, codes) in enumerate(COLUMNS):
        if codes is None:
            continue
        allowed = (
            list(STATUSES)
            if name == "status"
            else [code for (code,) in connection.execute(_ALLOWED[name]).fetchall()]
        )
        labels = [words.name(codes, code) for code in allowed]
        book.put(lists, 2, place, words.texts["columns"][name], "head")
        for row, label in enumerate(labels, 3):
            book.put(lists, row, place, label, "text")
        lists.set_column(place, place, 32)
        cells = xl_range_abs(3, place, 2 + len(labels), place)
        source = f"='{lists.name}'!{cells}"
        sheet.data_validation(first, column, last, column, {"validate": "list", "source": source})
        place += 1
    ((low, high),) = connection.execute(
        "SELECT min(year), max(year) FROM availability_matrix"
    ).fetchall()
    year, day, expected = (NAMES.index(name) for name in ("year", "date", "expected_value"))
    sheet.data_validation(
        first, year, last, year,
        {"validate": "integer", "criteria": "between", "minimum": low, "maximum": high,
         "error_message": f"{low}–{high}"},
    )  # fmt: skip
    sheet.data_validation(
        first, day, last, day,
        {"validate": "custom", "value": f"=ISNUMBER(${chr(65 + day)}{first + 1})",
         "error_message": "yyyy-mm-dd"},
    )  # fmt: skip
    sheet.data_validation(
        first, expected, last, expected,
        {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15},
    )  # fmt: skip
