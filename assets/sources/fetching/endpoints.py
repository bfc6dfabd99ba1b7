"""Where a dataset is asked for: the reference table ``endpoint``, and what overrides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import pandas as pd

from assets.sources.fetching.faults import NotConfigured, PermanentFault
from warehouse.reference_data import Reference

OVERRIDE_PREFIX = "MIGMAP_ADDRESS_"


@dataclass(frozen=True)
class Endpoint:
    """An address that is asked for one dataset.

    Attributes:
        source: Publisher.
        dataset: Its dataset.
        address: The address without parameters; None while nobody knows it.
        parameters: Those that are always the same.
        certainty: known, from_parsers or assumed.
        user_agent: What the publisher wants to see instead of our name; None for our name.
        max_bytes: The most bytes that an answer may have.
        content_types: What the answer may be.
        redirect_hosts: Other hosts to which it may send on.
        check: How to check on the first live run what is not certain.
    """

    source: str
    dataset: str
    address: str | None
    parameters: tuple[tuple[str, str], ...]
    certainty: str
    user_agent: str | None
    max_bytes: int
    content_types: frozenset[str]
    redirect_hosts: frozenset[str]
    check: str

    @property
    def name(self) -> str:
        """Publisher and dataset, as messages name them."""
        return f"{self.source}/{self.dataset}"

    def known_address(self) -> str:
        """The address.

        Raises:
            NotConfigured: Nobody knows it yet; the message says how to set it.
        """
        if self.address is None:
            variable = f"{OVERRIDE_PREFIX}{self.source}_{self.dataset}".upper()
            raise NotConfigured(
                f"{self.name} is not fetched: its address is not known. {self.check} Then set it "
                f"in warehouse/reference/endpoint.csv or in {variable}."
            )
        return self.address


def endpoints_of(
    reference: Reference, source: str, environment: Mapping[str, str]
) -> list[Endpoint]:
    """The endpoints of a publisher, with their overrides.

    ``MIGMAP_ADDRESS_<SOURCE>`` replaces scheme and host of all its addresses, as tests and
    mirrors need it; ``MIGMAP_ADDRESS_<SOURCE>_<DATASET>`` gives the whole address of one dataset.

    Args:
        reference: Reference tables.
        source: The publisher.
        environment: Variables of the process.

    Raises:
        PermanentFault: An override is no address of http or https.
    """
    table = reference.table("endpoint")
    rows = table[table["source"] == source].to_dict("records")
    return [_overridden(_endpoint(row), environment) for row in rows]


def fetched_sources(reference: Reference) -> list[str]:
    """The publishers that are asked, in the order of the table."""
    return list(dict.fromkeys(reference.table("endpoint")["source"].astype(str)))


def _endpoint(row: Mapping[Any, Any]) -> Endpoint:
    def text(name: str) -> str | None:
        return None if pd.isna(row[name]) else str(row[name])

    return Endpoint(
        source=str(row["source"]),
        dataset=str(row["dataset"]),
        address=text("address"),
        parameters=tuple(parse_qsl(text("parameters") or "")),
        certainty=str(row["certainty"]),
        user_agent=text("user_agent"),
        max_bytes=int(row["max_bytes"]),
        content_types=frozenset((text("content_types") or "").split(";")) - {""},
        redirect_hosts=frozenset((text("redirect_hosts") or "").split(";")) - {""},
        check=text("how_to_check") or "",
    )


def _overridden(endpoint: Endpoint, environment: Mapping[str, str]) -> Endpoint:
    of_source = f"{OVERRIDE_PREFIX}{endpoint.source}".upper()
    of_dataset = f"{of_source}_{endpoint.dataset}".upper()
    if environment.get(of_dataset):
        return replace(endpoint, address=_checked(of_dataset, environment[of_dataset]))
    if environment.get(of_source) and endpoint.address:
        host = urlsplit(_checked(of_source, environment[of_source]))
        own = urlsplit(endpoint.address)
        moved = urlunsplit((host.scheme, host.netloc, own.path, own.query, ""))
        return replace(endpoint, address=moved)
    return endpoint


def _checked(variable: str, address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PermanentFault(f"{variable} is {address!r}, expected an address of http or https")
    return address
