"""Which files the published warehouse holds that not everybody may see."""

from __future__ import annotations

import duckdb

from assets.outputs.queries import records


def internal_files(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Files whose figures are published here and that came marked as internal.

    Availability heeds the mark, figures do not: the warehouse is its holder's own. What is made
    to be passed on asks this first.

    Args:
        connection: The published file.

    Returns:
        Publisher, dataset, release and file name of each.
    """
    found = records(
        connection,
        "SELECT source, dataset, release, file FROM extract "
        "WHERE accepted AND access = 'internal' ORDER BY ALL",
    )
    return [" ".join(map(str, one.values())) for one in found]
