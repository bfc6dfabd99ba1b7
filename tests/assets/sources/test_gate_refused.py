"""The gate: what is refused and why, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.sources.gate import landed_table
from assets.sources.outcome import Outcome
from tests.assets.sources.gate_files import SIDECAR, Drop, Land, inbox, item, page
from warehouse import landing
from warehouse.home import Home
from warehouse.reference_data import Reference

pytestmark = pytest.mark.usefixtures("no_bundled_extracts")


def refused(land: Land, home: Home, path: Path) -> str:
    """Land a file that must be refused: quarantined, explained, never landed."""
    content = path.read_bytes()
    outcome = land()
    assert outcome.accepted == []
    (manifest,) = outcome.refused
    assert not path.exists()
    note = path.with_name(f"{path.name}.refused.txt").read_text(encoding="utf-8")
    assert note == f"{manifest.why}\n"
    assert landing.accepted(home) == []
    assert [one.extract_id for one in landing.refused(home)] == [manifest.extract_id]
    assert landing.landed_file(home, manifest).read_bytes() == content
    assert landing.landed_file(home, manifest).parent == home.quarantine
    assert list(home.landing.rglob("*")) == []
    return note


# --- Refused ---------------------------------------------------------------------------------


def test_a_refused_file_is_explained_and_its_sidecar_stays(
    home: Home, drop: Drop, land: Land
) -> None:
    note = refused(land, home, drop(page(item(refugees="many"))))
    assert "$.items[0]" in note
    assert "refugees" in note
    assert inbox(home) == ["figures.json.refused.txt", "figures.manifest.json"]


def test_a_refused_file_changes_nothing_that_was_accepted(
    home: Home, drop: Drop, land: Land, reference: Reference
) -> None:
    drop()
    land()
    before = landed_table(home, "unhcr", "population", reference)
    drop(page(item(refugees=-5)))
    assert len(land().refused) == 1
    pd.testing.assert_frame_equal(landed_table(home, "unhcr", "population", reference), before)
    assert len(landing.standing_refusals(home)) == 1


def test_an_unknown_release_is_refused_and_says_what_to_do(
    home: Home, drop: Drop, land: Land
) -> None:
    note = refused(land, home, drop(sidecar=SIDECAR | {"release": "2031-end"}))
    assert "'2031-end'" in note
    assert "add a row" in note
    assert "2023-end" in note


def test_a_release_that_nobody_says_is_refused(home: Home, drop: Drop, land: Land) -> None:
    note = refused(land, home, drop(sidecar={k: v for k, v in SIDECAR.items() if k != "release"}))
    assert "release" in note
    assert "figures.json.manifest.json" in note


def test_a_scope_that_nobody_says_is_refused(home: Home, drop: Drop, land: Land) -> None:
    note = refused(land, home, drop(sidecar={k: v for k, v in SIDECAR.items() if k != "scope"}))
    assert "the countries that it is complete for, or ALL" in note


def test_a_file_without_a_sidecar_is_refused(home: Home, drop: Drop, land: Land) -> None:
    note = refused(land, home, drop(sidecar=None))
    assert "release" in note
    assert "scope" in note
    assert inbox(home) == ["figures.json.refused.txt"]


@pytest.mark.parametrize("scope", [["KGX"], ["KGZ", "Kyrgyzstan"], ["all"]])
def test_a_scope_of_no_area_is_refused(
    scope: list[str], home: Home, drop: Drop, land: Land
) -> None:
    note = refused(land, home, drop(sidecar=SIDECAR | {"scope": scope}))
    assert f"found {scope[-1]!r}, expected an area code or ALL" in note


@pytest.mark.parametrize("scope", [["ALL"], ["KGZ", "TJK"]])
def test_a_scope_may_be_the_world_or_several(
    scope: list[str], home: Home, drop: Drop, land: Land
) -> None:
    drop(sidecar=SIDECAR | {"scope": scope})
    assert [one.scope for one in land().accepted] == [tuple(scope)]


@pytest.mark.parametrize(
    ("said", "value"),
    [("publisher", "idmc"), ("dataset", "solutions"), ("rows", 2), ("rows", 0)],
)
def test_a_sidecar_that_contradicts_the_file_is_refused(
    said: str, value: Any, home: Home, drop: Drop, land: Land
) -> None:
    note = refused(land, home, drop(sidecar=SIDECAR | {said: value}))
    assert f"{value!r}, as its manifest says" in note


def test_a_file_with_fewer_rows_than_its_sidecar_says_is_refused(
    home: Home, drop: Drop, land: Land
) -> None:
    two = page(item(), item(year=2021))
    note = refused(land, home, drop(two, sidecar=SIDECAR | {"rows": 3}))
    assert "found '2', expected 3" in note


@pytest.mark.parametrize("text", ["{", "", "not JSON", "\udcff"])
def test_a_sidecar_that_is_no_json_is_refused(
    text: str, home: Home, drop: Drop, land: Land
) -> None:
    path = drop(sidecar=None)
    beside = path.with_name("figures.manifest.json")
    beside.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    assert "figures.manifest.json" in refused(land, home, path)


def test_a_sidecar_that_is_a_list_is_refused(home: Home, drop: Drop, land: Land) -> None:
    assert "a JSON object" in refused(land, home, drop(sidecar="[1]"))


@pytest.mark.parametrize(
    "changes",
    [{"scope": 5}, {"scope": [["KGZ"]]}, {"release": ["2023-end"]}],
)
def test_a_sidecar_of_the_wrong_types_is_refused(
    changes: dict[str, Any], home: Home, drop: Drop, land: Land
) -> None:
    refused(land, home, drop(sidecar=SIDECAR | changes))


def test_a_scope_that_is_a_text_is_refused(home: Home, drop: Drop, land: Land) -> None:
    assert "scope" in refused(land, home, drop(sidecar=SIDECAR | {"scope": "KGZ"}))


@pytest.mark.parametrize(
    "changes",
    [{"coo_iso": "QQQ"}, {"year": 1066}, {"stateless": "1.5"}, {"refugees": "1 000"}],
)
def test_a_row_that_breaks_the_schema_is_refused(
    changes: dict[str, Any], home: Home, drop: Drop, land: Land
) -> None:
    note = refused(land, home, drop(page(item(**changes))))
    assert str(next(iter(changes.values()))) in note


def test_a_repeated_row_is_refused(home: Home, drop: Drop, land: Land) -> None:
    note = refused(land, home, drop(page(item(), item(refugees=5)), sidecar=SIDECAR | {"rows": 2}))
    assert "$.items[0]" in note
    assert "$.items[1]" in note


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"a,b\n1,2\n", b"<html></html>"])
def test_a_file_of_nobody_is_refused(content: bytes, home: Home, drop: Drop, land: Land) -> None:
    refused(land, home, drop(content, sidecar=None))
    (manifest,) = landing.refused(home)
    assert (manifest.source, manifest.dataset) == ("unknown", "unknown")


def test_a_file_that_is_dropped_again_is_refused_again_but_kept_once(
    home: Home, drop: Drop, land: Land
) -> None:
    bad = page(item(refugees="many"))
    refused(land, home, drop(bad))
    before = landing.refused(home)
    refused(land, home, drop(bad))
    assert landing.refused(home) == before


def test_one_refused_file_does_not_stop_the_next(home: Home, drop: Drop, land: Land) -> None:
    drop(b"nothing", name="a.json")
    drop(name="b.json")
    outcome = land()
    assert (len(outcome.refused), len(outcome.accepted)) == (1, 1)
    assert inbox(home) == ["a.json.refused.txt", "a.manifest.json"]


def test_a_sidecar_of_two_files_serves_both(home: Home, drop: Drop, land: Land) -> None:
    drop(name="figures.json")
    drop(page(item(refugees=190)), name="figures.txt", sidecar=None)
    assert len(land().accepted) == 2


def test_an_accepted_file_takes_its_old_refusal_note_away(
    home: Home, drop: Drop, land: Land
) -> None:
    refused(land, home, drop(sidecar=SIDECAR | {"rows": 2}))
    drop()
    assert len(land().accepted) == 1
    assert inbox(home) == []
    assert landing.refused(home) == []


# --- Paths are never made of what a stranger says ---------------------------------------------


@pytest.mark.parametrize("said", ["../../elsewhere", "/elsewhere", "idmc", "."])
@pytest.mark.parametrize("name", ["publisher", "dataset"])
def test_no_folder_is_taken_from_the_sidecar(
    name: str, said: str, home: Home, drop: Drop, land: Land
) -> None:
    before = {path for path in home.root.parent.rglob("*") if not path.is_relative_to(home.root)}
    refused(land, home, drop(sidecar=SIDECAR | {name: said}))
    after = {path for path in home.root.parent.rglob("*") if not path.is_relative_to(home.root)}
    assert before == after
    assert all(path.parent == home.quarantine for path in home.quarantine.rglob("*"))


@pytest.mark.parametrize("name", ["..json", "-rf.json", "a b;c.json", "идея.json"])
def test_no_path_is_made_of_the_files_name(name: str, home: Home, drop: Drop, land: Land) -> None:
    if name.startswith("."):
        # A hidden file is not looked at.
        drop(name=name, sidecar=None)
        assert land() == Outcome()
        return
    drop(name=name)
    (manifest,) = land().accepted
    assert manifest.file == name
    assert landing.landed_file(home, manifest) == (
        home.landing / "unhcr" / "population" / manifest.extract_id
    )
