"""UNHCR in the asset graph: what was landed, the five tables, observations, quality issues."""

import dagster as dg
import pandas as pd

from assets import checks
from assets.sources import gate
from assets.sources.assets import (
    FRESHNESS,
    OWNERS,
    SOURCE_CHECKS,
    check_result,
    check_specs,
    data_version,
    lineage,
    source_checks,
)
from assets.sources.unhcr.harmonise import harmonise
from assets.sources.unhcr.issues import quality_issues as find_quality_issues
from assets.sources.unhcr.lineage import COLUMN_LINEAGE
from schemas.assessment import EXTRACT
from schemas.facts import OBSERVATIONS, QUALITY_ISSUE
from schemas.sources.unhcr import MODELS
from schemas.validate import validate
from warehouse import landing, reference_data
from warehouse.tables import FRAME, WarehouseHome, described

SOURCE = "unhcr"
CODE_VERSION = "1"
PUBLISHER_KEY = dg.AssetKey(["publisher", SOURCE])
EXTRACTS_KEY = [SOURCE, "extracts"]
OBSERVATIONS_KEY = [SOURCE, "observations"]
ISSUES_KEY = [SOURCE, "quality_issues"]
API = "https://api.unhcr.org/population/v1/"
LICENCE = dg.MetadataValue.url("https://creativecommons.org/licenses/by/4.0/")
TAGS = {"publisher": SOURCE, "licence": "cc-by-4.0"}
INPUTS = {dataset: dg.AssetIn([SOURCE, dataset]) for dataset in MODELS}

publisher = dg.AssetSpec(
    PUBLISHER_KEY,
    group_name="publishers",
    description="UNHCR Refugee Population Statistics: the publisher's database and website. "
    "Observed whenever its files are looked at.",
    owners=OWNERS,
    kinds={"api"},
    tags=TAGS,
    metadata={
        "api": dg.MetadataValue.url(API),
        "website": dg.MetadataValue.url("https://www.unhcr.org/refugee-statistics/"),
        "licence": LICENCE,
    },
)


@dg.asset(
    key=EXTRACTS_KEY,
    deps=[publisher],
    group_name="sources",
    description="UNHCR's files as landed: accepted or refused by the gate, and why.",
    owners=OWNERS,
    kinds={"json", "csv"},
    tags=TAGS,
    code_version=CODE_VERSION,
    dagster_type=FRAME,
    check_specs=check_specs(EXTRACTS_KEY, ["gate"]),
    freshness_policy=FRESHNESS,
)
def extracts(
    context: dg.AssetExecutionContext, warehouse_home: WarehouseHome
) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster wants it bare
    """Land what is new and give the manifests."""
    home = warehouse_home.home
    gate.land(home, reference_data.load(), SOURCE)
    manifests = landing.accepted(home, SOURCE)
    manifests += [one for one in landing.refused(home) if one.source in (SOURCE, gate.UNKNOWN)]
    frame = landing.as_frame(manifests)
    version = data_version(home, SOURCE)
    context.log_event(
        dg.AssetObservation(
            PUBLISHER_KEY,
            description="The publisher's files were looked at.",
            metadata={"files held": len(manifests)},
            tags={"dagster/data_version": version.value},
        )
    )
    refusals = [one for one in landing.standing_refusals(home) if one in manifests]
    return dg.MaterializeResult(
        value=frame,
        metadata=described(frame, EXTRACT),
        data_version=version,
        check_results=[check_result(checks.no_standing_refusal(refusals), EXTRACTS_KEY)],
    )


def _source_table(dataset: str) -> dg.AssetsDefinition:
    model = MODELS[dataset]
    key = [SOURCE, dataset]

    @dg.asset(
        key=key,
        deps=[extracts],
        group_name="sources",
        description=f"UNHCR. {model.description}; all releases held.",
        owners=OWNERS,
        kinds={"pandas", "parquet"},
        tags=TAGS,
        code_version=CODE_VERSION,
        dagster_type=FRAME,
        check_specs=check_specs(key, SOURCE_CHECKS),
        metadata={
            "publisher's table": dg.MetadataValue.url(f"{API}{dataset.replace('_', '-')}/"),
            "licence": LICENCE,
        },
        freshness_policy=FRESHNESS,
    )
    def table(warehouse_home: WarehouseHome) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster wants it bare
        home, reference = warehouse_home.home, reference_data.load()
        try:
            frame = gate.landed_table(home, SOURCE, dataset, reference)
        except gate.NothingAccepted as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        return dg.MaterializeResult(
            value=frame,
            metadata=described(frame, model),
            data_version=data_version(home, SOURCE, dataset),
            check_results=source_checks(home, key, frame, model, reference),
        )

    return table


source_tables = [_source_table(dataset) for dataset in MODELS]


@dg.asset(
    key=OBSERVATIONS_KEY,
    ins=INPUTS,
    deps=[dg.AssetKey(["reference", "tables"])],
    group_name="observations",
    description="UNHCR's figures of all tables and releases, in the warehouse's own columns.",
    owners=OWNERS,
    kinds={"pandas", "parquet"},
    tags=TAGS,
    code_version=CODE_VERSION,
    dagster_type=FRAME,
    check_specs=check_specs(OBSERVATIONS_KEY, ["key"]),
)
def observations(warehouse_home: WarehouseHome, **tables: pd.DataFrame) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster wants it bare
    """Harmonise the five tables."""
    reference = reference_data.load()
    releases = reference.table("release")
    made = harmonise(tables, releases[releases["source"] == SOURCE])
    frame = validate(made, OBSERVATIONS, reference.codes, prove_key=False)
    outcome = checks.unique_key(frame, OBSERVATIONS.key)
    return dg.MaterializeResult(
        value=frame,
        metadata=described(frame, OBSERVATIONS, lineage(COLUMN_LINEAGE)),
        data_version=data_version(warehouse_home.home, SOURCE),
        check_results=[check_result(outcome, OBSERVATIONS_KEY)],
    )


@dg.asset(
    key=ISSUES_KEY,
    ins=INPUTS,
    group_name="observations",
    description="What is odd in UNHCR's accepted files and was kept, with the figures.",
    owners=OWNERS,
    kinds={"pandas", "parquet"},
    tags=TAGS,
    code_version=CODE_VERSION,
    dagster_type=FRAME,
    check_specs=check_specs(ISSUES_KEY, ["reconciliation"]),
)
def quality_issues(warehouse_home: WarehouseHome, **tables: pd.DataFrame) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster wants it bare
    """Look for parts that do not make their total and tables that differ."""
    reference = reference_data.load()
    frame = validate(find_quality_issues(tables), QUALITY_ISSUE, reference.codes)
    newest = str(tables["population"]["release"].astype("str").max())
    outcome = checks.reconciliation(frame, "sum_differs_between_datasets", newest)
    return dg.MaterializeResult(
        value=frame,
        metadata=described(frame, QUALITY_ISSUE),
        data_version=data_version(warehouse_home.home, SOURCE),
        check_results=[check_result(outcome, ISSUES_KEY)],
    )


definitions: list[dg.AssetSpec | dg.AssetsDefinition] = [
    publisher,
    extracts,
    *source_tables,
    observations,
    quality_issues,
]
