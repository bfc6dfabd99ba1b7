"""What only IOM's report prints: figures, reprinted tables, and shares, in a layout of our own.

The report (Kyrgyzstan: Migration Data Gap Analysis, January 2024) is text: there is no file of
the publisher to read. People type its figures into these tables, one row a printed figure, with
the section, the producer who made it and the document that the report cites for it.
"""

from __future__ import annotations

import re

import pandas as pd

from schemas import fields as f
from schemas.checks import multiple_of
from schemas.facts import NOT_NEGATIVE, PERIOD_IN_ORDER, VALUE_OR_REASON
from schemas.table import Field, RowCheck, TableModel, nullable, required

FIGURE_ID, CELL_ID, PROFILE_ID = "figure_id", "cell_id", "profile_id"
_ID = "Name of the printed figure: section or table, and its number there"
_CITED = Field("cited_source", "text", "Document that the report cites for the figure")
_PLACE = (f.RELEASE, f.EXTRACT_ID, f.SOURCE_REF)
_SPLITS = (f.SEX, f.AGE, f.EDUCATION, f.EMPLOYMENT, f.REASON, f.DETAIL, f.UNIVERSE)
_PAIR = re.compile(r"[a-z_]+=[^;=%]+(?:%(?:25|3B|3D)[^;=%]*)*")


def _well_formed(detail: str) -> bool:
    if detail == "_T":
        return True
    pairs = detail.split(";")
    names = [pair.split("=", 1)[0] for pair in pairs]
    return all(map(_PAIR.fullmatch, pairs)) and names == sorted(set(names))


def _dates_fit_measure(frame: pd.DataFrame) -> pd.Series:
    stock = frame["measure"].astype("str") == "stock"
    has_day = frame["reference_date"].notna()
    has_span = frame["period_start"].notna() & frame["period_end"].notna()
    any_span = frame["period_start"].notna() | frame["period_end"].notna()
    return (stock & has_day & ~any_span) | (~stock & ~has_day & has_span)


def _span_fits_frequency(frame: pd.DataFrame) -> pd.Series:
    """A year is 1 January to 31 December; other spans must not be called one."""
    start, end = (frame[name].astype("datetime64[s]") for name in ("period_start", "period_end"))
    following = end + pd.Timedelta(days=1)
    months = (following.dt.year - start.dt.year) * 12 + following.dt.month - start.dt.month
    whole = (start.dt.day == 1) & (following.dt.day == 1)
    freq = frame["freq"].astype("str")
    is_year = whole & (months == 12) & (start.dt.month == 1)
    is_quarter = whole & (months == 3) & (start.dt.month % 3 == 1)
    is_month = whole & (months == 1)
    told = (freq == "A") & is_year | (freq == "Q") & is_quarter | (freq == "M") & is_month
    other = (freq == "_O") & ~(is_year | is_quarter | is_month)
    return told | other | start.isna() | end.isna()


DETAIL_WELL_FORMED = RowCheck(
    "detail_well_formed",
    "_T, or name=value pairs in order of their names, joined by ';'",
    lambda frame: frame["detail"].astype("str").map(_well_formed),
    "detail",
)
DATES_FIT_MEASURE = RowCheck(
    "dates_fit_measure",
    "a reference date and no span for a stock, a whole span and no reference date for a flow",
    _dates_fit_measure,
    "reference_date",
)
SPAN_FITS_FREQUENCY = RowCheck(
    "span_fits_frequency",
    "A for a calendar year, Q for a quarter, M for a month, _O for any other span",
    _span_fits_frequency,
    "freq",
)
PRECISION_NOT_NEGATIVE = RowCheck(
    "precision_not_negative",
    "a unit of rounding of at least 0",
    lambda frame: ~(frame["precision"] < 0),
    "precision",
)
MULTIPLE_OF_PRECISION = multiple_of("precision")
SPANS_IN_ORDER = RowCheck(
    PERIOD_IN_ORDER.name,
    PERIOD_IN_ORDER.expected,
    lambda frame: PERIOD_IN_ORDER.holds(frame).fillna(True).astype(bool),
    PERIOD_IN_ORDER.column,
)
YEAR_IN_RANGE = RowCheck(
    "year_in_range", "a year from 1990 to 2024", lambda frame: frame["year"].between(1990, 2024),
    "year",
)  # fmt: skip
SHARE_WITHIN_HUNDRED = RowCheck(
    "share_within_hundred",
    "a share from 0 to 100 per cent",
    lambda frame: (frame["statistic"] != "share") | frame["value"].between(0, 100),
    "value",
)
UNIT_FITS_STATISTIC = RowCheck(
    "unit_fits_statistic",
    "PT for a share, YR or HH for a mean or median",
    lambda frame: (
        (frame["unit"].astype("str") == "PT") & frame["statistic"].isin(["share", "rate"])
        | frame["unit"].isin(["YR", "HH"]) & frame["statistic"].isin(["mean", "median"])
        | (frame["unit"].astype("str") == "RT") & (frame["statistic"].astype("str") == "rate")
    ),
    "unit",
)  # fmt: skip


def _figures(name: str, description: str, id_column: str) -> TableModel:
    fields = (
        Field(id_column, "code", _ID), required(f.SECTION), f.MEASURE, f.INDICATOR, f.ORIGIN,
        f.DESTINATION, *_SPLITS, f.FREQ, nullable(f.REFERENCE_DATE), nullable(f.PERIOD_START),
        nullable(f.PERIOD_END), f.VALUE, f.UNIT, f.PRECISION, f.QUALIFIER, f.OBS_STATUS,
        f.ADDITIVE_SET, f.PRODUCER, f.DEFINITION, _CITED, f.NOTE, *_PLACE,
    )  # fmt: skip
    key = (
        "indicator", "origin", "destination", "sex", "age", "education", "employment", "reason",
        "detail", "universe", "freq", "reference_date", "period_start", "period_end", "unit",
        "producer", "release", "extract_id",
    )  # fmt: skip
    checks = (
        VALUE_OR_REASON, NOT_NEGATIVE, DATES_FIT_MEASURE, SPANS_IN_ORDER, SPAN_FITS_FREQUENCY,
        DETAIL_WELL_FORMED, PRECISION_NOT_NEGATIVE, MULTIPLE_OF_PRECISION,
    )  # fmt: skip
    return TableModel(name, description, fields, key, checks)


FIGURES = _figures(
    "iom_report_figures",
    "Stocks and flows that only the report prints, one row a figure",
    FIGURE_ID,
)
TABLES = _figures(
    "iom_report_tables",
    "Tables of UNHCR and UN DESA as the report reprints them, one row a cell",
    CELL_ID,
)
PROFILES = TableModel(
    "iom_report_profiles",
    "Shares, means, medians and rates that the report prints, one row a figure",
    (
        Field(PROFILE_ID, "code", _ID), required(f.SECTION), f.STATISTIC, f.INDICATOR, f.ORIGIN,
        f.DESTINATION, *_SPLITS, f.YEAR, f.BASE, f.BASE_VALUE,
        Field(
            "parts_of",
            "code",
            "Split whose shares of one base make the whole, or profile_id of the share that they "
            "make; empty where they need not",
            nullable=True,
        ),
        Field("value", "number", "The statistic as printed"), f.PROFILE_UNIT, f.PRECISION,
        f.QUALIFIER, f.PRODUCER, nullable(f.DEFINITION), _CITED, f.NOTE, *_PLACE,
    ),
    (
        "statistic", "indicator", "origin", "destination", "sex", "age", "education",
        "employment", "reason", "detail", "universe", "year", "base", "unit", "producer",
        "release", "extract_id",
    ),
    (
        DETAIL_WELL_FORMED, YEAR_IN_RANGE, SHARE_WITHIN_HUNDRED, UNIT_FITS_STATISTIC,
        PRECISION_NOT_NEGATIVE, MULTIPLE_OF_PRECISION,
    ),
)  # fmt: skip

MODELS: dict[str, TableModel] = {"figures": FIGURES, "tables": TABLES, "profiles": PROFILES}
