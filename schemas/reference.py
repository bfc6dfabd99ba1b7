"""The reference tables: vocabularies, sources, datasets and what the map should hold.

Their rows are kept in ``warehouse/reference/*.csv``; one model a file, of the same name,
or a folder of files of that name.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from schemas import fields as f
from schemas.table import Field, RowCheck, TableModel, nullable, required

_NAMES: tuple[Field, ...] = (f.NAME_EN, f.NAME_RU, f.NAME_KY)


def _table(
    name: str,
    description: str,
    fields: tuple[Field, ...],
    key: tuple[str, ...],
    checks: tuple[RowCheck, ...] = (),
) -> TableModel:
    return TableModel(name, description, fields, key, checks, enforce_key=True)


_YEARS_IN_ORDER = RowCheck(
    "years_in_order",
    "a first year that is not after the last",
    lambda frame: frame["year_from"] <= frame["year_to"],
    "year_from",
)
# A public holding that nobody has seen can't be defended before a ministry.
_SEEN = RowCheck(
    "public_is_seen",
    "a link, a date and a reader for what is public and complete",
    lambda frame: (
        ~((frame["access"] == "public") & (frame["holds"] == "complete"))
        | (frame["link"].notna() & frame["date_seen"].notna() & frame["seen_by"].notna())
    ),
    "link",
)
_ROUNDING = RowCheck(
    "known_rounding",
    "exact, about, at_least or a step above 0",
    lambda frame: (
        frame["rounding"].isin(["exact", "about", "at_least"])
        | (pd.to_numeric(frame["rounding"], errors="coerce") > 0)
    ),
    "rounding",
)

_RATIFIED = RowCheck(
    "year_if_ratified",
    "a year, not before the adoption, if ratified, and none if not",
    lambda frame: (
        ((frame["status"] == "ratified") == frame["ratified_year"].notna())
        & ~(frame["ratified_year"] < frame["adopted_year"]).fillna(False)
    ),
    "ratified_year",
)

_MONTH_DAY = r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_INTERIM = RowCheck(
    "interim_rule_is_whole",
    "months and days in both, as in 06-30, or in neither",
    lambda frame: (
        (frame["interim_until"].notna() == frame["interim_reference"].notna())
        & (frame["interim_until"].isna() | frame["interim_until"].str.fullmatch(_MONTH_DAY))
        & (frame["interim_reference"].isna() | frame["interim_reference"].str.fullmatch(_MONTH_DAY))
    ),
    "interim_until",
)


def _says(column: str, pattern: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Whether the SQL in a column holds a pattern, in either case of letters."""

    def holds(frame: pd.DataFrame) -> pd.Series:
        return frame[column].astype("str").str.contains(pattern, case=False, regex=True)

    return holds


# Tables 8 and 9 are of the report itself: they have no release.
_NAMES_RELEASE = _says("expression", r"\brelease\b|\bfrom (?:convention|policy)\b")
_ASKS_CLAIM = _says("expression", r"\bclaim\(")
_CAUSE_ASKS = _says("cause_expression", r"\bfrom\b|\bclaim\(")
_DERIVATION = (
    RowCheck(
        "query_names_release",
        "SQL that names the release it asks, unless it asks convention or policy",
        lambda frame: (frame["method"] != "query") | _NAMES_RELEASE(frame),
        "expression",
    ),
    RowCheck(
        "arithmetic_asks_claims",
        "SQL over other claims: claim('...')",
        lambda frame: (frame["method"] != "arithmetic") | _ASKS_CLAIM(frame),
        "expression",
    ),
    RowCheck(
        "exception_is_explained",
        "an explanation, no SQL and no cause",
        lambda frame: (
            (frame["method"] != "exception")
            | (frame["explanation"].notna() & frame["expression"].isna() & frame["cause"].isna())
        ),
        "explanation",
    ),
    # A cause is stated only with the query that shows it; without one it is doubtful.
    RowCheck(
        "cause_is_shown",
        "SQL that shows the cause, or the cause doubtful, or neither",
        lambda frame: (
            (frame["cause"].notna() & (frame["cause"] != "doubtful"))
            == frame["cause_expression"].notna()
        ),
        "cause_expression",
    ),
    RowCheck(
        "cause_asks",
        "SQL that asks a table or other claims",
        lambda frame: frame["cause_expression"].isna() | _CAUSE_ASKS(frame),
        "cause_expression",
    ),
)

AREA = _table(
    "area",
    "Countries, oblasts, groups and residuals, with their names",
    (f.AREA, f.AREA_KIND, f.ISO2, f.M49, f.PARENT, *_NAMES),
    ("area",),
)
CODE = _table(
    "code",
    "Codes of all lists, with their labels",
    (f.CODE_LIST, f.CODE, f.POSITION, *_NAMES, f.DESCRIPTION),
    ("list", "code"),
)
INDICATOR = _table(
    "indicator",
    "What is counted",
    (f.INDICATOR, f.MEASURE, f.UNIT, *_NAMES, f.DESCRIPTION),
    ("indicator",),
)
THEME = _table(
    "theme",
    "The ten themes of the report",
    (f.THEME, f.POSITION, f.SECTION, *_NAMES),
    ("theme",),
)
THEME_BREAKDOWN = _table(
    "theme_breakdown",
    "The breakdowns that the matrix holds for a theme and measure",
    (f.THEME, f.MEASURE, f.MATRIX_BREAKDOWN, f.POSITION, f.DIMENSION, f.WHY),
    ("theme", "measure", "breakdown"),
)
THEME_INDICATOR = _table(
    "theme_indicator",
    "From which side a theme looks at an indicator, and whether that decides cells",
    (f.THEME, f.MEASURE, f.INDICATOR, f.SIDE, f.ROLE),
    ("theme", "measure", "indicator", "side"),
)
PREFERENCE = _table(
    "preference",
    "Which dataset and additive set give a theme's figure along a dimension; additive_set is a "
    "glob pattern, empty for a published total",
    (
        f.THEME, f.MEASURE, f.INDICATOR, f.DIMENSION, f.UNIT, f.SOURCE, f.DATASET, f.ADDITIVE_SET,
        f.RANK,
    ),
    ("theme", "measure", "indicator", "dimension", "unit", "rank"),
)  # fmt: skip
COUNTRY = _table(
    "country", "Countries that a build holds", (f.COUNTRY, f.ACTIVE, f.NOTE), ("country",)
)
SOURCE = _table(
    "source",
    "Data systems and publications, with the eleven columns of the report's Table 2",
    (
        f.SOURCE, f.SOURCE_KIND, nullable(f.COUNTRY), f.AUTHORS, f.INSTITUTION, f.TITLE, f.LINK,
        f.DATA_SOURCE, f.FREQUENCY, f.PUBLICLY_AVAILABLE, f.BREAKDOWNS_TEXT, f.DEFINITION_TEXT,
        f.LANGUAGES, f.ACCESS, f.REQUEST_ROUTE, f.LICENCE, f.LICENCE_LINK, f.CITATION, f.SECTION,
    ),
    ("source",),
)  # fmt: skip
ADDRESSEE = _table(
    "addressee",
    "To whom a formal request for what a source holds is written; a source without one takes none",
    (f.SOURCE, *_NAMES),
    ("source",),
)
DATASET = _table(
    "dataset",
    "Tables that are ingested, with the limits of their gate",
    (
        f.SOURCE, f.DATASET, f.TITLE, f.DESCRIPTION, f.CURRENT_RULE, f.CADENCE_MONTHS,
        f.GRACE_DAYS, f.MAX_ROW_DROP, f.MAX_JUMP, f.MAX_REVISED_SHARE, f.LINK, f.FORMAT,
        f.INTERIM_UNTIL, f.INTERIM_REFERENCE,
    ),
    ("source", "dataset"),
    (_INTERIM,),
)  # fmt: skip
RELEASE = _table(
    "release",
    "Releases of the datasets, and from when the world could know them",
    (
        f.SOURCE, f.DATASET, f.RELEASE, f.KNOWN_ON_FROM, f.KNOWN_ON_TO, f.INTERIM_YEAR,
        f.INTERIM_REFERENCE_DATE, f.NOTE,
    ),
    ("source", "dataset", "release"),
)  # fmt: skip
DEFINITION = _table(
    "definition",
    "How producers define what they count, in our own words",
    (
        f.DEFINITION, f.TERM, nullable(f.PRODUCER), f.TEXT_EN, f.BASIS, f.MINIMUM_STAY, f.EXCLUDED,
        f.DOCUMENT,
    ),
    ("definition",),
)  # fmt: skip
COVERAGE = _table(
    "coverage",
    "What a source is known to hold of a cell, ingested or not",
    (
        f.COUNTRY, f.SOURCE, f.THEME, f.MEASURE, f.MATRIX_BREAKDOWN, f.YEAR_FROM, f.YEAR_TO,
        f.ACCESS, f.HOLDS, f.LINK, f.DATE_SEEN, f.SEEN_BY, f.SECTION, f.NOTE,
    ),
    ("country", "source", "theme", "measure", "breakdown", "year_from", "holds"),
    (_YEARS_IN_ORDER, _SEEN),
)  # fmt: skip
AREA_NAME = _table(
    "area_name",
    "Crosswalk from the names that publishers write to area codes; an unknown name refuses a file",
    (f.SOURCE, f.AREA_NAME, f.AREA),
    ("source", "name"),
)
PARAMETER = _table(
    "parameter",
    "Settings of the assessment",
    (f.PARAMETER, f.PARAMETER_VALUE, f.DESCRIPTION),
    ("parameter",),
)
OVERRIDE = _table(
    "override",
    "Cells that a person decided, with reason, author and the figure they expect",
    (
        f.COUNTRY, f.THEME, f.MEASURE, f.MATRIX_BREAKDOWN, f.YEAR, f.STATUS, f.RULE,
        f.OVERRIDE_REASON, f.AUTHOR, f.DECIDED_ON, nullable(f.INDICATOR), f.EXPECTED_VALUE,
    ),
    ("country", "theme", "measure", "breakdown", "year"),
)  # fmt: skip
REPORT_CLAIM = _table(
    "report_claim",
    "Every number that the report prints in sections 3 to 8 and Tables 3 to 7",
    (
        f.CLAIM_ID, required(f.SECTION), f.STATEMENT, f.PRINTED_VALUE, f.PRINTED_UNIT,
        f.ROUNDING, f.CITED_SOURCE, f.NOTE,
    ),
    ("claim_id",),
    (_ROUNDING,),
)  # fmt: skip
CLAIM_DERIVATION = _table(
    "claim_derivation",
    "How the warehouse derives a number of the report, and why it differs",
    (
        f.CLAIM_ID, f.CLAIM_METHOD, f.EXPRESSION, f.RELEASE_NOTE, f.CLAIM_CAUSE,
        f.CAUSE_EXPRESSION, f.EXPLANATION,
    ),
    ("claim_id",),
    _DERIVATION,
)  # fmt: skip
CONVENTION = _table(
    "convention",
    "International conventions on migration, and whether a country is bound by them",
    (
        f.COUNTRY, f.CONVENTION, f.POSITION, required(f.TITLE), f.ADOPTED_YEAR, f.RATIFIED_YEAR,
        f.CONVENTION_STATUS, f.CITED_SOURCE, f.NOTE, required(f.SECTION),
    ),
    ("country", "convention"),
    (_RATIFIED,),
)  # fmt: skip
POLICY = _table(
    "policy",
    "A country's laws, regulations, concepts and plans on migration",
    (
        f.COUNTRY, f.POLICY, f.POSITION, required(f.TITLE), f.POLICY_KIND, f.POLICY_YEAR,
        f.RESPONSIBLE, f.ABOUT, f.CITED_SOURCE, f.LINK, required(f.SECTION),
    ),
    ("country", "policy"),
)  # fmt: skip

_CELL = (f.THEME, f.MEASURE, f.MATRIX_BREAKDOWN)
ASSESSED_CELL = _table(
    "assessed_cell",
    "What the report says of single cells, by two readings; statements can contradict each other",
    (
        f.COUNTRY, *_CELL, f.YEAR_FROM, f.YEAR_TO, f.PRODUCERS, f.STATE, f.STATE_REASON,
        required(f.SECTION), f.READING,
    ),
    (
        "country", "theme", "measure", "breakdown", "year_from", "year_to", "producers", "state",
        "section", "reading",
    ),
    (_YEARS_IN_ORDER,),
)  # fmt: skip
ASSESSMENT_EXPLANATION = _table(
    "assessment_explanation",
    "Why a computed cell differs from what the report says, where no rule tells it",
    (*_CELL, f.YEAR_FROM, f.YEAR_TO, f.PRODUCERS, required(f.EXPLANATION)),
    ("theme", "measure", "breakdown", "year_from", "producers"),
    (_YEARS_IN_ORDER,),
)
COMPARABLE_INDICATOR = _table(
    "comparable_indicator",
    "Indicators that claim to count the same, so that two producers may be compared",
    (f.THEME, f.MEASURE, f.CONCEPT, f.INDICATOR),
    ("theme", "measure", "concept", "indicator"),
)
RECOMMENDATION = _table(
    "recommendation",
    "What the report recommends; without measure or breakdown it is meant for all of the theme",
    (
        f.RECOMMENDATION, f.COUNTRY, f.THEME, nullable(f.MEASURE), nullable(f.MATRIX_BREAKDOWN),
        f.RECOMMENDED, required(f.SECTION),
    ),
    ("recommendation",),
)  # fmt: skip
SDG_INDICATOR = _table(
    "sdg_indicator",
    "SDG indicators that a cell's figures serve",
    (f.SDG_INDICATOR, *_CELL, required(f.TITLE)),
    ("sdg_indicator", "theme", "measure", "breakdown"),
)
OPENNESS_CRITERION = _table(
    "openness_criterion",
    "Criteria of openness, after those of the Open Data Inventory",
    (f.CRITERION, f.CRITERION_KIND, f.POSITION, *_NAMES, required(f.DESCRIPTION)),
    ("criterion",),
)
SEARCH_LOG = _table(
    "search_log",
    "Searches of the desk research; what the report does not tell is empty",
    (
        f.SEARCH, f.THEME, f.TERMS, f.LANGUAGE, f.ENGINE, f.DAY, f.HITS, required(f.SECTION),
        f.NOTE,
    ),
    ("search",),
)  # fmt: skip
MEMBER_CHECK = _table(
    "member_check",
    "Who was asked for data, and what came of it; what the report does not tell is empty",
    (
        f.MEMBER, f.ASKED_FOR, f.ASKED_ON, f.ANSWERED_ON, f.ANSWER, required(f.SECTION), f.NOTE,
    ),
    ("member", "asked_for"),
)  # fmt: skip

ENDPOINT = _table(
    "endpoint",
    "Addresses that a fetching refresh asks, one a dataset, and what their answers may be",
    (
        f.SOURCE, f.DATASET, f.ENDPOINT_ADDRESS, f.PARAMETERS, f.CERTAINTY, f.USER_AGENT,
        f.MAX_BYTES, f.CONTENT_TYPES, f.REDIRECT_HOSTS, f.HOW_TO_CHECK,
    ),
    ("source", "dataset"),
    (
        RowCheck(
            "address_is_https",
            "an address of https without parameters, or none",
            lambda frame: (
                frame["address"].isna()
                | frame["address"].astype("str").str.fullmatch(r"https://[^/\s?#@]+/[^\s?#]*")
            ),
            "address",
        ),
        RowCheck(
            "some_bytes", "at least one byte", lambda frame: frame["max_bytes"] > 0, "max_bytes"
        ),
    ),
)  # fmt: skip

REFERENCE_TABLES: tuple[TableModel, ...] = (
    AREA, AREA_NAME, CODE, INDICATOR, THEME, THEME_BREAKDOWN, THEME_INDICATOR, PREFERENCE,
    COUNTRY, SOURCE, DATASET, RELEASE, DEFINITION, COVERAGE, PARAMETER, OVERRIDE,
    REPORT_CLAIM, CLAIM_DERIVATION, ASSESSED_CELL, ASSESSMENT_EXPLANATION, COMPARABLE_INDICATOR,
    RECOMMENDATION, SDG_INDICATOR, OPENNESS_CRITERION, SEARCH_LOG, MEMBER_CHECK, CONVENTION, POLICY,
    ADDRESSEE, ENDPOINT,
)  # fmt: skip
