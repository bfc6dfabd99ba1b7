"""Read the tables that hold the report's figures: CSV in a layout of our own, typed by people.

The first line names the columns of ``schemas.sources.iom_report``, in any order. An empty cell of
a split (sex, age, ..., universe) means that it is not split, an empty ``obs_status`` a normal
value; every other empty cell is missing. Numbers have no thousands separators, days are ISO 8601.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from assets.sources.reading import (
    HEAD_BYTES,
    Faults,
    NotRecognised,
    Reading,
    decode_utf8,
    find_repeats,
    open_bounded,
    refuse_if_no_data,
)
from schemas.sources.iom_report import CELL_ID, FIGURE_ID, MODELS, PROFILE_ID
from schemas.table import PANDAS_DTYPES, Field, TableModel

SOURCE = "iom_report"
# The gate adds these; the reader says the place.
_NOT_IN_FILE = ("release", "extract_id", "source_ref")
_DATASET_OF_ID = {FIGURE_ID: "figures", CELL_ID: "tables", PROFILE_ID: "profiles"}
_DEFAULTS = dict.fromkeys(
    ("sex", "age", "education", "employment", "reason", "detail", "universe"), "_T"
) | {"obs_status": "A"}
_DELIMITERS = (",", ";", "\t")
# How much of the layout a header must hold to be taken for it.
_ALIKE = 0.7
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def recognise(head: bytes) -> str | None:
    """Tell the dataset by the header, also where a few of its columns are missing or renamed.

    Args:
        head: The first 64 KiB of the file, unpacked.

    Returns:
        ``figures``, ``tables`` or ``profiles``; None for what is none of them.

    Raises:
        FileRefused: The file is empty or a web page.
    """
    refuse_if_no_data(head)
    first = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    if len(first) == HEAD_BYTES or b"\0" in first:
        return None
    line = first.decode("utf-8", errors="replace").rstrip("\r")
    return _dataset(_cells(line, _delimiter(line)))


def read(path: Path) -> Reading:
    """Read one of the report's tables.

    Args:
        path: The file; its name is not looked at.

    Returns:
        A frame with the model's columns but ``release`` and ``extract_id``: codes and text as
        text, ``value``, ``base_value`` and ``precision`` as numbers (float64, in the row's
        ``unit``), days as ``date32``, and ``source_ref`` (``line 12``). Release and scope stand
        in the manifest beside the file.

    Raises:
        FileRefused: With every fault and its place.
        NotRecognised: The file is none of the report's tables.
    """
    data = open_bounded(path)
    dataset = recognise(data[:HEAD_BYTES])
    if dataset is None:
        raise NotRecognised(f"{path.name}: none of the tables of the report's figures")
    faults = Faults(path.name)
    text = decode_utf8(data, path.name)
    model = MODELS[dataset]
    rows = _rows(text, model, faults)
    frame = _typed(rows, model, faults)
    if not faults.total:
        find_repeats(frame, [model.columns[0]], "source_ref", faults)
    faults.refuse_any()
    return Reading(SOURCE, dataset, None, frame, {}, None)


def columns_of(model: TableModel) -> list[str]:
    """The columns that a file holds, in the order in which they are written."""
    return [name for name in model.columns if name not in _NOT_IN_FILE]


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        # A carriage return inside the line: no header of ours.
        return []


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _dataset(header: Sequence[str]) -> str | None:
    found = [dataset for column, dataset in _DATASET_OF_ID.items() if column in header]
    candidates = found or list(MODELS)
    shares = {
        dataset: len({*header} & {*columns_of(MODELS[dataset])}) / len(columns_of(MODELS[dataset]))
        for dataset in candidates
    }
    best = max(candidates, key=lambda dataset: shares[dataset])
    return best if shares[best] >= _ALIKE else None


def _rows(text: str, model: TableModel, faults: Faults) -> list[dict[str, str]]:
    """The rows as text by column, each with its place; empty when the header is not right."""
    delimiter = _delimiter(text.split("\n", 1)[0])
    if delimiter != ",":
        faults.add("line 1", None, delimiter, "a comma between cells")
    if not text.endswith("\n"):
        last = f"line {text.count(chr(10)) + 1}"
        faults.add(last, None, text[-40:], "a line end: the file may be cut short")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [cell.strip() for cell in next(reader)]
    rows: list[dict[str, str]] = []
    if not _header_fits(header, columns_of(model), faults):
        return rows
    line = reader.line_num
    try:
        for cells in reader:
            place, line = f"line {line + 1}", reader.line_num
            if not any(cell.strip() for cell in cells):
                faults.add(place, None, None, "a row: no line may be empty")
            elif len(cells) != len(header):
                found = f"{len(cells)} cells"
                faults.add(place, None, found, f"{len(header)} cells, as in the header")
            else:
                named = dict(zip(header, (cell.strip() for cell in cells), strict=True))
                rows.append(named | {"source_ref": place})
    except csv.Error as error:
        faults.add(f"line {reader.line_num}", None, str(error), "cells in well-formed quotes")
    if not rows and not faults.total:
        faults.add("line 2", None, None, "at least one row")
    return rows


def _header_fits(header: Sequence[str], wanted: Sequence[str], faults: Faults) -> bool:
    for name in wanted:
        if name not in header:
            faults.add("line 1", name, None, "a column of this name")
    for place, name in enumerate(header):
        if name not in wanted:
            faults.add("line 1", name, name, "no column of this name")
        elif name in header[:place]:
            faults.add("line 1", name, name, "this column once")
    return sorted(header) == sorted(wanted)


def _typed(rows: list[dict[str, str]], model: TableModel, faults: Faults) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for one in model.fields:
        if one.name in ("release", "extract_id"):
            continue
        typed = [_cell(row, one, faults) for row in rows]
        if one.kind in ("code", "text"):
            columns[one.name] = pd.Series(typed, dtype="str")
        else:
            columns[one.name] = pd.Series(typed, dtype=PANDAS_DTYPES[one.kind])  # type: ignore[call-overload]
    return pd.DataFrame(columns)


def _cell(row: dict[str, str], one: Field, faults: Faults) -> str | float | int | date | None:
    text = row[one.name] or _DEFAULTS.get(one.name, "")
    if not text:
        return math.nan if one.kind == "number" else None
    if one.kind == "number":
        if _NUMBER.fullmatch(text):
            return float(text)
        expected = "a number with a decimal point and without thousands separators"
    elif one.kind == "integer":
        if text.isascii() and text.isdigit() and len(text) <= 4:
            return int(text)
        expected = "a whole number"
    elif one.kind == "date":
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        expected = "a day as YYYY-MM-DD"
    else:
        return text
    faults.add(row["source_ref"], one.name, text[:60], expected)
    return None
