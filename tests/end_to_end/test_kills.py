"""The short form of ``tests/torture/kills.py``."""

from __future__ import annotations

import importlib.util
import random
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import dagster as dg
import duckdb
import pytest
from click.testing import Result

SCRIPT = Path(__file__).resolve().parents[1] / "torture" / "kills.py"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def kills() -> ModuleType:
    spec = importlib.util.spec_from_file_location("torture_kills", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_killed_refresh_leaves_nothing_half_done(own_home: Path, kills: ModuleType) -> None:
    # One kill of one publisher's refresh here, as each costs two refreshes;
    # ``python tests/torture/kills.py`` does ten of all.
    report = kills.torture(own_home, kills=1, seed=2026, source="unhcr")
    assert report.problems == []
    assert report.kills == 1
    assert report.failed_runs >= 1


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
    own_home: Path, kills: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Had a killed refresh written into the published file, the trial would tell."""

    def damage(home: Path, *_: object) -> tuple[bool, str]:
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
