"""``migmap import overrides FILE``: cells that a person decided, from the workbook."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assets.outputs.workbook.override_table import Change, changes, merged, write_table
from assets.outputs.workbook.read_overrides import read_overrides
from assets.sources.reading import NotRecognised
from pipelines.cli.console import (
    EXIT_FAILED,
    EXIT_FAULTS,
    EXIT_NOT_RECOGNISED,
    complain,
    out,
    say,
)
from pipelines.cli.opening import published
from schemas.faults import Refused
from warehouse import reference_data
from warehouse.home import REFERENCE_FOLDER, current


def overrides(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The workbook, saved.")],
    output: Annotated[
        Path | None,
        typer.Option(help="The CSV file to write; warehouse/reference/override.csv if not given."),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Withdraw overrides that the workbook does not have."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
) -> None:
    """Read the sheet of overrides, show what changes, and write the reference table.

    Exit codes: 0 done, 1 faults, 2 not a workbook with that sheet.
    """
    reference = reference_data.load()
    there = reference.table("override")
    path = output or REFERENCE_FOLDER / "override.csv"
    try:
        with published(current()) as connection:
            read = read_overrides(file, connection, date.today())
            found = changes(there, read, connection, replace=replace)
        _show(found)
        if dry_run:
            say("Nothing was written.")
            return
        write_table(merged(there, read, replace=replace), path, reference.codes)
    except NotRecognised as error:
        complain(str(error))
        raise typer.Exit(EXIT_NOT_RECOGNISED) from None
    except Refused as error:
        complain(f"{error}\nNothing was written.", "Refused:")
        raise typer.Exit(EXIT_FAULTS) from None
    except OSError as error:
        complain(str(error))
        raise typer.Exit(EXIT_FAILED) from None
    say(f"Wrote {path}. The next refresh applies it.")


def _show(found: list[Change]) -> None:
    if not found:
        say("No overrides, neither in the file nor in the table.")
        return
    table = Table("", "country", "theme", "measure", "breakdown", "year", "now", "then", "author")
    for one in found:
        cells = (one.kind, *map(str, one.cell), one.now, one.then or "as computed", one.author)
        table.add_row(*map(escape, cells))
    out.print(table)
