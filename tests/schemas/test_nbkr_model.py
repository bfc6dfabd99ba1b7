"""The models of NBKR's tables: each rule refuses what breaks it, and names the place."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from schemas.sources.nbkr import MODELS
from schemas.validate import SchemaRefused, conform, validate
from warehouse.reference_data import Reference

Row = dict[str, Any]
_STAMP: Row = {"release": "2025", "extract_id": "one"}
_FLOW: Row = {
    "period": "апрель 2017", "period_start": date(2017, 4, 1), "period_end": date(2017, 4, 30),
    "country": "Всего", "rounding": 0.1, "qualifier": None, "provisional": False,
    "remark": None, "published_in": "a page", **_STAMP,
}  # fmt: skip
GOOD: dict[str, list[Row]] = {
    "remittances": [
        _FLOW | {"flow": "outflow", "value": 32.1},
        _FLOW | {"flow": "net", "value": -138.6, "rounding": None, "qualifier": "about"},
    ],
    "exchange_rates": [
        {"date": date(2026, 7, 3), "currency": "USD", "nominal": 1.0, "rate": 87.45, **_STAMP},
    ],
}
_AFTER = date(pd.Timestamp.now().year + 1, 1, 1)
BROKEN: list[tuple[str, str, Row]] = [
    ("remittances", "year_in_range",
     {"period_start": date(1994, 4, 1), "period_end": date(1994, 4, 30)}),
    ("remittances", "year_in_range",
     {"period_start": _AFTER, "period_end": _AFTER + timedelta(days=30)}),
    ("remittances", "within_a_year", {"period_start": date(2016, 12, 1)}),
    ("remittances", "within_a_year", {"period_start": date(2017, 5, 1)}),
    ("remittances", "whole_months", {"period_start": date(2017, 4, 2)}),
    ("remittances", "whole_months", {"period_end": date(2017, 4, 29)}),
    ("remittances", "not_negative", {"value": -0.1}),
    ("remittances", "rounding_not_negative", {"rounding": 0.0}),
    ("remittances", "multiple_of_rounding", {"rounding": 1.0}),
    ("remittances", "rounding_or_qualifier", {"rounding": None}),
    ("exchange_rates", "nominal_above_zero", {"nominal": 0.0}),
    ("exchange_rates", "rate_above_zero", {"rate": 0.0}),
]  # fmt: skip


def frame_of(dataset: str, rows: list[Row]) -> pd.DataFrame:
    model = MODELS[dataset]
    placed = [row | {"source_ref": f"Sheet!B{at + 2}"} for at, row in enumerate(rows)]
    return conform(pd.DataFrame(placed)[model.columns], model)


def refusal(dataset: str, rows: list[Row], reference: Reference) -> SchemaRefused:
    with pytest.raises(SchemaRefused) as refused:
        validate(frame_of(dataset, rows), MODELS[dataset], reference.codes)
    return refused.value


@pytest.mark.parametrize("dataset", MODELS)
def test_good_rows_pass(dataset: str, reference: Reference) -> None:
    frame = frame_of(dataset, GOOD[dataset])
    assert len(validate(frame, MODELS[dataset], reference.codes)) == len(GOOD[dataset])


@pytest.mark.parametrize(("dataset", "rule", "change"), BROKEN)
def test_a_rule_refuses_what_breaks_it(
    dataset: str, rule: str, change: Row, reference: Reference
) -> None:
    first, *rest = GOOD[dataset]
    (check,) = [one for one in MODELS[dataset].checks if one.name == rule]
    refused = refusal(dataset, [first | change, *rest], reference)
    assert ("Sheet!B2", check.expected) in {(f.place, f.expected) for f in refused.faults}


def test_every_rule_has_a_row_that_breaks_it() -> None:
    rules = {(name, one.name) for name, model in MODELS.items() for one in model.checks}
    assert {(dataset, rule) for dataset, rule, _ in BROKEN} == rules


@pytest.mark.parametrize(
    ("column", "value"), [("country", "Атлантида"), ("flow", "приток"), ("qualifier", "approx")]
)
def test_an_unknown_code_is_named(column: str, value: str, reference: Reference) -> None:
    first, *rest = GOOD["remittances"]
    refused = refusal("remittances", [first | {column: value}, *rest], reference)
    assert ("Sheet!B2", column, value) in {(f.place, f.column, f.value) for f in refused.faults}


@pytest.mark.parametrize("dataset", MODELS)
def test_a_repeated_key_is_refused(dataset: str, reference: Reference) -> None:
    told = str(refusal(dataset, [*GOOD[dataset], GOOD[dataset][0]], reference))
    assert "one row a key" in told
