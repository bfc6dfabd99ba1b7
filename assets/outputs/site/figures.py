"""The report's fifteen figures: their numbers, what is said of them, and their pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from assets.outputs.charts import draw as charts
from assets.outputs.charts import figures as drawn
from assets.outputs.labels import FALLBACK, Label, Labels
from assets.outputs.queries import Record, records

_TOLD_ONCE = ("note", "source_note")
# Columns whose values are codes, with their list.
_CODES = {"unit": "unit", "qualifier": "qualifier", "obs_status": "obs_status",
          "universe": "universe"}  # fmt: skip
_DASH = "–"


@dataclass(frozen=True)
class Column:
    """A column of a figure's table."""

    label: Label
    numeric: bool


@dataclass(frozen=True)
class ReportFigure:
    """One figure of the report.

    Attributes:
        number: Its number in the report.
        title: What it shows.
        columns: The columns of its table.
        rows: The cells of its table.
        notes: What must be said of it, in English.
        sources: Whose the numbers are, in English.
        picture: Its picture, as a link from the page.
    """

    number: int
    title: Label
    columns: list[Column]
    rows: list[list[Label]]
    notes: list[str]
    sources: list[str]
    picture: str


def report_figure(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    labels: Labels,
    folder: Path,
) -> ReportFigure:
    """A figure of the report as a table and a picture.

    Args:
        connection: The published file.
        number: 1 to 15.
        labels: Names and texts of the language.
        folder: Where its picture is written; beside the page.
    """
    rows = records(connection, f"FROM report_figure_{number}")
    picture = folder / f"figure-{number}.svg"
    folder.mkdir(exist_ok=True)
    picture.write_text(charts.svg(connection, number, labels.language), encoding="utf-8")
    names = [name for name in rows[0] if name not in _TOLD_ONCE and not _empty(name, rows)]
    return ReportFigure(
        number=number,
        title=Label(charts.title(number, labels.language), labels.language),
        columns=[Column(labels.text(f"site.column.{one}"), _numeric(one, rows)) for one in names],
        rows=[[_cell(name, row, labels) for name in names] for row in rows],
        notes=drawn.remarks(connection, number),
        sources=drawn.sources(connection, number),
        picture=f"{folder.name}/{picture.name}",
    )


def _empty(name: str, rows: list[Record]) -> bool:
    """Whether a column that only qualifies the others has nothing to say."""
    return name in (*_CODES, "base", "note") and all(row[name] is None for row in rows)


def _numeric(name: str, rows: list[Record]) -> bool:
    return name != "year" and any(isinstance(row[name], float) for row in rows)


def _cell(name: str, row: Record, labels: Labels) -> Label:
    value = row[name]
    if value is None:
        return Label(_DASH, labels.language)
    if name in _CODES:
        return labels.code(_CODES[name], value)
    if isinstance(value, float):
        return Label(labels.number(value), labels.language)
    if isinstance(value, int | date):
        return Label(str(value), labels.language)
    if name in ("location", "country_of_destination"):
        known = row.get("area") or row.get("destination")
        label = labels.area(known) if known else None
        return label if label and label.text != known else Label(value, FALLBACK)
    if name == "label" and "sex" in row:
        return labels.code("sex", row["sex"])
    return Label(str(value).replace("_", " "), FALLBACK)
