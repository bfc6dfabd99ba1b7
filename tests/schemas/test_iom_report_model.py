"""The models of the report's tables: each rule refuses what breaks it, and names the place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from assets.sources.iom_report.harmonise import harmonise
from schemas.sources.iom_report import FIGURES, PROFILES, TABLES
from schemas.table import TableModel
from schemas.validate import SchemaRefused, conform, validate
from warehouse.reference_data import Reference

_PLACE = {"release": "2024-01", "extract_id": "one", "note": None}
_SPLITS = dict.fromkeys(
    ("sex", "age", "education", "employment", "reason", "detail", "universe"), "_T"
)
FLOW: dict[str, Any] = {
    "figure_id": "s1", "section": "3.1", "measure": "flow", "indicator": "immigrants",
    "origin": "WLD", "destination": "KGZ", **_SPLITS, "freq": "A", "reference_date": None,
    "period_start": date(2022, 1, 1), "period_end": date(2022, 12, 31), "value": 12444.0,
    "unit": "persons", "precision": 0.0, "qualifier": None, "obs_status": "A",
    "additive_set": None, "producer": "nsc_on_request", "definition": "kr_immigrant_nsc",
    "cited_source": "NSC KR, 2023a", **_PLACE,
}  # fmt: skip
STOCK = FLOW | {
    "measure": "stock", "indicator": "emigrants_registered", "origin": "KGZ",
    "destination": "WLD", "reference_date": date(2022, 12, 31), "period_start": None,
    "period_end": None, "producer": "molssm", "definition": "kr_emigrant_molssm",
}  # fmt: skip
SHARE: dict[str, Any] = {
    "profile_id": "s1", "section": "3.3", "statistic": "share", "indicator": "returnees",
    "origin": "WLD", "destination": "KGZ", **_SPLITS, "year": 2022, "base": "returnees",
    "base_value": None, "parts_of": None, "value": 34.0, "unit": "PT", "precision": 1.0,
    "qualifier": None, "producer": "iom_mtm", "definition": None, "cited_source": "IOM, 2022",
    **_PLACE,
}  # fmt: skip


def frame_of(model: TableModel, *rows: dict[str, Any]) -> pd.DataFrame:
    placed = [row | {"source_ref": f"line {at + 2}"} for at, row in enumerate(rows)]
    return conform(pd.DataFrame(placed)[model.columns], model)


@pytest.mark.parametrize(("model", "row"), [(FIGURES, FLOW), (FIGURES, STOCK), (PROFILES, SHARE)])
def test_a_good_row_passes(model: TableModel, row: dict[str, Any], reference: Reference) -> None:
    assert len(validate(frame_of(model, row), model, reference.codes)) == 1


def test_tables_have_the_columns_of_figures_but_for_the_name_of_the_row() -> None:
    assert TABLES.columns[1:] == FIGURES.columns[1:]
    assert TABLES.columns[0] == "cell_id"


BROKEN_FIGURES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("indicator", FLOW, {"indicator": "immigrantes"}),
    ("origin", FLOW, {"origin": "Arabs"}),
    ("destination", FLOW, {"destination": "Kyrgyzstan"}),
    ("sex", FLOW, {"sex": "women"}),
    ("age", FLOW, {"age": "16-62"}),
    ("education", FLOW, {"education": "university"}),
    ("employment", FLOW, {"employment": "yes"}),
    ("reason", FLOW, {"reason": "labour"}),
    ("universe", FLOW, {"universe": "adults"}),
    ("freq", FLOW, {"freq": "Y"}),
    ("unit", FLOW, {"unit": "people"}),
    ("qualifier", FLOW, {"qualifier": "more than"}),
    ("obs_status", FLOW, {"obs_status": "X"}),
    ("producer", FLOW, {"producer": "NSC KR"}),
    ("definition", FLOW, {"definition": "migrant"}),
    ("measure", FLOW, {"measure": "both"}),
    ("section", FLOW, {"section": None}),
    ("cited_source", FLOW, {"cited_source": None}),
    ("value", FLOW, {"value": None}),  # value_or_reason: no reason is given
    ("value", FLOW, {"obs_status": "O"}),  # value_or_reason: a value that is said to be missing
    ("value", FLOW, {"value": -1.0}),
    ("reference_date", FLOW, {"period_start": None}),
    ("reference_date", FLOW, {"reference_date": date(2022, 12, 31)}),
    ("reference_date", STOCK, {"reference_date": None}),
    ("reference_date", STOCK, {"period_end": date(2022, 12, 31)}),
    ("period_start", FLOW, {"period_start": date(2023, 1, 1), "freq": "_O"}),
    ("freq", FLOW, {"period_start": date(2009, 1, 1)}),  # fourteen years are no year
    ("freq", FLOW, {"freq": "_O"}),  # a calendar year is no other span
    ("freq", FLOW, {"freq": "M"}),
    ("detail", FLOW, {"detail": "level"}),
    ("detail", FLOW, {"detail": "level=a;form=b"}),
    ("detail", FLOW, {"detail": "form=a;form=b"}),
    ("precision", FLOW, {"precision": -1.0}),
    ("precision", FLOW, {"precision": 1000.0}),  # 12,444 is not rounded to thousands
]  # fmt: skip


@pytest.mark.parametrize(("column", "good", "change"), BROKEN_FIGURES)
def test_each_rule_of_figures_refuses(
    column: str, good: dict[str, Any], change: dict[str, Any], reference: Reference
) -> None:
    frame = frame_of(FIGURES, good | {"sex": "F"}, good | change)
    with pytest.raises(SchemaRefused) as refused:
        validate(frame, FIGURES, reference.codes)
    assert {(fault.place, fault.column) for fault in refused.value.faults} == {("line 3", column)}


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("statistic", {"statistic": "average"}),
        ("year", {"year": 1822}),
        ("value", {"value": 101.0}),
        ("value", {"value": None}),
        ("base", {"base": None}),
        ("unit", {"unit": "YR"}),
        ("unit", {"statistic": "mean"}),
        ("unit", {"unit": "RT"}),
        ("detail", {"detail": "=x"}),
        ("precision", {"precision": -0.1}),
        ("precision", {"value": 34.5}),
        ("producer", {"producer": "somebody"}),
    ],
)
def test_each_rule_of_profiles_refuses(
    column: str, change: dict[str, Any], reference: Reference
) -> None:
    frame = frame_of(PROFILES, SHARE | {"sex": "F"}, SHARE | change)
    with pytest.raises(SchemaRefused) as refused:
        validate(frame, PROFILES, reference.codes)
    assert {fault.place for fault in refused.value.faults} == {"line 3"}
    assert column in {fault.column for fault in refused.value.faults}


@pytest.mark.parametrize(("model", "row"), [(FIGURES, FLOW), (PROFILES, SHARE)])
def test_one_figure_typed_twice_is_refused_with_both_places(
    model: TableModel, row: dict[str, Any], reference: Reference
) -> None:
    other = row | {model.columns[0]: "s2", "value": 10.0}
    with pytest.raises(SchemaRefused, match="line 2 and line 3"):
        validate(frame_of(model, row, other), model, reference.codes)


def test_a_rate_may_be_negative_and_a_span_of_years_is_another_span(reference: Reference) -> None:
    rate = SHARE | {"statistic": "rate", "value": -16.0}
    assert len(validate(frame_of(PROFILES, rate), PROFILES, reference.codes)) == 1
    span = FLOW | {"period_start": date(2009, 1, 1), "freq": "_O"}
    assert len(validate(frame_of(FIGURES, span), FIGURES, reference.codes)) == 1


def test_a_measure_that_is_not_the_indicators_is_refused(reference: Reference) -> None:
    wrong = STOCK | {"indicator": "immigrants"}
    tables = {"figures": frame_of(FIGURES, STOCK, wrong)}
    with pytest.raises(SchemaRefused, match="line 3"):
        harmonise(tables, reference)
