"""Tables between assets: typed Parquet, written under a temporary name and renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
from upath import UPath

from schemas.generate import table_schema
from schemas.table import TableModel
from warehouse import event_log
from warehouse.files import write_table
from warehouse.home import Home
from warehouse.lock import PID_TAG, refresh_lock

PREVIEW_ROWS = 5
PREVIEW_LETTERS = 80
# Assets that return checks beside their table are annotated with a bare MaterializeResult, from
# which Dagster can't tell the table's type.
FRAME = dg.PythonObjectDagsterType(pd.DataFrame, name="DataFrame")


class WarehouseHome(dg.ConfigurableResource[Home]):
    """The warehouse home that a run works in; the run holds its refresh lock.

    Attributes:
        root: The folder that holds ``migration.duckdb`` and ``var/``.
    """

    root: str

    @property
    def home(self) -> Home:
        """The paths of the home."""
        return Home(Path(self.root))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[WarehouseHome]:  # type: ignore[override]
        """Hold the lock for as long as the run needs the home.

        Raises:
            warehouse.lock.Locked: Another refresh is running.
        """
        runs = [] if context.run is None else [context.run.run_id]
        with refresh_lock(self.home), event_log.held_open(self.home, *runs):
            if context.instance is not None:
                for run in runs:
                    # By this a later start tells whether the run's process was killed.
                    context.instance.add_run_tags(run, {PID_TAG: str(os.getpid())})
            yield self


class ParquetTables(dg.UPathIOManager):
    """Keeps each asset's frame as ``var/tables/<stage>/<table>.parquet``."""

    extension: str = ".parquet"

    def dump_to_path(self, context: dg.OutputContext, obj: pd.DataFrame, path: UPath) -> None:
        """Write a frame; readers see the old file or the new one, never half of it."""
        write_table(obj, Path(str(path)))

    def load_from_path(self, context: dg.InputContext, path: UPath) -> pd.DataFrame:
        """Read a frame with the types that it was written with."""
        return pd.read_parquet(str(path))

    def get_metadata(self, context: dg.OutputContext, obj: pd.DataFrame) -> dict[str, Any]:
        """Nothing: the assets describe themselves, see ``described``."""
        return {}


def table_path(home: Home, *key: str) -> Path:
    """Where the table of an asset key stands, stage first.

    Args:
        home: The warehouse home.
        key: The parts of the asset key.

    Returns:
        The path that ``ParquetTables`` uses for the same key.
    """
    return home.tables.joinpath(*key[:-1], f"{key[-1]}.parquet")


def described(
    frame: pd.DataFrame, model: TableModel, lineage: dg.TableColumnLineage | None = None
) -> dict[str, Any]:
    """What Dagster's page of a table shows: rows, columns, their lineage and a preview.

    Args:
        frame: The table.
        model: Its model.
        lineage: Which upstream columns its columns are made of.

    Returns:
        Metadata for a materialisation.
    """
    metadata: dict[str, Any] = {
        "dagster/row_count": len(frame),
        "dagster/column_schema": table_schema(model),
        "preview": preview(frame),
    }
    if lineage is not None:
        metadata["dagster/column_lineage"] = lineage
    return metadata


def preview(frame: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """The first rows of a table as Markdown, long texts cut.

    Args:
        frame: The table.
    """
    first = frame.head(PREVIEW_ROWS).astype("object")
    if first.empty:
        return dg.MetadataValue.md("No rows.")
    cells = [list(first.columns), ["---"] * first.shape[1], *map(list, first.to_numpy())]
    return dg.MetadataValue.md("\n".join(f"| {' | '.join(map(_cell, row))} |" for row in cells))


def _cell(value: object) -> str:
    """A cell of a preview; what is missing is left empty."""
    text = "" if pd.isna(value) else str(value)  # type: ignore[call-overload]
    text = text if len(text) <= PREVIEW_LETTERS else f"{text[:PREVIEW_LETTERS]}…"
    return text.replace("|", "\\|").replace("\n", " ")


def io_manager(home: Home) -> ParquetTables:
    """The IO manager of a home."""
    return ParquetTables(base_path=UPath(home.tables))
