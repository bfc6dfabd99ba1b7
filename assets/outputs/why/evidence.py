"""Gather what stands behind a figure or a cell: its parts, files, checks, releases, its way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import duckdb

from assets.outputs.queries import Record, records
from assets.outputs.why.checks import checks_of, claims_of, issues_of
from assets.outputs.why.finding import (
    Candidate,
    figures_of_country,
    parts_of_country,
)
from assets.outputs.why.way import way_of
from schemas.facts import FLOW, STOCK

Relation = Callable[[str, "date | None"], str]
_TIME = {"stock": ("reference_date",), "flow": ("period_start", "period_end")}
_SAME_FIGURE = (
    "country", "theme", "indicator", "dimension", "partner", "sex", "age", "education",
    "employment", "reason", "detail", "year", "unit", "universe", "source", "producer", "dataset",
)  # fmt: skip
_KEYS = {
    model.name: tuple(name for name in model.key if name != "release") for model in (STOCK, FLOW)
}
_CELL = ("country", "theme", "measure", "breakdown", "year")
_LABELS = frozenset(f"_{language}" for language in ("en", "ru", "ky"))


@dataclass(frozen=True)
class Answer:
    """Where a number comes from; every part is a row of the published tables.

    Attributes:
        where: ``country``, ``published``, ``cell``, ``profile`` or ``event``.
        figure: The figure, or the cell with its status, rule and reason.
        names: What its codes are called in English.
        parts: The published figures that it is made of, each with ``extract_id`` and
            ``source_ref``; the figure itself where it is published as it is.
        files: Rows of ``extract`` of the parts' files.
        definitions: Rows of ``definition`` of the parts.
        producers: Rows of ``source`` of the parts' producers and sources.
        releases: Rows of ``release`` of the parts.
        other_releases: The same figure in other releases: release, known_on, value, obs_status,
            standing (``superseded`` by this figure's release, or ``superseding`` it).
        checks: What was checked and held: where, what.
        issues: Rows of ``quality_issue`` at the places of the parts.
        claims: Numbers of the report that its query gives: claim_id, statement, printed_value,
            status.
        cells: Cells of the map that the figure speaks to, with status, rule and reason.
        evidence: For a cell, rows of ``cell_evidence``: what each dataset's figures say for it.
        declared: For a cell, rows of ``coverage``: what is known to exist without being held.
        way: Assets on the way, from the publisher on: asset, column, what.
    """

    where: str
    figure: Record
    names: Record
    parts: list[Record]
    files: list[Record] = field(default_factory=list)
    definitions: list[Record] = field(default_factory=list)
    producers: list[Record] = field(default_factory=list)
    releases: list[Record] = field(default_factory=list)
    other_releases: list[Record] = field(default_factory=list)
    checks: list[Record] = field(default_factory=list)
    issues: list[Record] = field(default_factory=list)
    claims: list[Record] = field(default_factory=list)
    cells: list[Record] = field(default_factory=list)
    evidence: list[Record] = field(default_factory=list)
    declared: list[Record] = field(default_factory=list)
    way: list[Record] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain values, for JSON (days by ``str``)."""
        return asdict(self)


@dataclass(frozen=True)
class Views:
    """Where figures and parts of countries are asked for: the views, or copies of them.

    Attributes:
        figures: SQL name of the figures of a measure as of a day, None for now.
        parts: SQL name of the published figures behind them, with the key of each figure.
        facts: SQL name of all that is known of a published figure.
    """

    figures: Relation = figures_of_country
    parts: Relation = parts_of_country
    facts: Callable[[str], str] = "{}_history".format


def answer(
    connection: duckdb.DuckDBPyConnection, found: Candidate, views: Views | None = None
) -> Answer:
    """Everything behind one candidate.

    Args:
        connection: The published file.
        found: What ``finding.find`` gave.
        views: Where figures of countries are asked for; the views of the file if not given.
    """
    views = views or Views()
    row = found.row
    figure = {name: value for name, value in row.items() if not _is_label(name)}
    names = {name: row[name] for name in row if name.endswith("_en")}
    evidence: list[Record] = []
    declared: list[Record] = []
    if found.where == "country":
        figure["themes"] = list(found.themes)
        parts = _parts(connection, row, found.day, views)
        others = _other_releases_of_country(connection, row, views)
        cells = _cells(connection, row, found.themes)
    elif found.where == "cell":
        parts = _parts_of_cell(connection, row, views)
        evidence, declared = _evidence(connection, row), _declared(connection, row)
        others, cells = [], []
    else:
        parts, cells = [row], []
        others = _other_releases(connection, row) if found.where == "published" else []
    provenance = {
        "files": _matching(connection, "extract", "extract_id", parts),
        "definitions": _matching(connection, "definition", "definition", parts),
        "producers": _matching(connection, "source", "source", parts, ("producer", "source")),
        "releases": _releases(connection, parts),
    }
    return Answer(
        found.where, figure, names, parts, **provenance,
        other_releases=others,
        checks=checks_of(connection, found.where, parts),
        issues=issues_of(connection, parts),
        claims=claims_of(connection, row) if found.where in ("country", "published") else [],
        cells=cells,
        evidence=evidence,
        declared=declared,
        way=way_of(connection, found, parts, cells),
    )  # fmt: skip


def _is_label(name: str) -> bool:
    return name[-3:] in _LABELS


def _same(names: Sequence[str], prefix: str = "") -> str:
    return " AND ".join(f'{prefix}"{name}" IS NOT DISTINCT FROM ?' for name in names)


def _parts(
    connection: duckdb.DuckDBPyConnection, row: Record, day: date | None, views: Views
) -> list[Record]:
    measure = row["measure"]
    key = (*_SAME_FIGURE, "release", "additive_set", *_TIME[measure])
    query = f"""
        SELECT '{measure}' AS measure, fact.*
        FROM {views.parts(measure, day)} AS part
        JOIN {views.facts(measure)} AS fact USING (extract_id, source_ref)
        WHERE {_same(key, "part.")}
        ORDER BY fact.value DESC NULLS LAST, fact.origin, fact.destination, fact.source_ref
    """
    return records(connection, query, *[row[name] for name in key])


def _parts_of_cell(
    connection: duckdb.DuckDBPyConnection, row: Record, views: Views
) -> list[Record]:
    measure = row["measure"]
    query = f"""
        SELECT DISTINCT '{measure}' AS measure, fact.*
        FROM {views.parts(measure, None)} AS part
        JOIN theme_breakdown AS tb
            ON tb.theme = part.theme AND tb.measure = '{measure}' AND tb.dimension = part.dimension
        JOIN {measure}_history AS fact USING (extract_id, source_ref)
        WHERE part.country = ? AND part.theme = ? AND tb.breakdown = ? AND part.year = ?
        ORDER BY fact.indicator, fact.value DESC NULLS LAST, fact.origin, fact.destination,
            fact.source_ref
    """
    asked = [row["country"], row["theme"], row["breakdown"], row["year"]]
    return records(connection, query, *asked)


def _evidence(connection: duckdb.DuckDBPyConnection, row: Record) -> list[Record]:
    query = """
        SELECT indicator, unit, source, producer, dataset, release, interim, observations, known,
            total, completeness
        FROM cell_evidence
        WHERE country = ? AND theme = ? AND measure = ? AND breakdown = ? AND year = ?
        ORDER BY ALL
    """
    return records(connection, query, *[row[name] for name in _CELL])


def _declared(connection: duckdb.DuckDBPyConnection, row: Record) -> list[Record]:
    query = """
        SELECT source, access, holds, year_from, year_to, link, date_seen, seen_by, note
        FROM coverage
        WHERE country = ? AND theme = ? AND measure = ? AND breakdown = ?
            AND ? BETWEEN year_from AND year_to
        ORDER BY ALL
    """
    return records(connection, query, *[row[name] for name in _CELL])


def _matching(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    parts: Sequence[Record],
    columns: Sequence[str] = (),
) -> list[Record]:
    named = [part.get(name) for part in parts for name in columns or (key,)]
    wanted = sorted({str(one) for one in named if one is not None})
    query = f"SELECT * FROM {table} WHERE list_contains(?, {key}) ORDER BY {key}"
    return records(connection, query, wanted) if wanted else []


def _releases(connection: duckdb.DuckDBPyConnection, parts: Sequence[Record]) -> list[Record]:
    held = sorted({(part["source"], part["dataset"], part["release"]) for part in parts})
    query = "SELECT * FROM release WHERE source = ? AND dataset = ? AND release = ?"
    return [row for one in held for row in records(connection, query, *one)]


def _cells(
    connection: duckdb.DuckDBPyConnection, row: Record, themes: Sequence[str]
) -> list[Record]:
    query = """
        SELECT theme, measure, breakdown, year, status, status_national, rule, reason
        FROM availability_matrix
        WHERE country = ? AND measure = ? AND breakdown = ? AND year = ?
            AND list_contains(?, theme)
        ORDER BY theme
    """
    asked = [row["country"], row["measure"], row["breakdown"], row["year"], list(themes)]
    return records(connection, query, *asked)


_RELEASES = """
SELECT DISTINCT r.release, r.known_on_to
FROM release AS r
JOIN extract AS e
    ON e.accepted AND e.source = r.source AND e.dataset = r.dataset AND e.release = r.release
WHERE r.source = ? AND r.dataset = ?
ORDER BY r.known_on_to
"""


def releases_of(
    connection: duckdb.DuckDBPyConnection, source: str, dataset: str
) -> dict[str, date]:
    """The releases of a dataset that are held, each with the day by which it was known."""
    return dict(connection.execute(_RELEASES, [source, dataset]).fetchall())


def _other_releases_of_country(
    connection: duckdb.DuckDBPyConnection, row: Record, views: Views
) -> list[Record]:
    """The figure as each release made it known; the same release twice counts once."""
    days = releases_of(connection, row["source"], row["dataset"])
    if len(days) < 2:
        return []
    key = (*_SAME_FIGURE, *_TIME[row["measure"]])
    found: dict[str, Record] = {}
    for day in days.values():
        query = f"""
            SELECT release, value, obs_status
            FROM {views.figures(row["measure"], day)} WHERE {_same(key)}
        """
        for one in records(connection, query, *[row[name] for name in key]):
            found.setdefault(one["release"], one | {"known_on": days.get(one["release"])})
    return _with_standing(list(found.values()), row["release"], days.get(row["release"]))


def _other_releases(connection: duckdb.DuckDBPyConnection, row: Record) -> list[Record]:
    measure = row["measure"]
    key = _KEYS[measure]
    query = f"""
        SELECT fact.release, fact.value, fact.obs_status, r.known_on_to AS known_on
        FROM {measure}_history AS fact
        JOIN release AS r USING (source, dataset, release)
        WHERE {_same(key, "fact.")}
        ORDER BY r.known_on_to
    """
    found = records(connection, query, *[row[name] for name in key])
    own = [one["known_on"] for one in found if one["release"] == row["release"]]
    return _with_standing(found, row["release"], own[0] if own else None)


def _with_standing(found: list[Record], release: str, known_on: date | None) -> list[Record]:
    return [
        one
        | {
            "standing": "superseding"
            if known_on and one["known_on"] and one["known_on"] > known_on
            else "superseded"
        }
        for one in found
        if one["release"] != release
    ]
