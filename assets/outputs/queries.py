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
