"""What a build is made of, and where things are kept."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse import fingerprint, landing
from warehouse.home import HOME_VARIABLE, WAREHOUSE_FOLDER, Home, current
from warehouse.landing import Manifest

BASE = Manifest(
    extract_id="", source="unhcr", dataset="population", release="2023-end", scope=("KGZ",),
    file="a", bytes=1, rows=1, link=None, retrieved_at=None, landed_at="", landed_order=0,
    licence=None, licence_link=None, citation=None, figures_from=None, accepted=True, why=None,
    note=None,
)  # fmt: skip


def land(home: Home, folder: Path, content: str, **changes: object) -> None:
    path = folder / content
    path.write_text(content)
    manifest = replace(BASE, extract_id=landing.content_id(path))
    landing.keep(home, path, replace(manifest, **changes))  # type: ignore[arg-type]


def parts_after(tmp_path: Path, name: str, *files: dict[str, object]) -> dict[str, str]:
    home = Home(tmp_path / name).make()
    for changes in files:
        land(home, tmp_path, **changes)  # type: ignore[arg-type]
    return fingerprint.parts(home)


def test_the_same_files_in_another_order_are_the_same(tmp_path: Path) -> None:
    one, other = {"content": "1", "dataset": "solutions"}, {"content": "2"}
    bad: dict[str, object] = {"content": "3", "accepted": False}
    first = parts_after(tmp_path, "first", one, other, bad)
    second = parts_after(tmp_path, "second", bad, other, one)
    assert first == second
    assert fingerprint.whole(first) == fingerprint.whole(second)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"content": "other"}, "extracts/unhcr"),
        ({"release": "2025-end"}, "extracts/unhcr"),
        ({"scope": ("ALL",)}, "extracts/unhcr"),
        ({"dataset": "solutions"}, "extracts/unhcr"),
    ],
)
def test_what_was_accepted_changes_its_publishers_part_only(
    change: dict[str, object], part: str, tmp_path: Path
) -> None:
    before = parts_after(tmp_path, "before", {"content": "1"})
    after = parts_after(tmp_path, "after", {"content": "1"} | change)
    assert {name for name in before if before[name] != after[name]} == {part}
    assert fingerprint.whole(before) != fingerprint.whole(after)


def test_publishers_have_parts_of_their_own(tmp_path: Path) -> None:
    before = parts_after(tmp_path, "before", {"content": "1"})
    after = parts_after(tmp_path, "after", {"content": "1"}, {"content": "2", "source": "idmc"})
    assert after.keys() - before.keys() == {"extracts/idmc"}
    assert after["extracts/unhcr"] == before["extracts/unhcr"]


def test_a_refused_file_changes_the_fingerprint(tmp_path: Path) -> None:
    before = parts_after(tmp_path, "before", {"content": "1"})
    after = parts_after(tmp_path, "after", {"content": "1"}, {"content": "2", "accepted": False})
    assert {name for name in before if before[name] != after[name]} == {"refused"}


def test_reference_data_change_their_part(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint.parts(home)
    own = tmp_path / "reference"
    shutil.copytree(fingerprint.REFERENCE_FOLDER, own)
    monkeypatch.setattr(fingerprint, "REFERENCE_FOLDER", own)
    assert fingerprint.parts(home) == before
    with (own / "parameter.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    after = fingerprint.parts(home)
    assert {name for name in before if before[name] != after[name]} == {"reference"}


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree of code."""
    root = tmp_path / "code"
    for name in ("schemas/a.py", "warehouse/b.py", "assets/x/c.py", "warehouse/views/v.sql",
                 "warehouse/extracts/write.py", "assets/outputs/site/d.py",
                 "pipelines/cli.py"):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("schemas/a.py", True),
        ("warehouse/b.py", True),
        ("assets/x/c.py", True),
        ("warehouse/views/v.sql", True),
        ("warehouse/extracts/write.py", False),
        ("assets/outputs/site/d.py", False),
        ("pipelines/cli.py", False),
    ],
)
def test_code_that_makes_figures_changes_the_fingerprint(
    name: str, counts: bool, code: Path
) -> None:
    before = fingerprint.code_fingerprint(code)
    (code / name).write_text("changed")
    assert (fingerprint.code_fingerprint(code) != before) == counts


def test_a_renamed_module_changes_the_fingerprint(code: Path) -> None:
    before = fingerprint.code_fingerprint(code)
    (code / "schemas" / "a.py").rename(code / "schemas" / "b.py")
    assert fingerprint.code_fingerprint(code) != before


def test_a_newer_library_changes_the_fingerprint(
    code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint.code_fingerprint(code)
    monkeypatch.setattr(fingerprint, "version", lambda name: "9.9")
    assert fingerprint.code_fingerprint(code) != before


def test_the_home_is_the_folder_of_the_warehouse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    assert current().root == WAREHOUSE_FOLDER


def test_an_empty_variable_names_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, "")
    assert current().root == WAREHOUSE_FOLDER


def test_the_variable_moves_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "a" / ".." / "moved"))
    home = current()
    assert home.root == tmp_path / "moved"
    for path in (home.database, home.var, home.landing, home.quarantine, home.inbox, home.tables,
                 home.building, home.dagster, home.lock):  # fmt: skip
        assert path.is_relative_to(home.root), path


def test_a_home_below_the_users_own_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(HOME_VARIABLE, "~/moved")
    assert current().root == tmp_path / "moved"


def test_folders_are_made_and_made_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "new")
    assert home.make().make() == home
    assert home.landing.is_dir()
    assert home.building.is_dir()
