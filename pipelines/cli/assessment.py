"""``migmap assessment``: the two readings of the report, and the computed cells beside them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli.console import STATUS_SIGNS, out
from pipelines.cli.opening import published
from warehouse.home import current

_AGREEMENT = """
SELECT scope, cells, agreed, share_agreed, by_chance, kappa
FROM assessment_agreement ORDER BY scope
"""
_CONFUSION = """
SELECT reading, assessed,
    coalesce(sum(cells) FILTER (computed = 'available'), 0),
    coalesce(sum(cells) FILTER (computed = 'partial'), 0),
    coalesce(sum(cells) FILTER (computed = 'not_available'), 0)
FROM assessment_confusion
GROUP BY reading, assessed
ORDER BY reading, CASE assessed WHEN 'available' THEN 1 WHEN 'partial' THEN 2 ELSE 3 END
"""
_DIFFERING = """
SELECT a.theme, a.measure, a.breakdown, a.producers, min(a.year), max(a.year), count(*),
    a.first_reading, a.second_reading, a.status, a.explanation
FROM assessment_check AS a JOIN theme AS t USING (theme)
WHERE NOT a.agrees
GROUP BY t.position, a.theme, a.measure, a.breakdown, a.producers, a.first_reading,
    a.second_reading, a.status, a.explanation
ORDER BY t.position, a.measure DESC, a.breakdown, a.producers, min(a.year)
"""
_SCOPES = {"both": "both speak of", "either": "one speaks of"}


def assessment(
    differs: Annotated[
        bool,
        typer.Option("--differs", help="List the cells that differ from a reading, and why."),
    ] = False,
) -> None:
    """Show how far two readings of the report agree, with each other and with the map."""
    with published(current()) as connection:
        agreement = connection.execute(_AGREEMENT).fetchall()
        confusion = connection.execute(_CONFUSION).fetchall()
        differing = connection.execute(_DIFFERING).fetchall()
    out.print(_agreement(agreement))
    out.print(_confusion(confusion))
    if differs:
        out.print(_listed(differing))
    unexplained = sum(row[6] for row in differing if row[-1] is None)
    cells = sum(row[6] for row in differing)
    out.print(f"{cells} cells differ from a reading, {unexplained} of them unexplained.")


def _agreement(rows: list[tuple[str, int, int, float, float, float | None]]) -> Table:
    table = Table("cells that", "cells", "alike", "share", "by chance", "kappa")
    table.title = "Two readings of the report"
    for scope, cells, agreed, share, chance, kappa in rows:
        told = "none" if kappa is None else f"{kappa:.2f}"
        table.add_row(
            _SCOPES[scope], f"{cells:,}", f"{agreed:,}", f"{share:.1%}", f"{chance:.1%}", told
        )
    return table


def _confusion(rows: list[tuple[int, str, int, int, int]]) -> Table:
    table = Table("reading", "report says", "available", "partial", "not available")
    table.title = "Cells by what the report says and what the map computes"
    for reading, assessed, *counts in rows:
        table.add_row(str(reading), assessed.replace("_", " "), *(f"{one:,}" for one in counts))
    return table


def _listed(rows: list[tuple[object, ...]]) -> Table:
    table = Table("theme", "measure", "breakdown", "producers", "years", "1", "2", "map")
    table.add_column("why", ratio=1)
    for theme, measure, breakdown, producers, first, last, _, one, two, status, why in rows:
        years = str(first) if first == last else f"{first}-{last}"
        signs = [STATUS_SIGNS[str(state)] if state else "" for state in (one, two, status)]
        cell = [str(part) for part in (theme, measure, breakdown, producers)]
        table.add_row(*cell, years, *signs, escape(str(why or "not explained")))
    return table
