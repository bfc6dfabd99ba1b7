"""When work runs without being asked."""

from contextlib import suppress

import dagster as dg

from pipelines.jobs import REFRESH
from pipelines.refresh import fail_killed_runs, nothing_new
from warehouse.home import current
from warehouse.lock import Locked, refresh_lock

TIMEZONE = "Asia/Bishkek"


def schedules() -> list[dg.ScheduleDefinition]:
    """The schedules, on by default."""
    return [weekly_refresh]


@dg.schedule(
    job_name=REFRESH,
    cron_schedule="0 6 * * 1",
    execution_timezone=TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every Monday at six in Bishkek: read the inbox and the bundled extracts again.",
)
def weekly_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Start a refresh unless nothing changed since the published build."""
    home = current()
    # A refresh that is under way looks after killed runs itself.
    with suppress(Locked), refresh_lock(home):
        fail_killed_runs(context.instance)
    if nothing_new(home):
        return dg.SkipReason("Nothing changed since the published build.")
    return dg.RunRequest(tags={"migmap/started_by": "schedule"})
