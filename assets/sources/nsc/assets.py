"""NSC in the asset graph: files landed, its tables, observations, quality issues."""

import dagster as dg

from assets.sources import assets as shared
from assets.sources.nsc.harmonise import SOURCE, harmonise
from assets.sources.nsc.issues import quality_issues
from assets.sources.nsc.lineage import COLUMN_LINEAGE, DATASETS
from schemas.sources.nsc import MODELS

TITLE = "NSC"
SITE = "https://stat.gov.kg/"
LICENCE = dg.MetadataValue.url("https://creativecommons.org/licenses/by-nc-sa/4.0/")
TAGS = {"publisher": SOURCE, "licence": "cc-by-nc-sa-4.0"}
# Category of the open data that holds immigrants and emigrants; others are not known.
LINKS = {
    "opendata": f"{SITE}en/opendata/category/316/json",
}

publisher = dg.AssetSpec(
    ["publisher", SOURCE],
    group_name="publishers",
    description="National Statistical Committee of the Kyrgyz Republic: open data, dynamic "
    "tables, the SDG platform, and its figures in the press. Observed whenever its files are "
    "looked at.",
    owners=shared.OWNERS,
    kinds={"json", "excel", "csv"},
    tags=TAGS,
    metadata={"website": dg.MetadataValue.url(SITE), "licence": LICENCE},
)


def _links(dataset: str) -> shared.Metadata:
    link = LINKS.get(dataset, SITE)
    return {"publisher's table": dg.MetadataValue.url(link), "licence": LICENCE}


definitions: list[dg.AssetSpec | dg.AssetsDefinition] = [
    publisher,
    shared.extracts(publisher, {"json", "csv", "excel"}, TAGS, TITLE),
    *(
        shared.source_table(SOURCE, dataset, MODELS[dataset], TITLE, TAGS, _links(dataset))
        for dataset in DATASETS
    ),
    shared.observations(SOURCE, DATASETS, harmonise, COLUMN_LINEAGE, TITLE, TAGS),
    shared.quality_issues(SOURCE, DATASETS, quality_issues, TITLE, TAGS),
]
