"""``migmap export``: the warehouse in formats for others; a file a format."""

from __future__ import annotations

import typer

from pipelines.cli.export_sdmx import sdmx
from pipelines.cli.export_tables import csv, datapackage, parquet
from pipelines.cli.export_xlsx import xlsx

export = typer.Typer(
    no_args_is_help=True, help="Write the published warehouse in a format for others."
)
for command in (xlsx, sdmx, datapackage, csv, parquet):
    export.command()(command)
