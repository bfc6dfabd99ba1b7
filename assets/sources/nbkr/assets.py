"""NBKR in the asset graph: files landed, remittances, observations, quality issues."""

import dagster as dg

from assets.sources import assets as shared
from assets.sources.nbkr.harmonise import SOURCE, harmonise
from assets.sources.nbkr.issues import quality_issues
from assets.sources.nbkr.lineage import COLUMN_LINEAGE, DATASETS
from schemas.sources.nbkr import MODELS

TITLE = "NBKR"
SITE = "https://www.nbkr.kg/"
TAGS = {"publisher": SOURCE}

publisher = dg.AssetSpec(
    ["publisher", SOURCE],
    group_name="publishers",
    description="National Bank of the Kyrgyz Republic: remittances of individuals. The layout of "
    "its workbook is assumed. Observed whenever its files are looked at.",
    owners=shared.OWNERS,
    kinds={"excel"},
    tags=TAGS,
    metadata={"website": dg.MetadataValue.url(SITE), "licence": "no reuse terms found"},
)

definitions: list[dg.AssetSpec | dg.AssetsDefinition] = [
    publisher,
    shared.extracts(publisher, {"excel"}, TAGS, TITLE),
    *(
        shared.source_table(
            SOURCE, dataset, MODELS[dataset], TITLE, TAGS,
            {"publisher's site": dg.MetadataValue.url(SITE)},
        )
        for dataset in DATASETS
    ),
    shared.observations(SOURCE, DATASETS, harmonise, COLUMN_LINEAGE, TITLE, TAGS),
    shared.quality_issues(SOURCE, DATASETS, quality_issues, TITLE, TAGS),
]  # fmt: skip
