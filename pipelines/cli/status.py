"""``migmap status``: what is published, what is held, what was refused."""

from __future__ import annotations

import duckdb
from rich.table import Table

from assets.sources.limits import how_to_accept
from pipelines.cli.console import complain, out, say
from pipelines.refresh import nothing_new
from warehouse import database, landing
from warehouse.hold import HOW_TO_LIFT
from warehouse.hold import held as hold_of
from warehouse.home import Home, current
from warehouse.lock import holder, is_held


def status() -> None:
    """Show the published build, the releases held, refused files and the lock."""
    home = current()
    _print_build(home)
    held = landing.accepted(home)
    if held:
        out.print(_extracts(held))
    for one in landing.standing_refusals(home):
        told = f"{one.source}/{one.dataset}: {one.why or one.file}{how_to_accept(one)}"
        complain(told, f"Refused {_minute(one.landed_at)}:")
    for one in held:
        if one.accepted_by is not None:
            say(
                f"Accepted beyond limits by {one.accepted_by}, {_minute(one.accepted_at or '')}: "
                f"{one.source}/{one.dataset} release {one.release}, {one.accepted_because}"
            )
    hold = hold_of(home)
    if hold is not None:
        say(f"Refreshes publish nothing: {hold}, {HOW_TO_LIFT}.")
    if is_held(home):
        say(f"Locked by a refresh: {holder(home)}")
    elif nothing_new(home):
        say("Up to date: nothing changed since the published build.")
    else:
        say("A refresh has something to do.")


def _extracts(held: list[landing.Manifest]) -> Table:
    table = Table("source", "dataset", "release", "scope", title="Extracts held (times in UTC)")
    table.title_justify = "left"
    table.add_column("rows", justify="right")
    table.add_column("landed", no_wrap=True)
    for one in held:
        rows, scope = f"{one.rows or 0:,}", ";".join(one.scope or ())
        table.add_row(one.source, one.dataset, one.release, scope, rows, _minute(one.landed_at))
    return table


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _print_build(home: Home) -> None:
    try:
        with database.open_read_only(home) as connection:
            found = connection.execute(
                "SELECT build_id, built_at, contract_version FROM build"
            ).fetchone()
    except database.NoWarehouse as error:
        complain(str(error))
        return
    except duckdb.Error as error:
        complain(f"the published file can't be read: {error}")
        return
    if found is not None:
        build_id, built_at, contract = found
        say(f"Build {build_id}, {built_at} UTC, contract {contract}")
