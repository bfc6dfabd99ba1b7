"""Readings of the report, discrepancies, gaps and openness in the asset graph."""

from collections.abc import Iterator
from datetime import date

import dagster as dg
import duckdb
import pandas as pd

from assets.availability import known_on
from assets.column_lineage import REPORT
from assets.report.assessment import assessment_check
from assets.report.discrepancy import FIGURES, discrepancies
from assets.report.gap import gaps
from assets.report.gap_change import gap_changes
from assets.report.openness import HOLDINGS, openness
from assets.sources.assets import OWNERS, lineage
from schemas.gaps import ASSESSMENT_CHECK, DISCREPANCY, GAP, GAP_CHANGED, OPENNESS
from schemas.reference import REFERENCE_TABLES
from warehouse import database, fingerprint, releases
from warehouse.home import Home
from warehouse.reference_data import Reference
from warehouse.tables import WarehouseHome, described, table_path

CODE_VERSION = "1"
FACT_TABLES = ("stock", "flow", "stock_superseded", "flow_superseded", "profile", "extract")
MODELS = {
    "assessment_check": ASSESSMENT_CHECK,
    "discrepancy": DISCREPANCY,
    "gap": GAP,
    "gap_change": GAP_CHANGED,
    "openness": OPENNESS,
}


@dg.multi_asset(
    name="compare_with_report",
    outs={
        name: dg.AssetOut(
            key=["report", name],
            group_name="report",
            description=f"{model.description}.",
            owners=OWNERS,
            kinds={"pandas", "duckdb"},
            code_version=CODE_VERSION,
        )
        for name, model in MODELS.items()
    },
    deps=[
        *(dg.AssetKey(["combined", table]) for table in FACT_TABLES),
        dg.AssetKey(["availability", "matrix"]),
        dg.AssetKey(["reference", "tables"]),
    ],
)
def report_map(warehouse_home: WarehouseHome) -> Iterator[dg.MaterializeResult[pd.DataFrame]]:
    """Set the map beside the report, over the tables about to be published."""
    home = warehouse_home.home
    version = dg.DataVersion(fingerprint.whole(fingerprint.parts(home))[:16])
    for name, frame in frames_of(home, releases.reference_of(home)).items():
        yield dg.MaterializeResult(
            asset_key=["report", name],
            value=frame,
            metadata=described(frame, MODELS[name], lineage(REPORT[name])),
            data_version=version,
        )


def frames_of(home: Home, reference: Reference) -> dict[str, pd.DataFrame]:
    """The frame of each table of ``MODELS``.

    Args:
        home: The warehouse home with the combined tables and the matrix.
        reference: The reference tables.
    """
    made = pd.read_parquet(table_path(home, "availability", "matrix"))
    inputs: dict[str, database.TableInput] = {
        name: table_path(home, "combined", name) for name in FACT_TABLES
    }
    inputs |= {model.name: reference.table(model.name) for model in REFERENCE_TABLES}
    with database.in_memory(inputs) as connection:
        then = matrix_at_report(connection, inputs, reference)
        figures, holdings = connection.sql(FIGURES).df(), connection.sql(HOLDINGS).df()
    return {
        "assessment_check": assessment_check(made, then, reference),
        "discrepancy": discrepancies(figures, reference),
        "gap": gaps(made, reference),
        "gap_change": gap_changes(made, published_matrix(home), reference),
        "openness": openness(holdings, int(made["year"].max()), reference),
    }


def published_matrix(home: Home) -> pd.DataFrame | None:
    """The matrix of the build that is published now; None if there is none that can be read."""
    try:
        with database.open_read_only(home) as connection:
            return connection.sql("FROM availability_matrix").df()
    except (database.NoWarehouse, duckdb.Error):
        return None


def matrix_at_report(
    connection: duckdb.DuckDBPyConnection,
    inputs: dict[str, database.TableInput],
    reference: Reference,
) -> pd.DataFrame:
    """The availability matrix as it was known when the report came out.

    Args:
        connection: A warehouse of today.
        inputs: What it was made of.
        reference: The reference tables.
    """
    day = report_day(reference)
    # As Arrow tables: sixty thousand rows as Python's text would take seconds.
    figures = {
        name: connection.sql(f"FROM {name}_known_on(DATE '{day}')").to_arrow_table()
        for name in ("stock", "flow")
    }
    known: dict[str, database.TableInput] = {**figures}
    known |= {f"{name}_superseded": table.slice(0, 0) for name, table in figures.items()}
    known["extract"] = connection.sql(
        f"FROM extract SEMI JOIN (FROM release WHERE known_on_to <= DATE '{day}') AS r "
        "USING (source, dataset, release)"
    ).to_arrow_table()
    with database.in_memory({**inputs, **known}) as before:
        database.work_out(before)
        return known_on.matrix_of(before, known_on.reference_on(reference, day))


def report_day(reference: Reference) -> date:
    """The day by which the report was known: that of the newest release typed from it."""
    release = reference.table("release")
    own = release.loc[release["source"].astype("str") == "iom_report", "known_on_to"]
    return pd.Timestamp(own.max()).date()
