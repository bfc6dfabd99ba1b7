"""The one dictionary of columns: type, meaning, unit and code list of each.

Tables pick from here, so a column means the same wherever it stands. Terms follow SDMX
(CL_SEX, CL_FREQ, CL_OBS_STATUS) and the UN Recommendations on statistics of international
migration.
"""

from __future__ import annotations

from schemas.table import Field

# --- Figures ---------------------------------------------------------------------------------

INDICATOR = Field("indicator", "code", "What is counted, a code of table indicator", "indicator")
ORIGIN = Field(
    "origin",
    "code",
    "Area that people or money come from: ISO 3166-1 alpha-3, ISO 3166-2 for oblasts, WLD all, "
    "UNK unknown, XXA stateless, residuals and published groups",
    "area",
)
DESTINATION = Field(
    "destination", "code", "Area that people or money go to; codes as in origin", "area"
)
SEX = Field("sex", "code", "SDMX CL_SEX: _T all, M men, F women, _O other, _U unknown", "sex")
AGE = Field(
    "age", "code", "Age group as the publisher cuts it, SDMX style: _T all, Y0T4, Y_GE60", "age"
)
EDUCATION = Field("education", "code", "Level of education, _T all", "education")
EMPLOYMENT = Field("employment", "code", "Employment or occupation, _T all", "employment")
REASON = Field(
    "reason", "code", "Purpose of the move, or conflict, disaster, hazard; _T all", "reason"
)
DETAIL = Field(
    "detail",
    "code",
    "Further splits that the publisher prints, sorted name=value pairs joined by ';' with '%', "
    "';' and '=' in values percent-encoded; _T if none",
)
UNIVERSE = Field(
    "universe",
    "code",
    "Population the figure is about: _T, or the published restriction",
    "universe",
)
FREQ = Field("freq", "code", "SDMX CL_FREQ: A year, Q quarter, M month, _O any other span", "freq")
YEAR = Field("year", "integer", "Year of the reference date, or of the last day of the span")
REFERENCE_DATE = Field("reference_date", "date", "Day that a stock is about")
PERIOD_START = Field("period_start", "date", "First day of the span that a flow is about")
PERIOD_END = Field("period_end", "date", "Last day of the span that a flow is about")
VALUE = Field(
    "value",
    "number",
    "The figure as published; NULL only with an obs_status that says why",
    nullable=True,
)
UNIT = Field("unit", "code", "What is counted: persons, cases, households, usd", "unit")
PRECISION = Field("precision", "number", "Unit of rounding: 0 exact, NULL unknown", nullable=True)
QUALIFIER = Field(
    "qualifier", "code", "about, at_least or at_most; NULL if none", "qualifier", nullable=True
)
OBS_STATUS = Field(
    "obs_status",
    "code",
    "SDMX CL_OBS_STATUS: A normal, B break, D definition differs, E estimated, M cannot exist, "
    "O missing, P provisional, Q suppressed",
    "obs_status",
)
BREAKDOWN = Field(
    "breakdown",
    "code",
    "Dimensions that are split, joined by '+' in fixed order; total if none",
)
ADDITIVE_SET = Field(
    "additive_set",
    "code",
    "Names one set of disjoint parts that makes a total, within one source, dataset, release, "
    "indicator, period, unit and universe; NULL: must not be summed",
    nullable=True,
)
PRODUCER = Field("producer", "code", "Who made the figure, a code of table source", "source")
SOURCE = Field("source", "code", "Whose file it was read from, a code of table source", "source")
PUBLISHED_IN = Field(
    "published_in", "text", "Where in the source's document the figure stands", nullable=True
)
DATASET = Field("dataset", "code", "The publisher's table")
RELEASE = Field("release", "code", "The publisher's release of the table")
DEFINITION = Field(
    "definition",
    "code",
    "How the producer defines what is counted, a code of table definition",
    "definition",
)
EXTRACT_ID = Field("extract_id", "code", "SHA-256 of the landed file's bytes")
SOURCE_REF = Field("source_ref", "text", "Place in the file: line, JSON path or sheet and cell")

STATISTIC = Field("statistic", "code", "share, mean, median or rate", "statistic")
BASE = Field("base", "text", "What the statistic is of: the whole that a share is taken from")
BASE_VALUE = Field("base_value", "number", "Size of that whole, where published", nullable=True)
PROFILE_UNIT = Field(
    "unit", "code", "PT per cent, YR years, HH members a household", "profile_unit"
)
EVENT = Field("event", "text", "The publisher's id of the event, else its name and first day")
EVENT_NAME = Field("event_name", "text", "The publisher's name of the event", nullable=True)
CAUSE = Field("cause", "code", "conflict or disaster", "reason")
HAZARD_CATEGORY = Field("hazard_category", "text", "Category of hazard", nullable=True)
HAZARD_TYPE = Field("hazard_type", "text", "Type of hazard", nullable=True)
HAZARD_SUB_TYPE = Field("hazard_sub_type", "text", "Sub-type of hazard", nullable=True)
START_DATE = Field("start_date", "date", "First day of the event", nullable=True)
END_DATE = Field("end_date", "date", "Last day of the event", nullable=True)
VALUE_ROUNDED = Field(
    "value_rounded", "number", "The figure as the publisher rounds it", nullable=True
)
PLACES = Field("places", "text", "Places that the publisher names, joined by ';'", nullable=True)

# --- Vocabularies ----------------------------------------------------------------------------

NAME_EN = Field("name_en", "text", "Label in English")
NAME_RU = Field("name_ru", "text", "Label in Russian")
NAME_KY = Field("name_ky", "text", "Label in Kyrgyz")
DESCRIPTION = Field("description", "text", "What it means", nullable=True)
POSITION = Field("position", "integer", "Order in which it is shown")
NOTE = Field("note", "text", "Remark for the reader", nullable=True)
SECTION = Field("section", "text", "Section of the IOM report that says so", nullable=True)
COUNTRY = Field("country", "code", "Country that is looked at", "area")
AREA = Field("area", "code", "Area code", "area")
AREA_KIND = Field("kind", "code", "What kind of area it is", "area_kind")
SOURCE_KIND = Field(
    "kind", "code", "Whether the producer is national, international or research", "source_kind"
)
ISO2 = Field("iso2", "code", "ISO 3166-1 alpha-2", nullable=True)
M49 = Field("m49", "integer", "UN M49 code", nullable=True)
PARENT = Field("parent", "code", "Area that it lies in", nullable=True)
CODE_LIST = Field("list", "code", "Name of the code list")
CODE = Field("code", "code", "Code within its list")
MEASURE = Field("measure", "code", "stock or flow", "measure")
THEME = Field("theme", "code", "One of the report's ten themes, a code of table theme", "theme")
MATRIX_BREAKDOWN = Field(
    "breakdown",
    "code",
    "Breakdown as the matrix names it: total, sex, country_of_origin",
    "breakdown",
)
DIMENSION = Field(
    "dimension", "code", "Which split of the figures realises a breakdown", "dimension"
)
WHY = Field("why", "text", "Where the report speaks of it", nullable=True)
SIDE = Field(
    "side",
    "code",
    "Side of the figure on which the country stands: origin, destination, within",
    "side",
)
ROLE = Field(
    "role", "code", "primary indicators decide cells; those beside only stand next to them", "role"
)
RANK = Field("rank", "integer", "Order of preference, 1 first")
ACTIVE = Field("active", "boolean", "Whether a build holds the country")
PARAMETER = Field("parameter", "code", "Name of a setting of the assessment")
PARAMETER_VALUE = Field("value", "number", "Its value")

AREA_NAME = Field("name", "text", "Name of an area as a publisher writes it")

# --- Sources, datasets, releases, extracts ---------------------------------------------------

TITLE = Field("title", "text", "Title of the source, survey or dataset", nullable=True)
LINK = Field("link", "text", "Where it can be found", nullable=True)
ACCESS = Field("access", "code", "public, on_request or internal", "access")
LICENCE = Field("licence", "text", "Terms of reuse that the publisher states", nullable=True)
LICENCE_LINK = Field("licence_link", "text", "Where these terms stand", nullable=True)
CITATION = Field("citation", "text", "How the publisher wants to be cited", nullable=True)
AUTHORS = Field("authors", "text", "Who made the source", nullable=True)
INSTITUTION = Field("institution", "text", "Institution that holds it", nullable=True)
DATA_SOURCE = Field(
    "data_source",
    "text",
    "Census, survey, qualitative or administrative data, other",
    nullable=True,
)
FREQUENCY = Field("frequency", "text", "How often it is carried out", nullable=True)
PUBLICLY_AVAILABLE = Field(
    "publicly_available", "text", "Whether anybody may have it", nullable=True
)
BREAKDOWNS_TEXT = Field("breakdowns", "text", "Breakdowns that the source holds", nullable=True)
DEFINITION_TEXT = Field("definition", "text", "Definition that the source uses", nullable=True)
LANGUAGES = Field("languages", "text", "Languages of the source", nullable=True)
REQUEST_ROUTE = Field("request_route", "text", "How to ask for what is not public", nullable=True)
CURRENT_RULE = Field(
    "current_rule",
    "code",
    "replace: the newest release counts; window: years that left the newest release stay",
    "current_rule",
)
CADENCE_MONTHS = Field("cadence_months", "integer", "Months between releases", unit="months")
GRACE_DAYS = Field("grace_days", "integer", "Days that a release may be late", unit="days")
MAX_ROW_DROP = Field(
    "max_row_drop", "number", "Share of rows that a new release may lose", unit="share"
)
FORMAT = Field("format", "text", "File format that the publisher offers", nullable=True)
KNOWN_ON_FROM = Field(
    "known_on_from", "date", "First day from which the world could know the release", nullable=True
)
KNOWN_ON_TO = Field("known_on_to", "date", "Day by which the release was certainly known")
INTERIM_YEAR = Field(
    "interim_year", "integer", "Year that the release holds only in part", nullable=True
)
INTERIM_REFERENCE_DATE = Field(
    "interim_reference_date",
    "date",
    "Last day that the interim year's figures are about",
    nullable=True,
)
SCOPE = Field(
    "scope",
    "text",
    "Areas whose rows, as origin or destination, are complete in the extract, joined by ';'; ALL "
    "for the world",
)
ROWS = Field("rows", "integer", "Rows that the publisher's file holds", nullable=True)
BYTES = Field("bytes", "integer", "Size of the file", unit="bytes")
FILE_NAME = Field("file", "text", "Name of the file when it came", nullable=True)
RETRIEVED_AT = Field("retrieved_at", "text", "When it was fetched, ISO 8601", nullable=True)
LANDED_AT = Field("landed_at", "text", "When it was landed, ISO 8601, UTC")
LANDED_ORDER = Field("landed_order", "integer", "Order in which the extracts were landed")
ACCEPTED = Field("accepted", "boolean", "Whether the gate accepted it")
REFUSED_BECAUSE = Field("why", "text", "Why it was refused", nullable=True)
FIGURES_FROM = Field(
    "figures_from", "text", "Where the figures of a bundled extract were taken from", nullable=True
)

# --- Definitions and coverage ----------------------------------------------------------------

TERM = Field("term", "text", "Term that is defined")
TEXT_EN = Field("text_en", "text", "The definition in our own words")
BASIS = Field("basis", "code", "What makes a person count", "definition_basis")
MINIMUM_STAY = Field("minimum_stay", "text", "Shortest stay that counts", nullable=True)
EXCLUDED = Field("excluded", "text", "Who is left out", nullable=True)
DOCUMENT = Field("document", "text", "Law or document that defines it", nullable=True)
YEAR_FROM = Field("year_from", "integer", "First year")
YEAR_TO = Field("year_to", "integer", "Last year")
HOLDS = Field("holds", "code", "What the source holds of the cell", "holds")
DATE_SEEN = Field("date_seen", "date", "When somebody saw that it is there", nullable=True)
SEEN_BY = Field("seen_by", "text", "Who saw it", nullable=True)

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
