"""When work runs without being asked."""

from contextlib import suppress

import dagster as dg

from pipelines.fetch_jobs import FETCH
from pipelines.refresh import fail_killed_runs
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
    return [weekly_fetch, *(_publisher_schedule(*one) for one in PUBLISHER_CRONS.items())]


@dg.schedule(
    job_name=FETCH,
    cron_schedule="0 6 * * 1",
    execution_timezone=TIMEZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every Monday at six in Bishkek: ask all publishers for what is new.",
)
def weekly_fetch(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Ask all publishers. What lands is taken up by the sensor ``landed_files``."""
    return _ask(context)


def _publisher_schedule(publisher: str, cron: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=f"{FETCH}_{publisher}_by_cadence",
        job_name=f"{FETCH}_{publisher}",
        cron_schedule=cron,
        execution_timezone=TIMEZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Ask {publisher} as often as it publishes.",
    )
    def by_cadence(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return _ask(context)

    return by_cadence


def _ask(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    # A refresh that is under way looks after killed runs itself.
    with suppress(Locked), refresh_lock(current()):
        fail_killed_runs(context.instance)
    return dg.RunRequest(tags={"migmap/started_by": "schedule"})
