"""Rows of other countries or later years than a file is said to be of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from assets.sources import gate
from assets.sources.belonging import misplaced
from assets.sources.placing import unplaced
from assets.sources.publishers import PUBLISHERS
from assets.sources.reading import Reading
from assets.sources.sidecar import read_sidecar
from schemas.sources import SOURCE_MODELS
from warehouse.reference_data import Reference

Rows = Callable[..., pd.DataFrame]
Told = Callable[..., list[str]]

PAIRS = [("AFG", "KGZ"), ("KGZ", "USA"), ("KGZ", "KAZ")]


@pytest.fixture
def told(unhcr_rows: Rows, reference: Reference) -> Told:
    def faults(
        scope: list[str], *pairs: tuple[str, str], year: int = 2022, times: int = 4
    ) -> list[str]:
        changes: list[dict[str, Any]] = [
            {"coo_iso": one, "coa_iso": other, "year": year - at}
            for at in range(times)
            for one, other in pairs
        ]
        frame = unhcr_rows("population", *changes)
        reading = Reading("unhcr", "population", "2022-end", frame, {}, tuple(scope))
        found = misplaced("figures.json", reading, date(2023, 6, 14), reference)
        return [str(one) for one in found]

    return faults


def test_rows_of_the_scope_are_in_place(told: Told) -> None:
    assert told(["KGZ"], *PAIRS) == []
    assert told(["ALL"], *PAIRS, ("SYR", "DEU")) == []
    assert told(["KGZ", "KAZ"], *PAIRS, ("KAZ", "RUS")) == []
    # A country of which the publisher has nothing.
    assert told(["KGZ", "TUV"], *PAIRS) == []


def test_a_row_of_other_countries_is_named(told: Told) -> None:
    (fault, *_) = told(["KGZ"], *PAIRS, ("SYR", "DEU"))
    assert fault == (
        "$.items[3], column scope: found 'SYR and DEU', expected a row of KGZ, for which the "
        "file is said to be complete"
    )


def test_a_file_of_another_country_is_refused(told: Told) -> None:
    assert len(told(["KAZ"], ("AFG", "KGZ"), ("KGZ", "USA"))) == 8


def test_the_rows_of_one_country_are_not_the_world(told: Told) -> None:
    (fault,) = told(["ALL"], *PAIRS)
    assert "$.items[0], column scope: found 'ALL'" in fault
    assert "the scope is KGZ" in fault


def test_of_a_few_rows_nobody_can_tell(told: Told) -> None:
    assert told(["ALL"], *PAIRS, times=3) == []


def test_a_partner_is_no_country_of_the_scope(told: Told) -> None:
    (fault,) = told(["KGZ", "KAZ"], *PAIRS)
    assert "$.items[2], column scope: found 'KAZ'" in fault


def test_years_after_the_release_are_named(told: Told) -> None:
    assert told(["KGZ"], *PAIRS, year=2023) == []
    (fault, *others) = told(["KGZ"], *PAIRS, year=2024)
    assert len(others) == 2
    assert "$.items[0], column year: found '2024'" in fault
    assert "2022-end" in fault


def test_every_bundled_extract_belongs_where_its_manifest_says(reference: Reference) -> None:
    # Those of one publisher and format each; the refresh of all tests lands them all.
    for source in ("idmc", "nsc"):
        for path in gate.bundled_files(source):
            sidecar = read_sidecar(path)
            reading = gate.read_checked(path, reference, sidecar)
            assert unplaced(path.name, reading, sidecar, reference) == []


def test_an_interim_year_is_the_last_of_its_release(unhcr_rows: Rows, reference: Reference) -> None:
    frame = unhcr_rows("population", {"year": 2023}, {"year": 2024})
    for release, late in (("2023-mid", ["$.items[1]"]), ("2023-end", [])):
        reading = Reading("unhcr", "population", release, frame, {}, ("KGZ",))
        found = unplaced("figures.json", reading, {}, reference)
        assert [one.place for one in found] == late


def test_the_world_of_names_and_numbers_is_placed(reference: Reference) -> None:
    categories = {
        "destination_m49": ["417", None], "destination_name": [None, "WORLD"],
        "origin_m49": [None, "417"], "origin_name": ["Oceania", None],
    }  # fmt: skip
    columns = {name: pd.Categorical(values) for name, values in categories.items()}
    frame = pd.DataFrame(columns | {"year": [1990, 1995], "source_ref": ["T!H2", "T!H3"]})
    for scope, rows in ((("KGZ",), 0), (("UZB",), 2)):
        reading = Reading("undesa", "destination_origin", "2020", frame, {}, scope)
        assert len(misplaced("a.xlsx", reading, date(2021, 1, 31), reference)) == rows


@pytest.mark.parametrize(
    ("source", "dataset", "own", "others"),
    [
        ("idmc", "disasters", {"iso3": "KGZ"}, {"iso3": "UZB"}),
        ("undesa", "wpp_net_migration", {"country_code": "417"}, {"country_code": "860"}),
        (
            "undesa",
            "abel_cohen",
            {"orig": "Kyrgyzstan", "dest": "Germany"},
            {"orig": "Uzbekistan", "dest": "Germany"},
        ),
    ],
)
def test_areas_are_read_as_their_column_names_them(
    source: str, dataset: str, own: dict[str, str], others: dict[str, str], reference: Reference
) -> None:
    frame = pd.DataFrame([own, others]).astype("category")
    frame = frame.assign(source_ref=["line 2", "line 3"])
    reading = Reading(source, dataset, "2025", frame, {}, ("KGZ",))
    (fault,) = misplaced("a.csv", reading, date(2026, 1, 31), reference)
    assert fault.place == "line 3"
    assert "UZB" in str(fault)


def test_sides_are_columns_of_areas() -> None:
    """Of each publisher's tables, and in one of the ways in which a column can name an area."""
    for one in PUBLISHERS:
        fields = {
            field.name: field.codes or ""
            for model in SOURCE_MODELS[one.name].values()
            for field in model.fields
        }
        for name in (name for side in one.sides for name in side):
            assert fields[name].startswith(("area", "m49"))


def test_a_national_publishers_scope_is_its_country(reference: Reference) -> None:
    (path, *_) = gate.bundled_files("nsc")
    with pytest.raises(Exception, match=r"column scope: found .*'KGZ'.*, expected \['ALL'\]"):
        gate.read_checked(path, reference, read_sidecar(path) | {"scope": ["ALL"]})
