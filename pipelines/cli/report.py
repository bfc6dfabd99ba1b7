"""``migmap report``: the report site."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from assets.outputs.site.build import build_site
from pipelines.cli.console import EXIT_FAILED, complain, say
from pipelines.cli.opening import Internal, to_pass_on
from warehouse.files import NotOurs
from warehouse.home import current


def report(
    output: Annotated[
        Path | None,
        typer.Option(help="Folder to write; var/outputs/site of the warehouse if not given."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    internal: Internal = False,
) -> None:
    """Write the report site: pages that work from disk and offline, in three languages.

    An earlier site in the folder is replaced when the new one is complete. A folder that holds
    anything else is left alone.
    """
    home = current()
    started = monotonic()
    try:
        with to_pass_on(home, internal=internal) as connection:
            built = build_site(connection, (output or home.outputs / "site").absolute())
    except (NotOurs, OSError) as error:
        complain(str(error))
        raise typer.Exit(EXIT_FAILED) from None
    say(f"{built.pages} pages in {monotonic() - started:.1f} s: {built.index}")
    if show:
        webbrowser.open(built.index.as_uri())
