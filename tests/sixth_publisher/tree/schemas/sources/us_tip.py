"""U.S. Department of State, Trafficking in Persons reports: cases by form of exploitation."""

from __future__ import annotations

from schemas import fields as f
from schemas.table import Field, RowCheck, TableModel

CASES = TableModel(
    "us_tip_cases",
    "Cases of trafficking that the reports tell of, one row a country, year and form",
    (
        f.COUNTRY,
        f.YEAR,
        Field("form", "code", "total, sex_trafficking or forced_labour"),
        Field("cases", "integer", "Number of cases", unit="cases"),
        f.RELEASE,
        f.EXTRACT_ID,
        f.SOURCE_REF,
    ),
    ("country", "year", "form", "release"),
    (
        RowCheck("not_negative", "a count of at least 0", lambda one: one["cases"] >= 0, "cases"),
        RowCheck(
            "known_form",
            "total, sex_trafficking or forced_labour",
            lambda one: one["form"].isin(["total", "sex_trafficking", "forced_labour"]),
            "form",
        ),
    ),
)
MODELS: dict[str, TableModel] = {"cases": CASES}
