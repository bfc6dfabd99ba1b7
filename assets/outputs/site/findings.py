"""What the pages tell beside the matrix: definitions, discrepancies, gaps, sources, checks."""

from __future__ import annotations

from itertools import groupby

import duckdb

from assets.outputs.queries import Record, records

_DEFINITIONS = """
SELECT DISTINCT d.definition, d.term, d.producer, d.text_en, d.basis, d.minimum_stay, d.excluded,
    d.document
FROM definition AS d
JOIN (
    SELECT definition, indicator FROM stock UNION SELECT definition, indicator FROM flow
    UNION SELECT definition, indicator FROM profile
) AS used USING (definition)
JOIN theme_indicator AS i ON i.indicator = used.indicator AND i.theme = $1
WHERE d.producer IN (SELECT source FROM sources_by_year WHERE theme = $1)
ORDER BY d.producer, d.term
"""
_DISCREPANCIES = """
SELECT * FROM discrepancy WHERE country = ? AND theme = ?
ORDER BY measure DESC, concept, year, other_year, value DESC
"""
_GAPS = """
SELECT g.* FROM gap AS g
JOIN theme_breakdown AS b USING (theme, measure, breakdown)
WHERE g.country = ? AND g.theme = ?
ORDER BY g.measure DESC, b.position, g.year_from
"""
_SOURCES_OF_THEME = "SELECT * FROM sources_by_year WHERE country = ? AND theme = ? ORDER BY source"
_SOURCES = """
SELECT s.*, e.releases FROM source AS s
LEFT JOIN (
    SELECT source, count(DISTINCT (dataset, release)) AS releases
    FROM extract WHERE accepted GROUP BY source
) AS e USING (source)
WHERE s.country IS NULL OR s.country = ?
ORDER BY s.kind <> 'national', s.institution, s.title
"""
_EXTRACTS = """
SELECT source, dataset, release, retrieved_at, rows, bytes, extract_id, licence, licence_link,
    citation, figures_from, link
FROM extract WHERE accepted ORDER BY source, dataset, release, landed_order
"""
_OPENNESS = "SELECT * FROM openness_score WHERE country = ? ORDER BY points DESC, source, dataset"
_CHECKS = """
SELECT c.claim_id, c.section, c.statement, c.printed_value, c.unit, c.cited_source, c.note,
    r.value, r.status, r.cause, r.evidence, d.explanation, d.release_note
FROM report_check AS r
JOIN report_claim AS c USING (claim_id)
LEFT JOIN claim_derivation AS d USING (claim_id)
ORDER BY starts_with(c.section, 'Table'), c.section, c.claim_id
"""
_SEARCHES = "SELECT * FROM search_log ORDER BY search"
_MEMBER_CHECKS = "SELECT * FROM member_check ORDER BY member, asked_for"
_CONVENTIONS = "SELECT * FROM convention WHERE country = ? ORDER BY position"
_POLICIES = "SELECT * FROM policy WHERE country = ? ORDER BY position"
_GAP_CHANGES = """
SELECT * FROM gap_change WHERE country = ? ORDER BY change, theme, measure DESC, breakdown, year
"""
_RELEASES = """
SELECT source, dataset, arg_max(release, known_on_to) AS release, max(known_on_to) AS known_on
FROM release WHERE EXISTS (
    FROM extract AS e WHERE e.accepted AND e.source = release.source
        AND e.dataset = release.dataset AND e.release = release.release
)
GROUP BY source, dataset ORDER BY source, dataset
"""
_REVISIONS = """
SELECT source, dataset, release_before, release_after,
    count(*) FILTER (change = 'changed') AS changed,
    count(*) FILTER (change = 'new') AS added,
    count(*) FILTER (change = 'vanished') AS vanished
FROM revision
SEMI JOIN (
    SELECT r.source, r.dataset, arg_max(r.release_after, l.known_on_to) AS release_after
    FROM (SELECT DISTINCT source, dataset, release_after FROM revision) AS r
    JOIN release AS l
        ON l.source = r.source AND l.dataset = r.dataset AND l.release = r.release_after
    GROUP BY r.source, r.dataset
) AS newest USING (source, dataset, release_after)
WHERE ? IN (origin, destination)
GROUP BY source, dataset, release_before, release_after
ORDER BY source, dataset
"""


def definitions(connection: duckdb.DuckDBPyConnection, theme: str) -> list[Record]:
    """The definitions of the figures of a theme."""
    return records(connection, _DEFINITIONS, theme)


def discrepancies(connection: duckdb.DuckDBPyConnection, country: str, theme: str) -> list[Record]:
    """Figures of a theme that count the same and differ."""
    return records(connection, _DISCREPANCIES, country, theme)


def gaps(connection: duckdb.DuckDBPyConnection, country: str, theme: str) -> list[Record]:
    """What a theme lacks, and who could give it."""
    return records(connection, _GAPS, country, theme)


def sources_of_theme(
    connection: duckdb.DuckDBPyConnection, country: str, theme: str
) -> list[Record]:
    """The sources of a theme with access and request route."""
    return records(connection, _SOURCES_OF_THEME, country, theme)


def sources(connection: duckdb.DuckDBPyConnection, country: str) -> list[Record]:
    """Every source of a country, national ones first."""
    return records(connection, _SOURCES, country)


def extracts(connection: duckdb.DuckDBPyConnection) -> list[Record]:
    """Every accepted file."""
    return records(connection, _EXTRACTS)


def openness(connection: duckdb.DuckDBPyConnection, country: str) -> list[Record]:
    """Openness of each dataset, the most open first."""
    return records(connection, _OPENNESS, country)


def checks(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Record]]:
    """Printed numbers against what the warehouse gives, by section of the report."""
    found = records(connection, _CHECKS)
    return {name: list(rows) for name, rows in groupby(found, lambda row: str(row["section"]))}


def searches(connection: duckdb.DuckDBPyConnection) -> list[Record]:
    """The searches for data, as they were made."""
    return records(connection, _SEARCHES)


def member_checks(connection: duckdb.DuckDBPyConnection) -> list[Record]:
    """What agencies were asked, and what they answered."""
    return records(connection, _MEMBER_CHECKS)


def conventions(connection: duckdb.DuckDBPyConnection, country: str) -> list[Record]:
    """Conventions and whether the country ratified them."""
    return records(connection, _CONVENTIONS, country)


def policies(connection: duckdb.DuckDBPyConnection, country: str) -> list[Record]:
    """Laws, concepts and programmes of the country."""
    return records(connection, _POLICIES, country)


def gap_changes(connection: duckdb.DuckDBPyConnection, country: str) -> list[Record]:
    """Gaps that opened or closed with the published build."""
    return records(connection, _GAP_CHANGES, country)


def releases(connection: duckdb.DuckDBPyConnection) -> list[Record]:
    """The newest release held of each dataset."""
    return records(connection, _RELEASES)


def revisions(connection: duckdb.DuckDBPyConnection, country: str) -> list[Record]:
    """What the newest release of each dataset did to the country's figures of the one before."""
    return records(connection, _REVISIONS, country)
