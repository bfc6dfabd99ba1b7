"""``migmap refresh``: bring the warehouse up to date."""

from __future__ import annotations

from time import monotonic
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from assets.revised import Revised
from assets.sources.limits import how_to_accept
from pipelines.cli.console import EXIT_FAILED, EXIT_LOCKED, EXIT_REFUSED, complain, out, say
from pipelines.cli.fetching import fetching, print_fetched
from pipelines.refresh import RefreshResult
from pipelines.refresh import refresh as run_refresh
from schemas.faults import Refused
from warehouse import reference_data
from warehouse.files import is_disk_full, says_disk_full
from warehouse.hold import HOW_TO_LIFT
from warehouse.home import current
from warehouse.landing import Manifest
from warehouse.lock import Locked

NO_ROOM = (
    "The disk is full, or fails: {home} can't be written. Nothing was published and nothing is "
    "lost; make room and refresh again, there is nothing to clean up."
)


def refresh(
    source: Annotated[str | None, typer.Option(help="Only this publisher, e.g. unhcr.")] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Build even if nothing changed; lifts a rollback's hold."),
    ] = False,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="First ask the publishers for what is new.")
    ] = False,
) -> None:
    """Land what is new, and build and publish the warehouse if anything changed.

    Exit codes: 0 done or nothing new, 1 failed, 2 a file was refused or could not be fetched,
    while all else went through, 3 locked by another.
    """
    home = current()
    started = monotonic()
    try:
        _check_source(source)
        asking = fetching(source) if fetch else None
        result = run_refresh(home, source, force=force, listener=_step, fetch=asking)
    except Locked as locked:
        complain("", f"{locked}")
        raise typer.Exit(EXIT_LOCKED) from None
    except Refused as refused:
        complain(str(refused))
        raise typer.Exit(EXIT_FAILED) from None
    except Exception as error:
        if not is_disk_full(error):
            raise
        complain(f"{NO_ROOM.format(home=home.root)} ({str(error).splitlines()[0][:200]})")
        raise typer.Exit(EXIT_FAILED) from None
    all_came = print_fetched(result.fetched)
    for manifest in result.refused:
        _print_refusal(manifest)
    if result.failed:
        for step, cause in result.failed.items():
            complain(cause, f"✗ {_shown(step)}")
        if any(map(says_disk_full, result.failed.values())):
            complain(NO_ROOM.format(home=home.root))
        complain("Nothing was published; the last good warehouse serves on.")
        raise typer.Exit(EXIT_FAILED)
    if result.ran:
        _print_changes(result)
        _print_revised(result.revised)
        say(f"Published {home.database} in {monotonic() - started:.1f} s.")
    elif result.held is not None:
        say(f"Nothing was published: {result.held}, {HOW_TO_LIFT}.")
    else:
        say("Nothing changed since the published build; no run was started.")
    if result.refused or not all_came:
        raise typer.Exit(EXIT_REFUSED)


def _check_source(source: str | None) -> None:
    known = reference_data.load().table("dataset")["source"].astype(str).unique().tolist()
    if source is not None and source not in known:
        raise typer.BadParameter(f"no publisher {source!r} is ingested; known: {', '.join(known)}")


def _step(step: str, succeeded: bool) -> None:
    mark = "[green]✓[/]" if succeeded else "[red]✗[/]"
    out.print(f"{mark} {escape(_shown(step))}", highlight=False)


def _shown(step: str) -> str:
    return step.replace("__", "/")


def _print_refusal(manifest: Manifest) -> None:
    complain(f"{manifest.why or manifest.file}{how_to_accept(manifest)}", "Refused:")


def _print_changes(result: RefreshResult) -> None:
    changed = ", ".join(result.changed_parts) or "nothing (forced)"
    say(f"Changed: {changed}")
    if not result.rows:
        say("No table changed its number of rows.")
        return
    table = Table("table", title="Tables with more or fewer rows", title_justify="left")
    for heading in ("rows before", "rows now"):
        table.add_column(heading, justify="right")
    for name, (now, before) in sorted(result.rows.items()):
        table.add_row(name, "new" if before is None else f"{before:,}", f"{now:,}")
    out.print(table)


def _print_revised(revised: Revised) -> None:
    for source, dataset, release, before, changed, new, vanished in revised.counts:
        say(
            f"{source}/{dataset} {release} against {before}: {changed:,} changed, {new:,} new and "
            f"{vanished:,} vanished figures."
        )
    if not revised.largest:
        return
    table = Table("dataset", "indicator", "what", "day", title="Largest revisions, all in table "
                  "revision", title_justify="left")  # fmt: skip
    for heading in ("before", "after"):
        table.add_column(heading, justify="right")
    table.add_column("unit")
    for source, dataset, _, indicator, what, day, *values, unit in revised.largest:
        shown = ["-" if value is None else f"{value:,.0f}" for value in values]
        named = (f"{source}/{dataset}", indicator, what, day)
        table.add_row(*(escape(str(one)) for one in named), *shown, str(unit))
    out.print(table)
