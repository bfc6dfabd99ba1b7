"""A refresh: land, see whether anything changed, and only then start Dagster."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from assets.revised import Revised, held_releases, revised_by
from assets.sources import gate
from pipelines.fetching import DatasetReport
from pipelines.home import prepare
from warehouse import database, event_log, fingerprint, reference_data
from warehouse.hold import FORCE_TAG, Hold, held
from warehouse.home import Home
from warehouse.landing import Manifest
from warehouse.lock import PID_TAG, refresh_lock
from warehouse.reference_data import Reference

if TYPE_CHECKING:
    import dagster as dg

Listener = Callable[[str, bool], None]
Fetch = Callable[[Home, Reference], list[DatasetReport]]
# Tag of a run whose process was killed: it did not fail by itself.
KILLED_TAG = "migmap/killed"


@dataclass
class RefreshResult:
    """What a refresh did.

    Attributes:
        refused: Files that were refused now.
        accepted: Files that were accepted now.
        ran: Whether Dagster was started.
        run_id: Its run.
        failed: Steps that failed, with the error's first line.
        rows: Rows of each published table after and before, where they differ.
        changed_parts: Parts of the fingerprint that changed.
        held: The hold that kept it from publishing what has landed.
        fetched: What became of each dataset that the publishers were asked for.
        revised: What the releases revised that are new in the build.
    """

    refused: list[Manifest] = field(default_factory=list)
    accepted: list[Manifest] = field(default_factory=list)
    ran: bool = False
    run_id: str | None = None
    failed: dict[str, str] = field(default_factory=dict)
    rows: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    changed_parts: list[str] = field(default_factory=list)
    held: Hold | None = None
    fetched: list[DatasetReport] = field(default_factory=list)
    revised: Revised = field(default_factory=lambda: Revised([], []))


def refresh(
    home: Home,
    source: str | None = None,
    *,
    force: bool = False,
    listener: Listener | None = None,
    fetch: Fetch | None = None,
) -> RefreshResult:
    """Bring the warehouse up to date.

    Args:
        home: The warehouse home.
        source: Only this publisher, if given.
        force: Build even if nothing changed, and even if the published build is held.
        listener: Called with each finished step and whether it succeeded.
        fetch: Asks the publishers and lands what came, before anything else is landed.

    Returns:
        What was done.

    Raises:
        warehouse.lock.Locked: Another refresh is running.
        schemas.validate.SchemaRefused: A reference table breaks its model.
    """
    with refresh_lock(home) as last_was_killed:
        if last_was_killed and home.dagster.is_dir():
            _fail_runs_left_behind(home)
        reference = reference_data.load()
        fetched = fetch(home, reference) if fetch is not None else []
        landed = gate.land(home, reference, source)
        result = RefreshResult(landed.refused, landed.accepted, fetched=fetched)
        before = published_parts(home)
        now = fingerprint.parts(home)
        result.changed_parts = [name for name in now if before.get(name) != now[name]]
        result.held = None if force else held(home)
        if (before == now and not force) or result.held is not None:
            return result
        rows_before, releases_before = table_rows(home), held_releases(home)
        publisher = _selection(home, source, before, now, force=force)
        _run(home, publisher, result, listener, force=force)
        rows_after = table_rows(home)
        result.rows = {
            name: (rows, rows_before.get(name))
            for name, rows in rows_after.items()
            if rows != rows_before.get(name)
        }
        if result.ran and not result.failed:
            result.revised = revised_by(home, releases_before)
        return result


def nothing_new(home: Home, source: str | None = None) -> bool:
    """Whether a refresh, or that of one publisher, would have nothing to do.

    Args:
        home: The warehouse home.
        source: Only this publisher's files count, if given.
    """
    if gate.pending(home, source):
        return False
    published, now = published_parts(home), fingerprint.parts(home)
    if source is None:
        return published == now
    return bool(published) and published.get(f"extracts/{source}") == now.get(f"extracts/{source}")


def published_parts(home: Home) -> dict[str, str]:
    """Parts of the fingerprint of the published build; empty if there is none."""
    try:
        with database.open_read_only(home) as connection:
            found = connection.sql("SELECT fingerprint_parts FROM build").fetchall()
    except (database.NoWarehouse, duckdb.Error):
        return {}
    return dict(json.loads(found[0][0])) if found else {}


def table_rows(home: Home) -> dict[str, int]:
    """Rows of each published table; empty if nothing was published."""
    try:
        with database.open_read_only(home) as connection:
            found = connection.sql(
                "SELECT table_name, estimated_size FROM duckdb_tables() WHERE NOT internal"
            ).fetchall()
    except (database.NoWarehouse, duckdb.Error):
        return {}
    return {str(name): int(rows) for name, rows in found}


def _selection(
    home: Home, source: str | None, before: dict[str, str], now: dict[str, str], *, force: bool
) -> str | None:
    """The one publisher to refresh; None for all, as when code or reference data changed."""
    if not home.tables.joinpath("combined").is_dir():
        return None
    if source is not None:
        return source
    sources = {name.removeprefix("extracts/") for name in now if name.startswith("extracts/")}
    shared = any(before.get(part) != now[part] for part in ("reference", "code"))
    changed = {
        name for name in sources if before.get(f"extracts/{name}") != now[f"extracts/{name}"]
    }
    return changed.pop() if len(changed) == 1 and not shared and not force else None


def _run(
    home: Home,
    publisher: str | None,
    result: RefreshResult,
    listener: Listener | None,
    *,
    force: bool,
) -> None:
    # Dagster takes most of a second to import: only a refresh with work to do pays for it.
    import dagster as dg

    from pipelines import jobs
    from pipelines.progress import listening

    prepare(home)
    job = jobs.REFRESH if publisher is None else f"{jobs.REFRESH}_{publisher}"
    tags = {PID_TAG: str(os.getpid()), "migmap/started_by": "command line"}
    if force:
        tags[FORCE_TAG] = "yes"
    with dg.DagsterInstance.get() as instance:
        fail_killed_runs(instance)
        with event_log.held_open(home), listening(listener or (lambda step, succeeded: None)):
            done = dg.execute_job(
                dg.build_reconstructable_job(jobs.__name__, "resolved_job", (job,)),
                instance=instance,
                tags=tags,
                run_config={"loggers": {"progress": {}}},
                raise_on_error=False,
            )
        result.ran, result.run_id = True, done.run_id
        for event in done.all_events:
            if event.is_step_failure and event.step_key is not None:
                result.failed[event.step_key] = root_cause(event)
        if not done.success and not result.failed:
            result.failed["run"] = "the run failed before its first step"


def _fail_runs_left_behind(home: Home) -> None:
    import dagster as dg

    prepare(home)
    with dg.DagsterInstance.get() as instance:
        fail_killed_runs(instance)


def fail_killed_runs(instance: dg.DagsterInstance) -> None:
    """Report runs failed whose process died.

    A killed run stays "started" for ever. Whoever calls holds the refresh lock and has no run of
    their own yet, so no run that works in this home is alive. Runs of the UI that have not come
    to the lock carry no process: Dagster's daemon looks after them.

    Args:
        instance: Dagster's instance.
    """
    import dagster as dg

    unfinished = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=unfinished)):
        if PID_TAG in run.tags:
            instance.add_run_tags(run.run_id, {KILLED_TAG: "yes"})
            instance.report_run_failed(run, message="The process of this run was killed.")


def root_cause(event: dg.DagsterEvent) -> str:
    """The message of the error at the root of a step's failure."""
    error = event.step_failure_data.error
    if error is None:
        return "unknown error"
    while error.cause is not None:
        error = error.cause
    return error.message.strip()
