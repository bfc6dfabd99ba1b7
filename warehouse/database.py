"""The DuckDB file: build it beside the published one, prove it, rename it over.

Only the publish step writes. Readers keep the file they have open and see the new one when they
open again; nobody waits for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from warehouse import previous
from warehouse.connecting import connect
from warehouse.files import sync
from warehouse.home import VIEWS_FOLDER, Home

# Whoever only reads needs none of these, and importing them takes longer than most questions.
if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from schemas.table import TableModel

CONTRACT_VERSION = "1.1"
TableInput: TypeAlias = "Path | pd.DataFrame | pa.Table"

_FLOW_PERIOD = "period_start, period_end"
_ANNUAL, _PART_YEAR = "fact.freq = 'A'", "fact.freq = '_O' AND year(fact.period_start) = fact.year"
_BY_THEN = "r.known_on_to <= CAST(day AS DATE)"
_COUNTRY_VIEWS: tuple[tuple[str, str, str, str, str], ...] = (
    # name, measure, period columns, condition on freq, condition on the release
    ("VIEW country_stock", "stock", "reference_date", _ANNUAL, "TRUE"),
    ("VIEW country_flow", "flow", _FLOW_PERIOD, _ANNUAL, "TRUE"),
    ("VIEW country_flow_part_year", "flow", _FLOW_PERIOD, _PART_YEAR, "TRUE"),
    ("MACRO country_stock_known_on(day)", "stock", "reference_date", _ANNUAL, _BY_THEN),
    ("MACRO country_flow_known_on(day)", "flow", _FLOW_PERIOD, _ANNUAL, _BY_THEN),
)
# The published figures that their rows are made of, by what is made.
_PARTS = {
    "VIEW country_stock": "VIEW country_stock_parts",
    "VIEW country_flow": "VIEW country_flow_parts",
    "MACRO country_stock_known_on(day)": "MACRO country_stock_parts_known_on(day)",
    "MACRO country_flow_known_on(day)": "MACRO country_flow_parts_known_on(day)",
}
# In the order in which they are made of each other.
_ASKED_OFTEN = ("country_stock", "country_flow", "country_flow_part_year", "cell_evidence")
_REPORT_VIEWS = ("safe_sum", "mirror", "report_tables", "report_figures")
_VIEW_COMMENTS = {
    "country_stock": "Current stocks by country, theme, indicator and breakdown, totals derived",
    "country_flow": "Current annual flows by country, theme, indicator and breakdown, totals "
    "derived",
    "country_stock_parts": "The published figures that each row of country_stock is made of",
    "country_flow_parts": "The published figures that each row of country_flow is made of",
    "country_flow_part_year": "Flows of part of a year, in the columns of country_flow",
}


class NoWarehouse(Exception):
    """Nothing was published yet."""


class BuildRefused(Exception):
    """A build that did not prove itself; the published file stays as it was."""


def open_read_only(home: Home) -> duckdb.DuckDBPyConnection:
    """Open the published file for reading.

    Raises:
        NoWarehouse: Nothing was published yet.
    """
    if not home.database.is_file():
        raise NoWarehouse(f"no warehouse at {home.database}: run a refresh first")
    return connect(home.database)


def in_memory(inputs: Mapping[str, TableInput], *, copy: bool = False) -> duckdb.DuckDBPyConnection:
    """A database in memory with the user's views over given tables, to assess before publishing.

    Args:
        inputs: Parquet file or frame of each table that the views of figures read: facts,
            superseded facts, extract and the reference tables.
        copy: Whether files and frames are copied into tables, for many small questions, or
            looked at where they are, for few large ones.

    Returns:
        A connection in which ``country_stock``, ``country_flow`` and ``cell_evidence`` answer as
        they will in the published file.
    """
    connection = connect()
    for name, one in inputs.items():
        if copy:
            _insert(connection, f'CREATE TABLE "{name}" AS', one)
        elif isinstance(one, Path):
            connection.read_parquet(str(one)).create_view(name)
        else:
            connection.register(name, _arrow(one))
    create_figure_views(connection)
    return connection


def work_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Make tables of the views by country, for whoever asks them more than once.

    Args:
        connection: A database in memory with the views of figures; afterwards tables answer under
            the same names with the same rows.
    """
    for view in _ASKED_OFTEN:
        connection.execute(f"CREATE TABLE worked_out AS FROM {view}")
        connection.execute(f"DROP VIEW {view}")
        connection.execute(f"ALTER TABLE worked_out RENAME TO {view}")


def build(
    path: Path,
    models: Mapping[str, TableModel],
    inputs: Mapping[str, TableInput],
    ddl: Mapping[str, list[str]],
) -> dict[str, int]:
    """Build a database file from typed tables.

    Args:
        path: The file to make; what stands there is removed.
        models: Model of each table.
        inputs: Parquet file or frame of each table; the same names as the models'.
        ddl: CREATE TABLE and COMMENT statements of each table.

    Returns:
        Number of rows of each table.

    Raises:
        BuildRefused: The build does not prove itself; the file is removed.
        ValueError: An input is missing or unknown.
    """
    if set(models) != set(inputs):
        raise ValueError(f"tables without input or model: {sorted(set(models) ^ set(inputs))}")
    remove(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with duckdb.connect(str(path)) as connection:
            # One transaction for a thousand statements, or each would be written out for itself.
            with _transaction(connection):
                for name in models:
                    connection.execute(";\n".join(ddl[name]))
                rows = {
                    name: _insert(connection, f'INSERT INTO "{name}" BY NAME', inputs[name])
                    for name in models
                }
                create_figure_views(connection)
                create_matrix_views(connection)
                create_report_views(connection)
            prove(connection, models)
            connection.execute("CHECKPOINT")
    except BuildRefused:
        remove(path)
        raise
    except duckdb.Error as error:
        remove(path)
        raise BuildRefused(str(error)) from error
    return rows


@contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.begin()
    yield
    connection.commit()


def publish(home: Home, built: Path) -> None:
    """Rename a proven build over the published file, which is kept among the previous builds.

    A kill at any point leaves a whole published file: the old one until the rename, which is one
    step for everybody who looks, and the new one after it.

    Args:
        home: The warehouse home.
        built: A closed build on the same file system.

    Raises:
        BuildRefused: A write-ahead log stands beside the build, so it was not closed cleanly.
    """
    for database in (built, home.database):
        log = database.with_name(database.name + ".wal")
        if log.exists():
            if database == built:
                raise BuildRefused(f"{log.name} is left beside the build")
            # Readers never write, so a log beside the published file is a stranger's and would
            # be fatal to the new file.
            log.unlink()
    sync(built)
    previous.keep_published(home)
    built.replace(home.database)
    sync(home.database.parent)


def remove(path: Path) -> None:
    """Remove a build and its write-ahead log."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def create_figure_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create views and macros: histories, known-on, country figures, evidence, claims."""
    connection.execute(_sql("history"))
    for measure in ("stock", "flow"):
        connection.execute(_sql("known_on", measure=measure))
    for name, measure, period, frequency, known in _COUNTRY_VIEWS:
        figures = ", ".join(f"figures.{column}" for column in period.split(", "))
        asked = {"measure": measure, "period": period, "frequency": frequency, "known": known}
        parts = _sql("country_parts", **asked)
        query = _sql("country_figures", **asked, figure_period=figures, parts=parts)
        table = " TABLE" if name.startswith("MACRO") else ""
        connection.execute(f"CREATE {name} AS{table}\n{query}")
        if name in _PARTS:
            connection.execute(f"CREATE {_PARTS[name]} AS{table}\n{parts}")
    for view, comment in _VIEW_COMMENTS.items():
        connection.execute(f"COMMENT ON VIEW {view} IS '{comment}'")
    connection.execute(_sql("cell_evidence"))
    connection.execute(_sql("claim"))


def create_matrix_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``availability_<theme>``, and Tables 8 and 9, in the report's shape."""
    themes = connection.execute("SELECT theme FROM theme ORDER BY position").fetchall()
    for (theme,) in themes:
        columns = connection.execute(
            "SELECT measure, breakdown FROM theme_breakdown WHERE theme = ? "
            "ORDER BY measure DESC, position",
            [theme],
        ).fetchall()
        listed = ",\n    ".join(
            f"max(status) FILTER (measure = '{measure}' AND breakdown = '{breakdown}') "
            f'AS "{measure}_{breakdown}"'
            for measure, breakdown in columns
        )
        connection.execute(_sql("availability_theme", theme=theme, columns=listed))
    connection.execute(_sql("report_tables_policy"))
    connection.execute(_sql("assessment"))


def create_report_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the guard of sums, the mirror of emigration, the report's tables and figures."""
    for name in _REPORT_VIEWS:
        connection.execute(_sql(name))


def prove(connection: duckdb.DuckDBPyConnection, models: Mapping[str, TableModel]) -> None:
    """Prove a build before it is published.

    Args:
        connection: The build.
        models: Model of each table.

    Raises:
        BuildRefused: A key repeats, a value is missing without a status that says why, a release
            or extract of a figure is unknown, two releases of a dataset became known on one day,
            a cell of the matrix is missing, or a view does not answer.
    """
    for model in models.values():
        if not model.enforce_key:
            key = ", ".join(f'"{name}"' for name in model.key)
            _none(
                connection,
                f'SELECT {key} FROM "{model.name}" GROUP BY ALL HAVING count(*) > 1',
                f"{model.name}: key repeats",
            )
    for measure in ("stock", "flow"):
        _none(
            connection,
            f"SELECT * FROM {measure}_history WHERE value IS NULL AND obs_status = 'A'",
            f"{measure}: a missing value has status A",
        )
        _none(
            connection,
            f"SELECT DISTINCT source, dataset, release, extract_id FROM {measure}_history AS fact "
            "WHERE NOT EXISTS (SELECT 1 FROM extract AS e WHERE e.accepted "
            "AND e.extract_id = fact.extract_id AND e.release = fact.release)",
            f"{measure}: a figure's extract or release is unknown",
        )
    _none(
        connection,
        "SELECT source, dataset, known_on_to FROM release GROUP BY ALL HAVING count(*) > 1",
        "release: two releases of a dataset became known on one day",
    )
    _none(
        connection,
        "SELECT c.country, b.theme, b.measure, b.breakdown, y.year FROM theme_breakdown AS b "
        "JOIN country AS c ON c.active "
        "CROSS JOIN (SELECT DISTINCT year FROM availability_matrix) AS y "
        "ANTI JOIN availability_matrix AS m ON m.country = c.country AND m.theme = b.theme "
        "AND m.measure = b.measure AND m.breakdown = b.breakdown AND m.year = y.year",
        "availability_matrix: a cell is missing",
    )
    for (view,) in connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    ).fetchall():
        try:
            connection.execute(f'SELECT * FROM "{view}" LIMIT 0')
        except duckdb.Error as error:
            raise BuildRefused(f"view {view} does not answer: {error}") from error


def _none(connection: duckdb.DuckDBPyConnection, query: str, meaning: str) -> None:
    found = connection.execute(f"SELECT * FROM ({query}) LIMIT 3").fetchall()
    if found:
        raise BuildRefused(f"{meaning}: {found}")


def _insert(connection: duckdb.DuckDBPyConnection, into: str, rows: TableInput) -> int:
    if isinstance(rows, Path):
        connection.execute(f"{into} SELECT * FROM read_parquet(?)", [str(rows)])
        counted = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(rows)])
        return int(counted.fetchall()[0][0])
    connection.register("given_rows", _arrow(rows))
    connection.execute(f"{into} SELECT * FROM given_rows")
    connection.unregister("given_rows")
    return len(rows)


def _arrow(rows: pd.DataFrame | pa.Table) -> pa.Table:
    """Rows for DuckDB, in which missing numbers arrive as NULL and not as NaN."""
    import pyarrow as pa

    return rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows, preserve_index=False)


def _sql(name: str, **values: str) -> str:
    return Template((VIEWS_FOLDER / f"{name}.sql").read_text(encoding="utf-8")).substitute(values)
