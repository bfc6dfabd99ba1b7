"""The models of NSC's tables: each rule refuses what breaks it, and names the place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from schemas.sources.nsc import MODELS
from schemas.table import TableModel
from schemas.validate import SchemaRefused, conform, validate
from warehouse.reference_data import Reference

Row = dict[str, Any]
_STAMP: Row = {"release": "2025", "extract_id": "one"}
_OPEN: Row = {
    "category": "Population", "units": "persons", "priority": 1, "title_kg": None,
    "title_ru": None, "year": 2022, **_STAMP,
}  # fmt: skip
_DYNAMIC: Row = {
    "table_code": "5.01.00.00", "title_ky": None, "title_ru": None, "title_en": None,
    "label_ky": None, "label_ru": None, "year": 2018, **_STAMP,
}  # fmt: skip
_PRESS: Row = {
    "partner": "WLD", "year": 2018, "unit": "persons", "precision": 0.0,
    "published_in": "a page", **_STAMP,
}  # fmt: skip
GOOD: dict[str, list[Row]] = {
    "opendata": [
        _OPEN | {"pk": 1, "title_en": "Immigrants", "indicator": "immigrants", "value": 12444.0},
        _OPEN | {"pk": 2, "title_en": "Births", "indicator": None, "value": None},
    ],
    "dynamic": [
        _DYNAMIC | {"row": 6, "label_en": "In", "indicator": "immigrants", "value": 1687.0},
        _DYNAMIC | {"row": 7, "label_en": "Out", "indicator": "emigrants", "value": 7077.0},
        _DYNAMIC | {"row": 8, "label_en": "Net", "indicator": "net_migration", "value": -5390.0},
    ],
    "sdg_16_2_2": [
        {"year": 2012, "area": None, "geo_code": None, "value": 3.0, **_STAMP},
        {"year": 2012, "area": "Batken", "geo_code": "KG05", "value": 1.0, **_STAMP},
        {"year": 2012, "area": "Chui", "geo_code": "KG08", "value": 2.0, **_STAMP},
    ],
    "sdg_17_3_1_1a": [
        {"year": 2022, "activity": None, "section": None, "value": 10.3, "decimals": 1, **_STAMP},
        {"year": 2022, "activity": "Mining", "section": "B", "value": 4.1, "decimals": 1, **_STAMP},
        {"year": 2022, "activity": "Trade", "section": "G", "value": 6.2, "decimals": 1, **_STAMP},
    ],
    "press": [
        _PRESS | {"indicator": "immigrants", "value": 1687.0},
        _PRESS | {"indicator": "net_migration", "value": -5390.0},
    ],
}  # fmt: skip
GOOD["opendata_other"], GOOD["dynamic_other"] = GOOD["opendata"], GOOD["dynamic"]

# Dataset, name of the rule, the row that is changed, the change.
BROKEN: list[tuple[str, str, int, Row]] = [
    *(
        (dataset, "year_in_range", 0, {"year": year})
        for dataset in GOOD
        for year in (1949, pd.Timestamp.now().year + 2)
    ),
    *(
        (dataset, "count_not_negative", 0, {"value": -1.0})
        for dataset in ("opendata", "opendata_other", "dynamic", "dynamic_other")
    ),
    ("dynamic", "balance", 2, {"value": -5391.0}),
    ("dynamic_other", "balance", 2, {"value": 5390.0}),
    ("sdg_16_2_2", "not_negative", 1, {"value": -1.0}),
    ("sdg_16_2_2", "whole", 1, {"value": 1.5}),
    ("sdg_16_2_2", "area_with_geo_code", 1, {"geo_code": None}),
    ("sdg_16_2_2", "area_with_geo_code", 1, {"area": None}),
    ("sdg_16_2_2", "parts_make_total", 0, {"value": 4.0}),
    ("sdg_16_2_2", "parts_make_total", 1, {"value": 2.0}),
    ("sdg_17_3_1_1a", "not_negative", 1, {"value": -4.1}),
    ("sdg_17_3_1_1a", "decimals", 1, {"decimals": 7}),
    ("sdg_17_3_1_1a", "activity_with_section", 1, {"activity": None}),
    ("sdg_17_3_1_1a", "parts_make_total", 0, {"value": 10.4}),
    ("press", "not_negative", 0, {"value": -1.0}),
    ("press", "precision", 0, {"precision": -0.1}),
    ("press", "precision", 0, {"precision": None}),
    ("press", "multiple_of_precision", 0, {"precision": 10.0}),
    ("press", "unit", 0, {"unit": "thousand"}),
]


def frame_of(dataset: str, rows: list[Row]) -> pd.DataFrame:
    model = MODELS[dataset]
    placed = [row | {"source_ref": f"line {at + 2}"} for at, row in enumerate(rows)]
    return conform(pd.DataFrame(placed)[model.columns], model)


def refusal(model: TableModel, frame: pd.DataFrame, reference: Reference) -> SchemaRefused:
    with pytest.raises(SchemaRefused) as refused:
        validate(frame, model, reference.codes)
    return refused.value


@pytest.mark.parametrize("dataset", MODELS)
def test_good_rows_pass(dataset: str, reference: Reference) -> None:
    rows = GOOD[dataset]
    assert len(validate(frame_of(dataset, rows), MODELS[dataset], reference.codes)) == len(rows)


@pytest.mark.parametrize(("dataset", "rule", "row", "change"), BROKEN)
def test_a_rule_refuses_what_breaks_it(
    dataset: str, rule: str, row: int, change: Row, reference: Reference
) -> None:
    rows = [one | change if at == row else one for at, one in enumerate(GOOD[dataset])]
    (check,) = [one for one in MODELS[dataset].checks if one.name == rule]
    refused = refusal(MODELS[dataset], frame_of(dataset, rows), reference)
    assert check.expected in {fault.expected for fault in refused.faults}


def test_every_rule_has_a_row_that_breaks_it() -> None:
    rules = {(name, one.name) for name, model in MODELS.items() for one in model.checks}
    assert {(dataset, rule) for dataset, rule, _, _ in BROKEN} == rules


@pytest.mark.parametrize(
    ("dataset", "column", "value"),
    [
        ("sdg_16_2_2", "area", "Atlantis"),
        ("sdg_16_2_2", "geo_code", "KG99"),
        ("sdg_17_3_1_1a", "section", "Z"),
        ("press", "partner", "XYZ"),
        ("press", "indicator", "immigrantes"),
        ("opendata", "indicator", "arrivals"),
    ],
)
def test_an_unknown_code_is_named(
    dataset: str, column: str, value: str, reference: Reference
) -> None:
    rows = [one | ({column: value} if at == 1 else {}) for at, one in enumerate(GOOD[dataset])]
    refused = refusal(MODELS[dataset], frame_of(dataset, rows), reference)
    assert ("line 3", column, value) in {(f.place, f.column, f.value) for f in refused.faults}


@pytest.mark.parametrize("dataset", MODELS)
def test_a_repeated_key_is_refused(dataset: str, reference: Reference) -> None:
    rows = [*GOOD[dataset], GOOD[dataset][0]]
    told = str(refusal(MODELS[dataset], frame_of(dataset, rows), reference))
    assert "one row a key" in told


def test_a_total_without_parts_is_whole_when_it_is_zero(reference: Reference) -> None:
    zero = {"year": 2010, "area": None, "geo_code": None, "value": 0.0, **_STAMP}
    rows = [*GOOD["sdg_16_2_2"], zero]
    assert len(validate(frame_of("sdg_16_2_2", rows), MODELS["sdg_16_2_2"], reference.codes)) == 4
    refusal(MODELS["sdg_16_2_2"], frame_of("sdg_16_2_2", [zero | {"value": 1.0}]), reference)


@pytest.mark.parametrize("change", [lambda at: at != 1, lambda at: at != 0])
def test_a_balance_is_only_held_against_both_of_its_parts(
    change: Callable[[int], bool], reference: Reference
) -> None:
    rows = [one for at, one in enumerate(GOOD["dynamic"]) if change(at)]
    assert len(validate(frame_of("dynamic", rows), MODELS["dynamic"], reference.codes)) == 2
