"""The jobs that ask the publishers: an op a publisher, which lands what came; no assets.

What has landed is taken up by the refresh that the sensor ``landed_files`` starts.
"""

from collections.abc import Sequence

import dagster as dg

from assets.sources.publishers import NAMES
from pipelines.fetching import FAILED, DatasetReport, fetch_and_land
from warehouse import reference_data
from warehouse.tables import WarehouseHome

FETCH = "fetch"
# Printed once; its files are bundled.
NEVER_ASKED = ("iom_report",)
ASKED = tuple(name for name in NAMES if name not in NEVER_ASKED)
# The session repeats a request for a minute or two; this is for a publisher that is down longer.
RETRIES = dg.RetryPolicy(
    max_retries=2, delay=120, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)


def fetch_op(source: str, retries: dg.RetryPolicy = RETRIES) -> dg.OpDefinition:
    """The op that asks one publisher.

    It fails when a dataset could not be fetched or was refused, after all others were landed. It
    is repeated only if what failed may pass.

    Args:
        source: The publisher.
        retries: How often and after how long.
    """

    @dg.op(
        name=f"ask_{source}",
        out=dg.Out(dg.Nothing),
        retry_policy=retries,
        tags={"dagster/concurrency_key": f"ask_{source}"},
        description=f"Ask {source} for what is new, and land it.",
    )
    def ask(context: dg.OpExecutionContext, warehouse_home: WarehouseHome) -> None:
        def tell(report: DatasetReport) -> None:
            said = f"{report.source}/{report.dataset}: {report.told}"
            context.log.info(f"{said}\n{report.message}" if report.message else said)

        reports = fetch_and_land(
            warehouse_home.home, reference_data.load(), [source], listener=tell
        )
        context.log_event(
            dg.AssetObservation(
                ["publisher", source],
                description="The publisher was asked for what is new.",
                metadata={one.dataset: one.told for one in reports},
            )
        )
        fail_if_any_failed(reports)

    return ask


def fail_if_any_failed(reports: Sequence[DatasetReport]) -> None:
    """Fail a step by what became of its datasets.

    Raises:
        dagster.Failure: A dataset was refused or could not be fetched; with retries only if
            repeating may help.
    """
    bad = [one for one in reports if one.state in ("refused", *FAILED)]
    if bad:
        raise dg.Failure(
            "\n".join(one.message or one.told for one in bad),
            metadata={one.dataset: one.told for one in bad},
            allow_retries=any(one.state == "transient" for one in bad),
        )


def _job(name: str, ops: Sequence[dg.OpDefinition], description: str) -> dg.JobDefinition:
    @dg.job(name=name, description=description)
    def asking() -> None:
        for op in ops:
            op()

    return asking


def fetch_jobs(retries: dg.RetryPolicy = RETRIES) -> list[dg.JobDefinition]:
    """A job that asks all publishers, and one for each.

    Args:
        retries: How often and after how long a publisher is asked again.
    """
    ops = {source: fetch_op(source, retries) for source in ASKED}
    everyone = "Ask all publishers for what is new, and land it; one that fails stops no other."
    return [
        _job(FETCH, list(ops.values()), everyone),
        *(
            _job(f"{FETCH}_{source}", [op], f"Ask {source} for what is new, and land it.")
            for source, op in ops.items()
        ),
    ]
