"""Which upstream column each column is made of: for Dagster's pages and for the warehouse.

Dagster's open-source UI stores column lineage but does not draw it, so it is a table as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from assets.sources.publishers import NAMES, PUBLISHERS, Columns, makers_of
from schemas.assessment import COLUMN_LINEAGE, EXTRACT
from schemas.facts import (
    DISPLACEMENT_EVENT,
    FLOW,
    FLOW_SUPERSEDED,
    PROFILE,
    QUALITY_ISSUE,
    STOCK,
    STOCK_SUPERSEDED,
)
from schemas.reference import REFERENCE_TABLES
from schemas.revisions import REVISION
from schemas.table import TableModel
from schemas.validate import conform

FACTS: tuple[TableModel, ...] = (STOCK, FLOW, STOCK_SUPERSEDED, FLOW_SUPERSEDED)
# Tables that only some publishers make.
FURTHER: tuple[TableModel, ...] = (PROFILE, DISPLACEMENT_EVENT)
_VALUES = [(["combined", table], "value") for table in ("stock", "flow")]
_YEARS = [(["combined", table], "year") for table in ("stock", "flow")]
_PRODUCERS = [(["combined", table], "producer") for table in ("stock", "flow")]
AVAILABILITY: dict[str, Columns] = {
    "matrix": {
        "year": _YEARS,
        "completeness": _VALUES,
        "observations": _VALUES,
        "sources": _PRODUCERS,
    },
    "sources_by_year": {"source": _PRODUCERS, "years": _YEARS},
}
_SUPERSEDED = [(["combined", f"{table}_superseded"], "value") for table in ("stock", "flow")]
_REVISED: Columns = {
    **{
        name: [(["combined", one.name], name) for one in FACTS if name in one.columns]
        for name in REVISION.columns
        if any(name in one.columns for one in FACTS)
    },
    **{
        name: [(["combined", one.name], "release") for one in FACTS]
        for name in ("release_before", "release_after")
    },
    "value_before": _SUPERSEDED,
    **{
        name: [*_VALUES, *_SUPERSEDED]
        for name in ("value_after", "change", "difference", "relative_difference")
    },
}
REPORT: dict[str, Columns] = {
    "check": {
        "claim_id": [(["reference", "tables"], "claim_id")],
        "value": [
            *_VALUES,
            *((["combined", f"{table}_superseded"], "value") for table in ("stock", "flow")),
            (["combined", "profile"], "value"),
            (["combined", "displacement_event"], "value"),
        ],
        "cause": [(["reference", "tables"], "cause")],
    },
    "assessment_check": {
        "status": [(["availability", "matrix"], name) for name in ("status", "status_national")],
        "first_reading": [(["reference", "tables"], "state")],
        "second_reading": [(["reference", "tables"], "state")],
        "explanation": [(["reference", "tables"], "explanation")],
    },
    "discrepancy": {
        name: [(["combined", table], column) for table in ("stock", "flow")]
        for column in ("year", "producer", "value", "definition")
        for name in (column, f"other_{column}")
    },
    "gap_change": {
        name: [(["availability", "matrix"], name)] for name in ("year", "status", "rule")
    },
    "gap": {
        "status": [(["availability", "matrix"], "status")],
        "missing": [(["availability", "matrix"], name) for name in ("rule", "reason")],
        "source": [
            (["availability", "matrix"], "sources"),
            (["reference", "tables"], "source"),
        ],
        "recommended": [(["reference", "tables"], "text_en")],
        "sdg_indicators": [(["reference", "tables"], "sdg_indicator")],
    },
    "openness": {
        "points": [
            *_YEARS,
            *((["reference", "tables"], name) for name in ("format", "licence", "document")),
        ],
    },
}
_PUBLISHED_FROM: dict[str, tuple[str, str]] = {
    **{
        model.name: ("combined", model.name) for model in (*FACTS, *FURTHER, QUALITY_ISSUE, EXTRACT)
    },
    "revision": ("combined", "revision"),
    "availability_matrix": ("availability", "matrix"),
    "sources_by_year": ("availability", "sources_by_year"),
    "report_check": ("report", "check"),
    **{name: ("report", name) for name in REPORT if name != "check"},
}


def same_columns(model: TableModel, keys: Sequence[Sequence[str]]) -> Columns:
    """Each column is made of the column of the same name, in every upstream table."""
    return {name: [(list(key), name) for key in keys] for name in model.columns}


def combined(model: TableModel, part: str) -> Columns:
    """Columns of a combined table: the publishers' columns of the same names."""
    makers = makers_of(part) if part == model.name else NAMES
    return same_columns(model, [[publisher, part] for publisher in makers])


def revised() -> Columns:
    """Columns of the revisions: figures of all releases."""
    return _REVISED


def published(model: TableModel) -> Columns:
    """Columns of a published table."""
    if model in REFERENCE_TABLES:
        return same_columns(model, [["reference", "tables"]])
    upstream = _PUBLISHED_FROM.get(model.name)
    return same_columns(model, [upstream]) if upstream else {}


def column_lineage(models: Sequence[TableModel]) -> pd.DataFrame:
    """The rows of table ``column_lineage``: every step from a publisher's column on.

    Args:
        models: The published tables.

    Returns:
        A frame in the columns of ``schemas.assessment.COLUMN_LINEAGE``; tables between stages
        are named by their asset key, ``combined/stock``.
    """
    steps: dict[str, Columns] = {model.name: published(model) for model in models}
    steps |= {f"combined/{model.name}": combined(model, "observations") for model in FACTS}
    steps["combined/revision"] = revised()
    steps |= {f"availability/{name}": columns for name, columns in AVAILABILITY.items()}
    steps |= {f"report/{name}": columns for name, columns in REPORT.items()}
    steps |= {f"combined/{model.name}": combined(model, model.name) for model in FURTHER}
    steps |= {f"{one.name}/observations": one.column_lineage for one in PUBLISHERS}
    rows = [
        (table, column, "/".join(key), upstream)
        for table, columns in steps.items()
        for column, upstreams in columns.items()
        for key, upstream in upstreams
    ]
    return conform(pd.DataFrame(rows, columns=COLUMN_LINEAGE.columns), COLUMN_LINEAGE)


def upstream_of(table: str) -> tuple[str, str] | None:
    """Asset key that a published table is made of; None for reference tables and the build's."""
    return _PUBLISHED_FROM.get(table)
