"""What only the report prints as a whole: its reprinted tables, preferences, sums and issues."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from assets.sources.iom_report.harmonise import harmonise, profile
from assets.sources.iom_report.issues import quality_issues
from schemas.facts import OBSERVATIONS, QUALITY_ISSUE
from schemas.validate import validate
from tests.assets.sources.frames import some
from warehouse.reference_data import Reference

SETS = [
    "source", "dataset", "release", "indicator", "reference_date", "period_start", "period_end",
    "unit", "universe", "producer", "additive_set",
]  # fmt: skip


@pytest.fixture(scope="module")
def facts(report_tables: dict[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    return validate(harmonise(report_tables, reference), OBSERVATIONS, reference.codes)


@pytest.fixture(scope="module")
def issues(report_tables: dict[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    return validate(quality_issues(report_tables, reference), QUALITY_ISSUE, reference.codes)


def test_reprinted_tables_are_a_dataset_that_is_never_preferred(
    facts: pd.DataFrame, reference: Reference
) -> None:
    reprinted = some(facts, dataset="tables")
    assert set(reprinted["producer"]) == {"unhcr", "undesa"}
    assert not set(some(facts, dataset="figures")["producer"]) & {"unhcr", "undesa", "idmc"}
    interim = some(reprinted, year=2023)
    assert set(interim["reference_date"]) == {date(2023, 6, 30)}
    assert set(interim["obs_status"]) == {"P"}
    afghans = some(reprinted, indicator="refugees", origin="AFG", year=2022)
    assert afghans["value"].tolist() == [189]
    preference = reference.table("preference")
    assert set(some(preference, source="iom_report")["dataset"]) == {"figures"}


def test_our_preference_comes_after_the_publishers_own(reference: Reference) -> None:
    preference = reference.table("preference")
    keys = ["theme", "measure", "indicator", "dimension", "unit"]
    ranks = preference.astype(dict.fromkeys([*keys, "source"], "str"))
    ours = some(ranks, source="iom_report").merge(
        ranks[ranks["source"] != "iom_report"], on=keys, suffixes=("", "_other")
    )
    assert (ours["rank"] > ours["rank_other"]).all()


def test_each_preference_finds_figures(facts: pd.DataFrame, reference: Reference) -> None:
    rows = some(reference.table("preference"), source="iom_report").to_dict("records")
    assert len(rows) > 20
    for one in rows:
        found = some(facts, dataset=one["dataset"], indicator=one["indicator"], unit=one["unit"])
        if pd.isna(one["additive_set"]):
            found = some(found, breakdown="total")
        else:
            prefix = str(one["additive_set"]).removesuffix("*")
            found = found[found["additive_set"].astype("str").str.startswith(prefix)]
        assert len(found), one


def test_no_two_figures_of_a_set_overlap(facts: pd.DataFrame) -> None:
    """A set splits along one side or one column only, and names each part once."""
    splits = ["origin", "destination", "sex", "age", "education", "reason", "detail"]
    sets = 0
    for _, parts in facts.dropna(subset=["additive_set"]).groupby(
        SETS, observed=True, dropna=False
    ):
        sets += 1
        vary = [name for name in splits if parts[name].nunique() > 1]
        assert not parts.duplicated(splits).any()
        if set(vary) == {"origin", "destination"}:
            assert (parts["origin"].astype("str") == parts["destination"].astype("str")).all()
        elif set(vary) == {"origin", "detail"}:
            assert not parts["origin"].duplicated().any()
        else:
            assert len(vary) <= 1, parts[SETS].iloc[0].to_dict()
        assert "WLD" not in {area for name in vary for area in parts[name].astype("str")}
    assert sets > 30


def test_published_totals_of_one_place_are_never_twice(facts: pd.DataFrame) -> None:
    totals = some(facts, breakdown="total", freq="A")
    keys = ["dataset", "indicator", "origin", "destination", "universe", "year"]
    assert not totals.duplicated(keys).any()


def test_every_figure_says_where_it_is_printed_and_typed(facts: pd.DataFrame) -> None:
    assert facts["published_in"].str.match(r"(Section \d|Table \d).*\(.+\)$").all()
    assert facts["source_ref"].str.match(r"line \d+, value$").all()
    named = facts["dataset"].astype("str") + facts["source_ref"]
    assert not named.duplicated().any()


def test_contradictions_of_the_report_are_issues_with_their_figures(issues: pd.DataFrame) -> None:
    text = dict.fromkeys(issues["kind"].astype("str"), "")
    for one in issues.to_dict("records"):
        text[one["kind"]] += f"{one['dataset']} {one['year']}: {one['description']}\n"
    sums = some(issues, kind="part_sum_differs")
    assert sums["dataset"].astype("str").tolist() == ["figures", "tables", "tables", "tables"]
    assert sums["year"].tolist() == [2021, 2018, 2021, 2022]
    for figures in ("166696", "3243, printed total is 2934", "3062", "3252"):
        assert figures in text["part_sum_differs"]
    assert "9124 (NSC KR, 2023a) and 9127 (NSC KR, 2023b)" in text["printed_twice_differs"]
    assert "make 320" in text["sum_differs_between_datasets"]
    assert "317" in text["sum_differs_between_datasets"]
    assert "72 per cent; 9124 of 12444 make 73.32" in text["share_differs"]
    assert "(15, 25) make 40, not 38" in text["shares_do_not_make_whole"]
    assert "make 50, not 100" in text["shares_do_not_make_whole"]
    assert "60 per cent stands for" in text["same_share_of_two_populations"]
    assert len(issues) == 12


def test_nothing_typed_gives_empty_tables(
    report_tables: dict[str, pd.DataFrame], reference: Reference
) -> None:
    empty = {name: frame.iloc[:0] for name, frame in report_tables.items()}
    assert harmonise(empty, reference).empty
    assert profile(empty, reference).empty
    assert quality_issues(empty, reference).empty
