"""The manifest beside a file: what is said of it that the file itself can't say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assets.sources.reading import FileRefused
from schemas.faults import Fault
from warehouse.landing import MANIFEST_SUFFIX

SIDECAR_TEXTS = (
    "publisher", "dataset", "release", "link", "retrieved_at", "licence", "licence_link",
    "citation", "figures_from", "note", "known_on", "access",
)  # fmt: skip


def read_sidecar(path: Path) -> dict[str, Any]:
    """What the manifest beside a file says of it; empty if there is none.

    Raises:
        FileRefused: The manifest is there but is no JSON object.
    """
    for name in (f"{path.name}{MANIFEST_SUFFIX}", f"{path.stem}{MANIFEST_SUFFIX}"):
        beside = path.with_name(name)
        if beside.is_file():
            try:
                content = json.loads(beside.read_text(encoding="utf-8"))
            except ValueError as error:
                raise FileRefused(name, [Fault(name, None, str(error), "JSON")]) from None
            refuse_odd_sidecar(name, content)
            return dict(content)
    return {}


def refuse_odd_sidecar(name: str, content: object) -> None:
    """Refuse what is said of a file if it has not the types of a sidecar.

    Args:
        name: Name of the sidecar, or of the file that it speaks of.
        content: What it says.

    Raises:
        FileRefused: It is no JSON object, or a value has another type.
    """
    if not isinstance(content, dict):
        raise FileRefused(name, [Fault(name, None, None, "a JSON object")])
    scope = content.get("scope")
    faults = [
        Fault(name, key, str(content[key]), "text")
        for key in SIDECAR_TEXTS
        if not isinstance(content.get(key), str | None)
    ]
    if scope is not None and not (
        isinstance(scope, list) and all(isinstance(area, str) for area in scope)
    ):
        faults.append(Fault(name, "scope", str(scope), 'a list of area codes, or ["ALL"]'))
    if not isinstance(content.get("rows"), int | None) or isinstance(content.get("rows"), bool):
        faults.append(Fault(name, "rows", str(content["rows"]), "a whole number"))
    if not isinstance(content.get("fetched"), bool | None):
        faults.append(Fault(name, "fetched", str(content["fetched"]), "true or false"))
    if faults:
        raise FileRefused(name, faults)
