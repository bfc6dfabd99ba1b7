"""The map as it was known on a day: the same rules over the figures and sources known by then.

The published file is opened read-only and attached to a database in memory, in which ``stock`` and
``flow`` are the figures known on the day; the views over figures are made there anew, and the
rules of ``assets.availability.rules`` run on them. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from assets.availability.rules import matrix
from schemas.reference import REFERENCE_TABLES
from schemas.validate import conform, empty_frame
from warehouse import database
from warehouse.connecting import connect
from warehouse.reference_data import Reference, code_lists

# Tables of figures, and the query that gives what was known of each on $day. What was superseded
# by then is all that was out but not current, so the current ones are made first; all of a
# release's figures of a pair and year are current or none of them is.
_SUPERSEDED = (
    "FROM {0}_history SEMI JOIN (FROM release WHERE known_on_to <= $day) AS r "
    "USING (source, dataset, release) ANTI JOIN memory.main.{0} AS known "
    "USING (source, dataset, release, origin, destination, year)"
)
_KNOWN = {
    "stock": "FROM stock_known_on($day)",
    "flow": "FROM flow_known_on($day)",
    "stock_superseded": _SUPERSEDED.format("stock"),
    "flow_superseded": _SUPERSEDED.format("flow"),
}
# Other tables whose rows belong to a release, which may not have been out.
_OF_RELEASES = ("extract", "profile", "displacement_event", "quality_issue")
# Figures of the indicators that decide a cell, as assets.availability.evidence picks them: totals
# also speak to the splits that are indicators of their own (status, cause, direction).
_DECIDING = """
SELECT told.country, told.theme, told.measure, cell.breakdown, told.year,
    told.source, told.dataset, told.release
FROM cell_evidence AS told
JOIN theme_indicator AS ti USING (theme, measure, indicator)
JOIN theme_breakdown AS cell
    ON cell.theme = told.theme AND cell.measure = told.measure
    AND CASE cell.dimension
        WHEN 'status' THEN told.dimension = 'total' AND ti.role IN ('primary', 'status')
        WHEN 'indicator' THEN told.dimension = 'total' AND ti.role = 'primary'
        ELSE cell.dimension = told.dimension AND ti.role IN ('primary', told.dimension)
    END
WHERE told.observations > 0
GROUP BY ALL
"""
FIGURE_COLUMNS = (
    "country", "theme", "indicator", "breakdown", "partner", "sex", "age", "education",
    "employment", "reason", "detail", "year", "unit", "universe", "value", "obs_status",
    "qualifier", "source", "dataset", "release",
)  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """The map at one moment: on a day, or in one build.

    Attributes:
        name: The day or the build, as a person names it.
        matrix: Rows of ``availability_matrix``.
        evidence: Columns of the cell, source, dataset, release: which releases speak to a cell.
        figures: Rows of ``country_stock`` and ``country_flow`` with column ``measure`` and the
            last day of each.
        releases: Columns source, dataset, release: the newest held of each dataset.
        seen: Columns of the cell, source and date_seen of coverage.
        parts: Parts of the build's fingerprint, as JSON.
    """

    name: str
    matrix: pd.DataFrame
    evidence: pd.DataFrame
    figures: pd.DataFrame
    releases: pd.DataFrame
    seen: pd.DataFrame
    parts: str


@contextmanager
def known_on(path: Path, day: date) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open what a published file's warehouse knew on a day.

    Args:
        path: A published DuckDB file.
        day: The day; a release counts from the last day on which it may have come out.

    Yields:
        A connection whose ``stock``, ``flow`` and views over figures answer as of that day, and
        whose other tables are those of the file.
    """
    with connect() as connection:
        quoted = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS published (READ_ONLY)")
        # The file's macros find the file's tables only while the file is the one in use.
        connection.execute("USE published")
        for name, query in _KNOWN.items():
            connection.execute(f"CREATE TABLE memory.main.{name} AS {query}", {"day": day})
        _open_tables(connection, day)
        connection.execute("USE memory.main")
        database.create_figure_views(connection)
        database.work_out(connection)
        yield connection


def _open_tables(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'published'"
    ).fetchall()
    for (name,) in tables:
        if name in _KNOWN:
            continue
        query = f'FROM published.main."{name}"'
        if name in _OF_RELEASES:
            query += (
                " SEMI JOIN (FROM published.main.release "
                f"WHERE known_on_to <= DATE '{day}') AS r USING (source, dataset, release)"
            )
        connection.execute(f'CREATE VIEW memory.main."{name}" AS {query}')


def reference_of(connection: duckdb.DuckDBPyConnection) -> Reference:
    """The reference tables that a warehouse was published with."""
    there = {str(name) for (name,) in connection.execute("SHOW TABLES").fetchall()}
    tables = {
        # A file of an older version may lack a table.
        model.name: conform(connection.table(model.name).df(), model)
        if model.name in there
        else empty_frame(model)
        for model in REFERENCE_TABLES
    }
    return Reference(tables, code_lists(tables), "")


def reference_on(reference: Reference, day: date) -> Reference:
    """The reference tables as an analyst of that day had them.

    Args:
        reference: The tables of today.
        day: The day.

    Returns:
        The tables, with coverage that was seen and overrides that were decided by that day. What
        was seen on no known day is not known to have been known.
    """
    coverage, override = reference.table("coverage"), reference.table("override")
    until = pd.Timestamp(day)
    known = {
        "coverage": coverage[pd.to_datetime(coverage["date_seen"]) <= until],
        "override": override[pd.to_datetime(override["date"]) <= until],
    }
    return replace(reference, tables=reference.tables | known)


def matrix_of(connection: duckdb.DuckDBPyConnection, reference: Reference) -> pd.DataFrame:
    """The availability matrix by the rules, from a connection's views over figures.

    Args:
        connection: Where ``cell_evidence``, ``country_stock`` and ``country_flow`` answer.
        reference: Cells, coverage, sources, overrides and parameters.

    Returns:
        The matrix; its last year is the newest that a figure then known has.
    """
    evidence, totals, newest = evidence_of(connection, reference)
    override = reference.table("override")
    known = {"override": override[override["year"] <= newest]}
    return matrix(evidence, totals, newest, replace(reference, tables=reference.tables | known))


def evidence_of(
    connection: duckdb.DuckDBPyConnection, reference: Reference
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """What the rules of the matrix look at.

    Args:
        connection: Where ``cell_evidence``, ``country_stock`` and ``country_flow`` answer.
        reference: The reference tables.

    Returns:
        Rows of ``cell_evidence``; the figures that overrides may expect, in columns country,
        theme, indicator, breakdown, year, value; the newest year that a figure of an active
        country has.
    """
    evidence = connection.sql("SELECT * FROM cell_evidence").df()
    totals = connection.sql(
        "SELECT country, theme, indicator, breakdown, year, value FROM country_stock "
        "UNION ALL BY NAME "
        "SELECT country, theme, indicator, breakdown, year, value FROM country_flow"
    ).df()
    newest = totals["year"].max() if len(totals) else reference.parameter("first_year")
    return evidence, totals, int(newest)


def figures_of(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """All figures of the views by country, with their measure and last day."""
    columns = ", ".join(FIGURE_COLUMNS)
    return connection.sql(
        f"SELECT 'stock' AS measure, {columns}, reference_date AS last_day FROM country_stock "
        "UNION ALL BY NAME "
        f"SELECT 'flow' AS measure, {columns}, period_end AS last_day FROM country_flow"
    ).df()


def snapshot_on(path: Path, day: date, reference: Reference | None = None) -> Snapshot:
    """The map on a day.

    Args:
        path: A published DuckDB file.
        day: The day.
        reference: The file's reference tables, where several days are asked; read if not given.

    Returns:
        Matrix, evidence and figures as known on that day.
    """
    with known_on(path, day) as connection:
        known = reference_on(reference or reference_of(connection), day)
        made = matrix_of(connection, known)
        return _snapshot(connection, day.isoformat(), made, known.table("coverage"))


def snapshots_between(path: Path, first: date, last: date) -> list[Snapshot]:
    """The map on two days and on each day between on which a release became known.

    Args:
        path: A published DuckDB file.
        first: The first day.
        last: The last day.

    Returns:
        Snapshots in order of time, those of the two days included.
    """
    with connect(path) as connection:
        days = connection.execute(
            "SELECT DISTINCT known_on_to FROM release "
            "SEMI JOIN (FROM extract WHERE accepted) AS e USING (source, dataset, release) "
            "WHERE known_on_to > $first AND known_on_to < $last ORDER BY 1",
            {"first": first, "last": last},
        ).fetchall()
        reference = reference_of(connection)
    asked = [first, *(day for (day,) in days), last]
    return [snapshot_on(path, day, reference) for day in asked]


def snapshot_of(path: Path) -> Snapshot:
    """The map of a build, as the file holds it.

    Args:
        path: A published DuckDB file.

    Returns:
        Its matrix, evidence and figures.
    """
    with connect(path) as connection:
        made = connection.sql("SELECT * FROM availability_matrix").df()
        name = connection.sql("SELECT build_id FROM build").fetchall()[0][0]
        coverage = connection.sql("SELECT * FROM coverage").df()
        return _snapshot(connection, str(name), made, coverage)


def _snapshot(
    connection: duckdb.DuckDBPyConnection, name: str, made: pd.DataFrame, coverage: pd.DataFrame
) -> Snapshot:
    releases = connection.sql(
        "SELECT source, dataset, arg_max(release, known_on_to) AS release FROM release "
        "SEMI JOIN (FROM extract WHERE accepted) AS e USING (source, dataset, release) "
        "GROUP BY ALL"
    ).df()
    evidence = connection.sql(_DECIDING).df()
    parts = connection.sql("SELECT fingerprint_parts FROM build").fetchall()[0][0]
    return Snapshot(
        name, made, evidence, figures_of(connection), releases, coverage.copy(), str(parts)
    )
