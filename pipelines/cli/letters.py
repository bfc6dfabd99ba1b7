"""``migmap letters``: drafted request letters for the gaps that could be closed so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.outputs.labels import LANGUAGES
from assets.outputs.letters.letters import WouldOverwrite, write_letters
from pipelines.cli.console import EXIT_FAILED, complain, say
from pipelines.cli.export_xlsx import Language
from pipelines.cli.opening import published
from warehouse.home import current


def letters(
    output: Annotated[
        Path | None,
        typer.Option(help="The folder; var/outputs/letters/<build> of the home if not given."),
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="Only this language; else all three.")
    ] = None,
) -> None:
    """Draft a request letter to each institution that could close gaps, with all of them.

    A draft that stands there and differs is never overwritten.
    """
    home = current()
    try:
        with published(home) as connection:
            ((build,),) = connection.execute("SELECT build_id FROM build").fetchall()
            folder = output or home.outputs / "letters" / build
            paths = write_letters(connection, folder, [language] if language else LANGUAGES)
    except (WouldOverwrite, OSError) as error:
        complain(str(error))
        raise typer.Exit(EXIT_FAILED) from None
    say(f"{len(paths)} files in {folder}; fill in what stands in [brackets] before sending")
