"""Read a table of trafficking cases: CSV with the columns country, year, form, cases."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from assets.sources.reading import Faults, Reading, decode_utf8, find_repeats, open_bounded

HEADER = ["country", "year", "form", "cases"]


def recognise(head: bytes) -> str | None:
    """The dataset of a file that begins with the header; None for any other."""
    return "cases" if head.startswith(",".join(HEADER).encode()) else None


def read(path: Path) -> Reading:
    """Read a table of cases.

    Raises:
        FileRefused: A cell is no whole number, or a row is there twice.
    """
    faults = Faults(path.name)
    rows = list(csv.DictReader(io.StringIO(decode_utf8(open_bounded(path), path.name))))
    frame = pd.DataFrame(
        {
            "country": [row["country"] for row in rows],
            "year": [_whole(row, "year", line, faults) for line, row in enumerate(rows, start=2)],
            "form": [row["form"] for row in rows],
            "cases": [_whole(row, "cases", line, faults) for line, row in enumerate(rows, start=2)],
            "source_ref": [f"line {line}" for line in range(2, len(rows) + 2)],
        }
    )
    find_repeats(frame, ["country", "year", "form"], "source_ref", faults)
    faults.refuse_any()
    return Reading("us_tip", "cases", None, frame, {}, None)


def _whole(row: Mapping[str, str], column: str, line: int, faults: Faults) -> int:
    text = row[column] or ""
    if not text.isdigit():
        faults.add(f"line {line}", column, text, "a whole number")
        return 0
    return int(text)
