"""Fetch from the publishers and land what came; without Dagster, which only shows and repeats it.

What lands is decided by the gate. What did not come is reported beside it: a publisher that fails
does not stop the others.
"""

from __future__ import annotations

import importlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from assets.sources import gate
from assets.sources.fetching.client import Client
from assets.sources.fetching.datasets import Asking, Fetched, NotFetched, about_source
from assets.sources.fetching.endpoints import endpoints_of, fetched_sources
from assets.sources.fetching.exchange import Progress, no_progress
from assets.sources.fetching.faults import FetchFault
from assets.sources.fetching.memory import Memory
from assets.sources.fetching.settings import Settings
from warehouse.home import Home
from warehouse.landing import Manifest
from warehouse.lock import Locked
from warehouse.reference_data import Reference

State = Literal[
    "accepted", "unchanged", "known", "not modified", "refused", "transient", "permanent",
    "not configured",
]  # fmt: skip
FAILED: tuple[State, ...] = ("transient", "permanent")
NOTHING_NEW: tuple[State, ...] = ("unchanged", "known", "not modified")
_MEANING: dict[State, str] = {
    "accepted": "new: accepted",
    "unchanged": "unchanged: the figures held, in other bytes",
    "known": "unchanged: the same bytes",
    "not modified": "not modified, the publisher says",
    "refused": "refused",
    "transient": "could not be fetched, and may be next time",
    "permanent": "could not be fetched",
    "not configured": "not asked",
}


@dataclass(frozen=True)
class DatasetReport:
    """What became of one dataset.

    Attributes:
        source: Publisher.
        dataset: Its dataset.
        state: What became of it.
        message: Why it was refused or did not come.
        manifest: The file that stands for it in the warehouse, or in quarantine.
    """

    source: str
    dataset: str
    state: State
    message: str | None = None
    manifest: Manifest | None = None

    @property
    def told(self) -> str:
        """What became of it, for people."""
        return _MEANING[self.state]


Report = Callable[[DatasetReport], None]


def _tell_nobody(report: DatasetReport) -> None:
    """Tell nobody."""


def sources_to_ask(reference: Reference, source: str | None) -> list[str]:
    """The publishers that are asked; none if the one that is wanted is never asked."""
    return [one for one in fetched_sources(reference) if source in (None, one)]


def fetch_and_land(
    home: Home,
    reference: Reference,
    sources: Sequence[str],
    settings: Settings | None = None,
    *,
    listener: Report = _tell_nobody,
    progress: Progress = no_progress,
) -> list[DatasetReport]:
    """Ask publishers one after the other, and land what came.

    Args:
        home: The warehouse home; the caller holds its refresh lock.
        reference: Reference tables.
        sources: The publishers.
        settings: Patience, addresses and secrets; those of the environment if not given.
        listener: Called with what became of each dataset.
        progress: Called while a body comes.

    Returns:
        What became of every dataset.
    """
    chosen = settings or Settings()
    reports: list[DatasetReport] = []
    for source in sources:
        for report in _reports(home, reference, source, chosen, progress):
            listener(report)
            reports.append(report)
    return reports


def _reports(
    home: Home, reference: Reference, source: str, settings: Settings, progress: Progress
) -> Iterator[DatasetReport]:
    try:
        with work_folder(home, source) as folder:
            # What comes is held against what is bundled, so that must have landed.
            gate.land_bundled(home, reference, source)
            memory = Memory(home.fetched / "remembered")
            for one in fetched(reference, source, settings, memory, folder, progress):
                report = _landed(home, reference, source, one)
                if isinstance(one, Fetched) and report.state == "refused":
                    memory.forget(one.asked)
                yield report
    except (FetchFault, Locked) as fault:
        # What keeps a publisher from being asked at all, such as an override that is no address.
        yield DatasetReport(source, "all", "permanent", settings.hide(str(fault)))


def fetched(
    reference: Reference,
    source: str,
    settings: Settings,
    memory: Memory,
    into: Path,
    progress: Progress = no_progress,
) -> Iterator[Fetched | NotFetched]:
    """Ask one publisher for all its datasets.

    Args:
        reference: Reference tables.
        source: The publisher.
        settings: Patience, addresses and secrets.
        memory: What is remembered of earlier requests.
        into: The folder for files.
        progress: Called while a body comes.

    Yields:
        For each dataset its file, or why it did not come.

    Raises:
        PermanentFault: An address in the environment is none.
    """
    endpoints = endpoints_of(reference, source, settings.environment)
    client = Client(settings, memory, progress)
    countries = tuple(reference.active_countries())
    try:
        asking = Asking(client, endpoints, into, countries, about_source(reference, source))
        yield from importlib.import_module(f"assets.sources.{source}.fetch").fetch(asking)
    finally:
        client.close()


@contextmanager
def work_folder(home: Home, source: str) -> Iterator[Path]:
    """A folder for files on their way; what a killed process left in it is removed.

    Raises:
        Locked: Another process fetches from this publisher now.
    """
    home.fetched.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.fetched / f"{source}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Locked(f"{source} is being fetched by another process") from None
    try:
        for left in home.fetched.glob(f"{source}-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=home.fetched, prefix=f"{source}-") as folder:
            yield Path(folder)
    finally:
        lock.release()


def _landed(
    home: Home, reference: Reference, source: str, one: Fetched | NotFetched
) -> DatasetReport:
    if isinstance(one, NotFetched):
        return DatasetReport(source, one.dataset, one.reason, one.message)
    landed = gate.land_file(home, reference, one.path, one.sidecar)
    state: State = landed.status
    if state in ("known", "unchanged") and not one.modified:
        state = "not modified"
    return DatasetReport(source, one.dataset, state, landed.why, landed.manifest)
