"""The one Definitions of the project: every asset, job, schedule and resource."""

from __future__ import annotations

import dagster as dg

from assets import published
from assets.availability.assets import availability
from assets.combined import combined
from assets.outputs.assets import PublishedHome, outputs
from assets.report.assets import check
from assets.report.map.assets import report_map
from assets.sources.idmc import assets as idmc
from assets.sources.iom_report import assets as iom_report
from assets.sources.nbkr import assets as nbkr
from assets.sources.nsc import assets as nsc
from assets.sources.publishers import NAMES
from assets.sources.undesa import assets as undesa
from assets.sources.unhcr import assets as unhcr
from pipelines.fetch_jobs import fetch_jobs
from pipelines.jobs import outputs_job, publisher_jobs, refresh_job
from pipelines.links import with_links
from pipelines.progress import progress
from pipelines.schedules import schedules
from pipelines.sensors import sensors
from warehouse.home import current
from warehouse.tables import WarehouseHome, io_manager


@dg.definitions
def definitions() -> dg.Definitions:
    """Everything that Dagster runs and shows."""
    home = current()
    assets: list[dg.AssetSpec | dg.AssetsDefinition] = [
        *unhcr.definitions,
        *idmc.definitions,
        *iom_report.definitions,
        *nsc.definitions,
        *nbkr.definitions,
        *undesa.definitions,
        *combined(NAMES),
        availability,
        check,
        report_map,
        published.reference_tables,
        published.published,
        *outputs,
    ]
    return dg.Definitions(
        assets=with_links(assets),
        jobs=[refresh_job, *publisher_jobs, outputs_job, *fetch_jobs()],
        schedules=schedules(),
        sensors=sensors(),
        resources={
            "warehouse_home": WarehouseHome(root=str(home.root)),
            "published_home": PublishedHome(root=str(home.root)),
            "io_manager": io_manager(home),
        },
        # The command line asks for "progress", other runs log to the console as they always do.
        loggers={"console": dg.colored_console_logger, "progress": progress},
        # Steps are short; a process a step would cost ten times the work (see docs).
        executor=dg.in_process_executor,
    )
