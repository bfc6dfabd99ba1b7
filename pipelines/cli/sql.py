"""``migmap sql``: ask the warehouse, read-only."""

from __future__ import annotations

import csv
import sys
from datetime import date
from numbers import Number
from typing import Annotated

import duckdb
import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli.console import EXIT_FAILED, complain, out, say
from pipelines.cli.opening import published
from warehouse.home import current

MAX_SHOWN = 200
# With less room than this for a column, rows are printed one under the other.
NARROWEST = 9


def sql(
    query: Annotated[str, typer.Argument(help="A SELECT on the warehouse.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with all rows.")] = False,
) -> None:
    """Run a query on the published warehouse and print the answer."""
    with published(current()) as connection:
        try:
            answer = connection.execute(query)
            names = [one[0] for one in answer.description]
            rows = answer.fetchall()
        except duckdb.Error as error:
            complain(str(error))
            raise typer.Exit(EXIT_FAILED) from None
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
        return
    if len(names) * NARROWEST > out.width:
        _print_records(names, rows[:MAX_SHOWN])
    else:
        out.print(_table(names, rows[:MAX_SHOWN]))
    if len(rows) > MAX_SHOWN:
        say(f"{MAX_SHOWN} of {len(rows):,} rows; all with --csv")


def _table(names: list[str], rows: list[tuple[object, ...]]) -> Table:
    table = Table()
    for place, name in enumerate(names):
        counted = any(_is_number(row[place]) for row in rows)
        table.add_column(escape(name), justify="right" if counted else "left")
    for row in rows:
        table.add_row(*(escape(_cell(value)) for value in row))
    return table


def _print_records(names: list[str], rows: list[tuple[object, ...]]) -> None:
    """Print one line a column: a table of so many columns would cut them all."""
    width = max(map(len, names))
    for number, row in enumerate(rows, start=1):
        say(f"-- row {number}")
        for name, value in zip(names, row, strict=True):
            say(f"{name:{width}}  {_cell(value)}")


def _is_number(value: object) -> bool:
    return isinstance(value, Number) and not isinstance(value, bool)


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):,}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
