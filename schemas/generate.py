"""What follows from the table models: DDL, comments, Dagster's column schema, the dictionary.

Run ``python -m schemas.generate docs/data-dictionary.md`` to write the data dictionary.
"""

from __future__ import annotations

import sys
from pathlib import Path

import dagster as dg

from schemas import assessment, facts, gaps, reference, report, revisions
from schemas.table import DUCKDB_TYPES, Field, TableModel

PUBLISHED_TABLES: tuple[TableModel, ...] = (
    facts.STOCK,
    facts.FLOW,
    facts.STOCK_SUPERSEDED,
    facts.FLOW_SUPERSEDED,
    facts.PROFILE,
    facts.DISPLACEMENT_EVENT,
    facts.QUALITY_ISSUE,
    revisions.REVISION,
    assessment.AVAILABILITY_MATRIX,
    assessment.SOURCES_BY_YEAR,
    report.REPORT_CHECK,
    *gaps.GAP_TABLES,
    *reference.REFERENCE_TABLES,
    assessment.EXTRACT,
    assessment.COLUMN_LINEAGE,
    assessment.BUILD,
)


def create_table_sql(model: TableModel) -> str:
    """The CREATE TABLE statement of a model.

    Args:
        model: The table's model.

    Returns:
        One statement; NOT NULL where a value is required, PRIMARY KEY where the model enforces it.
    """
    lines = [
        f'  "{one.name}" {DUCKDB_TYPES[one.kind]}{"" if one.nullable else " NOT NULL"}'
        for one in model.fields
    ]
    if model.enforce_key:
        lines.append(f"  PRIMARY KEY ({', '.join(_quoted(name) for name in model.key)})")
    return f'CREATE TABLE "{model.name}" (\n' + ",\n".join(lines) + "\n)"


def comment_sql(model: TableModel) -> list[str]:
    """The COMMENT statements of a model: one for the table, one a column."""
    statements = [f'COMMENT ON TABLE "{model.name}" IS {_literal(model.description)}']
    statements += [
        f'COMMENT ON COLUMN "{model.name}"."{one.name}" IS {_literal(_meaning(one))}'
        for one in model.fields
    ]
    return statements


def table_schema(model: TableModel) -> dg.TableSchema:
    """Dagster's column schema of a model, with descriptions and constraints."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                one.name,
                type=DUCKDB_TYPES[one.kind],
                description=_meaning(one),
                constraints=dg.TableColumnConstraints(nullable=one.nullable),
            )
            for one in model.fields
        ],
        constraints=dg.TableConstraints(other=[f"key: {', '.join(model.key)}"]),
    )


def data_dictionary(models: tuple[TableModel, ...] = PUBLISHED_TABLES) -> str:
    """The data dictionary of the warehouse's tables, in Markdown."""
    parts = [
        "# Data dictionary\n",
        "Made from the table models by `make data-dictionary`; a test compares. Types are "
        "DuckDB's. Views and macros are described at the top of their files in "
        "`warehouse/views/`.\n",
    ]
    for model in models:
        parts.append(f"## {model.name}\n\n{model.description}. Key: {', '.join(model.key)}.\n")
        rows = ["| column | type | empty | meaning |", "|---|---|---|---|"]
        rows += [
            f"| {one.name} | {DUCKDB_TYPES[one.kind]} | {'yes' if one.nullable else 'no'} "
            f"| {_meaning(one).replace('|', '/')} |"
            for one in model.fields
        ]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def _meaning(one: Field) -> str:
    extra = []
    if one.unit:
        extra.append(f"unit: {one.unit}")
    if one.codes:
        extra.append(f"codes: {one.codes}")
    return f"{one.description} ({'; '.join(extra)})" if extra else one.description


def _quoted(name: str) -> str:
    return f'"{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(data_dictionary(), encoding="utf-8")
