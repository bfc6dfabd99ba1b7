"""Which of UN DESA's columns each column of its observations is made of."""

from __future__ import annotations

from assets.sources.undesa.layout import SOURCE
from schemas.sources.undesa import MODELS

STOCKS = ("destination_origin", "destination", "age_sex")
FLOWS = {"wpp_net_migration": "mig", "abel_cohen": "flow"}


def _of(tables: tuple[str, ...], *columns: str) -> list[tuple[list[str], str]]:
    return [([SOURCE, table], column) for table in tables for column in columns]


# Upstream asset key and column of each column that is not constant.
COLUMN_LINEAGE: dict[str, list[tuple[list[str], str]]] = {
    "origin": [
        *_of(("destination_origin",), "origin_m49", "origin_name"),
        *_of(("abel_cohen",), "orig"),
    ],
    "destination": [
        *_of(STOCKS, "destination_m49", "destination_name"),
        *_of(("wpp_net_migration",), "country_code"),
        *_of(("abel_cohen",), "dest"),
    ],
    "sex": _of((*STOCKS, "abel_cohen"), "sex"),
    "age": _of(("age_sex",), "age"),
    "detail": _of(("abel_cohen",), "method", "type"),
    "year": [*_of((*STOCKS, "wpp_net_migration"), "year"), *_of(("abel_cohen",), "year1")],
    "reference_date": _of(STOCKS, "year"),
    "period_start": [*_of(("wpp_net_migration",), "year"), *_of(("abel_cohen",), "year0")],
    "period_end": [*_of(("wpp_net_migration",), "year"), *_of(("abel_cohen",), "year1")],
    "value": [
        *_of(STOCKS, "value"),
        *(([SOURCE, table], column) for table, column in FLOWS.items()),
    ],
    "definition": _of(STOCKS, "data_type"),
    "release": _of(tuple(MODELS), "release"),
    "extract_id": _of(tuple(MODELS), "extract_id"),
    "source_ref": _of(tuple(MODELS), "source_ref"),
}
