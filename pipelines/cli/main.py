"""``migmap``: refresh the warehouse, read files, look at the map, ask in SQL."""

from __future__ import annotations

import typer

from pipelines.cli.accept import accept
from pipelines.cli.assessment import assessment
from pipelines.cli.diff import diff
from pipelines.cli.doctor import doctor
from pipelines.cli.export import export
from pipelines.cli.history import history
from pipelines.cli.imports import imports
from pipelines.cli.land import land
from pipelines.cli.letters import letters
from pipelines.cli.matrix import matrix
from pipelines.cli.read import read
from pipelines.cli.refresh import refresh
from pipelines.cli.report import report
from pipelines.cli.report_check import report_check
from pipelines.cli.rollback import rollback
from pipelines.cli.sql import sql
from pipelines.cli.status import status
from pipelines.cli.why import why

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Migration data map: which migration figures exist, who holds them, who may have them.",
)
COMMANDS = (
    refresh,
    read,
    land,
    accept,
    matrix,
    assessment,
    diff,
    report,
    report_check,
    letters,
    sql,
    status,
    doctor,
    why,
    history,
    rollback,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(export, name="export")
app.add_typer(imports, name="import")


def run() -> None:
    """Entry point of the script."""
    app()


if __name__ == "__main__":
    run()
