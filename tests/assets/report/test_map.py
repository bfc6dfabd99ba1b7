"""Readings of the report beside the map, discrepancies, gaps and openness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.report.assessment import assessment_check, statements_by_year
from assets.report.discrepancy import discrepancies
from assets.report.gap import gaps
from assets.report.openness import openness
from schemas.assessment import AVAILABILITY_MATRIX
from schemas.gaps import GAP_CHANGED, GAP_TABLES
from schemas.reference import (
    ASSESSED_CELL,
    ASSESSMENT_EXPLANATION,
    COVERAGE,
    RECOMMENDATION,
    SDG_INDICATOR,
)
from schemas.table import TableModel
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference

Row = dict[str, Any]
CELL: Row = {"theme": "emigration", "measure": "stock", "breakdown": "sex"}
_SAID: Row = {
    "country": "KGZ", **CELL, "year_from": 2020, "year_to": 2021, "producers": "any",
    "state": "available", "reason": "It is there.", "section": "3.2", "reading": 1,
}  # fmt: skip
_COMPUTED: Row = {
    "country": "KGZ", **CELL, "year": 2020, "status": "available",
    "status_national": "not_available", "rule": "public_complete", "reason": "Found.",
    "evidence": "observed", "completeness": 1.0, "observations": 1, "sources": "undesa",
    "public_sources": "undesa",
}  # fmt: skip
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


def frame(model: TableModel, good: Row, rows: list[Row]) -> pd.DataFrame:
    return (
        conform(pd.DataFrame([good | row for row in rows]), model) if rows else empty_frame(model)
    )


def matrix(*rows: Row) -> pd.DataFrame:
    return frame(AVAILABILITY_MATRIX, _COMPUTED, list(rows))


@pytest.fixture
def with_tables(reference: Reference) -> Callable[..., Reference]:
    def make(**tables: pd.DataFrame) -> Reference:
        return replace(reference, tables=reference.tables | tables)

    return make


# --- Readings --------------------------------------------------------------------------------


@pytest.fixture
def check(with_tables: Callable[..., Reference]) -> Callable[..., Row]:
    """The one row of the check, from statements, computed cell now and then, and explanations."""

    def make(
        *said: Row, now: Row | None = None, then: Row | None = None, why: list[Row] | None = None
    ) -> Row:
        good = {**CELL, "year_from": 2020, "year_to": 2020, "producers": "any"}
        own = with_tables(
            assessed_cell=frame(ASSESSED_CELL, _SAID, [{"year_to": 2020} | one for one in said]),
            assessment_explanation=frame(ASSESSMENT_EXPLANATION, good, why or []),
        )
        made = assessment_check(matrix(now or {}), matrix(then or now or {}), own)
        (row,) = made.astype(object).to_dict("records")
        return {str(name): None if pd.isna(value) else value for name, value in row.items()}

    return make


def test_a_reading_that_the_cell_bears_out_agrees(check: Callable[..., Row]) -> None:
    row = check({})
    assert row["agrees"] is True
    assert row["explanation"] is None
    assert (row["first_reading"], row["second_reading"]) == ("available", None)


def test_a_reading_that_it_does_not_is_a_difference(check: Callable[..., Row]) -> None:
    row = check({}, now={"status": "partial"})
    assert row["agrees"] is False
    assert row["explanation"] is None


def test_both_readings_must_agree(check: Callable[..., Row]) -> None:
    assert check({}, {"reading": 2})["agrees"] is True
    row = check({}, {"reading": 2, "state": "partial"})
    assert row["agrees"] is False
    assert "reading 1, section 3.2: available" in row["explanation"]


def test_the_best_statement_is_the_state_of_a_reading(check: Callable[..., Row]) -> None:
    row = check({"state": "partial"}, {"section": "1"}, {"state": "not_available", "section": "9"})
    assert row["first_reading"] == "available"
    followed = check({}, {"state": "partial", "section": "9"}, now={"status": "partial"})
    assert followed["agrees"] is False
    assert followed["explanation"].endswith("as in reading 1, section 9: partial.")


def test_national_statements_meet_the_national_status(check: Callable[..., Row]) -> None:
    national = {"producers": "national", "state": "not_available"}
    assert check(national)["agrees"] is True
    assert check(national, now={"status_national": "partial"})["agrees"] is False


def test_what_became_known_since_is_said(check: Callable[..., Row]) -> None:
    said = {"state": "partial"}
    assert "Known since" in check(said, then={"status": "partial"})["explanation"]
    assert check(said, then={"status": "not_available"})["explanation"] is None


def test_a_written_explanation_comes_first(check: Callable[..., Row]) -> None:
    why = [{"explanation": "A model."}]
    changed = {"status": "partial"}
    assert check({}, now=changed, why=why)["explanation"] == "A model."
    of_another_year = [why[0] | {"year_from": 2021, "year_to": 2021}]
    assert check({}, now=changed, why=of_another_year)["explanation"] is None
    assert check({}, why=why)["explanation"] is None


def test_statements_hold_for_each_of_their_years() -> None:
    rows = statements_by_year(frame(ASSESSED_CELL, _SAID, [{}]))
    assert rows["year"].tolist() == [2020, 2021]


@pytest.fixture(scope="module")
def published(refreshed_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(refreshed_home / "migration.duckdb"), read_only=True) as connection:
        yield connection


def test_no_difference_is_unexplained(published: duckdb.DuckDBPyConnection) -> None:
    unexplained = published.execute(
        "SELECT theme, measure, breakdown, year, producers FROM assessment_check "
        "WHERE NOT agrees AND explanation IS NULL"
    ).fetchall()
    assert unexplained == []


def test_every_written_explanation_explains_something(
    published: duckdb.DuckDBPyConnection,
) -> None:
    idle = published.execute(
        "SELECT e.* FROM assessment_explanation AS e ANTI JOIN assessment_check AS a "
        "ON a.theme = e.theme AND a.measure = e.measure AND a.breakdown = e.breakdown "
        "AND a.producers = e.producers AND a.explanation = e.explanation"
    ).fetchall()
    assert idle == []


def test_every_year_that_both_know_is_checked(published: duckdb.DuckDBPyConnection) -> None:
    missing = published.execute(
        "SELECT * FROM assessment_reading AS r JOIN availability_matrix AS m "
        "USING (country, theme, measure, breakdown, year) "
        "ANTI JOIN assessment_check AS c ON c.theme = r.theme AND c.measure = r.measure "
        "AND c.breakdown = r.breakdown AND c.year = r.year AND c.producers = r.producers"
    ).fetchall()
    assert missing == []


def test_agreement_is_cohens_kappa(published: duckdb.DuckDBPyConnection) -> None:
    """Worked out here by hand from the same readings."""
    rows = published.execute(
        "SELECT theme, measure, breakdown, year, producers, reading, state FROM assessment_reading"
    ).df()
    keys = ["theme", "measure", "breakdown", "year", "producers"]
    both = rows.pivot(index=keys, columns="reading", values="state").dropna()
    agreed = (both[1] == both[2]).mean()
    first, second = (both[one].value_counts(normalize=True) for one in (1, 2))
    chance = sum(first.get(state, 0) * second.get(state, 0) for state in set(first.index))
    told = published.execute(
        "SELECT cells, share_agreed, kappa FROM assessment_agreement WHERE scope = 'both'"
    ).fetchone()
    assert told is not None
    assert told[0] == len(both) > 300
    assert told[1] == pytest.approx(agreed)
    assert told[2] == pytest.approx((agreed - chance) / (1 - chance))


def test_the_confusion_counts_every_reading(published: duckdb.DuckDBPyConnection) -> None:
    for reading, column in ((1, "first_reading"), (2, "second_reading")):
        told = published.execute(
            f"SELECT (SELECT sum(cells) FROM assessment_confusion WHERE reading = {reading}), "
            f"(SELECT count({column}) FROM assessment_check)"
        ).fetchone()
        assert told is not None
        assert told[0] == told[1] > 0


# --- Discrepancies ---------------------------------------------------------------------------


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


# --- Gaps ------------------------------------------------------------------------------------

_OPEN: Row = {
    "status": "not_available", "rule": "nothing", "sources": None, "public_sources": None,
    "evidence": "none", "reason": "No source is known to hold it.",
}  # fmt: skip


@pytest.fixture
def found(with_tables: Callable[..., Reference]) -> Callable[..., list[Row]]:
    """Gaps of a matrix, under coverage, recommendations and indicators of one's own."""
    held: Row = {
        "country": "KGZ", "source": "molssm", **CELL, "year_from": 2018, "year_to": 2022,
        "access": "on_request", "holds": "complete", "link": None, "date_seen": None,
        "seen_by": "a reader", "section": "3.2", "note": None,
    }  # fmt: skip
    advice: Row = {
        "recommendation": "one", "country": "KGZ", **CELL, "text_en": "Do it.", "section": "9",
    }  # fmt: skip
    goal: Row = {"sdg_indicator": "10.7.4", **CELL, "title": "Share"}

    def make(
        *cells: Row, coverage: list[Row] | None = None, advised: Row | None = None
    ) -> list[Row]:
        own = with_tables(
            coverage=frame(COVERAGE, held, coverage or []),
            recommendation=frame(RECOMMENDATION, advice, [advised or {}]),
            sdg_indicator=frame(SDG_INDICATOR, goal, [{}]),
        )
        made = gaps(matrix(*cells), own).astype(object)
        return [
            {str(name): None if pd.isna(value) else value for name, value in row.items()}
            for row in made.to_dict("records")
        ]

    return make


def test_neighbouring_years_alike_are_one_gap(found: Callable[..., list[Row]]) -> None:
    rows = found(*(_OPEN | {"year": year} for year in (2018, 2019, 2021)))
    assert [(row["year_from"], row["year_to"]) for row in rows] == [(2018, 2019), (2021, 2021)]
    partial = _OPEN | {"status": "partial", "rule": "shares_only", "year": 2019}
    assert len(found(_OPEN | {"year": 2018}, partial)) == 2


def test_what_is_available_is_no_gap(found: Callable[..., list[Row]]) -> None:
    assert found({}) == []
    assert len(found({}, _OPEN | {"year": 2021})) == 1


def test_a_gap_says_who_could_close_it_and_how(found: Callable[..., list[Row]]) -> None:
    (row,) = found(_OPEN, coverage=[{"breakdown": "total"}])
    assert (row["source"], row["access"]) == ("molssm", "on_request")
    assert row["request_route"] == "Formal data request to the agency"
    assert row["languages"] == "Kyrgyz; Russian"
    assert row["missing"].startswith("No figure is known: Emigration, stock, by sex.")


@pytest.mark.parametrize(
    ("coverage", "asked"),
    [
        (
            [{"breakdown": "total"}, {"source": "mfa", "measure": "flow", "breakdown": "sex"}],
            "molssm",
        ),
        ([{"source": "undesa"}, {"breakdown": "total"}], "molssm"),
        ([{"source": "census_2022"}, {"source": "undesa"}], "undesa"),
        ([{"source": "census_2022"}], "census_2022"),
        ([{"holds": "nothing"}], "molssm"),
        ([{"country": "KAZ"}], None),
        ([{"theme": "immigration"}], None),
    ],
)
def test_the_nearest_lasting_national_source_is_asked(
    coverage: list[Row], asked: str | None, found: Callable[..., list[Row]]
) -> None:
    (row,) = found(_OPEN, coverage=coverage)
    assert row["source"] == asked


def test_the_source_that_speaks_to_the_cell_is_asked_first(
    found: Callable[..., list[Row]],
) -> None:
    partial = _OPEN | {"status": "partial", "rule": "incomplete", "sources": "undesa"}
    (row,) = found(partial, coverage=[{"breakdown": "total"}])
    assert row["source"] == "undesa"


@pytest.mark.parametrize(
    ("advised", "told"),
    [
        ({}, "Do it."),
        ({"measure": None, "breakdown": None}, "Do it."),
        ({"breakdown": "age"}, None),
        ({"measure": "flow"}, None),
        ({"theme": "immigration", "measure": None, "breakdown": None}, None),
        ({"country": "KAZ"}, None),
    ],
)
def test_a_gap_has_the_recommendations_for_it(
    advised: Row, told: str | None, found: Callable[..., list[Row]]
) -> None:
    (row,) = found(_OPEN, advised=advised)
    assert row["recommended"] == told
    assert row["sdg_indicators"] == "10.7.4 Share"


def test_every_open_cell_stands_in_one_gap(published: duckdb.DuckDBPyConnection) -> None:
    wrong = published.execute(
        "SELECT m.theme, m.measure, m.breakdown, m.year, m.status, count(g.theme) "
        "FROM availability_matrix AS m LEFT JOIN gap AS g "
        "ON g.country = m.country AND g.theme = m.theme AND g.measure = m.measure "
        "AND g.breakdown = m.breakdown AND m.year BETWEEN g.year_from AND g.year_to "
        "GROUP BY ALL HAVING count(g.theme) <> (m.status <> 'available')::INT"
    ).fetchall()
    assert wrong == []


def test_every_gap_can_be_asked_about(published: duckdb.DuckDBPyConnection) -> None:
    for column in ("source", "access", "request_route", "languages"):
        query = f"SELECT theme, measure, breakdown FROM gap WHERE {column} IS NULL"
        assert published.execute(query).fetchall() == [], column


# --- Openness --------------------------------------------------------------------------------


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


def test_every_table_has_rows(published: duckdb.DuckDBPyConnection) -> None:
    for model in GAP_TABLES:
        (count,) = published.execute(f"SELECT count(*) FROM {model.name}").fetchall()[0]
        # In a first build no gap has opened or closed.
        assert (count == 0) == (model is GAP_CHANGED), model.name
    datasets = published.execute("SELECT count(*), max(points) FROM openness_score").fetchall()
    assert datasets[0][0] == 25
    assert datasets[0][1] <= 10
