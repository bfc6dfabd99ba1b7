"""``migmap land FILE``: land a file that came by letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from assets.sources import gate
from assets.sources.limits import how_to_accept
from assets.sources.outcome import Landed
from pipelines.cli.console import (
    EXIT_FAILED,
    EXIT_LOCKED,
    EXIT_REFUSED,
    complain,
    say,
)
from schemas.faults import Refused
from warehouse import reference_data
from warehouse.home import current
from warehouse.lock import Locked, refresh_lock


def land(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file.")],
    source: Annotated[str, typer.Option(help="Its publisher, e.g. nsc.")],
    dataset: Annotated[str, typer.Option(help="The publisher's table, e.g. opendata.")],
    release: Annotated[str, typer.Option(help="Its release; a new one needs no row.")],
    licence: Annotated[str, typer.Option(help="Terms of reuse.")],
    access: Annotated[str, typer.Option(help="Who may have it: public, on_request, internal.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="A country it is complete for, or ALL; again for each. Else what the file says."
        ),
    ] = None,
    known_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day from which the world knows it; else today."),
    ] = None,
    citation: Annotated[str | None, typer.Option(help="How to cite it.")] = None,
    link: Annotated[str | None, typer.Option(help="Where it can be had.")] = None,
    note: Annotated[str | None, typer.Option(help="A remark.")] = None,
) -> None:
    """Land a file that came by letter, as strictly as every other. The next refresh takes it.

    Exit codes: 0 landed or known already, 1 failed, 2 refused, 3 a refresh is running.
    """
    sidecar = {
        "publisher": source,
        "dataset": dataset,
        "release": release,
        "licence": licence,
        "access": access,
        "scope": scope or None,
        "known_on": (known_on or datetime.now(UTC)).date().isoformat(),
        "citation": citation,
        "link": link,
        "note": note,
    }
    _report(_landed(file, sidecar), file)


def _landed(file: Path, sidecar: Mapping[str, object]) -> Landed:
    home = current().make()
    try:
        with refresh_lock(home):
            return gate.land_file(home, reference_data.load(), file, sidecar)
    except Locked as locked:
        complain("", f"{locked}")
        raise typer.Exit(EXIT_LOCKED) from None
    except Refused as refused:
        complain(str(refused))
        raise typer.Exit(EXIT_FAILED) from None


def _report(landed: Landed, file: Path) -> None:
    one = landed.manifest
    if landed.status == "refused":
        complain(f"{landed.why or file.name}{how_to_accept(one)}", "Refused:")
        raise typer.Exit(EXIT_REFUSED)
    named = f"{one.source}/{one.dataset} release {one.release}"
    if landed.status == "known":
        say(f"These bytes have landed before, as {named}.")
        return
    say(f"Landed {file.name} as {named}, {one.rows:,} rows. The next refresh takes it.")
