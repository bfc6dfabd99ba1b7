"""Keep files as they came, named by their content, with a manifest each.

Landing is append-only: the same bytes are kept once, nothing is overwritten, and a manifest is
written after its file, so that a crash in between leaves a file without a manifest, which the
next landing takes again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from schemas.assessment import EXTRACT
from schemas.validate import conform, empty_frame
from warehouse.files import replacing
from warehouse.home import Home

MANIFEST_SUFFIX = ".manifest.json"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What is known of a landed file.

    Attributes:
        extract_id: SHA-256 of the file's bytes; see ``next_id`` for what may follow it.
        source: Publisher.
        dataset: The publisher's table.
        release: The publisher's release, None when a refused file does not say.
        scope: Areas whose rows are complete in it; ``ALL`` for the world.
        file: Name of the file when it came; for reading only, never part of a path.
        bytes: Size.
        rows: Rows of the publisher's file.
        link: Where it was fetched from.
        retrieved_at: When it was fetched.
        landed_at: When it was landed, UTC.
        landed_order: Order among all landed files.
        licence: Terms of reuse.
        licence_link: Where these stand.
        citation: How to cite.
        figures_from: Where a bundled extract's figures were taken from.
        accepted: Whether the gate accepted it.
        why: Why it was refused; of a file that a person accepted, what was passed.
        note: A remark.
        fetched: Whether a refresh fetched it from the publisher.
        known_on: Day from which the world knows it, if its release need not be registered: the
            day it was fetched, or what was said of a file that came by letter.
        access: Who may have it, if that is less than its producer's word; public, on_request or
            internal.
        over_limits: Whether limits refused it, and nothing else: a person may accept it.
        accepted_by: Who accepted it beyond the limits.
        accepted_because: Why.
        accepted_at: When, UTC.
        settled: Whether a refusal stands no longer: the publisher gave the accepted figures again.
    """

    extract_id: str
    source: str
    dataset: str
    release: str | None
    scope: tuple[str, ...] | None
    file: str
    bytes: int
    rows: int | None
    link: str | None
    retrieved_at: str | None
    landed_at: str
    landed_order: int
    licence: str | None
    licence_link: str | None
    citation: str | None
    figures_from: str | None
    accepted: bool
    why: str | None
    note: str | None
    # Manifests of before these were there have none of them.
    fetched: bool = False
    known_on: str | None = None
    access: str | None = None
    over_limits: bool = False
    accepted_by: str | None = None
    accepted_because: str | None = None
    accepted_at: str | None = None
    settled: bool = False


def content_id(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def accepted(home: Home, source: str | None = None, dataset: str | None = None) -> list[Manifest]:
    """Manifests of accepted files, in the order of landing.

    Args:
        home: The warehouse home.
        source: Only this publisher's, if given.
        dataset: Only this dataset's, if given.
    """
    # Folders are named after publisher and dataset: no other manifest need be opened.
    found = _manifests(home.landing, under=f"{source or '*'}/{dataset or '*'}")
    return sorted(found, key=lambda one: one.landed_order)


def content_of(extract_id: str) -> str:
    """The SHA-256 of the bytes that an ``extract_id`` names."""
    return extract_id.partition("-")[0]


def landed_as(source: str, dataset: str, extract_id: str) -> Path:
    """Where the bytes of an accepted file lie in the folder of landed files."""
    return Path(source, dataset, content_of(extract_id))


def next_id(home: Home, content: str) -> str:
    """The ``extract_id`` under which bytes are accepted next.

    Bytes lie in the landing once. Where a publisher goes back to what it said before, they are
    accepted once more all the same, or what it took back would stay current: with ``-2`` the
    second time, then ``-3``.

    Args:
        home: The warehouse home.
        content: Their SHA-256.
    """
    times = len(_manifests(home.landing, f"{content}*"))
    return f"{content}-{times + 1}" if times else content


def find_accepted(home: Home, content: str) -> Manifest | None:
    """The last manifest of accepted bytes; None if they were never accepted."""
    found = _manifests(home.landing, f"{content}*")
    return max(found, key=lambda one: one.landed_order, default=None)


def find_refused(home: Home, extract_id: str) -> Manifest | None:
    """The manifest of a file in quarantine; None if it is not there."""
    found = _manifests(home.quarantine, extract_id)
    return found[0] if found else None


def refused(home: Home) -> list[Manifest]:
    """Manifests of files in quarantine, in the order of landing."""
    return sorted(_manifests(home.quarantine), key=lambda one: one.landed_order)


def standing_refusals(home: Home) -> list[Manifest]:
    """Refused files after which no file of the same dataset was accepted, or came again."""
    last_accepted: dict[tuple[str, str], int] = {}
    for one in accepted(home):
        key = (one.source, one.dataset)
        last_accepted[key] = max(one.landed_order, last_accepted.get(key, -1))
    return [
        one
        for one in refused(home)
        if one.landed_order > last_accepted.get((one.source, one.dataset), -1) and not one.settled
    ]


def landed_file(home: Home, manifest: Manifest) -> Path:
    """Where the bytes of a landed file are.

    Raises:
        FileNotFoundError: The manifest's file is gone.
    """
    path = _folder(home, manifest) / content_of(manifest.extract_id)
    if not path.is_file():
        raise FileNotFoundError(f"landed file {manifest.extract_id} of {manifest.source} is gone")
    return path


def keep(home: Home, path: Path, manifest: Manifest) -> Manifest:
    """Land a file: copy its bytes and write its manifest.

    Args:
        home: The warehouse home.
        path: The file as it came; it stays where it is.
        manifest: What is known of it; ``accepted`` decides between landing and quarantine.

    Returns:
        The manifest as it stands on disk, with its place in the order.
    """
    target = _folder(home, manifest) / content_of(manifest.extract_id)
    if not target.is_file():
        with replacing(target) as temporary:
            shutil.copyfile(path, temporary)
    standing = Manifest(
        **{
            **asdict(manifest),
            "scope": manifest.scope,
            "landed_order": next_order(home),
            "landed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )
    _write_manifest(target.with_name(manifest.extract_id + MANIFEST_SUFFIX), standing)
    if manifest.accepted:
        release_from_quarantine(home, manifest.extract_id)
    return standing


def settle(home: Home, refusals: Iterable[Manifest]) -> None:
    """Note that refusals stand no longer: the publisher gives the accepted figures again.

    Args:
        home: The warehouse home.
        refusals: Files in quarantine, which were a slip of the publisher's.
    """
    for one in refusals:
        path = home.quarantine / (one.extract_id + MANIFEST_SUFFIX)
        _write_manifest(path, replace(one, settled=True))


def release_from_quarantine(home: Home, extract_id: str) -> None:
    """Forget a refusal of bytes that were accepted since."""
    for name in (extract_id + MANIFEST_SUFFIX, content_of(extract_id)):
        (home.quarantine / name).unlink(missing_ok=True)


def forget_unfinished(home: Home) -> None:
    """Remove copies that a killed process left half written; call it with the lock held."""
    for folder in (home.landing, home.quarantine):
        for path in folder.rglob(".*"):
            path.unlink(missing_ok=True)


def next_order(home: Home) -> int:
    """The next place in the order of landing."""
    orders = [one.landed_order for one in (*accepted(home), *refused(home))]
    return max(orders, default=-1) + 1


def as_frame(manifests: list[Manifest]) -> pd.DataFrame:
    """The rows of table ``extract``.

    Args:
        manifests: Accepted and refused files.

    Returns:
        A frame in the columns of ``schemas.assessment.EXTRACT``.
    """
    if not manifests:
        return empty_frame(EXTRACT)
    rows = [
        {**asdict(one), "scope": ";".join(one.scope) if one.scope else None} for one in manifests
    ]
    return conform(pd.DataFrame(rows)[EXTRACT.columns], EXTRACT)


def _folder(home: Home, manifest: Manifest) -> Path:
    if manifest.accepted:
        return home.landing / manifest.source / manifest.dataset
    return home.quarantine


def _manifests(folder: Path, extract_id: str = "*", under: str = "**") -> list[Manifest]:
    found = []
    for path in sorted(folder.glob(f"{under}/{extract_id}{MANIFEST_SUFFIX}")):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["scope"] = tuple(content["scope"]) if content["scope"] else None
        found.append(Manifest(**content))
    return found


def _write_manifest(path: Path, manifest: Manifest) -> None:
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
