"""What the tests of the availability matrix share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from assets.availability.rules import matrix
from schemas.reference import COVERAGE, OVERRIDE
from tests.assets.availability.matrix_rows import (
    GOOD_COVERAGE,
    GOOD_OVERRIDE,
    GOOD_TOTAL,
    Assess,
    Row,
    evidence_of,
    frame_of,
)
from warehouse.reference_data import Reference


@pytest.fixture(scope="module")
def with_rows(reference: Reference) -> Callable[[list[Row], list[Row]], Reference]:
    """The reference tables with coverage and overrides of one's own."""

    def make(coverage: list[Row], overrides: list[Row]) -> Reference:
        tables = reference.tables | {
            "coverage": frame_of(COVERAGE, GOOD_COVERAGE, coverage),
            "override": frame_of(OVERRIDE, GOOD_OVERRIDE, overrides),
        }
        return replace(reference, tables=tables)

    return make


@pytest.fixture(scope="module")
def assess(with_rows: Callable[[list[Row], list[Row]], Reference]) -> Assess:
    """The whole matrix from what differs from one row of evidence, coverage and override."""

    def make(
        *evidence: Row,
        coverage: list[Row] | None = None,
        overrides: list[Row] | None = None,
        totals: list[Row] | None = None,
    ) -> pd.DataFrame:
        figures = pd.DataFrame([GOOD_TOTAL | one for one in totals or []], columns=list(GOOD_TOTAL))
        own = with_rows(coverage or [], overrides or [])
        return matrix(evidence_of(*evidence), figures, 2022, own)

    return make
