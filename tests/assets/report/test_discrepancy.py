"""Figures of two producers that mean nearly the same are held against each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.report.discrepancy import discrepancies
from warehouse.reference_data import Reference

Row = dict[str, Any]
_FIGURE: Row = {
    "country": "KGZ", "theme": "emigration", "measure": "stock", "concept": "people_abroad",
    "unit": "persons", "year": 2018, "producer": "molssm", "indicator": "emigrants_registered",
    "source": "iom_report", "dataset": "figures", "release": "2024-01", "universe": "_T",
    "value": 715000.0, "definition": "kr_emigrant_molssm",
}  # fmt: skip
_KIHS = {
    "producer": "kihs", "indicator": "workers_abroad", "universe": "labour_migrants",
    "value": 251874.0, "definition": "kihs_worker_abroad",
}  # fmt: skip


@pytest.fixture
def compare(reference: Reference) -> Callable[..., list[Row]]:
    def make(*rows: Row) -> list[Row]:
        made = discrepancies(pd.DataFrame([_FIGURE | row for row in rows]), reference)
        return [
            {str(name): value for name, value in row.items()} for row in made.to_dict("records")
        ]

    return make


def test_two_producers_of_one_year_are_compared(compare: Callable[..., list[Row]]) -> None:
    (row,) = compare({}, _KIHS)
    assert (row["producer"], row["other_producer"]) == ("molssm", "kihs")
    assert row["ratio"] == pytest.approx(715000 / 251874)
    assert row["differs_in"] == "basis; excluded; universe"
    assert row["meaning"] != row["other_meaning"]


@pytest.mark.parametrize(
    "change",
    [
        {"value": 715000.0},
        {"unit": "cases"},
        {"concept": "other"},
        {"theme": "immigration"},
        {"year": 2021},
        {"producer": "molssm"},
    ],
)
def test_what_can_not_be_compared_is_not(change: Row, compare: Callable[..., list[Row]]) -> None:
    assert compare({}, _KIHS | change) == []


def test_systems_of_one_institution_are_one_producer(compare: Callable[..., list[Row]]) -> None:
    nsc = {"producer": "nsc", "definition": "nsc_emigrant"}
    assert compare(nsc, _KIHS) == []
    assert compare({}, _KIHS) != []


def test_stocks_are_compared_with_the_nearest_year(compare: Callable[..., list[Row]]) -> None:
    earlier, later = _KIHS | {"year": 2017}, _KIHS | {"year": 2020}
    (row,) = compare({}, earlier, later)
    assert row["other_year"] == 2017
    assert row["differs_in"].endswith("year")
    (same,) = compare({}, earlier, _KIHS)
    assert same["other_year"] == 2018


def test_flows_are_compared_within_their_year(compare: Callable[..., list[Row]]) -> None:
    flow = {"measure": "flow", "theme": "immigration", "concept": "arrivals"}
    assert compare(flow, flow | _KIHS | {"year": 2019}) == []
    assert len(compare(flow, flow | _KIHS)) == 1


def test_no_ratio_to_a_value_below_zero(compare: Callable[..., list[Row]]) -> None:
    (row,) = compare({}, _KIHS | {"value": -5.0})
    assert pd.isna(row["ratio"])


def test_known_discrepancies_are_found(published: duckdb.DuckDBPyConnection) -> None:
    found = {
        tuple(row)
        for row in published.execute(
            "SELECT producer, year, value, other_producer, other_year, other_value FROM discrepancy"
        ).fetchall()
    }
    assert ("molssm", 2018, 715000, "kihs", 2018, 251874) in found
    assert ("nsc", 2022, 12444, "molssm", 2022, 208) in found
    assert ("us_tip", 2020, 40, "nsc", 2020, 8) in found
    assert ("undesa", 2019, 754969, "kihs", 2018, 251874) in found
    assert ("molssm", 2022, 1367427, "census_2022", 2022, 876900) in found
    assert ("idmc", 2022, 166329, "red_crescent", 2022, 18000) in found
