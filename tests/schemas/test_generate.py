"""What follows from the models: DDL, comments, Dagster's schema and the data dictionary."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from schemas.facts import STOCK
from schemas.generate import (
    PUBLISHED_TABLES,
    comment_sql,
    create_table_sql,
    data_dictionary,
    table_schema,
)
from schemas.table import DUCKDB_TYPES, Field, TableModel

ROOT = Path(__file__).resolve().parents[2]
QUOTED = TableModel(
    "odd", "What the ministry's order says", (Field("year", "integer", "It's | so"),), ("year",)
)


@pytest.fixture
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for model in (*PUBLISHED_TABLES, QUOTED):
        for statement in (create_table_sql(model), *comment_sql(model)):
            connection.execute(statement)
    return connection


def test_every_column_arrives_with_type_and_comment(database: duckdb.DuckDBPyConnection) -> None:
    found = {
        (table, column): (kind, nullable, comment)
        for table, column, kind, nullable, comment in database.execute(
            "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
            "WHERE NOT internal"
        ).fetchall()
    }
    models = (*PUBLISHED_TABLES, QUOTED)
    assert set(found) == {(model.name, name) for model in models for name in model.columns}
    for model in models:
        for one in model.fields:
            kind, nullable, comment = found[model.name, one.name]
            in_key = model.enforce_key and one.name in model.key
            assert kind == DUCKDB_TYPES[one.kind]
            assert nullable == (one.nullable and not in_key)
            assert comment.startswith(one.description)


def test_every_table_arrives_with_comment_and_key(database: duckdb.DuckDBPyConnection) -> None:
    comments = dict(database.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
    assert comments == {model.name: model.description for model in (*PUBLISHED_TABLES, QUOTED)}
    keys = {
        table: tuple(columns)
        for table, columns in database.execute(
            "SELECT table_name, constraint_column_names FROM duckdb_constraints() "
            "WHERE constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    }
    assert keys == {model.name: model.key for model in PUBLISHED_TABLES if model.enforce_key}


def test_a_unit_and_a_code_list_stand_in_the_comment() -> None:
    model = TableModel("t", "T", (Field("n", "number", "N", "list", unit="usd"),), ("n",))
    assert comment_sql(model)[1] == """COMMENT ON COLUMN "t"."n" IS 'N (unit: usd; codes: list)'"""


def test_dagster_gets_the_same_columns() -> None:
    columns = table_schema(STOCK).columns
    assert [one.name for one in columns] == STOCK.columns
    by_name = {one.name: one for one in columns}
    assert by_name["value"].constraints.nullable
    assert not by_name["origin"].constraints.nullable
    assert by_name["reference_date"].type == "DATE"


def test_the_data_dictionary_is_that_of_the_models() -> None:
    written = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == data_dictionary(), "run: make data-dictionary"


def test_the_data_dictionary_is_written_by_its_command(tmp_path: Path) -> None:
    path = tmp_path / "dictionary.md"
    subprocess.run([sys.executable, "-m", "schemas.generate", str(path)], cwd=ROOT, check=True)
    assert path.read_text(encoding="utf-8") == data_dictionary()


def test_a_bar_in_a_description_does_not_break_the_table() -> None:
    line = next(one for one in data_dictionary((QUOTED,)).splitlines() if one.startswith("| year"))
    assert line == "| year | BIGINT | no | It's / so |"
