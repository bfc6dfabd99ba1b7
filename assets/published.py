"""Publish: one DuckDB file, built beside the old one, proven, and renamed over it."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import pandas as pd

from assets import checks
from assets.column_lineage import column_lineage, upstream_of
from assets.column_lineage import published as published_columns
from assets.sources.assets import OWNERS, check_result, check_specs, lineage
from schemas.assessment import BUILD
from schemas.generate import PUBLISHED_TABLES, comment_sql, create_table_sql, table_schema
from schemas.reference import REFERENCE_TABLES
from schemas.table import TableModel
from schemas.validate import conform
from warehouse import database, fingerprint, previous, reference_data, releases
from warehouse.hold import FORCE_TAG, HOW_TO_LIFT, held
from warehouse.home import Home
from warehouse.tables import PREVIEW_ROWS, WarehouseHome, preview, table_path

CODE_VERSION = "1"
MODELS: dict[str, TableModel] = {model.name: model for model in PUBLISHED_TABLES}
REFERENCE_KEY = dg.AssetKey(["reference", "tables"])
_BUILD_KEY = ["published", BUILD.name]
UPSTREAM = {name: key for name in MODELS if (key := upstream_of(name)) is not None}

reference_tables = dg.AssetSpec(
    REFERENCE_KEY,
    group_name="reference",
    description="Vocabularies, sources, datasets, releases, definitions and coverage that people "
    "edit: warehouse/reference/*.csv. Observed at every build.",
    owners=OWNERS,
    kinds={"csv"},
)


def _spec(model: TableModel) -> dg.AssetSpec:
    if model.name in UPSTREAM:
        deps = [dg.AssetKey(UPSTREAM[model.name])]
    elif model in REFERENCE_TABLES:
        deps = [REFERENCE_KEY]
    else:
        deps = [dg.AssetKey(key) for key in UPSTREAM.values()]
    return dg.AssetSpec(
        ["published", model.name],
        deps=deps,
        group_name="published",
        description=f"Table {model.name}: {model.description}.",
        owners=OWNERS,
        kinds={"duckdb"},
        code_version=CODE_VERSION,
    )


@dg.multi_asset(
    name="publish",
    specs=[_spec(model) for model in PUBLISHED_TABLES],
    check_specs=check_specs(_BUILD_KEY, ["rows"]),
)
def published(
    context: dg.AssetExecutionContext, warehouse_home: WarehouseHome
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Build from the Parquet files, prove, rename over the published file."""
    home = warehouse_home.home
    hold = held(home)
    if hold is not None and FORCE_TAG not in context.run.tags:
        raise dg.Failure(f"Nothing was published: {hold}, {HOW_TO_LIFT}.", allow_retries=False)
    parts = fingerprint.parts(home)
    version = dg.DataVersion(fingerprint.whole(parts)[:16])
    before = rows_before(home)
    rows = publish(home, parts, context.run.run_id)
    max_drop = reference_data.load().parameter("published_row_drop")
    seen = previews(home)
    context.log_event(
        dg.AssetObservation(
            REFERENCE_KEY,
            description="The reference tables of this build.",
            tags={"dagster/data_version": parts["reference"][:16]},
        )
    )
    for name, model in MODELS.items():
        yield dg.MaterializeResult(
            asset_key=["published", name],
            metadata={
                "dagster/row_count": rows[name],
                "dagster/column_schema": table_schema(model),
                "dagster/table_name": f"migration.main.{name}",
                "dagster/column_lineage": lineage(published_columns(model)),
                "preview": seen[name],
            },
            data_version=version,
        )
    yield check_result(checks.rows_kept(rows, before, max_drop), _BUILD_KEY)


def rows_before(home: Home) -> dict[str, int]:
    """Rows of each table of the published build; empty if there is none."""
    try:
        return previous.read_build(home.database).rows
    except previous.BuildUnreadable:
        return {}


def previews(home: Home) -> dict[str, dg.MarkdownMetadataValue]:
    """The first rows of each published table."""
    with database.open_read_only(home) as connection:
        return {
            name: preview(connection.sql(f'SELECT * FROM "{name}" LIMIT {PREVIEW_ROWS}').df())
            for name in MODELS
        }


def publish(home: Home, parts: dict[str, str], run_id: str | None) -> dict[str, int]:
    """Build the database of a home, prove it and rename it over the published one.

    The one that is replaced is kept, with as many before it as the reference data say; a hold
    ends, for what it held is no longer what is published.

    Args:
        home: The warehouse home with all tables of the stages before.
        parts: Parts of the fingerprint.
        run_id: Dagster run that publishes.

    Returns:
        Number of rows of each table.

    Raises:
        warehouse.database.BuildRefused: The build did not prove itself; nothing changed.
    """
    reference = releases.reference_of(home)
    inputs: dict[str, database.TableInput] = {
        name: table_path(home, *key) for name, key in UPSTREAM.items()
    }
    inputs |= {model.name: reference.table(model.name) for model in REFERENCE_TABLES}
    lineage_rows = column_lineage(PUBLISHED_TABLES)
    inputs |= {"column_lineage": lineage_rows, "build": build_row(parts, run_id)}
    for left_behind in home.building.glob("*.duckdb*"):
        left_behind.unlink()
    path = home.building / f"migration.{os.getpid()}.duckdb"
    ddl = {name: [create_table_sql(model), *comment_sql(model)] for name, model in MODELS.items()}
    rows = database.build(path, MODELS, inputs, ddl)
    database.publish(home, path)
    home.hold.unlink(missing_ok=True)
    previous.forget_older(home, int(reference.parameter("previous_builds_kept")))
    return rows


def build_row(parts: dict[str, str], run_id: str | None) -> pd.DataFrame:
    """The one row of table ``build``."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    whole = fingerprint.whole(parts)
    row = {
        "build_id": f"{now:%Y%m%dT%H%M%S}-{whole[:8]}",
        "built_at": pd.Timestamp(now),
        "contract_version": database.CONTRACT_VERSION,
        "fingerprint": whole,
        "fingerprint_parts": json.dumps(parts, sort_keys=True),
        "run_id": run_id,
    }
    return conform(pd.DataFrame([row]), BUILD)
