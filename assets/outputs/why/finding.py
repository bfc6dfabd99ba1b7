"""Find the figure, cell or event that a question names.

Figures are looked for in the views of countries first, which hold totals of the preferred dataset
and sum what a publisher leaves to be summed; then among the figures as published, current ones
before superseded. What the question leaves open is narrowed to totals, as long as one is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb

from assets.outputs.queries import Record, records
from assets.outputs.why.question import COUNTRY_ONLY, PUBLISHED_ONLY, TABLE_OF_KIND, Question

Where = Literal["country", "published", "cell", "profile", "event"]
MEASURES = ("stock", "flow")
# Tried in this order for names that the question leaves open; kept where something is left.
_TOTALS: tuple[tuple[str, object], ...] = (
    ("breakdown", "total"), ("sex", "_T"), ("age", "_T"), ("education", "_T"),
    ("employment", "_T"), ("reason", "_T"), ("detail", "_T"), ("universe", "_T"),
    ("unit", "persons"),
)  # fmt: skip
_COUNTRY_DEFAULTS = (*_TOTALS, ("partner", "WLD"))
_PUBLISHED_DEFAULTS = (
    ("current", True), *_TOTALS, ("origin", "WLD"), ("destination", "WLD"), ("freq", "A"),
)  # fmt: skip
# The country's side and the partner's, back to origin and destination.
_COUNTRY = """
SELECT
    '{measure}' AS measure,
    CASE ti.side WHEN 'destination' THEN f.partner ELSE f.country END AS origin,
    CASE ti.side WHEN 'origin' THEN f.partner ELSE f.country END AS destination,
    f.*
FROM {relation} AS f
JOIN theme_indicator AS ti
    ON ti.theme = f.theme AND ti.indicator = f.indicator AND ti.measure = '{measure}'
"""
_PUBLISHED = """
SELECT '{measure}' AS measure, TRUE AS current, * FROM {measure}
UNION ALL BY NAME
SELECT '{measure}' AS measure, FALSE AS current, * FROM {measure}_superseded
"""
_ANY_THEME = (
    "measure", "country", "origin", "destination", "indicator", "dimension", "partner", "sex",
    "age", "education", "employment", "reason", "detail", "year", "unit", "universe", "source",
    "dataset", "release", "value", "reference_date", "period_start", "period_end",
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """Something that a question may mean.

    Attributes:
        where: ``country`` for a row of the views of countries, ``published`` for one of stock or
            flow or what they superseded, ``cell``, ``profile`` or ``event``.
        row: Its columns.
        day: The day as of whose knowledge it was found, None for now.
        themes: The themes that have the same figure; of rows of the views of countries.
    """

    where: Where
    row: Record
    day: date | None = None
    themes: tuple[str, ...] = ()


def find(connection: duckdb.DuckDBPyConnection, question: Question) -> list[Candidate]:
    """What a question may mean.

    Args:
        connection: The published file.
        question: The question.

    Returns:
        One candidate when the question is clear, several when it is not, none when nothing has
        all that it names.
    """
    if question.kind != "figure":
        return _in_table(connection, question)
    found: list[Candidate] = []
    if not set(question.given) & set(PUBLISHED_ONLY):
        found = _of_country(connection, question.given, question.known_on)
        release = question.given.get("release")
        if not found and release and question.known_on is None:
            for day in _days_of(connection, release):
                found = found or _of_country(connection, question.given, day)
    if not found and not set(question.given) & set(COUNTRY_ONLY) and question.known_on is None:
        found = _of_publishers(connection, question.given)
    return found


def nearest(connection: duckdb.DuckDBPyConnection, question: Question) -> dict[str, list[str]]:
    """For a question that nothing answers: what each name could be, were all others kept.

    Returns:
        Values in order by name, for names whose value stands in the way.
    """
    told = {}
    for name in question.given:
        others = {key: value for key, value in question.given.items() if key != name}
        if not others:
            continue
        rows: list[Record] = []
        for relation in _relations(question, others):
            rows += _select(connection, relation, others)
        values = {str(row[name]) for row in rows if row.get(name) is not None}
        if values:
            told[name] = sorted(values)
    return told


def figures_of_country(measure: str, day: date | None) -> str:
    """The view of countries' figures, or what it was on a day, as SQL."""
    return f"country_{measure}" + (f"_known_on(DATE '{day}')" if day else "")


def parts_of_country(measure: str, day: date | None) -> str:
    """The view of the published figures behind it, or what it was on a day, as SQL."""
    return f"country_{measure}_parts" + (f"_known_on(DATE '{day}')" if day else "")


def _relations(question: Question, given: Mapping[str, str]) -> list[str]:
    if question.kind != "figure":
        return [f"SELECT * FROM {TABLE_OF_KIND[question.kind].name}"]
    relations = []
    if not set(given) & set(PUBLISHED_ONLY):
        relations.append(_country_query(question.known_on))
    if not set(given) & set(COUNTRY_ONLY):
        relations.append(" UNION ALL BY NAME ".join(_PUBLISHED.format(measure=m) for m in MEASURES))
    return relations


def _country_query(day: date | None, measures: Sequence[str] = MEASURES) -> str:
    return " UNION ALL BY NAME ".join(
        _COUNTRY.format(measure=measure, relation=figures_of_country(measure, day))
        for measure in measures
    )


def _measures(connection: duckdb.DuckDBPyConnection, given: Mapping[str, str]) -> Sequence[str]:
    """Stock or flow, as the indicator says; both where it says nothing."""
    query = "SELECT measure FROM indicator WHERE indicator = ?"
    found = connection.execute(query, [given.get("indicator")]).fetchall()
    return [measure for (measure,) in found] or MEASURES


def _of_country(
    connection: duckdb.DuckDBPyConnection, given: Mapping[str, str], day: date | None
) -> list[Candidate]:
    rows = _select(connection, _country_query(day, _measures(connection, given)), given)
    rows = _narrowed(rows, given, _COUNTRY_DEFAULTS)
    same: dict[tuple[object, ...], list[Record]] = {}
    for row in rows:
        same.setdefault(tuple(row.get(name) for name in _ANY_THEME), []).append(row)
    return [
        Candidate("country", of_themes[0], day, tuple(row["theme"] for row in of_themes))
        for of_themes in same.values()
    ]


def _of_publishers(
    connection: duckdb.DuckDBPyConnection, given: Mapping[str, str]
) -> list[Candidate]:
    measures = _measures(connection, given)
    query = " UNION ALL BY NAME ".join(_PUBLISHED.format(measure=m) for m in measures)
    rows = _narrowed(_select(connection, query, given), given, _PUBLISHED_DEFAULTS)
    return [Candidate("published", row) for row in rows]


def _in_table(connection: duckdb.DuckDBPyConnection, question: Question) -> list[Candidate]:
    rows = _select(connection, f"SELECT * FROM {TABLE_OF_KIND[question.kind].name}", question.given)
    if question.kind == "profile":
        rows = _narrowed(rows, question.given, _TOTALS)
    where: Where = question.kind  # type: ignore[assignment]
    return [Candidate(where, row) for row in rows]


def _select(
    connection: duckdb.DuckDBPyConnection, query: str, given: Mapping[str, str]
) -> list[Record]:
    described = connection.execute(f"SELECT * FROM ({query}) LIMIT 0").description
    types = {column[0]: str(column[1]) for column in described}
    if not set(given) <= set(types):
        return []
    where = " AND ".join(_condition(name, types[name]) for name in given) or "TRUE"
    return records(
        connection, f"SELECT * FROM ({query}) WHERE {where} ORDER BY ALL", *given.values()
    )


def _condition(name: str, kind: str) -> str:
    if kind in ("STRING", "VARCHAR"):
        return f'"{name}" = ?'
    if kind in ("NUMBER", "DOUBLE"):
        return f'"{name}" = TRY_CAST(? AS DOUBLE)'
    return f'CAST("{name}" AS VARCHAR) = ?'


def _narrowed(
    rows: list[Record], given: Mapping[str, str], defaults: Sequence[tuple[str, object]]
) -> list[Record]:
    for name, value in defaults:
        if name not in given and len(rows) > 1:
            rows = [row for row in rows if row.get(name) == value] or rows
    return rows


def _days_of(connection: duckdb.DuckDBPyConnection, release: str) -> list[date]:
    query = "SELECT DISTINCT known_on_to FROM release WHERE release = ? ORDER BY 1"
    return [day for (day,) in connection.execute(query, [release]).fetchall()]
