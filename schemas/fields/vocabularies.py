"""Columns of vocabularies, sources, datasets, releases, extracts, definitions and coverage."""

from __future__ import annotations

from schemas.table import Field

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
INSTITUTION = Field("institution", "code", "Institution that holds it", "institution")
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
MAX_JUMP = Field(
    "max_jump",
    "number",
    "Share by which a total may differ from the release before, at an equal date, in a file that "
    "was fetched or dropped; empty: not judged",
    unit="share",
    nullable=True,
)
MAX_REVISED_SHARE = Field(
    "max_revised_share",
    "number",
    "Share of the figures before that a release may change or leave out without a warning",
    unit="share",
)
INTERIM_UNTIL = Field(
    "interim_until",
    "text",
    "Month and day of the next year before which a year's figures are interim in a release that "
    "was fetched; empty: never",
    nullable=True,
)
INTERIM_REFERENCE = Field(
    "interim_reference",
    "text",
    "Month and day that the figures of an interim year are about",
    nullable=True,
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
REFUSED_BECAUSE = Field(
    "why",
    "text",
    "Why it was refused; of a file that a person accepted, what was passed",
    nullable=True,
)
FETCHED = Field("fetched", "boolean", "Whether a refresh fetched it from the publisher")
KNOWN_ON = Field(
    "known_on",
    "date",
    "Day from which the world knows it, where its release is not registered: the day it was "
    "fetched, or what was said of a file that came by letter",
    nullable=True,
)
EXTRACT_ACCESS = Field(
    "access",
    "code",
    "Who may have a file that came by letter: public, on_request or internal; empty: as its "
    "producer's access is",
    "access",
    nullable=True,
)
ACCEPTED_BY = Field("accepted_by", "text", "Who accepted it beyond the limits", nullable=True)
ACCEPTED_BECAUSE = Field(
    "accepted_because", "text", "Why it was accepted beyond the limits", nullable=True
)
ACCEPTED_AT = Field(
    "accepted_at", "text", "When it was accepted beyond the limits, UTC", nullable=True
)
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

# --- Endpoints: where a refresh asks ---------------------------------------------------------

ENDPOINT_ADDRESS = Field(
    "address",
    "text",
    "Address that is asked, without its changing parameters; empty while nobody knows it",
    nullable=True,
)
PARAMETERS = Field(
    "parameters", "text", "Parameters that are always sent, as a query", nullable=True
)
CERTAINTY = Field(
    "certainty",
    "code",
    "How sure address and layout are: known, from_parsers or assumed",
    "certainty",
)
USER_AGENT = Field(
    "user_agent",
    "text",
    "What we call ourselves where a publisher refuses our own name; empty: our own name",
    nullable=True,
)
MAX_BYTES = Field("max_bytes", "integer", "Most bytes that an answer may have", unit="bytes")
CONTENT_TYPES = Field(
    "content_types",
    "text",
    "Media types that an answer may have, parted by semicolons; empty: any but a web page",
    nullable=True,
)
REDIRECT_HOSTS = Field(
    "redirect_hosts",
    "text",
    "Other hosts to which the publisher may send on, parted by semicolons",
    nullable=True,
)
HOW_TO_CHECK = Field(
    "how_to_check", "text", "How to check on the first live run what is not certain"
)
