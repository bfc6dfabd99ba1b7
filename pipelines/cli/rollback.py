"""``migmap rollback``: publish an earlier build again, and hold it."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.cli.console import EXIT_FAILED, EXIT_LOCKED, complain, say
from warehouse import hold, previous
from warehouse.home import Home, current
from warehouse.lock import Locked, refresh_lock


def rollback(
    build: Annotated[
        str | None,
        typer.Argument(
            help="Build to go back to, or the beginning of its id; without it, the one before."
        ),
    ] = None,
    why: Annotated[
        str | None, typer.Option(help="The reason, kept with the hold for whoever looks later.")
    ] = None,
    release: Annotated[
        bool,
        typer.Option("--release", help="Lift the hold, so that refreshes publish again."),
    ] = False,
) -> None:
    """Publish an earlier build again, and hold it: refreshes publish nothing until released.

    The build is read to its end before it takes the published file's place; readers are never
    locked out, and the build that it replaces is kept. `migmap history` lists the builds.

    Exit codes: 0 done, 1 no such build or it is broken, 3 a refresh is running.
    """
    if release and (build is not None or why is not None):
        raise typer.BadParameter("--release takes neither a build nor a reason")
    home = current()
    try:
        with refresh_lock(home):
            if release:
                _release(home)
            else:
                _roll_back(home, build, why)
    except Locked as locked:
        complain("", f"{locked}")
        raise typer.Exit(EXIT_LOCKED) from None
    except (previous.NoSuchBuild, previous.BuildUnreadable) as error:
        complain(f"{error}; nothing was changed.")
        raise typer.Exit(EXIT_FAILED) from None


def _release(home: Home) -> None:
    lifted = hold.release(home)
    if lifted is None:
        say("No build is held.")
    else:
        say(f"Released build {lifted.build_id}. The next refresh publishes what has landed.")


def _roll_back(home: Home, named: str | None, why: str | None) -> None:
    before = previous.published_id(home)
    wanted = previous.find(home, named)
    hold.roll_back(home, wanted, why)
    replaced = f" Build {before}, which it replaces, is kept." if before is not None else ""
    say(f"Published build {wanted.build_id}, built {wanted.built_at} UTC.{replaced}")
    say(f"It is held: nothing is published {hold.HOW_TO_LIFT}.")
