"""The report's tables, typed by people: what is read, and every slip that must be refused."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from assets.sources.iom_report.read import columns_of, read, recognise
from assets.sources.reading import NotRecognised, Reading
from schemas.sources.iom_report import MODELS
from tests.assets.sources.refusals import refusal

EXTRACTS = Path(__file__).resolve().parents[3] / "warehouse" / "extracts" / "iom_report"
GOOD = {
    "figure_id": "s1", "section": "3.1", "measure": "flow", "indicator": "immigrants",
    "origin": "WLD", "destination": "KGZ", "freq": "A", "period_start": "2022-01-01",
    "period_end": "2022-12-31", "value": "12444", "unit": "persons", "precision": "0",
    "producer": "nsc_on_request", "definition": "kr_immigrant_nsc",
    "cited_source": "NSC KR, 2023a",
}  # fmt: skip
COLUMNS = columns_of(MODELS["figures"])


def text_of(*changes: dict[str, str], columns: list[str] = COLUMNS) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(GOOD | {"figure_id": f"s{at}"} | one for at, one in enumerate(changes))
    return out.getvalue()


@pytest.fixture
def read_text(tmp_path: Path) -> Callable[[str | bytes], Reading]:
    def reader(data: str | bytes) -> Reading:
        path = tmp_path / "given.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read(path)

    return reader


@pytest.mark.parametrize(
    ("dataset", "rows"), [("figures", 132), ("tables", 152), ("profiles", 203)]
)
def test_an_extract_reads_as_its_manifest_says(dataset: str, rows: int) -> None:
    path = EXTRACTS / dataset / "2024-01.csv"
    manifest = json.loads(path.with_name("2024-01.manifest.json").read_text("utf-8"))
    reading = read(path)
    assert (reading.source, reading.dataset) == ("iom_report", dataset)
    assert len(reading.frame) == rows == manifest["rows"]
    assert manifest["scope"] == ["KGZ"]
    assert manifest["publisher"] == "iom_report"
    assert manifest["release"] == "2024-01"


def test_every_cell_of_the_figures_comes_through() -> None:
    path = EXTRACTS / "figures" / "2024-01.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    frame = read(path).frame
    for column in ("value", "precision"):
        wanted = [float(row[column]) if row[column] else math.nan for row in rows]
        assert frame[column].tolist() == pytest.approx(wanted, nan_ok=True)
    for column in ("figure_id", "indicator", "origin", "destination", "producer", "cited_source"):
        assert frame[column].tolist() == [row[column] for row in rows]


def test_blank_cells_mean_what_the_module_says(read_text: Callable[..., Reading]) -> None:
    row = read_text(text_of({"precision": ""})).frame.iloc[0]
    assert [row[name] for name in ("sex", "age", "detail", "universe")] == ["_T"] * 4
    assert row["obs_status"] == "A"
    assert pd.isna(row["qualifier"])
    assert math.isnan(row["precision"])
    assert row["period_end"] == date(2022, 12, 31)
    assert row["source_ref"] == "line 2"


def test_columns_may_stand_in_any_order_and_lines_may_end_in_any_way(
    read_text: Callable[..., Reading],
) -> None:
    text = text_of({}, columns=COLUMNS[::-1]).replace("\n", "\r\n")
    assert read_text("\ufeff" + text).frame["value"].tolist() == [12444.0]


def test_a_quoted_line_break_does_not_shift_places(read_text: Callable[..., Reading]) -> None:
    frame = read_text(text_of({"note": "two\nlines"}, {"value": "1", "sex": "F"})).frame
    assert frame["source_ref"].tolist() == ["line 2", "line 4"]


BROKEN: dict[str, tuple[Callable[[], str | bytes], tuple[str, ...]]] = {
    "text in a number": (
        lambda: text_of({}, {"value": "about 600"}),
        ("line 3", "value", "about 600"),
    ),
    "thousands separator": (lambda: text_of({"value": "12,444"}), ("line 2", "value", "12,444")),
    "decimal comma": (lambda: text_of({"precision": "0,1"}), ("line 2", "precision", "0,1")),
    "infinity": (lambda: text_of({"value": "inf"}), ("line 2", "value", "inf")),
    "a day that is none": (
        lambda: text_of({"period_end": "2022-02-30"}),
        ("line 2", "period_end", "2022-02-30"),
    ),
    "a day as people write it": (
        lambda: text_of({"period_end": "31.12.2022"}),
        ("line 2", "period_end", "31.12.2022"),
    ),
    "renamed header": (
        lambda: text_of({}).replace(",value,", ",figure,", 1),
        ("line 1", "value", "figure"),
    ),
    "missing column": (
        lambda: text_of({}).replace(",note\n", "\n", 1).replace(",\n", "\n"),
        ("line 1", "note"),
    ),
    "column twice": (
        lambda: text_of({}).replace(",note\n", ",note,note\n", 1),
        ("line 1", "note", "once"),
    ),
    "repeated row": (
        lambda: text_of({}, {"figure_id": "s0"}),
        ("line 3", "line 2", "figure_id"),
    ),
    "too few cells": (lambda: text_of({}) + "s9,3.1\n", ("line 3", "2 cells", "27 cells")),
    "cut file": (lambda: text_of({}, {})[:-30], ("line 3: found", "expected a line end")),
    "empty line": (lambda: text_of({}) + "\n" + text_of({}).split("\n")[1] + "\n", ("line 3",)),
    "header only": (lambda: text_of(), ("line 2", "at least one row")),
    "semicolons": (lambda: text_of({}).replace(",", ";"), ("line 1", ";", "comma")),
    "open quote": (lambda: text_of({}) + '"s9,3.1\n', ("line", "quotes")),
    "web page": (lambda: "<!DOCTYPE html><html><body>404</body></html>", ("HTML",)),
    "empty file": (lambda: "", ("empty",)),
    "not UTF-8": (lambda: text_of({"note": "é"}).encode("latin-1"), ("line 2", "0xe9")),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_copy_is_refused_with_its_place(
    kind: str, read_text: Callable[..., Reading]
) -> None:
    make, told = BROKEN[kind]
    message = refusal(read_text, make())
    for part in told:
        assert part in message


def test_all_faults_are_told_together(read_text: Callable[..., Reading]) -> None:
    message = refusal(read_text, text_of({"value": "x"}, {"precision": "y"}, {"period_end": "z"}))
    for part in ("line 2", "line 3", "line 4"):
        assert part in message


@pytest.mark.parametrize("dataset", MODELS)
def test_a_header_tells_the_dataset(dataset: str) -> None:
    header = ",".join(columns_of(MODELS[dataset])).encode()
    assert recognise(header + b"\n") == dataset
    assert recognise(header.replace(b",note", b",remark") + b"\n") == dataset


@pytest.mark.parametrize("head", [b"year,value\n2022,1\n", b"PK\x03\x04\0\0", b'{"items": []}'])
def test_what_is_not_of_the_report_is_not_recognised(head: bytes, tmp_path: Path) -> None:
    assert recognise(head) is None
    path = tmp_path / "other"
    path.write_bytes(head)
    with pytest.raises(NotRecognised):
        read(path)
