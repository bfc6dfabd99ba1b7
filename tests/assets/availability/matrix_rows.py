"""Rows that the availability matrix is made of, by what differs from a good one, and its cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from schemas.table import TableModel
from schemas.validate import conform, empty_frame

Row = dict[str, Any]
Assess = Callable[..., pd.DataFrame]

CELL = {"theme": "refugees_hosted", "measure": "stock", "breakdown": "total", "year": 2022}
SEX = {"breakdown": "sex", "dimension": "sex"}
# UNHCR is public and international, the ministry gives data on request, the state registration
# service keeps them to itself; both are national.
PUBLIC, ON_REQUEST, INTERNAL, NATIONAL_PUBLIC = "unhcr", "molssm", "srs", "nsc"

GOOD_EVIDENCE: Row = {
    "country": "KGZ", **CELL, "indicator": "refugees", "unit": "persons", "universe": "_T",
    "dimension": "total", "last_day": pd.Timestamp("2022-12-31"), "producer": PUBLIC,
    "source": PUBLIC, "dataset": "population", "release": "2025-end", "interim": False,
    "observations": 1, "known": 100.0, "all_rounded_zero": False, "access": None, "total": 100.0,
    "completeness": 1.0,
}  # fmt: skip
GOOD_COVERAGE: Row = {
    "country": "KGZ", "source": NATIONAL_PUBLIC, **{k: v for k, v in CELL.items() if k != "year"},
    "year_from": 2020, "year_to": 2022, "access": "public", "holds": "complete",
    "link": "https://example.org", "date_seen": date(2024, 1, 31), "seen_by": "a reader",
    "section": "4.1", "note": None,
}  # fmt: skip
GOOD_OVERRIDE: Row = {
    "country": "KGZ", **CELL, "status": "partial", "rule": "override", "reason": "Two counts.",
    "author": "An author", "date": date(2024, 5, 1), "indicator": None, "expected_value": None,
}  # fmt: skip
GOOD_TOTAL: Row = {
    "country": "KGZ", "theme": "refugees_hosted", "indicator": "refugees", "breakdown": "total",
    "year": 2022, "value": 100.0,
}  # fmt: skip


def frame_of(model: TableModel, good: Row, changes: list[Row]) -> pd.DataFrame:
    rows = [good | change for change in changes]
    return conform(pd.DataFrame(rows), model) if rows else empty_frame(model)


def evidence_of(*changes: Row) -> pd.DataFrame:
    return pd.DataFrame([GOOD_EVIDENCE | one for one in changes], columns=list(GOOD_EVIDENCE))


def cell(made: pd.DataFrame, **changes: Any) -> Row:
    found = made
    for name, value in (CELL | changes).items():
        found = found[found[name] == value]
    (row,) = found.astype(object).to_dict("records")
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


def verdict(made: pd.DataFrame, **changes: Any) -> tuple[str, str, str]:
    row = cell(made, **changes)
    return row["status"], row["rule"], row["evidence"]


NOTHING = ("not_available", "nothing", "none")
