"""Where a file belongs: its release, the day from which it is known, and its scope.

A file whose release or scope nobody knows could not be set in order with the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd

from assets.sources.belonging import WORLD_SCOPE, misplaced
from assets.sources.reading import Reading
from schemas.faults import Fault
from warehouse.landing import MANIFEST_SUFFIX
from warehouse.reference_data import Reference


def day_known(sidecar: Mapping[str, Any]) -> str | None:
    """The day from which a file that was fetched or came by letter is known.

    Args:
        sidecar: What is said of the file beside it.

    Returns:
        An ISO date: ``known_on`` if it is said, else the day on which the file was fetched; None
        for other files, whose releases people register.
    """
    if sidecar.get("known_on"):
        return str(sidecar["known_on"])
    if sidecar.get("fetched"):
        return str(sidecar.get("retrieved_at") or "")[:10]
    return None


def release_of(reading: Reading, sidecar: Mapping[str, Any]) -> str | None:
    """The release of a file: what it says itself, what is said of it, or the day it was fetched."""
    said = reading.release or sidecar.get("release")
    return said or (day_known(sidecar) if sidecar.get("fetched") else None)


def contradictions(name: str, reading: Reading, sidecar: Mapping[str, Any]) -> list[Fault]:
    """What a file says of itself and its manifest says otherwise.

    Args:
        name: Name of the file.
        reading: The file as it was read.
        sidecar: What is said of it; what it does not say contradicts nothing.
    """
    scope = tuple(sidecar.get("scope") or ()) or None
    pairs = (
        ("publisher", reading.source, sidecar.get("publisher")),
        ("dataset", reading.dataset, sidecar.get("dataset")),
        ("rows", len(reading.frame), sidecar.get("rows")),
        ("release", reading.release, sidecar.get("release")),
        ("scope", reading.scope and sorted(reading.scope), scope and sorted(scope)),
    )
    return [
        Fault(name, column, str(found), f"{said!r}, as its manifest says")
        for column, found, said in pairs
        if None not in (found, said) and found != said
    ]


def unplaced(
    name: str, reading: Reading, sidecar: Mapping[str, Any], reference: Reference
) -> list[Fault]:
    """What keeps a file from being set in order with the others of its dataset.

    Args:
        name: Name of the file.
        reading: The file as it was read, with its release and scope.
        sidecar: What is said of it.
        reference: Registered releases, areas and kinds of access.
    """
    faults = [
        *_of_release(name, reading, sidecar, reference),
        *_of_scope(name, reading, reference),
        *_of_access(name, sidecar, reference),
    ]
    return faults or misplaced(name, reading, _last_day(reading, sidecar, reference), reference)


def _of_release(
    name: str, reading: Reading, sidecar: Mapping[str, Any], reference: Reference
) -> list[Fault]:
    day = day_known(sidecar)
    if day is not None and not _is_day(day):
        said = "known_on" if sidecar.get("known_on") else "retrieved_at"
        return [Fault(name, said, day, "a day that is past, as in 2026-06-30")]
    if reading.release is None:
        return [Fault(name, "release", None, f"a release, in {name}{MANIFEST_SUFFIX}")]
    release = reference.table("release")
    of_dataset = (release["source"] == reading.source) & (release["dataset"] == reading.dataset)
    registered = set(release[of_dataset]["release"].astype(str))
    if reading.release in registered or day is not None:
        return []
    expected = (
        f"a release of table release ({', '.join(sorted(registered))}); add a row for a new one, "
        "or say known_on, the day from which it is known"
    )
    return [Fault(name, "release", reading.release, expected)]


def _last_day(reading: Reading, sidecar: Mapping[str, Any], reference: Reference) -> date:
    """The last day that figures of the release can be about, as far as people registered it."""
    for one in reference.table("release").to_dict("records"):
        if [one["source"], one["dataset"], str(one["release"])] == [
            reading.source, reading.dataset, reading.release,
        ]:  # fmt: skip
            known: date = one["known_on_to"]
            interim = one["interim_year"]
            return known if pd.isna(interim) else date(int(interim), 12, 31)
    return date.fromisoformat(str(day_known(sidecar)))


def _of_scope(name: str, reading: Reading, reference: Reference) -> list[Fault]:
    if reading.scope is None:
        expected = f"the countries that it is complete for, or ALL, in {name}{MANIFEST_SUFFIX}"
        return [Fault(name, "scope", None, expected)]
    areas = reference.codes["area"] | {WORLD_SCOPE}
    strange = [one for one in reading.scope if one not in areas]
    return [Fault(name, "scope", one, "an area code or ALL") for one in strange]


def _of_access(name: str, sidecar: Mapping[str, Any], reference: Reference) -> list[Fault]:
    access = sidecar.get("access")
    allowed = reference.codes["access"]
    if access is None or access in allowed:
        return []
    return [Fault(name, "access", access, f"one of {', '.join(sorted(allowed))}")]


def _is_day(text: str) -> bool:
    """Whether a text is a day that is not to come; clocks may differ by one."""
    try:
        return date.fromisoformat(text) <= datetime.now(UTC).date() + timedelta(days=1)
    except ValueError:
        return False
