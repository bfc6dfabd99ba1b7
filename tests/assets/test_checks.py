"""The checks of Dagster's pages: each holding and each failing."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from assets import checks
from warehouse.landing import Manifest


def manifest(file: str, why: str) -> Manifest:
    return Manifest(
        extract_id=file, source="unhcr", dataset="population", release=None, scope=None,
        file=file, bytes=1, rows=None, link=None, retrieved_at=None, landed_at="",
        landed_order=0, licence=None, licence_link=None, citation=None, figures_from=None,
        accepted=False, why=why, note=None,
    )  # fmt: skip


def test_a_key_that_repeats_fails() -> None:
    frame = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 1]})
    assert checks.unique_key(frame, ("a", "b")).passed
    failed = checks.unique_key(frame, ("a",))
    assert not failed.passed
    assert failed.is_error
    assert failed.numbers == {"repeated": 1, "rows": 3}


def test_a_refused_file_that_stands_fails_and_says_why() -> None:
    assert checks.no_standing_refusal([]).passed
    failed = checks.no_standing_refusal([manifest("a.json", "no release"), manifest("b.csv", "x")])
    assert not failed.passed
    assert failed.is_error
    assert failed.description == "a.json: no release; b.csv: x"
    assert failed.numbers == {"refused": 2}


def test_a_long_refusal_is_cut() -> None:
    assert len(checks.no_standing_refusal([manifest("a", "x" * 10_000)]).description) == 2000


@pytest.mark.parametrize(
    ("rows", "passed"),
    [([], True), ([100], True), ([100, 95], True), ([100, 94], False), ([100, 200], True),
     ([50, 100, 94], False), ([200, 100, 100], True), ([0, 0], True), ([0, 5], True)],
)  # fmt: skip
def test_a_release_may_lose_few_rows(rows: list[int], passed: bool) -> None:
    frame = pd.DataFrame({"release": [f"r{at}" for at in range(len(rows))], "rows": rows})
    outcome = checks.row_count_drift(frame, 0.05)
    assert outcome.passed == passed
    assert outcome.is_error


def test_a_loss_of_rows_is_told_with_its_numbers() -> None:
    frame = pd.DataFrame({"release": ["r0", "r1"], "rows": [100, 90]})
    outcome = checks.row_count_drift(frame, 0.05)
    assert outcome.numbers == {"rows": 90, "rows_before": 100, "share_lost": 0.1}
    assert "r1" in outcome.description


def newest_known(*rows: tuple[str, date]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["dataset", "known_on"])
    return frame.assign(cadence_months=6, grace_days=60)


def test_a_release_that_is_overdue_is_a_warning() -> None:
    known_on = date(2024, 1, 1)
    due = known_on + timedelta(days=6 * 30.44 + 60)
    assert checks.freshness(newest_known(("population", known_on)), due).passed
    late = checks.freshness(newest_known(("population", known_on)), due + timedelta(days=1))
    assert not late.passed
    assert not late.is_error
    assert late.numbers == {"age_days population": (due - known_on).days + 1}


def test_the_dataset_that_is_overdue_is_named() -> None:
    newest = newest_known(("population", date(2024, 1, 1)), ("solutions", date(2025, 1, 1)))
    outcome = checks.freshness(newest, date(2025, 2, 1))
    assert not outcome.passed
    population, solutions = outcome.description.split("; ")
    assert "population" in population
    assert "overdue" in population
    assert "overdue" not in solutions


def test_a_publisher_of_whom_nothing_is_held_is_not_late() -> None:
    assert checks.freshness(newest_known(), date(2025, 2, 1)).passed


def issues(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["dataset", "release"], dtype="str")
    return frame.astype("category")


def test_a_difference_in_the_newest_release_is_a_warning() -> None:
    newest = {"demographics": "2025-end", "population": "2023-end"}
    old = issues(("demographics", "2023-end"), ("demographics", "2023-mid"))
    outcome = checks.reconciliation(old, newest)
    assert outcome.passed
    assert outcome.numbers == {"differences_now": 0, "differences_in_all": 2}
    failed = checks.reconciliation(issues(("demographics", "2025-end")), newest)
    assert not failed.passed
    assert not failed.is_error
    assert checks.reconciliation(issues(), newest).passed


def test_the_newest_release_is_that_of_the_same_dataset() -> None:
    newest = {"demographics": "2025-end", "population": "2023-end"}
    assert checks.reconciliation(issues(("demographics", "2023-end")), newest).passed
    assert not checks.reconciliation(issues(("population", "2023-end")), newest).passed


@pytest.mark.parametrize(
    ("now", "before", "passed"),
    [(80, {"stock": 100}, True), (79, {"stock": 100}, False), (0, {"stock": 0}, True),
     (0, {"stock": 1}, False), (5, {}, True)],
)  # fmt: skip
def test_a_published_table_may_lose_a_share_of_its_rows(
    now: int, before: dict[str, int], passed: bool
) -> None:
    outcome = checks.rows_kept({"flow": 7, "stock": now}, {"flow": 7, "gone": 3} | before, 0.2)
    assert (outcome.name, outcome.passed, outcome.is_error) == ("rows", passed, False)
    assert (f"stock: {now} rows" in outcome.description) is not passed
    assert "flow" not in outcome.description


def test_the_share_that_a_published_table_lost_is_told() -> None:
    outcome = checks.rows_kept({"flow": 7, "stock": 90}, {"flow": 7, "stock": 100}, 0.2)
    assert outcome.numbers == {"share_lost stock": 0.1, "tables_compared": 2}


def test_of_a_first_build_no_table_is_compared() -> None:
    outcome = checks.rows_kept({"flow": 7}, {}, 0.2)
    assert outcome.passed
    assert "no build before" in outcome.description
    assert outcome.numbers == {"tables_compared": 0}
