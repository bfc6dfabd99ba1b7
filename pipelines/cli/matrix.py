"""``migmap matrix``: the availability matrix in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from pipelines.cli.console import EXIT_NO_WAREHOUSE, STATUS_MARKS, err, out
from warehouse import database
from warehouse.home import current

_QUERY = """
SELECT m.country, t.name_en, m.measure, b.name_en, m.year, m.status, m.theme
FROM availability_matrix AS m
JOIN theme AS t USING (theme)
JOIN theme_breakdown AS tb USING (theme, measure, breakdown)
JOIN code AS b ON b.list = 'breakdown' AND b.code = m.breakdown
WHERE (? IS NULL OR m.theme = ?) AND (? IS NULL OR m.country = ?)
ORDER BY m.country, t.position, m.measure DESC, tb.position, m.year DESC
"""


def matrix(
    theme: Annotated[
        str | None, typer.Option(help="Only this theme, e.g. refugees_hosted.")
    ] = None,
    country: Annotated[str | None, typer.Option(help="Only this country, e.g. KGZ.")] = None,
) -> None:
    """Show which figures are available, newest year first."""
    try:
        with database.open_read_only(current()) as connection:
            rows = connection.execute(_QUERY, [theme, theme, country, country]).fetchall()
            known = [name for (name,) in connection.sql("SELECT theme FROM theme").fetchall()]
    except database.NoWarehouse as error:
        err.print(str(error), markup=False, highlight=False)
        raise typer.Exit(EXIT_NO_WAREHOUSE) from None
    if theme is not None and theme not in known:
        raise typer.BadParameter(f"no theme {theme!r}; known: {', '.join(sorted(known))}")
    tables: dict[tuple[str, str], dict[tuple[str, str], dict[int, str]]] = {}
    for area, name, measure, breakdown, year, status, _ in rows:
        cells = tables.setdefault((area, name), {})
        cells.setdefault((measure, breakdown), {})[int(year)] = status
    for (area, name), cells in tables.items():
        out.print(_table(f"{area}: {name}", cells))
    out.print("  ".join(STATUS_MARKS.values()))


def _table(title: str, cells: dict[tuple[str, str], dict[int, str]]) -> Table:
    years = sorted({year for row in cells.values() for year in row}, reverse=True)
    table = Table("measure", "breakdown", *map(str, years), title=title, title_justify="left")
    for (measure, breakdown), row in cells.items():
        marks = [STATUS_MARKS[row[year]].split(" ")[0] + "[/]" for year in years]
        table.add_row(measure, breakdown, *marks)
    return table
