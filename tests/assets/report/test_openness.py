"""Points of openness, and what loses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from assets.report.openness import openness
from warehouse.reference_data import Reference

Row = dict[str, Any]


@pytest.fixture
def score(reference: Reference) -> Callable[..., dict[str, tuple[float, str | None]]]:
    good: Row = {
        "country": "KGZ", "source": "unhcr", "dataset": "population", "by_sex": True,
        "by_age": True, "by_country": True, "by_oblast": True, "by_place": True,
        "years": list(range(2016, 2026)), "definitions": ["unhcr_refugee"],
    }  # fmt: skip

    def make(**change: Any) -> dict[str, tuple[float, str | None]]:
        made = openness(pd.DataFrame([good | change]), 2025, reference).astype(object)
        lost = made["lost_because"].where(made["lost_because"].notna(), None)
        return dict(zip(made["criterion"], zip(made["points"], lost, strict=True), strict=True))

    return make


@pytest.mark.parametrize(
    ("criterion", "change", "points"),
    [
        ("breakdowns", {"by_age": False}, 0.5),
        ("breakdowns", {"by_age": False, "by_sex": False, "by_country": False}, 0.0),
        ("five_years", {"years": [2021, 2023, 2025]}, 1.0),
        ("five_years", {"years": [2021, 2023]}, 0.5),
        ("five_years", {"years": [2020]}, 0.0),
        ("ten_years", {"years": list(range(2016, 2022))}, 1.0),
        ("ten_years", {"years": [2016, 2017, 2018]}, 0.5),
        ("ten_years", {"years": [2014, 2015, 2016]}, 0.0),
        ("first_level", {"by_oblast": False}, 0.5),
        ("first_level", {"by_oblast": False, "by_place": False}, 0.0),
        ("machine_readable", {"source": "nsc", "dataset": "press"}, 0.0),
        ("non_proprietary", {"source": "nsc", "dataset": "dynamic"}, 0.0),
        ("non_proprietary", {"source": "undesa", "dataset": "destination"}, 1.0),
        ("download_options", {"source": "undesa", "dataset": "destination"}, 0.5),
        ("download_options", {"source": "nsc", "dataset": "press"}, 0.0),
        ("metadata", {"definitions": ["unhcr_refugee", "covid_returnee"]}, 0.5),
        ("metadata", {"definitions": ["covid_returnee"]}, 0.0),
        ("terms", {"source": "idmc", "dataset": "conflicts"}, 0.5),
        ("terms", {"source": "nbkr", "dataset": "remittances"}, 0.0),
    ],
)
def test_points_are_lost_for_a_reason(
    criterion: str, change: Row, points: float, score: Callable[..., Any]
) -> None:
    got, why = score(**change)[criterion]
    assert got == points
    assert (why is None) == (points == 1.0)
    if criterion in ("breakdowns", "first_level", "metadata", "terms"):
        assert score()[criterion][0] == 1.0


def test_every_criterion_is_scored(score: Callable[..., Any], reference: Reference) -> None:
    criteria = set(reference.table("openness_criterion")["criterion"].astype("str"))
    assert set(score()) == criteria
    assert score()["second_level"] == (0.0, "Not split by district.")
