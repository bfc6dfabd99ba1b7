"""Trafficking in Persons reports in the asset graph."""

import dagster as dg

from assets.sources import assets as shared
from assets.sources.us_tip.harmonise import SOURCE, harmonise
from assets.sources.us_tip.issues import quality_issues
from assets.sources.us_tip.lineage import COLUMN_LINEAGE
from schemas.sources.us_tip import MODELS

TITLE = "U.S. Department of State"
TAGS = {"publisher": SOURCE}
DATASETS = tuple(MODELS)

publisher = dg.AssetSpec(
    ["publisher", SOURCE],
    group_name="publishers",
    description="Trafficking in Persons reports.",
    owners=shared.OWNERS,
    kinds={"csv"},
    tags=TAGS,
)
definitions: list[dg.AssetSpec | dg.AssetsDefinition] = [
    publisher,
    shared.extracts(publisher, {"csv"}, TAGS, TITLE),
    *(
        shared.source_table(SOURCE, dataset, model, TITLE, TAGS, {})
        for dataset, model in MODELS.items()
    ),
    shared.observations(SOURCE, DATASETS, harmonise, COLUMN_LINEAGE, TITLE, TAGS),
    shared.quality_issues(SOURCE, DATASETS, quality_issues, TITLE, TAGS),
]
