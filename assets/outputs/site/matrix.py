"""The availability matrix as the pages show it: themes, rows of breakdowns, cells of years."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from assets.outputs.labels import Label, Labels

_CELLS = """
SELECT m.theme, m.measure, m.breakdown, m.year, m.status
FROM availability_matrix AS m
JOIN theme AS t USING (theme)
JOIN theme_breakdown AS b USING (theme, measure, breakdown)
ORDER BY t.position, m.measure DESC, b.position, m.year DESC
"""


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: a year and its status."""

    year: int
    status: str


@dataclass(frozen=True)
class Row:
    """One measure and breakdown of a theme with a cell a year, newest first."""

    measure: str
    name: Label
    cells: list[Cell]


@dataclass(frozen=True)
class Theme:
    """One theme of the matrix."""

    theme: str
    name: Label
    years: list[int]
    rows: list[Row]


def themes(connection: duckdb.DuckDBPyConnection, labels: Labels) -> list[Theme]:
    """The matrix by theme, in the order of the report."""
    found: dict[str, dict[tuple[str, str], list[Cell]]] = {}
    for theme, measure, breakdown, year, status in connection.execute(_CELLS).fetchall():
        rows = found.setdefault(theme, {})
        rows.setdefault((measure, breakdown), []).append(Cell(year, status))
    return [
        Theme(
            theme,
            labels.theme(theme),
            [cell.year for cell in next(iter(rows.values()))],
            [
                Row(measure, labels.code("breakdown", breakdown), cells)
                for (measure, breakdown), cells in rows.items()
            ],
        )
        for theme, rows in found.items()
    ]
