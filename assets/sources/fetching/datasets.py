"""What a publisher's ``fetch`` gives: a file a dataset, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from assets.sources.fetching.client import Client
from assets.sources.fetching.endpoints import Endpoint
from assets.sources.fetching.exchange import host_of
from assets.sources.fetching.faults import (
    FetchFault,
    NotConfigured,
    PermanentFault,
    TransientFault,
)
from warehouse.reference_data import Reference

# A query of one country has a few pages; what does not end is not data.
MAX_PAGES = 1000

Reason = Literal["transient", "permanent", "not configured"]


@dataclass(frozen=True)
class Fetched:
    """A file that came.

    Attributes:
        dataset: The publisher's dataset.
        path: The file, below ``var/fetched``; it may be removed after it was landed.
        sidecar: What the file does not say of itself, in the fields of a sidecar.
        modified: False if the publisher said of every part that it is as it was.
        asked: Links of the requests that it was made of, without secrets.
    """

    dataset: str
    path: Path
    sidecar: dict[str, Any]
    modified: bool = True
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotFetched:
    """A dataset that did not come, and why; the message is for people and holds no secret."""

    dataset: str
    reason: Reason
    message: str


@dataclass(frozen=True)
class Asking:
    """What the ``fetch`` of every publisher takes.

    Attributes:
        client: The publisher's session.
        endpoints: What is asked, one a dataset.
        into: The folder for files.
        countries: Countries whose figures are asked for, as ISO 3166-1 alpha-3.
        about: What every sidecar says of the publisher: name, licence, citation.
    """

    client: Client
    endpoints: Sequence[Endpoint]
    into: Path
    countries: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def fetched(
        self, endpoint: Endpoint, path: Path, link: str, scope: Sequence[str] | None, modified: bool
    ) -> Fetched:
        """A file that came, with its sidecar.

        Args:
            endpoint: What was asked.
            path: The file.
            link: Where, without secrets.
            scope: Countries for which it is complete; None where the reader knows.
            modified: Whether anything of it is new by the publisher's word.
        """
        sidecar = {
            **self.about,
            "dataset": endpoint.dataset,
            "link": link,
            "retrieved_at": self.client.settings.now().isoformat(timespec="seconds"),
            "fetched": True,
        }
        if scope is not None:
            sidecar["scope"] = list(scope)
        return Fetched(endpoint.dataset, path, sidecar, modified, tuple(self.client.asked))

    def whole_file(self, endpoint: Endpoint, scope: Sequence[str] | None, ending: str) -> Fetched:
        """A dataset that is one file of the publisher."""
        path = self.into / f"{endpoint.source}_{endpoint.dataset}.{ending}"
        answer = self.client.get(endpoint, path)
        return self.fetched(endpoint, answer.path, answer.link, scope, answer.modified)


def each_dataset(
    asking: Asking, ask: Callable[[Endpoint], Fetched]
) -> Iterator[Fetched | NotFetched]:
    """Ask for one dataset after the other; one that fails does not stop the others."""
    for endpoint in asking.endpoints:
        result: Fetched | NotFetched
        asking.client.asked.clear()
        try:
            result = ask(endpoint)
        except FetchFault as fault:
            message = asking.client.settings.hide(str(fault))
            result = NotFetched(endpoint.dataset, reason_of(fault), message)
        yield result


def reason_of(fault: FetchFault) -> Reason:
    """Whether a fault passes, stays, or is none."""
    if isinstance(fault, NotConfigured):
        return "not configured"
    return "transient" if isinstance(fault, TransientFault) else "permanent"


def about_source(reference: Reference, source: str) -> dict[str, Any]:
    """What the sidecars of a publisher's files say of it, from table ``source``.

    Args:
        reference: Reference tables.
        source: The publisher.
    """
    table = reference.table("source")
    rows = table[table["source"] == source].to_dict("records")
    told: dict[str, Any] = {"publisher": source}
    for name in ("licence", "licence_link", "citation"):
        value = rows[0][name] if rows else None
        told[name] = None if value is None or pd.isna(value) else str(value)
    return told


def json_page(path: Path, endpoint: Endpoint, keys: Mapping[str, type]) -> dict[str, Any]:
    """One page of an API, with the keys that paging goes by.

    Args:
        path: The body of the answer.
        endpoint: What was asked.
        keys: The keys that must be there, with the type of their value.

    Raises:
        PermanentFault: It is no such page.
    """
    try:
        page = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise PermanentFault(
            f"{endpoint.name}: {host_of(endpoint)} sent what is no JSON in UTF-8 ({error})"
        ) from None
    wrong = [
        name
        for name, kind in keys.items()
        if not isinstance(page, dict) or type(page.get(name)) is not kind
    ]
    if wrong:
        raise PermanentFault(
            f"{endpoint.name}: {host_of(endpoint)} sent no page of its API: "
            f"no {' and no '.join(wrong)}"
        )
    return dict(page)


def out_of_step(endpoint: Endpoint, what: str) -> TransientFault:
    """Pages that do not make one whole: figures may have been replaced while they were read."""
    return TransientFault(f"{endpoint.name}: the pages of {host_of(endpoint)} do not fit: {what}")


def write_pages(path: Path, pages: Iterable[bytes]) -> None:
    """Write pages, as they came, as one JSON list."""
    path.write_bytes(b"[\n" + b",\n".join(page.strip() for page in pages) + b"\n]\n")
