"""What the publishers' assets share: landing, source tables, observations, their checks.

A publisher's own ``assets.py`` says what is particular to it and calls these.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import dagster as dg
import pandas as pd

from assets import checks
from assets.checks import CheckOutcome
from assets.sources import gate
from assets.sources.predecessor import known_days
from assets.sources.publishers import Columns
from schemas.assessment import EXTRACT
from schemas.facts import OBSERVATIONS, QUALITY_ISSUE
from schemas.sources import SOURCE_MODELS
from schemas.table import TableModel
from schemas.validate import validate
from warehouse import landing, reference_data, releases
from warehouse.home import Home
from warehouse.landing import Manifest
from warehouse.reference_data import Reference
from warehouse.tables import FRAME, WarehouseHome, described

OWNERS = ["team:migration-data-map"]
CODE_VERSION = "1"
# The schedule looks in once a week; two missed weeks are worth a warning, four a failure.
FRESHNESS = dg.FreshnessPolicy.time_window(
    fail_window=pd.Timedelta(days=28).to_pytimedelta(),
    warn_window=pd.Timedelta(days=14).to_pytimedelta(),
)
EXTRACT_CHECKS = ("gate", "freshness")
SOURCE_CHECKS = ("key", "row_count_drift")
REFERENCE_KEY = dg.AssetKey(["reference", "tables"])

Tables = Mapping[str, pd.DataFrame]
Make = Callable[[Tables, Reference], pd.DataFrame]
Tags = Mapping[str, str]
Metadata = Mapping[str, Any]


def extracts(
    publisher: dg.AssetSpec, kinds: set[str], tags: Tags, title: str
) -> dg.AssetsDefinition:
    """The asset that lands a publisher's files.

    Args:
        publisher: The external asset at the head; its key ends with the publisher's name.
        kinds: File formats, shown in the UI.
        tags: Tags of all the publisher's assets.
        title: The publisher as people call it.
    """
    source = publisher.key.path[-1]
    key = [source, "extracts"]

    @dg.asset(
        key=key,
        deps=[publisher],
        group_name="sources",
        description=f"Files of {title} as landed: accepted or refused by the gate, and why.",
        owners=OWNERS,
        kinds=kinds,
        tags=tags,
        code_version=CODE_VERSION,
        dagster_type=FRAME,
        check_specs=check_specs(key, EXTRACT_CHECKS),
        freshness_policy=FRESHNESS,
    )
    def landed(
        context: dg.AssetExecutionContext, warehouse_home: WarehouseHome
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        home = warehouse_home.home
        gate.land(home, reference_data.load(), source)
        manifests = landing.accepted(home, source)
        manifests += [one for one in landing.refused(home) if one.source in (source, gate.UNKNOWN)]
        frame = landing.as_frame(manifests)
        version = data_version(home, source)
        context.log_event(
            dg.AssetObservation(
                publisher.key,
                description="The publisher's files were looked at.",
                metadata={"files held": len(manifests)},
                tags={"dagster/data_version": version.value},
            )
        )
        refusals = [one for one in landing.standing_refusals(home) if one.source == source]
        return dg.MaterializeResult(
            value=frame,
            metadata=described(frame, EXTRACT),
            data_version=version,
            check_results=[
                check_result(checks.no_standing_refusal(refusals), key),
                check_result(
                    checks.freshness(newest_known(home, source), datetime.now(UTC).date()), key
                ),
            ],
        )

    return landed


def source_table(
    source: str, dataset: str, model: TableModel, title: str, tags: Tags, metadata: Metadata
) -> dg.AssetsDefinition:
    """A publisher's own table: the rows of all its accepted extracts.

    Args:
        source: Publisher.
        dataset: The publisher's table.
        model: Its model.
        title: The publisher as people call it.
        tags: Tags of all the publisher's assets.
        metadata: Links shown in the UI.
    """
    key = [source, dataset]

    @dg.asset(
        key=key,
        deps=[[source, "extracts"]],
        group_name="sources",
        description=f"{title}. {model.description}; all releases held.",
        owners=OWNERS,
        kinds={"pandas", "parquet"},
        tags=tags,
        code_version=CODE_VERSION,
        dagster_type=FRAME,
        check_specs=check_specs(key, SOURCE_CHECKS),
        metadata=metadata,
        freshness_policy=FRESHNESS,
    )
    def table(warehouse_home: WarehouseHome) -> dg.MaterializeResult:  # type: ignore[type-arg]
        home = warehouse_home.home
        reference = releases.reference_of(home)
        try:
            frame = gate.landed_table(home, source, dataset, reference)
        except gate.NothingAccepted as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        return dg.MaterializeResult(
            value=frame,
            metadata=described(frame, model, lineage(_columns_of_files(source, model))),
            data_version=data_version(home, source, dataset),
            check_results=source_checks(home, key, frame, model, reference),
        )

    return table


def observations(
    source: str, datasets: Sequence[str], harmonise: Make, columns: Columns, title: str, tags: Tags
) -> dg.AssetsDefinition:
    """A publisher's figures in the warehouse's own columns.

    Args:
        source: Publisher.
        datasets: Its tables, which ``harmonise`` takes by these names.
        harmonise: Source-shaped tables to observations.
        columns: Column lineage.
        title: The publisher as people call it.
        tags: Tags of all the publisher's assets.
    """
    return _made(
        [source, "observations"], datasets, OBSERVATIONS, harmonise,
        f"Figures of {title}, of all tables and releases, in the warehouse's own columns.",
        tags, columns,
    )  # fmt: skip


def further_table(
    source: str, name: str, datasets: Sequence[str], model: TableModel, make: Make, tags: Tags
) -> dg.AssetsDefinition:
    """Another table that is made of a publisher's own: profile or displacement events.

    Args:
        source: Publisher.
        name: Last part of the asset key, the model's name.
        datasets: The publisher's tables, which ``make`` takes by these names.
        model: The table's model.
        make: Source-shaped tables to the model's columns.
        tags: Tags of all the publisher's assets.
    """
    return _made([source, name], datasets, model, make, f"{model.description}.", tags, None)


def quality_issues(
    source: str, datasets: Sequence[str], find: Make, title: str, tags: Tags
) -> dg.AssetsDefinition:
    """What is odd in a publisher's accepted files and was kept.

    Args:
        source: Publisher.
        datasets: Its tables, which ``find`` takes by these names.
        find: Source-shaped tables to issues.
        title: The publisher as people call it.
        tags: Tags of all the publisher's assets.
    """
    key = [source, "quality_issues"]

    @dg.asset(
        key=key,
        ins={dataset: dg.AssetIn([source, dataset]) for dataset in datasets},
        group_name="observations",
        description=f"What is odd in accepted files of {title} and was kept, with the figures.",
        owners=OWNERS,
        kinds={"pandas", "parquet"},
        tags=tags,
        code_version=CODE_VERSION,
        dagster_type=FRAME,
        check_specs=check_specs(key, ["reconciliation"]),
    )
    def issues(warehouse_home: WarehouseHome, **tables: pd.DataFrame) -> dg.MaterializeResult:  # type: ignore[type-arg]
        reference = releases.reference_of(warehouse_home.home)
        frame = validate(find(tables, reference), QUALITY_ISSUE, reference.codes)
        newest = {
            dataset: str(one.release)
            for dataset, one in _newest(warehouse_home.home, source, reference).items()
        }
        return dg.MaterializeResult(
            value=frame,
            metadata=described(
                frame, QUALITY_ISSUE, lineage(_kept_columns(source, datasets, QUALITY_ISSUE))
            ),
            data_version=data_version(warehouse_home.home, source),
            check_results=[check_result(checks.reconciliation(frame, newest), key)],
        )

    return issues


def _made(
    key: list[str], datasets: Sequence[str], model: TableModel, make: Make, description: str,
    tags: Tags, columns: Columns | None,
) -> dg.AssetsDefinition:  # fmt: skip
    source = key[0]

    @dg.asset(
        key=key,
        ins={dataset: dg.AssetIn([source, dataset]) for dataset in datasets},
        deps=[REFERENCE_KEY],
        group_name="observations",
        description=description,
        owners=OWNERS,
        kinds={"pandas", "parquet"},
        tags=tags,
        code_version=CODE_VERSION,
        dagster_type=FRAME,
        check_specs=check_specs(key, ["key"]),
    )
    def made(warehouse_home: WarehouseHome, **tables: pd.DataFrame) -> dg.MaterializeResult:  # type: ignore[type-arg]
        reference = releases.reference_of(warehouse_home.home)
        frame = validate(make(tables, reference), model, reference.codes, prove_key=False)
        return dg.MaterializeResult(
            value=frame,
            metadata=described(
                frame, model, lineage(columns or _kept_columns(source, datasets, model))
            ),
            data_version=data_version(warehouse_home.home, source),
            check_results=[check_result(checks.unique_key(frame, model.key), key)],
        )

    return made


def _columns_of_files(source: str, model: TableModel) -> Columns:
    """Columns of a publisher's own table: each row was read from the landed file it names."""
    return {
        name: [([source, "extracts"], name if name == "release" else "extract_id")]
        for name in model.columns
    }


def _kept_columns(source: str, datasets: Sequence[str], model: TableModel) -> Columns:
    """Columns that a table takes over from the publisher's own tables under their name."""
    kept = {
        name: [
            ([source, dataset], name)
            for dataset in datasets
            if name in SOURCE_MODELS[source][dataset].columns
        ]
        for name in model.columns
    }
    return {name: upstream for name, upstream in kept.items() if upstream}


def _newest(home: Home, source: str, reference: Reference) -> dict[str, Manifest]:
    """An accepted file of the newest release held of each dataset."""
    held: dict[str, list[Manifest]] = {}
    for one in landing.accepted(home, source):
        held.setdefault(one.dataset, []).append(one)
    found = {}
    for dataset, files in held.items():
        known = known_days(reference, source, dataset)
        found[dataset] = max(files, key=lambda one: known[str(one.release)])
    return found


def newest_known(home: Home, source: str) -> pd.DataFrame:
    """When the newest release held of each of a publisher's datasets was known.

    Args:
        home: The warehouse home.
        source: Publisher.

    Returns:
        Columns dataset, known_on, cadence_months, grace_days; datasets without a file are not in.
    """
    reference = releases.reference_of(home)
    rows = []
    for dataset, one in _newest(home, source, reference).items():
        limits = _row(reference.table("dataset"), source=source, dataset=dataset)
        known_on = known_days(reference, source, dataset)[str(one.release)].date()
        rows.append(
            {"dataset": dataset, "known_on": known_on}
            | {name: limits[name] for name in ("cadence_months", "grace_days")}
        )
    return pd.DataFrame(rows, columns=["dataset", "known_on", "cadence_months", "grace_days"])


def check_specs(key: Sequence[str], names: Sequence[str]) -> list[dg.AssetCheckSpec]:
    """Specs of non-blocking checks on an asset."""
    return [
        dg.AssetCheckSpec(name, asset=list(key), description=checks.ASKED[name]) for name in names
    ]


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
    """The checks of a source table: key and row count drift.

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
    known = known_days(reference, source, dataset)
    newest = max(manifests, key=lambda one: known[str(one.release)])
    alike = sorted(
        (one for one in manifests if one.scope == newest.scope),
        key=lambda one: (known[str(one.release)], one.landed_order),
    )
    rows = pd.DataFrame({"release": [o.release for o in alike], "rows": [o.rows for o in alike]})
    outcomes = [
        checks.unique_key(frame, model.key),
        checks.row_count_drift(rows, float(limits["max_row_drop"])),
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
