"""What coverage lets a producer's figures show, and splits that are indicators of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from assets.availability.evidence import observed
from schemas.reference import COVERAGE
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference

Row = dict[str, Any]
Rules = Callable[..., dict[tuple[str, str], str]]

_FIGURE: Row = {
    "country": "KGZ", "theme": "undocumented_migration", "measure": "flow", "breakdown": "total",
    "indicator": "trafficking_cases", "unit": "cases", "universe": "_T", "dimension": "total",
    "year": 2022, "last_day": pd.Timestamp("2022-12-31"), "producer": "nsc", "source": "nsc",
    "dataset": "press", "release": "2022", "interim": False, "observations": 1, "known": 6.0,
    "all_rounded_zero": False, "access": None, "total": 6.0, "completeness": 1.0,
}  # fmt: skip
_HELD: Row = {
    "country": "KGZ", "source": "nsc_crime", "theme": "undocumented_migration",
    "measure": "flow", "breakdown": "total", "year_from": 2020, "year_to": 2022,
    "access": "public", "holds": "sub_population", "link": "https://example.org",
    "date_seen": date(2024, 1, 31), "seen_by": "a reader", "section": "3.4", "note": "Crimes.",
}  # fmt: skip
_DISPLACED: Row = _FIGURE | {
    "theme": "internal_displacement",
    "producer": "idmc",
    "source": "idmc",
    "unit": "persons",
}
CONFLICT = _DISPLACED | {"indicator": "displacements_conflict", "dataset": "conflicts"}
DISASTER = _DISPLACED | {"indicator": "displacements_disaster", "dataset": "disasters"}


@pytest.fixture
def found(reference: Reference) -> Callable[..., pd.DataFrame]:
    """Candidates from figures, under coverage of one's own."""

    def make(*figures: Row, coverage: list[Row] | None = None) -> pd.DataFrame:
        rows = [_HELD | one for one in coverage or []]
        held = conform(pd.DataFrame(rows), COVERAGE) if rows else empty_frame(COVERAGE)
        own = replace(reference, tables=reference.tables | {"coverage": held})
        return observed(pd.DataFrame(list(figures)), own)

    return make


@pytest.fixture
def rules(found: Callable[..., pd.DataFrame]) -> Rules:
    def make(*figures: Row, coverage: list[Row] | None = None) -> dict[tuple[str, str], str]:
        made = found(*figures, coverage=coverage)
        keys = zip(made["breakdown"], made["source"], strict=True)
        return dict(zip(keys, made["rule"], strict=True))

    return make


@pytest.mark.parametrize(
    "holds",
    ["sub_population", "shares_only", "model_estimate", "secondary_only", "qualitative_only"],
)
def test_a_figure_shows_no_more_than_its_producer_holds(holds: str, rules: Rules) -> None:
    assert rules(_FIGURE, coverage=[{"holds": holds}]) == {("total", "nsc"): holds}
    assert rules(_FIGURE) == {("total", "nsc"): "public_complete"}


@pytest.mark.parametrize(
    "other",
    [
        {"source": "us_tip"},
        {"year_from": 2018, "year_to": 2021},
        {"breakdown": "sex"},
        {"measure": "stock"},
        {"theme": "emigration"},
        {"holds": "unverified"},
        {"holds": "nothing"},
    ],
)
def test_only_its_own_cell_and_year_is_limited(other: Row, rules: Rules) -> None:
    assert rules(_FIGURE, coverage=[other])[("total", "nsc")] == "public_complete"


def test_what_the_producer_holds_whole_is_not_limited(rules: Rules) -> None:
    whole = {"holds": "complete", "source": "nsc_on_request", "access": "on_request"}
    assert rules(_FIGURE, coverage=[{}, whole])[("total", "nsc")] == "public_complete"


def test_the_mildest_limit_counts(rules: Rules) -> None:
    limits = [{"holds": "qualitative_only"}, {"holds": "shares_only"}]
    assert rules(_FIGURE, coverage=limits)[("total", "nsc")] == "shares_only"


def test_the_reason_says_why_the_figure_is_less(found: Callable[..., pd.DataFrame]) -> None:
    (reason,) = found(_FIGURE, coverage=[{}])["reason"]
    assert "part of the population" in reason
    assert "Crimes." in reason


def test_causes_of_two_datasets_make_one_split(rules: Rules) -> None:
    split = rules(CONFLICT, DISASTER)
    assert split[("cause", "idmc")] == "public_complete"


def test_a_cause_that_is_marked_missing_is_not_told(found: Callable[..., pd.DataFrame]) -> None:
    missing = CONFLICT | {"observations": 0, "known": 0.0, "completeness": 1.0}
    made = found(missing, DISASTER)
    (row,) = made[made["breakdown"] == "cause"].to_dict("records")
    assert (row["rule"], row["completeness"]) == ("incomplete", 0.5)
    assert "1 of 2 kinds: displacements_disaster" in row["reason"]


def test_one_cause_alone_is_no_split(rules: Rules) -> None:
    assert ("cause", "idmc") not in rules(DISASTER)


def test_two_sources_do_not_make_one_split(rules: Rules) -> None:
    other = DISASTER | {"producer": "unhcr", "source": "unhcr"}
    assert ("cause", "idmc") not in rules(CONFLICT, other)
