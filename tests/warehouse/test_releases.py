"""Releases that nobody registered: a fetched file is the release of the day it was fetched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.combining import combine
from assets.sources import gate
from assets.sources.acceptance import accept
from assets.sources.outcome import Landed
from assets.sources.sidecar import read_sidecar
from assets.sources.unhcr.harmonise import harmonise
from schemas.reference import REFERENCE_TABLES
from warehouse import database, landing
from warehouse.home import EXTRACTS_FOLDER, Home
from warehouse.landing import Manifest
from warehouse.reference_data import Reference
from warehouse.releases import reference_of, releases

POPULATION = EXTRACTS_FOLDER / "unhcr" / "population" / "2025-end.json"
FROM_YEAR = 2022
Fetch = Callable[..., Landed]


def manifest(content: str, **changes: Any) -> Manifest:
    good: dict[str, Any] = {
        "extract_id": content, "source": "unhcr", "dataset": "population", "release": "2025-end",
        "scope": ("KGZ",), "file": "a.json", "bytes": 1, "rows": 1, "link": None,
        "retrieved_at": None, "landed_at": "", "landed_order": -1, "licence": None,
        "licence_link": None, "citation": None, "figures_from": None, "accepted": True,
        "why": None, "note": None,
    }  # fmt: skip
    return Manifest(**{**good, **changes})


def held(home: Home, tmp_path: Path, *changes: dict[str, Any]) -> None:
    for number, change in enumerate(changes):
        path = tmp_path / f"{number}"
        path.write_text(str(number))
        landing.keep(home, path, manifest(landing.content_id(path), **change))


def found(home: Home, reference: Reference, dataset: str = "population") -> dict[str, Any]:
    """Rows of one dataset by release, without those that are registered."""
    rows = releases(home, reference)
    registered = set(reference.table("release")["release"].astype(str))
    own = rows[(rows["dataset"] == dataset) & ~rows["release"].astype(str).isin(registered)]
    return {str(one["release"]): one for one in own.to_dict("records")}


def fetched(day: str, **changes: Any) -> dict[str, Any]:
    return {"release": day, "known_on": day, "fetched": True} | changes


def test_without_fetched_files_the_registered_releases_are_all(
    home: Home, reference: Reference, tmp_path: Path
) -> None:
    held(home, tmp_path, {})
    pd.testing.assert_frame_equal(releases(home, reference), reference.table("release"))


def test_a_fetched_file_is_known_from_the_day_it_was_fetched(
    home: Home, reference: Reference, tmp_path: Path
) -> None:
    held(home, tmp_path, fetched("2026-10-30"), fetched("2026-10-30", scope=("ALL",)))
    (row,) = found(home, reference).values()
    assert row["known_on_from"] == row["known_on_to"] == date(2026, 10, 30)


def test_a_registered_release_stays_as_it_was_registered(
    home: Home, reference: Reference, tmp_path: Path
) -> None:
    held(home, tmp_path, {"known_on": "2026-10-30", "fetched": True})
    pd.testing.assert_frame_equal(releases(home, reference), reference.table("release"))


@pytest.mark.parametrize(
    ("day", "year"),
    [("2026-10-30", 2026), ("2027-06-09", 2026), ("2027-06-10", 2027), ("2027-12-31", 2027)],
)
def test_a_year_is_interim_until_its_figures_are_final(
    day: str, year: int, home: Home, reference: Reference, tmp_path: Path
) -> None:
    held(home, tmp_path, fetched(day))
    row = found(home, reference)[day]
    assert (row["interim_year"], row["interim_reference_date"]) == (year, date(year, 6, 30))


def test_other_publishers_have_no_interim_year(
    home: Home, reference: Reference, tmp_path: Path
) -> None:
    held(home, tmp_path, fetched("2026-10-30", source="idmc", dataset="conflicts"))
    row = found(home, reference, "conflicts")["2026-10-30"]
    assert pd.isna(row["interim_year"])
    assert pd.isna(row["interim_reference_date"])


def test_on_a_day_that_is_taken_it_counts_from_the_next_free_one(
    home: Home, reference: Reference, tmp_path: Path
) -> None:
    # The release of 2025-end became known on that day.
    held(home, tmp_path, fetched("2026-06-26"), fetched("2026-06-25"))
    rows = found(home, reference)
    assert [rows[day]["known_on_to"] for day in ("2026-06-25", "2026-06-26")] == [
        date(2026, 6, 26),
        date(2026, 6, 27),
    ]
    assert rows["2026-06-25"]["known_on_from"] == date(2026, 6, 25)


# --- A fetched file becomes the current release ----------------------------------------------


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last years of UNHCR's newest bundled population file, with its sidecar."""
    pages = json.loads(POPULATION.read_text(encoding="utf-8"))
    for page in pages:
        page["items"] = [one for one in page["items"] if one["year"] >= FROM_YEAR]
    path = tmp_path_factory.mktemp("population") / POPULATION.name
    path.write_text(json.dumps(pages), encoding="utf-8")
    sidecar = read_sidecar(POPULATION) | {"rows": sum(len(page["items"]) for page in pages)}
    path.with_suffix(landing.MANIFEST_SUFFIX).write_text(json.dumps(sidecar), encoding="utf-8")
    return path


@pytest.fixture
def fetch(home: Home, reference: Reference, population: Path, tmp_path: Path) -> Fetch:
    """Land UNHCR's newest population file as if it were fetched, with changes."""

    def land(day: str, change: Callable[[list[dict[str, Any]]], None], stamp: str = "") -> Landed:
        content = json.loads(population.read_text(encoding="utf-8"))
        for page in content if isinstance(content, list) else [content]:
            page["stamp"] = stamp
            change(page["items"])
        path = tmp_path / f"fetched-{day}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        sidecar = {
            "publisher": "unhcr", "dataset": "population", "scope": ["KGZ"], "fetched": True,
            "retrieved_at": f"{day}T05:00:00+00:00",
        }  # fmt: skip
        return gate.land_file(home, reference, path, sidecar)

    return land


def changed(items: list[dict[str, Any]]) -> None:
    """Afghan refugees in Kyrgyzstan of 2024 are one more, and of 2026 there are 7,000."""
    pair = (2024, "AFG", "KGZ")
    for row in [one for one in items if (one["year"], one["coo_iso"], one["coa_iso"]) == pair]:
        items.append({**row, "year": 2026, "refugees": 7000})
        row["refugees"] = int(row["refugees"]) + 1


def changed_twice(items: list[dict[str, Any]]) -> None:
    changed(items)
    for row in items:
        if row["year"] == 2026:
            row["refugees"] = 7001


@pytest.fixture
def warehouse_of(home: Home, reference: Reference) -> Callable[[], duckdb.DuckDBPyConnection]:
    """The views over the population files that a home holds."""

    def make() -> duckdb.DuckDBPyConnection:
        known = reference_of(home, reference)
        table = gate.landed_table(home, "unhcr", "population", known)
        extracts = landing.as_frame(landing.accepted(home))
        tables = {model.name: known.table(model.name) for model in REFERENCE_TABLES}
        facts = combine(
            harmonise({"population": table}, known), extracts,
            tables["release"], tables["dataset"], tables["area"],
        )  # fmt: skip
        return database.in_memory({**tables, **vars(facts), "extract": extracts})

    return make


FIGURES = """
SELECT year, value, release, obs_status FROM {}
WHERE origin = 'AFG' AND destination = 'KGZ' AND indicator = 'refugees' AND year >= 2024
ORDER BY ALL
"""


def test_a_fetched_file_becomes_the_current_release(
    home: Home,
    reference: Reference,
    population: Path,
    fetch: Fetch,
    warehouse_of: Callable[[], duckdb.DuckDBPyConnection],
) -> None:
    gate.land_file(home, reference, population)
    with warehouse_of() as connection:
        before = connection.sql("FROM country_stock ORDER BY ALL").fetchall()
        old = connection.sql(FIGURES.format("stock")).fetchall()
    assert fetch("2026-10-30", changed).status == "accepted"
    with warehouse_of() as connection:
        assert connection.sql(FIGURES.format("stock")).fetchall() == [
            (2024, old[0][1] + 1, "2026-10-30", "A"),
            (2025, old[1][1], "2026-10-30", "A"),
            (2026, 7000, "2026-10-30", "P"),
        ]
        assert connection.sql(FIGURES.format("stock_superseded")).fetchall() == old
        last_days = connection.sql(
            "SELECT DISTINCT reference_date FROM stock WHERE year = 2026"
        ).fetchall()
        assert last_days == [(date(2026, 6, 30),)]
        for day in ("2026-06-25", "2026-10-29"):
            known = f"FROM country_stock_known_on(DATE '{day}') ORDER BY ALL"
            assert connection.sql(known).fetchall() == before
        now = "FROM country_stock_known_on(DATE '2026-10-30') EXCEPT ALL FROM country_stock"
        assert connection.sql(now).fetchall() == []


def test_of_two_files_of_one_day_the_last_landed_counts(
    home: Home,
    reference: Reference,
    population: Path,
    fetch: Fetch,
    warehouse_of: Callable[[], duckdb.DuckDBPyConnection],
) -> None:
    gate.land_file(home, reference, population)

    fetch("2026-10-30", changed)
    fetch("2026-10-30", changed_twice)
    with warehouse_of() as connection:
        newest = connection.sql(FIGURES.format("stock")).fetchall()[-1]
        assert newest == (2026, 7001, "2026-10-30", "P")
        assert connection.sql("SELECT DISTINCT release FROM stock_superseded").fetchall() == [
            ("2025-end",)
        ]


def test_the_same_figures_in_other_bytes_are_no_release(
    home: Home, reference: Reference, population: Path, fetch: Fetch
) -> None:
    first = gate.land_file(home, reference, population)
    again = fetch("2026-10-30", lambda items: items.reverse(), stamp="30 October")
    assert (again.status, again.manifest) == ("unchanged", first.manifest)
    assert landing.accepted(home) == [first.manifest]
    assert landing.refused(home) == []
    assert fetch("2026-11-06", changed).status == "accepted"
    # What was held before the newest is other than the newest.
    assert fetch("2026-11-13", lambda items: None, stamp="13 November").status == "accepted"


def test_the_same_bytes_are_known(home: Home, reference: Reference, fetch: Fetch) -> None:
    first = fetch("2026-10-30", changed)
    again = fetch("2026-10-31", changed)
    assert (again.status, again.manifest) == ("known", first.manifest)


@pytest.mark.parametrize("day", ["2026-11-13", "2026-11-06"], ids=["later", "on the same day"])
def test_a_publisher_that_goes_back_to_what_it_said_before_is_followed(
    day: str,
    home: Home,
    reference: Reference,
    population: Path,
    fetch: Fetch,
    warehouse_of: Callable[[], duckdb.DuckDBPyConnection],
) -> None:
    gate.land_file(home, reference, population)
    first = fetch("2026-11-06", changed).manifest
    fetch("2026-11-06", changed_twice)
    again = fetch(day, changed)
    assert again.status == "accepted"
    assert again.manifest.extract_id == f"{first.extract_id}-2"
    with warehouse_of() as connection:
        assert connection.sql(FIGURES.format("stock")).fetchall()[-1] == (2026, 7000, day, "P")
        # As it was known before that: what was taken back, if a day lies between.
        known = FIGURES.format("stock_known_on(DATE '2026-11-12')")
        told = connection.sql(known).fetchall()[-1]
        assert told == (2026, 7000 if day == "2026-11-06" else 7001, "2026-11-06", "P")
        ((place,),) = connection.sql(
            "SELECT DISTINCT extract_id FROM stock WHERE year = 2026"
        ).fetchall()
    assert place == again.manifest.extract_id
    # The bytes lie there once, and are found under both names.
    files = [landing.landed_file(home, one) for one in (first, again.manifest)]
    assert files[0] == files[1]
    # It is current now, so that it is known when it comes once more.
    assert fetch("2026-11-20", changed).status == "known"
    # Its rows are told apart also when they must be read anew.
    shutil.rmtree(home.parsed)
    with warehouse_of() as connection:
        assert connection.sql(FIGURES.format("stock")).fetchall()[-1] == (2026, 7000, day, "P")


def test_going_back_too_far_is_a_jump_that_a_person_may_pass(
    home: Home, reference: Reference, population: Path, fetch: Fetch
) -> None:
    def fewer(items: list[dict[str, Any]]) -> None:
        del items[: len(items) // 2]

    gate.land_file(home, reference, population)
    first = fetch("2026-10-30", fewer)
    accepted = accept(home, reference, first.manifest.extract_id, "Aida", "Confirmed by letter.")
    back = fetch("2026-10-31", changed)
    accept(home, reference, back.manifest.extract_id, "Aida", "It was a mistake.")
    again = fetch("2026-11-01", fewer)
    assert again.status == "refused"
    assert again.manifest.extract_id == f"{accepted.extract_id}-2"
    passed = accept(home, reference, again.manifest.extract_id, "Aida", "Confirmed again.")
    assert landing.landed_file(home, passed) == landing.landed_file(home, accepted)
    assert set(gate.rows_of(home, passed, reference)["extract_id"]) == {passed.extract_id}
    assert landing.refused(home) == []


@pytest.mark.parametrize("moment", [None, "", "yesterday", "2026-13-01T00:00:00"])
def test_a_fetched_file_must_say_when(
    moment: str | None, home: Home, reference: Reference, population: Path
) -> None:
    sidecar = {"dataset": "population", "scope": ["KGZ"], "fetched": True, "retrieved_at": moment}
    landed = gate.land_file(home, reference, population, sidecar)
    assert landed.status == "refused"
    assert "retrieved_at" in str(landed.why)


def test_a_day_to_come_is_refused(home: Home, reference: Reference, population: Path) -> None:
    day = (date.today() + timedelta(days=400)).isoformat()
    sidecar = {"scope": ["KGZ"], "release": "by letter", "known_on": day}
    landed = gate.land_file(home, reference, population, sidecar)
    assert f"found '{day}', expected a day that is past" in str(landed.why)


def test_a_release_by_letter_needs_no_row_if_its_day_is_said(
    home: Home, reference: Reference, population: Path
) -> None:
    sidecar = {"scope": ["KGZ"], "release": "by letter", "known_on": "2026-07-01"}
    landed = gate.land_file(home, reference, population, sidecar)
    assert (landed.status, landed.manifest.release) == ("accepted", "by letter")
    assert found(home, reference)["by letter"]["known_on_to"] == date(2026, 7, 1)
