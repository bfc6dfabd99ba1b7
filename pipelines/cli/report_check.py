"""``migmap report-check``: what the warehouse says of the numbers that the report prints."""

from __future__ import annotations

from typing import Annotated

import duckdb
import typer
from rich.markup import escape
from rich.table import Table

from pipelines.cli.console import out
from pipelines.cli.opening import published
from warehouse.home import current

_COUNTS = """
SELECT code.name_en, count(*) FILTER (chosen.section IS NOT NULL)
FROM code
LEFT JOIN (
    SELECT r.{column}, c.section
    FROM report_check AS r JOIN report_claim AS c USING (claim_id)
    WHERE ? IS NULL OR c.section = ?
) AS chosen ON chosen.{column} = code.code
WHERE code.list = '{codes}'
GROUP BY code.name_en, code.position ORDER BY code.position
"""
_DIFFERING = """
SELECT r.claim_id, c.statement, c.printed_value, r.value, c.unit, code.name_en, d.explanation
FROM report_check AS r
JOIN report_claim AS c USING (claim_id)
JOIN claim_derivation AS d USING (claim_id)
JOIN code ON code.list = 'claim_cause' AND code.code = r.cause
WHERE r.status = 'differs' AND (? IS NULL OR c.section = ?)
ORDER BY r.claim_id
"""


def report_check(
    section: Annotated[
        str | None, typer.Option(help="Only this section or table, e.g. 4.3 or 'Table 5'.")
    ] = None,
    differs: Annotated[
        bool, typer.Option("--differs", help="List the numbers that differ, with their causes.")
    ] = False,
) -> None:
    """Count the report's numbers by status and by cause."""
    chosen = [section, section]
    with published(current()) as connection:
        _check(connection, section)
        statuses = _counts(connection, "status", "claim_status", chosen)
        causes = _counts(connection, "cause", "claim_cause", chosen)
        differing = connection.execute(_DIFFERING, chosen).fetchall() if differs else []
    out.print(_counted("status", statuses))
    out.print(_counted("cause", causes))
    if differs:
        out.print(_listed(differing))


def _counts(
    connection: duckdb.DuckDBPyConnection, column: str, codes: str, chosen: list[str | None]
) -> list[tuple[str, int]]:
    query = _COUNTS.format(column=column, codes=codes)
    return [(name, number) for name, number in connection.execute(query, chosen).fetchall()]


def _counted(title: str, counts: list[tuple[str, int]]) -> Table:
    table = Table(title, "claims")
    for name, number in counts:
        table.add_row(name, str(number))
    table.add_section()
    table.add_row("all", str(sum(number for _, number in counts)))
    return table


def _listed(differing: list[tuple[str, str, float, float, str, str, str | None]]) -> Table:
    table = Table("claim", "statement", "printed", "warehouse", "unit", "cause")
    table.add_column("explanation", ratio=1)
    for name, statement, printed, value, unit, cause, explanation in differing:
        table.add_row(
            name, escape(statement), f"{printed:.10g}", f"{value:.6g}" if value % 1 else
            f"{value:.10g}", escape(unit), cause, escape(explanation or ""),
        )  # fmt: skip
    return table


def _check(connection: duckdb.DuckDBPyConnection, section: str | None) -> None:
    rows = connection.execute("SELECT DISTINCT section FROM report_claim ORDER BY 1").fetchall()
    known = [name for (name,) in rows]
    if section is not None and section not in known:
        raise typer.BadParameter(f"no section {section!r}; known: {', '.join(known)}")
