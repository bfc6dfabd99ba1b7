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
    table = Table(title="Builds, the newest first (times in UTC)", title_justify="left")
    table.add_column("build", no_wrap=True)
    table.add_column("changed against the one before")
    table.add_column("rows", justify="right", no_wrap=True)
    for build, before in zip(builds, [*builds[1:], None], strict=True):
        told = [build.build_id, f"built {build.built_at[:16]}"]
        told += ["current"] if build.build_id == published else []
        told += ["held"] if held is not None and held.build_id == build.build_id else []
        table.add_row("\n".join(told), _changes(build, before), _rows(build))
    out.print(table)
    if held is not None:
        say(f"Refreshes publish nothing: {held}, {hold.HOW_TO_LIFT}.")


def _changes(build: previous.Build, before: previous.Build | None) -> str:
    if before is None:
        return "the oldest kept"
    parts = build.changed_parts(before)
    sources = [part.removeprefix("extracts/") for part in parts if part.startswith("extracts/")]
    changed = [f"extracts of {', '.join(sources)}"] if sources else []
    changed += [part for part in parts if not part.startswith("extracts/")]
    return "\n".join(changed) or "nothing (forced)"


def _rows(build: previous.Build) -> str:
    counts = {name: build.rows.get(name, 0) for name in ("stock", "flow")}
    counts["superseded"] = sum(
        rows for name, rows in build.rows.items() if name.endswith("_superseded")
    )
    return "\n".join(f"{rows:,} {name}" for name, rows in counts.items())
