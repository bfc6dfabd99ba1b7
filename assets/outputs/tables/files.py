"""Published tables and the views of countries as CSV or Parquet files.

CSV is made for spreadsheets: UTF-8 with a byte order mark, and text that a spreadsheet would take
for a formula gets an apostrophe before it. Parquet, and the CSV of the data package, hold values
as they are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from assets.outputs.workbook.page import FORMULA_STARTS
from warehouse.files import replacing_folder

Format = Literal["csv", "parquet"]
VIEWS = ("country_stock", "country_flow")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TEXT = "VARCHAR"


class UnknownTable(ValueError):
    """A table that is not published."""


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        folder: The folder.
        rows: Rows by table.
    """

    folder: Path
    rows: dict[str, int]


def table_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the published tables, then of the views of countries."""
    query = """
        SELECT table_name FROM duckdb_tables()
        WHERE NOT internal AND database_name = current_database() ORDER BY table_name
    """
    tables = [name for (name,) in connection.execute(query).fetchall() if name not in VIEWS]
    return [*tables, *VIEWS]


def chosen(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[str]:
    """The names that are asked for, all where none is.

    Raises:
        UnknownTable: One of them is not published.
    """
    known = table_names(connection)
    for name in names:
        if name not in known:
            raise UnknownTable(f"no table {name}; published are {', '.join(known)}")
    return list(dict.fromkeys(names)) or known


def export_tables(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    form: Format,
    names: Sequence[str] = (),
) -> Exported:
    """Write a file a table.

    Args:
        connection: The published file.
        target: The folder; an earlier export of this format there is replaced when the new one
            is complete.
        form: ``csv``, for spreadsheets, or ``parquet``.
        names: Tables, all where none is named.

    Raises:
        UnknownTable: A table is not published.
        warehouse.files.NotOurs: The folder holds something else.
    """
    tables = chosen(connection, names)
    rows = {}
    with replacing_folder(target, marker_of(form)) as folder:
        for name in tables:
            path = folder / f"{name}.{form}"
            if form == "csv":
                write_spreadsheet_csv(connection, name, path)
            else:
                _copy(connection, f'SELECT * FROM "{name}" ORDER BY ALL', path, "parquet")
            rows[name] = count(connection, name)
        write_marker(connection, folder / marker_of(form), rows)
    return Exported(target, rows)


def marker_of(form: str) -> str:
    """Name of the file by which an export of a format is known."""
    return f"migmap-{form}.json"


def write_marker(connection: duckdb.DuckDBPyConnection, path: Path, rows: dict[str, int]) -> None:
    """Say in the folder which build it was made of."""
    ((build,),) = connection.execute("SELECT build_id FROM build").fetchall()
    told = json.dumps({"build_id": build, "rows": rows}, indent=1)
    path.write_text(told + "\n", encoding="utf-8")


def count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """Rows of a table or view."""
    ((rows,),) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()
    return int(rows)


def write_csv(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """Write a table as UTF-8 CSV with values as they are, rows in order."""
    _copy(connection, f'SELECT * FROM "{name}" ORDER BY ALL', path, "csv")


def write_spreadsheet_csv(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    """Write a table as CSV that opens clean in a spreadsheet."""
    described = connection.execute(f'DESCRIBE SELECT * FROM "{name}"').fetchall()
    columns = ", ".join(_safe(column, kind) for column, kind, *_ in described)
    bare = path.with_suffix(".bare")
    _copy(connection, f'SELECT {columns} FROM (SELECT * FROM "{name}" ORDER BY ALL)', bare, "csv")
    with bare.open("rb") as source, path.open("wb") as file:
        file.write(BYTE_ORDER_MARK)
        shutil.copyfileobj(source, file)
    bare.unlink()


def _safe(column: str, kind: str) -> str:
    if kind != _TEXT:
        return f'"{column}"'
    starts = ", ".join(f"chr({ord(sign)})" for sign in FORMULA_STARTS)
    return (
        f"CASE WHEN left(\"{column}\", 1) IN ({starts}) THEN '''' || \"{column}\" "
        f'ELSE "{column}" END AS "{column}"'
    )


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, form: Format) -> None:
    options = {
        "csv": "FORMAT csv, HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%S'",
        "parquet": "FORMAT parquet, COMPRESSION zstd",
    }[form]
    quoted = str(path).replace("'", "''")
    connection.execute(f"COPY ({query}) TO '{quoted}' ({options})")
