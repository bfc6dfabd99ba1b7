"""What starts work because something happened."""

import hashlib
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from assets.sources import gate
from pipelines.alerts import alert_sensors
from pipelines.fetch_jobs import FETCH
from pipelines.jobs import OUTPUTS, REFRESH
from pipelines.refresh import KILLED_TAG, fail_killed_runs, nothing_new
from warehouse import fingerprint, landing, previous
from warehouse.hold import HOW_TO_LIFT, held
from warehouse.home import Home, current
from warehouse.lock import PID_TAG, Locked, holder, is_held, refresh_lock

SECONDS = 60
# The state of a home that a run was asked for; its runs are told by it.
STATE_TAG = "migmap/state"
# A file in the inbox that was written a moment ago may not be there to its end.
SETTLED_SECONDS = 30
_WORKING = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
# No run takes so long. One that seems to was killed before it could say which process it was.
_LONGEST_RUN = timedelta(hours=6)
_AGAIN_AFTER = timedelta(days=1)
_MOST_KILLED = 3


def sensors() -> list[dg.SensorDefinition]:
    """The sensors, on by default."""
    return [landed_files, outputs_after_refresh, *alert_sensors()]


@dg.sensor(
    job_name=REFRESH,
    minimum_interval_seconds=SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Start a refresh when files lie in the inbox, or when what has landed, the "
    "reference data or the code are not what was published. One state starts one run; a run that "
    "was killed is tried again at once, one that failed after a day.",
)
def landed_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Request one refresh for each state of the home that is not published yet."""
    home, now = current(), datetime.now(UTC)
    hold = held(home)
    if hold is not None:
        return dg.SkipReason(f"Nothing is published: {hold}, {HOW_TO_LIFT}.")
    if is_held(home):
        return dg.SkipReason(f"Another refresh is running: {holder(home)}.")
    working = _working(context, home, now)
    if working is not None:
        return dg.SkipReason(f"Run {working.run_id} of job {working.job_name} is under way.")
    unsettled = [path.name for path in gate.inbox_files(home) if _still_written(path)]
    if unsettled:
        return dg.SkipReason(f"Still being written: {', '.join(unsettled)}")
    if nothing_new(home):
        return dg.SkipReason("Nothing changed since the published build.")
    state = state_of(home)
    attempt = _attempt(context.instance, state, now)
    if isinstance(attempt, dg.SkipReason):
        return attempt
    return dg.RunRequest(
        run_key=f"{state}.{attempt}",
        tags={STATE_TAG: state, "migmap/started_by": "landed files"},
    )


@dg.sensor(
    job_name=OUTPUTS,
    minimum_interval_seconds=SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Make the outputs anew when a refresh has published a new build.",
)
def outputs_after_refresh(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Start the job ``outputs`` once for each publication.

    It looks at the published file and not at Dagster's runs: a run-status sensor does not see
    refreshes that the command line ran.
    """
    home = current()
    build = previous.published_id(home)
    if build is None:
        return dg.SkipReason("Nothing to make outputs of: no build is published.")
    # Dagster starts one run for a key, however often it is asked. The same build may be published
    # twice, by a rollback, but not at the same time.
    published_at = home.database.stat().st_mtime_ns
    return dg.RunRequest(run_key=f"{build}.{published_at}", tags={"migmap/started_by": "new build"})


def state_of(home: Home) -> str:
    """What a refresh would be made of, as a short hash: what has landed, is bundled or waits.

    Args:
        home: The warehouse home.
    """
    told = [fingerprint.whole(fingerprint.parts(home))]
    told += [landing.content_id(path) for path in gate.bundled_files()]
    for path in gate.inbox_files(home):
        # A file may leave the inbox at any moment.
        with suppress(FileNotFoundError):
            seen = path.stat()
            told.append(f"{path.name} {seen.st_size} {seen.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _working(
    context: dg.SensorEvaluationContext, home: Home, now: datetime
) -> dg.DagsterRun | None:
    """A run under way that refreshes or fetches, if any; killed ones are reported failed.

    A run that says that it works, while nobody holds the lock, was killed, or is just about to
    end. So it is looked at twice.
    """
    working = _unfinished(context.instance, now)
    if working is None or PID_TAG not in working.tags:
        return working
    if context.cursor != working.run_id:
        context.update_cursor(working.run_id)
        return working
    with suppress(Locked), refresh_lock(home):
        fail_killed_runs(context.instance)
    return _unfinished(context.instance, now)


def _unfinished(instance: dg.DagsterInstance, now: datetime) -> dg.DagsterRun | None:
    wanted = dg.RunsFilter(statuses=_WORKING, created_after=now - _LONGEST_RUN)
    for run in instance.get_runs(filters=wanted):
        if run.job_name.startswith((REFRESH, FETCH)):
            return run
    return None


def _attempt(instance: dg.DagsterInstance, state: str, now: datetime) -> int | dg.SkipReason:
    """How many runs of this state there were, unless another one would be one too many."""
    records = instance.get_run_records(dg.RunsFilter(tags={STATE_TAG: state}), limit=100)
    if not records:
        return 0
    last = records[0]
    run = last.dagster_run
    if run.status != dg.DagsterRunStatus.FAILURE:
        return dg.SkipReason(
            f"Run {run.run_id} was made for this state and ended as {run.status.value}."
        )
    killed = sum(KILLED_TAG in one.dagster_run.tags for one in records)
    if KILLED_TAG in run.tags and killed < _MOST_KILLED:
        return len(records)
    ended = datetime.fromtimestamp(last.end_time or last.create_timestamp.timestamp(), UTC)
    if now - ended >= _AGAIN_AFTER:
        return len(records)
    return dg.SkipReason(
        f"Run {run.run_id} was made for this state and failed. It is tried again a day later, "
        "when something changes, or when you start it."
    )


def _still_written(path: Path) -> bool:
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return False
    # A time in the future tells nothing.
    return 0 <= age < SETTLED_SECONDS
