"""The availability matrix: each rule holding and failing, overrides, every cell once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.availability.rules import RULE_STATUS, OverrideRefused, all_cells, matrix
from assets.availability.sources_by_year import sources_by_year, spans
from assets.combining import combine
from schemas.assessment import AVAILABILITY_MATRIX, SOURCES_BY_YEAR
from schemas.reference import COVERAGE, OVERRIDE, REFERENCE_TABLES
from schemas.table import TableModel
from schemas.validate import conform, empty_frame
from warehouse import database
from warehouse.reference_data import Reference

Assess = Callable[..., pd.DataFrame]
Row = dict[str, Any]

CELL = {"theme": "refugees_hosted", "measure": "stock", "breakdown": "total", "year": 2022}
SEX = {"breakdown": "sex", "dimension": "sex"}
# UNHCR is public and international, the ministry gives data on request, the state registration
# service keeps them to itself; both are national.
PUBLIC, ON_REQUEST, INTERNAL, NATIONAL_PUBLIC = "unhcr", "molssm", "srs", "nsc"

_EVIDENCE: Row = {
    "country": "KGZ", **CELL, "indicator": "refugees", "unit": "persons", "universe": "_T",
    "dimension": "total", "last_day": pd.Timestamp("2022-12-31"), "producer": PUBLIC,
    "source": PUBLIC, "dataset": "population", "release": "2025-end", "interim": False,
    "observations": 1, "known": 100.0, "all_rounded_zero": False, "access": None, "total": 100.0,
    "completeness": 1.0,
}  # fmt: skip
_COVERAGE: Row = {
    "country": "KGZ", "source": NATIONAL_PUBLIC, **{k: v for k, v in CELL.items() if k != "year"},
    "year_from": 2020, "year_to": 2022, "access": "public", "holds": "complete",
    "link": "https://example.org", "date_seen": date(2024, 1, 31), "seen_by": "a reader",
    "section": "4.1", "note": None,
}  # fmt: skip
_OVERRIDE: Row = {
    "country": "KGZ", **CELL, "status": "partial", "rule": "override", "reason": "Two counts.",
    "author": "An author", "date": date(2024, 5, 1), "indicator": None, "expected_value": None,
}  # fmt: skip
_TOTAL: Row = {
    "country": "KGZ", "theme": "refugees_hosted", "indicator": "refugees", "breakdown": "total",
    "year": 2022, "value": 100.0,
}  # fmt: skip


def frame_of(model: TableModel, good: Row, changes: list[Row]) -> pd.DataFrame:
    rows = [good | change for change in changes]
    return conform(pd.DataFrame(rows), model) if rows else empty_frame(model)


def evidence_of(*changes: Row) -> pd.DataFrame:
    return pd.DataFrame([_EVIDENCE | one for one in changes], columns=list(_EVIDENCE))


@pytest.fixture(scope="module")
def with_rows(reference: Reference) -> Callable[[list[Row], list[Row]], Reference]:
    """The reference tables with coverage and overrides of one's own."""

    def make(coverage: list[Row], overrides: list[Row]) -> Reference:
        tables = reference.tables | {
            "coverage": frame_of(COVERAGE, _COVERAGE, coverage),
            "override": frame_of(OVERRIDE, _OVERRIDE, overrides),
        }
        return replace(reference, tables=tables)

    return make


@pytest.fixture(scope="module")
def assess(with_rows: Callable[[list[Row], list[Row]], Reference]) -> Assess:
    """The whole matrix from what differs from one row of evidence, coverage and override."""

    def make(
        *evidence: Row,
        coverage: list[Row] | None = None,
        overrides: list[Row] | None = None,
        totals: list[Row] | None = None,
    ) -> pd.DataFrame:
        figures = pd.DataFrame([_TOTAL | one for one in totals or []], columns=list(_TOTAL))
        own = with_rows(coverage or [], overrides or [])
        return matrix(evidence_of(*evidence), figures, 2022, own)

    return make


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

# --- Observed --------------------------------------------------------------------------------


def test_a_public_figure_makes_a_cell_available(assess: Assess) -> None:
    row = cell(assess({}))
    assert (row["status"], row["rule"], row["evidence"]) == (
        "available", "public_complete", "observed",
    )  # fmt: skip
    assert (row["observations"], row["completeness"]) == (1, 1.0)
    assert (row["sources"], row["public_sources"]) == ("unhcr", "unhcr")
    assert row["status_national"] == "not_available"


def test_without_evidence_nothing_is_available(assess: Assess) -> None:
    made = assess()
    assert set(made["status"]) == set(made["status_national"]) == {"not_available"}
    assert set(made["rule"]) == {"nothing"}
    assert set(made["evidence"]) == {"none"}
    assert set(made["observations"]) == {0}
    assert made[["completeness", "sources", "public_sources"]].isna().all().all()


@pytest.mark.parametrize(
    ("change", "other"),
    [({"year": 2021}, {}), ({"theme": "refugees_from"}, {}), ({}, {"breakdown": "age"})],
)
def test_a_figure_speaks_to_its_own_cell_only(change: Row, other: Row, assess: Assess) -> None:
    made = assess(change)
    assert verdict(made, **other) == NOTHING
    assert (made["status"] == "available").sum() == 1


@pytest.mark.parametrize(
    ("share", "rule"),
    [(1.0, "public_complete"), (0.95, "public_complete"), (0.949, "incomplete"),
     (0.01, "incomplete")],
)  # fmt: skip
def test_known_parts_must_reach_the_threshold(share: float, rule: str, assess: Assess) -> None:
    row = cell(assess(SEX | {"completeness": share, "known": 100 * share}), breakdown="sex")
    assert (row["rule"], row["status"]) == (rule, RULE_STATUS[rule])
    assert row["completeness"] == share


def test_the_threshold_is_configuration(
    with_rows: Callable[[list[Row], list[Row]], Reference], reference: Reference
) -> None:
    own = with_rows([], [])
    parameter = reference.table("parameter").copy()
    parameter.loc[parameter["parameter"] == "completeness_threshold", "value"] = 0.5
    own = replace(own, tables=own.tables | {"parameter": parameter})
    totals = pd.DataFrame(columns=list(_TOTAL))
    for share, rule in ((0.6, "public_complete"), (0.4, "incomplete")):
        evidence = evidence_of(SEX | {"completeness": share})
        assert cell(matrix(evidence, totals, 2022, own), breakdown="sex")["rule"] == rule


def test_parts_of_an_unknown_share_are_not_complete(assess: Assess) -> None:
    """Nobody published the total: whether the parts make it can't be said."""
    unknown = SEX | {"completeness": float("nan"), "total": float("nan")}
    assert cell(assess(unknown), breakdown="sex")["status"] != "available"


def test_no_known_part_gives_nothing(assess: Assess) -> None:
    none_known = SEX | {"known": 0.0, "completeness": 0.0}
    assert verdict(assess(none_known), breakdown="sex") == NOTHING
    assert verdict(assess(SEX | {"known": 1.0, "completeness": 0.01}), breakdown="sex") != NOTHING


def test_no_figure_gives_nothing(assess: Assess) -> None:
    assert verdict(assess({"observations": 0})) == NOTHING


def test_a_figure_that_came_on_request_is_not_available(assess: Assess) -> None:
    assert verdict(assess({"access": "public"}))[0] == "available"
    for access in ("on_request", "internal"):
        assert verdict(assess({"access": access})) == ("partial", "on_request", "observed")
    # What its producer gives on request is not public because a copy of it says so.
    asked = {"producer": ON_REQUEST, "access": "public"}
    assert verdict(assess(asked)) == ("partial", "on_request", "observed")


def test_rounded_zeros_alone_give_nothing(assess: Assess) -> None:
    zeros = {"known": 0.0, "total": 0.0, "all_rounded_zero": True}
    assert verdict(assess(zeros)) == NOTHING
    assert verdict(assess(zeros | {"all_rounded_zero": False}))[0] == "available"
    assert verdict(assess(zeros, {"dataset": "solutions"}))[0] == "available"


def test_an_interim_figure_is_part_of_a_year(assess: Assess) -> None:
    assert verdict(assess({"interim": True})) == ("partial", "part_year", "observed")
    assert verdict(assess({"interim": False}))[1] == "public_complete"


def test_an_interim_figure_beside_a_whole_year_does_no_harm(assess: Assess) -> None:
    made = assess({"interim": True, "dataset": "a"}, {"dataset": "b"})
    assert verdict(made) == ("available", "public_complete", "observed")


def test_an_interim_figure_whose_parts_fall_short_is_incomplete(assess: Assess) -> None:
    made = assess(SEX | {"interim": True, "completeness": 0.5})
    assert verdict(made, breakdown="sex")[1] == "incomplete"


@pytest.mark.parametrize("producer", [ON_REQUEST, INTERNAL])
@pytest.mark.parametrize("source", ["iom_report", PUBLIC])
def test_a_figure_read_in_anothers_document_does_not_make_it_public(
    producer: str, source: str, assess: Assess
) -> None:
    row = cell(assess({"producer": producer, "source": source}))
    assert (row["status"], row["rule"], row["evidence"]) == ("partial", "on_request", "observed")
    assert row["sources"] == producer
    assert row["public_sources"] is None
    assert row["status_national"] == "partial"


def test_a_figure_of_a_national_public_producer_is_national(assess: Assess) -> None:
    row = cell(assess({"producer": NATIONAL_PUBLIC}))
    assert (row["status"], row["status_national"]) == ("available", "available")


def test_figures_that_stand_beside_decide_nothing(assess: Assess) -> None:
    beside = {"theme": "emigration", "indicator": "workers_abroad"}
    primary = {"theme": "emigration", "indicator": "migrants"}
    assert verdict(assess(beside), theme="emigration") == NOTHING
    assert verdict(assess(primary), theme="emigration")[0] == "available"


def test_protection_status_is_told_when_each_status_has_a_total(assess: Assess) -> None:
    status = {"breakdown": "protection_status"}
    statuses = ({"indicator": one} for one in ("refugees", "asylum_seekers", "stateless"))
    refugees, seekers, stateless = statuses
    assert verdict(assess(refugees, seekers, stateless), **status)[1] == "public_complete"
    assert verdict(assess(refugees, seekers), **status)[1] == "incomplete"
    assert verdict(assess(refugees), **status) == NOTHING


# --- Declared --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("access", "holds", "rule"),
    [
        ("public", "complete", "declared_public"),
        ("on_request", "complete", "on_request"),
        ("internal", "complete", "unverified"),
        ("public", "sub_population", "sub_population"),
        ("public", "shares_only", "shares_only"),
        ("public", "model_estimate", "model_estimate"),
        ("public", "secondary_only", "secondary_only"),
        ("public", "qualitative_only", "qualitative_only"),
        ("public", "unverified", "unverified"),
        ("public", "nothing", "nothing"),
        ("on_request", "sub_population", "sub_population"),
        ("on_request", "nothing", "nothing"),
    ],
)
def test_what_a_source_is_known_to_hold(access: str, holds: str, rule: str, assess: Assess) -> None:
    made = assess(coverage=[{"access": access, "holds": holds}])
    assert verdict(made) == (RULE_STATUS[rule], rule, "declared")
    row = cell(made)
    assert row["status_national"] == RULE_STATUS[rule]
    assert row["sources"] == (None if rule == "nothing" else NATIONAL_PUBLIC)
    assert row["public_sources"] == (
        NATIONAL_PUBLIC if access == "public" and rule != "nothing" else None
    )
    assert row["observations"] == 0


def test_every_rule_of_the_list_is_tested(reference: Reference) -> None:
    assert set(RULE_STATUS) | {"override"} == reference.codes["rule"]
    assert set(RULE_STATUS.values()) == reference.codes["availability_status"]


@pytest.mark.parametrize(("year", "there"), [(2019, False), (2020, True), (2022, True)])
def test_what_is_declared_holds_for_its_years(year: int, there: bool, assess: Assess) -> None:
    made = assess(coverage=[{}])
    assert (verdict(made, year=year) != NOTHING) == there


def test_an_international_source_is_not_national(assess: Assess) -> None:
    row = cell(assess(coverage=[{"source": "undesa"}]))
    assert (row["status"], row["status_national"]) == ("available", "not_available")


def test_a_country_that_is_not_active_has_no_cells(assess: Assess) -> None:
    made = assess(coverage=[{"country": "TJK"}])
    assert set(made["country"]) == {"KGZ"}
    assert verdict(made) == NOTHING


# --- The best source decides -----------------------------------------------------------------


def test_observed_beats_declared(assess: Assess) -> None:
    row = cell(assess({}, coverage=[{}]))
    assert (row["rule"], row["evidence"]) == ("public_complete", "observed")
    assert row["sources"] == "nsc;unhcr"


def test_an_observed_partial_beats_a_declared_partial(assess: Assess) -> None:
    held = [{"access": "on_request"}]
    assert verdict(assess({"interim": True}, coverage=held))[1:] == ("part_year", "observed")
    figure = {"producer": ON_REQUEST}
    better = [{"holds": "sub_population", "source": "census_2022"}]
    assert verdict(assess(figure, coverage=better))[1:] == ("on_request", "observed")


def test_a_declared_available_beats_an_observed_partial(assess: Assess) -> None:
    assert verdict(assess({"interim": True}, coverage=[{}])) == (
        "available", "declared_public", "declared",
    )  # fmt: skip


def test_that_one_source_has_nothing_does_not_harm_another(assess: Assess) -> None:
    nothing = {"holds": "nothing", "source": ON_REQUEST, "access": "on_request"}
    row = cell(assess({}, coverage=[nothing]))
    assert (row["status"], row["status_national"]) == ("available", "not_available")
    assert row["sources"] == "unhcr"
    held = cell(assess(coverage=[nothing, {"holds": "shares_only"}]))
    assert (held["status"], held["rule"]) == ("partial", "shares_only")


def test_the_more_complete_of_two_decides(assess: Assess) -> None:
    made = assess(
        SEX | {"completeness": 0.2, "producer": NATIONAL_PUBLIC}, SEX | {"completeness": 0.6}
    )
    assert cell(made, breakdown="sex")["completeness"] == 0.6


def test_the_national_status_is_that_of_the_best_national_source(assess: Assess) -> None:
    held = [{"access": "internal", "source": INTERNAL}, {"holds": "shares_only"}]
    row = cell(assess({}, coverage=held))
    assert (row["status"], row["status_national"]) == ("available", "partial")


def test_the_reason_names_the_source(assess: Assess, reference: Reference) -> None:
    sources = reference.table("source").set_index("source")
    for made, name in ((assess({}), PUBLIC), (assess(coverage=[{}]), NATIONAL_PUBLIC)):
        assert str(sources.loc[name, "title"]) in cell(made)["reason"]


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
    made = matrix(bundled_evidence, pd.DataFrame(columns=list(_TOTAL)), 2025, reference)
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
