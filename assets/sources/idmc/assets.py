"""IDMC in the asset graph: files landed, its tables, observations, events, quality issues."""

import dagster as dg

from assets.sources import assets as shared
from assets.sources.idmc.counts import SOURCE
from assets.sources.idmc.events import displacement_events
from assets.sources.idmc.harmonise import harmonise
from assets.sources.idmc.issues import quality_issues
from assets.sources.idmc.lineage import COLUMN_LINEAGE
from schemas.facts import DISPLACEMENT_EVENT
from schemas.sources.idmc import MODELS

TITLE = "IDMC"
API = "https://helix-tools-api.idmcdb.org/external-api/gidd/"
LICENCE = dg.MetadataValue.url("https://creativecommons.org/licenses/by-nc/4.0/")
TAGS = {"publisher": SOURCE, "licence": "cc-by-nc-4.0"}
DATASETS = tuple(MODELS)
_ENDPOINTS = {
    "displacements": "displacements/displacement-export/",
    "sex_age": "displacements/displacement-export/",
    "figure_analyses": "public-figure-analyses/",
    "conflicts": "conflicts/",
    "disasters": "disasters/",
    "disaggregated": "disaggregations/disaggregation-export/",
}

publisher = dg.AssetSpec(
    ["publisher", SOURCE],
    group_name="publishers",
    description="IDMC Global Internal Displacement Database: the publisher's database and API. "
    "Observed whenever its files are looked at.",
    owners=shared.OWNERS,
    kinds={"api"},
    tags=TAGS,
    metadata={
        "api": dg.MetadataValue.url(API),
        "website": dg.MetadataValue.url("https://www.internal-displacement.org/database/"),
        "licence": LICENCE,
    },
)


def _links(dataset: str) -> shared.Metadata:
    return {
        "publisher's table": dg.MetadataValue.url(f"{API}{_ENDPOINTS[dataset]}"),
        "licence": LICENCE,
    }


definitions: list[dg.AssetSpec | dg.AssetsDefinition] = [
    publisher,
    shared.extracts(publisher, {"json", "csv", "excel"}, TAGS, TITLE),
    *(
        shared.source_table(SOURCE, dataset, model, TITLE, TAGS, _links(dataset))
        for dataset, model in MODELS.items()
    ),
    shared.observations(SOURCE, DATASETS, harmonise, COLUMN_LINEAGE, TITLE, TAGS),
    shared.further_table(
        SOURCE, DISPLACEMENT_EVENT.name, ("disasters", "disaggregated"), DISPLACEMENT_EVENT,
        displacement_events, TAGS,
    ),
    shared.quality_issues(SOURCE, DATASETS, quality_issues, TITLE, TAGS),
]  # fmt: skip
