"""UNHCR's figures as observations: the real cases, and the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from assets.sources.unhcr.harmonise import harmonise
from schemas.facts import OBSERVATIONS
from schemas.sources.unhcr import DECISION_VALUES, MODELS, POPULATION_VALUES
from schemas.validate import validate
from tests.assets.sources.frames import some
from tests.assets.sources.unhcr_files import place
from warehouse.reference_data import Reference

Rows = Callable[..., pd.DataFrame]


def told(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Cells as plain values, None where there is none."""
    chosen = frame[list(columns)].astype(object)
    return [tuple(chosen.where(chosen.notna(), None).loc[at]) for at in chosen.index]


# --- The bundled extracts --------------------------------------------------------------------


def test_the_bundled_figures_keep_to_the_model(
    bundled_observations: pd.DataFrame, reference: Reference
) -> None:
    frame = validate(bundled_observations, OBSERVATIONS, reference.codes)
    assert set(frame["dataset"]) == set(MODELS)
    assert set(frame["release"]) == {"2023-mid", "2023-end", "2025-end"}


@pytest.mark.parametrize("release", ["2023-mid", "2023-end", "2025-end"])
def test_afghan_refugees_of_2022_stand_in_two_tables(
    release: str, bundled_observations: pd.DataFrame
) -> None:
    pair = some(
        bundled_observations, origin="AFG", destination="KGZ", year=2022, release=release,
        indicator="refugees", sex="_T", age="_T",
    )  # fmt: skip
    printed = some(pair, dataset="population")
    assert told(printed, "value", "additive_set", "detail") == [(189.0, "pairs", "_T")]
    assert printed["reference_date"].tolist() == [date(2022, 12, 31)]
    places = some(pair, dataset="demographics", additive_set="places")
    assert places["value"].sum() == 189
    assert len(pair) == len(printed) + len(places)


def test_afghan_refugees_seen_from_afghanistan_are_the_same_row(
    bundled_observations: pd.DataFrame,
) -> None:
    rows = some(bundled_observations, dataset="population", indicator="refugees", year=2022,
                 release="2025-end", origin="AFG", destination="KGZ")  # fmt: skip
    assert len(rows) == 1


@pytest.mark.parametrize("release", ["2023-mid", "2023-end", "2025-end"])
def test_uzbek_refugees_of_2012_are_told_apart_by_accommodation(
    release: str, bundled_observations: pd.DataFrame
) -> None:
    rows = some(
        bundled_observations, origin="UZB", destination="KGZ", year=2012, release=release,
        indicator="refugees", dataset="demographics", additive_set="places",
    )  # fmt: skip
    place = "loc_type=V;place=Dispersed in the country / territory"
    assert told(rows, "detail", "value") == [
        (f"acc_type=I;{place}", 47.0),
        (f"acc_type=U;{place}", 4504.0),
    ]
    by_sex = some(
        bundled_observations, origin="UZB", destination="KGZ", year=2012, release=release,
        indicator="refugees", additive_set="places+sex",
    )  # fmt: skip
    assert sorted(told(by_sex, "detail", "sex", "value", "obs_status"), key=str) == [
        (f"acc_type=I;{place}", "F", 25.0, "A"),
        (f"acc_type=I;{place}", "M", 22.0, "A"),
        (f"acc_type=U;{place}", "F", None, "O"),
        (f"acc_type=U;{place}", "M", None, "O"),
    ]


def test_rows_without_sex_are_missing_not_zero(
    bundled: dict[str, pd.DataFrame], bundled_observations: pd.DataFrame
) -> None:
    """Of 804 refugee rows of the newest release 408 are not broken down, 25 in part."""
    newest = some(bundled["demographics"], pop_type="REF", release="2025-end")
    assert len(newest) == 804
    by_sex = some(bundled_observations, indicator="refugees", additive_set="places+sex",
                   release="2025-end")  # fmt: skip
    rows = by_sex.assign(row=by_sex["source_ref"].str.rsplit(".", n=1).str[0])
    missing = rows["obs_status"].eq("O").groupby(rows["row"]).sum()
    at_least = rows["qualifier"].eq("at_least").fillna(False).groupby(rows["row"]).any()
    assert (missing == 2).sum() == 408
    assert at_least.sum() == 25
    assert not (at_least & (missing == 2)).any()
    assert by_sex.loc[by_sex["obs_status"] == "O", "value"].isna().all()


def test_no_key_of_the_three_releases_repeats(bundled_observations: pd.DataFrame) -> None:
    assert not bundled_observations.duplicated(list(OBSERVATIONS.key)).any()


def test_applications_collide_without_procedure_kind_level_and_unit(
    bundled_observations: pd.DataFrame,
) -> None:
    key = list(OBSERVATIONS.key)
    for indicator in ("asylum_applications", "asylum_decisions"):
        rows = some(bundled_observations, indicator=indicator)
        assert not rows.duplicated(key).any()
        assert rows.duplicated([name for name in key if name not in ("detail", "unit")]).any()
        assert set(rows["unit"]) == {"persons", "cases"}


def test_the_country_on_both_sides_stands_once(bundled_observations: pd.DataFrame) -> None:
    rows = some(
        bundled_observations, origin="KGZ", destination="KGZ", indicator="idps_conflict",
        dataset="population", release="2025-end", year=2012,
    )  # fmt: skip
    assert told(rows, "value", "breakdown") == [(168600.0, "total")]


def test_the_interim_year_is_half_a_year_and_provisional(
    bundled_observations: pd.DataFrame,
) -> None:
    half = some(bundled_observations, release="2023-mid", year=2023)
    stock, flow = some(half, measure="stock"), some(half, measure="flow")
    assert set(stock["reference_date"]) == {date(2023, 6, 30)}
    assert set(stock["freq"]) == {"A"}
    assert set(flow["freq"]) == {"_O"}
    assert set(flow["period_start"]) == {date(2023, 1, 1)}
    assert set(flow["period_end"]) == {date(2023, 6, 30)}
    assert set(half["obs_status"]) == {"P"}
    others = bundled_observations[
        (bundled_observations["release"] != "2023-mid") | (bundled_observations["year"] != 2023)
    ]
    assert not others["obs_status"].eq("P").any()
    assert set(others["freq"]) == {"A"}


def test_returns_to_tajikistan_went_from_kyrgyzstan_to_tajikistan(
    bundled_observations: pd.DataFrame,
) -> None:
    rows = some(bundled_observations, indicator="returns", year=1999, dataset="solutions",
                 release="2025-end", value=1862.0)  # fmt: skip
    assert told(rows, "origin", "destination", "detail") == [("KGZ", "TJK", "returnee=refugee")]


def test_people_of_unknown_age_are_women_and_men(
    bundled: dict[str, pd.DataFrame], bundled_observations: pd.DataFrame
) -> None:
    unknown = some(bundled_observations, age="_U", release="2025-end")
    newest = some(bundled["demographics"], release="2025-end")
    for sex, column in (("F", "f_other"), ("M", "m_other")):
        assert some(unknown, sex=sex)["value"].sum() == newest[column].sum() > 0
    assert (unknown["value"] > 0).all()


def test_every_printed_figure_has_its_observation(
    bundled: dict[str, pd.DataFrame], bundled_observations: pd.DataFrame
) -> None:
    """Nothing is lost: all of the tables without rules of their own, added up."""
    for dataset, columns in (("population", POPULATION_VALUES), ("solutions", None),
                             ("asylum_decisions", DECISION_VALUES),
                             ("asylum_applications", ("applied",))):  # fmt: skip
        frame = bundled[dataset]
        names = list(columns or ("returned_refugees", "resettlement", "naturalisation",
                                 "returned_idps"))  # fmt: skip
        rows = some(bundled_observations, dataset=dataset)
        assert len(rows) == int(frame[names].notna().sum().sum())
        assert rows["value"].sum() == int(frame[names].sum().sum())


# --- The rules -------------------------------------------------------------------------------


def test_a_row_gives_a_figure_a_column_with_its_place(observed: Rows) -> None:
    values = {name: number for number, name in enumerate(POPULATION_VALUES, start=11)}
    frame = observed("population", values)
    assert sorted(frame["value"]) == sorted(map(float, values.values()))
    assert set(frame["source_ref"]) == {f"$.items[0].{name}" for name in POPULATION_VALUES}


def test_a_place_in_a_csv_goes_on_with_a_comma(observed: Rows) -> None:
    frame = observed("population", {"source_ref": "line 7", "refugees": 189}, {"year": 2021})
    assert some(frame, value=189.0)["source_ref"].tolist() == ["line 7, refugees"]
    assert "$.items[1].refugees" in set(frame["source_ref"])


def test_what_was_not_collected_gives_no_row_and_zero_gives_one(observed: Rows) -> None:
    frame = observed("population", {"refugees": None, "stateless": 0})
    assert some(frame, indicator="refugees").empty
    assert told(some(frame, indicator="stateless"), "value", "obs_status") == [(0.0, "A")]


def test_a_suppressed_figure_is_missing_with_status_q(observed: Rows) -> None:
    frame = observed(
        "population",
        {"refugees": None, "stateless": None, "suppressed": "refugees;idps"},
        {"year": 2021, "refugees": 7},
    )
    rows = some(frame, indicator="refugees")
    assert sorted(told(rows, "year", "value", "obs_status", "precision")) == [
        (2021, 7.0, "A", 0.0),
        (2022, None, "Q", None),
    ]
    assert some(frame, indicator="stateless", year=2022).empty
    assert some(frame, indicator="idps_conflict", year=2022)["obs_status"].tolist() == ["Q"]


@pytest.mark.parametrize(("value", "precision"), [(0, 5.0), (5, 5.0), (6, 0.0), (189, 0.0)])
def test_small_figures_are_rounded_to_five(value: int, precision: float, observed: Rows) -> None:
    row = some(observed("population", {"refugees": value}), indicator="refugees")
    assert row["precision"].tolist() == [precision]


def test_a_return_goes_from_asylum_to_origin(observed: Rows) -> None:
    for dataset in ("population", "solutions"):
        frame = observed(dataset, {"returned_refugees": 30, "returned_idps": 20})
        back = some(frame, indicator="returns")
        assert sorted(told(back, "origin", "destination", "detail", "value")) == [
            ("KGZ", "AFG", "returnee=idp", 20.0),
            ("KGZ", "AFG", "returnee=refugee", 30.0),
        ]
        others = frame[frame["indicator"] != "returns"]
        assert set(told(others, "origin", "destination")) == {("AFG", "KGZ")}


def test_a_place_that_is_broken_down_keeps_its_zeros(observed: Rows) -> None:
    frame = observed("demographics", place(f_0_4=9, m_60=7))
    assert set(frame["obs_status"]) == {"A"}
    assert frame["qualifier"].isna().all()
    assert told(some(frame, sex="F", age="Y5T11"), "value") == [(0.0,)]
    assert len(frame) == 1 + 2 + 2 * 5
    for name in ("places", "places+sex", "places+sex+age"):
        assert some(frame, additive_set=name)["value"].sum() == 16


def test_a_place_that_is_not_broken_down_has_a_total_only(observed: Rows) -> None:
    frame = observed("demographics", place(total=40))
    assert told(some(frame, sex="_T"), "value", "obs_status") == [(40.0, "A")]
    parts = frame[frame["sex"] != "_T"]
    assert set(parts["obs_status"]) == {"O"}
    assert parts[["value", "qualifier", "precision"]].isna().all().all()
    assert len(parts) == 2 + 2 * 5


def test_an_empty_place_is_zero_not_missing(observed: Rows) -> None:
    frame = observed("demographics", place())
    assert set(frame["obs_status"]) == {"A"}
    assert set(frame["value"]) == {0.0}


def test_a_place_broken_down_in_part_is_at_least(observed: Rows) -> None:
    frame = observed("demographics", place(f_0_4=9, total=40))
    by_sex = some(frame, additive_set="places+sex")
    assert told(by_sex, "sex", "value", "qualifier", "obs_status") == [
        ("F", 9.0, "at_least", "A"),
        ("M", None, None, "O"),
    ]
    by_age = some(frame, additive_set="places+sex+age")
    assert told(by_age[by_age["value"].notna()], "age", "value", "qualifier") == [
        ("Y0T4", 9.0, "at_least")
    ]
    assert by_age.loc[by_age["value"].isna(), "obs_status"].eq("O").all()
    assert some(frame, additive_set="places")["qualifier"].isna().all()


def test_where_only_sex_is_known_only_ages_are_missing(observed: Rows) -> None:
    frame = observed("demographics", place(f_other=9, m_other=7))
    assert told(some(frame, additive_set="places+sex"), "value", "obs_status", "qualifier") == [
        (9.0, "A", None),
        (7.0, "A", None),
    ]
    ages = some(frame, additive_set="places+sex+age")
    unknown = some(ages, age="_U")
    assert told(unknown, "sex", "value", "obs_status") == [("F", 9.0, "A"), ("M", 7.0, "A")]
    assert set(ages[ages["age"] != "_U"]["obs_status"]) == {"O"}


def test_a_provisional_place_that_is_not_broken_down_is_missing(observed: Rows) -> None:
    half = {"year": 2023, "release": "2023-mid"}
    frame = observed("demographics", place(total=40) | half)
    assert told(some(frame, sex="_T"), "obs_status", "reference_date") == [("P", date(2023, 6, 30))]
    assert set(frame[frame["sex"] != "_T"]["obs_status"]) == {"O"}


def test_places_stay_text_with_its_signs_encoded(observed: Rows) -> None:
    frame = observed("demographics", place(f_0_4=9) | {"location": "A; B = 5%"})
    assert set(frame["detail"]) == {"acc_type=I;loc_type=U;place=A%3B B %3D 5%25"}


def test_refugees_back_home_came_from_an_unknown_country(observed: Rows) -> None:
    frame = observed(
        "demographics",
        place(f_0_4=9) | {"pop_type": "RET", "coo_iso": "KGZ"},
        place(f_0_4=8) | {"pop_type": "RDP", "coo_iso": "KGZ", "location": "a=b"},
    )
    totals = some(frame, sex="_T")
    assert sorted(told(totals, "origin", "destination", "detail", "additive_set", "measure")) == [
        ("KGZ", "KGZ", "acc_type=I;loc_type=U;place=a%3Db;returnee=idp", "places+returnee=idp",
         "flow"),
        ("UNK", "KGZ", "acc_type=I;loc_type=U;place=Bishkek;returnee=refugee",
         "places+returnee=refugee", "flow"),
    ]  # fmt: skip


def test_applications_are_added_up_within_one_kind(observed: Rows) -> None:
    frame = observed(
        "asylum_applications",
        {"applied": 9},
        {"applied": 8, "app_type": "R", "dec_level": "AR", "app_pc": "C"},
    )
    assert told(frame, "detail", "unit", "additive_set", "value") == [
        ("app_type=N;dec_level=FI;procedure=G", "persons", "app_type=N", 9.0),
        ("app_type=R;dec_level=AR;procedure=G", "cases", "app_type=R", 8.0),
    ]


def test_decisions_have_no_total_across_levels(observed: Rows) -> None:
    values = {"dec_recognized": 6, "dec_other": 7, "dec_rejected": 8, "dec_closed": 9,
              "dec_total": 30}  # fmt: skip
    frame = observed("asylum_decisions", values, values | {"dec_level": "AR"})
    first = frame[frame["additive_set"].astype("str").str.startswith("dec_level=FI")]
    assert sorted(told(first, "additive_set", "detail", "value")) == [
        ("dec_level=FI", "dec_level=FI;procedure=G", 30.0),
        ("dec_level=FI+decision", "dec_level=FI;decision=closed;procedure=G", 9.0),
        ("dec_level=FI+decision", "dec_level=FI;decision=other;procedure=G", 7.0),
        ("dec_level=FI+decision", "dec_level=FI;decision=recognized;procedure=G", 6.0),
        ("dec_level=FI+decision", "dec_level=FI;decision=rejected;procedure=G", 8.0),
    ]
    assert len(frame) == 10


def test_nothing_gives_an_empty_typed_frame(reference: Reference, unhcr_rows: Rows) -> None:
    for tables in ({}, {"population": unhcr_rows("population", {}).iloc[:0]}):
        frame = harmonise(tables, reference)
        assert list(frame.columns) == OBSERVATIONS.columns
        assert len(frame) == 0
