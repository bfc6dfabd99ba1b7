"""What the releases that are new in a build revised, for the end of a refresh."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse import database
from warehouse.connecting import connect
from warehouse.home import Home

# Of each release: so many of the largest are shown.
LARGEST = 3
Releases = set[tuple[str, str, str]]

_HELD = "SELECT DISTINCT source, dataset, release FROM extract WHERE accepted"
_COUNTS = """
SELECT source, dataset, release_after, release_before,
    count(*) FILTER (change = 'changed') AS changed,
    count(*) FILTER (change = 'new') AS new,
    count(*) FILTER (change = 'vanished') AS vanished
FROM revision SEMI JOIN fresh
    ON fresh.source = revision.source AND fresh.dataset = revision.dataset
    AND fresh.release = revision.release_after
GROUP BY ALL ORDER BY ALL
"""
# Of a figure and its parts the largest moves are shown, a published total before its parts.
_LARGEST = """
SELECT source, dataset, release_after, indicator,
    concat_ws(' ', CASE WHEN origin <> 'WLD' THEN 'from ' || origin END,
        CASE WHEN destination <> 'WLD' THEN 'to ' || destination END,
        nullif(sex, '_T'), nullif(age, '_T'), nullif(reason, '_T'), nullif(detail, '_T')) AS what,
    coalesce(reference_date, period_end) AS day, value_before, value_after, unit
FROM revision SEMI JOIN fresh
    ON fresh.source = revision.source AND fresh.dataset = revision.dataset
    AND fresh.release = revision.release_after
WHERE change <> 'new'
QUALIFY row_number() OVER (
    PARTITION BY source, dataset, release_after
    ORDER BY abs(coalesce(value_after, 0) - coalesce(value_before, 0)) DESC, breakdown <> 'total',
        indicator, origin, destination, day, sex, age, detail
) <= $largest
ORDER BY source, dataset, release_after,
    abs(coalesce(value_after, 0) - coalesce(value_before, 0)) DESC, breakdown <> 'total',
    indicator, origin, destination, day, sex, age, detail
"""


@dataclass(frozen=True)
class Revised:
    """What the releases that are new in a build revised.

    Attributes:
        counts: Source, dataset, release, release before, and how many figures are changed, new
            and vanished.
        largest: Source, dataset, release, indicator, what it is about, day, value before, value
            after and unit of the figures that moved most.
    """

    counts: list[tuple[object, ...]]
    largest: list[tuple[object, ...]]


def held_releases(home: Home) -> Releases | None:
    """The releases that the published build holds; None if there is no build to compare with."""
    try:
        with database.open_read_only(home) as connection:
            return {
                (str(source), str(dataset), str(release))
                for source, dataset, release in connection.sql(_HELD).fetchall()
            }
    except (database.NoWarehouse, duckdb.Error):
        return None


def revised_by(home: Home, before: Releases | None) -> Revised:
    """What the releases revised that the build before did not hold.

    Args:
        home: The warehouse home, after its refresh.
        before: Releases of the build before; None gives nothing, since all would be new.
    """
    now = held_releases(home)
    if before is None or now is None or not now - before:
        return Revised([], [])
    with connect() as connection:
        quoted = str(home.database).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS published (READ_ONLY)")
        connection.execute("CREATE TABLE fresh (source TEXT, dataset TEXT, release TEXT)")
        connection.executemany("INSERT INTO fresh VALUES (?, ?, ?)", sorted(now - before))
        connection.execute("CREATE VIEW revision AS FROM published.main.revision")
        return Revised(
            connection.execute(_COUNTS).fetchall(),
            connection.execute(_LARGEST, {"largest": LARGEST}).fetchall(),
        )
