"""``migmap history`` and ``migmap rollback``, and what a hold does to refreshes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner

from assets import published as publishing
from assets.sources import gate
from assets.sources.outcome import Outcome
from pipelines import refresh as refreshing
from pipelines.cli import console
from pipelines.cli.main import application
from tests.small_builds import build_id, built
from warehouse import database, hold, previous
from warehouse.hold import FORCE_TAG
from warehouse.home import Home
from warehouse.lock import Locked
from warehouse.tables import WarehouseHome

Run = Callable[..., str]


@pytest.fixture
def three(home: Home) -> Home:
    """A home in which three builds were published."""
    for number in (1, 2, 3):
        database.publish(home, built(home.building, number))
    return home


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MIGMAP_HOME", str(home.root))
    monkeypatch.setattr(console.out, "_width", 400)

    def command(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(application(), list(arguments))
        assert done.exit_code == code, done.output
        return done.output

    return command


@pytest.fixture
def nothing_lands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "land", lambda *_: Outcome())


def cells(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in text.splitlines()
        if line.startswith("│")
    ]


def test_history_lists_the_builds_newest_first(three: Home, run: Run) -> None:
    lines = cells(run("history"))
    assert [line[0] for line in lines if line[0]] == [
        build_id(3), "built 2026-01-01 00:00", "current",
        build_id(2), "built 2026-01-01 00:00",
        build_id(1), "built 2026-01-01 00:00",
    ]  # fmt: skip
    assert [line[1] for line in lines if line[1]] == [
        "extracts of unhcr", "extracts of unhcr", "the oldest kept",
    ]  # fmt: skip
    assert [line[2] for line in lines][:3] == ["3 stock", "1 flow", "0 superseded"]


def test_history_shows_whole_ids_on_a_narrow_page(
    three: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.out, "_width", 80)
    told = run("history")
    assert all(build_id(number) in told for number in (1, 2, 3))


def test_without_a_warehouse_there_is_no_history(run: Run) -> None:
    assert "run a refresh first" in run("history", code=1)


def test_rollback_publishes_the_one_before_and_tells_of_its_hold(three: Home, run: Run) -> None:
    told = run("rollback", "--why", "a typing error")
    assert f"Published build {build_id(2)}" in told
    assert f"Build {build_id(3)}, which it replaces, is kept." in told
    assert "migmap rollback --release" in told
    assert previous.published_id(three) == build_id(2)
    history = run("history")
    assert [row[0] for row in cells(history) if "-" not in row[0] and row[0]] == ["current", "held"]
    assert ": a typing error, until" in history
    assert f"Refreshes publish nothing: build {build_id(2)} is held by" in run("status")


def test_rollback_to_a_build_by_the_beginning_of_its_id(three: Home, run: Run) -> None:
    run("rollback", build_id(1)[:15])
    assert previous.published_id(three) == build_id(1)


def test_rollback_to_nothing_changes_nothing(three: Home, run: Run) -> None:
    assert "nothing was changed" in run("rollback", "1999", code=1)
    assert previous.published_id(three) == build_id(3)
    assert hold.held(three) is None


def test_rollback_waits_for_nobody(three: Home, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(home: Home) -> Any:
        raise Locked("another refresh is running: process 1")

    monkeypatch.setattr("pipelines.cli.rollback.refresh_lock", locked)
    assert "another refresh is running" in run("rollback", code=3)
    assert previous.published_id(three) == build_id(3)


def test_release_lifts_the_hold(three: Home, run: Run) -> None:
    run("rollback")
    assert f"Released build {build_id(2)}" in run("rollback", "--release")
    assert hold.held(three) is None
    assert previous.published_id(three) == build_id(2)
    assert "No build is held" in run("rollback", "--release")
    run("rollback", "--release", build_id(1), code=2)


@pytest.mark.usefixtures("nothing_lands")
def test_a_refresh_publishes_nothing_while_a_build_is_held(
    three: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[bool] = []
    monkeypatch.setattr(refreshing, "_run", lambda *_, force: ran.append(force))
    run("rollback", "--why", "a typing error")
    told = run("refresh")
    assert "Nothing was published: build" in told
    assert ": a typing error, until somebody lifts the hold" in told
    assert ran == []
    run("refresh", "--force")
    run("rollback", "--release")
    run("refresh")
    assert ran == [True, False]


@pytest.fixture
def step(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dg.ExecuteInProcessResult]:
    """The publish step as a run from Dagster's pages takes it."""
    rows = dict.fromkeys(publishing.MODELS, 0)
    monkeypatch.setattr(publishing, "publish", lambda *_: rows)
    seen = dict.fromkeys(rows, dg.MetadataValue.md(""))
    monkeypatch.setattr(publishing, "previews", lambda _: seen)

    def run(tags: dict[str, str]) -> dg.ExecuteInProcessResult:
        return dg.materialize(
            [publishing.published],
            resources={"warehouse_home": WarehouseHome(root=str(home.root))},
            tags=tags,
            raise_on_error=False,
        )

    return run


def test_a_run_from_the_pages_publishes_nothing_while_a_build_is_held(
    three: Home, step: Callable[..., dg.ExecuteInProcessResult]
) -> None:
    hold.roll_back(three, previous.find(three))
    done = step({})
    assert not done.success
    (failure,) = done.get_step_failure_events()
    assert "Nothing was published: build" in json.dumps(failure.event_specific_data, default=str)
    assert step({FORCE_TAG: "yes"}).success


def test_a_publication_ends_the_hold_and_keeps_as_many_as_the_parameter_says(
    three: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(path: Path, *_: Any) -> dict[str, int]:
        built(path.parent, 4).replace(path)
        return {}

    given = publishing.releases.reference_of(three)
    parameters = given.tables["parameter"]
    kept = parameters["parameter"] == "previous_builds_kept"
    changed = given.tables | {
        "parameter": parameters.assign(value=parameters["value"].mask(kept, 2))
    }
    hold.roll_back(three, previous.find(three))
    monkeypatch.setattr(database, "build", build)
    monkeypatch.setattr(
        publishing.releases, "reference_of", lambda _: replace(given, tables=changed)
    )
    publishing.publish(three, {"code": "new"}, None)
    assert previous.published_id(three) == build_id(4)
    assert not three.hold.exists()
    assert [path.stem for path in previous.kept_files(three)] == [build_id(2), build_id(3)]
