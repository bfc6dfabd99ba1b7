"""``migmap diff``: what changed between two days or two builds, and which release changed it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import duckdb
import pandas as pd
import typer
from rich.markup import escape
from rich.table import Table

from assets.availability.diff import changes
from assets.availability.known_on import snapshot_of, snapshots_between
from assets.availability.sources_by_year import spans
from pipelines.cli.console import (
    EXIT_FAILED,
    STATUS_MARKS,
    STATUS_SIGNS,
    complain,
    out,
    say,
)
from pipelines.cli.opening import published
from warehouse.home import current

_DAY = typer.Argument(formats=["%Y-%m-%d"], help="A day, e.g. 2024-01-31.")
_GROUP = ["country", "theme", "measure", "breakdown", "before", "after", "rule_after", "changed_by"]


def diff(
    day: Annotated[datetime | None, _DAY] = None,
    other_day: Annotated[datetime | None, _DAY] = None,
    build: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Another build, an older DuckDB file."),
    ] = None,
    theme: Annotated[
        str | None, typer.Option(help="Only this theme, e.g. refugees_hosted.")
    ] = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Every figure; else totals of the matrix's years.")
    ] = False,
) -> None:
    """Show which cells and figures changed from one day to another, or since another build."""
    home = current()
    try:
        with published(home):
            pass
        if build is not None and day is None:
            moments = [snapshot_of(build), snapshot_of(home.database)]
        elif build is None and day is not None and other_day is not None and day < other_day:
            moments = snapshots_between(home.database, day.date(), other_day.date())
        else:
            raise typer.BadParameter("give two days, the earlier first, or --build with a file")
    except duckdb.Error as error:
        complain(f"not a warehouse of this version: {error}")
        raise typer.Exit(EXIT_FAILED) from None
    cells, changed = changes(moments)
    if theme is not None:
        known = sorted(set(moments[-1].matrix["theme"].astype(str)))
        if theme not in known:
            raise typer.BadParameter(f"no theme {theme!r}; known: {', '.join(known)}")
        cells, changed = cells[cells["theme"] == theme], changed[changed["theme"] == theme]
    say(f"From {moments[0].name} to {moments[-1].name}")
    _print_cells(cells)
    if not figures:
        first_year = moments[-1].matrix["year"].min()
        changed = changed[(changed["breakdown"] == "total") & (changed["year"] >= first_year)]
    _print_counts(changed)
    _list_figures(changed)


def _print_cells(cells: pd.DataFrame) -> None:
    # A year that the matrix did not reach before, and of which nothing is known, is no news.
    empty = cells["before"].isna() & (cells["after"] == "not_available")
    told = cells[~empty]
    if told.empty:
        say("No cell of the matrix changed.")
        return
    table = Table("theme", "measure", "breakdown", "years", title="Cells", title_justify="left")
    for heading in ("before", "after", "rule", "changed by"):
        table.add_column(heading)
    grouped = told.groupby(_GROUP, dropna=False, sort=False)["year"].agg(spans).reset_index()
    several = grouped["country"].nunique() > 1
    for one in grouped.to_dict("records"):
        name = f"{one['country']} {one['theme']}" if several else str(one["theme"])
        marks = [STATUS_SIGNS.get(str(one[when]), "-") for when in ("before", "after")]
        said = [name, one["measure"], one["breakdown"], one["year"]]
        rule = "" if pd.isna(one["rule_after"]) else str(one["rule_after"])
        table.add_row(*map(str, said), *marks, rule, escape(str(one["changed_by"])))
    out.print(table)
    out.print("  ".join([*STATUS_MARKS.values(), "- no such year in the matrix"]))
    say(f"{len(told):,} cells changed; {int(empty.sum()):,} cells of new years hold nothing.")


def _print_counts(changed: pd.DataFrame) -> None:
    if changed.empty:
        say("No figure changed.")
        return
    table = Table("theme", "indicator", "breakdown", title="Figures", title_justify="left")
    for heading in ("new", "changed", "gone"):
        table.add_column(heading, justify="right")
    table.add_column("changed by")
    kinds = changed.assign(
        new=changed["status_before"].isna(),
        gone=changed["status_after"].isna(),
        changed=changed["status_before"].notna() & changed["status_after"].notna(),
    )
    keys, counted = ["theme", "indicator", "breakdown", "changed_by"], ["new", "changed", "gone"]
    for one in kinds.groupby(keys, as_index=False)[counted].sum().to_dict("records"):
        counts = [f"{int(one[name]):,}" for name in counted]
        table.add_row(one["theme"], one["indicator"], one["breakdown"], *counts, one["changed_by"])
    out.print(table)


def _list_figures(listed: pd.DataFrame) -> None:
    if listed.empty:
        return
    table = Table("theme", "indicator", "what", "year", title="Each figure", title_justify="left")
    for heading in ("before", "after"):
        table.add_column(heading, justify="right")
    table.add_column("changed by")
    parts = ("partner", "sex", "age", "education", "employment", "reason", "detail", "unit")
    for one in listed.to_dict("records"):
        what = [str(one[name]) for name in parts if one[name] not in ("_T", "WLD")]
        shown = [_shown(one, when) for when in ("before", "after")]
        said = [one["theme"], one["indicator"], escape(" ".join(what)), str(one["year"])]
        table.add_row(*said, *shown, one["changed_by"])
    out.print(table)


def _shown(one: dict[object, object], when: str) -> str:
    value, status = one[when], one[f"status_{when}"]
    if not isinstance(status, str):
        return "-"
    mark = "" if status == "A" else f" {status}"
    return f"{value:,.0f}{mark}" if value == value else status
