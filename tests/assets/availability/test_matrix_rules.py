"""The rules of the availability matrix, each holding and failing, and which source decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from assets.availability.rules import RULE_STATUS, matrix
from tests.assets.availability.matrix_rows import (
    GOOD_TOTAL,
    INTERNAL,
    NATIONAL_PUBLIC,
    NOTHING,
    ON_REQUEST,
    PUBLIC,
    SEX,
    Assess,
    Row,
    cell,
    evidence_of,
    verdict,
)
from warehouse.reference_data import Reference

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
    totals = pd.DataFrame(columns=list(GOOD_TOTAL))
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
