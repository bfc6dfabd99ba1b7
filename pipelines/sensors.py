"""What starts work because something happened."""

import dagster as dg
import duckdb

from pipelines.jobs import OUTPUTS
from warehouse import database
from warehouse.home import current

SECONDS = 60


def sensors() -> list[dg.SensorDefinition]:
    """The sensors, on by default."""
    return [outputs_after_refresh]


@dg.sensor(
    job_name=OUTPUTS,
    minimum_interval_seconds=SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Make the outputs anew when a refresh has published a new build.",
)
def outputs_after_refresh(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Start the job ``outputs`` once for each published build.

    It looks at the published file and not at Dagster's runs: a run-status sensor does not see
    refreshes that the command line ran.
    """
    try:
        with database.open_read_only(current()) as connection:
            ((build,),) = connection.sql("SELECT build_id FROM build").fetchall()
    except (database.NoWarehouse, duckdb.Error) as error:
        return dg.SkipReason(f"Nothing to make outputs of: {error}")
    # Dagster starts one run for a key, however often it is asked.
    return dg.RunRequest(run_key=build, tags={"migmap/started_by": "new build"})
