"""A person passes a file that only the limits of the gate refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from assets.sources import gate, parsed
from assets.sources.reading import NotRecognised
from schemas.faults import Refused
from warehouse import landing
from warehouse.home import Home
from warehouse.landing import Manifest
from warehouse.reference_data import Reference

# What a manifest keeps of what was said beside the file.
_SAID = (
    "release", "link", "retrieved_at", "licence", "licence_link", "citation", "note", "fetched",
    "known_on", "access",
)  # fmt: skip


class NotAcceptable(Exception):
    """What a person may not pass: nothing of that name, or a file that has other faults."""


def accept(home: Home, reference: Reference, extract: str, by: str, because: str) -> Manifest:
    """Land a file that was refused because it shrank or jumped beyond its dataset's limits.

    Args:
        home: The warehouse home.
        reference: Code lists and releases.
        extract: The file's extract_id in quarantine, or so much of its beginning as names it.
        by: Who accepts it.
        because: Why.

    Returns:
        The manifest as it stands, which keeps who, why and when beside what was passed.

    Raises:
        NotAcceptable: There is no such file, or it breaks its schema or can't be read.
    """
    if not by.strip() or not because.strip():
        raise NotAcceptable("say who accepts the file and why: both are kept with it")
    refused = _named(home, extract)
    if not refused.over_limits:
        raise NotAcceptable(
            f"{refused.file} was not refused for limits but for faults, which nobody can pass: "
            f"mend it at its source. {refused.why}"
        )
    path = landing.landed_file(home, refused)
    told: dict[str, Any] = {name: getattr(refused, name) for name in _SAID}
    told["scope"] = list(refused.scope or ())
    try:
        reading = gate.read_checked(path, reference, told, refused.extract_id)
    except (Refused, NotRecognised) as error:
        raise NotAcceptable(f"{refused.file} can't be read any more: {error}") from None
    parsed.keep(home, refused.extract_id, reading.frame, reference)
    standing = replace(
        refused,
        accepted=True,
        accepted_by=by.strip(),
        accepted_because=because.strip(),
        accepted_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return landing.keep(home, path, standing)


def _named(home: Home, extract: str) -> Manifest:
    refused = landing.refused(home)
    found = [one for one in refused if extract and one.extract_id.startswith(extract)]
    if len(found) == 1:
        return found[0]
    waiting = ", ".join(f"{one.extract_id[:12]} ({one.file})" for one in refused)
    problem = "names several files" if found else "names no file"
    raise NotAcceptable(f"{extract!r} {problem} in quarantine; there are: {waiting or 'none'}")
