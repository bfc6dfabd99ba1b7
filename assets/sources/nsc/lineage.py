"""Which of NSC's columns each column of its observations is made of."""

from __future__ import annotations

from assets.sources.nsc.harmonise import SOURCE

# Tables that observations are made of; those of other topics are not among them.
DATASETS = ("opendata", "dynamic", "sdg_16_2_2", "sdg_17_3_1_1a", "press")


def _all(column: str) -> list[tuple[list[str], str]]:
    return [([SOURCE, table], column) for table in DATASETS]


def _of(column: str, *tables: str) -> list[tuple[list[str], str]]:
    return [([SOURCE, table], column) for table in tables]


_PEOPLE = ("opendata", "dynamic", "press")
_SIDES = [*_of("partner", "press"), *_of("geo_code", "sdg_16_2_2")]
# Upstream asset key and column of each column that is not constant.
COLUMN_LINEAGE: dict[str, list[tuple[list[str], str]]] = {
    "measure": _of("indicator", *_PEOPLE),
    "indicator": _of("indicator", *_PEOPLE),
    "definition": _of("indicator", *_PEOPLE),
    "origin": _SIDES,
    "destination": _SIDES,
    "detail": _of("section", "sdg_17_3_1_1a"),
    "additive_set": [*_of("geo_code", "sdg_16_2_2"), *_of("section", "sdg_17_3_1_1a")],
    "year": _all("year"),
    "period_start": _all("year"),
    "period_end": _all("year"),
    "reference_date": _of("year", "opendata"),
    "value": [
        *_all("value"),
        *_of("units", "opendata"),
        *_of("title_en", "opendata"),
        *_of("unit", "press"),
    ],
    "precision": [
        *_of("value", "opendata", "dynamic"),
        *_of("precision", "press"),
        *_of("decimals", "sdg_17_3_1_1a"),
    ],
    "published_in": [
        *_of("category", "opendata"),
        *_of("table_code", "dynamic"),
        *_of("published_in", "press"),
    ],
    "release": _all("release"),
    "extract_id": _all("extract_id"),
    "source_ref": _all("source_ref"),
}
