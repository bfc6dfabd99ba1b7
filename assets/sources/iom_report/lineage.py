"""Which columns of the report's tables each column of its observations is made of."""

from __future__ import annotations

from assets.sources.iom_report.read import SOURCE
from schemas.facts import OBSERVATIONS
from schemas.sources.iom_report import FIGURES

_TABLES = ("figures", "tables")
_MADE_OF = {
    "year": ("reference_date", "period_end"),
    "breakdown": (
        "origin", "destination", "sex", "age", "education", "employment", "reason", "detail",
    ),
    "published_in": ("section", "cited_source"),
}  # fmt: skip
_SAME = {name: (name,) for name in OBSERVATIONS.columns if name in FIGURES.columns}
# Upstream asset key and column of each column that is not constant.
COLUMN_LINEAGE: dict[str, list[tuple[list[str], str]]] = {
    name: [([SOURCE, table], column) for table in _TABLES for column in columns]
    for name, columns in (_SAME | _MADE_OF).items()
}
