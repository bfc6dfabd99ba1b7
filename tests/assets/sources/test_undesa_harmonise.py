"""UN DESA's observations: revisions, groups, residuals, ages, and estimates beside them."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pandas as pd
import pytest

from assets.sources import gate
from assets.sources.observations import concatenate
from assets.sources.sidecar import read_sidecar
from assets.sources.undesa.harmonise import harmonise
from assets.sources.undesa.issues import quality_issues
from assets.sources.undesa.lineage import COLUMN_LINEAGE
from schemas.facts import OBSERVATIONS, QUALITY_ISSUE
from schemas.sources.undesa import MODELS
from schemas.validate import conform, empty_frame, validate
from warehouse.reference_data import Reference

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables(reference: Reference) -> Tables:
    frames: dict[str, list[pd.DataFrame]] = {}
    for path in gate.bundled_files("undesa"):
        reading = gate.read_checked(path, reference, read_sidecar(path))
        frames.setdefault(reading.dataset, []).append(reading.frame)
    return {dataset: concatenate(parts) for dataset, parts in frames.items()}


@pytest.fixture(scope="module")
def figures(tables: Tables, reference: Reference) -> pd.DataFrame:
    return harmonise(tables, reference)


def chosen(figures: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    for name, value in wanted.items():
        figures = figures[figures[name] == value]
    return figures


def one(figures: pd.DataFrame, **wanted: object) -> dict[str, Any]:
    found = chosen(figures, **wanted)
    assert len(found) == 1
    return {str(name): value for name, value in found.iloc[0].items()}


def test_observations_pass_their_model(figures: pd.DataFrame, reference: Reference) -> None:
    assert len(validate(figures, OBSERVATIONS, reference.codes)) == len(figures)


@pytest.mark.parametrize(
    ("release", "year", "origin", "destination", "sex", "value"),
    [
        ("2024", 2024, "WLD", "KGZ", "_T", 194816),
        ("2020", 2020, "WLD", "KGZ", "_T", 199011),
        ("2020", 2020, "WLD", "KGZ", "F", 118555),
        ("2020", 2020, "KGZ", "WLD", "_T", 774377),
        ("2024", 2020, "KGZ", "WLD", "_T", 584710),
        ("2019", 2019, "KGZ", "WLD", "_T", 754969),
        ("2024", 2024, "KGZ", "RUS", "_T", 333664),
    ],
)
def test_case_d_figures_of_each_revision(
    figures: pd.DataFrame,
    release: str,
    year: int,
    origin: str,
    destination: str,
    sex: str,
    value: int,
) -> None:
    found = one(
        figures, dataset="destination_origin", release=release, year=year, origin=origin,
        destination=destination, sex=sex,
    )  # fmt: skip
    assert (found["value"], found["precision"], found["obs_status"]) == (value, 0.0, "A")
    assert found["reference_date"] == datetime.date(year, 7, 1)
    assert (found["indicator"], found["unit"], found["freq"]) == ("migrants", "persons", "A")
    assert (found["producer"], found["source"]) == ("undesa", "undesa")


def test_case_d_revisions_of_one_year_stand_side_by_side(figures: pd.DataFrame) -> None:
    both = chosen(figures, dataset="destination_origin", origin="KGZ", destination="WLD",
                  year=2020, sex="_T")  # fmt: skip
    by_release = both.set_index("release")["value"].to_dict()
    assert by_release == {"2020": 774377.0, "2024": 584710.0}
    assert both["additive_set"].isna().all()


def test_case_d_groups_are_in_no_set_of_parts(figures: pd.DataFrame, reference: Reference) -> None:
    kinds = reference.table("area").set_index("area")["kind"].astype("str")
    grouped = figures["origin"].astype("str").map(kinds).eq("group") | figures[
        "destination"
    ].astype("str").map(kinds).eq("group")
    assert grouped.sum() == 315 + 630 + 644 + 1288 + 456 + 912
    assert figures.loc[grouped, "additive_set"].isna().all()
    asia = one(figures, dataset="destination_origin", release="2024", year=2024, origin="KGZ",
               destination="5500", sex="_T")  # fmt: skip
    assert (asia["value"], asia["breakdown"]) == (116451.0, "origin+destination")


@pytest.mark.parametrize(("release", "year"), [("2020", 2020), ("2024", 2024), ("2019", 1990)])
def test_case_d_pairs_and_residuals_make_the_published_total(
    figures: pd.DataFrame, release: str, year: int
) -> None:
    of_year = chosen(figures, dataset="destination_origin", release=release, year=year)
    for side, other in (("destination", "origin"), ("origin", "destination")):
        parts = chosen(of_year, additive_set="pairs", **{side: "KGZ"})
        total = one(of_year, breakdown="total", **{side: "KGZ", other: "WLD"})
        assert parts["value"].sum() == total["value"]


def test_case_d_others_of_the_south_and_of_the_north(figures: pd.DataFrame) -> None:
    old = chosen(figures, dataset="destination_origin", release="2019", year=1990, sex="_T",
                 destination="KGZ", additive_set="pairs")  # fmt: skip
    residual = old.set_index("origin")["value"]
    assert residual["OTH_S"] == 6818
    assert "OTH_N" in residual.index
    assert "OTH" not in residual.index
    new = one(figures, dataset="destination_origin", release="2024", year=2024, sex="_T",
              destination="KGZ", origin="OTH")  # fmt: skip
    assert (new["value"], new["additive_set"]) == (4192.0, "pairs")


def test_case_d_age_has_no_origin_and_stands_at_the_older_revision(figures: pd.DataFrame) -> None:
    ages = chosen(figures, dataset="age_sex")
    assert set(ages["origin"].astype("str")) == {"WLD"}
    assert set(ages["release"].astype("str")) == {"2019", "2020"}
    of_2020 = chosen(ages, release="2020", year=2020)
    assert chosen(of_2020, additive_set="age")["value"].sum() == 199011
    assert chosen(of_2020, additive_set="sex+age", sex="F")["value"].sum() == 118555
    assert one(of_2020, breakdown="total")["value"] == 199011


def _bounds(age: str) -> range:
    first, last = re.fullmatch(r"Y(?:_GE)?(\d+)(?:T(\d+))?", age).groups()  # type: ignore[union-attr]
    return range(int(first), int(last or 199) + 1)


def test_no_two_figures_of_one_set_overlap(figures: pd.DataFrame, reference: Reference) -> None:
    kinds = reference.table("area").set_index("area")["kind"].astype("str").to_dict()
    keys = ["dataset", "release", "indicator", "reference_date", "unit", "universe"]
    summed = figures[figures["additive_set"].notna()]
    looked_at = 0
    for (*_, name), group in summed.groupby([*keys, "additive_set"], observed=True):
        looked_at += 1
        for column, whole in (("sex", "_T"), ("age", "_T"), ("origin", "WLD"),
                              ("destination", "WLD")):  # fmt: skip
            values = set(group[column].astype("str"))
            # All rows are split along the dimension, or none is.
            assert whole not in values or values == {whole}, (name, column)
            if column in ("origin", "destination"):
                assert not {one for one in values if kinds[one] == "group"}
        ages = [_bounds(age) for age in set(group["age"].astype("str")) if age != "_T"]
        assert sum(map(len, ages)) == len({year for one in ages for year in one})
        assert not group.duplicated(["origin", "destination", "sex", "age"]).any()
    assert looked_at == 4 * (7 + 7 + 8) + (7 + 7 + 8) + 3 * (7 + 7)


def test_totals_by_sex_of_both_sides_are_sets_of_their_own(figures: pd.DataFrame) -> None:
    """A Kyrgyz in Russia is within the figures of both, once the file holds the world."""
    by_sex = chosen(figures, dataset="destination_origin", release="2024", year=2024, sex="F")
    assert one(by_sex, origin="WLD")["additive_set"] == "sex"
    assert one(by_sex, destination="WLD")["additive_set"] == "origin+sex"


@pytest.mark.parametrize(
    ("release", "origin", "destination", "definition"),
    [
        ("2019", "WLD", "KGZ", "undesa_foreign_born"),
        ("2020", "WLD", "KGZ", "undesa_foreign_born_refugees_added"),
        ("2020", "KGZ", "KOR", "undesa_foreign_citizens_refugees_added"),
        ("2020", "KGZ", "WLD", "undesa_migrants"),
        ("2024", "KGZ", "RUS", "undesa_migrants"),
    ],
)
def test_the_type_of_data_is_the_definition(
    figures: pd.DataFrame, release: str, origin: str, destination: str, definition: str
) -> None:
    found = chosen(figures, dataset="destination_origin", release=release, origin=origin,
                   destination=destination)  # fmt: skip
    assert set(found["definition"].astype("str")) == {definition}


def test_missing_figures_say_so_and_zeros_are_figures(tables: Tables, reference: Reference) -> None:
    frame = tables["destination"].iloc[:3].copy()
    frame["value"] = pd.array([None, 0, 5], dtype="Int64")
    made = harmonise({"destination": frame}, reference)
    assert made["obs_status"].tolist() == ["O", "A", "A"]
    assert made["value"].isna().tolist() == [True, False, False]
    assert made["precision"].isna().tolist() == [True, False, False]
    assert made["value"].iloc[1] == 0


def test_two_names_of_one_area_are_one_figure(reference: Reference) -> None:
    row = {
        "year": 1990, "destination_m49": None, "origin_label": "Kyrgyzstan", "origin_m49": None,
        "origin_name": "Kyrgyzstan", "data_type": None, "sex": "_T", "value": 101,
        "release": "2019", "extract_id": "one",
    }  # fmt: skip
    rows = [
        row | {"destination_label": name, "destination_name": name, "source_ref": f"line {line}"}
        for line, name in ((2, "Oceania"), (3, "OCEANIA"), (4, "Kazakhstan"))
    ]
    frame = conform(pd.DataFrame(rows), MODELS["destination_origin"])
    made = harmonise({"destination_origin": frame}, reference)
    assert made["destination"].tolist() == ["909", "KAZ"]
    frame["value"] = pd.array([101, 102, 5], dtype="Int64")
    differing = harmonise({"destination_origin": frame}, reference)
    # Figures that differ stay, so that the proof of the key refuses them.
    assert differing["destination"].tolist() == ["909", "909", "KAZ"]


def test_net_migration_comes_in_thousands(figures: pd.DataFrame) -> None:
    found = one(figures, indicator="net_migration", year=1990)
    assert (found["value"], found["precision"], found["obs_status"]) == (-27912.0, 1.0, "E")
    assert (found["origin"], found["destination"], found["breakdown"]) == ("WLD", "KGZ", "total")
    span = (found["period_start"], found["period_end"], found["freq"])
    assert span == (datetime.date(1990, 1, 1), datetime.date(1990, 12, 31), "A")
    assert one(figures, indicator="net_migration", year=2023)["value"] == 5601


def test_estimates_are_marked_and_never_preferred(
    figures: pd.DataFrame, reference: Reference
) -> None:
    made = chosen(figures, dataset="abel_cohen")
    assert len(made) == 11288
    for name, value in (
        ("producer", "abel_cohen"), ("source", "undesa"), ("obs_status", "E"), ("freq", "_O"),
        ("indicator", "migration_estimates"), ("definition", "abel_cohen_flow"),
    ):  # fmt: skip
        assert set(made[name].astype("str")) == {value}
    assert made["additive_set"].isna().all()
    preferred = reference.table("preference")
    assert not ((preferred["dataset"] == "abel_cohen")
                | (preferred["indicator"] == "migration_estimates")).any()  # fmt: skip
    found = one(made, detail="method=da_min_closed", origin="KGZ", destination="CPV", sex="_T",
                year=1995)  # fmt: skip
    assert found["value"] == 2
    span = (found["period_start"], found["period_end"])
    assert span == (datetime.date(1990, 7, 1), datetime.date(1995, 6, 30))
    assert "method=da_pb_closed;move=transit" in set(made["detail"].astype("str"))


def test_what_revision_2019_does_not_add_up_is_told(tables: Tables, reference: Reference) -> None:
    found = validate(quality_issues(tables, reference), QUALITY_ISSUE, reference.codes)
    assert set(found["release"].astype("str")) == {"2019"}
    assert sorted(found["year"]) == [2015] * 3 + [2019] * 3
    told = "countries make 754981, the world is printed as 754969 (sex _T)"
    assert told in found["description"].tolist()
    assert set(found["kind"].astype("str")) == {"part_sum_differs"}


def test_tables_of_one_revision_that_differ_are_told(tables: Tables, reference: Reference) -> None:
    ages = tables["age_sex"].copy()
    at = ages.index[(ages["age"] == "_T") & (ages["sex"] == "_T") & (ages["year"] == 2020)][0]
    ages.loc[at, "value"] = 199012
    found = quality_issues(tables | {"age_sex": ages}, reference)
    differ = found[found["kind"] == "sum_differs_between_datasets"]
    assert differ["description"].tolist() == [
        "the total is 199012 here and 199011 in the table by origin (sex _T)"
    ]
    assert differ["destination"].tolist() == ["KGZ"]


def test_nothing_gives_nothing(reference: Reference) -> None:
    empty = {name: empty_frame(model) for name, model in MODELS.items()}
    assert len(harmonise(empty, reference)) == 0
    assert len(quality_issues(empty, reference)) == 0


def test_lineage_names_columns_that_are_there() -> None:
    assert set(COLUMN_LINEAGE) <= set(OBSERVATIONS.columns)
    for upstream in COLUMN_LINEAGE.values():
        for (source, table), column in upstream:
            assert source == "undesa"
            assert column in MODELS[table].columns
