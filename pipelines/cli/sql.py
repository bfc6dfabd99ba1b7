"""``migmap sql``: ask the warehouse, read-only."""

from __future__ import annotations

import csv
import sys
from datetime import date
from typing import Annotated

import duckdb
import typer
from rich.table import Table

from pipelines.cli.console import EXIT_FAILED, EXIT_NO_WAREHOUSE, err, out
from warehouse import database
from warehouse.home import current

MAX_SHOWN = 200


def sql(
    query: Annotated[str, typer.Argument(help="A SELECT on the warehouse.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with all rows.")] = False,
) -> None:
    """Run a query on the published warehouse and print the answer."""
    try:
        with database.open_read_only(current()) as connection:
            answer = connection.execute(query)
            names = [one[0] for one in answer.description]
            rows = answer.fetchall()
    except database.NoWarehouse as error:
        err.print(str(error), markup=False, highlight=False)
        raise typer.Exit(EXIT_NO_WAREHOUSE) from None
    except duckdb.Error as error:
        err.print(str(error), markup=False, highlight=False)
        raise typer.Exit(EXIT_FAILED) from None
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
        return
    table = Table(*names)
    for row in rows[:MAX_SHOWN]:
        table.add_row(*(_cell(value) for value in row))
    out.print(table, markup=False)
    if len(rows) > MAX_SHOWN:
        out.print(f"{MAX_SHOWN} of {len(rows):,} rows; all with --csv")


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):,}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
