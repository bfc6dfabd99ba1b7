"""Connections of our own to DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb


def connect(path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Open a published file for reading, or a database in memory.

    Our questions are many and small. A second thread takes a third more processor time over them
    and saves nothing by the clock (docs/performance.md).

    Args:
        path: A published file; None for a new database in memory.

    Returns:
        A connection that answers on one thread, as does every other one of this process to the
        same file.
    """
    connection = duckdb.connect(str(path), read_only=True) if path else duckdb.connect()
    connection.execute("SET threads = 1")
    return connection
