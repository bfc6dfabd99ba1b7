"""The assets on a figure's way, from the publisher's site to the published table and the map."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from assets.outputs.queries import Record, records
from assets.outputs.why.finding import Candidate

_PUBLISHED = {
    "profile": ("profile", "combined/profile"),
    "event": ("displacement_event", "combined/displacement_event"),
}
_UPSTREAM = """
SELECT upstream_table, upstream_column
FROM column_lineage WHERE table_name = ? AND column_name = 'value' ORDER BY ALL
"""


def way_of(
    connection: duckdb.DuckDBPyConnection,
    found: Candidate,
    parts: Sequence[Record],
    cells: Sequence[Record],
) -> list[Record]:
    """The assets on the way, in order; several publishers stand one after the other.

    Args:
        connection: The published file; its table ``column_lineage`` says what is made of what.
        found: What was found.
        parts: The published figures behind it.
        cells: Cells of the map that it speaks to.

    Returns:
        Rows of asset (its key), columns (joined by ``;``) and what it is.
    """
    steps: list[Record] = []
    tables = [_PUBLISHED[found.where]] if found.where in _PUBLISHED else _tables(connection, parts)
    for source, dataset in sorted({(part["source"], part["dataset"]) for part in parts}):
        own = [part for part in parts if (part["source"], part["dataset"]) == (source, dataset)]
        steps += _from_publisher(connection, source, dataset, own)
    for published, combined in tables:
        steps.append(_step(combined, ["value"], "figures of all publishers together"))
        steps.append(_step(f"published/{published}", ["value"], "table of the published file"))
    if found.where == "country":
        view = f"country_{found.row['measure']}"
        what = f"view: sum of {len(parts)} figures" if len(parts) > 1 else "view of the table"
        steps.append(_step(view, ["value"], what))
    if cells or found.where == "cell":
        rules = "; ".join(f"{c['theme']}: {c['status']} by {c['rule']}" for c in cells)
        steps.append(_step("availability/matrix", ["status"], rules or "the cell is decided"))
        steps.append(_step("published/availability_matrix", ["status"], "the map"))
    return steps


def _step(asset: str, columns: Sequence[str], what: str) -> Record:
    return {"asset": asset, "columns": ";".join(columns), "what": what}


def _tables(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Record]
) -> list[tuple[str, str]]:
    """Tables of the parts: current figures stand apart from superseded ones."""
    tables = set()
    for measure in {part["measure"] for part in parts}:
        own = {(p["extract_id"], p["source_ref"]) for p in parts if p["measure"] == measure}
        query = f"SELECT extract_id, source_ref FROM {measure} WHERE list_contains(?, extract_id)"
        current = {*connection.execute(query, [sorted({one for one, _ in own})]).fetchall()}
        tables |= {measure} if own & current else set()
        tables |= {f"{measure}_superseded"} if own - current else set()
    return [(table, f"combined/{table}") for table in sorted(tables)]


def _from_publisher(
    connection: duckdb.DuckDBPyConnection, source: str, dataset: str, parts: Sequence[Record]
) -> list[Record]:
    """From the publisher to its observations, or to its own table of shares or events."""
    query = "SELECT DISTINCT link FROM extract WHERE list_contains(?, extract_id) ORDER BY 1"
    files = sorted({part["extract_id"] for part in parts})
    links = [link for (link,) in connection.execute(query, [files]).fetchall() if link]
    shaped = f"{source}/{dataset}"
    steps = [
        _step(source, [], "the publisher: " + (" ".join(links) or "no link")),
        _step(f"{source}/extracts", [], "landed files: " + " ".join(one[:12] for one in files)),
        _step(shaped, _columns(connection, source, shaped, parts), "the file's own columns"),
    ]
    if "measure" in parts[0]:
        steps.append(_step(f"{source}/observations", ["value"], "harmonised figures"))
    else:
        table = "profile" if "statistic" in parts[0] else "displacement_event"
        steps.append(_step(f"{source}/{table}", ["value"], "harmonised rows"))
    return steps


def _columns(
    connection: duckdb.DuckDBPyConnection, source: str, shaped: str, parts: Sequence[Record]
) -> list[str]:
    """Columns of the source-shaped table; those that the places name, where they name any."""
    found = records(connection, _UPSTREAM, f"{source}/observations")
    columns = [row["upstream_column"] for row in found if row["upstream_table"] == shaped]
    named = {re.split(r"[.,] ?", part["source_ref"])[-1] for part in parts}
    return [column for column in columns if column in named] or columns or ["value"]
