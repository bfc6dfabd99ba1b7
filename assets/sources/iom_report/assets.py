"""IOM's report in the asset graph: its tables typed by people, observations, profile, issues."""

import dagster as dg

from assets.sources import assets as shared
from assets.sources.iom_report.harmonise import harmonise, profile
from assets.sources.iom_report.issues import quality_issues
from assets.sources.iom_report.lineage import COLUMN_LINEAGE
from assets.sources.iom_report.read import SOURCE
from schemas.facts import PROFILE
from schemas.sources.iom_report import MODELS

TITLE = "IOM's report of January 2024"
TERMS = dg.MetadataValue.url("https://dtm.iom.int/terms-and-conditions")
TAGS = {"publisher": SOURCE, "licence": "facts-only"}
DATASETS = tuple(MODELS)

publisher = dg.AssetSpec(
    ["publisher", SOURCE],
    group_name="publishers",
    description="IOM, Kyrgyzstan: Migration Data Gap Analysis, January 2024: what only the report "
    "prints, typed by hand. Nothing is fetched.",
    owners=shared.OWNERS,
    kinds={"document"},
    tags=TAGS,
    metadata={"website": dg.MetadataValue.url("https://dtm.iom.int/"), "licence": TERMS},
)

definitions: list[dg.AssetSpec | dg.AssetsDefinition] = [
    publisher,
    shared.extracts(publisher, {"csv"}, TAGS, TITLE),
    *(
        shared.source_table(SOURCE, dataset, model, TITLE, TAGS, {"licence": TERMS})
        for dataset, model in MODELS.items()
    ),
    shared.observations(SOURCE, DATASETS, harmonise, COLUMN_LINEAGE, TITLE, TAGS),
    shared.further_table(SOURCE, PROFILE.name, ("profiles",), PROFILE, profile, TAGS),
    shared.quality_issues(SOURCE, DATASETS, quality_issues, TITLE, TAGS),
]
