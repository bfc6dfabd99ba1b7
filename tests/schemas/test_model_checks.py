"""Every check of every model has a row that breaks it, and a good row that does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest

from schemas import assessment, facts, reference, report, revisions
from schemas.generate import PUBLISHED_TABLES
from schemas.sources import unhcr
from schemas.table import TableModel
from schemas.validate import SchemaRefused, validate
from warehouse.reference_data import Reference

Breaks = dict[str, Callable[[dict[str, Any]], dict[str, Any]]]

_FIGURE: Breaks = {
    "value_or_reason": lambda row: {"value": None},
    "not_negative": lambda row: {"value": -1.0},
}
_STOCK = _FIGURE | {"year_of_reference_date": lambda row: {"reference_date": date(2021, 12, 31)}}
_FLOW = _FIGURE | {
    "year_of_period_end": lambda row: {"period_end": date(2023, 1, 1)},
    "period_in_order": lambda row: {
        "period_start": date(2022, 12, 31),
        "period_end": date(2022, 1, 1),
    },
}
_COVERAGE: Breaks = {
    "years_in_order": lambda row: {"year_from": row["year_to"] + 1},
    "public_is_seen": lambda row: {"link": None},
}


_SPAN: Breaks = {"years_in_order": lambda row: {"year_from": row["year_to"] + 1}}


def _source(model: TableModel) -> Breaks:
    negative = {
        one.name: one.name.removeprefix("not_negative:")
        for one in model.checks
        if one.name.startswith("not_negative:")
    }
    # Each names its own column, so that a check of another column can't stand in for it.
    within = {
        one.name: one.name.removeprefix("within:")
        for one in model.checks
        if one.name.startswith("within:")
    }
    return {
        "year_in_range": lambda row: {"year": unhcr.FIRST_YEAR - 1},
        **{name: lambda row, column=column: {column: 1} for name, column in within.items()},
        **{name: lambda row, column=column: {column: -1} for name, column in negative.items()},
    }


_UNHCR = {name: _source(model) for name, model in unhcr.MODELS.items()}
_UNHCR["demographics"] |= {
    "parts_make:f_total": lambda row: {"f_total": row["f_total"] + 1},
    "parts_make:m_total": lambda row: {"m_total": row["m_total"] + 1},
    "parts_within:total": lambda row: {"total": row["f_total"] + row["m_total"] - 1},
}
_PROFILE: Breaks = {"share_within_hundred": lambda row: {"value": 100.5}}
_SHARE: Breaks = {"completeness_is_a_share": lambda row: {"completeness": -0.1}}
_DERIVATION: Breaks = {
    "query_names_release": lambda row: {"expression": "SELECT sum(value) FROM stock"},
    "arithmetic_asks_claims": lambda row: {"method": "arithmetic"},
    "exception_is_explained": lambda row: {"method": "exception", "explanation": None},
    "cause_is_shown": lambda row: {"cause_expression": None},
    "cause_asks": lambda row: {"cause_expression": "5"},
}
_CHECKED: Breaks = {
    "value_unless_not_derivable": lambda row: {"value": None},
    "cause_where_it_differs": lambda row: {"cause": None},
}

BREAKS: dict[str, tuple[TableModel, Breaks]] = {
    "stock": (facts.STOCK, _STOCK),
    "flow": (facts.FLOW, _FLOW),
    "stock_superseded": (facts.STOCK_SUPERSEDED, _STOCK),
    "flow_superseded": (facts.FLOW_SUPERSEDED, _FLOW),
    "observations": (facts.OBSERVATIONS, _FIGURE),
    "profile": (facts.PROFILE, _PROFILE),
    "coverage": (reference.COVERAGE, _COVERAGE),
    "revision": (
        revisions.REVISION,
        {"values_as_the_change_says": lambda row: {"value_after": row["value_before"]}},
    ),
    "dataset": (
        reference.DATASET,
        {"interim_rule_is_whole": lambda row: {"interim_reference": "30 June"}},
    ),
    "availability_matrix": (assessment.AVAILABILITY_MATRIX, _SHARE),
    "report_claim": (
        reference.REPORT_CLAIM,
        {"known_rounding": lambda row: {"rounding": "nearly"}},
    ),
    "claim_derivation": (reference.CLAIM_DERIVATION, _DERIVATION),
    "convention": (
        reference.CONVENTION,
        {"year_if_ratified": lambda row: {"ratified_year": None}},
    ),
    "report_check": (report.REPORT_CHECK, _CHECKED),
    "endpoint": (
        reference.ENDPOINT,
        {
            "address_is_https": lambda row: {"address": row["address"] + "?client_id=1"},
            "some_bytes": lambda row: {"max_bytes": 0},
        },
    ),
    "assessed_cell": (reference.ASSESSED_CELL, _SPAN),
    "assessment_explanation": (reference.ASSESSMENT_EXPLANATION, _SPAN),
    **{f"unhcr_{name}": (unhcr.MODELS[name], breaks) for name, breaks in _UNHCR.items()},
}
MODELS = {
    model.name: model for model in (*PUBLISHED_TABLES, facts.OBSERVATIONS, *unhcr.MODELS.values())
}
CASES = [(table, check) for table, (_, breaks) in BREAKS.items() for check in breaks]

_COVERAGE_ROW: dict[str, Any] = {
    "country": "KGZ", "source": "nsc", "theme": "immigration", "measure": "flow",
    "breakdown": "total", "year_from": 2018, "year_to": 2022, "access": "public",
    "holds": "complete", "link": "https://example.org", "date_seen": date(2024, 1, 31),
    "seen_by": "a reader", "section": None, "note": None,
}  # fmt: skip
_REVISED: dict[str, Any] = {
    "measure": "stock", "release_before": "2023-mid", "release_after": "2023-end",
    "change": "changed", "value_before": 189.0, "value_after": 190.0, "difference": 1.0,
    "relative_difference": 1 / 189,
}  # fmt: skip
_DATASET_ROW: dict[str, Any] = {
    "source": "unhcr", "dataset": "population", "title": "Population", "description": "People",
    "current_rule": "replace", "cadence_months": 6, "grace_days": 60, "max_row_drop": 0.05,
    "max_jump": 0.1, "max_revised_share": 0.1, "link": None, "format": None,
    "interim_until": "06-10", "interim_reference": "06-30",
}  # fmt: skip
_CELL_ROW: dict[str, Any] = {
    "country": "KGZ", "theme": "immigration", "measure": "flow", "breakdown": "total",
    "year": 2022, "status": "available", "status_national": "partial",
    "rule": "public_complete", "reason": "A sentence.", "evidence": "observed",
    "completeness": 1.0, "observations": 1, "sources": "nsc", "public_sources": "nsc",
}  # fmt: skip
_REPORT_ROWS: dict[str, dict[str, Any]] = {
    "report_claim": {
        "claim_id": "s3_1-001", "section": "3.1", "statement": "Days", "printed_value": 5.0,
        "unit": "days", "rounding": "0.1", "cited_source": None, "note": None,
    },
    "claim_derivation": {
        "claim_id": "s3_1-001", "method": "query",
        "expression": "SELECT sum(value) FROM stock WHERE release = '2023-end'",
        "release_note": None, "cause": "typing_slip", "cause_expression": "claim('s3_1-002')",
        "explanation": None,
    },
    "convention": {
        "country": "KGZ", "convention": "ilo_97", "position": 1, "title": "On workers",
        "adopted_year": 1949, "ratified_year": 2008, "status": "ratified", "cited_source": None,
        "note": None, "section": "7",
    },
    "assessed_cell": {
        "country": "KGZ", "theme": "immigration", "measure": "flow", "breakdown": "total",
        "year_from": 2018, "year_to": 2022, "producers": "any", "state": "available",
        "reason": "It is there.", "section": "3.1", "reading": 1,
    },
    "assessment_explanation": {
        "theme": "immigration", "measure": "flow", "breakdown": "total", "year_from": 2018,
        "year_to": 2022, "producers": "any", "explanation": "So it is.",
    },
    "endpoint": {
        "source": "nsc", "dataset": "opendata", "address": "https://example.org/opendata",
        "parameters": None, "certainty": "known", "user_agent": None, "max_bytes": 1000,
        "content_types": "application/json", "redirect_hosts": None, "how_to_check": "Ask.",
    },
    "report_check": {
        "claim_id": "s3_1-001", "value": 5.0, "status": "differs", "cause": "doubtful",
        "evidence": "A query.",
    },
}  # fmt: skip


@pytest.fixture(scope="session")
def row_of(
    good_row: Callable[[TableModel], dict[str, Any]], unhcr_rows: Callable[..., pd.DataFrame]
) -> Callable[[str], dict[str, Any]]:
    def row(table: str) -> dict[str, Any]:
        if table == "coverage":
            return dict(_COVERAGE_ROW)
        if table == "availability_matrix":
            return dict(_CELL_ROW)
        if table == "revision":
            figure = good_row(facts.STOCK) | dict.fromkeys(("period_start", "period_end"))
            row = figure | _REVISED
            return {name: row[name] for name in revisions.REVISION.columns}
        if table == "dataset":
            return dict(_DATASET_ROW)
        if table in _REPORT_ROWS:
            return dict(_REPORT_ROWS[table])
        if table == "profile":
            share = {"statistic": "share", "base": "All refugees", "base_value": None}
            row = good_row(facts.STOCK) | share | {"unit": "PT", "value": 34.0}
            return {name: row[name] for name in facts.PROFILE.columns}
        if table.startswith("unhcr_"):
            dataset = table.removeprefix("unhcr_")
            change: dict[str, Any] = {}
            if dataset == "demographics":
                change = {"f_0_4": 3, "f_total": 3, "m_60": 2, "m_total": 2, "total": 5}
            return dict(unhcr_rows(dataset, change).to_dict("records")[0])
        return good_row(BREAKS[table][0])

    return row


def test_every_check_of_every_model_has_a_breaking_row() -> None:
    checks = {name: {one.name for one in model.checks} for name, model in MODELS.items()}
    have = {name: set(breaks) for name, (_, breaks) in BREAKS.items()}
    assert have == {name: names for name, names in checks.items() if names}


@pytest.mark.parametrize("table", BREAKS)
def test_the_good_row_is_good(
    table: str, row_of: Callable[[str], dict[str, Any]], reference: Reference
) -> None:
    assert len(validate(pd.DataFrame([row_of(table)]), BREAKS[table][0], reference.codes)) == 1


@pytest.mark.parametrize(("table", "check"), CASES)
def test_a_broken_row_breaks_its_check(
    table: str, check: str, row_of: Callable[[str], dict[str, Any]], reference: Reference
) -> None:
    model, breaks = BREAKS[table]
    row = row_of(table)
    frame = pd.DataFrame([row | breaks[check](row)])
    with pytest.raises(SchemaRefused) as refused:
        validate(frame, model, reference.codes)
    (rule,) = [one for one in model.checks if one.name == check]
    assert (rule.column, rule.expected) in [(f.column, f.expected) for f in refused.value.faults]


@pytest.mark.parametrize("status", ["O", "Q", "M"])
def test_a_missing_figure_says_why(
    status: str, row_of: Callable[[str], dict[str, Any]], reference: Reference
) -> None:
    row = row_of("stock") | {"obs_status": status}
    validate(pd.DataFrame([row | {"value": None}]), facts.STOCK, reference.codes)
    with pytest.raises(SchemaRefused):
        validate(pd.DataFrame([row]), facts.STOCK, reference.codes)


def test_a_net_figure_may_be_negative(
    row_of: Callable[[str], dict[str, Any]], reference: Reference
) -> None:
    row = row_of("flow") | {"indicator": "net_migration", "value": -1.0}
    assert len(validate(pd.DataFrame([row]), facts.FLOW, reference.codes)) == 1


def test_what_is_not_public_need_not_be_seen(reference: Reference) -> None:
    unseen = _COVERAGE_ROW | {"access": "on_request", "link": None, "seen_by": None}
    frame = pd.DataFrame([unseen])
    assert len(validate(frame, MODELS["coverage"], reference.codes)) == 1


@pytest.mark.parametrize("missing", ["link", "date_seen", "seen_by"])
def test_what_is_public_and_complete_was_seen(missing: str, reference: Reference) -> None:
    with pytest.raises(SchemaRefused, match="a link, a date and a reader"):
        validate(
            pd.DataFrame([_COVERAGE_ROW | {missing: None}]), MODELS["coverage"], reference.codes
        )


def test_keys_and_code_lists_of_all_models_exist(reference: Reference) -> None:
    for model in MODELS.values():
        assert set(model.key) <= set(model.columns), model.name
        assert len(set(model.columns)) == len(model.columns), model.name
        lists = {one.codes for one in model.fields if one.codes}
        assert lists <= set(reference.codes), model.name
