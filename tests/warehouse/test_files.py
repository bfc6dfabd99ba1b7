"""A folder is replaced whole or not at all, and only if it is ours."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from warehouse.files import DAY, NotOurs, replacing_folder

MARKER = "ours.json"


def write(path: Path, page: str) -> None:
    with replacing_folder(path, MARKER) as folder:
        (folder / MARKER).touch()
        (folder / page).touch()


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.iterdir())


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "outputs" / "site"
    write(path, "old.html")
    write(path, "new.html")
    assert names(path) == ["new.html", MARKER]
    assert names(path.parent) == ["site"]


def test_what_breaks_leaves_the_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "site"
    write(path, "old.html")
    with pytest.raises(FileNotFoundError), replacing_folder(path, MARKER) as folder:
        (folder / "missing" / "half.html").touch()
    assert names(path) == ["old.html", MARKER]
    assert names(tmp_path) == ["site"]


def test_a_folder_that_came_meanwhile_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "site"
    write(path, "old.html")
    with replacing_folder(path, MARKER) as folder:
        (folder / MARKER).touch()
        write(path, "theirs.html")
    assert names(path) == [MARKER]


@pytest.mark.parametrize("name", ["letter.txt", ".hidden"])
def test_somebody_elses_folder_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("dear")
    with pytest.raises(NotOurs, match="not an earlier output"):
        write(tmp_path, "page.html")
    assert names(tmp_path) == [name]


def test_a_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("dear")
    with pytest.raises(NotOurs):
        write(tmp_path / "site", "page.html")


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    write(tmp_path / "site", "page.html")
    assert names(tmp_path / "site") == [MARKER, "page.html"]


def test_what_a_killed_build_left_goes_after_a_day(tmp_path: Path) -> None:
    for name, age in (("killed", DAY + 60), ("at-work", 60)):
        (tmp_path / f".site.{name}").mkdir()
        os.utime(tmp_path / f".site.{name}", (time.time() - age, time.time() - age))
    write(tmp_path / "site", "page.html")
    assert names(tmp_path) == [".site.at-work", "site"]
