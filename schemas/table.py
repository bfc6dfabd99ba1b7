"""How a table is described: its fields, its key and its checks, said once for all uses.

The same description makes the pandera schema, DuckDB's DDL and comments, Dagster's column
schema and the data dictionary (see ``schemas.generate``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd
import pyarrow as pa

Kind = Literal["code", "text", "integer", "number", "date", "boolean", "timestamp"]
CodeLists = Mapping[str, frozenset[str]]

PANDAS_DTYPES: dict[Kind, object] = {
    "code": pd.CategoricalDtype(),
    "text": pd.StringDtype(na_value=float("nan")),
    "integer": pd.Int64Dtype(),
    "number": "float64",
    "date": pd.ArrowDtype(pa.date32()),
    "boolean": pd.BooleanDtype(),
    "timestamp": pd.ArrowDtype(pa.timestamp("us")),
}

DUCKDB_TYPES: dict[Kind, str] = {
    "code": "VARCHAR",
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class Field:
    """A column: what it is called, holds and means.

    Attributes:
        name: Column name, the same in every table.
        kind: Kind of value; decides the pandas and DuckDB types.
        description: What the column means, as users read it.
        codes: Name of the code list or reference column that the values come from.
        unit: Unit of measure, where the column has one.
        nullable: Whether a value may be missing.
    """

    name: str
    kind: Kind
    description: str
    codes: str | None = None
    unit: str | None = None
    nullable: bool = False


@dataclass(frozen=True)
class RowCheck:
    """A rule on whole rows.

    Attributes:
        name: Short name, shown in failures.
        expected: What should hold, as users read it.
        holds: Takes the frame, returns a boolean Series, False where the rule is broken.
        column: The column that a failure points to.
    """

    name: str
    expected: str
    holds: Callable[[pd.DataFrame], pd.Series]
    column: str


@dataclass(frozen=True)
class TableModel:
    """A table: name, meaning, fields, key and row checks.

    Attributes:
        name: Table name in DuckDB and in messages.
        description: What one row is.
        fields: The columns, in order.
        key: Columns that together name a row.
        checks: Rules on rows beyond types and code lists.
        enforce_key: Whether DuckDB gets a PRIMARY KEY (small tables only; for facts it costs
            three times the load time and eight times the file, so the build proves it instead).
    """

    name: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    checks: tuple[RowCheck, ...] = field(default=())
    enforce_key: bool = False

    @property
    def columns(self) -> list[str]:
        """The column names, in order."""
        return [one.name for one in self.fields]


def nullable(one: Field) -> Field:
    """The same field, where a value may be missing."""
    return replace(one, nullable=True)


def required(one: Field) -> Field:
    """The same field, where a value must be there."""
    return replace(one, nullable=False)
