"""``migmap history``: the published build and the earlier ones that are kept."""

from __future__ import annotations

import typer
from rich.table import Table

from pipelines.cli.console import EXIT_NO_WAREHOUSE, complain, out, say
from warehouse import hold, previous
from warehouse.home import current


def history() -> None:
    """Show the published build and the earlier ones that are kept, the newest first."""
    home = current()
    builds = previous.history(home)
    if not builds:
        complain(f"no build at {home.root}: run a refresh first")
        raise typer.Exit(EXIT_NO_WAREHOUSE)
    published, held = previous.published_id(home), hold.held(home)
    table = Table("build", "built at (UTC)", title="Builds", title_justify="left")
    table.add_column("changed against the one before", overflow="fold")
    for heading in ("stock", "flow", "superseded"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for build, before in zip(builds, [*builds[1:], None], strict=True):
        mark = "current" if build.build_id == published else ""
        mark += ", held" if held is not None and held.build_id == build.build_id else ""
        superseded = sum(
            count for name, count in build.rows.items() if name.endswith("_superseded")
        )
        counts = (build.rows.get("stock", 0), build.rows.get("flow", 0), superseded)
        table.add_row(
            build.build_id, build.built_at, _changes(build, before),
            *(f"{count:,}" for count in counts), mark,
        )  # fmt: skip
    out.print(table)
    if held is not None:
        say(f"Refreshes publish nothing: {held}, {hold.HOW_TO_LIFT}.")


def _changes(build: previous.Build, before: previous.Build | None) -> str:
    if before is None:
        return "the oldest kept"
    return ", ".join(build.changed_parts(before)) or "nothing (forced)"
