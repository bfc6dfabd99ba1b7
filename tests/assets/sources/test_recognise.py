"""Files find their reader by what is in them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from assets.sources.reading import FileRefused, NotRecognised
from assets.sources.recognise import read_any

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
        (b"\n  name,value\nx,1\n", "name,value"),
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
        (b"PK\x03\x04\x14\0\0\0", "50 4b 03 04"),
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
    ],
)
def test_what_is_no_data_is_refused_by_name(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(FileRefused, match=rf"figures\.xlsx(.|\n)*{told}"):
        read_any(written(tmp_path, data))
