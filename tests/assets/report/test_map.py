"""Readings of the report beside the map, and gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.report.assessment import assessment_check, statements_by_year
from assets.report.gap import gaps
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


def test_every_table_has_rows(published: duckdb.DuckDBPyConnection) -> None:
    for model in GAP_TABLES:
        (count,) = published.execute(f"SELECT count(*) FROM {model.name}").fetchall()[0]
        # In a first build no gap has opened or closed.
        assert (count == 0) == (model is GAP_CHANGED), model.name
    datasets = published.execute("SELECT count(*), max(points) FROM openness_score").fetchall()
    assert datasets[0][0] == 25
    assert datasets[0][1] <= 10
