"""NSC's figures as observations: cases e, j and l, the moving window, and what contradicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.combining import combine
from assets.sources import gate
from assets.sources.nsc.harmonise import harmonise
from assets.sources.nsc.issues import quality_issues
from assets.sources.nsc.read import read
from assets.sources.observations import concatenate
from schemas.assessment import EXTRACT
from schemas.facts import OBSERVATIONS, QUALITY_ISSUE
from schemas.sources.nsc import MODELS
from schemas.validate import conform, empty_frame, validate
from warehouse.reference_data import Reference

Tables = dict[str, pd.DataFrame]
IDENTITY = ["indicator", "origin", "destination", "detail", "freq", "period_start", "period_end",
            "reference_date", "unit", "dataset", "release"]  # fmt: skip


@pytest.fixture(scope="module")
def tables(reference: Reference) -> Tables:
    frames: dict[str, list[pd.DataFrame]] = {name: [empty_frame(MODELS[name])] for name in MODELS}
    for path in gate.bundled_files("nsc"):
        reading = gate.read_checked(path, reference, gate.read_sidecar(path))
        frames[reading.dataset].append(reading.frame)
    return {name: concatenate(parts[1:] or parts) for name, parts in frames.items()}


@pytest.fixture(scope="module")
def figures(tables: Tables, reference: Reference) -> pd.DataFrame:
    return validate(harmonise(tables, reference), OBSERVATIONS, reference.codes)


def stamped(dataset: str, rows: pd.DataFrame, extract_id: str, release: str) -> pd.DataFrame:
    return conform(rows.assign(extract_id=extract_id, release=release), MODELS[dataset])


def one(figures: pd.DataFrame, **wanted: Any) -> pd.Series:
    chosen = figures
    for name, value in wanted.items():
        chosen = chosen[chosen[name] == value]
    (row,) = [chosen.loc[at] for at in chosen.index]
    return row


@pytest.mark.parametrize(
    ("indicator", "year", "dataset", "value", "precision"),
    [
        ("immigrants", 2024, "opendata", 14669, 0),
        ("immigrants", 2022, "opendata", 12444, 0),
        ("emigrants", 2024, "opendata", 3461, 0),
        ("emigrants", 2018, "dynamic", 7077, 0),
        ("immigrants", 2019, "press", 1400, 100),
        ("emigrants", 2020, "press", 5822, 0),
        ("net_migration", 2020, "press", -4800, 100),
        ("population", 2025, "opendata", 7281800, 100),
    ],
)
def test_totals_of_the_country(
    figures: pd.DataFrame, indicator: str, year: int, dataset: str, value: float, precision: float
) -> None:
    totals = figures[figures["breakdown"] == "total"]
    row = one(totals, indicator=indicator, year=year, dataset=dataset)
    assert (row["value"], row["precision"], row["unit"]) == (value, precision, "persons")
    assert pd.isna(row["additive_set"])
    sides = {"emigrants": ("KGZ", "WLD"), "population": ("KGZ", "KGZ")}
    assert (row["origin"], row["destination"]) == sides.get(indicator, ("WLD", "KGZ"))
    assert row["producer"] == row["source"] == "nsc"


def test_an_unpublished_year_gives_no_figure(figures: pd.DataFrame) -> None:
    flows = figures[(figures["dataset"] == "opendata") & (figures["measure"] == "flow")]
    assert flows["year"].max() == 2024
    assert figures["value"].notna().all()


def test_case_e_the_open_data_part_is_a_flow_of_the_whole_year(figures: pd.DataFrame) -> None:
    row = one(figures, indicator="immigrants", year=2022, dataset="opendata")
    assert [str(row["period_start"]), str(row["period_end"])] == ["2022-01-01", "2022-12-31"]
    assert (row["universe"], row["freq"], row["definition"]) == ("_T", "A", "nsc_immigrant")


def test_partners_of_the_press_are_no_set(figures: pd.DataFrame) -> None:
    rows = figures[(figures["dataset"] == "press") & (figures["breakdown"] != "total")]
    assert set(rows["breakdown"]) == {"origin+destination"}
    assert rows["additive_set"].isna().all()
    assert one(rows, indicator="immigrants", year=2018, origin="RUS")["value"] == 637
    assert one(rows, indicator="emigrants", year=2018, destination="CIS")["value"] == 6788
    assert rows["published_in"].str.startswith("zpress.kg").all()


def test_case_j_victims_by_place_make_each_year_and_no_other_sum(figures: pd.DataFrame) -> None:
    rows = figures[figures["indicator"] == "trafficking_victims"]
    country = rows[rows["origin"] == "KGZ"].set_index("year")["value"]
    places = rows[rows["additive_set"] == "places"]
    assert country.sum() == 80
    assert country[2022] == 1
    assert (rows["freq"] == "A").all()
    assert places.groupby("year", observed=True)["value"].sum().equals(country)
    assert (places["origin"].astype("str") == places["destination"].astype("str")).all()
    assert one(places, origin="KG-GO", year=2011)["value"] == 5
    assert rows[rows["origin"] == "KGZ"]["additive_set"].isna().all()


def test_case_l_investment_by_activity_makes_the_total(figures: pd.DataFrame) -> None:
    rows = figures[figures["indicator"] == "fdi_inflow"]
    total = one(rows, breakdown="total", year=2022)
    assert (total["value"], total["precision"], total["unit"]) == (1_202_599_000, 100, "usd")
    parts = rows[(rows["additive_set"] == "activities") & (rows["year"] == 2022)]
    assert parts["value"].sum() == pytest.approx(1_202_599_000, abs=0.01)
    assert one(parts, detail="activity=B")["value"] == 499_785_200
    assert set(parts["breakdown"]) == {"activity"}


def test_no_two_figures_say_the_same_and_no_set_holds_its_own_total(figures: pd.DataFrame) -> None:
    assert not figures.duplicated(IDENTITY).any()
    sets = figures[figures["additive_set"].notna()]
    assert set(sets["additive_set"]) == {"places", "activities"}
    assert not ((sets["origin"] == "KGZ") & (sets["destination"] == "KGZ")).any()
    assert (sets.loc[sets["additive_set"] == "activities", "detail"] != "_T").all()


def test_every_figure_has_its_definition_and_place(
    figures: pd.DataFrame, reference: Reference
) -> None:
    assert set(figures["definition"]) <= reference.codes["definition"]
    assert figures["source_ref"].str.contains(r"^\$\.data|^line \d+, \w+$|![A-Z]+\d+$").all()


def test_without_tables_there_is_nothing(reference: Reference) -> None:
    assert list(harmonise({}, reference)) == list(OBSERVATIONS.columns)
    assert len(quality_issues({}, reference)) == 0


@pytest.mark.parametrize(
    ("title", "units", "value", "precision"),
    [
        ("Number of immigrants", "human", 12.0, 0),
        ("Number of immigrants", "тыс. человек", 12000.0, 1000),
        ("Number of immigrants, thous. people", "human", 12000.0, 1000),
        ("Number of immigrants, persons", "тыс. человек", 12.0, 0),
    ],
)
def test_a_rows_own_unit_goes_before_that_of_the_category(
    tables: Tables, reference: Reference, title: str, units: str, value: float, precision: float
) -> None:
    rows = tables["opendata"]
    row = rows[(rows["indicator"] == "immigrants") & (rows["year"] == 2022)]
    changed = row.assign(title_en=title, title_ru=None, title_kg=None, units=units, value=12.0)
    made = harmonise({"opendata": conform(changed, MODELS["opendata"])}, reference)
    assert made[["value", "precision"]].iloc[0].tolist() == [value, precision]


# --- the moving window


def _open_data(folder: Path, figures: dict[int, float | None]) -> pd.DataFrame:
    """Open data of immigrants as a later year's file would show them."""
    values = [{"key": year, "value": value} for year, value in sorted(figures.items())[::-1]]
    item = {"pk": 1, "priority": 1, "title_en": "Number of immigrants", "title_kg": None,
            "title_ru": None, "values": values}  # fmt: skip
    path = folder / "later.json"
    path.write_text(json.dumps({"data": [item], "title": "x", "units": "human"}), "utf-8")
    return read(path).frame


def test_years_that_left_the_window_stay(
    tables: Tables, reference: Reference, tmp_path: Path
) -> None:
    assert one(
        reference.table("dataset"), source="nsc", dataset="opendata"
    )["current_rule"] == "window"  # fmt: skip
    later = stamped(
        "opendata",
        _open_data(tmp_path, {2022: 12500.0, 2023: 14453.0, 2024: 14669.0, 2025: 15000.0}),
        "later",
        "2027",
    )
    older = tables["opendata"]
    observations = harmonise({"opendata": concatenate([older, later])}, reference)
    first = str(older["extract_id"].iloc[0])
    shared = {"source": "nsc", "dataset": "opendata", "scope": "KGZ", "accepted": True,
              "file": "a.json", "bytes": 1, "rows": 1, "landed_at": "2027-01-01"}  # fmt: skip
    extracts = pd.DataFrame(
        [
            shared | {"extract_id": first, "release": "2025", "landed_order": 0},
            shared | {"extract_id": "later", "release": "2027", "landed_order": 1},
        ]
    ).reindex(columns=EXTRACT.columns)
    releases = pd.DataFrame(
        {
            "source": "nsc", "dataset": "opendata", "release": ["2025", "2027"],
            "known_on_to": pd.to_datetime(["2026-11-24", "2027-06-01"]),
        }
    )  # fmt: skip
    made = combine(
        observations,
        conform(extracts, EXTRACT),
        releases,
        reference.table("dataset"),
        reference.table("area"),
    )
    current = made.flow[made.flow["indicator"] == "immigrants"].set_index("year")
    assert current["value"].to_dict() == {
        2021: 8229, 2022: 12500, 2023: 14453, 2024: 14669, 2025: 15000,
    }  # fmt: skip
    assert current["release"].astype("str").to_dict()[2021] == "2025"
    superseded = made.flow_superseded
    assert one(superseded, indicator="immigrants", year=2022)["value"] == 12444


# --- what is odd


def test_the_bundled_figures_contradict_nothing(tables: Tables, reference: Reference) -> None:
    assert len(validate(quality_issues(tables, reference), QUALITY_ISSUE, reference.codes)) == 0


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        ({"value": 1688.0}, "sum_differs_between_datasets",
         "immigrants 1,688 here, 1,687 in dynamic"),
        ({"value": 1688.0}, "part_sum_differs", "1,688 arrived and 7,077 departed"),
        ({"value": 1.8, "unit": "thousand persons", "precision": 0.1},
         "sum_differs_between_datasets", "immigrants 1,800 here, 1,687 in dynamic"),
    ],
)  # fmt: skip
def test_what_contradicts_is_told(
    tables: Tables, reference: Reference, change: dict[str, Any], kind: str, told: str
) -> None:
    press = tables["press"].copy()
    at = (
        (press["indicator"] == "immigrants") & (press["partner"] == "WLD") & (press["year"] == 2018)
    )
    for name, value in change.items():
        press.loc[at, name] = value
    found = quality_issues(tables | {"press": press}, reference)
    (text,) = found.loc[found["kind"] == kind, "description"]
    assert told in text


def test_a_rounded_figure_may_differ_by_half_of_its_rounding(
    tables: Tables, reference: Reference
) -> None:
    press = tables["press"].copy()
    at = (
        (press["indicator"] == "immigrants") & (press["partner"] == "WLD") & (press["year"] == 2018)
    )
    press.loc[at, ["value", "precision"]] = [1.7, 0.1]
    press.loc[at, "unit"] = "thousand persons"
    assert len(quality_issues(tables | {"press": press}, reference)) == 0


def test_a_name_and_a_code_of_two_oblasts_are_told(tables: Tables, reference: Reference) -> None:
    frame = tables["sdg_16_2_2"].copy()
    at = frame.index[frame["area"] == "Naryn"][:1]
    frame.loc[at, "geo_code"] = "KG02"
    found = quality_issues(tables | {"sdg_16_2_2": frame}, reference)
    assert found["kind"].tolist() == ["name_differs"]
    assert "Naryn is KG-N, its code KG02 is KG-Y" in found["description"].iloc[0]
