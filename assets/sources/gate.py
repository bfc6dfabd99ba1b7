"""The gate: a file is read, checked and landed, or refused with every fault and its place.

Refused files go to quarantine and never become current; what was accepted before serves on.
Two ways lead here: the extracts kept in the repository and the files that a person drops into
the inbox, each with a sidecar ``<name>.manifest.json`` that says what the file itself can't.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from assets.sources import parsed
from assets.sources.observations import concatenate
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.recognise import read_any
from assets.sources.sidecar import read_sidecar
from schemas.faults import Fault, Refused
from schemas.sources import SOURCE_MODELS
from schemas.validate import validate
from warehouse import landing
from warehouse.home import EXTRACTS_FOLDER, Home
from warehouse.landing import MANIFEST_SUFFIX, Manifest
from warehouse.reference_data import Reference

UNKNOWN = "unknown"


@dataclass
class Outcome:
    """What one landing did.

    Attributes:
        accepted: Files that passed and were new.
        refused: Files that were refused now.
        known: How many files were there already.
    """

    accepted: list[Manifest] = field(default_factory=list)
    refused: list[Manifest] = field(default_factory=list)
    known: int = 0


def land(home: Home, reference: Reference, source: str | None = None) -> Outcome:
    """Land what is new among the bundled extracts and in the inbox.

    Args:
        home: The warehouse home.
        reference: Code lists, datasets and releases.
        source: Only this publisher's files, if given.

    Returns:
        What was accepted, refused and already there.
    """
    outcome = Outcome()
    parsed.forget_older(home, reference)
    held = {one.extract_id for one in landing.accepted(home)}
    for path in bundled_files(source):
        # A bundled file that was refused is tried again: what refused it may have been mended.
        _land_one(home, reference, path, outcome, held)
    for path in inbox_files(home):
        if source is None or _publisher_of(path) in (None, source):
            standing = _land_one(home, reference, path, outcome, held)
            _empty_inbox(path, standing)
    return outcome


def pending(home: Home, source: str | None = None) -> bool:
    """Whether a file waits in the inbox, or a bundled extract has not landed.

    Args:
        home: The warehouse home.
        source: Only this publisher's files count, and those that do not say whose they are.
    """
    held = {one.extract_id for one in landing.accepted(home)}
    waiting = [
        path
        for path in inbox_files(home)
        if source is None or _publisher_of(path) in (None, source)
    ]
    return bool(waiting) or any(
        landing.content_id(path) not in held for path in bundled_files(source)
    )


def bundled_files(source: str | None = None) -> list[Path]:
    """The extracts kept in the repository."""
    folder = EXTRACTS_FOLDER / source if source else EXTRACTS_FOLDER
    return [
        path.with_name(path.name.replace(MANIFEST_SUFFIX, ending))
        for path in sorted(folder.rglob(f"*{MANIFEST_SUFFIX}"))
        for ending in _endings(path)
    ]


def inbox_files(home: Home) -> list[Path]:
    """Files that a person dropped, without their sidecars and without hidden ones."""
    if not home.inbox.is_dir():
        return []
    return sorted(
        path
        for path in home.inbox.iterdir()
        if path.is_file() and not path.name.startswith(".") and not _is_companion(path)
    )


def read_checked(path: Path, reference: Reference, sidecar: dict[str, Any]) -> Reading:
    """Read a file and hold it against its schema and its sidecar.

    Args:
        path: The file.
        reference: Code lists.
        sidecar: What is said of the file beside it; may be empty.

    Returns:
        The reading, with release and scope filled from the sidecar where the file is silent,
        and its frame in the columns of the dataset's model.

    Raises:
        NotRecognised: No publisher's reader knows the file.
        Refused: The file has faults.
    """
    reading = read_any(path)
    faults = [
        Fault(path.name, name, str(found), f"{sidecar[said]!r}, as its manifest says")
        for name, said, found in (
            ("publisher", "publisher", reading.source),
            ("dataset", "dataset", reading.dataset),
            ("rows", "rows", len(reading.frame)),
        )
        if sidecar.get(said) not in (None, found)
    ]
    if reading.release and sidecar.get("release") not in (None, reading.release):
        expected = f"release {sidecar['release']!r}, as its manifest says"
        faults.append(Fault(path.name, "release", reading.release, expected))
    if faults:
        raise _recognised(FileRefused(path.name, faults), reading)
    reading.release = reading.release or sidecar.get("release")
    reading.scope = tuple(sidecar["scope"]) if sidecar.get("scope") else reading.scope
    model = SOURCE_MODELS[reading.source][reading.dataset]
    stamped = reading.frame.assign(
        release=_constant(reading.release or UNKNOWN, reading.frame),
        extract_id=_constant(landing.content_id(path), reading.frame),
    )
    try:
        reading.frame = validate(stamped, model, reference.codes)
    except Refused as refused:
        raise _recognised(refused, reading) from None
    return reading


def _recognised(refused: Refused, reading: Reading) -> Refused:
    refused.recognised = (reading.source, reading.dataset)
    return refused


def _land_one(
    home: Home,
    reference: Reference,
    path: Path,
    outcome: Outcome,
    held: set[str],
) -> Manifest | None:
    extract_id = landing.content_id(path)
    if extract_id in held:
        outcome.known += 1
        return None
    sidecar: dict[str, Any] = {}
    try:
        sidecar = read_sidecar(path)
        reading = read_checked(path, reference, sidecar)
        _refuse_unplaced(path, reading, reference)
    except (Refused, NotRecognised) as error:
        source, dataset = getattr(error, "recognised", None) or (UNKNOWN, UNKNOWN)
        told = {"publisher": source, "dataset": dataset} | sidecar
        manifest = _manifest(path, extract_id, told, None, why=str(error))
        if not _refused_before(home, extract_id, str(error)):
            manifest = landing.keep(home, path, manifest)
        outcome.refused.append(manifest)
        return manifest
    parsed.keep(home, extract_id, reading.frame, reference)
    manifest = landing.keep(home, path, _manifest(path, extract_id, sidecar, reading, why=None))
    held.add(extract_id)
    outcome.accepted.append(manifest)
    return manifest


def _refuse_unplaced(path: Path, reading: Reading, reference: Reference) -> None:
    """Refuse a file whose release or scope nobody knows: it could not be set in order."""
    release = reference.table("release")
    known = release[
        (release["source"] == reading.source) & (release["dataset"] == reading.dataset)
    ]["release"].astype(str)
    faults = []
    if reading.release is None:
        faults.append(
            Fault(path.name, "release", None, f"a release, in {path.name}{MANIFEST_SUFFIX}")
        )
    elif reading.release not in set(known):
        expected = (
            f"a release of table release ({', '.join(sorted(known))}); add a row for a new one"
        )
        faults.append(Fault(path.name, "release", reading.release, expected))
    if reading.scope is None:
        expected = f"the countries that it is complete for, or ALL, in {path.name}{MANIFEST_SUFFIX}"
        faults.append(Fault(path.name, "scope", None, expected))
    else:
        strange = [one for one in reading.scope if one not in reference.codes["area"] | {"ALL"}]
        faults += [Fault(path.name, "scope", one, "an area code or ALL") for one in strange]
    if faults:
        raise _recognised(FileRefused(path.name, faults), reading)


def _manifest(
    path: Path, extract_id: str, sidecar: dict[str, Any], reading: Reading | None, why: str | None
) -> Manifest:
    scope = reading.scope if reading else sidecar.get("scope")
    return Manifest(
        extract_id=extract_id,
        source=reading.source if reading else str(sidecar.get("publisher") or UNKNOWN),
        dataset=reading.dataset if reading else str(sidecar.get("dataset") or UNKNOWN),
        release=reading.release if reading else sidecar.get("release"),
        scope=tuple(scope) if scope else None,
        file=path.name,
        bytes=path.stat().st_size,
        rows=len(reading.frame) if reading else None,
        link=sidecar.get("link"),
        retrieved_at=sidecar.get("retrieved_at"),
        landed_at="",
        landed_order=-1,
        licence=sidecar.get("licence"),
        licence_link=sidecar.get("licence_link"),
        citation=sidecar.get("citation"),
        figures_from=sidecar.get("figures_from"),
        accepted=reading is not None,
        why=why,
        note=sidecar.get("note"),
    )


def _constant(value: str, frame: pd.DataFrame) -> pd.Series:
    return pd.Series(value, index=frame.index, dtype="category")


def _endings(manifest: Path) -> Iterator[str]:
    stem = manifest.name.removesuffix(MANIFEST_SUFFIX)
    for path in sorted(manifest.parent.glob(f"{stem}.*")):
        if not path.name.endswith(MANIFEST_SUFFIX):
            yield path.name.removeprefix(stem)


def _is_companion(path: Path) -> bool:
    return path.name.endswith((MANIFEST_SUFFIX, ".refused.txt"))


def _publisher_of(path: Path) -> str | None:
    try:
        return read_sidecar(path).get("publisher")
    except FileRefused:
        return None


def _refused_before(home: Home, extract_id: str, why: str) -> bool:
    return any(one.extract_id == extract_id and one.why == why for one in landing.refused(home))


def _empty_inbox(path: Path, standing: Manifest | None) -> None:
    """Take the file out of the inbox; beside a refused one write why."""
    note = path.with_name(f"{path.name}.refused.txt")
    if standing is not None and not standing.accepted:
        note.write_text(f"{standing.why}\n", encoding="utf-8")
    else:
        note.unlink(missing_ok=True)
        path.with_name(f"{path.name}{MANIFEST_SUFFIX}").unlink(missing_ok=True)
        others = [one for one in path.parent.glob(f"{path.stem}.*") if not _is_companion(one)]
        if others == [path]:
            path.with_name(f"{path.stem}{MANIFEST_SUFFIX}").unlink(missing_ok=True)
    path.unlink()


def landed_table(home: Home, source: str, dataset: str, reference: Reference) -> pd.DataFrame:
    """The source-shaped table of a dataset: the rows of all its accepted extracts.

    Args:
        home: The warehouse home.
        source: Publisher.
        dataset: Its dataset.
        reference: Code lists.

    Returns:
        Rows of all releases, in the columns of the dataset's model.

    Raises:
        NothingAccepted: No file of the dataset was ever accepted.
    """
    frames = [_rows(home, one, reference) for one in landing.accepted(home, source, dataset)]
    if not frames:
        refusals = [one.why or "" for one in landing.refused(home) if one.dataset == dataset]
        raise NothingAccepted(f"no file of {source}/{dataset} was accepted. {' '.join(refusals)}")
    return concatenate(frames)


def _rows(home: Home, manifest: Manifest, reference: Reference) -> pd.DataFrame:
    rows = parsed.find(home, manifest.extract_id, reference)
    if rows is None:
        sidecar = {"release": manifest.release, "scope": manifest.scope}
        rows = read_checked(landing.landed_file(home, manifest), reference, sidecar).frame
        parsed.keep(home, manifest.extract_id, rows, reference)
    return rows


class NothingAccepted(Exception):
    """A dataset of which no file ever passed the gate."""
