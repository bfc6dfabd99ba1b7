"""What the publishers' assets share: check results, data versions, checks of releases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import dagster as dg
import pandas as pd

from assets import checks
from assets.checks import CheckOutcome
from schemas.table import TableModel
from warehouse import landing
from warehouse.home import Home
from warehouse.reference_data import Reference

OWNERS = ["team:migration-data-map"]
# The schedule looks in once a week; two missed weeks are worth a warning, four a failure.
FRESHNESS = dg.FreshnessPolicy.time_window(
    fail_window=pd.Timedelta(days=28).to_pytimedelta(),
    warn_window=pd.Timedelta(days=14).to_pytimedelta(),
)
SOURCE_CHECKS = ("key", "gate", "row_count_drift", "freshness")


def check_specs(key: Sequence[str], names: Sequence[str]) -> list[dg.AssetCheckSpec]:
    """Specs of non-blocking checks on an asset."""
    return [dg.AssetCheckSpec(name, asset=list(key)) for name in names]


def check_result(outcome: CheckOutcome, key: Sequence[str]) -> dg.AssetCheckResult:
    """What a check found, as Dagster's UI shows it."""
    return dg.AssetCheckResult(
        passed=outcome.passed,
        asset_key=list(key),
        check_name=outcome.name,
        description=outcome.description,
        metadata=outcome.numbers,
        severity=dg.AssetCheckSeverity.ERROR if outcome.is_error else dg.AssetCheckSeverity.WARN,
    )


def data_version(home: Home, source: str, dataset: str | None = None) -> dg.DataVersion:
    """A version over the extracts that a table was made of."""
    held = [one.extract_id for one in landing.accepted(home, source, dataset)]
    return dg.DataVersion(sha256("".join(held).encode()).hexdigest()[:16])


def source_checks(
    home: Home, key: Sequence[str], frame: pd.DataFrame, model: TableModel, reference: Reference
) -> list[dg.AssetCheckResult]:
    """The four checks of a source table: key, gate, row count drift and freshness.

    Args:
        home: The warehouse home.
        key: The asset's key: publisher and dataset.
        frame: The table.
        model: Its model.
        reference: Limits of the dataset and days of its releases.
    """
    source, dataset = key
    limits = _row(reference.table("dataset"), source=source, dataset=dataset)
    manifests = landing.accepted(home, source, dataset)
    releases = reference.table("release")
    known = {
        str(one["release"]): one["known_on_to"]
        for one in releases.to_dict("records")
        if one["source"] == source and one["dataset"] == dataset
    }
    newest = max(manifests, key=lambda one: known[str(one.release)])
    alike = sorted(
        (one for one in manifests if one.scope == newest.scope),
        key=lambda one: (known[str(one.release)], one.landed_order),
    )
    rows = pd.DataFrame({"release": [o.release for o in alike], "rows": [o.rows for o in alike]})
    refusals = [one for one in landing.standing_refusals(home) if one.dataset == dataset]
    outcomes = [
        checks.unique_key(frame, model.key),
        checks.no_standing_refusal(refusals),
        checks.row_count_drift(rows, float(limits["max_row_drop"])),
        checks.freshness(
            known[str(newest.release)],
            int(limits["cadence_months"]),
            int(limits["grace_days"]),
            datetime.now(UTC).date(),
        ),
    ]
    return [check_result(outcome, key) for outcome in outcomes]


def lineage(
    columns: Mapping[str, Sequence[tuple[Sequence[str], str]]],
) -> dg.TableColumnLineage:
    """Column lineage from upstream asset keys and column names."""
    return dg.TableColumnLineage(
        {
            name: [dg.TableColumnDep(asset_key=list(key), column_name=column) for key, column in up]
            for name, up in columns.items()
        }
    )


def _row(table: pd.DataFrame, **wanted: str) -> Mapping[str, Any]:
    chosen = table
    for name, value in wanted.items():
        chosen = chosen[chosen[name] == value]
    return {str(name): value for name, value in chosen.iloc[0].items()}
