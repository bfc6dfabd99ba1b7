"""UN DESA in the asset graph: files landed, the five tables, observations, quality issues."""

import dagster as dg

from assets.sources import assets as shared
from assets.sources.undesa.harmonise import harmonise
from assets.sources.undesa.issues import quality_issues
from assets.sources.undesa.layout import SOURCE
from assets.sources.undesa.lineage import COLUMN_LINEAGE
from schemas.sources.undesa import MODELS

TITLE = "UN DESA"
STOCKS_PAGE = "https://www.un.org/development/desa/pd/content/international-migrant-stock"
LINKS = {
    "wpp_net_migration": "https://population.un.org/wpp/",
    "abel_cohen": "https://doi.org/10.1038/s41597-019-0089-3",
}
LICENCE = dg.MetadataValue.url("https://creativecommons.org/licenses/by/3.0/igo/")
LICENCE_OF_ESTIMATES = dg.MetadataValue.url("https://creativecommons.org/licenses/by/4.0/")
TAGS = {"publisher": SOURCE, "licence": "cc-by-3.0-igo"}
DATASETS = tuple(MODELS)

publisher = dg.AssetSpec(
    ["publisher", SOURCE],
    group_name="publishers",
    description="UN DESA, Population Division: International Migrant Stock and World Population "
    "Prospects, and the flow estimates that Abel and Cohen make of these stocks. Observed whenever "
    "its files are looked at.",
    owners=shared.OWNERS,
    kinds={"excel"},
    tags=TAGS,
    metadata={"website": dg.MetadataValue.url(STOCKS_PAGE), "licence": LICENCE},
)


def _links(dataset: str) -> shared.Metadata:
    return {
        "publisher's table": dg.MetadataValue.url(LINKS.get(dataset, STOCKS_PAGE)),
        "licence": LICENCE_OF_ESTIMATES if dataset == "abel_cohen" else LICENCE,
    }


definitions: list[dg.AssetSpec | dg.AssetsDefinition] = [
    publisher,
    shared.extracts(publisher, {"excel", "csv"}, TAGS, TITLE),
    *(
        shared.source_table(SOURCE, dataset, model, TITLE, TAGS, _links(dataset))
        for dataset, model in MODELS.items()
    ),
    shared.observations(SOURCE, DATASETS, harmonise, COLUMN_LINEAGE, TITLE, TAGS),
    shared.quality_issues(SOURCE, DATASETS, quality_issues, TITLE, TAGS),
]
