"""The vocabulary that all readers share."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.sources import reading
from assets.sources.reading import (
    MAX_FAULTS,
    Fault,
    Faults,
    FileRefused,
    as_counts,
    decode_utf8,
    find_repeats,
    load_json,
    looks_like_html,
    open_bounded,
    read_head,
    refuse_if_no_data,
)


def counts(*cells: str | None) -> tuple[pd.Series, np.ndarray, Faults]:
    faults = Faults("a.csv")
    places = pd.Series([f"line {at + 2}" for at in range(len(cells))])
    values, withheld = as_counts(pd.Series(cells, dtype="str"), places, "refugees", faults)
    return values, withheld, faults


def test_a_fault_names_place_column_value_and_expectation() -> None:
    told = str(Fault("line 17", "refugees", "abc", "a whole number"))
    for part in ("line 17", "refugees", "'abc'", "a whole number"):
        assert part in told


def test_a_refusal_lists_the_first_faults_and_counts_all() -> None:
    faults = Faults("a.csv")
    for line in range(50):
        faults.add(f"line {line}", "idps", "x", "a whole number")
    with pytest.raises(FileRefused, match=r"a\.csv: 50 faults") as refused:
        faults.refuse_any()
    assert refused.value.file == "a.csv"
    assert refused.value.total == 50
    assert len(refused.value.faults) == MAX_FAULTS
    assert "and 30 more" in str(refused.value)


def test_no_fault_refuses_nothing() -> None:
    Faults("a.csv").refuse_any()


def test_counts_keep_zero_apart_from_what_is_missing() -> None:
    values, withheld, faults = counts("0", "12", "-", "", None, "*", "168600")
    assert values.dtype == "Int64"
    assert values.isna().tolist() == [False, False, True, True, True, True, False]
    assert values.dropna().tolist() == [0, 12, 168600]
    assert withheld.tolist() == [False] * 5 + [True, False]
    assert faults.total == 0


@pytest.mark.parametrize(
    "cell",
    ["-5", "1.0", "1,200", "1 200", "1\u00a0200", " 7", "n/a", "NA", "1e3", "٣", "9" * 19, "**"],
)
def test_what_is_no_count_is_a_fault(cell: str) -> None:
    values, _, faults = counts("1", cell)
    assert faults.found == [Fault("line 3", "refugees", cell, "a whole number, '-' or nothing")]
    assert values.isna().tolist() == [False, True]


def test_a_column_of_text_is_counted_but_not_listed_whole() -> None:
    _, _, faults = counts(*["x"] * 1000)
    assert faults.total == 1000
    assert len(faults.found) == MAX_FAULTS


def test_a_long_cell_is_shortened_in_the_message() -> None:
    _, _, faults = counts("y" * 5000)
    assert len(str(faults.found[0])) < 200


def test_no_rows_give_no_counts() -> None:
    values, withheld, faults = counts()
    assert (len(values), len(withheld), faults.total) == (0, 0, 0)


def test_repeats_name_both_places() -> None:
    frame = pd.DataFrame(
        {"year": [2021, 2022, 2021, 2021], "code": ["A", "A", "A", None], "at": list("wxyz")}
    )
    faults = Faults("a.csv")
    find_repeats(frame, ["year", "code"], "at", faults)
    assert faults.total == 1
    assert faults.found[0].place == "y"
    assert faults.found[0].value == "2021, A"
    assert "w has it" in faults.found[0].expected


def test_missing_cells_of_a_key_are_equal() -> None:
    frame = pd.DataFrame({"code": pd.Series([None, None], dtype="category"), "at": ["x", "y"]})
    faults = Faults("a.csv")
    find_repeats(frame, ["code"], "at", faults)
    assert faults.total == 1


def test_gzip_is_told_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    packed, plain = tmp_path / "a.csv", tmp_path / "b.gz"
    packed.write_bytes(gzip.compress(b"year\n") + gzip.compress(b"2022\n"))
    plain.write_bytes(b"year\n")
    assert open_bounded(packed) == b"year\n2022\n"
    assert open_bounded(plain) == b"year\n"
    assert read_head(packed) == b"year\n2022\n"


def test_a_cut_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 40)[:-12])
    with pytest.raises(FileRefused, match=r"cut\.gz.*\n.*end of file.*cut short"):
        open_bounded(path)


@pytest.mark.parametrize("at", [4, 30])
def test_a_broken_gzip_file_is_refused(tmp_path: Path, at: int) -> None:
    data = bytearray(gzip.compress(np.random.default_rng(1).bytes(5000)))
    data[at : at + 200] = b"\xff" * 200
    path = tmp_path / "broken.gz"
    path.write_bytes(bytes(data))
    with pytest.raises(FileRefused, match="gzip data"):
        open_bounded(path)


def test_a_small_file_that_unpacks_to_much_stops_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\0" * 64 * 2**20))
    asked = 0
    whole = gzip.GzipFile.read

    def counted(self: gzip.GzipFile, size: int | None = -1) -> bytes:
        nonlocal asked
        chunk = whole(self, size)
        asked += len(chunk)
        return chunk

    monkeypatch.setattr(gzip.GzipFile, "read", counted)
    with pytest.raises(FileRefused, match="at most 1000000 bytes"):
        open_bounded(path, max_expanded=1_000_000)
    assert asked == 1_000_001


def test_a_plain_file_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.csv"
    path.write_bytes(b"x" * 101)
    assert open_bounded(path, max_expanded=101) == b"x" * 101
    monkeypatch.setattr(reading, "MAX_EXPANDED_BYTES", 100)
    with pytest.raises(FileRefused, match="at most 100 bytes"):
        open_bounded(path)


def test_a_packed_file_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.gz"
    path.write_bytes(gzip.compress(np.random.default_rng(1).bytes(1000)))
    with pytest.raises(FileRefused, match="at most 500 bytes"):
        open_bounded(path, max_bytes=500)


def test_the_head_is_no_longer_than_it_must_be(tmp_path: Path) -> None:
    path = tmp_path / "long.gz"
    path.write_bytes(gzip.compress(b"x" * 2**20))
    assert len(read_head(path)) == reading.HEAD_BYTES


@pytest.mark.parametrize(
    ("head", "page"),
    [
        (b"<!DOCTYPE html><html>", True),
        (b"\xef\xbb\xbf \r\n<HTML lang=en>", True),
        (b'<?xml version="1.0"?><html xmlns="x">', True),
        (b"<!-- 404 --><html>", True),
        (b'<?xml version="1.0"?><rates>', False),
        (b"year,html\n", False),
        (b"", False),
    ],
)
def test_web_pages_are_told(head: bytes, page: bool) -> None:
    assert looks_like_html(head) is page


def test_a_web_page_or_an_empty_file_is_refused() -> None:
    with pytest.raises(FileRefused, match=r"p\.csv.*\n.*web page"):
        refuse_if_no_data(b"<html>", "p.csv")
    with pytest.raises(FileRefused, match="empty"):
        refuse_if_no_data(b"\xef\xbb\xbf\r\n", "p.csv")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"items": [{"a": 1}, {"a": 1, "b": 2, "a": 3}]}', "$.items[1], column a: found 'a'"),
        ('[1, NaN, "NaN"]', "$[1]: found 'NaN', expected a number"),
        ('{"a": -Infinity}', "$.a: found '-Infinity'"),
        ('{"a": [0.5, 1e999]}', "$.a[1]: found 'inf'"),
        ('[\n"x",\n' + "7" * 5000 + "]", "line 3: found 'Exceeds the limit"),
        ("\n" + "[" * 100_000, "line 2: found 'maximum recursion depth"),
        ("[1,\n2,]", "line 2, character"),
    ],
)
def test_what_is_no_json_of_figures_is_refused_in_its_place(text: str, told: str) -> None:
    faults = Faults("figures.json")
    with pytest.raises(FileRefused) as refused:
        load_json(text, faults)
    assert told in str(refused.value)


def test_another_encoding_is_refused_with_its_byte_and_line() -> None:
    data = "Year,Name\n2020,C\u00f4te\n".encode("latin-1")
    with pytest.raises(FileRefused, match=r"line 2, byte 16.*0xf4.*UTF-8"):
        decode_utf8(data, "a.csv")
    with pytest.raises(FileRefused, match="byte 19"):
        decode_utf8(b"\xef\xbb\xbf" + data, "a.csv")


@pytest.mark.parametrize("control", [b"\0", b"\x07", b"\x1b"])
def test_a_control_character_is_refused_with_its_byte_and_line(control: bytes) -> None:
    with pytest.raises(FileRefused, match=r"line 2, byte 8 of the file: found 'byte 0x"):
        decode_utf8(b"one\ntab\t" + control + b"x\r\n", "figures.csv")
    assert decode_utf8(b"one\ntab\tx\r\n", "figures.csv") == "one\ntab\tx\r\n"
