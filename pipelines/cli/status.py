"""``migmap status``: what is published, what is held, what was refused."""

from __future__ import annotations

import duckdb
from rich.table import Table

from pipelines.cli.console import err, out
from pipelines.refresh import nothing_new
from warehouse import database, landing
from warehouse.home import Home, current
from warehouse.lock import holder, is_held


def status() -> None:
    """Show the published build, the releases held, refused files and the lock."""
    home = current()
    _print_build(home)
    table = Table("source", "dataset", "release", "scope", "rows", "landed", title="Extracts held")
    for one in landing.accepted(home):
        scope = ";".join(one.scope or ())
        table.add_row(
            one.source, one.dataset, one.release, scope, f"{one.rows or 0:,}", one.landed_at
        )
    out.print(table)
    for one in landing.standing_refusals(home):
        err.print(f"[red]Refused:[/] {one.file} ({one.landed_at})", highlight=False)
        err.print(one.why or "", markup=False, highlight=False)
    if is_held(home):
        out.print(f"Locked by a refresh: {holder(home)}", highlight=False)
    elif nothing_new(home):
        out.print("Up to date: nothing changed since the published build.")
    else:
        out.print("A refresh has something to do.")


def _print_build(home: Home) -> None:
    try:
        with database.open_read_only(home) as connection:
            found = connection.execute(
                "SELECT build_id, built_at, contract_version FROM build"
            ).fetchone()
    except database.NoWarehouse as error:
        err.print(str(error), markup=False, highlight=False)
        return
    except duckdb.Error as error:
        err.print(f"the published file can't be read: {error}", markup=False, highlight=False)
        return
    if found is not None:
        build_id, built_at, contract = found
        out.print(f"Build {build_id}, {built_at} UTC, contract {contract}", highlight=False)
