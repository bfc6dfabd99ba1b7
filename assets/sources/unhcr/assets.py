"""UNHCR in the asset graph: files landed, the five tables, observations, quality issues."""

import dagster as dg

from assets.sources import assets as shared
from assets.sources.unhcr.counts import SOURCE
from assets.sources.unhcr.harmonise import harmonise
from assets.sources.unhcr.issues import quality_issues
from assets.sources.unhcr.lineage import COLUMN_LINEAGE
from schemas.sources.unhcr import MODELS

TITLE = "UNHCR"
API = "https://api.unhcr.org/population/v1/"
LICENCE = dg.MetadataValue.url("https://creativecommons.org/licenses/by/4.0/")
TAGS = {"publisher": SOURCE, "licence": "cc-by-4.0"}
DATASETS = tuple(MODELS)

publisher = dg.AssetSpec(
    ["publisher", SOURCE],
    group_name="publishers",
    description="UNHCR Refugee Population Statistics: the publisher's database and website. "
    "Observed whenever its files are looked at.",
    owners=shared.OWNERS,
    kinds={"api"},
    tags=TAGS,
    metadata={
        "api": dg.MetadataValue.url(API),
        "website": dg.MetadataValue.url("https://www.unhcr.org/refugee-statistics/"),
        "licence": LICENCE,
    },
)


def _links(dataset: str) -> shared.Metadata:
    endpoint = dataset.replace("_", "-")
    return {
        "publisher's table": dg.MetadataValue.url(f"{API}{endpoint}/"),
        "licence": LICENCE,
    }


definitions: list[dg.AssetSpec | dg.AssetsDefinition] = [
    publisher,
    shared.extracts(publisher, {"json", "csv"}, TAGS, TITLE),
    *(
        shared.source_table(SOURCE, dataset, model, TITLE, TAGS, _links(dataset))
        for dataset, model in MODELS.items()
    ),
    shared.observations(SOURCE, DATASETS, harmonise, COLUMN_LINEAGE, TITLE, TAGS),
    shared.quality_issues(SOURCE, DATASETS, quality_issues, TITLE, TAGS),
]
