"""A workbook with its formats, in which text stays text and nothing is left out silently."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

# A spreadsheet takes what begins so for a formula, at the latest when a person edits the cell.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MAX_LINK = 2079  # characters of an address that Excel takes
MAX_HEIGHT = 409  # points that a row can be high
NAVY, PALE, LINE, INK = "#1F3A5F", "#E4EBF3", "#B8C2CC", "#222222"

# Told apart by lightness too, for black and white and for colour-blind readers.
STATUS_COLOURS = {
    "available": {"bg_color": "#1F6FA5", "font_color": "#FFFFFF"},
    "partial": {"bg_color": "#F6C766", "font_color": "#222222"},
    "not_available": {"bg_color": "#F3F3F3", "font_color": "#595959"},
}
_CELL = {"valign": "top", "text_wrap": True, "border": 1, "border_color": LINE, "num_format": "@"}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": NAVY, "valign": "vcenter"},
    "heading": {"bold": True, "font_size": 13, "font_color": NAVY, "valign": "vcenter"},
    "plain": {"valign": "top"},
    "wrapped": {"valign": "top", "text_wrap": True},
    "faint": {"font_color": "#595959", "italic": True, "valign": "vcenter"},
    "name": {"bold": True, "valign": "top"},
    "link": {"font_color": "#0B5394", "underline": 1, "valign": "top"},
    "head": {
        "bold": True, "font_color": "#FFFFFF", "bg_color": NAVY, "border": 1,
        "border_color": LINE, "text_wrap": True, "valign": "vcenter", "align": "center",
    },
    "band": {
        "bold": True, "font_color": NAVY, "bg_color": PALE, "border": 1, "border_color": LINE,
        "align": "center", "valign": "vcenter",
    },
    "key": _CELL | {
        "bold": True, "bg_color": PALE, "align": "center", "valign": "vcenter",
        "num_format": "0",
    },
    "text": _CELL,
    "url": _CELL | {"font_color": "#0B5394", "underline": 1},
    "whole": _CELL | {"num_format": "#,##0", "align": "right"},
    "decimal": _CELL | {"num_format": "#,##0.0##", "align": "right"},
    "year": _CELL | {"num_format": "0", "align": "center"},
    "day": _CELL | {"num_format": "yyyy-mm-dd", "align": "center"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"},
    "input": _CELL | {"bg_color": "#FFFBE6"},
    "input_year": _CELL | {"bg_color": "#FFFBE6", "num_format": "0", "align": "center"},
    "input_number": _CELL | {"bg_color": "#FFFBE6", "num_format": "General", "align": "right"},
    "input_day": _CELL | {"bg_color": "#FFFBE6", "num_format": "yyyy-mm-dd", "align": "center"},
    **{
        status: colours | {
            "border": 1, "border_color": LINE, "align": "center", "valign": "vcenter",
            "text_wrap": True, "bold": status == "available",
        }
        for status, colours in STATUS_COLOURS.items()
    },
}  # fmt: skip


class Book:
    """A workbook being written.

    Attributes:
        workbook: What XlsxWriter writes.
    """

    def __init__(self, path: str, created: datetime, title: str, comments: str) -> None:
        """Open a workbook to write.

        Args:
            path: Where it is written.
            created: The moment that it carries: of the build, so that a build has one workbook.
            title: Its title among the properties of the file.
            comments: A line about it among them.
        """
        self.workbook = xlsxwriter.Workbook(
            path,
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": "Arial", "font_size": 10},
            },
        )
        self.workbook.set_properties(
            {"title": title, "comments": comments, "created": created, "author": "migmap"}
        )
        self._formats: dict[tuple[str, bool], Format] = {}

    def style(self, name: str, *, quoted: bool = False) -> Format:
        """The format of a name in ``STYLES``; quoted: text, even when a person edits it."""
        if (name, quoted) not in self._formats:
            properties = {"font_color": INK} | STYLES[name] | {"quote_prefix": quoted}
            self._formats[name, quoted] = self.workbook.add_format(properties)
        return self._formats[name, quoted]

    def put(self, sheet: Worksheet, row: int, column: int, value: object, style: str) -> None:
        """Write a value as what it is: a number, a day, or text that is never a formula.

        Args:
            sheet: The sheet.
            row: Row, from 0.
            column: Column, from 0.
            value: A number, a day, a text, or None for nothing.
            style: A name of ``STYLES``.

        Raises:
            ValueError: The sheet can't hold it: a text too long, a cell out of the sheet.
        """
        own = self.style(style)
        if value is None or value == "":
            told = sheet.write_blank(row, column, None, own)
        elif isinstance(value, bool | str):
            text = str(value)
            quoted = self.style(style, quoted=text.startswith(FORMULA_STARTS))
            told = sheet.write_string(row, column, text, quoted)
        elif isinstance(value, int | float):
            told = sheet.write_number(row, column, value, own)
        elif isinstance(value, date):
            told = sheet.write_datetime(row, column, value, own)
        else:
            raise ValueError(f"{sheet.name}: no cell holds {value!r}")
        if told != 0:
            raise ValueError(f"{sheet.name}, row {row + 1}: the sheet does not take {value!r}")

    def put_link(self, sheet: Worksheet, row: int, column: int, text: str | None) -> None:
        """Write an address as a link if it is one of the web, else as text."""
        is_link = text is not None and text.startswith(("https://", "http://"))
        if text is None or not is_link or " " in text or len(text) > MAX_LINK:
            self.put(sheet, row, column, text, "text")
        elif sheet.write_url(row, column, text, self.style("url"), text) != 0:
            raise ValueError(f"{sheet.name}, row {row + 1}: the sheet does not take {text!r}")

    def put_row(
        self, sheet: Worksheet, row: int, values: Iterable[object], style: str, first: int = 0
    ) -> None:
        """Write values beside each other in one style."""
        for column, value in enumerate(values, first):
            self.put(sheet, row, column, value, style)

    def put_table(
        self, sheet: Worksheet, row: int, headings: list[str], rows: int, height: float
    ) -> None:
        """Write the headings of a table with a filter of its own, from the first column on.

        Args:
            sheet: The sheet.
            row: Row of the headings, from 0.
            headings: The headings, each once.
            rows: Number of rows below.
            height: Height of the headings, in points.

        Raises:
            ValueError: No table can be there: a heading stands twice, or there is no row.
        """
        if len(set(headings)) != len(headings) or rows < 1:
            raise ValueError(f"{sheet.name}: no table of {rows} rows has the headings {headings}")
        told = {"columns": [{"header": text} for text in headings], "style": None}
        sheet.add_table(row, 0, row + rows, len(headings) - 1, told)
        # The table writes its headings too, but not in our format.
        self.put_row(sheet, row, headings, "head")
        sheet.set_row(row, height)

    def fit_row(
        self, sheet: Worksheet, row: int, told: Iterable[tuple[object, float]], least: float = 15
    ) -> None:
        """Make a row as high as its texts need; not every program does so by itself.

        Args:
            sheet: The sheet.
            row: Row, from 0.
            told: Value and width in characters of each of its cells.
            least: Its height if nothing needs more, in points.
        """
        lines = max(
            (
                sum(_lines(line, width) for line in str(value).split("\n"))
                for value, width in told
                if value is not None
            ),
            default=1,
        )
        sheet.set_row(row, min(max(least, 12.75 * lines + 3), MAX_HEIGHT))

    def set_page(self, sheet: Worksheet, footer: str, *, wide: bool = False) -> None:
        """Set up a sheet for print: landscape, A4 or A3, one page wide, page numbers."""
        sheet.set_landscape()
        sheet.set_paper(8 if wide else 9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L&8{footer.replace('&', '&&')}&C&8&A&R&8&P / &N")
        sheet.hide_gridlines(2)


def _lines(text: str, width: float) -> int:
    """About how many lines a text takes; an address breaks early, since it has few places to."""
    signs = len(text) + (width / 2 if "://" in text else 0)
    return max(1, math.ceil(signs / (1.15 * width - 2)))


def sheet_name(text: str, taken: Iterable[str] = ()) -> str:
    """A name that spreadsheets take: no forbidden sign, at most 31 characters, not taken yet."""
    # An apostrophe would have to be doubled wherever a formula names the sheet.
    plain = "".join(" " if sign in "[]:*?/\\" else sign for sign in text)
    plain = plain.replace("'", "’").strip()
    name, number = plain[:31].rstrip(), 1
    used = {one.casefold() for one in taken}
    while name.casefold() in used:
        number += 1
        name = f"{plain[: 30 - len(str(number))].rstrip()} {number}"
    return name
