"""From the overrides that were read to the reference table: what changes, and the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from schemas.reference import OVERRIDE
from schemas.table import CodeLists
from schemas.validate import validate
from warehouse.files import replacing

KEY = list(OVERRIDE.key)


@dataclass(frozen=True)
class Change:
    """What an import does to one cell.

    Attributes:
        kind: added, changed, withdrawn, unchanged, or kept: in the table and not in the file.
        cell: country, theme, measure, breakdown and year.
        now: Status of the published map.
        then: Status that the override sets, or None when none is set any more.
        author: Who decided.
    """

    kind: str
    cell: tuple[object, ...]
    now: str
    then: str | None
    author: str


def merged(there: pd.DataFrame, read: pd.DataFrame, *, replace: bool) -> pd.DataFrame:
    """The table after an import.

    Args:
        there: The reference table ``override``.
        read: The overrides of a file.
        replace: Whether overrides that the file does not have are withdrawn; else they stay.

    Returns:
        The overrides in the order of their key.
    """
    parts = [read] if replace else [there, read]
    rows = [part.astype(object) for part in parts if len(part)]
    whole = pd.concat(rows) if rows else there.iloc[:0]
    return whole.drop_duplicates(KEY, keep="last").sort_values(KEY).reset_index(drop=True)


def changes(
    there: pd.DataFrame,
    read: pd.DataFrame,
    connection: duckdb.DuckDBPyConnection,
    *,
    replace: bool,
) -> list[Change]:
    """What an import would do, cell by cell.

    Args:
        there: The reference table ``override``.
        read: The overrides of a file.
        connection: The published warehouse.
        replace: Whether overrides that the file does not have are withdrawn.

    Returns:
        A change a cell that the table or the file has, in the order of the key.
    """
    before, after = _by_cell(there), _by_cell(read)
    statuses = {
        tuple(cell): status
        for *cell, status in connection.execute(
            f"SELECT {', '.join(KEY)}, status FROM availability_matrix"
        ).fetchall()
    }
    found = []
    for cell in sorted(before | after, key=str):
        own = after.get(cell, before.get(cell, {}))
        if cell not in after:
            kind = "withdrawn" if replace else "kept"
        elif cell not in before:
            kind = "added"
        else:
            kind = "unchanged" if before[cell] == after[cell] else "changed"
        then = None if kind == "withdrawn" else own["status"]
        now = statuses.get(cell, "not there")
        found.append(Change(kind, cell, now, then, own["author"]))
    return found


def write_table(overrides: pd.DataFrame, path: Path, codes: CodeLists) -> None:
    """Write the reference table ``override``, whole or not at all.

    Args:
        overrides: Its rows.
        path: The CSV file.
        codes: Code lists of the reference tables.

    Raises:
        schemas.validate.SchemaRefused: A row breaks the model; nothing is written.
    """
    checked = validate(overrides, OVERRIDE, codes)
    text = checked.astype(object).where(checked.notna(), None)
    text["date"] = pd.to_datetime(checked["date"]).dt.strftime("%Y-%m-%d")
    text["expected_value"] = [
        None if value is None else f"{value:.15g}" for value in text["expected_value"]
    ]
    with replacing(path) as temporary:
        text.to_csv(temporary, index=False, lineterminator="\n")


def _by_cell(overrides: pd.DataFrame) -> dict[tuple[object, ...], dict[str, str]]:
    rows = overrides.astype(object).where(overrides.notna(), None).to_dict("records")
    return {
        tuple(row[name] for name in KEY): {str(name): str(value) for name, value in row.items()}
        for row in rows
    }
