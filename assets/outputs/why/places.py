"""Show what stands at a place of a landed file.

Figures are never made here: the file is opened to show a reader the cell that a figure was read
from, as the publisher prints it, which may be in thousands or millions.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlrd
from python_calamine import CalamineWorkbook

_OLD_WORKBOOK, _NEW_WORKBOOK = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_STEP = re.compile(r"\[(\d+)\]|\.([^.\[]+)")
_LINE = re.compile(r"line (\d+), (.+)", re.DOTALL)
_CELL = re.compile(r"(.+)!([A-Z]+)(\d+)", re.DOTALL)
_ROW = re.compile(r"(.+)!(\d+), (.+)", re.DOTALL)

Reader = Callable[[str], Any]


def opener(path: Path) -> Reader:
    """Open a landed file once, to look up places.

    Args:
        path: The file; its name is not looked at.

    Returns:
        A function of a place (``$.data[0].value``, ``line 4, Value``, ``Sheet!C5``,
        ``Sheet!5, Header``) that gives what stands there.

    Raises:
        LookupError: (The function) there is no such place.
        OSError: There is no such file.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if head[:4] == _OLD_WORKBOOK:
        book = xlrd.open_workbook(str(path))
        sheets = {s.name: [list(s.row_values(at)) for at in range(s.nrows)] for s in book.sheets()}
        return lambda place: _in_sheets(sheets, place)
    if head[:4] == _NEW_WORKBOOK:
        workbook = CalamineWorkbook.from_path(str(path))
        found = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
        return lambda place: _in_sheets(found, place)
    text = path.read_text(encoding="utf-8-sig")
    if text.lstrip()[:1] in ("[", "{"):
        content = json.loads(text)
        return lambda place: _in_json(content, place)
    lines = text.splitlines(keepends=True)
    return lambda place: _in_lines(lines, place)


def _in_json(content: Any, place: str) -> Any:
    for number, name in _STEP.findall(place):
        content = content[int(number)] if number else content[name]
    return content


def _in_lines(lines: Sequence[str], place: str) -> str:
    match = _LINE.fullmatch(place)
    if match is None:
        raise LookupError(place)
    header = [cell.strip() for cell in next(csv.reader(lines[:1]))]
    cells = next(csv.reader(lines[int(match[1]) - 1 :]))
    return dict(zip(header, cells, strict=False))[match[2]]


def _in_sheets(sheets: dict[str, list[list[Any]]], place: str) -> Any:
    if match := _CELL.fullmatch(place):
        column = 0
        for letter in match[2]:
            column = column * 26 + ord(letter) - ord("A") + 1
        return sheets[match[1]][int(match[3]) - 1][column - 1]
    match = _ROW.fullmatch(place)
    if match is None:
        raise LookupError(place)
    rows = sheets[match[1]]
    header = next((row for row in rows if match[3] in row), None)
    if header is None:
        raise LookupError(place)
    return rows[int(match[2]) - 1][header.index(match[3])]
