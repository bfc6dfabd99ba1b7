"""UNHCR Refugee Population Statistics: the five source-shaped tables.

Column names are the API's (https://api.unhcr.org/population/v1/). A value column is missing
where the publisher prints ``-`` (not applicable or not collected) or suppresses the figure;
suppressed columns are named in ``suppressed``.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from schemas import fields as f
from schemas.checks import not_negative, year_from
from schemas.table import Field, RowCheck, TableModel

FIRST_YEAR = 1951

_IDENTITY: tuple[Field, ...] = (
    f.YEAR,
    Field("coo_name", "code", "Country of origin, UNHCR's name", nullable=True),
    Field("coo", "code", "Country of origin, UNHCR's own code", nullable=True),
    Field("coo_iso", "code", "Country of origin, ISO 3166-1 alpha-3 or UNHCR's special", "area"),
    Field("coa_name", "code", "Country of asylum, UNHCR's name", nullable=True),
    Field("coa", "code", "Country of asylum, UNHCR's own code", nullable=True),
    Field("coa_iso", "code", "Country of asylum, ISO 3166-1 alpha-3 or UNHCR's special", "area"),
)
_PLACE: tuple[Field, ...] = (
    Field("suppressed", "text", "Value columns that hold '*' (fewer than five), joined by ';'"),
    f.RELEASE,
    f.EXTRACT_ID,
    f.SOURCE_REF,
)
POPULATION_VALUES = (
    "refugees", "asylum_seekers", "returned_refugees", "idps", "returned_idps", "stateless",
    "ooc", "oip", "hst",
)  # fmt: skip
AGE_GROUPS = ("0_4", "5_11", "12_17", "18_59", "60", "other")
DEMOGRAPHIC_VALUES = (
    *(f"f_{age}" for age in AGE_GROUPS), "f_total",
    *(f"m_{age}" for age in AGE_GROUPS), "m_total",
    "total",
)  # fmt: skip
DECISION_VALUES = ("dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total")
SOLUTION_VALUES = ("returned_refugees", "resettlement", "naturalisation", "returned_idps")


def _count(name: str, description: str) -> Field:
    return Field(name, "integer", description, unit="persons or cases", nullable=True)


def _dimension(name: str, description: str, codes: str | None = None) -> Field:
    return Field(name, "code", description, codes)


_YEAR_IN_RANGE = year_from(FIRST_YEAR)


def _parts_within(total: str, parts: tuple[str, ...]) -> RowCheck:
    def holds(frame: pd.DataFrame) -> pd.Series:
        made = frame[list(parts)].fillna(0).sum(axis=1)
        return ~(made > frame[total]).fillna(False)

    return RowCheck(
        f"parts_within:{total}", f"parts ({', '.join(parts)}) of at most {total}", holds, total
    )


def _parts_make(total: str, parts: tuple[str, ...]) -> RowCheck:
    def holds(frame: pd.DataFrame) -> pd.Series:
        made = frame[list(parts)].fillna(0).sum(axis=1)
        return (made == frame[total]).fillna(True)

    return RowCheck(
        f"parts_make:{total}", f"parts ({', '.join(parts)}) that make {total}", holds, total
    )


def _within_the_country(columns: tuple[str, ...]) -> tuple[RowCheck, ...]:
    """Displaced within their country: holds of every row that UNHCR has published to end-2023."""

    def rule(column: str) -> Callable[[pd.DataFrame], pd.Series]:
        def holds(frame: pd.DataFrame) -> pd.Series:
            same = frame["coo_iso"].astype("str") == frame["coa_iso"].astype("str")
            return same | ~(frame[column] > 0).fillna(False)

        return holds

    expected = "0 or '-' where the countries are two: people displaced within one"
    return tuple(RowCheck(f"within:{one}", expected, rule(one), one) for one in columns)


def _table(
    name: str,
    description: str,
    dimensions: tuple[Field, ...],
    values: tuple[str, ...],
    checks: tuple[RowCheck, ...] = (),
) -> TableModel:
    counts = tuple(_count(one, VALUE_DESCRIPTIONS[one]) for one in values)
    key = ("year", "coo_iso", "coa_iso", *(one.name for one in dimensions), "release", "extract_id")
    return TableModel(
        name,
        description,
        (*_IDENTITY, *dimensions, *counts, *_PLACE),
        key,
        (_YEAR_IN_RANGE, *not_negative(values), *checks),
    )


VALUE_DESCRIPTIONS: dict[str, str] = {
    "refugees": "Refugees under UNHCR's mandate, end of period",
    "asylum_seekers": "Asylum seekers with a pending claim, end of period",
    "returned_refugees": "Refugees who returned to the country of origin during the period",
    "idps": "Internally displaced persons of concern to UNHCR, end of period",
    "returned_idps": "Internally displaced persons who returned during the period",
    "stateless": "Stateless persons, end of period",
    "ooc": "Others of concern to UNHCR, end of period",
    "oip": "Other people in need of international protection, end of period",
    "hst": "Host community, end of period",
    "resettlement": "Refugees who arrived for resettlement during the period",
    "naturalisation": "Refugees who were naturalised in the country of asylum in the period",
    "applied": "Applications for asylum lodged during the period",
    "dec_recognized": "Decisions that recognised refugee status",
    "dec_other": "Decisions that gave complementary protection",
    "dec_rejected": "Decisions that rejected the claim",
    "dec_closed": "Claims that were closed otherwise",
    "dec_total": "All decisions",
    "total": "All persons at the place, whether sex and age are known or not",
}
for _sex, _word in (("f", "Women"), ("m", "Men")):
    VALUE_DESCRIPTIONS |= {
        f"{_sex}_0_4": f"{_word} aged 0 to 4",
        f"{_sex}_5_11": f"{_word} aged 5 to 11",
        f"{_sex}_12_17": f"{_word} aged 12 to 17",
        f"{_sex}_18_59": f"{_word} aged 18 to 59",
        f"{_sex}_60": f"{_word} aged 60 and over",
        f"{_sex}_other": f"{_word} of unknown age",
        f"{_sex}_total": f"{_word}, all ages",
    }

_PROCEDURE = _dimension(
    "procedure_type", "Who decides: government, UNHCR or both", "unhcr_procedure"
)
_LEVEL = _dimension("dec_level", "Level of the procedure", "unhcr_decision_level")

POPULATION = _table(
    "unhcr_population",
    "Population figures, one row a year and pair of countries",
    (),
    POPULATION_VALUES,
    _within_the_country(("idps", "returned_idps")),
)
DEMOGRAPHICS = _table(
    "unhcr_demographics",
    "Sex and age by place, one row a year, pair of countries, population type and place",
    (
        _dimension("pop_type", "Population type", "unhcr_population_type"),
        _dimension("location", "Place, UNHCR's text"),
        _dimension("loc_type", "Urban, rural or unknown", "unhcr_location_type"),
        _dimension("acc_type", "Kind of accommodation", "unhcr_accommodation_type"),
    ),
    DEMOGRAPHIC_VALUES,
    (
        _parts_make("f_total", tuple(f"f_{age}" for age in AGE_GROUPS)),
        _parts_make("m_total", tuple(f"m_{age}" for age in AGE_GROUPS)),
        _parts_within("total", ("f_total", "m_total")),
    ),
)
ASYLUM_APPLICATIONS = _table(
    "unhcr_asylum_applications",
    "Asylum applications, one row a year, pair of countries, procedure, kind, level and unit",
    (
        _PROCEDURE,
        _dimension("app_type", "Kind of application", "unhcr_application_type"),
        _LEVEL,
        _dimension("app_pc", "Whether persons or cases are counted", "unhcr_counting_unit"),
    ),
    ("applied",),
)
ASYLUM_DECISIONS = _table(
    "unhcr_asylum_decisions",
    "Asylum decisions, one row a year, pair of countries, procedure, level and unit",
    (
        _PROCEDURE,
        _LEVEL,
        _dimension("dec_pc", "Whether persons or cases are counted", "unhcr_counting_unit"),
    ),
    DECISION_VALUES,
)
SOLUTIONS = _table(
    "unhcr_solutions",
    "Durable solutions, one row a year and pair of countries",
    (),
    SOLUTION_VALUES,
    _within_the_country(("returned_idps",)),
)

MODELS: dict[str, TableModel] = {
    "population": POPULATION,
    "demographics": DEMOGRAPHICS,
    "asylum_applications": ASYLUM_APPLICATIONS,
    "asylum_decisions": ASYLUM_DECISIONS,
    "solutions": SOLUTIONS,
}
