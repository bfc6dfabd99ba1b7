"""All publishers together: current and superseded figures, extracts and quality issues."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from assets import checks
from assets.column_lineage import FACTS, FURTHER, revised
from assets.column_lineage import combined as combined_columns
from assets.combining import combine
from assets.revision import revisions
from assets.sources.assets import OWNERS, check_result, check_specs, lineage
from assets.sources.observations import concatenate
from assets.sources.publishers import makers_of
from schemas import facts
from schemas.assessment import EXTRACT
from schemas.revisions import REVISION
from schemas.table import TableModel
from schemas.validate import conform, empty_frame, validate
from warehouse import fingerprint, releases
from warehouse.tables import FRAME, WarehouseHome, described

CODE_VERSION = "1"
_REVISION_KEY = ("combined", "revision")


def combined(publishers: tuple[str, ...]) -> list[dg.AssetsDefinition]:
    """The combined stage over the given publishers.

    Args:
        publishers: Folder names of the publishers, which are their asset keys' first part.
    """
    further = [_stacked(model.name, model, makers_of(model.name)) for model in FURTHER]
    return [*further, _facts(publishers), _stacked("extracts", EXTRACT, publishers),
            _stacked("quality_issues", facts.QUALITY_ISSUE, publishers), revision]  # fmt: skip


def _facts(publishers: tuple[str, ...]) -> dg.AssetsDefinition:
    outs = {
        model.name: dg.AssetOut(
            key=["combined", model.name],
            group_name="combined",
            description=f"{model.description}.",
            owners=OWNERS,
            kinds={"pandas", "parquet"},
            code_version=CODE_VERSION,
        )
        for model in FACTS
    }
    ins = {name: dg.AssetIn([name, "observations"]) for name in publishers}

    @dg.multi_asset(
        name="combine_facts", ins=ins | {"extract": dg.AssetIn(["combined", "extract"])}, outs=outs
    )
    def combine_facts(
        warehouse_home: WarehouseHome, extract: pd.DataFrame, **observations: pd.DataFrame
    ) -> Iterator[dg.MaterializeResult[pd.DataFrame]]:
        reference = releases.reference_of(warehouse_home.home)
        tables = combine(
            concatenate([observations[name] for name in publishers]),
            extract,
            reference.table("release"),
            reference.table("dataset"),
            reference.table("area"),
        )
        version = dg.DataVersion(fingerprint.whole(fingerprint.parts(warehouse_home.home))[:16])
        for model in FACTS:
            frame = validate(getattr(tables, model.name), model, reference.codes, prove_key=False)
            yield dg.MaterializeResult(
                asset_key=["combined", model.name],
                value=frame,
                metadata=described(frame, model, lineage(combined_columns(model, "observations"))),
                data_version=version,
            )

    return combine_facts


@dg.asset(
    key=_REVISION_KEY,
    ins={
        name: dg.AssetIn(["combined", name]) for name in (*(one.name for one in FACTS), "extract")
    },
    group_name="combined",
    description=f"{REVISION.description}.",
    owners=OWNERS,
    kinds={"pandas", "parquet"},
    code_version=CODE_VERSION,
    dagster_type=FRAME,
    check_specs=check_specs(_REVISION_KEY, ["revised_share"]),
)
def revision(
    warehouse_home: WarehouseHome, extract: pd.DataFrame, **facts_of: pd.DataFrame
) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster wants it bare
    """Each figure that differs from the release before, over current and superseded ones."""
    reference = releases.reference_of(warehouse_home.home)
    made = revisions(
        facts_of,
        extract,
        reference.table("release"),
        reference.table("dataset"),
        reference.table("area"),
    )
    frame = validate(made.figures, REVISION, reference.codes, prove_key=False)
    outcome = checks.revised_share(frame, made.compared, reference.table("dataset"))
    return dg.MaterializeResult(
        value=frame,
        metadata=described(frame, REVISION, lineage(revised())),
        check_results=[check_result(outcome, _REVISION_KEY)],
    )


def _stacked(part: str, model: TableModel, publishers: tuple[str, ...]) -> dg.AssetsDefinition:
    @dg.asset(
        key=["combined", model.name],
        ins={name: dg.AssetIn([name, part]) for name in publishers},
        group_name="combined",
        description=f"{model.description}; all publishers.",
        owners=OWNERS,
        kinds={"pandas", "parquet"},
        code_version=CODE_VERSION,
        dagster_type=FRAME,
    )
    def stacked(**parts: pd.DataFrame) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster wants it bare
        held = [parts[name] for name in publishers]
        frame = conform(concatenate(held), model) if held else empty_frame(model)
        # A file that no reader knows belongs to no publisher and stands with each of them.
        frame = frame.drop_duplicates(list(model.key)).reset_index(drop=True)
        return dg.MaterializeResult(
            value=frame, metadata=described(frame, model, lineage(combined_columns(model, part)))
        )

    return stacked
