"""The report check: what the warehouse says of every number that the report prints."""

from __future__ import annotations

from schemas import fields as f
from schemas.table import RowCheck, TableModel

REPORT_CHECK = TableModel(
    "report_check",
    "Each number of the report beside what the warehouse gives, and why they differ",
    (f.CLAIM_ID, f.CHECKED_VALUE, f.CLAIM_STATUS, f.CLAIM_CAUSE, f.CHECK_EVIDENCE),
    ("claim_id",),
    (
        RowCheck(
            "value_unless_not_derivable",
            "a value, or none with status not_derivable",
            lambda frame: frame["value"].isna() == (frame["status"] == "not_derivable"),
            "value",
        ),
        RowCheck(
            "cause_where_it_differs",
            "a cause where the values differ, none elsewhere",
            lambda frame: frame["cause"].notna() == (frame["status"] == "differs"),
            "cause",
        ),
    ),
    enforce_key=True,
)
