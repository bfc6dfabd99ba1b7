"""Small published files: all that a publication, a history and a rollback look at."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path

import duckdb


def build_id(number: int) -> str:
    return f"20260101T00000{number}-{number:08x}"


def built(folder: Path, number: int) -> Path:
    """A database that says of itself which build it is, and holds its number as figure."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"made.{number}.duckdb"
    path.write_bytes(_content(number))
    return path


@cache
def _content(number: int) -> bytes:
    parts = json.dumps({"code": "same", "extracts/unhcr": f"of {number}"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(
                "CREATE TABLE build AS SELECT ? AS build_id, ? AS fingerprint_parts, "
                "TIMESTAMP '2026-01-01' + to_seconds(?) AS built_at, '1.0' AS contract_version",
                [build_id(number), parts, number],
            )
            connection.execute(
                f"CREATE TABLE stock AS SELECT {number} AS value FROM range({number})"
            )
            connection.execute("CREATE TABLE flow AS SELECT 1 AS value")
            connection.execute("CREATE VIEW country_stock AS SELECT * FROM stock")
        return path.read_bytes()
