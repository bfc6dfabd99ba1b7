"""What each of the report's fifteen figures draws: its rows, out of the views of the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import duckdb
import pandas as pd

from assets.outputs.queries import records

Shape = Literal["columns", "bars", "lines"]
NUMBERS = range(1, 16)
_LARGEST = 8


@dataclass(frozen=True)
class Figure:
    """How a figure is drawn.

    Attributes:
        shape: Columns over years, bars over places, or lines over years.
        unit: Key of the text that says what is counted.
        query: SELECT of place, area, series, value, qualifier and partial; ``area`` is a code
            whose label replaces ``place``, ``series`` a key of the texts or an area.
    """

    shape: Shape
    unit: str
    query: str


def _by_year(number: int, value: str = "value", qualifier: str = "NULL") -> str:
    return (
        f"SELECT CAST(year AS VARCHAR) AS place, NULL AS area, NULL AS series, {value} AS value, "
        f"{qualifier} AS qualifier, FALSE AS partial FROM report_figure_{number}"
    )


def _two(number: int, first: str, second: str, names: tuple[str, str]) -> str:
    """Two columns of a view as two series over the years."""
    return " UNION ALL ".join(
        f"SELECT CAST(year AS VARCHAR) AS place, NULL AS area, '{name}' AS series, "
        f"{column} AS value, NULL AS qualifier, FALSE AS partial FROM report_figure_{number}"
        for column, name in zip((first, second), names, strict=True)
    )


FIGURES: dict[int, Figure] = {
    1: Figure("columns", "persons", _by_year(1, qualifier="qualifier")),
    2: Figure(
        "bars",
        "percent",
        "SELECT country_of_destination AS place, destination AS area, NULL AS series, "
        "share AS value, NULL AS qualifier, FALSE AS partial FROM report_figure_2 "
        "WHERE destination <> 'WLD'",
    ),
    3: Figure("columns", "persons", _by_year(3, qualifier="qualifier")),
    4: Figure("columns", "persons", _by_year(4, qualifier="qualifier")),
    5: Figure(
        "bars",
        "cases",
        "SELECT location AS place, area, NULL AS series, value, NULL AS qualifier, "
        "FALSE AS partial FROM report_figure_5",
    ),
    6: Figure("columns", "cases", _two(6, "value", "victims", ("cases", "victims"))),
    7: Figure("columns", "persons", _by_year(7)),
    8: Figure(
        "lines",
        "largest",
        "SELECT CAST(year AS VARCHAR) AS place, NULL AS area, destination AS series, value, "
        "NULL AS qualifier, FALSE AS partial FROM report_figure_8 WHERE destination IN ("
        "SELECT destination FROM report_figure_8 WHERE year = (SELECT max(year) FROM "
        f"report_figure_8) ORDER BY value DESC, destination LIMIT {_LARGEST})",
    ),
    9: Figure("columns", "persons", _two(9, "value", "printed", ("value", "printed"))),
    10: Figure(
        "columns",
        "displacements",
        "SELECT CAST(year AS VARCHAR) AS place, NULL AS area, cause AS series, value, "
        "NULL AS qualifier, FALSE AS partial FROM report_figure_10",
    ),
    11: Figure(
        "bars",
        "percent",
        "SELECT label AS place, sex AS area, NULL AS series, share AS value, NULL AS qualifier, "
        "FALSE AS partial FROM report_figure_11",
    ),
    12: Figure(
        "bars",
        "persons",
        "SELECT location AS place, area, NULL AS series, arrivals AS value, NULL AS qualifier, "
        "FALSE AS partial FROM report_figure_12",
    ),
    13: Figure("columns", "persons", _by_year(13)),
    14: Figure(
        "columns",
        "million_usd",
        "SELECT CAST(year AS VARCHAR) AS place, NULL AS area, direction AS series, "
        "million_usd AS value, qualifier, "
        "coalesce(period_end - period_start < 364, FALSE) AS partial FROM report_figure_14",
    ),
    15: Figure(
        "columns", "thousand_usd", _two(15, "thousand_usd", "printed", ("value", "printed"))
    ),
}


def rows(connection: duckdb.DuckDBPyConnection, number: int) -> pd.DataFrame:
    """The rows that a figure draws.

    Args:
        connection: The published warehouse.
        number: Number of the figure in the report, 1 to 15.

    Returns:
        Columns place (text), area (code or missing), series (key of the texts, area code or
        missing), value
        (missing where nothing was published), qualifier, partial (of a part of a year).

    Raises:
        KeyError: There is no such figure.
    """
    columns = ["place", "area", "series", "value", "qualifier", "partial"]
    frame = pd.DataFrame(records(connection, FIGURES[number].query), columns=columns)
    return frame.astype({"value": "float64", "partial": "bool"})


def sources(connection: duckdb.DuckDBPyConnection, number: int) -> list[str]:
    """Where the numbers of a figure are from, each source once, in order of appearance."""
    found = connection.execute(f"SELECT source_note FROM report_figure_{number}").fetchall()
    named = [part for one in found for part in str(one[0]).split("; ")]
    return [part for part in dict.fromkeys(named) if part != "none"]


def remarks(connection: duckdb.DuckDBPyConnection, number: int) -> list[str]:
    """What must be said beside a figure, in English, each remark once."""
    found = connection.execute(
        f"SELECT DISTINCT note FROM report_figure_{number} WHERE note IS NOT NULL ORDER BY note"
    ).fetchall()
    return [str(one[0]) for one in found]
