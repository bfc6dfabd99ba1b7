"""``migmap export csv``, ``parquet`` and ``datapackage``: the published tables as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import duckdb
import typer

from assets.outputs.tables.files import Exported, Format, export_tables
from pipelines.cli.exporting import written
from pipelines.cli.opening import Internal

Output = Annotated[
    Path | None, typer.Option(help="The folder; else one of this format in var/outputs.")
]
Tables = Annotated[
    list[str] | None,
    typer.Option("--table", help="Only this table or country view; may be given again."),
]


def csv(output: Output = None, table: Tables = None, internal: Internal = False) -> None:
    """Write tables as CSV for spreadsheets: no text is taken for a formula."""
    _export("csv", output, table, internal)


def parquet(output: Output = None, table: Tables = None, internal: Internal = False) -> None:
    """Write tables as Parquet, types and values as they are."""
    _export("parquet", output, table, internal)


def datapackage(output: Output = None, internal: Internal = False) -> None:
    """Write a Data Package: CSV with a description, keys, licences and citations."""

    def write(connection: duckdb.DuckDBPyConnection, target: Path) -> str:
        # Loaded here, so that other commands do not wait for it.
        from assets.outputs.tables.datapackage import export_datapackage

        return _told(export_datapackage(connection, target))

    written("datapackage", output, write, internal=internal)


def _export(form: Format, output: Path | None, names: list[str] | None, internal: bool) -> None:
    written(
        form,
        output,
        lambda connection, target: _told(export_tables(connection, target, form, names or ())),
        internal=internal,
    )


def _told(exported: Exported) -> str:
    return f"{len(exported.rows)} tables, {sum(exported.rows.values()):,} rows"
