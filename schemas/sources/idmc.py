"""IDMC Global Internal Displacement Database: the source-shaped tables of its exports and API.

A figure stands twice where IDMC prints it twice: as counted (``_raw``) and rounded. Missing means
not reported or not known, never zero; IDMC's rounding leaves a zero blank.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from schemas import fields as f
from schemas.checks import not_negative, year_from
from schemas.table import Field, RowCheck, TableModel

FIRST_YEAR = 1998
# Sexes and both may each be rounded to a person.
ROUNDING_OF_SEXES = 2
# Fewer events of a file may end before they start even if no others last longer than a day.
FEW_OUT_OF_ORDER = 2

# Bands by the label that heads them; releases of 2023 and of 2024 and later cut them differently.
AGE_BANDS: dict[str, str] = {
    "0-1": "age_0_1", "0-4": "age_0_4", "0-14": "age_0_14", "0-17": "age_0_17",
    "0-24": "age_0_24", "5-11": "age_5_11", "5-14": "age_5_14", "12-14": "age_12_14",
    "12-16": "age_12_16", "12-17": "age_12_17", "15-17": "age_15_17", "15-24": "age_15_24",
    "18-59": "age_18_59", "25-64": "age_25_64", "60+": "age_60_plus", "65+": "age_65_plus",
}  # fmt: skip
_NESTED = (
    ("age_0_1", "age_0_4"), ("age_0_4", "age_0_14"), ("age_0_14", "age_0_17"),
    ("age_0_17", "age_0_24"), ("age_5_11", "age_5_14"), ("age_5_14", "age_0_14"),
    ("age_12_14", "age_5_14"), ("age_12_14", "age_12_16"), ("age_15_17", "age_15_24"),
)  # fmt: skip
# Four figures of a country and year, each as counted and rounded.
DISPLACEMENT_COUNTS = (
    "conflict_stock", "conflict_displacements", "disaster_displacements", "disaster_stock",
)  # fmt: skip

_COUNTRY: tuple[Field, ...] = (
    Field("iso3", "code", "ISO 3166-1 alpha-3; AB9 is Abyei, XKX Kosovo", "area"),
    Field("country_name", "text", "Name of the country, which differs by export", nullable=True),
    f.YEAR,
)
_PLACE: tuple[Field, ...] = (f.RELEASE, f.EXTRACT_ID, f.SOURCE_REF)
_STAMP = ("release", "extract_id")
_CAUSE = Field("cause", "code", "Conflict or Disaster", "idmc_cause")
_CATEGORY = Field("figure_category", "code", "IDPs or Internal Displacements",
                  "idmc_figure_category")  # fmt: skip
# The lists of hazards have the words of the export of 2023-11-20, and those that IDMC's own
# database has besides.
_HAZARD_SUB_CATEGORY = Field(
    "hazard_sub_category", "code", "Sub-category of hazard", "hazard_sub_category", nullable=True
)
_WORDS = {
    "conflict_stock": "People displaced by conflict and violence on 31 December",
    "conflict_displacements": "Movements that conflict and violence caused in the year",
    "disaster_displacements": "Movements that disasters caused in the year",
    "disaster_stock": "People displaced by disasters on 31 December",
    "displacements": "Movements in the year",
    "stock": "People displaced on 31 December",
}


def _count(name: str, description: str) -> Field:
    return Field(name, "integer", description, unit="persons", nullable=True)


def _twice(*names: str) -> tuple[Field, ...]:
    """Each count as counted and as IDMC rounds it."""
    return tuple(
        _count(f"{name}_{form}", f"{_WORDS[name]}, {told}")
        for name in names
        for form, told in (("raw", "not rounded"), ("rounded", "rounded by IDMC"))
    )


def _text(name: str, description: str) -> Field:
    return Field(name, "text", description, nullable=True)


def _day(name: str, description: str) -> Field:
    return Field(name, "date", description, nullable=True)


def _accuracy(name: str, description: str) -> Field:
    """How exact a day is, in one of the four words that IDMC's own database has for it."""
    told = f"{description}: Day, Week, Month or Year"
    return Field(name, "code", told, "idmc_date_accuracy", nullable=True)


def rounded(raw: pd.Series) -> pd.Series:
    """A count as IDMC rounds it.

    Args:
        raw: Whole numbers, persons.

    Returns:
        Missing for 0 and for missing; as it is up to 100, to tens up to 1,000, to hundreds below
        10,000, to thousands from there, halves to the even neighbour (the rule of IDMC's own
        database; it holds for every row of the exports of 2023 and 2025).
    """
    value = raw.to_numpy(dtype="float64", na_value=np.nan)
    unit = np.select([value <= 100, value <= 1000, value < 10000], [1.0, 10.0, 100.0], 1000.0)
    made = np.rint(value / unit) * unit
    made[value == 0] = np.nan
    return pd.Series(made, index=raw.index).astype("Int64")


def _rounded_right(name: str) -> RowCheck:
    raw, printed = f"{name}_raw", f"{name}_rounded"

    def holds(frame: pd.DataFrame) -> pd.Series:
        made = rounded(frame[raw])
        same = (made == frame[printed]).fillna(False) | (made.isna() & frame[printed].isna())
        # Old exports print rounded figures alone, in the whole file.
        extract = frame["extract_id"].astype("str")
        alone = frame[raw].isna().groupby(extract).transform("all")
        return same | alone

    return RowCheck(f"rounded:{name}", f"{raw} rounded by IDMC's rule", holds, printed)


_YEAR_IN_RANGE = year_from(FIRST_YEAR)


# So in each of the 13,117 disasters of the export of 2023-11-20. Where another column's label
# stands over the sub-types, they are missing.
_HAZARD_WHOLE = RowCheck(
    "hazard_whole",
    "a sub-type where there is a type of hazard, and none where there is not",
    lambda frame: frame["hazard_type"].notna() == frame["hazard_sub_type"].notna(),
    "hazard_sub_type",
)

# IDMC numbers its events; where another column's label stands over the numbers, words or nothing.
_EVENT_NUMBERED = RowCheck(
    "event_number",
    "IDMC's number of the event: digits alone, or nothing",
    lambda frame: frame["event_id"].isna() | frame["event_id"].str.fullmatch("[0-9]+"),
    "event_id",
)


def _one_name(frame: pd.DataFrame) -> pd.Series:
    names = frame.groupby(["extract_id", "iso3"], observed=True)["country_name"]
    return names.transform("nunique") == 1


# A country has one name in a file: so the 205 of the export of 2023-11-20.
_COUNTRY_NAMED_ONCE = RowCheck(
    "one_name", "one name a country in a file", _one_name, "country_name"
)


def _in_order(first: str, last: str) -> RowCheck:
    """A last day that is not before the first in most rows of a file.

    A single row that ends before it starts is kept, with a quality issue; where most do, another
    column's label stands over the days.
    """

    def holds(frame: pd.DataFrame) -> pd.Series:
        extract = frame["extract_id"].astype("str")
        back = (frame[last] < frame[first]).fillna(False).astype(bool)
        ahead = (frame[last] > frame[first]).fillna(False).astype(bool)
        backs, aheads = (one.groupby(extract).transform("sum") for one in (back, ahead))
        return ~back | (backs < FEW_OUT_OF_ORDER) | (backs <= aheads)

    told = f"not before {first}, as in most rows of a file"
    return RowCheck(f"order:{last}", told, holds, last)


# IDMC's database keeps one first and one last day a figure; its exports print them in the
# columns of a movement or in those of a stock, by the figure's category. Where another column's
# label stands over one of them, days stand at figures of the other category.
_DATES_OF: dict[str, tuple[str, ...]] = {
    "Internal Displacements": (
        "start_date", "start_date_accuracy", "end_date", "end_date_accuracy",
    ),
    "IDPs": ("stock_date", "stock_date_accuracy", "stock_reporting_date"),
}  # fmt: skip


def _only_of(category: str, column: str) -> RowCheck:
    return RowCheck(
        f"only_of_category:{column}",
        f"nothing, as the figure_category is not {category}",
        lambda frame: frame[column].isna() | (frame["figure_category"] == category),
        column,
    )


def _nested(inner: str, outer: str) -> RowCheck:
    return RowCheck(
        f"within:{inner}",
        f"at most the count of {outer}, which holds these ages",
        lambda frame: ~(frame[inner] > frame[outer]).fillna(False),
        inner,
    )


def _sexes_make_both(band: str) -> RowCheck:
    keys = ["iso3", "year", "cause", *_STAMP]

    def holds(frame: pd.DataFrame) -> pd.Series:
        if frame[band].isna().all():
            return pd.Series(True, index=frame.index)
        whole = frame[band].notna().groupby([frame[name] for name in keys], observed=True)
        made = ~(both_less_sexes(frame, band).abs() > ROUNDING_OF_SEXES)
        return made & (whole.transform("all") | ~whole.transform("any"))

    told = f"males and females that make both sexes, by {', '.join(keys[:3])}"
    return RowCheck(f"sexes_make_both:{band}", told, holds, band)


def both_less_sexes(frame: pd.DataFrame, band: str) -> pd.Series:
    """What both sexes of a band have more than males and females together.

    Args:
        frame: Rows of ``sex_age``.
        band: A band's column, persons.

    Returns:
        The difference in the rows of both sexes; missing in the others, and where a sex is
        missing.
    """
    keys = ["iso3", "year", "cause", *_STAMP]
    group = frame.groupby(keys, observed=True, dropna=False, sort=False).ngroup()
    value = frame[band].astype("float64")
    # Where a sex stands twice, which is a fault, the first one counts.
    once = value.where(~frame.duplicated([*keys, "sex"]))
    male, female = (
        once.where(frame["sex"] == sex).groupby(group).transform("max")
        for sex in ("Male", "Female")
    )
    return (value - (male + female)).where(frame["sex"] == "Both sexes")


DISPLACEMENTS = TableModel(
    "idmc_displacements",
    "Stocks and movements by conflict and disaster, one row a country and year",
    (*_COUNTRY, *_twice(*DISPLACEMENT_COUNTS), *_PLACE),
    ("iso3", "year", *_STAMP),
    (
        _YEAR_IN_RANGE,
        *not_negative(tuple(f"{one}_raw" for one in DISPLACEMENT_COUNTS)),
        *(_rounded_right(one) for one in DISPLACEMENT_COUNTS),
    ),
)
CONFLICTS = TableModel(
    "idmc_conflicts",
    "Stock and movements by conflict and violence, the API's list, one row a country and year",
    (*_COUNTRY, *_twice("displacements", "stock"), *_PLACE),
    ("iso3", "year", *_STAMP),
    (
        _YEAR_IN_RANGE,
        *not_negative(("displacements_raw", "stock_raw")),
        _rounded_right("displacements"),
        _rounded_right("stock"),
    ),
)
DISASTERS = TableModel(
    "idmc_disasters",
    "Movements that a disaster caused in a year, one row an event and year; a row may stand twice",
    (
        *_COUNTRY,
        _text("event_name", "Name of the event, IDMC's or a common one"),
        _text("event_id", "IDMC's number of the event"),
        _text("event_codes", "Codes elsewhere, code:type, joined by '; '"),
        _day("start_date", "First day of the event, about"),
        _accuracy("start_date_accuracy", "How exact the first day is"),
        _day("end_date", "Last day of the event, about"),
        _accuracy("end_date_accuracy", "How exact the last day is"),
        *_twice("displacements", "stock"),
        f.HAZARD_CATEGORY,
        _HAZARD_SUB_CATEGORY,
        replace(f.HAZARD_TYPE, nullable=False),
        f.HAZARD_SUB_TYPE,
        _text("displacement_occurred", "Whether preventive evacuations were reported"),
        *_PLACE,
    ),
    (*_STAMP, "source_ref"),
    (
        _YEAR_IN_RANGE,
        *not_negative(("displacements_raw", "stock_raw")),
        _rounded_right("displacements"),
        _rounded_right("stock"),
        _HAZARD_WHOLE,
        _COUNTRY_NAMED_ONCE,
        _EVENT_NUMBERED,
        _in_order("start_date", "end_date"),
    ),
)
SEX_AGE = TableModel(
    "idmc_sex_age",
    "IDMC's estimates of the displaced by sex and age, one row a country, year, sex and cause; "
    "the bands overlap",
    (
        *_COUNTRY,
        Field("sex", "code", "Male, Female or Both sexes", "idmc_sex"),
        _CAUSE,
        *(_count(column, f"Aged {band}") for band, column in AGE_BANDS.items()),
        *_PLACE,
    ),
    ("iso3", "year", "sex", "cause", *_STAMP),
    (
        _YEAR_IN_RANGE,
        *not_negative(tuple(AGE_BANDS.values())),
        *(_nested(inner, outer) for inner, outer in _NESTED),
        *(_sexes_make_both(band) for band in AGE_BANDS.values()),
    ),
)
FIGURE_ANALYSES = TableModel(
    "idmc_figure_analyses",
    "Country figures with IDMC's remarks, one row a country, year, cause and category",
    (
        _COUNTRY[0],
        f.YEAR,
        _CAUSE,
        _CATEGORY,
        _text("description", "IDMC's remarks on methods and sources"),
        _count("figures_raw", "The figure, not rounded"),
        _count("figures_rounded", "The figure, rounded by IDMC"),
        *_PLACE,
    ),
    ("iso3", "year", "cause", "figure_category", *_STAMP),
    (_YEAR_IN_RANGE, *not_negative(("figures_raw",)), _rounded_right("figures")),
)
DISAGGREGATED = TableModel(
    "idmc_disaggregated",
    "The figures that country totals are made of, one row a figure of one event",
    (
        Field("figure_id", "text", "IDMC's number of the figure"),
        *_COUNTRY[:2],
        _text("geographical_region", "IDMC's region"),
        _CAUSE,
        f.YEAR,
        _CATEGORY,
        _text("figure_unit", "Person or Household, of the reported figure"),
        Field("reported_figures", "number", "The figure as the source gave it", nullable=True),
        Field("household_size", "number", "Persons a household", nullable=True),
        _count("total_figures", "The figure in persons"),
        f.HAZARD_CATEGORY,
        _HAZARD_SUB_CATEGORY,
        f.HAZARD_TYPE,
        f.HAZARD_SUB_TYPE,
        _text("violence_type", "Type of violence"),
        _text("other_event_sub_type", "Sub-type of another event"),
        _day("start_date", "First day of the movement"),
        _accuracy("start_date_accuracy", "How exact the first day is"),
        _day("end_date", "Last day of the movement"),
        _accuracy("end_date_accuracy", "How exact the last day is"),
        _day("stock_date", "Day that the stock was counted on"),
        _accuracy("stock_date_accuracy", "How exact that day is"),
        _day("stock_reporting_date", "Day that IDMC reports the stock for"),
        _text("publishers", "Who published the reports"),
        _text("sources", "Who gave the figures"),
        _text("sources_type", "Kinds of these sources"),
        _text("event_id", "IDMC's number of the event"),
        _text("event_name", "Name of the event"),
        Field("event_cause", "code", "Conflict or Disaster", "idmc_cause", nullable=True),
        _text("event_main_trigger", "What set the event off"),
        _day("event_start_date", "First day of the event"),
        _day("event_end_date", "Last day of the event"),
        _accuracy("event_start_date_accuracy", "How exact the first day is"),
        _accuracy("event_end_date_accuracy", "How exact the last day is"),
        _text("is_housing_destruction", "Whether destroyed houses were counted"),
        _text("event_codes", "Codes elsewhere, code:type, joined by '; '"),
        _text("locations_coordinates", "Latitude and longitude of the places"),
        _text("locations_name", "Names of the places"),
        _text("locations_accuracy", "Level of the places"),
        _text("locations_type", "Origin, destination or both"),
        _text("displacement_occurred", "Whether preventive evacuations were reported"),
        *_PLACE,
    ),
    ("figure_id", *_STAMP),
    (
        _YEAR_IN_RANGE,
        *not_negative(("total_figures",)),
        _HAZARD_WHOLE,
        _COUNTRY_NAMED_ONCE,
        _EVENT_NUMBERED,
        _in_order("start_date", "end_date"),
        _in_order("event_start_date", "event_end_date"),
        *(_only_of(category, name) for category, names in _DATES_OF.items() for name in names),
    ),
)

MODELS: dict[str, TableModel] = {
    "displacements": DISPLACEMENTS,
    "conflicts": CONFLICTS,
    "disasters": DISASTERS,
    "sex_age": SEX_AGE,
    "figure_analyses": FIGURE_ANALYSES,
    "disaggregated": DISAGGREGATED,
}
