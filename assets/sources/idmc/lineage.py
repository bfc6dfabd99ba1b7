"""Which of IDMC's columns each column of its observations is made of."""

from __future__ import annotations

from assets.sources.idmc.counts import AGES, COLUMNS, SOURCE
from schemas.sources.idmc import MODELS


def _column_lineage() -> dict[str, list[tuple[list[str], str]]]:
    tables = list(MODELS)

    def everywhere(column: str) -> list[tuple[list[str], str]]:
        return [([SOURCE, table], column) for table in tables]

    return {
        "year": everywhere("year"),
        "origin": everywhere("iso3"),
        "destination": everywhere("iso3"),
        "release": everywhere("release"),
        "extract_id": everywhere("extract_id"),
        "source_ref": everywhere("source_ref"),
        "indicator": [
            ([SOURCE, "sex_age"], "cause"),
            *(
                ([SOURCE, table], column)
                for table in ("figure_analyses", "disaggregated")
                for column in ("cause", "figure_category")
            ),
        ],
        "sex": [([SOURCE, "sex_age"], "sex")],
        "detail": [
            *(
                ([SOURCE, "disasters"], column)
                for column in ("event_id", "event_name", "start_date", "hazard_type")
            ),
            *(
                ([SOURCE, "disaggregated"], column)
                for column in ("event_id", "figure_id", "hazard_type")
            ),
        ],
        "value": [
            *(
                ([SOURCE, dataset], f"{name}_{form}")
                for dataset, names in COLUMNS.items()
                for name in names
                for form in ("raw", "rounded")
            ),
            *(([SOURCE, "sex_age"], column) for column in AGES),
            ([SOURCE, "figure_analyses"], "figures_raw"),
            ([SOURCE, "disaggregated"], "total_figures"),
        ],
    }


# Upstream asset key and column of each column that is not constant.
COLUMN_LINEAGE = _column_lineage()
