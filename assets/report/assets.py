"""The report check in the asset graph."""

import dagster as dg
import pandas as pd

from assets.column_lineage import REPORT
from assets.report.check import report_check
from assets.sources.assets import OWNERS, lineage
from schemas.reference import REFERENCE_TABLES
from schemas.report import REPORT_CHECK
from warehouse import database, fingerprint, releases
from warehouse.home import Home
from warehouse.reference_data import Reference
from warehouse.tables import WarehouseHome, described, table_path

CODE_VERSION = "1"
FACT_TABLES = (
    "stock", "flow", "stock_superseded", "flow_superseded", "profile", "displacement_event",
    "extract",
)  # fmt: skip


@dg.asset(
    key=["report", "check"],
    group_name="report",
    description=f"{REPORT_CHECK.description}.",
    owners=OWNERS,
    kinds={"pandas", "duckdb"},
    code_version=CODE_VERSION,
    deps=[
        *(dg.AssetKey(["combined", table]) for table in FACT_TABLES),
        dg.AssetKey(["reference", "tables"]),
    ],
)
def check(warehouse_home: WarehouseHome) -> dg.MaterializeResult[pd.DataFrame]:
    """Derive every number of the report from the tables about to be published."""
    home = warehouse_home.home
    frame = check_of(home, releases.reference_of(home))
    counts = frame["status"].astype("str").value_counts()
    return dg.MaterializeResult(
        value=frame,
        metadata={
            **described(frame, REPORT_CHECK, lineage(REPORT["check"])),
            **{f"claims_{status}": int(number) for status, number in counts.items()},
        },
        data_version=dg.DataVersion(fingerprint.whole(fingerprint.parts(home))[:16]),
    )


def check_of(home: Home, reference: Reference) -> pd.DataFrame:
    """The rows of ``report_check`` for a home with the combined tables.

    Args:
        home: The warehouse home.
        reference: The reference tables.

    Raises:
        assets.report.check.CheckRefused: A derivation can't stand.
    """
    inputs: dict[str, database.TableInput] = {
        name: table_path(home, "combined", name) for name in FACT_TABLES
    }
    inputs |= {model.name: reference.table(model.name) for model in REFERENCE_TABLES}
    with database.in_memory(inputs, copy=True) as connection:
        return report_check(connection, reference)
