"""Earlier builds: kept at publishing, listed, brought back, and whole after a kill anywhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.small_builds import build_id, built
from warehouse import database, hold, previous
from warehouse.home import Home
from warehouse.previous import BuildUnreadable, NoSuchBuild


def published(home: Home, *numbers: int) -> None:
    for number in numbers:
        database.publish(home, built(home.building, number))


def figure(home: Home) -> int:
    with database.open_read_only(home) as connection:
        found = connection.sql("SELECT max(value) FROM stock").fetchone()
    assert found is not None
    return int(found[0])


def kept(home: Home) -> list[str]:
    return [path.stem for path in previous.kept_files(home)]


# --- keeping


def test_the_first_publication_has_nothing_to_keep(home: Home) -> None:
    published(home, 1)
    assert kept(home) == []


def test_what_is_replaced_is_kept_without_a_copy(home: Home) -> None:
    published(home, 1)
    replaced = home.database.stat()
    published(home, 2)
    assert kept(home) == [build_id(1)]
    assert previous.kept_files(home)[0].stat().st_ino == replaced.st_ino
    assert figure(home) == 2


def test_where_there_are_no_hard_links_it_is_copied(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_here(self: Path, target: Path) -> None:
        raise OSError("no hard links")

    monkeypatch.setattr(Path, "hardlink_to", none_here)
    published(home, 1, 2)
    assert kept(home) == [build_id(1)]
    assert previous.read_build(previous.kept_files(home)[0]).build_id == build_id(1)


def test_a_connection_of_this_process_to_an_older_file_does_not_give_its_name(home: Home) -> None:
    published(home, 1)
    with database.open_read_only(home):
        published(home, 2, 3)
        assert kept(home) == [build_id(1), build_id(2)]


def test_a_published_file_that_is_no_build_is_not_kept(home: Home) -> None:
    home.database.write_bytes(b"nothing that DuckDB reads")
    published(home, 2)
    assert list(home.previous.iterdir()) == []
    assert figure(home) == 2


def test_the_newest_stay_and_a_strangers_file_is_left_alone(home: Home) -> None:
    published(home, 1, 2, 3, 4)
    stranger = home.previous / "mine.duckdb"
    stranger.write_bytes(b"")
    removed = previous.forget_older(home, 2)
    assert [path.stem for path in removed] == [build_id(1)]
    assert kept(home) == [build_id(2), build_id(3)]
    assert stranger.exists()


def test_the_current_build_does_not_count_among_the_earlier_ones(home: Home) -> None:
    published(home, 1, 2)
    hold.roll_back(home, previous.find(home))
    assert kept(home) == [build_id(1), build_id(2)]
    assert previous.forget_older(home, 1) == []
    assert [path.stem for path in previous.forget_older(home, 0)] == [build_id(2)]


# --- history


def test_history_tells_what_changed_and_leaves_out_what_is_broken(home: Home) -> None:
    published(home, 1, 2, 3)
    (home.previous / f"{build_id(4)}.duckdb").write_bytes(b"broken")
    third, second, first = previous.history(home)
    assert (third.build_id, third.path) == (build_id(3), home.database)
    assert third.rows == {"stock": 3, "flow": 1, "build": 1}
    assert third.changed_parts(second) == ["extracts/unhcr"]
    assert first.changed_parts(None) == []
    assert first.built_at == "2026-01-01 00:00:01"


def test_without_a_warehouse_there_is_no_history(home: Home) -> None:
    assert previous.history(home) == []
    assert previous.published_id(home) is None


# --- back


def test_back_to_the_one_before_and_its_hold(home: Home) -> None:
    published(home, 1, 2, 3)
    wanted = previous.find(home)
    standing = hold.roll_back(home, wanted, "the figures of 2025 are wrong")
    assert (standing.build_id, standing.why) == (build_id(2), "the figures of 2025 are wrong")
    assert hold.held(home) == standing
    assert figure(home) == 2
    assert kept(home) == [build_id(1), build_id(2), build_id(3)]
    assert list(home.building.iterdir()) == []


def test_back_twice_and_forward_again(home: Home) -> None:
    published(home, 1, 2, 3)
    hold.roll_back(home, previous.find(home))
    hold.roll_back(home, previous.find(home))
    assert figure(home) == 1
    hold.roll_back(home, previous.find(home, build_id(3)[:15]))
    assert figure(home) == 3
    told = hold.held(home)
    assert told is not None
    assert told.build_id == build_id(3)


def test_a_reader_keeps_its_figures_through_a_rollback(home: Home) -> None:
    published(home, 1, 2)
    reader = database.open_read_only(home)
    hold.roll_back(home, previous.find(home))
    assert reader.sql("SELECT max(value) FROM stock").fetchall() == [(2,)]
    reader.close()
    assert figure(home) == 1


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("2025", "no kept build begins"),
        ("20260101", "several kept builds"),
        (build_id(3), "the c"),
    ],
)
def test_a_build_that_is_not_one_of_the_kept_is_refused(home: Home, named: str, told: str) -> None:
    published(home, 1, 2, 3)
    with pytest.raises(NoSuchBuild, match=told):
        previous.find(home, named)


def test_without_a_build_before_there_is_no_way_back(home: Home) -> None:
    published(home, 1)
    with pytest.raises(NoSuchBuild, match="no build before"):
        previous.find(home)


def test_a_published_file_that_was_deleted_comes_back(home: Home) -> None:
    published(home, 1, 2)
    home.database.unlink()
    hold.roll_back(home, previous.find(home))
    assert figure(home) == 1


def test_a_kept_build_with_a_broken_block_is_refused_and_nothing_changes(home: Home) -> None:
    path = built(home.building, 1)
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE long AS SELECT hash(range) AS x FROM range(200000)")
    database.publish(home, path)
    published(home, 2)
    broken = previous.find(home)
    content = bytearray(broken.path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    broken.path.write_bytes(content)
    with pytest.raises(BuildUnreadable, match="can't be read"):
        hold.roll_back(home, broken)
    assert figure(home) == 2
    assert hold.held(home) is None
    assert list(home.building.iterdir()) == []


def test_a_view_that_does_not_answer_is_refused(home: Home) -> None:
    path = built(home.building, 1)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE stock")
    database.publish(home, path)
    published(home, 2)
    with pytest.raises(BuildUnreadable, match="stock"):
        hold.roll_back(home, previous.find(home))
    assert figure(home) == 2


# --- the hold


def test_a_hold_ends_when_released_and_does_not_stand_for_another_build(home: Home) -> None:
    published(home, 1, 2)
    standing = hold.roll_back(home, previous.find(home))
    assert str(standing).startswith(f"build {build_id(1)} is held by ")
    assert str(standing).endswith("no reason given")
    assert hold.release(home) == standing
    assert hold.held(home) is None
    assert hold.release(home) is None
    hold.roll_back(home, previous.find(home, build_id(2)))
    published(home, 3)
    assert hold.held(home) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"build_id": "x"}'])
def test_a_hold_that_nobody_can_read_holds_nothing(home: Home, text: str) -> None:
    published(home, 1)
    home.hold.write_text(text, encoding="utf-8")
    assert hold.held(home) is None


# --- kills


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the process die before the given call that changes the disk, and do nothing after it.

    Args:
        step: The call, counted from 0.
        monkeypatch: What puts the calls back.

    Yields:
        Names of the calls so far, and "killed" where it died.
    """
    calls: list[str] = []

    def dying(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if "killed" in calls:
                # What a `finally` would still do is done no more.
                raise Killed
            calls.append(name)
            if len(calls) - 1 < step:
                return real(*given, **named)
            calls.append("killed")
            raise Killed

        return call

    with monkeypatch.context() as patch:
        for owner, name in (
            (Path, "hardlink_to"), (Path, "replace"), (Path, "unlink"), (Path, "write_text"),
            (os, "fsync"), (shutil, "copyfile"),
        ):  # fmt: skip
            patch.setattr(owner, name, dying(name, getattr(owner, name)))
        yield calls


def whole(home: Home, allowed: set[int]) -> None:
    """The published file answers with one of the figures, and every kept build is whole."""
    assert figure(home) in allowed
    for path in previous.kept_files(home):
        assert previous.read_build(path).build_id == path.stem


def die_everywhere(
    work: Callable[[], object],
    check: Callable[[], None],
    fresh: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """Do the work once for each call that it makes, dying there; give the calls it makes."""
    for step in range(100):
        fresh()
        with killed_at(step, monkeypatch) as calls:
            try:
                work()
            except Killed:
                pass
            else:
                break
        check()
    assert "killed" not in calls
    return calls


def test_a_kill_anywhere_in_publishing_leaves_all_whole(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(home, 1, 2)
    made, start = built(tmp_path / "made", 3), tmp_path / "start"
    shutil.copytree(home.root, start)

    def fresh() -> None:
        shutil.rmtree(home.root)
        shutil.copytree(start, home.root)
        shutil.copyfile(made, home.building / "next.duckdb")

    def work() -> None:
        database.publish(home, home.building / "next.duckdb")
        previous.forget_older(home, 1)

    def check() -> None:
        whole(home, {2, 3})
        # The one after it needs no cleaning up.
        published(home, 4)
        previous.forget_older(home, 5)
        assert figure(home) == 4
        assert {build_id(2)} <= set(kept(home)) <= {build_id(1), build_id(2), build_id(3)}
        assert {path.name for path in home.previous.iterdir()} == {
            f"{n}.duckdb" for n in kept(home)
        }

    calls = die_everywhere(work, check, fresh, monkeypatch)
    assert calls.count("hardlink_to") == 1
    assert len(calls) >= 7, calls


def test_a_kill_anywhere_in_a_rollback_leaves_all_whole(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(home, 1, 2)
    start = tmp_path / "start"
    shutil.copytree(home.root, start)

    def fresh() -> None:
        shutil.rmtree(home.root)
        shutil.copytree(start, home.root)

    def work() -> None:
        hold.roll_back(home, previous.find(home, build_id(1)))

    def check() -> None:
        whole(home, {1, 2})
        # Held exactly when the rollback came through.
        standing = hold.held(home)
        assert (standing is not None) == (figure(home) == 1)
        hold.release(home)
        published(home, 3)
        assert figure(home) == 3
        assert hold.held(home) is None

    calls = die_everywhere(work, check, fresh, monkeypatch)
    assert calls.count("copyfile") == 1
    assert len(calls) >= 9, calls
