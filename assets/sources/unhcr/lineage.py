"""Which of UNHCR's columns each column of its observations is made of."""

from __future__ import annotations

from assets.sources.unhcr.counts import POPULATION, SOLUTIONS, SOURCE
from schemas.sources.unhcr import DECISION_VALUES, DEMOGRAPHIC_VALUES, MODELS


def _column_lineage() -> dict[str, list[tuple[list[str], str]]]:
    tables = list(MODELS)
    same = {
        name: [([SOURCE, table], name) for table in tables] for name in ("release", "extract_id")
    }
    split = ("demographics",)
    return {
        "year": [([SOURCE, table], "year") for table in tables],
        "origin": [([SOURCE, table], "coo_iso") for table in tables]
        + [([SOURCE, table], "coa_iso") for table in ("population", "solutions", "demographics")],
        "destination": [([SOURCE, table], "coa_iso") for table in tables]
        + [([SOURCE, table], "coo_iso") for table in ("population", "solutions", "demographics")],
        "indicator": [([SOURCE, table], "pop_type") for table in split],
        "detail": [
            ([SOURCE, "demographics"], "location"),
            ([SOURCE, "demographics"], "loc_type"),
            ([SOURCE, "demographics"], "acc_type"),
            ([SOURCE, "asylum_applications"], "procedure_type"),
            ([SOURCE, "asylum_applications"], "app_type"),
            ([SOURCE, "asylum_applications"], "dec_level"),
            ([SOURCE, "asylum_decisions"], "procedure_type"),
            ([SOURCE, "asylum_decisions"], "dec_level"),
        ],
        "unit": [
            ([SOURCE, "asylum_applications"], "app_pc"),
            ([SOURCE, "asylum_decisions"], "dec_pc"),
        ],
        "value": [
            ([SOURCE, dataset], column)
            for dataset, columns in _VALUES.items()
            for column in columns
        ],
        "source_ref": [([SOURCE, table], "source_ref") for table in tables],
        **same,
    }


_VALUES: dict[str, tuple[str, ...]] = {
    "population": tuple(one.column for one in POPULATION),
    "demographics": DEMOGRAPHIC_VALUES,
    "asylum_applications": ("applied",),
    "asylum_decisions": DECISION_VALUES,
    "solutions": tuple(one.column for one in SOLUTIONS),
}
# Upstream asset key and column of each column that is not constant.
COLUMN_LINEAGE = _column_lineage()
