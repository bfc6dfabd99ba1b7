"""Runs whose process was killed are told from the run of this process."""

import os
from collections.abc import Iterator

import dagster as dg
import pytest

from pipelines.refresh import fail_killed_runs
from warehouse.lock import PID_TAG


@dg.job
def nothing() -> None:
    """A job to have runs of."""


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def run(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus, tags: dict[str, str] | None = None
) -> str:
    made = instance.create_run_for_job(job_def=nothing, status=status, tags=tags)
    return made.run_id


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run_id)
    assert found is not None
    return found.status


@pytest.mark.parametrize("left", [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
def test_a_run_of_a_dead_process_is_failed(
    instance: dg.DagsterInstance, left: dg.DagsterRunStatus
) -> None:
    killed = run(instance, left, {PID_TAG: str(os.getpid() + 1)})
    fail_killed_runs(instance)
    assert status(instance, killed) == dg.DagsterRunStatus.FAILURE
    messages = [record.message for record in instance.all_logs(killed)]
    assert any("killed" in message for message in messages), messages


def test_a_dead_run_of_the_same_number_is_failed_too(instance: dg.DagsterInstance) -> None:
    """In a container the refresh has the same process number every time."""
    killed = run(instance, dg.DagsterRunStatus.STARTED, {PID_TAG: str(os.getpid())})
    fail_killed_runs(instance)
    assert status(instance, killed) == dg.DagsterRunStatus.FAILURE


def test_a_run_that_somebody_else_started_goes_on(instance: dg.DagsterInstance) -> None:
    """Runs of the UI have no tag; Dagster's own daemon looks after them."""
    theirs = run(instance, dg.DagsterRunStatus.STARTED)
    fail_killed_runs(instance)
    assert status(instance, theirs) == dg.DagsterRunStatus.STARTED


def test_a_finished_run_stays_as_it_is(instance: dg.DagsterInstance) -> None:
    done = run(instance, dg.DagsterRunStatus.SUCCESS, {PID_TAG: str(os.getpid() + 1)})
    fail_killed_runs(instance)
    assert status(instance, done) == dg.DagsterRunStatus.SUCCESS
