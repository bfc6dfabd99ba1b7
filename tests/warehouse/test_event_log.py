"""While a run writes Dagster's event log, its files stay open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from warehouse.event_log import INDEX, held_open
from warehouse.home import Home


def event_log(home: Home, name: str) -> Path:
    path = home.dagster / "history" / "runs" / f"{name}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE event (told TEXT)")
        connection.commit()
    return path


def tell(path: Path, told: str) -> bool:
    """Write an event as Dagster does; whether the write-ahead log stays afterwards."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO event VALUES (?)", [told])
        connection.commit()
    return path.with_name(f"{path.name}-wal").exists()


def test_the_log_is_folded_once_and_not_after_each_event(tmp_path: Path) -> None:
    home = Home(tmp_path)
    index, run = event_log(home, INDEX), event_log(home, "a-run")
    with held_open(home, "a-run"):
        assert tell(index, "one")
        assert tell(run, "one")
    assert not tell(index, "two")
    assert not tell(run, "two")
    with closing(sqlite3.connect(run)) as connection:
        assert connection.execute("SELECT told FROM event").fetchall() == [("one",), ("two",)]


def test_only_the_files_of_the_run_are_held(tmp_path: Path) -> None:
    home = Home(tmp_path)
    event_log(home, INDEX)
    other = event_log(home, "another-run")
    with held_open(home, "a-run"):
        assert not tell(other, "one")


def test_no_file_is_made(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with held_open(home, "a-run"):
        assert not home.dagster.exists()
