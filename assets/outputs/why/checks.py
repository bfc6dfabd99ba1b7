"""What was checked on a figure's way, what was odd about it, which printed numbers it gives."""

from __future__ import annotations

import re
from collections.abc import Sequence

import duckdb

from assets.outputs.queries import Record, records
from schemas.facts import DISPLACEMENT_EVENT, FLOW, PROFILE, STOCK
from schemas.sources import SOURCE_MODELS
from schemas.table import TableModel

_FACTS: dict[str, TableModel] = {"stock": STOCK, "flow": FLOW}
_FURTHER: dict[str, TableModel] = {"profile": PROFILE, "event": DISPLACEMENT_EVENT}
# A row of a file: a JSON item, a line, a row of a sheet; what follows names the cell in it.
_ROW = re.compile(r"(\$.*\]|line \d+|.+!\d+)(?:[.,].*)?")
_CLAIMS = """
SELECT claim_id, c.section, c.statement, c.printed_value, r.status, d.expression
FROM report_check AS r
JOIN report_claim AS c USING (claim_id)
JOIN claim_derivation AS d USING (claim_id)
WHERE d.expression LIKE ? AND r.value = ?
ORDER BY claim_id
"""


def checks_of(
    connection: duckdb.DuckDBPyConnection, where: str, parts: Sequence[Record]
) -> list[Record]:
    """What held, or the figure would not be in the published file.

    Args:
        connection: The published file.
        where: What was found.
        parts: The published figures behind it.

    Returns:
        Rows of where (``gate`` when the file landed, ``table`` of the warehouse, ``build``), what
        and name (the dataset, table or build).
    """
    told = []
    for source, dataset in sorted({(part["source"], part["dataset"]) for part in parts}):
        model = SOURCE_MODELS.get(source, {}).get(dataset)
        if model is not None:
            told += _of_model("gate", f"{source}/{dataset}", model)
    models = [_FURTHER[where]] if where in _FURTHER else [
        _FACTS[measure] for measure in sorted({part["measure"] for part in parts})
    ]  # fmt: skip
    for model in models:
        told += _of_model("table", model.name, model)
    build = records(connection, "SELECT build_id FROM build")[0]["build_id"]
    told.append(
        {"where": "build", "name": build, "what": "file and release of every figure are known"}
    )
    return told


def _of_model(where: str, name: str, model: TableModel) -> list[Record]:
    told = [
        "every column has its type and its codes",
        f"no key stands twice ({', '.join(model.key)})",
        *(f"{check.column}: {check.expected}" for check in model.checks),
    ]
    return [{"where": where, "name": name, "what": what} for what in told]


def row_of(place: str) -> str:
    """The row of the file that a place is in; the place itself where it names a cell alone."""
    match = _ROW.fullmatch(place)
    return match.group(1) if match else place


def issues_of(connection: duckdb.DuckDBPyConnection, parts: Sequence[Record]) -> list[Record]:
    """Rows of ``quality_issue`` at the places of the parts, or at their rows of the file."""
    files = sorted({part["extract_id"] for part in parts})
    query = "SELECT * FROM quality_issue WHERE list_contains(?, extract_id) ORDER BY ALL"
    found = records(connection, query, files) if files else []
    places = {(part["extract_id"], part["source_ref"]) for part in parts}
    rows = {(extract, row_of(place)) for extract, place in places}
    return [
        issue
        for issue in found
        if any(
            (issue["extract_id"], place) in places or (issue["extract_id"], row_of(place)) in rows
            for place in (issue["source_ref"], *issue["source_ref"].split(", "))
        )
    ]


def claims_of(connection: duckdb.DuckDBPyConnection, figure: Record) -> list[Record]:
    """Numbers of the report whose query names the indicator and year and gives this value."""
    if figure["value"] is None:
        return []
    asked = [f"%indicator = '{figure['indicator']}'%", figure["value"]]
    year = re.compile(rf"\b{figure['year']}\b")
    return [
        {name: value for name, value in row.items() if name != "expression"}
        for row in records(connection, _CLAIMS, *asked)
        if year.search(row["expression"])
    ]
