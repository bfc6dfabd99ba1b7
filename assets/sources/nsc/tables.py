"""NSC's comma-separated tables: the SDG platform's, in English or Russian, and the press figures.

A file of the platform does not name its series. A table by area alone is read as 16.2.2, one by
economic activity as 17.3.1.1a, the two series that are ingested; that parts must make the total
keeps others out.
"""

from __future__ import annotations

import csv
import difflib
import io
from dataclasses import dataclass

import pandas as pd

from assets.sources import cells
from assets.sources.nsc.labels import SECTIONS
from assets.sources.reading import Faults, decode_utf8, find_repeats
from assets.sources.workbooks import folded

_YEAR = {"year": "year", "год": "year"}
_VALUE = {"value": "value", "значение": "value"}
HEADERS: dict[str, dict[str, str]] = {
    "sdg_16_2_2": {
        **_YEAR, "reference area": "area", "территория": "area", "geocode": "geo_code", **_VALUE,
    },
    "sdg_17_3_1_1a": {
        **_YEAR, "economic activity": "activity", "вид экономической деятельности": "activity",
        "виды экономической деятельности": "activity", "экономическая деятельность": "activity",
        **_VALUE,
    },
    "press": {
        one: one
        for one in ("indicator", "partner", "year", "value", "unit", "precision", "published_in")
    },
}  # fmt: skip
# Without these, a header could be anybody's.
_TELLING = {
    "sdg_16_2_2": {"area", "geo_code"},
    "sdg_17_3_1_1a": {"activity"},
    "press": {"published_in", "precision"},
}
_KEYS = {
    "sdg_16_2_2": ("year", "geo_code"),
    "sdg_17_3_1_1a": ("year", "section"),
    "press": ("indicator", "partner", "year"),
}
_MAY_BE_EMPTY = {"area", "geo_code", "activity"}
_ALIKE = 0.8


@dataclass(frozen=True)
class Line:
    """A row of a table: the line at which it begins, and its cells."""

    number: int
    cells: list[str]


def dataset_of(head: bytes) -> str | None:
    """Tell the dataset by the first line, which may be nearly right."""
    first = head.decode("utf-8-sig", errors="replace").split("\n", 1)[0].rstrip("\r")
    try:
        header = next(csv.reader([first]), [])
    except csv.Error:
        return None
    for dataset, labels in HEADERS.items():
        # A page of JSON may be one line of thousands of cells, each of which is slow to compare.
        if len(header) > len(labels) + 1:
            continue
        meant = [_nearest(cell, labels) for cell in header]
        known = {one for one in meant if one is not None}
        if known & _TELLING[dataset] and len(known) >= len(set(labels.values())) - 1:
            # One strange column is a fault of this table; several make another table.
            return dataset if meant.count(None) <= 1 else None
    return None


def read_table(data: bytes, dataset: str, faults: Faults) -> pd.DataFrame:
    """Read a table.

    Args:
        data: The whole file.
        dataset: What it is.
        faults: Takes what is wrong, with its line.

    Returns:
        A frame with the dataset's columns (year Int64, value as printed) and ``source_ref``.

    Raises:
        FileRefused: It is not UTF-8, or has no rows.
    """
    lines = _lines(decode_utf8(data, faults.file), faults)
    names = _columns(lines[0], dataset, faults)
    if len(lines) == 1:
        # The platform offers a header alone where it has no figures; that is nothing to land.
        faults.add("line 1", None, None, "rows below the header")
    faults.refuse_any()
    frame = pd.DataFrame([line.cells for line in lines[1:]], columns=names, dtype="str")
    frame["source_ref"] = [f"line {line.number}" for line in lines[1:]]
    typed = _typed(frame, dataset, faults)
    find_repeats(typed, _KEYS[dataset], "source_ref", faults)
    # A line has one figure: its place is the line and the column, as the file calls it.
    label = lines[0].cells[names.index("value")].strip()
    return typed.assign(source_ref=typed["source_ref"] + f", {label}")


def _lines(text: str, faults: Faults) -> list[Line]:
    if not text.endswith(("\n", "\r")):
        last = text.count("\n") + 1
        faults.add(f"line {last}", None, None, "a line end: the file may be cut off")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    begun = 1
    try:
        for row in reader:
            if row or lines:
                lines.append(Line(begun, row))
            begun = reader.line_num + 1
    except csv.Error as error:
        faults.add(f"line {begun}", None, str(error), "a line of comma-separated cells")
        faults.refuse_any()
    while len(lines) > 1 and not lines[-1].cells:
        lines.pop()
    width = len(lines[0].cells)
    for line in lines[1:]:
        if len(line.cells) != width:
            found = f"{len(line.cells)} fields"
            faults.add(f"line {line.number}", None, found, f"{width} fields, as in the header")
    return lines


def _columns(header: Line, dataset: str, faults: Faults) -> list[str]:
    labels = HEADERS[dataset]
    place = f"line {header.number}"
    names = [labels.get(folded(cell), "") for cell in header.cells]
    told = {one for cell, name in zip(header.cells, names, strict=True)
            if not name and (one := _nearest(cell, labels))}  # fmt: skip
    for cell, name in zip(header.cells, names, strict=True):
        if not name:
            near = _nearest(cell, labels)
            usual = next((label for label, one in labels.items() if one == near), None)
            faults.add(place, cell, cell, f"the column {usual!r}" if usual else "no further column")
    for column in dict.fromkeys(labels.values()):
        if column not in names and column not in told:
            usual = next(label for label, one in labels.items() if one == column)
            faults.add(place, usual, None, "this column, which is missing")
        if names.count(column) > 1:
            faults.add(place, column, None, "one column of this meaning")
    return names


def _typed(raw: pd.DataFrame, dataset: str, faults: Faults) -> pd.DataFrame:
    places = raw["source_ref"].tolist()
    columns: dict[str, object] = {"source_ref": raw["source_ref"]}
    for name in raw.columns.drop("source_ref"):
        texts = [" ".join(str(cell).split()) for cell in raw[name]]
        if name == "year":
            columns[name] = pd.Series(_years(texts, places, faults), dtype="Int64")
        elif name in ("value", "precision"):
            columns[name] = pd.Series(_numbers(texts, places, name, faults), dtype="float64")
        else:
            if name not in _MAY_BE_EMPTY:
                for text, place in zip(texts, places, strict=True):
                    if not text:
                        faults.add(place, name, "", "a value")
            columns[name] = pd.Series([text or None for text in texts], dtype="str")
    if dataset == "sdg_17_3_1_1a":
        columns["section"] = pd.Series(
            _sections(raw["activity"].tolist(), places, faults), dtype="str"
        )
        columns["decimals"] = pd.Series(
            [len(cell.strip().partition(".")[2]) for cell in raw["value"]], dtype="Int64"
        )
    return pd.DataFrame(columns)


def _years(texts: list[str], places: list[str], faults: Faults) -> list[int | None]:
    years = [cells.year(text) for text in texts]
    for year, text, place in zip(years, texts, places, strict=True):
        if year is None:
            faults.add(place, "year", text, "a year")
    return years


def _numbers(
    texts: list[str], places: list[str], column: str, faults: Faults
) -> list[float | None]:
    found = []
    for text, place in zip(texts, places, strict=True):
        value = cells.number_or_fault(text, place, column, faults)
        if value is None and text in cells.NO_FIGURE:
            faults.add(place, column, text, "a number; the publisher leaves out what is zero")
        found.append(value)
    return found


def _sections(names: list[str], places: list[str], faults: Faults) -> list[str | None]:
    found = []
    for name, place in zip(names, places, strict=True):
        section = SECTIONS.get(folded(name)) if name.strip() else None
        if section is None and name.strip():
            faults.add(place, "activity", name, "an economic activity that is known")
        found.append(section)
    return found


def _nearest(cell: str, labels: dict[str, str]) -> str | None:
    near = difflib.get_close_matches(folded(cell), labels, n=1, cutoff=_ALIKE)
    return labels[near[0]] if near else None
