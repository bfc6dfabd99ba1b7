"""IDMC's files: its extracts, and small ones as workbooks, CSV and answers of the API."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

EXTRACTS = Path(__file__).resolve().parents[3] / "warehouse" / "extracts" / "idmc"
FILES = sorted(p for p in EXTRACTS.rglob("2*.*") if not p.name.endswith(".manifest.json"))
Rows = list[list[Any]]

DISPLACEMENT = [
    "ISO3", "Name", "Year", "Conflict Stock Displacement", "Conflict Stock Displacement (Raw)",
    "Conflict Internal Displacements", "Conflict Internal Displacements (Raw)",
    "Disaster Internal Displacements", "Disaster Internal Displacements (Raw)",
    "Disaster Stock Displacement", "Disaster Stock Displacement (Raw)",
]  # fmt: skip
OF_2022 = ["KGZ", "Kyrgyzstan", 2022, 4000, 4003, 166000, 166329, 1700, 1696, 4, 4]
OF_2021 = ["KGZ", "Kyrgyzstan", 2021, "", 0, 46000, 46268, 120, 116, "", ""]
BANDS = ["0-1", "0-4", "0-14", "0-17", "0-24", "5-11", "5-14", "12-14", "12-16", "15-17",
         "15-24", "25-64", "65+"]  # fmt: skip
SADD = ["ISO3", "Country", "Year", "Sex", "Cause", *BANDS]
MEN = [95, 243, 702, 807, 1022, 336, 459, 123, 194, 104, 319, 870, 73]
WOMEN = [90, 231, 674, 776, 988, 323, 442, 120, 189, 102, 315, 937, 113]
BOTH = [185, 474, 1376, 1583, 2010, 659, 901, 243, 383, 206, 634, 1807, 186]
EVENT = [
    "ISO3", "Country / Territory", "Year", "Event Name", "Date of Event (start)",
    "Disaster Internal Displacements", "Disaster Internal Displacements (Raw)",
    "Hazard Category", "Hazard Type", "Hazard Sub Type",
]  # fmt: skip
FLOOD = ["KGZ", "Kyrgyz Republic", 2024, "Flood - Jalal-Abad", date(2024, 4, 22), 1200, 1216,
         "Weather related", "Flood", "Flood"]  # fmt: skip


def sadd(sex: str, counts: Sequence[int]) -> list[Any]:
    return ["KGZ", "Kyrgyzstan", 2022, sex, "Conflict", *counts]


def workbook(sheets: dict[str, Rows]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        moment = datetime(cell.year, cell.month, cell.day)
                        sheet.write_datetime(at, column, moment, day)
                    elif cell != "":
                        sheet.write(at, column, cell)
    return out.getvalue()


def displacement(*rows: list[Any], header: list[str] = DISPLACEMENT) -> bytes:
    return workbook({"1_Displacement_data": [header, *rows]})


def as_csv(rows: Rows) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def conflict(year: int = 2022, **changes: Any) -> dict[str, Any]:
    return {
        "iso3": "KGZ", "country_name": "Kyrgyzstan", "year": year, "new_displacement": 166329,
        "new_displacement_rounded": 166000, "total_displacement_rounded": 4000,
        "total_displacement": 4003,
    } | changes  # fmt: skip


def envelope(rows: list[Any], count: int | None = None) -> dict[str, Any]:
    head = {"last_updated": "2025-05-13", "count": len(rows) if count is None else count}
    return {**head, "next": None, "previous": None, "results": rows}
