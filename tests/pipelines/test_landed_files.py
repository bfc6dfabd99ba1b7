"""The sensor that starts refreshes: once for each state, and not while another is at work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.sources import gate
from pipelines import sensors
from pipelines.jobs import OUTPUTS, REFRESH
from pipelines.refresh import KILLED_TAG, fail_killed_runs
from pipelines.sensors import SETTLED_SECONDS, STATE_TAG, landed_files, outputs_after_refresh
from tests.small_builds import build_id, built
from warehouse import database, hold, previous
from warehouse.home import Home
from warehouse.landing import MANIFEST_SUFFIX
from warehouse.lock import PID_TAG, refresh_lock

Look = Callable[[], "dg.RunRequest | str"]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def old(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose published builds are not what the repository would make now."""
    monkeypatch.setenv("MIGMAP_HOME", str(home.root))
    for number in (1, 2):
        database.publish(home, built(home.building, number))
    return home


@pytest.fixture
def look(old: Home, instance: dg.DagsterInstance) -> Look:
    """One look of the sensor: what it asks for, or why it asks for nothing."""
    cursor: list[str | None] = [None]

    def once() -> dg.RunRequest | str:
        with dg.build_sensor_context(instance, cursor=cursor[0]) as context:
            told = landed_files(context)
            cursor[0] = context.cursor
        if isinstance(told, dg.SkipReason):
            return str(told.skip_message)
        assert isinstance(told, dg.RunRequest)
        return told

    return once


@pytest.fixture
def published_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A home in which what is published is all that there is, but for the inbox."""
    monkeypatch.setattr(sensors, "nothing_new", lambda home: not gate.inbox_files(home))


@dg.job(name=REFRESH)
def refreshing() -> None:
    """Stands for the job of that name."""


def run(
    instance: dg.DagsterInstance,
    status: dg.DagsterRunStatus,
    tags: dict[str, str] | None = None,
    job: dg.JobDefinition = refreshing,
) -> dg.DagsterRun:
    return instance.create_run_for_job(job_def=job, status=status, tags=tags)


def asked(told: dg.RunRequest | str) -> dg.RunRequest:
    assert isinstance(told, dg.RunRequest), told
    return told


def drop(home: Home, name: str, *, age: float) -> Path:
    path = home.inbox / name
    path.write_text("year\n", encoding="utf-8")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_it_is_on_and_starts_the_refresh() -> None:
    assert landed_files.default_status == dg.DefaultSensorStatus.RUNNING
    assert landed_files.job_name == REFRESH
    assert landed_files in sensors.sensors()


def test_what_is_not_published_is_asked_for_with_one_key(look: Look) -> None:
    first, second = asked(look()), asked(look())
    assert first.run_key == second.run_key
    assert first.tags[STATE_TAG] == sensors.state_of(Home(Path(os.environ["MIGMAP_HOME"])))


def test_the_refreshed_home_needs_nothing(
    refreshed_home: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))
    with dg.build_sensor_context(instance) as context:
        told = landed_files(context)
    assert isinstance(told, dg.SkipReason)
    assert told.skip_message == "Nothing changed since the published build."


@pytest.mark.usefixtures("published_all")
def test_a_file_in_the_inbox_is_asked_for_and_another_one_anew(old: Home, look: Look) -> None:
    assert look() == "Nothing changed since the published build."
    drop(old, "one.csv", age=2 * SETTLED_SECONDS)
    first = asked(look())
    drop(old, "two.csv", age=2 * SETTLED_SECONDS)
    assert asked(look()).run_key != first.run_key


@pytest.mark.usefixtures("published_all")
def test_a_file_that_is_still_written_is_waited_for(old: Home, look: Look) -> None:
    path = drop(old, "one.csv", age=1)
    assert look() == "Still being written: one.csv"
    os.utime(path, (time.time() - 2 * SETTLED_SECONDS,) * 2)
    assert isinstance(look(), dg.RunRequest)
    ahead = time.time() + 3600
    os.utime(path, (ahead, ahead))
    assert isinstance(look(), dg.RunRequest)


@pytest.mark.usefixtures("published_all")
def test_what_was_refused_in_the_inbox_starts_nothing(old: Home, look: Look) -> None:
    """The manifest and the reason stay there; the file itself is in quarantine."""
    drop(old, f"one.csv{MANIFEST_SUFFIX}", age=2 * SETTLED_SECONDS)
    drop(old, "one.csv.refused.txt", age=2 * SETTLED_SECONDS)
    assert look() == "Nothing changed since the published build."


def test_while_a_build_is_held_nothing_is_asked_for(old: Home, look: Look) -> None:
    hold.roll_back(old, previous.find(old))
    told = look()
    assert isinstance(told, str)
    assert told.startswith(f"Nothing is published: build {build_id(1)} is held by")
    hold.release(old)
    assert isinstance(look(), dg.RunRequest)


def test_while_a_refresh_holds_the_lock_nothing_is_asked_for(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensors, "is_held", lambda home: True)
    told = look()
    assert isinstance(told, str)
    assert told.startswith("Another refresh is running: ")


@pytest.mark.parametrize(
    "status",
    [
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
    ],
)
def test_while_a_run_waits_or_works_nothing_is_asked_for(
    instance: dg.DagsterInstance, look: Look, status: dg.DagsterRunStatus
) -> None:
    under_way = run(instance, status)
    assert look() == f"Run {under_way.run_id} of job refresh is under way."
    assert look() == f"Run {under_way.run_id} of job refresh is under way."


def test_a_run_of_the_outputs_hinders_nothing(instance: dg.DagsterInstance, look: Look) -> None:
    @dg.job(name=OUTPUTS)
    def outputs() -> None:
        pass

    run(instance, dg.DagsterRunStatus.STARTED, job=outputs)
    assert isinstance(look(), dg.RunRequest)


def test_a_run_from_before_the_machine_stopped_hinders_for_some_hours_only(
    instance: dg.DagsterInstance, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(instance, dg.DagsterRunStatus.STARTED)
    monkeypatch.setattr(sensors, "_LONGEST_RUN", timedelta(0))
    assert isinstance(look(), dg.RunRequest)


def test_a_killed_run_is_failed_at_the_second_look_and_tried_again(
    old: Home, instance: dg.DagsterInstance, look: Look
) -> None:
    first = asked(look())
    keys = {first.run_key}
    for _ in range(2):
        left = run(instance, dg.DagsterRunStatus.STARTED, {**first.tags, PID_TAG: "1"})
        # It may just be about to end.
        assert look() == f"Run {left.run_id} of job refresh is under way."
        keys.add(asked(look()).run_key)
        found = instance.get_run_by_id(left.run_id)
        assert found is not None
        assert found.status == dg.DagsterRunStatus.FAILURE
        assert KILLED_TAG in found.tags
    assert len(keys) == 3
    run(instance, dg.DagsterRunStatus.STARTED, {**first.tags, PID_TAG: "1"})
    with refresh_lock(old):
        fail_killed_runs(instance)
    told = look()
    assert isinstance(told, str)
    assert "failed" in told


def test_a_failed_run_is_tried_again_after_a_day(
    instance: dg.DagsterInstance, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asked(look())
    run(instance, dg.DagsterRunStatus.FAILURE, dict(first.tags))
    told = look()
    assert isinstance(told, str)
    assert "It is tried again a day later" in told

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=1, minutes=1)

    monkeypatch.setattr(sensors, "datetime", Tomorrow)
    again = asked(look())
    assert again.run_key != first.run_key
    assert again.tags[STATE_TAG] == first.tags[STATE_TAG]


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.CANCELED])
def test_a_run_that_ended_otherwise_is_not_repeated(
    instance: dg.DagsterInstance, look: Look, status: dg.DagsterRunStatus
) -> None:
    run(instance, status, dict(asked(look()).tags))
    told = look()
    assert isinstance(told, str)
    assert told.endswith(f"ended as {status.value}.")


def test_outputs_are_made_again_of_a_build_that_was_rolled_back_to(
    old: Home, instance: dg.DagsterInstance
) -> None:
    def key() -> str | None:
        with dg.build_sensor_context(instance) as context:
            told = outputs_after_refresh(context)
        assert isinstance(told, dg.RunRequest)
        return told.run_key

    second = key()
    assert key() == second
    hold.roll_back(old, previous.find(old))
    hold.roll_back(old, previous.find(old, build_id(2)))
    assert key() != second
