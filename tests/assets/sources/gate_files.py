"""Files for the gate as tests drop them: a page of UNHCR, and the sidecar beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assets.sources.outcome import Outcome
from schemas.sources.unhcr import POPULATION_VALUES
from warehouse.home import Home

Drop = Callable[..., Path]
Land = Callable[[], Outcome]

SIDECAR: dict[str, Any] = {
    "publisher": "unhcr", "dataset": "population", "release": "2023-end", "scope": ["KGZ"],
    "rows": 1, "link": "https://example.org/data", "licence": "CC BY 4.0", "note": "A note.",
}  # fmt: skip


def item(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "year": 2022, "coo_id": None, "coo_name": "Afghanistan", "coo": "AFG", "coo_iso": "AFG",
        "coa_id": None, "coa_name": "Kyrgyzstan", "coa": "KGZ", "coa_iso": "KGZ",
    }  # fmt: skip
    return row | dict.fromkeys(POPULATION_VALUES, "0") | {"refugees": 189} | changes


def page(*items: dict[str, Any]) -> str:
    return json.dumps({"page": 1, "maxPages": 1, "total": [], "items": list(items) or [item()]})


def inbox(home: Home) -> list[str]:
    return sorted(path.name for path in home.inbox.iterdir())
