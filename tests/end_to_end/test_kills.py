"""The short form of ``tests/torture/kills.py``."""

from __future__ import annotations

import random
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from click.testing import Result

from tests.torture import kills

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("second-refresh")]


def test_a_killed_refresh_leaves_the_published_file_as_it_was(second_refresh: Any) -> None:
    assert second_refresh.killed
    before, between, _ = second_refresh.answers
    assert between == before


def test_the_next_refresh_publishes_what_the_killed_one_did_not(second_refresh: Any) -> None:
    before, _, after = second_refresh.answers
    assert before[0] != second_refresh.corrected
    assert after == (second_refresh.corrected, *before[1:])


def test_a_killed_refresh_leaves_nothing_behind(second_refresh: Any) -> None:
    home = second_refresh.home
    assert list((home / "var" / "building").iterdir()) == []
    assert sorted(status.value for status in kills.statuses(home).values()) == [
        "FAILURE", "SUCCESS", "SUCCESS",
    ]  # fmt: skip


def test_a_run_killed_after_publishing_is_failed_too(
    own_home: Path, here: Callable[..., Result]
) -> None:
    with dg.DagsterInstance.from_config(str(own_home / "var" / "dagster")) as instance:
        done = instance.get_runs(limit=1)[0]
        killed = instance.add_run(
            done.with_status(dg.DagsterRunStatus.STARTED)._replace(run_id=str(uuid.uuid4()))
        )
        # A killed process does not take its name away from beside the lock.
        (own_home / "var" / "refresh.json").write_text('{"pid": 1, "since": "then"}')
        assert here(own_home, "refresh").exit_code == 0
        left = instance.get_run_by_id(killed.run_id)
    assert left is not None
    assert left.status == dg.DagsterRunStatus.FAILURE


def test_what_a_kill_could_leave_is_found(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Had a killed refresh written into the published file, the trial would tell."""

    def damage(home: Path, *_: object, **__: object) -> tuple[bool, str]:
        with duckdb.connect(str(home / "migration.duckdb")) as connection:
            connection.execute("DELETE FROM stock WHERE year = 2025")
        (home / "var" / "building" / "left.txt").touch()
        return True, "damage"

    def correct(home: Path, **_: object) -> subprocess.CompletedProcess[str]:
        """What a next refresh makes of it: the figures of before, but for the corrected one."""
        shutil.copyfile(whole, home / "migration.duckdb")
        with duckdb.connect(str(home / "migration.duckdb")) as connection:
            connection.execute(
                "UPDATE stock SET value = value + ? WHERE dataset = 'population' AND year = 2025 "
                "AND indicator = 'refugees' AND origin = 'AFG' AND destination = 'KGZ'",
                [more],
            )
        return subprocess.CompletedProcess([], 0, "", "")

    more = kills.corrected(0)[1] - kills.figures(own_home)[0]
    whole = shutil.copyfile(own_home / "migration.duckdb", tmp_path / "whole.duckdb")
    monkeypatch.setattr(kills, "kill_once", damage)
    monkeypatch.setattr(kills, "run_refresh", correct)
    report = kills.Report()
    kills.trial(own_home, 0, random.Random(1), report)
    told = "\n".join(report.problems)
    assert "published file answered" in told
    assert "left in building: ['left.txt']" in told
    assert len(report.problems) == 2
