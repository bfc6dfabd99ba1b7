"""Files find their reader by what is in them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
import xlsxwriter

from assets.sources import recognise
from assets.sources.publishers import PUBLISHERS, Publisher
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.recognise import read_any
from assets.sources.workbooks import Sheet, open_workbook

TABLE = (
    b"year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,"
    b"returned_refugees,resettlement,naturalisation,returned_idps\n"
    b"1993,Kyrgyzstan,KGZ,KGZ,Canada,CAN,CAN,-,5,-,-\n"
)


def written(folder: Path, data: bytes, name: str = "figures.xlsx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("data", [TABLE, gzip.compress(TABLE), b"\xef\xbb\xbf" + TABLE])
def test_a_table_is_read_whatever_its_name(tmp_path: Path, data: bytes) -> None:
    reading = read_any(written(tmp_path, data))
    assert (reading.source, reading.dataset, reading.release) == ("unhcr", "solutions", None)
    assert reading.frame["resettlement"].tolist() == [5]


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"\n  name,value\nx,1\n", "line 2 is 'name,value'"),
        (
            b'Footnote,Year,"Country of origin (ISO)","Country of asylum (ISO)","Population"\n',
            "Footnote",
        ),
        (b'{"message":"Welcome to the API","path":"http://api.example/"}', "Welcome to the API"),
        (
            b'{"page":1,"maxPages":1,"items":[{"year":2020,"coo":"KGZ","coa":"-","total":5}]}',
            "maxPages",
        ),
        (b"[]", r"\[\]"),
        (b"\x89SQL\0\0\0\0", "from byte 0 on it has 89 53 51 4c"),
        (b"a,b,c,d\r1,2,3,4\r", "a,b,c,d"),
    ],
)
def test_an_unknown_file_is_not_recognised(tmp_path: Path, data: bytes, seen: str) -> None:
    with pytest.raises(NotRecognised, match=rf"figures\.xlsx.*{seen}"):
        read_any(written(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"<!doctype html><title>404</title>", "web page"),
        (gzip.compress(TABLE)[:-9], "cut short"),
        (b'{"page":1,"maxPages":0,"total":[],"items":[]}', "nothing was found"),
        (b"PK\x03\x04\x14\0\0\0", "a workbook that can be read"),
    ],
)
def test_what_is_no_data_is_refused_by_name(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(FileRefused, match=rf"figures\.xlsx(.|\n)*{told}"):
        read_any(written(tmp_path, data))


def workbook(folder: Path, *sheets: str) -> Path:
    path = folder / "figures.csv"
    with xlsxwriter.Workbook(path) as book:
        for name in sheets:
            book.add_worksheet(name).write(1, 1, f"cell of {name}")
    return path


def reader_of(sheet: str, read_sheets: bool) -> ModuleType:
    """A reader of workbooks that have a sheet of that name."""
    module = ModuleType(sheet)

    def reading(cell: object) -> Reading:
        frame = pd.DataFrame({"cell": [cell]})
        return Reading(sheet, "table", None, frame, {}, None)

    def recognise_sheets(sheets: Mapping[str, Sheet]) -> str | None:
        return "table" if sheet in sheets else None

    def of_sheets(file: str, sheets: Mapping[str, Sheet]) -> Reading:
        return reading(f"{file}: {sheets[sheet].rows[1][1]}")

    def of_path(path: Path) -> Reading:
        return reading(open_workbook(path)[sheet].rows[1][1])

    module.__dict__.update(recognise_sheets=recognise_sheets, read=of_path)
    module.__dict__["recognise"] = lambda head: None
    if read_sheets:
        module.__dict__["read_sheets"] = of_sheets
    return module


@pytest.fixture
def two_readers(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two readers of workbooks behind those that are there; gives what is opened."""
    opened: list[Path] = []

    def opening(path: Path) -> dict[str, Sheet]:
        opened.append(path)
        return open_workbook(path)

    more = (
        Publisher("first", reader_of("Only the first", read_sheets=False), {}),
        Publisher("second", reader_of("Only the second", read_sheets=True), {}),
    )
    monkeypatch.setattr(recognise, "PUBLISHERS", (*PUBLISHERS, *more))
    monkeypatch.setattr(recognise, "open_workbook", opening)
    return opened


@pytest.mark.parametrize(
    ("sheet", "cell"),
    [
        ("Only the first", "cell of Only the first"),
        ("Only the second", "figures.csv: cell of Only the second"),
    ],
)
def test_a_workbook_is_opened_once_and_every_reader_asked(
    tmp_path: Path, two_readers: list[Path], sheet: str, cell: str
) -> None:
    path = workbook(tmp_path, "Notes", sheet)
    reading = read_any(path)
    assert (reading.source, reading.frame["cell"].tolist()) == (sheet, [cell])
    assert two_readers == [path]


def test_a_workbook_that_nobody_knows_is_told_by_its_sheets(tmp_path: Path) -> None:
    with pytest.raises(NotRecognised, match=r"figures\.csv.*'Budget', 'Staff'"):
        read_any(workbook(tmp_path, "Budget", "Staff"))
