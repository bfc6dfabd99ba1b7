"""The jobs: a whole refresh, one for each publisher with all that is made of it, the outputs."""

from __future__ import annotations

import dagster as dg

from assets.outputs.assets import GROUP as OUTPUT_GROUP
from assets.sources.publishers import NAMES

REFRESH = "refresh"
OUTPUTS = "outputs"
# Outputs are made of what is published, after the refresh and without its lock.
_outputs = dg.AssetSelection.groups(OUTPUT_GROUP)

refresh_job = dg.define_asset_job(
    REFRESH,
    selection=dg.AssetSelection.all() - _outputs,
    description="Land, read, validate, harmonise, combine, assess and publish everything.",
)
publisher_jobs = [
    dg.define_asset_job(
        f"{REFRESH}_{name}",
        # Tables that are made together are made together here too, of what is held of the others.
        selection=dg.AssetSelection.assets([name, "extracts"])
        .downstream()
        .required_multi_asset_neighbors()
        - _outputs,
        description=f"Refresh {name} and all that is made of it.",
    )
    for name in NAMES
]
outputs_job = dg.define_asset_job(
    OUTPUTS,
    selection=_outputs,
    description="Make the site and the other outputs of the published warehouse.",
)


def resolved_job(name: str) -> dg.JobDefinition:
    """A job of the project by name, as Dagster runs it."""
    from pipelines.definitions import definitions

    return definitions().resolve_job_def(name)
