"""UN DESA: International Migrant Stock, net migration, and Abel and Cohen's flows beside them.

The publisher's tables are wide: one column a year, sex and age. Here they are long, one row a
printed figure, because the columns differ from revision to revision; ``source_ref`` is the cell.
The number of rows is therefore that of the figures, not that of the workbook's rows. A cell that
prints ``..`` or ``-`` is a row without a value; an empty cell is no row.

An area stands in one of two columns: its M49 number or UN DESA's own number of a group
(``*_m49``), or its name (``*_name``) where the file gives no number and for the world (900) and the
others (2003), which are no numbers of M49.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from schemas import fields as f
from schemas.table import Field, RowCheck, TableModel

FIRST_YEAR = 1950
# From this revision on the world is the sum of its countries; before it is not always.
WORLD_ADDS_UP_FROM = 2020
WORLD_NAMES = ("WORLD", "Total")
RESIDUAL_NAMES = ("Others", "Other South", "Other North")
FIRST_GROUP = 900

_PLACE: tuple[Field, ...] = (f.RELEASE, f.EXTRACT_ID, f.SOURCE_REF)


def _side(side: str) -> tuple[Field, ...]:
    return (
        Field(f"{side}_label", "code", f"Area of {side} as printed", nullable=True),
        Field(f"{side}_m49", "code", f"Location code of {side}", "m49", nullable=True),
        Field(
            f"{side}_name", "code", f"Area of {side} by name, where no location code tells it",
            "area_name:undesa", nullable=True,
        ),
    )  # fmt: skip


_DATA_TYPE = Field(
    "data_type",
    "code",
    "Type of data of the destination: B foreign-born, C citizens, R refugees added, I imputed",
    "undesa_data_type",
    nullable=True,
)
_SEX = Field("sex", "code", "Sex, by the group of columns", "sex")
_AGE = Field("age", "code", "Age group, by the column", "age")
_STOCK = Field(
    "value", "integer", "Migrants at 1 July; missing where '..' or '-' is printed",
    unit="persons", nullable=True,
)  # fmt: skip


def group_numbers(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Number the combinations of values of several columns.

    Args:
        frame: Categorical or whole-number columns.
        columns: Their names; missing values are values of their own.

    Returns:
        For each row a number, equal where all columns are equal.
    """
    numbers = np.zeros(len(frame), dtype=np.int64)
    for name in columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes, size = column.cat.codes.to_numpy().astype(np.int64), len(column.cat.categories)
        else:
            codes, found = pd.factorize(column)
            size = len(found)
        numbers = numbers * (size + 1) + codes + 1
    return numbers


def is_world(frame: pd.DataFrame, side: str) -> np.ndarray:
    """Whether a side of a row is the world."""
    return frame[f"{side}_name"].isin(WORLD_NAMES).to_numpy()


def is_part_of_world(frame: pd.DataFrame, side: str) -> np.ndarray:
    """Whether a side of a row is a country or a residual, which together make the world.

    Only location codes and the names of residuals tell: a country by its name does not count.
    """
    m49 = frame[f"{side}_m49"].cat
    country = np.append([int(code) < FIRST_GROUP for code in m49.categories], False).astype(bool)
    return country[m49.codes.to_numpy()] | frame[f"{side}_name"].isin(RESIDUAL_NAMES).to_numpy()


def sums_of_parts(
    frame: pd.DataFrame, columns: Sequence[str], parts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each row the sum of the parts that agree with it in some columns.

    Args:
        frame: Rows with ``value``.
        columns: Columns in which parts and whole agree.
        parts: Which rows are parts.

    Returns:
        The sum, how many parts there are, and how many of them have no value.
    """
    groups, numbers = pd.factorize(group_numbers(frame, columns))
    values = frame["value"].to_numpy(dtype="float64", na_value=np.nan)
    empty = np.isnan(values)
    sums = np.bincount(groups[parts & ~empty], values[parts & ~empty], len(numbers))
    count = np.bincount(groups[parts], minlength=len(numbers))
    missing = np.bincount(groups[parts & empty], minlength=len(numbers))
    return sums[groups], count[groups], missing[groups]


def _agrees(
    frame: pd.DataFrame, columns: Sequence[str], parts: np.ndarray, whole: np.ndarray, needed: int
) -> pd.Series:
    """Where all parts are there and none is missing, the whole is their sum."""
    made, count, missing = sums_of_parts(frame, columns, parts)
    values = frame["value"].to_numpy(dtype="float64", na_value=np.nan)
    # What is not printed can be compared with nothing.
    comparable = whole & (count >= needed) & (missing == 0) & ~np.isnan(values)
    return pd.Series(~comparable | (made == values), index=frame.index)


def _sexes_make_total(key: Sequence[str]) -> RowCheck:
    columns = [name for name in key if name != "sex"]

    def holds(frame: pd.DataFrame) -> pd.Series:
        parts = frame["sex"].isin(["M", "F"]).to_numpy()
        return _agrees(frame, columns, parts, (frame["sex"] == "_T").to_numpy(), 2)

    return RowCheck("sexes_make_total", "men and women that make both sexes", holds, "value")


def _ages_make_total(key: Sequence[str]) -> RowCheck:
    columns = [name for name in key if name != "age"]

    def holds(frame: pd.DataFrame) -> pd.Series:
        whole = (frame["age"] == "_T").to_numpy()
        return _agrees(frame, columns, ~whole, whole, 1)

    return RowCheck("ages_make_total", "age groups that make all ages", holds, "value")


def _countries_make_world(key: Sequence[str], side: str) -> RowCheck:
    # Names and numbers of one side are what is summed over.
    columns = [name for name in key if not name.startswith(f"{side}_")]

    def holds(frame: pd.DataFrame) -> pd.Series:
        adds_up = frame["release"].isin(
            [one for one in frame["release"].cat.categories
             if one.isdigit() and int(one) >= WORLD_ADDS_UP_FROM]
        ).to_numpy()  # fmt: skip
        parts = is_part_of_world(frame, side)
        whole = is_world(frame, side) & adds_up
        if (frame[f"{side}_name"].notna() & ~parts & ~is_world(frame, side)).any():
            # Countries by their names can't be told from groups here.
            whole &= False
        if side == "origin":
            # A group of destinations is printed without all of its residual origins.
            whole &= is_part_of_world(frame, "destination")
        return _agrees(frame, columns, parts, whole, 1)

    return RowCheck(
        f"countries_make_world:{side}", f"countries of {side} that make the world", holds, "value"
    )


def _not_negative(column: str) -> RowCheck:
    return RowCheck(
        f"not_negative:{column}",
        "a figure of at least 0",
        lambda frame: ~(frame[column] < 0).fillna(False),
        column,
    )


def _year(column: str) -> RowCheck:
    return RowCheck(
        f"{column}_in_range",
        f"a year from {FIRST_YEAR} to next year",
        lambda frame: frame[column].between(FIRST_YEAR, pd.Timestamp.now().year + 1),
        column,
    )


def _one_area(side: str) -> RowCheck:
    def holds(frame: pd.DataFrame) -> pd.Series:
        return frame[f"{side}_m49"].isna() != frame[f"{side}_name"].isna()

    return RowCheck(
        f"one_area:{side}", "a location code, or a name in its place", holds, f"{side}_m49"
    )


def _checks(*found: RowCheck) -> tuple[RowCheck, ...]:
    return (_year("year"), _not_negative("value"), _one_area("destination"), *found)


_OF_DESTINATION = ("destination_m49", "destination_name")
_KEY_DESTINATION = ("year", *_OF_DESTINATION, "sex", "release", "extract_id")
_KEY_PAIRS = ("year", *_OF_DESTINATION, "origin_m49", "origin_name", "sex", "release", "extract_id")
_KEY_AGES = ("year", *_OF_DESTINATION, "sex", "age", "release", "extract_id")

DESTINATION_ORIGIN = TableModel(
    "undesa_destination_origin",
    "Migrants by destination, origin and sex, one row a printed figure",
    (f.YEAR, *_side("destination"), *_side("origin"), _DATA_TYPE, _SEX, _STOCK, *_PLACE),
    _KEY_PAIRS,
    _checks(
        _one_area("origin"),
        _sexes_make_total(_KEY_PAIRS),
        _countries_make_world(_KEY_PAIRS, "destination"),
        _countries_make_world(_KEY_PAIRS, "origin"),
    ),
)
DESTINATION = TableModel(
    "undesa_destination",
    "Migrants by destination and sex, one row a printed figure",
    (f.YEAR, *_side("destination"), _DATA_TYPE, _SEX, _STOCK, *_PLACE),
    _KEY_DESTINATION,
    _checks(
        _sexes_make_total(_KEY_DESTINATION), _countries_make_world(_KEY_DESTINATION, "destination")
    ),
)
AGE_SEX = TableModel(
    "undesa_age_sex",
    "Migrants by destination, age and sex, one row a printed figure",
    (f.YEAR, *_side("destination"), _DATA_TYPE, _SEX, _AGE, _STOCK, *_PLACE),
    _KEY_AGES,
    _checks(
        _sexes_make_total(_KEY_AGES),
        _ages_make_total(_KEY_AGES),
        _countries_make_world(_KEY_AGES, "destination"),
    ),
)
WPP_NET_MIGRATION = TableModel(
    "undesa_wpp_net_migration",
    "Net migration by country and calendar year, one row a published row",
    (
        Field("country_code", "code", "Location code", "m49"),
        f.YEAR,
        Field("mig", "number", "Net number of migrants", unit="thousands"),
        *_PLACE,
    ),
    ("country_code", "year", "release", "extract_id"),
    (_year("year"),),
)


def _five_years(frame: pd.DataFrame) -> pd.Series:
    return frame["year1"] - frame["year0"] == 5


ABEL_COHEN = TableModel(
    "undesa_abel_cohen",
    "Flow estimates by origin, destination, method, sex and kind of move, one row a published row",
    (
        Field("method", "code", "Method of estimation", "abel_cohen_method"),
        Field("type", "code", "Kind of move", "abel_cohen_move"),
        Field("sex", "code", "Sex", "sex"),
        Field("year0", "integer", "Year of the stock at the beginning"),
        Field("year1", "integer", "Year of the stock at the end"),
        Field("orig", "code", "Country moved from, by name", "area_name:abel_cohen"),
        Field("dest", "code", "Country moved to, by name", "area_name:abel_cohen"),
        Field("flow", "number", "Moves in the five years", unit="persons"),
        *_PLACE,
    ),
    ("method", "type", "sex", "year0", "year1", "orig", "dest", "release", "extract_id"),
    (
        _year("year0"),
        _not_negative("flow"),
        RowCheck("five_years", "a year five years after the first", _five_years, "year1"),
        RowCheck(
            "two_countries",
            "another country than that of origin",
            lambda frame: frame["orig"].astype("str") != frame["dest"].astype("str"),
            "dest",
        ),
    ),
)  # fmt: skip

MODELS: dict[str, TableModel] = {
    "destination_origin": DESTINATION_ORIGIN,
    "destination": DESTINATION,
    "age_sex": AGE_SEX,
    "wpp_net_migration": WPP_NET_MIGRATION,
    "abel_cohen": ABEL_COHEN,
}
