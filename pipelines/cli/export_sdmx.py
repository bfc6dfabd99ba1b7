"""``migmap export sdmx``: SDMX-CSV and its structure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import duckdb
import typer

from pipelines.cli.exporting import written
from pipelines.cli.opening import Internal


def sdmx(
    output: Annotated[
        Path | None, typer.Option(help="The folder; else var/outputs/sdmx of the home.")
    ] = None,
    internal: Internal = False,
) -> None:
    """Write current stocks and flows as SDMX-CSV 2.0 with their structure (SDMX-JSON 2.0)."""

    def write(connection: duckdb.DuckDBPyConnection, target: Path) -> str:
        # Loaded here, so that other commands do not wait for it.
        from assets.outputs.sdmx.export import export_sdmx

        rows = export_sdmx(connection, target).rows
        return ", ".join(f"{count:,} observations of {name}" for name, count in rows.items())

    written("sdmx", output, write, internal=internal)
