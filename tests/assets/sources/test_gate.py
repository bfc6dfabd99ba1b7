"""The gate: what is accepted and lands, what is refused, and what becomes of the inbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.sources import gate
from assets.sources.gate import NothingAccepted, landed_table
from assets.sources.outcome import Outcome
from schemas.sources.unhcr import MODELS, POPULATION_VALUES
from warehouse import landing
from warehouse.home import Home
from warehouse.reference_data import Reference

Drop = Callable[..., Path]
Land = Callable[[], Outcome]

SIDECAR: dict[str, Any] = {
    "publisher": "unhcr", "dataset": "population", "release": "2023-end", "scope": ["KGZ"],
    "rows": 1, "link": "https://example.org/data", "licence": "CC BY 4.0", "note": "A note.",
}  # fmt: skip


def item(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "year": 2022, "coo_id": None, "coo_name": "Afghanistan", "coo": "AFG", "coo_iso": "AFG",
        "coa_id": None, "coa_name": "Kyrgyzstan", "coa": "KGZ", "coa_iso": "KGZ",
    }  # fmt: skip
    return row | dict.fromkeys(POPULATION_VALUES, "0") | {"refugees": 189} | changes


def page(*items: dict[str, Any]) -> str:
    return json.dumps({"page": 1, "maxPages": 1, "total": [], "items": list(items) or [item()]})


@pytest.fixture(autouse=True)
def no_bundled_extracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the extracts that the repository keeps."""
    folder = tmp_path / "extracts"
    folder.mkdir()
    monkeypatch.setattr(gate, "EXTRACTS_FOLDER", folder)
    return folder


@pytest.fixture
def drop(home: Home) -> Drop:
    """Put a file into the inbox, with a sidecar unless told otherwise."""

    def put(
        content: str | bytes | None = None, name: str = "figures.json", sidecar: Any = SIDECAR
    ) -> Path:
        path = home.inbox / name
        content = page() if content is None else content
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if sidecar is not None:
            text = sidecar if isinstance(sidecar, str) else json.dumps(sidecar)
            path.with_name(f"{path.stem}.manifest.json").write_text(text)
        return path

    return put


@pytest.fixture
def land(home: Home, reference: Reference) -> Land:
    return lambda: gate.land(home, reference)


def inbox(home: Home) -> list[str]:
    return sorted(path.name for path in home.inbox.iterdir())


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


def test_an_accepted_file_takes_its_old_refusal_note_away(
    home: Home, drop: Drop, land: Land
) -> None:
    refused(land, home, drop(sidecar=SIDECAR | {"rows": 2}))
    drop()
    assert len(land().accepted) == 1
    assert inbox(home) == []
    assert landing.refused(home) == []


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
