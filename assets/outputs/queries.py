"""Rows of a query by column name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

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


def remembering(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection that answers a repeated question from memory.

    It is for writing many pages of one published file, which share most of their questions.

    Args:
        connection: The published file.

    Returns:
        What has ``execute`` for queries, and the answer's ``description`` and ``fetchall``.
    """
    return cast(duckdb.DuckDBPyConnection, _Remembering(connection))


class _Remembering:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._told: dict[str, _Remembered] = {}

    def execute(self, query: str, values: Sequence[object] = ()) -> _Remembered:
        key = f"{query} {values!r}"
        if key not in self._told:
            answer = self._connection.execute(query, list(values))
            self._told[key] = _Remembered(list(answer.description), answer.fetchall())
        return self._told[key]


@dataclass(frozen=True)
class _Remembered:
    description: list[Any]
    rows: list[Any]

    def fetchall(self) -> list[Any]:
        return self.rows
