"""The availability matrix as the pages show it: themes, rows of breakdowns, cells of years."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import duckdb

from assets.outputs.labels import STATUSES, Label, Labels
from assets.outputs.queries import Record, records
from assets.outputs.site.wording import SPLITS, Figure, figure

# A cell names this many figures; the query beside it gives all.
FIGURES_SHOWN = 5
_CELLS = """
SELECT m.theme, m.measure, m.breakdown, m.year, m.status, m.status_national, m.rule, m.reason,
    m.evidence, m.completeness, m.sources, m.public_sources
FROM availability_matrix AS m
JOIN theme AS t USING (theme)
JOIN theme_breakdown AS b USING (theme, measure, breakdown)
WHERE m.country = ?
ORDER BY t.position, m.measure DESC, b.position, m.year
"""
_FIGURES = f"""
SELECT f.theme, '{{measure}}' AS measure, f.breakdown, f.year, f.indicator, f.partner,
    {", ".join(f"f.{one}" for one in SPLITS)}, f.detail, f.unit, f.universe, f.value,
    f.qualifier, f.obs_status, f.derived, f.source, f.dataset, f.release
FROM country_{{measure}} AS f
LEFT JOIN theme_indicator AS i
    ON i.theme = f.theme AND i.measure = '{{measure}}' AND i.indicator = f.indicator
WHERE f.country = ? AND f.year >= (SELECT min(year) FROM availability_matrix)
ORDER BY i.role <> 'primary', f.value DESC NULLS LAST, f.indicator, f.partner, f.sex, f.age,
    f.detail
"""
Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix with what stands behind it.

    Attributes:
        id: Its name in links, e.g. ``immigration-stock-total-2022``.
        year: The year.
        status: Whether anybody may have the figures.
        national: The same, of national producers only.
        rule: The rule that decided.
        reason: The sentence that the rule made, in English.
        evidence: Whether figures were seen, a source was said to hold them, or neither.
        completeness: Known parts over the total, as written in the language.
        sources: Codes of the sources, each with whether it is public.
        figures: The largest figures behind the cell.
        more: How many figures stand behind it that are not named.
    """

    id: str
    year: int
    status: str
    national: str
    rule: str
    reason: str
    evidence: str
    completeness: str | None
    sources: list[tuple[str, bool]]
    figures: list[Figure]
    more: int


@dataclass(frozen=True)
class Row:
    """One measure and breakdown of a theme with a cell a year, oldest first."""

    id: str
    measure: str
    breakdown: str
    name: Label
    cells: list[Cell] = field(default_factory=list)


@dataclass(frozen=True)
class Theme:
    """One theme of the matrix."""

    theme: str
    name: Label
    rows: list[Row] = field(default_factory=list)

    @property
    def years(self) -> list[int]:
        """The years of the matrix, oldest first."""
        return [cell.year for cell in self.rows[0].cells]

    @property
    def measures(self) -> dict[str, list[Row]]:
        """The rows by measure, in the order of the report."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.measure, []).append(row)
        return found

    @property
    def counts(self) -> dict[str, int]:
        """Number of cells by status, every status named."""
        found = Counter(cell.status for row in self.rows for cell in row.cells)
        return {status: found[status] for status in STATUSES}


def themes(connection: duckdb.DuckDBPyConnection, country: str, labels: Labels) -> list[Theme]:
    """The matrix of a country by theme, in the order of the report."""
    behind = _figures(connection, country)
    found: dict[str, Theme] = {}
    rows: dict[tuple[str, str, str], Row] = {}
    for told in records(connection, _CELLS, country):
        theme, measure, breakdown = told["theme"], told["measure"], told["breakdown"]
        kept = found.setdefault(theme, Theme(theme, labels.theme(theme)))
        row = rows.get((theme, measure, breakdown))
        if row is None:
            name = labels.code("breakdown", breakdown)
            row = Row(f"{theme}-{measure}-{breakdown}", measure, breakdown, name)
            rows[theme, measure, breakdown] = row
            kept.rows.append(row)
        figures = behind.get((theme, measure, breakdown, told["year"]), [])
        row.cells.append(_cell(told, row, figures, labels))
    return list(found.values())


def _cell(told: Record, row: Row, figures: list[Record], labels: Labels) -> Cell:
    public = (told["public_sources"] or "").split(";")
    share = told["completeness"]
    return Cell(
        id=f"{row.id}-{told['year']}",
        year=told["year"],
        status=told["status"],
        national=told["status_national"],
        rule=told["rule"],
        reason=told["reason"],
        evidence=told["evidence"],
        completeness=None if share is None else f"{labels.number(round(100 * share, 1))}\u00a0%",
        sources=[(one, one in public) for one in (told["sources"] or "").split(";") if one],
        figures=[figure(one, labels) for one in figures[:FIGURES_SHOWN]],
        more=max(0, len(figures) - FIGURES_SHOWN),
    )


def _figures(connection: duckdb.DuckDBPyConnection, country: str) -> dict[Key, list[Record]]:
    """The figures behind each cell, largest first."""
    found: dict[Key, list[Record]] = {}
    for measure in ("stock", "flow"):
        for row in records(connection, _FIGURES.format(measure=measure), country):
            key = (row["theme"], row["measure"], row["breakdown"], row["year"])
            found.setdefault(key, []).append(row)
    return found
