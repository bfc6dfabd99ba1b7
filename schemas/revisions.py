"""What releases revised: each figure that differs from the release before."""

from __future__ import annotations

from schemas import fields as f
from schemas.table import RowCheck, TableModel, nullable

_BEFORE_AND_AFTER = RowCheck(
    "values_as_the_change_says",
    "no value before if new, none after if vanished, two that differ if changed",
    lambda frame: (
        ((frame["change"] == "new") & frame["value_before"].isna() & frame["value_after"].notna())
        | (
            (frame["change"] == "vanished")
            & frame["value_before"].notna()
            & frame["value_after"].isna()
        )
        | (
            (frame["change"] == "changed")
            & (frame["value_before"] != frame["value_after"])
            & (frame["value_before"].notna() | frame["value_after"].notna())
        )
    ),
    "change",
)

REVISION = TableModel(
    "revision",
    "Figures that a release of a dataset changed, added or left out against the release before",
    (
        f.MEASURE, f.INDICATOR, f.ORIGIN, f.DESTINATION, f.SEX, f.AGE, f.EDUCATION, f.EMPLOYMENT,
        f.REASON, f.DETAIL, f.UNIVERSE, f.FREQ, f.YEAR, nullable(f.REFERENCE_DATE),
        nullable(f.PERIOD_START), nullable(f.PERIOD_END), f.UNIT, f.BREAKDOWN, f.PRODUCER,
        f.SOURCE, f.DATASET, f.RELEASE_BEFORE, f.RELEASE_AFTER, f.CHANGE, f.VALUE_BEFORE,
        f.VALUE_AFTER, f.DIFFERENCE, f.RELATIVE_DIFFERENCE,
    ),
    (
        "measure", "indicator", "origin", "destination", "sex", "age", "education", "employment",
        "reason", "detail", "universe", "freq", "year", "reference_date", "period_start",
        "period_end", "unit", "producer", "source", "dataset", "release_after",
    ),
    (_BEFORE_AND_AFTER,),
)  # fmt: skip
