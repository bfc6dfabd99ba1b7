"""National Statistical Committee of the Kyrgyz Republic: its source-shaped tables.

Open data and dynamic tables are wide by year where they are published; here a row is one figure
of one row, with the row's labels in three languages. ``indicator`` says which rows are known to
be about migration: it is decided by the label, never by a number or a position.
"""

from __future__ import annotations

import pandas as pd

from schemas import fields as f
from schemas.checks import multiple_of
from schemas.table import Field, RowCheck, TableModel

FIRST_YEAR = 1950
NET = "net_migration"
PRESS_UNITS = ("persons", "thousand persons")
# The total of investment is printed to a tenth of a thousand.
FDI_ROUNDING = 0.1

_PLACE: tuple[Field, ...] = (f.RELEASE, f.EXTRACT_ID, f.SOURCE_REF)
_STAMP = ("release", "extract_id")
_INDICATOR = Field(
    "indicator", "code", "Indicator that the row's label names; missing for others", "indicator",
    nullable=True,
)  # fmt: skip
_VALUE = Field("value", "number", "The figure as printed")

_YEAR_IN_RANGE = RowCheck(
    "year_in_range",
    f"a year from {FIRST_YEAR} to next year",
    lambda frame: frame["year"].between(FIRST_YEAR, pd.Timestamp.now().year + 1),
    "year",
)
_NOT_NEGATIVE = RowCheck(
    "not_negative", "a figure of at least 0", lambda frame: ~(frame["value"] < 0), "value"
)
_COUNT_NOT_NEGATIVE = RowCheck(
    "count_not_negative",
    "at least 0 where persons are counted; only the balance may be negative",
    lambda frame: ~(frame["value"] < 0) | ~frame["indicator"].isin(["immigrants", "emigrants",
                                                                    "population"]),
    "value",
)  # fmt: skip


def _balance(rows: str) -> RowCheck:
    """The balance of a year is what arrived less what departed, where all three are printed."""

    def holds(frame: pd.DataFrame) -> pd.Series:
        known = frame[frame["indicator"].isin(["immigrants", "emigrants", NET])]
        wide = known.pivot_table(
            index=[*_STAMP, "year"], columns="indicator", values="value", observed=True
        )
        wide = wide.reindex(columns=["immigrants", "emigrants", NET])
        wrong = (wide["immigrants"] - wide["emigrants"] - wide[NET]).abs() > 0.5
        years = {(release, extract, year) for release, extract, year in wrong[wrong].index}
        keys = pd.Series(
            list(zip(frame["release"], frame["extract_id"], frame["year"], strict=True)),
            index=frame.index,
            dtype="object",
        )
        return ~((frame["indicator"] == NET) & keys.isin(years))

    return RowCheck("balance", f"arrivals less departures of the same year, {rows}", holds, "value")


def _parts_make_total(part: str, tolerance: float) -> RowCheck:
    """The rows that name a part make the row that names none."""

    def holds(frame: pd.DataFrame) -> pd.Series:
        keys = [*_STAMP, "year"]
        is_part = frame[part].notna()
        made = frame[is_part].groupby(keys, observed=True)["value"].sum().rename("made")
        # A total of a year without parts is whole: cells of zero are left out by the publisher.
        summed = frame[keys].join(made, on=keys)["made"].fillna(0.0)
        return is_part | ((summed - frame["value"]).abs() <= tolerance)

    return RowCheck("parts_make_total", f"rows by {part} that make the total", holds, "value")


def _both_or_neither(first: str, second: str) -> RowCheck:
    return RowCheck(
        f"{first}_with_{second}",
        f"both {first} and {second}, or neither",
        lambda frame: frame[first].isna() == frame[second].isna(),
        first,
    )


_OPEN_DATA_FIELDS: tuple[Field, ...] = (
    Field("category", "text", "Title of the category, in the language of the address"),
    Field("units", "text", "Unit of the category; single rows may name another", nullable=True),
    Field("pk", "integer", "The publisher's number of the row"),
    Field("priority", "integer", "Order of the row", nullable=True),
    Field("title_en", "text", "Label of the row in English", nullable=True),
    Field("title_kg", "text", "Label of the row in Kyrgyz", nullable=True),
    Field("title_ru", "text", "Label of the row in Russian", nullable=True),
    _INDICATOR,
    f.YEAR,
    Field("value", "number", "The figure; missing where it is not published yet", nullable=True),
    *_PLACE,
)  # fmt: skip
_DYNAMIC_FIELDS: tuple[Field, ...] = (
    Field("table_code", "text", "Code of the table, which names its sheet"),
    Field("title_ky", "text", "Title of the table in Kyrgyz", nullable=True),
    Field("title_ru", "text", "Title of the table in Russian", nullable=True),
    Field("title_en", "text", "Title of the table in English", nullable=True),
    Field("row", "integer", "Row of the sheet"),
    Field("label_ky", "text", "Label of the row in Kyrgyz", nullable=True),
    Field("label_ru", "text", "Label of the row in Russian", nullable=True),
    Field("label_en", "text", "Label of the row in English", nullable=True),
    _INDICATOR,
    f.YEAR,
    _VALUE,
    *_PLACE,
)


def _open_data(name: str, description: str) -> TableModel:
    return TableModel(
        name, description, _OPEN_DATA_FIELDS, ("pk", "year", *_STAMP),
        (_YEAR_IN_RANGE, _COUNT_NOT_NEGATIVE),
    )  # fmt: skip


def _dynamic(name: str, description: str) -> TableModel:
    return TableModel(
        name, description, _DYNAMIC_FIELDS, ("table_code", "row", "year", *_STAMP),
        (_YEAR_IN_RANGE, _COUNT_NOT_NEGATIVE, _balance("where the table prints all three")),
    )  # fmt: skip


OPEN_DATA = _open_data(
    "nsc_opendata", "Open data of a category with migration, one row a figure of a row and year"
)
OPEN_DATA_OTHER = _open_data(
    "nsc_opendata_other", "Open data of a category of another topic, one row a figure"
)
DYNAMIC = _dynamic(
    "nsc_dynamic", "Dynamic table of external migration, one row a figure of a row and year"
)
DYNAMIC_OTHER = _dynamic("nsc_dynamic_other", "Dynamic table of another topic, one row a figure")
TRAFFICKING = TableModel(
    "nsc_sdg_16_2_2",
    "Victims of human trafficking (SDG 16.2.2), one row a year and oblast; no oblast: the country",
    (
        f.YEAR,
        Field("area", "code", "Oblast, the platform's name", "area_name:nsc", nullable=True),
        Field("geo_code", "code", "Oblast, the platform's code", "area_name:nsc", nullable=True),
        _VALUE,
        *_PLACE,
    ),
    ("year", "geo_code", *_STAMP),
    (
        _YEAR_IN_RANGE,
        _NOT_NEGATIVE,
        RowCheck("whole", "a whole number", lambda frame: frame["value"] % 1 == 0, "value"),
        _both_or_neither("area", "geo_code"),
        _parts_make_total("area", 0.0),
    ),
)
FDI = TableModel(
    "nsc_sdg_17_3_1_1a",
    "Inflow of foreign direct investment (SDG 17.3.1.1a), thousand US dollars, one row a year and "
    "economic activity; no activity: the total",
    (
        f.YEAR,
        Field("activity", "text", "Economic activity as printed", nullable=True),
        Field("section", "code", "Its section in ISIC Rev. 4", "activity", nullable=True),
        Field("value", "number", "The figure as printed", unit="thousand US dollars"),
        Field("decimals", "integer", "Decimals that are printed"),
        *_PLACE,
    ),
    ("year", "section", *_STAMP),
    (
        _YEAR_IN_RANGE,
        _NOT_NEGATIVE,
        RowCheck("decimals", "0 to 6 decimals", lambda frame: frame["decimals"].between(0, 6),
                 "decimals"),
        _both_or_neither("activity", "section"),
        # Half of the last digit of the total, and what binary fractions add to it.
        _parts_make_total("section", FDI_ROUNDING / 2 + 1e-6),
    ),
)  # fmt: skip
PRESS = TableModel(
    "nsc_press",
    "Figures of NSC that were seen in the press, one row a figure",
    (
        f.INDICATOR,
        Field("partner", "code", "Other side of the move; WLD for all countries", "area"),
        f.YEAR,
        _VALUE,
        Field("unit", "text", "persons or thousand persons"),
        Field("precision", "number", "Unit of rounding, in the same unit; 0 exact"),
        Field("published_in", "text", "Where the figure was seen, with its day where known"),
        *_PLACE,
    ),
    ("indicator", "partner", "year", *_STAMP),
    (
        _YEAR_IN_RANGE,
        RowCheck("not_negative", "a figure of at least 0, unless it is a balance",
                 lambda frame: ~(frame["value"] < 0) | (frame["indicator"] == NET), "value"),
        RowCheck("precision", "a unit of rounding of at least 0",
                 lambda frame: frame["precision"] >= 0, "precision"),
        multiple_of("precision"),
        RowCheck("unit", " or ".join(PRESS_UNITS), lambda frame: frame["unit"].isin(PRESS_UNITS),
                 "unit"),
    ),
)  # fmt: skip

# Tables of other topics are read, so that anybody can look at them, and are kept apart: a newer
# table of wages must never take the place of one of migration.
MODELS: dict[str, TableModel] = {
    "opendata": OPEN_DATA,
    "dynamic": DYNAMIC,
    "sdg_16_2_2": TRAFFICKING,
    "sdg_17_3_1_1a": FDI,
    "press": PRESS,
    "opendata_other": OPEN_DATA_OTHER,
    "dynamic_other": DYNAMIC_OTHER,
}
