"""Rows of a query by column name."""

from __future__ import annotations

from typing import Any

import duckdb

Record = dict[str, Any]


def records(connection: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[Record]:
    """The rows of a query as dictionaries by column name; NULL is None.

    Args:
        connection: The published file.
        query: A SELECT with a ``?`` for each value.
        values: What stands for each ``?``.
    """
    answer = connection.execute(query, list(values))
    names = [one[0] for one in answer.description or []]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def has_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the published file has a table or view of that name."""
    query = "SELECT count(*) FROM information_schema.tables WHERE table_name = ?"
    ((found,),) = connection.execute(query, [name]).fetchall()
    return bool(found)
