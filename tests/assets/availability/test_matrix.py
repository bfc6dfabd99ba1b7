"""The availability matrix: overrides, every cell once, the bundled figures, the sources by year."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.availability.rules import RULE_STATUS, OverrideRefused, all_cells, matrix
from assets.availability.sources_by_year import sources_by_year, spans
from assets.combining import combine
from schemas.assessment import AVAILABILITY_MATRIX, SOURCES_BY_YEAR
from schemas.reference import REFERENCE_TABLES
from tests.assets.availability.matrix_rows import (
    GOOD_TOTAL,
    INTERNAL,
    NATIONAL_PUBLIC,
    ON_REQUEST,
    PUBLIC,
    Assess,
    Row,
    cell,
    evidence_of,
)
from warehouse import database
from warehouse.reference_data import Reference

# --- Overrides -------------------------------------------------------------------------------


def test_an_override_replaces_status_rule_and_reason(assess: Assess) -> None:
    made = assess({}, overrides=[{}])
    row = cell(made)
    assert (row["status"], row["rule"]) == ("partial", "override")
    for said in ("Two counts.", "An author", "2024-05-01"):
        assert said in row["reason"]
    assert (made["rule"] == "override").sum() == 1


def test_an_override_that_finds_its_figure_is_applied(assess: Assess) -> None:
    override = {"indicator": "refugees", "expected_value": 100.0}
    assert cell(assess({}, overrides=[override], totals=[{}]))["rule"] == "override"


@pytest.mark.parametrize(
    "totals",
    [[], [{"value": 99.0}], [{"year": 2021}], [{"indicator": "stateless"}],
     [{"breakdown": "sex"}], [{"theme": "refugees_from"}]],
)  # fmt: skip
def test_an_override_whose_figure_vanished_is_refused(totals: list[Row], assess: Assess) -> None:
    override = {"indicator": "refugees", "expected_value": 100.0}
    with pytest.raises(OverrideRefused, match=r"the figure 100\.0") as refused:
        assess({}, overrides=[override], totals=totals)
    assert "refugees_hosted stock total 2022" in str(refused.value)


def test_the_figure_that_is_there_instead_is_told(assess: Assess) -> None:
    override = {"indicator": "refugees", "expected_value": 100.0}
    with pytest.raises(OverrideRefused, match="99"):
        assess({}, overrides=[override], totals=[{"value": 99.0}])


@pytest.mark.parametrize(
    "change",
    [{"year": 2017}, {"year": 2023}, {"breakdown": "route"}, {"country": "TJK"},
     {"measure": "flow", "breakdown": "education"}],
)  # fmt: skip
def test_an_override_that_names_no_cell_is_refused(change: Row, assess: Assess) -> None:
    with pytest.raises(OverrideRefused, match="a cell of the matrix"):
        assess({}, overrides=[change])


def test_all_overrides_that_do_not_fit_are_told(assess: Assess) -> None:
    with pytest.raises(OverrideRefused) as refused:
        assess({}, overrides=[{"year": 2017}, {"indicator": "refugees", "expected_value": 1.0}, {
            "breakdown": "sex"}])  # fmt: skip
    assert refused.value.total == 2


# --- Every cell once -------------------------------------------------------------------------

themes = st.sampled_from(["refugees_hosted", "refugees_from", "emigration", "remittances"])
shares = st.one_of(st.none(), st.floats(0, 2))
evidence_rows = st.fixed_dictionaries(
    {
        "theme": themes,
        "measure": st.sampled_from(["stock", "flow"]),
        "indicator": st.sampled_from(
            ["refugees", "asylum_seekers", "stateless", "migrants", "remittance_inflow",
             "asylum_decisions"]
        ),
        "dimension": st.sampled_from(["total", "sex", "age", "partner", "decision", "cases"]),
        "year": st.integers(2015, 2022),
        "producer": st.sampled_from([PUBLIC, ON_REQUEST, INTERNAL, NATIONAL_PUBLIC]),
        "release": st.sampled_from(["2023-end", "2025-end"]),
        "interim": st.booleans(),
        "observations": st.integers(0, 3),
        "known": st.floats(0, 10),
        "all_rounded_zero": st.one_of(st.booleans(), st.none()),
        "completeness": shares,
    }
)  # fmt: skip
coverage_rows = st.fixed_dictionaries(
    {
        "source": st.sampled_from([PUBLIC, ON_REQUEST, INTERNAL, NATIONAL_PUBLIC]),
        "theme": themes,
        "breakdown": st.sampled_from(["total", "sex", "age"]),
        "year_from": st.integers(2015, 2019),
        "year_to": st.integers(2019, 2030),
        "access": st.sampled_from(["public", "on_request", "internal"]),
        "holds": st.sampled_from(["complete", "shares_only", "unverified", "nothing"]),
    }
)


@given(evidence=st.lists(evidence_rows, max_size=8), coverage=st.lists(coverage_rows, max_size=6))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_evidence_every_cell_stands_once(
    evidence: list[Row], coverage: list[Row], assess: Assess, reference: Reference
) -> None:
    made = assess(*evidence, coverage=coverage)
    key = list(AVAILABILITY_MATRIX.key)
    wanted = all_cells(list(range(2018, 2023)), reference)
    assert not made.duplicated(key).any()
    cells = set(made[key].astype({"year": "int"}).itertuples(index=False, name=None))
    assert cells == set(wanted.itertuples(index=False, name=None))
    rank = {"available": 0, "partial": 1, "not_available": 2}
    for row in made.astype(object).to_dict("records"):
        assert row["status"] == RULE_STATUS[row["rule"]]
        assert rank[row["status"]] <= rank[row["status_national"]]
        assert (row["evidence"] == "none") <= (row["rule"] == "nothing")
        assert pd.isna(row["sources"]) == (row["status"] == "not_available")


def test_the_matrix_has_the_models_columns(assess: Assess) -> None:
    assert list(assess({}).columns) == AVAILABILITY_MATRIX.columns


# --- From the bundled figures ----------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled_evidence(
    bundled: dict[str, pd.DataFrame],
    bundled_observations: pd.DataFrame,
    extracts: Callable[..., pd.DataFrame],
    reference: Reference,
) -> pd.DataFrame:
    files = extracts(
        *(
            {"extract_id": str(one.extract_id), "dataset": name, "release": str(one.release)}
            for name, frame in bundled.items()
            for one in frame[["extract_id", "release"]].drop_duplicates().itertuples()
        )
    )
    known = {model.name: reference.table(model.name) for model in REFERENCE_TABLES}
    facts = combine(bundled_observations, files, known["release"], known["dataset"], known["area"])
    with database.in_memory({**vars(facts), "extract": files, **known}) as connection:
        return connection.sql("SELECT * FROM cell_evidence").df()


def test_refugees_hosted_are_available_from_unhcr_alone(
    bundled_evidence: pd.DataFrame, reference: Reference
) -> None:
    made = matrix(bundled_evidence, pd.DataFrame(columns=list(GOOD_TOTAL)), 2025, reference)
    for year in range(2018, 2026):
        row = cell(made, year=year)
        assert (row["status"], row["rule"]) == ("available", "public_complete"), year
        assert row["public_sources"] == "unhcr"
        assert row["status_national"] == "not_available"


def test_parts_of_bundled_figures_are_held_against_the_total(
    bundled_evidence: pd.DataFrame, bundled_observations: pd.DataFrame
) -> None:
    """2012: of 4,551 refugees from Uzbekistan and others only some were broken down by sex."""
    rows = bundled_evidence[
        (bundled_evidence["theme"] == "refugees_hosted")
        & (bundled_evidence["indicator"] == "refugees")
        & (bundled_evidence["year"] == 2012)
    ].set_index("dimension")
    figures = bundled_observations[
        (bundled_observations["release"] == "2025-end")
        & (bundled_observations["indicator"] == "refugees")
        & (bundled_observations["destination"] == "KGZ")
        & (bundled_observations["year"] == 2012)
    ]
    total = figures.loc[figures["additive_set"] == "pairs", "value"].sum()
    known = figures.loc[figures["additive_set"] == "places+sex", "value"].sum()
    assert rows.loc["sex", "known"] == known
    assert rows.loc["sex", "total"] == total
    assert rows.loc["sex", "completeness"] == pytest.approx(known / total)
    assert 0 < known < total


# --- The table of sources --------------------------------------------------------------------


def test_sources_by_year_has_what_was_seen_and_what_is_held(
    with_rows: Callable[[list[Row], list[Row]], Reference],
) -> None:
    own = with_rows([{"year_from": 2018, "year_to": 2020}, {"holds": "nothing", "source": "srs"},
                     {"source": "molssm", "access": "on_request"}], [])  # fmt: skip
    evidence = evidence_of({"year": 2022}, {"year": 2020}, {"year": 2021, "observations": 0})
    made = sources_by_year(evidence, own)
    assert list(made.columns) == SOURCES_BY_YEAR.columns
    told = made[["theme", "source", "access", "years"]].astype(object)
    assert sorted(told.itertuples(index=False, name=None)) == [
        ("refugees_hosted", "molssm", "on_request", "2020-2022"),
        ("refugees_hosted", "nsc", "public", "2018-2020"),
        ("refugees_hosted", "unhcr", "public", "2020;2022"),
    ]


def test_one_source_of_two_accesses_has_two_rows(
    with_rows: Callable[[list[Row], list[Row]], Reference],
) -> None:
    own = with_rows([{}, {"access": "on_request", "breakdown": "sex"}], [])
    made = sources_by_year(evidence_of(), own)
    assert sorted(made["access"].astype(str)) == ["on_request", "public"]
    assert made["institution"].notna().all()


def test_a_source_of_a_country_that_is_not_active_is_left_out(
    with_rows: Callable[[list[Row], list[Row]], Reference],
) -> None:
    made = sources_by_year(evidence_of(), with_rows([{"country": "TJK"}], []))
    assert len(made) == 0


@pytest.mark.parametrize(
    ("years", "told"),
    [([2020], "2020"), ([2022, 2020, 2021, 2020], "2020-2022"), ([2018, 2025], "2018;2025"),
     ([2018, 2019, 2022, 2024, 2025], "2018-2019;2022;2024-2025"), ([], "")],
)  # fmt: skip
def test_years_are_told_as_spans(years: list[int], told: str) -> None:
    assert spans(pd.Series(years, dtype="Int64")) == told
