"""The gate: what is accepted and lands, from the inbox and from the bundled extracts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assets.sources import gate
from assets.sources.gate import NothingAccepted, landed_table
from assets.sources.outcome import Outcome
from schemas.sources.unhcr import MODELS
from tests.assets.sources.gate_files import SIDECAR, Drop, Land, inbox, item, page
from warehouse import landing
from warehouse.home import Home
from warehouse.reference_data import Reference

pytestmark = pytest.mark.usefixtures("no_bundled_extracts")


# --- Accepted --------------------------------------------------------------------------------


def test_an_accepted_file_leaves_the_inbox_and_lands(home: Home, drop: Drop, land: Land) -> None:
    path = drop()
    content = path.read_bytes()
    outcome = land()
    assert [one.status for one in outcome.landed] == ["accepted"]
    assert inbox(home) == []
    (manifest,) = landing.accepted(home)
    assert landing.landed_file(home, manifest).read_bytes() == content
    assert (manifest.source, manifest.dataset, manifest.release) == (
        "unhcr", "population", "2023-end",
    )  # fmt: skip
    assert (manifest.scope, manifest.rows, manifest.file) == (("KGZ",), 1, "figures.json")
    assert (manifest.link, manifest.licence) == ("https://example.org/data", "CC BY 4.0")
    assert manifest.accepted
    assert manifest.why is None


def test_a_sidecar_may_be_named_after_the_whole_name(home: Home, drop: Drop, land: Land) -> None:
    path = drop(sidecar=None)
    path.with_name("figures.json.manifest.json").write_text(json.dumps(SIDECAR))
    assert len(land().accepted) == 1
    assert inbox(home) == []


def test_the_same_bytes_are_known_whatever_their_name(home: Home, drop: Drop, land: Land) -> None:
    drop()
    land()
    before = landing.accepted(home)
    drop(name="again.json")
    outcome = land()
    assert [one.status for one in outcome.landed] == ["known"]
    assert outcome.known == before
    assert inbox(home) == []
    assert landing.accepted(home) == before


def test_a_file_that_was_landed_without_a_manifest_lands_again(
    home: Home, drop: Drop, land: Land
) -> None:
    drop()
    (manifest,) = land().accepted
    landed = landing.landed_file(home, manifest)
    landed.with_name(f"{landed.name}.manifest.json").unlink()
    drop()
    assert [one.extract_id for one in land().accepted] == [manifest.extract_id]


def test_hidden_files_and_folders_are_left_alone(home: Home, drop: Drop, land: Land) -> None:
    drop(name=".figures.json.swp", sidecar=None)
    (home.inbox / "folder").mkdir()
    outcome = land()
    assert (outcome.accepted, outcome.refused) == ([], [])
    assert inbox(home) == [".figures.json.swp", "folder"]


def test_without_an_inbox_there_is_nothing_to_land(tmp_path: Path, reference: Reference) -> None:
    assert gate.land(Home(tmp_path / "nowhere"), reference) == Outcome()
    assert not gate.pending(Home(tmp_path / "nowhere"))


def test_files_of_another_publisher_wait(home: Home, drop: Drop, reference: Reference) -> None:
    path = drop()
    assert gate.land(home, reference, "idmc") == Outcome()
    assert path.is_file()
    assert gate.pending(home)
    assert len(gate.land(home, reference, "unhcr").accepted) == 1
    assert not gate.pending(home)


# --- Bundled extracts ------------------------------------------------------------------------


def test_a_bundled_extract_lands_once_and_stays_where_it_is(
    no_bundled_extracts: Path, home: Home, land: Land
) -> None:
    folder = no_bundled_extracts / "unhcr" / "population"
    folder.mkdir(parents=True)
    (folder / "2023-end.json").write_text(page())
    (folder / "2023-end.manifest.json").write_text(json.dumps(SIDECAR))
    assert gate.pending(home)
    assert len(land().accepted) == 1
    assert not gate.pending(home)
    assert len(land().known) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "2023-end.json",
        "2023-end.manifest.json",
    ]


def test_a_bundled_extract_that_was_refused_is_tried_again(
    no_bundled_extracts: Path, home: Home, land: Land
) -> None:
    beside = no_bundled_extracts / "2023-end.manifest.json"
    (no_bundled_extracts / "2023-end.json").write_text(page())
    beside.write_text(json.dumps(SIDECAR | {"rows": 7}))
    assert len(land().refused) == 1
    beside.write_text(json.dumps(SIDECAR))
    assert len(land().accepted) == 1
    assert landing.refused(home) == []


# --- The table of what landed ----------------------------------------------------------------


def test_the_landed_table_holds_all_accepted_files(
    home: Home, drop: Drop, land: Land, reference: Reference
) -> None:
    drop(name="a.json")
    drop(page(item(refugees=190)), name="b.json", sidecar=SIDECAR | {"release": "2025-end"})
    land()
    frame = landed_table(home, "unhcr", "population", reference)
    assert list(frame.columns) == MODELS["population"].columns
    told = frame[["refugees", "release"]].astype(object)
    assert sorted(told.itertuples(index=False, name=None)) == [
        (189, "2023-end"),
        (190, "2025-end"),
    ]
    assert set(frame["extract_id"]) == {one.extract_id for one in landing.accepted(home)}


def test_without_an_accepted_file_there_is_no_table(
    home: Home, drop: Drop, land: Land, reference: Reference
) -> None:
    with pytest.raises(NothingAccepted, match="unhcr/population"):
        landed_table(home, "unhcr", "population", reference)
    drop(page(item(refugees="many")))
    land()
    with pytest.raises(NothingAccepted, match="'many'"):
        landed_table(home, "unhcr", "population", reference)


# --- What is kept ----------------------------------------------------------------------------


def test_what_is_read_of_a_file_is_kept_while_it_is_landed(
    home: Home, drop: Drop, land: Land
) -> None:
    drop()
    (manifest,) = land().accepted
    (kept,) = home.parsed.glob("*/*.parquet")
    assert kept.stem == manifest.extract_id
    unfinished = [kept.with_name(".half.parquet.1"), home.landing / "unhcr" / ".half.1"]
    for path in (*unfinished, kept.with_name("gone.parquet")):
        path.write_text("half")
    older = home.parsed / "older" / kept.name
    older.parent.mkdir()
    older.write_text("older")
    land()
    assert list(home.parsed.glob("*/*")) == [kept]
    assert not any(path.exists() for path in unfinished)
    assert landing.landed_file(home, manifest).is_file()
