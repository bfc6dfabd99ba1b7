"""When work runs without being asked."""

from contextlib import suppress

import dagster as dg

from pipelines.jobs import REFRESH
from pipelines.refresh import fail_killed_runs, nothing_new
from warehouse.home import current
from warehouse.lock import Locked, refresh_lock

TIMEZONE = "Asia/Bishkek"
# How often it is worth looking, by how often each publishes: the bank and the statistical
# committee every month; UNHCR in June and autumn, IDMC in May, on days that are not announced, so
# once a month; UN DESA every few years, so once a quarter. The report is printed and done.
PUBLISHER_CRONS = {
    "nbkr": "0 7 5 * *",
    "nsc": "0 7 10 * *",
    "unhcr": "0 7 15 * *",
    "idmc": "0 7 20 * *",
    "undesa": "0 7 25 1,4,7,10 *",
}


def schedules() -> list[dg.ScheduleDefinition]:
    """The schedules, on by default: one for everything, one for each publisher's cadence."""
    return [weekly_refresh, *(_publisher_schedule(*one) for one in PUBLISHER_CRONS.items())]


@dg.schedule(
    job_name=REFRESH,
    cron_schedule="0 6 * * 1",
    execution_timezone=TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every Monday at six in Bishkek: read the inbox and the bundled extracts again.",
)
def weekly_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Start a refresh unless nothing changed since the published build."""
    return _run_if_new(context, None)


def _publisher_schedule(publisher: str, cron: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{REFRESH}_{publisher}_by_cadence",
        job_name=f"{REFRESH}_{publisher}",
        cron_schedule=cron,
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Look for files of {publisher} as often as it publishes.",
    )
    def by_cadence(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return _run_if_new(context, publisher)

    return by_cadence


def _run_if_new(
    context: dg.ScheduleEvaluationContext, publisher: str | None
) -> dg.RunRequest | dg.SkipReason:
    home = current()
    # A refresh that is under way looks after killed runs itself.
    with suppress(Locked), refresh_lock(home):
        fail_killed_runs(context.instance)
    if nothing_new(home, publisher):
        return dg.SkipReason("Nothing changed since the published build.")
    return dg.RunRequest(tags={"migmap/started_by": "schedule"})
