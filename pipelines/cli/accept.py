"""``migmap accept``: a person passes a file that only the limits of the gate refused."""

from __future__ import annotations

from typing import Annotated

import typer

from assets.sources.acceptance import NotAcceptable
from assets.sources.acceptance import accept as accept_file
from pipelines.cli.console import EXIT_FAILED, EXIT_LOCKED, complain, say
from warehouse import reference_data
from warehouse.home import current
from warehouse.lock import Locked, refresh_lock


def accept(
    extract: Annotated[
        str, typer.Argument(help="Its extract_id as `migmap status` shows it, or its beginning.")
    ],
    by: Annotated[str, typer.Option(help="Who accepts it.")],
    reason: Annotated[str, typer.Option(help="Why the figures are right.")],
) -> None:
    """Accept a file in quarantine that shrank or jumped beyond its dataset's limits.

    Who, why and when are kept with the file, in table `extract` and in `migmap status`. The next
    refresh takes it. A file that breaks its schema or can't be read can't be accepted.

    Exit codes: 0 accepted, 1 not accepted, 3 a refresh is running.
    """
    home = current()
    try:
        with refresh_lock(home):
            manifest = accept_file(home, reference_data.load(), extract, by, reason)
    except NotAcceptable as error:
        complain(str(error))
        raise typer.Exit(EXIT_FAILED) from None
    except Locked as locked:
        complain("", f"{locked}")
        raise typer.Exit(EXIT_LOCKED) from None
    say(
        f"Accepted {manifest.file}, {manifest.source}/{manifest.dataset} release "
        f"{manifest.release}, by {manifest.accepted_by}. The next refresh takes it."
    )
