"""``migmap export xlsx``: the MDMM workbook."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assets.outputs.workbook.book import workbook_path, write_workbook
from pipelines.cli.console import say
from pipelines.cli.opening import Internal, to_pass_on
from warehouse.home import current


class Language(StrEnum):
    """Languages of labels and headings."""

    en = "en"
    ru = "ru"
    ky = "ky"


def xlsx(
    output: Annotated[
        Path | None,
        typer.Option(help="The file; else var/outputs/workbook/mdmm-<language>.xlsx of the home."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Of labels and headings.")] = Language.en,
    internal: Internal = False,
) -> None:
    """Write the MDMM workbook: a sheet a theme, definitions, gaps, overrides."""
    home = current()
    path = output or workbook_path(home, language)
    with to_pass_on(home, internal=internal) as connection:
        sheets = write_workbook(connection, path, language)
    say(f"{path}: {len(sheets)} sheets, {path.stat().st_size:,} bytes")
