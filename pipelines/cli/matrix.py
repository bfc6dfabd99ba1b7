"""``migmap matrix``: the availability matrix in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import duckdb
import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli.console import STATUS_MARKS, STATUS_SIGNS, out
from pipelines.cli.opening import published
from warehouse.home import current

_QUERY = """
SELECT m.country, t.name_en, m.measure, b.name_en, m.year, m.status, m.rule, m.reason
FROM availability_matrix AS m
JOIN theme AS t USING (theme)
JOIN theme_breakdown AS tb USING (theme, measure, breakdown)
JOIN code AS b ON b.list = 'breakdown' AND b.code = m.breakdown
WHERE (? IS NULL OR m.theme = ?) AND (? IS NULL OR m.country = ?) AND (? IS NULL OR m.year = ?)
ORDER BY m.country, t.position, m.measure DESC, tb.position, m.year DESC
"""


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix."""

    country: str
    theme: str
    measure: str
    breakdown: str
    year: int
    status: str
    rule: str
    reason: str


def matrix(
    theme: Annotated[
        str | None, typer.Option(help="Only this theme, e.g. refugees_hosted.")
    ] = None,
    country: Annotated[str | None, typer.Option(help="Only this country, an alpha-3 code.")] = None,
    year: Annotated[int | None, typer.Option(help="Only this year.")] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Rule and reason of each cell; with --theme and --year.")
    ] = False,
    known_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="As it was known on this day, e.g. 2024-01-31."),
    ] = None,
) -> None:
    """Show which figures are available, newest year first."""
    if why and (theme is None or year is None):
        raise typer.BadParameter(
            "--why needs --theme and --year: every cell has a reason of its own"
        )
    with _opened(known_on) as connection:
        _check(connection, theme=theme, country=country, year=year)
        chosen = [theme, theme, country, country, year, year]
        cells = [Cell(*row) for row in connection.execute(_QUERY, chosen).fetchall()]
    themes: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        themes.setdefault((cell.country, cell.theme), []).append(cell)
    for (area, name), told in themes.items():
        table = _reasons(told) if why else _years(told)
        table.title = f"{area}: {name}" + (f", {year}" if why else "")
        table.title += f", as known on {known_on:%Y-%m-%d}" if known_on else ""
        out.print(table)
    out.print("  ".join(STATUS_MARKS.values()))


@contextmanager
def _opened(day: datetime | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, or what it knew on a day with the matrix of then."""
    home = current()
    with published(home) as connection:
        if day is None:
            yield connection
            return
    # Only a map of another day is worked out, and what that takes is slow to import.
    from assets.availability import known_on as as_known

    with as_known.known_on(home.database, day.date()) as connection:
        reference = as_known.reference_on(as_known.reference_of(connection), day.date())
        made = as_known.matrix_of(connection, reference)
        connection.execute("DROP VIEW availability_matrix")
        connection.register("availability_matrix", made)
        yield connection


def _check(connection: duckdb.DuckDBPyConnection, **wanted: str | int | None) -> None:
    for name, value in wanted.items():
        if value is None:
            continue
        query = f"SELECT DISTINCT {name} FROM availability_matrix ORDER BY 1"
        known = [one for (one,) in connection.execute(query).fetchall()]
        if value not in known:
            listed = ", ".join(map(str, known))
            raise typer.BadParameter(f"no {name} {value!r}; known: {listed}")


def _years(cells: list[Cell]) -> Table:
    years = sorted({cell.year for cell in cells}, reverse=True)
    table = Table("measure", "breakdown", title_justify="left")
    for year in years:
        table.add_column(str(year), justify="center", no_wrap=True)
    rows: dict[tuple[str, str], dict[int, str]] = {}
    for cell in cells:
        rows.setdefault((cell.measure, cell.breakdown), {})[cell.year] = STATUS_SIGNS[cell.status]
    for (measure, breakdown), signs in rows.items():
        table.add_row(measure, breakdown, *(signs[year] for year in years))
    return table


def _reasons(cells: list[Cell]) -> Table:
    table = Table("measure", "breakdown", "", "rule", title_justify="left")
    table.add_column("reason", ratio=1)
    for cell in cells:
        sign = STATUS_SIGNS[cell.status]
        table.add_row(cell.measure, cell.breakdown, sign, cell.rule, escape(cell.reason))
    return table
