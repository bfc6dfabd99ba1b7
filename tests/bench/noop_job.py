"""A Dagster job in the shape of ours that does nothing: what Dagster itself costs.

``noop_job.py SHAPE``, with MIGMAP_HOME set: Dagster has the settings that it has in a refresh.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines import home
from warehouse.home import current


def resolved_job(shape: str) -> dg.JobDefinition:
    """The job, as Dagster rebuilds it.

    Args:
        shape: Path of the file that ``graph.py`` wrote.
    """
    graph = json.loads(Path(shape).read_text(encoding="utf-8"))
    job = dg.define_asset_job("noop", selection=dg.AssetSelection.all())
    definitions = dg.Definitions(
        assets=[*(_op(one) for one in graph["ops"]), *_specs(graph["external"])],
        jobs=[job],
        executor=dg.in_process_executor,
    )
    return definitions.resolve_job_def("noop")


def _op(one: dict[str, Any]) -> dg.AssetsDefinition:
    keys = [tuple(spec["key"]) for spec in one["specs"]]
    checks = [(tuple(check["asset"]), check["name"]) for check in one["checks"]]

    @dg.multi_asset(
        name=one["name"],
        specs=_specs(one["specs"]),
        check_specs=[dg.AssetCheckSpec(name, asset=list(asset)) for asset, name in checks],
    )
    def nothing() -> Iterator[dg.MaterializeResult[None]]:
        for key in keys:
            results = [
                dg.AssetCheckResult(passed=True, asset_key=list(asset), check_name=name)
                for asset, name in checks
                if asset == key
            ]
            yield dg.MaterializeResult(
                asset_key=list(key), metadata={"dagster/row_count": 0}, check_results=results
            )

    return nothing


def _specs(told: list[dict[str, Any]]) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(spec["key"], deps=[dg.AssetKey(dep) for dep in spec["deps"]]) for spec in told
    ]


def main(shape: str) -> None:
    """Run the job as a refresh runs ours, and say how much it materialised and checked."""
    home.prepare(current())
    with dg.DagsterInstance.get() as instance:
        done = dg.execute_job(
            dg.build_reconstructable_job("noop_job", "resolved_job", (shape,)),
            instance=instance,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    events = done.all_events
    counted = {
        "materialised": sum(event.is_step_materialization for event in events),
        "checked": sum(
            event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION for event in events
        ),
    }
    print(json.dumps(counted))


if __name__ == "__main__":
    main(sys.argv[1])
