"""Ask every address without landing anything: is it there, is it data, what would change?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from assets.sources import gate
from assets.sources.fetching.datasets import Fetched, NotFetched
from assets.sources.fetching.endpoints import Endpoint, endpoints_of
from assets.sources.fetching.exchange import Progress, no_progress
from assets.sources.fetching.faults import FetchFault
from assets.sources.fetching.memory import Memory
from assets.sources.fetching.settings import Settings
from assets.sources.predecessor import differences, known_days
from assets.sources.reading import NotRecognised, Reading
from pipelines.fetching import fetched
from schemas.faults import Refused
from schemas.sources import SOURCE_MODELS
from warehouse import landing
from warehouse.home import Home
from warehouse.landing import Manifest
from warehouse.reference_data import Reference
from warehouse.releases import reference_of

# Each is reached only after the one before: what answers is recognised, what is recognised passes.
Stage = Literal["not configured", "not reachable", "not recognised", "refused", "passes"]


@dataclass(frozen=True)
class Table:
    """How much a file holds.

    Attributes:
        rows: Rows of the publisher's table.
        first_year: Its first year; None where it has no column of years.
        last_year: Its last year.
        scope: Countries for which it is complete.
        release: Its release, if it has one.
    """

    rows: int
    first_year: int | None
    last_year: int | None
    scope: tuple[str, ...]
    release: str | None = None


@dataclass(frozen=True)
class Diagnosis:
    """What asking one address showed.

    Attributes:
        source: Publisher.
        dataset: Its dataset.
        certainty: How sure its address is.
        how_to_check: What to look at on the first live run.
        stage: How far it came.
        message: Why no further.
        now: What came.
        held: The last accepted file.
        changed: Rows of both with other figures.
        new: Rows that are not held; None where the scopes differ, so that nobody can tell.
        vanished: Rows that are held and did not come.
    """

    source: str
    dataset: str
    certainty: str
    how_to_check: str
    stage: Stage
    message: str | None = None
    now: Table | None = None
    held: Table | None = None
    changed: int | None = None
    new: int | None = None
    vanished: int | None = None

    @property
    def well(self) -> bool:
        """Whether it is as it should be; an address that nobody knows is not ill."""
        return self.stage in ("passes", "not configured")

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return asdict(self)


def examine(
    home: Home,
    reference: Reference,
    sources: Sequence[str],
    settings: Settings | None = None,
    progress: Progress = no_progress,
) -> Iterator[Diagnosis]:
    """Ask publishers for all they are asked for; nothing lands and nothing is remembered.

    Args:
        home: The warehouse home whose files are compared with; it is only read.
        reference: Reference tables.
        sources: The publishers.
        settings: Patience, addresses and secrets; those of the environment if not given.
        progress: Called while a body comes.

    Yields:
        What each address answered.
    """
    chosen = settings or Settings()
    for source in sources:
        try:
            asked = {one.dataset: one for one in endpoints_of(reference, source, {})}
            with tempfile.TemporaryDirectory(prefix="migmap-doctor-") as folder:
                memory = Memory(None)
                for one in fetched(reference, source, chosen, memory, Path(folder), progress):
                    yield _diagnosis(home, reference, asked[one.dataset], one)
        except FetchFault as fault:
            yield Diagnosis(source, "all", "", "", "not reachable", chosen.hide(str(fault)))


def _diagnosis(
    home: Home, reference: Reference, endpoint: Endpoint, one: Fetched | NotFetched
) -> Diagnosis:
    told = (endpoint.source, endpoint.dataset, endpoint.certainty, endpoint.check)
    if isinstance(one, NotFetched):
        stage: Stage = "not configured" if one.reason == "not configured" else "not reachable"
        return Diagnosis(*told, stage, one.message)
    try:
        reading = gate.read_checked(one.path, reference, one.sidecar)
    except NotRecognised as error:
        return Diagnosis(*told, "not recognised", str(error))
    except Refused as refused:
        known = refused.recognised is not None
        return Diagnosis(*told, "refused" if known else "not recognised", str(refused))
    now = _table(reading.frame, reading.scope, None)
    manifest = _held(home, reference, reading)
    if manifest is None:
        return Diagnosis(*told, "passes", None, now)
    rows = gate.rows_of(home, manifest, reference, keep=False)
    key = SOURCE_MODELS[reading.source][reading.dataset].key
    changed, new, vanished = differences(rows, reading.frame, key)
    return Diagnosis(
        *told,
        stage="passes",
        now=now,
        held=_table(rows, manifest.scope, manifest.release),
        changed=changed,
        new=new if manifest.scope == reading.scope else None,
        vanished=vanished,
    )


def _held(home: Home, reference: Reference, reading: Reading) -> Manifest | None:
    """The newest accepted file of the dataset: of the same scope if there is one."""
    files = landing.accepted(home, reading.source, reading.dataset)
    alike = [one for one in files if one.scope == reading.scope] or files
    days = known_days(reference_of(home, reference), reading.source, reading.dataset)
    return max(alike, key=lambda one: (days[str(one.release)], one.landed_order), default=None)


def _table(frame: pd.DataFrame, scope: tuple[str, ...] | None, release: str | None) -> Table:
    years = frame["year"].dropna() if "year" in frame else pd.Series(dtype="Int64")
    first, last = (int(years.min()), int(years.max())) if len(years) else (None, None)
    return Table(len(frame), first, last, scope or (), release)
