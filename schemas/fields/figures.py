"""Columns of figures: dimensions, measures, attributes, place in the file."""

from __future__ import annotations

from schemas.table import Field

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
EXTRACT_ID = Field(
    "extract_id",
    "code",
    "SHA-256 of the landed file's bytes; -2, -3 follow where they came again after others",
)
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
HAZARD_CATEGORY = Field(
    "hazard_category", "code", "Category of hazard", "hazard_category", nullable=True
)
HAZARD_TYPE = Field("hazard_type", "code", "Type of hazard", "hazard", nullable=True)
HAZARD_SUB_TYPE = Field(
    "hazard_sub_type", "code", "Sub-type of hazard", "hazard_sub_type", nullable=True
)
START_DATE = Field("start_date", "date", "First day of the event", nullable=True)
END_DATE = Field("end_date", "date", "Last day of the event", nullable=True)
VALUE_ROUNDED = Field(
    "value_rounded", "number", "The figure as the publisher rounds it", nullable=True
)
PLACES = Field("places", "text", "Places that the publisher names, joined by ';'", nullable=True)
