"""What the map is worked out to: the report's readings checked, discrepancies, gaps, openness."""

from __future__ import annotations

from dataclasses import replace

from schemas import fields as f
from schemas.table import Field, TableModel, nullable

_CELL = (f.COUNTRY, f.THEME, f.MEASURE, f.MATRIX_BREAKDOWN)


def _other(one: Field) -> Field:
    """The same of the other figure."""
    return replace(
        one, name=f"other_{one.name}", description=f"{one.description}, of the other figure"
    )


_COMPARED = (
    f.YEAR, f.PRODUCER, f.INDICATOR, f.SOURCE, f.DATASET, f.RELEASE, f.UNIVERSE, f.VALUE,
    f.DEFINITION, f.MEANING,
)  # fmt: skip

ASSESSMENT_CHECK = TableModel(
    "assessment_check",
    "What the report says of a cell and year beside the computed status, and why they differ",
    (
        *_CELL, f.YEAR, f.PRODUCERS, f.FIRST_STATE, f.SECOND_STATE, f.STATUS, f.AGREES,
        f.EXPLANATION,
    ),
    ("country", "theme", "measure", "breakdown", "year", "producers"),
    enforce_key=True,
)  # fmt: skip
DISCREPANCY = TableModel(
    "discrepancy",
    "Totals of two producers that claim to count the same, and what of their definitions differs",
    (
        f.COUNTRY, f.THEME, f.MEASURE, f.CONCEPT, f.UNIT, *_COMPARED,
        *(_other(one) for one in _COMPARED), f.RATIO, f.DIFFERS_IN,
    ),
    (
        "country", "theme", "measure", "concept", "year", "producer", "indicator", "other_year",
        "other_producer", "other_indicator",
    ),
    enforce_key=True,
)  # fmt: skip
GAP = TableModel(
    "gap",
    "Cells that are not available, or in part only: what is missing and who could close it",
    (
        *_CELL, f.YEAR_FROM, f.YEAR_TO, f.STATUS, f.RULE, f.MISSING, nullable(f.SOURCE),
        nullable(f.ACCESS),
        f.REQUEST_ROUTE, f.LANGUAGES, f.RECOMMENDATIONS, f.SECTION, f.SDG_INDICATORS,
    ),
    ("country", "theme", "measure", "breakdown", "year_from"),
    enforce_key=True,
)  # fmt: skip
GAP_CHANGED = TableModel(
    "gap_change",
    "Cells that became wholly available, or ceased to be, since the build before; none in a first "
    "build",
    (
        *_CELL, f.YEAR, f.GAP_CHANGE, f.STATUS, f.RULE,
        replace(f.STATUS, name="status_before", description="The status in the build before"),
        replace(f.RULE, name="rule_before", description="The rule in the build before"),
    ),
    ("country", "theme", "measure", "breakdown", "year"),
    enforce_key=True,
)  # fmt: skip
OPENNESS = TableModel(
    "openness",
    "Points of each ingested dataset for each criterion of openness, and what lost them",
    (f.COUNTRY, f.SOURCE, f.DATASET, f.CRITERION, f.POINTS, f.LOST_BECAUSE),
    ("country", "source", "dataset", "criterion"),
    enforce_key=True,
)
GAP_TABLES: tuple[TableModel, ...] = (ASSESSMENT_CHECK, DISCREPANCY, GAP, GAP_CHANGED, OPENNESS)
