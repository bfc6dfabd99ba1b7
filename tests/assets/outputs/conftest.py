"""The published warehouse that the outputs are made of, and a reader that knows no publisher."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlrd
from python_calamine import CalamineWorkbook

from assets.outputs.charts import draw
from assets.outputs.labels import LANGUAGES
from assets.outputs.site.build import build_site
from assets.outputs.why import pages
from assets.outputs.workbook.book import write_workbook

Opened = tuple[str, Any]
OLD_WORKBOOK, NEW_WORKBOOK = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
SIGNS_FOR_NONE = ("", "-", "..", None)


@cache
def opened(path: Path) -> Opened:
    """A file as what it is: JSON, sheets of rows, or lines of named cells."""
    head = path.read_bytes()[:4]
    if head == OLD_WORKBOOK:
        book = xlrd.open_workbook(str(path))
        rows = {
            sheet.name: [sheet.row_values(row) for row in range(sheet.nrows)]
            for sheet in book.sheets()
        }
        return "sheets", rows
    if head == NEW_WORKBOOK:
        workbook = CalamineWorkbook.from_path(str(path))
        named = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
        return "sheets", named
    if head.lstrip()[:1] in (b"[", b"{"):
        return "json", json.loads(path.read_text(encoding="utf-8"))
    return "lines", lines_of(path)


def lines_of(path: Path) -> dict[int, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = [cell.strip() for cell in next(reader)]
        lines, begun = {}, reader.line_num + 1
        for row in reader:
            lines[begun] = dict(zip(header, row, strict=True))
            begun = reader.line_num + 1
    return lines


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def cell_at(path: Path, place: str) -> Any:
    """What stands at a place: ``$.data[1].value``, ``line 4, Value``, ``Sheet!C5``,
    ``Sheet!5, Header``.

    Raises:
        LookupError: There is no such place.
    """
    kind, content = opened(path)
    if kind == "json":
        at = content
        for number, name in re.findall(r"\[(\d+)\]|\.([^.\[]+)", place):
            at = at[int(number)] if number else at[name]
        return at
    if kind == "lines":
        line, column = re.fullmatch(r"line (\d+), (.+)", place).groups()  # type: ignore[union-attr]
        return content[int(line)][column]
    if match := re.fullmatch(r"(.+)!([A-Z]+)(\d+)", place):
        sheet, letters, row = match.groups()
        return content[sheet][int(row) - 1][column_number(letters)]
    sheet, row, header = re.fullmatch(r"(.+)!(\d+), (.+)", place).groups()  # type: ignore[union-attr]
    names = next(cells for cells in content[sheet] if header in cells)
    return content[sheet][int(row) - 1][names.index(header)]


def number_at(path: Path, place: str) -> float | None:
    """The number at a place; None where a sign says that there is none."""
    cell = cell_at(path, place)
    if isinstance(cell, str):
        cell = cell.strip().rstrip("*").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    return None if cell in SIGNS_FOR_NONE else float(cell)


@pytest.fixture(scope="session")
def read_cell() -> Callable[[Path, str], float | None]:
    """Open a file with a plain reader and give the number at a place."""
    return number_at


@dataclass(frozen=True)
class Written:
    """A workbook as it was written: where, in which language, and its sheets by what they hold."""

    path: Path
    language: str
    sheets: dict[str, str]


@pytest.fixture(scope="session")
def workbooks(
    published: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Written]:
    """The workbook in each language; nobody may change it."""
    folder = tmp_path_factory.mktemp("workbooks")
    found = {}
    for language in LANGUAGES:
        path = folder / f"{language}.xlsx"
        found[language] = Written(path, language, write_workbook(published, path, language))
    return found


@pytest.fixture(scope="session")
def site(published: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the refreshed home; nobody may change it."""
    target = tmp_path_factory.mktemp("site") / "site"
    drawn = draw.svg

    @cache
    def picture(shape: str) -> str:
        number = next(number for number, one in draw.FIGURES.items() if one.shape == shape)
        return drawn(published, number, "en")

    with pytest.MonkeyPatch.context() as patch:
        # The pictures have tests of their own; one of each shape is enough here.
        patch.setattr(draw, "svg", lambda _, number, language: picture(draw.FIGURES[number].shape))
        # So have the pages behind the totals: one year of them.
        patch.setattr(pages, "_TOTALS", f"{pages._TOTALS} AND f.year = 2022")
        build_site(published, target)
    return target
