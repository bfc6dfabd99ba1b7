"""The fact tables: stock and flow, their superseded figures, and what was odd in the files.

Columns and rules are section 3 of the warehouse's public contract (docs/data-dictionary.md).
"""

from __future__ import annotations

import pandas as pd

from schemas import fields as f
from schemas.table import Field, RowCheck, TableModel, nullable

_DIMENSIONS: tuple[Field, ...] = (
    f.INDICATOR, f.ORIGIN, f.DESTINATION, f.SEX, f.AGE, f.EDUCATION, f.EMPLOYMENT, f.REASON,
    f.DETAIL, f.UNIVERSE, f.FREQ, f.YEAR,
)  # fmt: skip
_FIGURE: tuple[Field, ...] = (
    f.VALUE, f.UNIT, f.PRECISION, f.QUALIFIER, f.OBS_STATUS, f.BREAKDOWN, f.ADDITIVE_SET,
    f.PRODUCER, f.SOURCE, f.PUBLISHED_IN, f.DATASET, f.RELEASE, f.DEFINITION, f.EXTRACT_ID,
    f.SOURCE_REF,
)  # fmt: skip
_STOCK_TIME = (f.REFERENCE_DATE,)
_FLOW_TIME = (f.PERIOD_START, f.PERIOD_END)


NET_INDICATORS = ("net_migration", "remittance_net")


def _key(time: tuple[Field, ...]) -> tuple[str, ...]:
    named = (*_DIMENSIONS, *time, f.UNIT, f.PRODUCER, f.SOURCE, f.DATASET, f.RELEASE)
    return tuple(one.name for one in named)


def _value_or_reason(frame: pd.DataFrame) -> pd.Series:
    missing = frame["value"].isna()
    explained = frame["obs_status"].isin(["O", "Q", "M"])
    return missing == explained


def _not_negative(frame: pd.DataFrame) -> pd.Series:
    # Net figures may be negative; counts may not.
    return ~(frame["value"] < 0) | frame["indicator"].isin(NET_INDICATORS)


VALUE_OR_REASON = RowCheck(
    "value_or_reason",
    "a value, or none with status O, Q or M",
    _value_or_reason,
    "value",
)
NOT_NEGATIVE = RowCheck("not_negative", "a figure of at least 0", _not_negative, "value")
YEAR_OF_STOCK = RowCheck(
    "year_of_reference_date",
    "the year of the reference date",
    lambda frame: frame["reference_date"].dt.year.astype("Int64") == frame["year"],
    "year",
)
YEAR_OF_FLOW = RowCheck(
    "year_of_period_end",
    "the year of the last day",
    lambda frame: frame["period_end"].dt.year.astype("Int64") == frame["year"],
    "year",
)
PERIOD_IN_ORDER = RowCheck(
    "period_in_order",
    "a first day that is not after the last",
    lambda frame: frame["period_start"] <= frame["period_end"],
    "period_start",
)

STOCK = TableModel(
    "stock",
    "Stocks of people as published and current, one row a figure",
    (*_DIMENSIONS, *_STOCK_TIME, *_FIGURE),
    _key(_STOCK_TIME),
    (VALUE_OR_REASON, NOT_NEGATIVE, YEAR_OF_STOCK),
)
FLOW = TableModel(
    "flow",
    "Flows of people and money as published and current, one row a figure",
    (*_DIMENSIONS, *_FLOW_TIME, *_FIGURE),
    _key(_FLOW_TIME),
    (VALUE_OR_REASON, NOT_NEGATIVE, YEAR_OF_FLOW, PERIOD_IN_ORDER),
)
STOCK_SUPERSEDED = TableModel(
    "stock_superseded",
    "Stocks of older releases, which a newer release replaced",
    STOCK.fields, STOCK.key, STOCK.checks,
)  # fmt: skip
FLOW_SUPERSEDED = TableModel(
    "flow_superseded",
    "Flows of older releases, which a newer release replaced",
    FLOW.fields, FLOW.key, FLOW.checks,
)  # fmt: skip

OBSERVATIONS = TableModel(
    "observations",
    "Harmonised figures of one publisher, stocks and flows of all its releases together",
    (
        f.MEASURE,
        *_DIMENSIONS,
        nullable(f.REFERENCE_DATE),
        nullable(f.PERIOD_START),
        nullable(f.PERIOD_END),
        *_FIGURE,
    ),
    ("measure", *_key((*_STOCK_TIME, *_FLOW_TIME))),
    (VALUE_OR_REASON, NOT_NEGATIVE),
)

PROFILE = TableModel(
    "profile",
    "Shares, means, medians and rates: neither stock nor flow, never to be summed",
    (
        f.STATISTIC, f.INDICATOR, f.ORIGIN, f.DESTINATION, f.SEX, f.AGE, f.EDUCATION,
        f.EMPLOYMENT, f.REASON, f.DETAIL, f.UNIVERSE, f.YEAR, f.BASE, f.BASE_VALUE,
        Field("value", "number", "The statistic as published"), f.PROFILE_UNIT, f.PRECISION,
        f.QUALIFIER, f.PRODUCER, f.SOURCE, f.PUBLISHED_IN, f.DATASET, f.RELEASE,
        nullable(f.DEFINITION), f.EXTRACT_ID, f.SOURCE_REF,
    ),
    (
        "statistic", "indicator", "origin", "destination", "sex", "age", "education",
        "employment", "reason", "detail", "universe", "year", "base", "unit", "producer",
        "source", "dataset", "release",
    ),
    (
        RowCheck(
            "share_within_hundred",
            "a share from 0 to 100 per cent",
            lambda frame: (frame["statistic"] != "share") | frame["value"].between(0, 100),
            "value",
        ),
    ),
)  # fmt: skip

DISPLACEMENT_EVENT = TableModel(
    "displacement_event",
    "Events that displaced people, as IDMC lists them, all releases held",
    (
        f.EVENT, f.EVENT_NAME, f.COUNTRY, f.YEAR, f.CAUSE, f.HAZARD_CATEGORY, f.HAZARD_TYPE,
        f.HAZARD_SUB_TYPE, f.START_DATE, f.END_DATE, f.INDICATOR, f.VALUE, f.VALUE_ROUNDED,
        f.PLACES, f.SOURCE, f.DATASET, f.RELEASE, f.EXTRACT_ID, f.SOURCE_REF,
    ),
    ("dataset", "release", "source_ref"),
)  # fmt: skip

QUALITY_ISSUE = TableModel(
    "quality_issue",
    "What was odd in an accepted file and was kept, with the figures that show it",
    (
        f.SOURCE, f.DATASET, f.RELEASE, f.ISSUE_KIND, f.YEAR, nullable(f.ORIGIN),
        nullable(f.DESTINATION), f.ISSUE_TEXT, f.EXTRACT_ID, f.SOURCE_REF,
    ),
    ("source", "dataset", "release", "kind", "source_ref"),
)  # fmt: skip
