"""The gate: a file is read, checked and landed, or refused with every fault and its place.

Refused files go to quarantine and never become current; what was accepted before serves on.
Every file comes this way (``land_file``): the extracts kept in the repository, the files that a
person drops into the inbox or lands by name, and what was fetched. A sidecar says what the file
itself can't.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from assets.sources import parsed
from assets.sources.limits import BeyondLimits, beyond_limits, how_to_accept
from assets.sources.observations import concatenate
from assets.sources.outcome import Landed, Outcome
from assets.sources.placing import contradictions, day_known, release_of, unplaced
from assets.sources.predecessor import before, is_followed, same_rows
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.recognise import read_any
from assets.sources.sidecar import read_sidecar, refuse_odd_sidecar
from schemas.faults import Refused
from schemas.sources import SOURCE_MODELS
from schemas.validate import validate
from warehouse import landing
from warehouse.home import EXTRACTS_FOLDER, Home
from warehouse.landing import MANIFEST_SUFFIX, Manifest
from warehouse.reference_data import Reference
from warehouse.releases import reference_of

UNKNOWN = "unknown"


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
    landing.forget_unfinished(home)
    parsed.forget_older(home, reference)
    outcome.landed += land_bundled(home, reference, source)
    for path in inbox_files(home):
        if source is None or _publisher_of(path) in (None, source):
            landed = land_file(home, reference, path)
            _empty_inbox(path, landed)
            outcome.landed.append(landed)
    return outcome


def land_bundled(home: Home, reference: Reference, source: str | None = None) -> list[Landed]:
    """Land the extracts kept in the repository.

    Their revisions were looked at when they were put there, so no limit holds them up. One that
    was refused is tried again: what refused it may have been mended.

    Args:
        home: The warehouse home.
        reference: Code lists, datasets and releases.
        source: Only this publisher's, if given.
    """
    return [land_file(home, reference, path, limited=False) for path in bundled_files(source)]


def land_file(
    home: Home,
    reference: Reference,
    path: Path,
    sidecar: Mapping[str, Any] | None = None,
    *,
    limited: bool = True,
) -> Landed:
    """Land one file, wherever it comes from; it stays where it is.

    Args:
        home: The warehouse home.
        reference: Code lists, datasets and registered releases.
        path: The file.
        sidecar: What is said of it, in the fields of a sidecar: docs/operations.md. With
            ``fetched`` and ``retrieved_at`` its release may be the day on which it was fetched.
            None: what stands beside the file.
        limited: Whether a file that shrinks or jumps beyond its dataset's limits is refused.

    Returns:
        What became of it.
    """
    content = landing.content_id(path)
    held = landing.find_accepted(home, content)
    if held is not None and not (limited and is_followed(home, held)):
        return _confirmed(home, Landed("known", held), sidecar or {})
    extract_id = landing.next_id(home, content)
    told: dict[str, Any] = {}
    try:
        told = read_sidecar(path) if sidecar is None else dict(sidecar)
        refuse_odd_sidecar(path.name, told)
        reading = read_checked(path, reference, told, extract_id)
        faults = unplaced(path.name, reading, told, reference)
        if faults:
            raise _recognised(FileRefused(path.name, faults), reading)
        manifest = _manifest(path, extract_id, told, reading, why=None)
        if limited:
            same = _compare(home, reference, reading, manifest)
            if same is not None:
                known = landing.content_of(same.extract_id) == content
                return _confirmed(home, Landed("known" if known else "unchanged", same), told)
    except BeyondLimits as error:
        over = replace(manifest, accepted=False, why=str(error), over_limits=True)
        return _refuse(home, path, over)
    except (Refused, NotRecognised) as error:
        source, dataset = getattr(error, "recognised", None) or (UNKNOWN, UNKNOWN)
        said = {"publisher": source, "dataset": dataset} | told
        return _refuse(home, path, _manifest(path, extract_id, said, None, why=str(error)))
    parsed.keep(home, extract_id, reading.frame, reference)
    return Landed("accepted", landing.keep(home, path, manifest))


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


def read_checked(
    path: Path, reference: Reference, sidecar: dict[str, Any], extract_id: str | None = None
) -> Reading:
    """Read a file and hold it against its schema and its sidecar.

    Args:
        path: The file.
        reference: Code lists.
        sidecar: What is said of the file beside it; may be empty.
        extract_id: What its rows are known by; the hash of its bytes if not given.

    Returns:
        The reading, with release and scope filled from the sidecar where the file is silent,
        and its frame in the columns of the dataset's model.

    Raises:
        NotRecognised: No publisher's reader knows the file.
        Refused: The file has faults.
    """
    reading = read_any(path)
    faults = contradictions(path.name, reading, sidecar)
    if faults:
        raise _recognised(FileRefused(path.name, faults), reading)
    reading.release = release_of(reading, sidecar)
    reading.scope = tuple(sidecar["scope"]) if sidecar.get("scope") else reading.scope
    model = SOURCE_MODELS[reading.source][reading.dataset]
    stamped = reading.frame.assign(
        release=_constant(reading.release or UNKNOWN, reading.frame),
        extract_id=_constant(extract_id or landing.content_id(path), reading.frame),
    )
    try:
        reading.frame = validate(stamped, model, reference.codes)
    except Refused as refused:
        # The model does not know the name of the file.
        named = FileRefused(path.name, refused.faults, refused.total)
        raise _recognised(named, reading) from None
    return reading


def _recognised(refused: Refused, reading: Reading) -> Refused:
    refused.recognised = (reading.source, reading.dataset)
    return refused


def _compare(
    home: Home, reference: Reference, reading: Reading, arriving: Manifest
) -> Manifest | None:
    """The accepted file that a new one follows, if that has its bytes or a fetched one its rows.

    Raises:
        BeyondLimits: The file shrank or jumped.
    """
    known = reference_of(home, reference, [arriving])
    last = before(home, known, arriving)
    if last is None:
        return None
    if landing.content_of(last.extract_id) == landing.content_of(arriving.extract_id):
        return last
    rows = rows_of(home, last, reference)
    if arriving.fetched and same_rows(rows, reading.frame):
        return last
    faults = beyond_limits(arriving.file, last, rows, reading, known)
    if faults:
        raise _recognised(BeyondLimits(arriving.file, faults), reading)
    return None


def _confirmed(home: Home, landed: Landed, told: Mapping[str, Any]) -> Landed:
    """Note that the publisher gives accepted figures again, if a refusal stands against them."""
    one = landed.manifest
    if told.get("fetched"):
        stands = [
            refusal
            for refusal in landing.standing_refusals(home)
            if (refusal.source, refusal.dataset) == (one.source, one.dataset)
        ]
        landing.settle(home, stands)
    return landed


def _refuse(home: Home, path: Path, manifest: Manifest) -> Landed:
    standing = landing.find_refused(home, manifest.extract_id)
    if standing is None or standing.settled or standing.why != manifest.why:
        standing = landing.keep(home, path, manifest)
    return Landed("refused", standing, standing.why)


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
        fetched=bool(sidecar.get("fetched")),
        known_on=day_known(sidecar) if reading else None,
        access=sidecar.get("access"),
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


def _empty_inbox(path: Path, landed: Landed) -> None:
    """Take the file out of the inbox; beside a refused one write why."""
    note = path.with_name(f"{path.name}.refused.txt")
    if landed.status == "refused":
        told = f"{landed.why}{how_to_accept(landed.manifest)}\n"
        note.write_text(told, encoding="utf-8")
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
    frames = [rows_of(home, one, reference) for one in landing.accepted(home, source, dataset)]
    if not frames:
        refusals = [one.why or "" for one in landing.refused(home) if one.dataset == dataset]
        raise NothingAccepted(f"no file of {source}/{dataset} was accepted. {' '.join(refusals)}")
    return concatenate(frames)


def rows_of(
    home: Home, manifest: Manifest, reference: Reference, *, keep: bool = True
) -> pd.DataFrame:
    """The checked rows of a landed file.

    Args:
        home: The warehouse home.
        manifest: Manifest of the file.
        reference: Code lists.
        keep: Whether rows that had to be read anew are kept for the next time.
    """
    rows = parsed.find(home, manifest.extract_id, reference)
    if rows is None:
        sidecar = {"release": manifest.release, "scope": manifest.scope}
        path = landing.landed_file(home, manifest)
        rows = read_checked(path, reference, sidecar, manifest.extract_id).frame
        if keep:
            parsed.keep(home, manifest.extract_id, rows, reference)
    return rows


class NothingAccepted(Exception):
    """A dataset of which no file ever passed the gate."""
