"""Single cells of the workbook: text stays text, numbers are numbers, names of sheets fit."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from assets.outputs.workbook.page import Book, sheet_name


def one_cell(path: Path, text: str) -> tuple[str, str, str]:
    """A text written to a cell: as it is read, the cell's XML, and the XML of the styles used."""
    book = Book(str(path), datetime(2024, 1, 31), "one", "")
    book.put(book.workbook.add_worksheet("one"), 0, 0, text, "text")
    book.workbook.close()
    ((read,),) = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        styles = parts.read("xl/styles.xml").decode()
    cell = re.search(r'<c r="A1".*?</c>', sheet)
    used = re.search(r"<cellXfs.*</cellXfs>", styles)
    assert cell is not None
    assert used is not None
    return str(read), cell[0], used[0]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x")']
)
def test_text_that_looks_like_a_formula_stays_text(text: str, tmp_path: Path) -> None:
    written, cell, style = one_cell(tmp_path / "one.xlsx", text)
    assert written == text.replace("\r", "_x000D_") or written == text
    assert "<f>" not in cell
    assert 't="s"' in cell
    assert 'quotePrefix="1"' in style


def test_other_text_is_not_quoted(tmp_path: Path) -> None:
    written, _, style = one_cell(tmp_path / "one.xlsx", "1 = 1")
    assert written == "1 = 1"
    assert "quotePrefix" not in style


@pytest.mark.parametrize(("value", "read"), [(3, 3.0), (2.5, 2.5), (None, None)])
def test_a_number_is_a_number(value: float | None, read: float | None, tmp_path: Path) -> None:
    book = Book(str(tmp_path / "one.xlsx"), datetime(2024, 1, 31), "one", "")
    book.put(book.workbook.add_worksheet("one"), 0, 0, value, "whole")
    book.workbook.close()
    rows = CalamineWorkbook.from_path(str(tmp_path / "one.xlsx")).get_sheet_by_index(0).to_python()
    assert rows == ([] if read is None else [[read]])


@pytest.mark.parametrize("value", ["x" * 32_768, object()])
def test_what_a_cell_can_not_hold_is_not_left_out_silently(value: object, tmp_path: Path) -> None:
    book = Book(str(tmp_path / "one.xlsx"), datetime(2024, 1, 31), "one", "")
    sheet = book.workbook.add_worksheet("one")
    with pytest.raises(ValueError, match="one"):
        book.put(sheet, 0, 0, value, "text")
    book.workbook.close()


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("https://stat.gov.kg/", True),
        ("http://cbd.minjust.gov.kg/act/view/ru-ru/350", True),
        ("none: given on request", False),
        ("javascript:alert(1)", False),
        ("https://two.example and https://three.example", False),
        ("https://long.example/" + "x" * 3000, False),
    ],
)
def test_only_an_address_of_the_web_is_a_link(text: str, is_link: bool, tmp_path: Path) -> None:
    path = tmp_path / "one.xlsx"
    book = Book(str(path), datetime(2024, 1, 31), "one", "")
    book.put_link(book.workbook.add_worksheet("one"), 0, 0, text)
    book.workbook.close()
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows == [[text]]
    with zipfile.ZipFile(path) as parts:
        assert ("xl/worksheets/_rels/sheet1.xml.rels" in parts.namelist()) == is_link


@pytest.mark.parametrize(
    ("text", "taken", "expected"),
    [
        ("1 Immigration", [], "1 Immigration"),
        ("a/b: c?", [], "a b  c"),
        ("5 Документтештирилбеген миграция", [], "5 Документтештирилбеген миграци"),
        ("Gaps", ["gaps"], "Gaps 2"),
        ("Cote d'Ivoire", [], "Cote d’Ivoire"),
    ],
)
def test_a_sheet_has_a_name_that_spreadsheets_take(
    text: str, taken: list[str], expected: str
) -> None:
    assert sheet_name(text, taken) == expected
