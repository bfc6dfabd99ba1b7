"""The map in the asset graph: the availability matrix and the table of sources."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from assets.availability import known_on
from assets.availability.rules import matrix
from assets.availability.sources_by_year import sources_by_year
from assets.column_lineage import AVAILABILITY
from assets.sources.assets import OWNERS, lineage
from schemas.assessment import AVAILABILITY_MATRIX, SOURCES_BY_YEAR
from schemas.reference import REFERENCE_TABLES
from warehouse import database, fingerprint, releases
from warehouse.home import Home
from warehouse.reference_data import Reference
from warehouse.tables import WarehouseHome, described, table_path

CODE_VERSION = "1"
FACT_TABLES = ("stock", "flow", "stock_superseded", "flow_superseded", "extract")
MODELS = {"matrix": AVAILABILITY_MATRIX, "sources_by_year": SOURCES_BY_YEAR}


@dg.multi_asset(
    name="assess_availability",
    outs={
        name: dg.AssetOut(
            key=["availability", name],
            group_name="availability",
            description=f"{model.description}.",
            owners=OWNERS,
            kinds={"pandas", "duckdb"},
            code_version=CODE_VERSION,
        )
        for name, model in MODELS.items()
    },
    deps=[
        *(dg.AssetKey(["combined", table]) for table in FACT_TABLES),
        dg.AssetKey(["reference", "tables"]),
    ],
)
def availability(warehouse_home: WarehouseHome) -> Iterator[dg.MaterializeResult[pd.DataFrame]]:
    """Assess from the same views that users query, over the tables about to be published."""
    home = warehouse_home.home
    reference = releases.reference_of(home)
    evidence, totals, newest_year = evidence_of(home, reference)
    frames = {
        "matrix": matrix(evidence, totals, newest_year, reference),
        "sources_by_year": sources_by_year(evidence, reference),
    }
    version = dg.DataVersion(fingerprint.whole(fingerprint.parts(home))[:16])
    for name, frame in frames.items():
        yield dg.MaterializeResult(
            asset_key=["availability", name],
            value=frame,
            metadata=described(frame, MODELS[name], lineage(AVAILABILITY[name])),
            data_version=version,
        )


def evidence_of(home: Home, reference: Reference) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Evidence rows, the figures that overrides may expect, and the newest year.

    Args:
        home: The warehouse home with the combined tables.
        reference: The reference tables.

    Returns:
        See ``assets.availability.known_on.evidence_of``.
    """
    inputs: dict[str, database.TableInput] = {
        name: table_path(home, "combined", name) for name in FACT_TABLES
    }
    inputs |= {model.name: reference.table(model.name) for model in REFERENCE_TABLES}
    with database.in_memory(inputs) as connection:
        database.work_out(connection)
        return known_on.evidence_of(connection, reference)
