"""Workbooks that are not whole: every part is looked at, and the fault names the part or byte."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from assets.sources import parts
from assets.sources.reading import FileRefused
from assets.sources.workbooks import open_workbook

SHEET = "xl/worksheets/sheet1.xml"
Parts = dict[str, bytes]
Refusal = Callable[[bytes], str]


@pytest.fixture(scope="module")
def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Figures")
        for row in range(40):
            sheet.write_row(row, 0, ["Kyrgyzstan", 2000 + row, 1000 + row])
    return out.getvalue()


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    def read(data: bytes) -> str:
        path = tmp_path / "figures.xlsx"
        path.write_bytes(data)
        with pytest.raises(FileRefused) as caught:
            open_workbook(path)
        assert str(caught.value).startswith("figures.xlsx: 1 fault\n")
        return str(caught.value)

    return read


def parts_of(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_workbook_packed_anew_is_the_same(tmp_path: Path, workbook: bytes) -> None:
    path = tmp_path / "figures.xlsx"
    path.write_bytes(packed(parts_of(workbook)))
    assert open_workbook(path)["Figures"].rows[1] == ["Kyrgyzstan", 2001.0, 1001.0]


def test_a_figure_in_which_a_bit_fell_over_is_found(refusal: Refusal, workbook: bytes) -> None:
    data = packed(parts_of(workbook))
    assert data.count(b"<v>1007</v>") == 1
    told = refusal(data.replace(b"<v>1007</v>", b"<v>1017</v>"))
    assert f"part '{SHEET}': found \"Bad CRC-32" in told


def test_a_part_that_stands_twice_is_refused(
    refusal: Refusal, workbook: bytes, recwarn: pytest.WarningsRecorder
) -> None:
    out = io.BytesIO(workbook)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(SHEET, parts_of(workbook)[SHEET].replace(b"1007", b"7007"))
    assert f"part '{SHEET}': found '2 of this name'" in refusal(out.getvalue())


@pytest.mark.parametrize("entity", ["<!ENTITY a 'b'>", "<!ENTITY a SYSTEM 'file:///etc/passwd'>"])
def test_a_document_type_is_refused(refusal: Refusal, workbook: bytes, entity: str) -> None:
    content = parts_of(workbook)
    end = content[SHEET].index(b"?>") + 2
    content[SHEET] = (
        content[SHEET][:end] + f"<!DOCTYPE x [{entity}]>".encode() + content[SHEET][end:]
    )
    assert f"part '{SHEET}': found '<!DOCTYPE'" in refusal(packed(content))


def test_a_part_that_is_no_xml_is_named_with_its_character(
    refusal: Refusal, workbook: bytes
) -> None:
    content = parts_of(workbook)
    content[SHEET] = content[SHEET][:1500]
    assert f"part '{SHEET}', line 2, character" in refusal(packed(content))


def test_a_missing_sheet_is_named(refusal: Refusal, workbook: bytes) -> None:
    content = parts_of(workbook)
    del content[SHEET]
    assert "sheet 'Figures'" in refusal(packed(content))


def test_a_missing_list_of_sheets_is_named(refusal: Refusal, workbook: bytes) -> None:
    content = parts_of(workbook)
    del content["xl/workbook.xml"]
    assert "part 'xl/workbook.xml': expected at least one sheet" in refusal(packed(content))


def test_a_cut_workbook_ends_at_a_byte(refusal: Refusal, workbook: bytes) -> None:
    half = workbook[: len(workbook) // 2]
    assert f"end of file, byte {len(half)}: found" in refusal(half)


def test_a_broken_list_of_parts_is_named_by_its_byte(refusal: Refusal, workbook: bytes) -> None:
    at = workbook.index(b"PK\x01\x02")
    told = refusal(workbook[:at] + b"PK\x01\x03" + workbook[at + 4 :])
    assert f"  byte {workbook.rindex(b'PK' + bytes((5, 6)))}: found" in told


def test_too_many_parts_are_refused(
    refusal: Refusal, workbook: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MAX_PARTS", 3)
    assert "the largest: found '10 parts of" in refusal(workbook)


def test_a_broken_old_workbook_names_its_part(refusal: Refusal) -> None:
    folder = Path(__file__).resolve().parents[3] / "warehouse" / "extracts" / "nsc" / "dynamic"
    data = (folder / "2024.xls").read_bytes()
    assert "part 'Workbook', within 4283 bytes" in refusal(data[:4283])
