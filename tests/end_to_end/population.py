"""UNHCR's newest population extract as the tests send it again: as CSV, whole or broken."""

from __future__ import annotations

import csv
import io
from typing import Any

Items = list[dict[str, Any]]

SIDECAR = {"publisher": "unhcr", "dataset": "population", "release": "2025-end", "scope": ["KGZ"]}


def as_csv(items: Items) -> bytes:
    out = io.StringIO()
    names = [name for name in items[0] if name not in ("coo_id", "coa_id")]
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(items)
    return out.getvalue().encode()


def changed(items: Items, at: int, **cells: Any) -> Items:
    return [{**item, **cells} if number == at else item for number, item in enumerate(items)]
