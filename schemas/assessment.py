"""The tables that are worked out: the availability matrix, its sources, lineage and build."""

from __future__ import annotations

from schemas import fields as f
from schemas.table import RowCheck, TableModel, nullable

_SHARE = RowCheck(
    "completeness_is_a_share",
    "a share of at least 0",
    lambda frame: ~(frame["completeness"] < 0),
    "completeness",
)

AVAILABILITY_MATRIX = TableModel(
    "availability_matrix",
    "Every cell of theme_breakdown by year, exactly once, with what decided it",
    (
        f.COUNTRY, f.THEME, f.MEASURE, f.MATRIX_BREAKDOWN, f.YEAR, f.STATUS, f.STATUS_NATIONAL,
        f.RULE, f.REASON_TEXT, f.EVIDENCE, f.COMPLETENESS, f.OBSERVATIONS, f.SOURCES,
        f.PUBLIC_SOURCES,
    ),
    ("country", "theme", "measure", "breakdown", "year"),
    (_SHARE,),
    enforce_key=True,
)  # fmt: skip

SOURCES_BY_YEAR = TableModel(
    "sources_by_year",
    "The report's Table 2: which source speaks to a theme, in which years, and how to get it",
    (
        f.COUNTRY, f.THEME, f.SOURCE, f.AUTHORS, f.INSTITUTION, f.TITLE, f.LINK, f.DATA_SOURCE,
        f.FREQUENCY, f.PUBLICLY_AVAILABLE, f.BREAKDOWNS_TEXT, f.DEFINITION_TEXT, f.LANGUAGES,
        f.YEARS, f.ACCESS, f.REQUEST_ROUTE,
    ),
    ("country", "theme", "source", "access"),
    enforce_key=True,
)  # fmt: skip

EXTRACT = TableModel(
    "extract",
    "Files that were landed, accepted or refused",
    (
        f.EXTRACT_ID, f.SOURCE, f.DATASET, nullable(f.RELEASE), nullable(f.SCOPE), f.FILE_NAME,
        f.BYTES, f.ROWS, f.LINK, f.RETRIEVED_AT, f.LANDED_AT, f.LANDED_ORDER, f.LICENCE,
        f.LICENCE_LINK, f.CITATION, f.FIGURES_FROM, f.ACCEPTED, f.REFUSED_BECAUSE, f.NOTE,
        f.FETCHED, f.KNOWN_ON, f.EXTRACT_ACCESS, f.ACCEPTED_BY, f.ACCEPTED_BECAUSE, f.ACCEPTED_AT,
    ),
    ("extract_id",),
    enforce_key=True,
)  # fmt: skip

COLUMN_LINEAGE = TableModel(
    "column_lineage",
    "Which upstream column each column of the warehouse is made of",
    (f.TABLE_NAME, f.COLUMN_NAME, f.UPSTREAM_TABLE, f.UPSTREAM_COLUMN),
    ("table_name", "column_name", "upstream_table", "upstream_column"),
    enforce_key=True,
)

BUILD = TableModel(
    "build",
    "What this file was built from, and when",
    (
        f.BUILD_ID, f.BUILT_AT, f.CONTRACT_VERSION, f.FINGERPRINT, f.FINGERPRINT_PARTS,
        f.RUN_ID,
    ),
    ("build_id",),
    enforce_key=True,
)  # fmt: skip
