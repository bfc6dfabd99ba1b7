"""UNHCR's figures in CSV: the API's columns as text, or the website's export with its preamble."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from assets.sources.reading import Faults, decode_utf8
from assets.sources.unhcr.layout import Layout, classify, resolve_header

# The preamble of the website's exports has 14 or 15 lines; a header further down is not theirs.
_HEADER_WITHIN = 40
_CELLS_WITHIN = range(4, 61)
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")


@dataclass(frozen=True)
class Header:
    """The header of a table, with the number of its line and what stood above it."""

    layout: Layout
    cells: tuple[str, ...]
    line: int
    preamble: tuple[tuple[str, ...], ...]


def find_header(head: bytes) -> Header | None:
    """Find the first line that is the header of a dataset, right or nearly right."""
    text = head.decode("utf-8-sig", errors="replace")
    if text.lstrip()[:1] in ("{", "["):
        return None
    above: list[tuple[str, ...]] = []
    for number, line in enumerate(text.split("\n")[:_HEADER_WITHIN], start=1):
        try:
            cells = tuple(next(csv.reader([line.rstrip("\r")]), []))
        except csv.Error:
            cells = (line,)
        layout = classify(cells) if len(cells) in _CELLS_WITHIN else None
        if layout is not None:
            return Header(layout, cells, number, tuple(above))
        above.append(cells)
    return None


def read_csv(data: bytes, header: Header, faults: Faults) -> pd.DataFrame:
    """Read the rows below a header.

    Args:
        data: The whole file.
        header: Its header, as ``find_header`` gave it.
        faults: Takes what is wrong in the header and in the shape of the lines.

    Returns:
        Text columns with the API's names, and ``source_ref``, the number of the line in the file
        at which each row begins.

    Raises:
        FileRefused: The file is not UTF-8, or nothing below the header can be read.
    """
    decode_utf8(data, faults.file)
    names = resolve_header(header.cells, header.layout, f"line {header.line}", faults)
    if not data.endswith((b"\n", b"\r")):
        last = data.count(b"\n") + 1
        faults.add(f"line {last}", None, None, "a line end: the file may be cut off here")
    body = _below(data, header.line)
    if not body:
        faults.add(f"line {header.line}", None, None, "rows below the header, and there are none")
        faults.refuse_any()
    columns, lines = _parse(body, len(names), header.line + 1, faults)
    frame = pd.DataFrame(
        {
            name: pd.Series(column, dtype="str")
            for name, column in zip(names, columns, strict=True)
            if name is not None
        }
    )
    frame["source_ref"] = pd.Series([f"line {line}" for line in lines.tolist()], dtype="str")
    return frame


def _below(data: bytes, line: int) -> bytes:
    """The file below a line, without the empty lines at its end."""
    at = 0
    for _ in range(line):
        end = data.find(b"\n", at)
        if end < 0:
            return b""
        at = end + 1
    return data[at:].rstrip(b"\r\n") + b"\n" if data[at:].strip() else b""


def _has_quoted_newline(body: bytes) -> bool:
    """Whether a line end stands between quotes, so that rows and lines are not the same."""
    if b'"' not in body:
        return False
    letters = np.frombuffer(body, dtype=np.uint8)
    within = np.bitwise_xor.accumulate((letters == ord('"')).view(np.uint8))
    return bool((within[letters == ord("\n")] == 1).any())


def _parse(
    body: bytes, width: int, first_line: int, faults: Faults
) -> tuple[Sequence[pd.Series], np.ndarray]:
    """Cut a table into columns of text; rows with too few or too many fields become faults."""
    if not _has_quoted_newline(body):
        parsed = _parse_fast(body, width, first_line, faults)
        if parsed is not None:
            return parsed
    return _parse_slowly(body, width, first_line, faults)


def _field_fault(line: int, fields: int, width: int, faults: Faults) -> None:
    faults.add(f"line {line}", None, f"{fields} fields", f"{width} fields, as in the header")


def _parse_fast(
    body: bytes, width: int, first_line: int, faults: Faults
) -> tuple[Sequence[pd.Series], np.ndarray] | None:
    """Let Arrow cut the table, if each line is a row; None if it counts rows another way."""
    bad: list[tuple[int, int]] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        bad.append((row.number, row.actual_columns))
        return "skip"

    places = [f"c{at}" for at in range(width)]
    try:
        # One thread: else Arrow does not tell which row is bad.
        table = arrow_csv.read_csv(
            io.BytesIO(body),
            arrow_csv.ReadOptions(use_threads=False, column_names=places, block_size=8 * 2**20),
            arrow_csv.ParseOptions(ignore_empty_lines=False, invalid_row_handler=note),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.large_string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    lines = np.arange(first_line, first_line + body.count(b"\n"))
    if table.num_rows + len(bad) != len(lines):
        return None
    for number, fields in bad:
        _field_fault(first_line + number - 1, fields, width, faults)
    whole = np.delete(lines, [number - 1 for number, _ in bad])
    return [pd.Series(column.to_pandas(), dtype="str") for column in table.columns], whole


def _parse_slowly(
    body: bytes, width: int, first_line: int, faults: Faults
) -> tuple[Sequence[pd.Series], np.ndarray]:
    """Cut the table row by row, for files with line ends between quotes."""
    reader = csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 0
    try:
        for row in reader:
            if len(row) == width:
                rows.append(row)
                lines.append(first_line + start)
            else:
                _field_fault(first_line + start, len(row), width, faults)
            start = reader.line_num
    except csv.Error as error:
        faults.add(f"line {first_line + start}", None, str(error), "a row whose quotes are closed")
    table = pd.DataFrame(rows, columns=range(width), dtype="str")
    return [table[at] for at in range(width)], np.array(lines, dtype=np.int64)


def read_preamble(header: Header, faults: Faults) -> dict[str, str]:
    """Take what a website export says of itself above its header.

    Returns:
        ``date_extracted`` and ``last_updated`` as ISO days, and the other labels in lower case
        with underscores; a label with nothing behind it has an empty text.
    """
    stated = {}
    for place, cells in enumerate(header.preamble, start=1):
        label = cells[0].rstrip(": ").lower().replace(" ", "_") if cells else ""
        if not label or len(cells) > 2 or len(label) > 40:
            continue
        said = cells[1].strip() if len(cells) == 2 else ""
        if label in ("date_extracted", "last_updated") and said:
            said = _iso_day(said, f"line {place}", cells[0], faults)
        stated[label] = said
    return stated


def _iso_day(said: str, place: str, label: str, faults: Faults) -> str:
    match = _DATE.fullmatch(said)
    try:
        if match:
            day, month, year = map(int, match.groups())
            return date(year, month, day).isoformat()
    except ValueError:
        pass
    faults.add(place, label, said, "a day as dd/mm/yyyy")
    return said
