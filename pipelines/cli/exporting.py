"""What the commands that write a folder share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import typer

from pipelines.cli.console import EXIT_FAILED, complain, say
from pipelines.cli.opening import to_pass_on
from warehouse.files import NotOurs
from warehouse.home import current

# Takes the published file and the folder to write; gives what was written, as people read it.
Write = Callable[[duckdb.DuckDBPyConnection, Path], str]


def written(name: str, output: Path | None, write: Write, *, internal: bool) -> None:
    """Write a folder from the published file and say so.

    Args:
        name: Name of the folder in ``var/outputs`` where none is given.
        output: The folder that is asked for.
        write: Writes it.
        internal: Whether it may show figures of files that are marked internal.
    """
    home = current()
    target = (output or home.outputs / name).absolute()
    try:
        with to_pass_on(home, internal=internal) as connection:
            told = write(connection, target)
    except (NotOurs, OSError, ValueError) as error:
        complain(str(error))
        raise typer.Exit(EXIT_FAILED) from None
    say(f"{target}: {told}")
