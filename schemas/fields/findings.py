"""Columns of what is worked out: the map, checks, discrepancies, gaps, lineage, build."""

from __future__ import annotations

from schemas.table import Field

# --- The map ---------------------------------------------------------------------------------

STATUS = Field(
    "status",
    "code",
    "available, partial or not_available, by the best source",
    "availability_status",
)
GAP_CHANGE = Field("change", "code", "opened or closed since the build before", "gap_change")
STATUS_NATIONAL = Field(
    "status_national", "code", "The same by national producers only", "availability_status"
)
RULE = Field("rule", "code", "Rule of availability that decided", "rule")
REASON_TEXT = Field("reason", "text", "A sentence that names source and rule")
EVIDENCE = Field("evidence", "code", "observed, declared or none", "evidence")
COMPLETENESS = Field(
    "completeness",
    "number",
    "Known parts as a share of the total of the same universe",
    unit="share",
    nullable=True,
)
OBSERVATIONS = Field("observations", "integer", "Figures of the warehouse that speak to the cell")
SOURCES = Field("sources", "text", "Sources that speak to the cell", nullable=True)
PUBLIC_SOURCES = Field("public_sources", "text", "Those that are public", nullable=True)
AUTHOR = Field("author", "text", "Who decided it")
DECIDED_ON = Field("date", "date", "When it was decided")
OVERRIDE_REASON = Field("reason", "text", "Why the computed cell is overridden")
EXPECTED_VALUE = Field(
    "expected_value", "number", "The figure that the override expects to find", nullable=True
)
YEARS = Field("years", "text", "Years that the source speaks to")

# --- The report check ------------------------------------------------------------------------

CLAIM_ID = Field("claim_id", "code", "Number that the report prints: section and order", "claim")
STATEMENT = Field("statement", "text", "What the number is said to be, in our own words")
PRINTED_VALUE = Field("printed_value", "number", "The number as the report prints it")
PRINTED_UNIT = Field("unit", "text", "Unit as the report prints it")
ROUNDING = Field(
    "rounding",
    "text",
    "How the number was rounded: exact, a step (1, 0.1, 1000), about (to the last digit that is "
    "not zero) or at_least (the same, downwards)",
)
CITED_SOURCE = Field("cited_source", "text", "What the report cites for it", nullable=True)
CLAIM_METHOD = Field(
    "method", "code", "query, arithmetic on other claims, or exception", "claim_method"
)
EXPRESSION = Field("expression", "text", "SQL of one number over the warehouse", nullable=True)
RELEASE_NOTE = Field(
    "release_note", "text", "Which release is asked, and why that one", nullable=True
)
CLAIM_CAUSE = Field(
    "cause", "code", "Why the warehouse gives another number", "claim_cause", nullable=True
)
CAUSE_EXPRESSION = Field(
    "cause_expression",
    "text",
    "SQL that gives the printed number, or true, if the cause holds",
    nullable=True,
)
EXPLANATION = Field("explanation", "text", "What a reader should know of it", nullable=True)
CHECKED_VALUE = Field("value", "number", "What the warehouse gives", nullable=True)
CLAIM_STATUS = Field(
    "status", "code", "reproduced, rounded, differs or not_derivable", "claim_status"
)
CHECK_EVIDENCE = Field("evidence", "text", "What was asked, and what it gave")

# --- Conventions and policies ----------------------------------------------------------------

CONVENTION = Field("convention", "code", "Short name of an international convention")
ADOPTED_YEAR = Field("adopted_year", "integer", "Year in which the convention was adopted")
RATIFIED_YEAR = Field(
    "ratified_year", "integer", "Year in which the country bound itself to it", nullable=True
)
CONVENTION_STATUS = Field(
    "status", "code", "Whether the country bound itself to it", "convention_status"
)
POLICY = Field("policy", "code", "Short name of a law, regulation, concept or plan")
POLICY_KIND = Field("kind", "code", "What kind of document it is", "policy_kind")
POLICY_YEAR = Field("year", "integer", "Year of the document, as the report cites it")
RESPONSIBLE = Field(
    "responsible", "text", "Body that the report names for it or its subject", nullable=True
)
ABOUT = Field("about", "text", "What it rules, in our own words")

# --- Assessed cells, discrepancies, gaps, openness, method ---------------------------------------

PRODUCERS = Field(
    "producers", "code", "Whose figures are meant: any, or national only", "producers_meant"
)
STATE = Field("state", "code", "What the report says of the cell", "availability_status")
STATE_REASON = Field("reason", "text", "What the report says, in our own words")
READING = Field("reading", "integer", "Which reading of the report: 1 or 2, by two readers")
FIRST_STATE = Field(
    "first_reading",
    "code",
    "Best state that the first reading found",
    "availability_status",
    nullable=True,
)
SECOND_STATE = Field(
    "second_reading", "code", "The same of the second reading", "availability_status", nullable=True
)
AGREES = Field("agrees", "boolean", "Whether the computed status is that of each reading")
CONCEPT = Field("concept", "code", "What indicators that may be compared all claim to count")
MEANING = Field("meaning", "text", "How the producer defines what is counted")
RATIO = Field("ratio", "number", "The larger value as a multiple of the smaller", nullable=True)
DIFFERS_IN = Field(
    "differs_in",
    "text",
    "What differs: fields of the definitions, universe, year; else the indicator or the method",
)
MISSING = Field("missing", "text", "What is missing")
RECOMMENDATION = Field("recommendation", "code", "Name of a recommendation of the report")
RECOMMENDED = Field("text_en", "text", "What the report recommends, in our own words")
RECOMMENDATIONS = Field("recommended", "text", "What the report recommends", nullable=True)
SDG_INDICATOR = Field("sdg_indicator", "code", "Number of the SDG indicator")
SDG_INDICATORS = Field("sdg_indicators", "text", "SDG indicators that it serves", nullable=True)
CRITERION = Field("criterion", "code", "Criterion of openness", "openness_criterion")
CRITERION_KIND = Field("kind", "code", "coverage or openness", "openness_kind")
POINTS = Field("points", "number", "1, 0.5 or 0")
LOST_BECAUSE = Field("lost_because", "text", "What lost the points", nullable=True)
SEARCH = Field("search", "integer", "Number of the search")
TERMS = Field("terms", "text", "What was searched for", nullable=True)
LANGUAGE = Field("language", "text", "Language of the terms")
ENGINE = Field("engine", "text", "Where it was searched")
DAY = Field("day", "date", "On which day", nullable=True)
HITS = Field("hits", "integer", "How many were found", nullable=True)
MEMBER = Field("member", "text", "Who was asked")
ASKED_FOR = Field("asked_for", "text", "What for")
ASKED_ON = Field("asked_on", "date", "When", nullable=True)
ANSWERED_ON = Field("answered_on", "date", "When the answer was had", nullable=True)
ANSWER = Field("answer", "text", "What came of it", nullable=True)

# --- Quality, lineage, build -----------------------------------------------------------------

ISSUE_KIND = Field("kind", "code", "What kind of oddity it is", "issue_kind")
ISSUE_TEXT = Field("description", "text", "What is odd, with the figures that show it")
TABLE_NAME = Field("table_name", "code", "Table of the warehouse")
COLUMN_NAME = Field("column_name", "code", "Column of that table")
UPSTREAM_TABLE = Field("upstream_table", "text", "Table or file column that it is made of")
UPSTREAM_COLUMN = Field("upstream_column", "text", "Column of the upstream table")
BUILD_ID = Field("build_id", "text", "Name of the build")
BUILT_AT = Field("built_at", "timestamp", "When it was built, UTC")
CONTRACT_VERSION = Field("contract_version", "text", "Version of the public contract")
FINGERPRINT = Field(
    "fingerprint", "text", "SHA-256 over accepted extracts, reference data, models and code"
)
FINGERPRINT_PARTS = Field("fingerprint_parts", "text", "The parts of the fingerprint, JSON")
RUN_ID = Field("run_id", "text", "Dagster run that built it", nullable=True)

# --- Revisions ---------------------------------------------------------------------------------

RELEASE_BEFORE = Field(
    "release_before", "code", "The release before, of those complete for a country of the figure"
)
RELEASE_AFTER = Field("release_after", "code", "The release that revised it")
CHANGE = Field("change", "code", "new, changed or vanished", "revision_change")
VALUE_BEFORE = Field(
    "value_before", "number", "Figure of the release before; NULL: none, or missing", nullable=True
)
VALUE_AFTER = Field(
    "value_after", "number", "Figure of the release; NULL: none, or missing", nullable=True
)
DIFFERENCE = Field(
    "difference", "number", "value_after less value_before, where both are there", nullable=True
)
RELATIVE_DIFFERENCE = Field(
    "relative_difference",
    "number",
    "The difference as a share of value_before, where that is not 0",
    unit="share",
    nullable=True,
)
