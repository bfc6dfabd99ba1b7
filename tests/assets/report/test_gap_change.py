"""Gaps that opened or closed since the build before."""

from __future__ import annotations

import pandas as pd
import pytest

from assets.report.gap_change import gap_changes
from warehouse.reference_data import Reference


def cells(*statuses: str, year: int = 2022) -> pd.DataFrame:
    rule = {"available": "public_complete", "partial": "incomplete", "not_available": "nothing"}
    breakdowns = ["total", "sex", "age"]
    return pd.DataFrame(
        [
            {
                "country": "KGZ", "theme": "refugees_hosted", "measure": "stock",
                "breakdown": breakdown, "year": year, "status": status, "rule": rule[status],
            }
            for breakdown, status in zip(breakdowns, statuses, strict=False)
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("partial", "available", "closed"),
        ("not_available", "available", "closed"),
        ("available", "partial", "opened"),
        ("available", "not_available", "opened"),
    ],
)
def test_a_gap_opens_or_closes(before: str, now: str, change: str, reference: Reference) -> None:
    found = gap_changes(cells(now, "available"), cells(before, "available"), reference)
    assert found["breakdown"].tolist() == ["total"]
    assert found["change"].tolist() == [change]
    assert found["status_before"].tolist() == [before]


@pytest.mark.parametrize(("before", "now"), [("partial", "not_available"), ("partial", "partial")])
def test_a_gap_that_stays_one_is_no_change(before: str, now: str, reference: Reference) -> None:
    assert gap_changes(cells(now), cells(before), reference).empty


def test_a_first_build_and_a_new_year_change_nothing(reference: Reference) -> None:
    assert gap_changes(cells("available"), None, reference).empty
    assert gap_changes(cells("available", year=2023), cells("partial"), reference).empty
