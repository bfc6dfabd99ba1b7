"""IDMC's observations, events and quality issues, with the real figures of the extracts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.sources.gate import read_checked
from assets.sources.idmc.counts import AGES, DISJOINT_BANDS
from assets.sources.idmc.events import displacement_events
from assets.sources.idmc.harmonise import harmonise
from assets.sources.idmc.issues import quality_issues
from assets.sources.observations import concatenate
from schemas.facts import DISPLACEMENT_EVENT, OBSERVATIONS, QUALITY_ISSUE
from schemas.sources.idmc import MODELS
from schemas.validate import conform, empty_frame, validate
from tests.assets.sources.frames import some
from warehouse.reference_data import Reference

EXTRACTS = Path(__file__).resolve().parents[3] / "warehouse" / "extracts" / "idmc"
Tables = dict[str, pd.DataFrame]
Rows = Callable[..., pd.DataFrame]


def checked(frame: pd.DataFrame, model: Any, reference: Reference) -> pd.DataFrame:
    return validate(frame, model, reference.codes)


@pytest.fixture(scope="module")
def tables(reference: Reference) -> Tables:
    read: dict[str, list[pd.DataFrame]] = {}
    for sidecar in sorted(EXTRACTS.rglob("*.manifest.json")):
        manifest = json.loads(sidecar.read_text("utf-8"))
        stem = sidecar.name.removesuffix(".manifest.json")
        path = next(p for p in sidecar.parent.glob(f"{stem}.*") if p != sidecar)
        read.setdefault(manifest["dataset"], []).append(
            read_checked(path, reference, manifest).frame
        )
    return {dataset: concatenate(frames) for dataset, frames in read.items()}


@pytest.fixture(scope="module")
def facts(tables: Tables, reference: Reference) -> pd.DataFrame:
    return checked(harmonise(tables, reference), OBSERVATIONS, reference)


@pytest.fixture(scope="module")
def events(tables: Tables, reference: Reference) -> pd.DataFrame:
    return checked(displacement_events(tables, reference), DISPLACEMENT_EVENT, reference)


def total(facts: pd.DataFrame, dataset: str, indicator: str, year: int) -> pd.Series:
    found = some(facts, dataset=dataset, indicator=indicator, year=year, breakdown="total")
    assert len(found) == 1
    return found.iloc[0]


def rows_of(dataset: str, *changes: dict[str, Any]) -> pd.DataFrame:
    given: dict[str, Any] = {
        "iso3": "KGZ", "country_name": "Kyrgyzstan", "year": 2022, "release": "2023",
        "extract_id": dataset, "hazard_type": "Flood", "event_name": "Flood",
        "start_date": date(2022, 5, 3), "cause": "Conflict", "figure_category": "IDPs",
    }  # fmt: skip
    model = MODELS[dataset]
    rows = [
        {name: given.get(name) for name in model.columns} | {"source_ref": f"s!{at + 2}"} | one
        for at, one in enumerate(changes)
    ]
    return conform(pd.DataFrame(rows), model)


def with_tables(**given: pd.DataFrame) -> Tables:
    return {dataset: empty_frame(model) for dataset, model in MODELS.items()} | given


def issues_of(reference: Reference, **given: pd.DataFrame) -> pd.DataFrame:
    return checked(quality_issues(with_tables(**given), reference), QUALITY_ISSUE, reference)


# --- country totals


@pytest.mark.parametrize(
    ("dataset", "indicator", "value"),
    [
        ("displacements", "idps_conflict", 4003),
        ("displacements", "displacements_conflict", 166329),
        ("displacements", "displacements_disaster", 1696),
        ("displacements", "idps_disaster", 4),
        ("conflicts", "idps_conflict", 4003),
        ("conflicts", "displacements_conflict", 166329),
    ],
)
def test_the_totals_of_2022_are_the_figures_that_are_not_rounded(
    facts: pd.DataFrame, dataset: str, indicator: str, value: int
) -> None:
    row = total(facts, dataset, indicator, 2022)
    assert (row["value"], row["precision"], row["obs_status"]) == (value, 0, "A")
    assert row["origin"] == row["destination"] == "KGZ"
    assert pd.isna(row["additive_set"])
    if row["measure"] == "stock":
        assert row["reference_date"] == date(2022, 12, 31)
    else:
        assert (row["period_start"], row["period_end"]) == (date(2022, 1, 1), date(2022, 12, 31))


def test_the_place_of_a_figure_is_its_cell_or_its_key(facts: pd.DataFrame) -> None:
    row = total(facts, "displacements", "idps_conflict", 2022)
    assert row["source_ref"] == "1_Displacement_data!2, Conflict Stock Displacement (Raw)"
    row = total(facts, "conflicts", "displacements_conflict", 2022)
    assert row["source_ref"] == "$.results[7].new_displacement"


def test_zero_is_a_figure_and_nothing_is_missing(facts: pd.DataFrame) -> None:
    zero = total(facts, "displacements", "idps_conflict", 2021)
    assert (zero["value"], zero["obs_status"]) == (0, "A")
    none = total(facts, "displacements", "displacements_disaster", 2020)
    assert (none["obs_status"], pd.isna(none["value"])) == ("O", True)
    assert pd.isna(none["precision"])
    of_2024 = total(facts, "conflicts", "displacements_conflict", 2024)
    assert of_2024["obs_status"] == "O"


def test_disaster_displacements_of_fifteen_years(facts: pd.DataFrame) -> None:
    found = some(facts, dataset="displacements", indicator="displacements_disaster")
    assert found["year"].between(2008, 2022).all()
    assert found["value"].sum() == 16822


def test_a_column_that_an_export_has_not_is_not_missing(reference: Reference) -> None:
    frame = rows_of("displacements", {"conflict_stock_raw": 4003, "conflict_stock_rounded": 4000})
    made = harmonise(with_tables(displacements=frame), reference)
    assert made["indicator"].tolist() == ["idps_conflict"]


def test_old_exports_print_rounded_figures_alone(reference: Reference) -> None:
    frame = rows_of("displacements", {"conflict_stock_rounded": 164000})
    row = harmonise(with_tables(displacements=frame), reference).iloc[0]
    assert (row["value"], row["obs_status"]) == (164000, "A")
    assert pd.isna(row["precision"])
    assert row["source_ref"] == "s!2, Conflict Stock Displacement"


# --- c: sex and age of 2022


def test_c_only_disjoint_bands_are_parts_and_make_the_stock(facts: pd.DataFrame) -> None:
    of_2022 = some(facts, dataset="sex_age", indicator="idps_conflict", year=2022)
    assert set(of_2022["obs_status"]) == {"E"}
    parts = some(of_2022, additive_set="sex+age")
    assert parts["value"].sum() == 4003
    assert some(parts, sex="F")["value"].sum() == 2039
    assert set(parts["age"]) == {"Y0T14", "Y15T24", "Y25T64", "Y_GE65"}
    assert set(parts["sex"]) == {"F", "M"}


def test_c_overlapping_bands_stand_beside_and_no_row_is_by_sex_alone(facts: pd.DataFrame) -> None:
    of_2022 = some(facts, dataset="sex_age", indicator="idps_conflict", year=2022)
    assert set(of_2022["age"]) == {AGES[one] for one in AGES} - {"Y12T17", "Y18T59", "Y_GE60"}
    assert set(of_2022["breakdown"]) == {"age", "sex+age"}
    both = some(of_2022, sex="_T")
    assert both["additive_set"].isna().all()
    assert some(both, age="Y0T4")["value"].tolist() == [474]
    other = of_2022[of_2022["age"].isin(["Y0T1", "Y0T4", "Y0T17", "Y0T24", "Y15T17"])]
    assert other["additive_set"].isna().all()


def test_c_the_bands_of_later_releases_are_disjoint_too(reference: Reference) -> None:
    bands = dict(zip(DISJOINT_BANDS[1], (1, 2, 3, 4, 5), strict=True))
    frame = rows_of("sex_age", *({"sex": sex, **bands} for sex in ("Male", "Both sexes")))
    made = harmonise(with_tables(sex_age=frame), reference)
    parts = some(made, additive_set="sex+age")
    assert len(made) == 10
    assert (len(parts), parts["value"].sum(), set(parts["sex"])) == (5, 15, {"M"})


def bounds(age: str) -> range:
    if age.startswith("Y_GE"):
        return range(int(age[4:]), 130)
    first, last = age[1:].split("T")
    return range(int(first), int(last) + 1)


@pytest.mark.parametrize("bands", DISJOINT_BANDS)
def test_bands_of_a_sum_hold_every_age_once(bands: tuple[str, ...]) -> None:
    ages = [one for band in bands for one in bounds(AGES[band])]
    assert ages == list(range(130))


def test_no_parts_of_a_set_overlap(facts: pd.DataFrame) -> None:
    parts = facts[facts["additive_set"].notna()]
    keys = ["dataset", "release", "indicator", "year", "origin", "additive_set"]
    seen = 0
    for _, group in parts.groupby(keys, observed=True):
        named = group[["sex", "age", "detail"]].astype("str")
        assert not named.duplicated().any()
        for _, of_sex in group.groupby(["sex", "detail"], observed=True):
            ages = [one for age in of_sex["age"] if age != "_T" for one in bounds(age)]
            assert len(ages) == len(set(ages))
        seen += len(group)
    assert seen == len(parts) > 100


# --- events


def test_five_events_of_2022_in_either_release(events: pd.DataFrame) -> None:
    of_2022 = some(events, country="KGZ", year=2022)
    for release in ("2023", "2025"):
        found = some(of_2022, release=release, dataset="disasters")
        assert (len(found), found["value"].sum()) == (5, 1696)
        assert sorted(found["value"]) == [4, 4, 22, 588, 1078]
    assert set(of_2022["indicator"]) == {"displacements_disaster"}


@pytest.mark.parametrize("release", ["2023", "2025"])
def test_idmc_events_are_the_countrys_year(facts: pd.DataFrame, release: str) -> None:
    flows = some(facts, indicator="displacements_disaster")
    made = some(flows, dataset="disasters", release=release).groupby("year")["value"].sum()
    printed = some(flows, dataset="displacements").set_index("year")["value"].dropna()
    for year, value in printed.items():
        assert made.get(year, 0) == value, year
    assert len(printed) == 9


def test_disaster_displacements_of_2024_by_hazard(facts: pd.DataFrame) -> None:
    of_2024 = some(facts, dataset="disasters", indicator="displacements_disaster", year=2024)
    assert of_2024["value"].sum() == 4654
    assert set(of_2024["additive_set"]) == {"events"}
    floods = of_2024[of_2024["detail"].astype("str").str.endswith("hazard=Flood")]
    assert floods["value"].sum() == 3394


def test_the_stock_of_an_event_is_missing_where_idmc_prints_none(facts: pd.DataFrame) -> None:
    stocks = some(facts, dataset="disasters", indicator="idps_disaster", release="2025")
    assert len(stocks) == 31
    assert some(stocks, year=2022)["value"].dropna().tolist() == [4]
    assert some(stocks, obs_status="O")["value"].isna().all()
    assert some(facts, dataset="disasters", indicator="idps_disaster", release="2023").empty


def test_a_row_that_stands_twice_counts_twice_and_bears_a_number(reference: Reference) -> None:
    same = {"displacements_raw": 20000, "displacements_rounded": 20000}
    frame = rows_of("disasters", same, same)
    tables = with_tables(disasters=frame)
    made = checked(harmonise(tables, reference), OBSERVATIONS, reference)
    assert made["value"].sum() == 40000
    assert made["detail"].tolist() == [
        "event=Flood 2022-05-03;hazard=Flood", "event=Flood 2022-05-03;hazard=Flood;row=2",
    ]  # fmt: skip
    assert len(displacement_events(tables, reference)) == 2
    issues = issues_of(reference, disasters=frame)
    assert issues[["kind", "source_ref"]].to_numpy().tolist() == [["duplicate_row", "s!3"]]
    assert "20000 stands at s!2 too" in issues["description"].iloc[0]


def test_an_event_is_told_by_its_number_where_it_has_one(reference: Reference) -> None:
    frame = rows_of("disasters", {"displacements_raw": 8, "event_id": "28577"})
    made = harmonise(with_tables(disasters=frame), reference)
    assert made["detail"].tolist() == ["event=28577;hazard=Flood"]


# --- single figures and analyses of release 2024


def test_single_figures_are_events_and_only_stocks_are_observations(
    facts: pd.DataFrame, events: pd.DataFrame
) -> None:
    listed = some(events, dataset="disaggregated")
    assert sorted(listed["value"]) == [8, 8, 39, 4003]
    conflict = some(listed, cause="conflict").iloc[0]
    assert (conflict["event"], conflict["indicator"]) == ("13487", "idps_conflict")
    assert conflict["places"] == "Batken Region, Kyrgyzstan"
    found = some(facts, dataset="disaggregated")
    assert sorted(found["value"]) == [8, 4003]
    assert set(found["measure"]) == {"stock"}
    assert set(found["definition"]) == {"idmc_figure_stock"}


def test_the_analyses_are_country_totals(facts: pd.DataFrame) -> None:
    found = some(facts, dataset="figure_analyses").set_index("indicator")["value"].to_dict()
    assert found == {"idps_conflict": 4003, "idps_disaster": 8, "displacements_disaster": 47}
    assert set(some(facts, dataset="figure_analyses")["breakdown"]) == {"total"}


def test_neither_single_figures_nor_analyses_are_preferred(reference: Reference) -> None:
    own = some(reference.table("preference"), source="idmc")
    assert set(own["dataset"]) == {"conflicts", "displacements", "disasters", "sex_age"}


# --- quality issues


def test_what_a_newer_release_no_longer_has(tables: Tables, reference: Reference) -> None:
    issues = checked(quality_issues(tables, reference), QUALITY_ISSUE, reference)
    assert sorted(issues["dataset"].astype("str")) == ["disaggregated", "figure_analyses"]
    assert set(issues["kind"]) == {"value_withdrawn"}
    assert set(issues["description"]) == {
        "idps_conflict 2023: release 2024 has 4003, release 2025 has none"
    }


def test_what_a_newer_release_has_otherwise(reference: Reference) -> None:
    older = rows_of("displacements", {"conflict_stock_raw": 4003, "conflict_stock_rounded": 4000})
    newer = rows_of("conflicts", {"stock_raw": 4100, "release": "2025"})
    issues = issues_of(reference, displacements=older, conflicts=newer)
    assert issues["kind"].tolist() == ["value_revised"]
    assert "release 2023 has 4003, release 2025 has 4100" in issues["description"].iloc[0]


def test_an_event_that_ends_before_it_starts(reference: Reference) -> None:
    frame = rows_of("disasters", {"displacements_raw": 4, "end_date": date(2022, 5, 2)})
    issues = issues_of(reference, disasters=frame)
    assert issues["kind"].tolist() == ["dates_out_of_order"]
    assert "ends 2022-05-02, starts 2022-05-03" in issues["description"].iloc[0]


def test_events_that_do_not_make_the_total(reference: Reference) -> None:
    events = rows_of("disasters", {"displacements_raw": 1600})
    totals = rows_of("displacements", {"disaster_displacements_raw": 1696})
    issues = issues_of(reference, disasters=events, displacements=totals)
    assert issues["kind"].tolist() == ["sum_differs_between_datasets"]
    assert "1 events make 1600, the country's total is 1696" in issues["description"].iloc[0]
    equal = rows_of("disasters", {"displacements_raw": 1696})
    assert issues_of(reference, disasters=equal, displacements=totals).empty


def test_ages_that_do_not_make_the_stock(reference: Reference) -> None:
    bands = dict(zip(DISJOINT_BANDS[0], (1376, 634, 1807, 186), strict=True))
    ages = rows_of("sex_age", {"sex": "Both sexes", **bands})
    totals = rows_of("displacements", {"conflict_stock_raw": 4103})
    issues = issues_of(reference, sex_age=ages, displacements=totals)
    assert issues["kind"].tolist() == ["sum_differs_between_datasets"]
    assert "ages make 4003" in issues["description"].iloc[0]
    assert "is 4103" in issues["description"].iloc[0]
    within = rows_of("displacements", {"conflict_stock_raw": 4005})
    assert issues_of(reference, sex_age=ages, displacements=within).empty


def test_sexes_that_differ_by_rounding(reference: Reference) -> None:
    counts = (("Male", 10), ("Female", 12), ("Both sexes", 23))
    frame = rows_of("sex_age", *({"sex": sex, "age_0_4": count} for sex, count in counts))
    issues = issues_of(reference, sex_age=frame)
    assert issues[["kind", "source_ref"]].to_numpy().tolist() == [["part_sum_differs", "s!4"]]


def test_nothing_makes_nothing(reference: Reference) -> None:
    assert harmonise(with_tables(), reference).empty
    assert displacement_events(with_tables(), reference).empty
    assert issues_of(reference).empty
