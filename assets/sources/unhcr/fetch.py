"""Ask UNHCR's API: five datasets, each country from both of its sides, all pages.

The API ignores a year bound that stands alone and takes ISO codes only with ``cf_type=ISO``: both
are always sent. The pages are kept as they came, one after the other, as the reader takes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.sources.fetching.datasets import (
    MAX_PAGES,
    Asking,
    Fetched,
    NotFetched,
    each_dataset,
    json_page,
    out_of_step,
    write_pages,
)
from assets.sources.fetching.endpoints import Endpoint
from assets.sources.fetching.exchange import host_of
from assets.sources.fetching.faults import PermanentFault
from assets.sources.unhcr.layout import FIRST_YEAR

# The country as origin, then as country of asylum, each with all on the other side.
SIDES = (("coo", "coa_all"), ("coa", "coo_all"))
_ENVELOPE = {"page": int, "maxPages": int, "items": list}


def fetch(asking: Asking) -> Iterator[Fetched | NotFetched]:
    """Ask for every dataset.

    Args:
        asking: Session, endpoints, folder and countries.

    Yields:
        For each dataset its file, complete for the countries, or why it did not come.
    """
    return each_dataset(asking, lambda endpoint: _dataset(asking, endpoint))


def _dataset(asking: Asking, endpoint: Endpoint) -> Fetched:
    path = asking.into / f"unhcr_{endpoint.dataset}.json"
    bodies: list[bytes] = []
    links: list[str] = []
    modified = False
    for country in asking.countries:
        for side, every in SIDES:
            for answer_modified, link, body in _query(asking, endpoint, country, side, every):
                modified = modified or answer_modified
                links.append(link)
                bodies.append(body)
    write_pages(path, bodies)
    return asking.fetched(endpoint, path, links[0], asking.countries, modified)


def _query(
    asking: Asking, endpoint: Endpoint, country: str, side: str, every: str
) -> Iterator[tuple[bool, str, bytes]]:
    """All pages of one query, each whole and in its place."""
    fixed = (
        (side, country),
        (every, "true"),
        ("cf_type", "ISO"),
        ("yearFrom", str(FIRST_YEAR[endpoint.dataset])),
        ("yearTo", str(asking.client.settings.now().year)),
    )
    number, last = 1, 1
    seen: list[list[Any]] = []
    while number <= last:
        part = asking.into / f"unhcr_{endpoint.dataset}_page.json"
        answer = asking.client.get(endpoint, part, (*fixed, ("page", str(number))))
        page = json_page(answer.path, endpoint, _ENVELOPE)
        if number == 1:
            last = page["maxPages"]
        _check(endpoint, page, number, last, seen)
        seen.append(page["items"])
        yield answer.modified, answer.link, Path(answer.path).read_bytes()
        number += 1


def _check(
    endpoint: Endpoint, page: dict[str, Any], number: int, last: int, seen: list[list[Any]]
) -> None:
    """Whether a page is the one that was asked for, and new."""
    if last > MAX_PAGES:
        raise PermanentFault(
            f"{endpoint.name}: {host_of(endpoint)} has {last} pages, expected at most {MAX_PAGES}"
        )
    if page["page"] != number:
        raise out_of_step(endpoint, f"asked for page {number}, got page {page['page']}")
    if page["maxPages"] != last:
        told = f"page 1 tells of {last} pages, page {number} of {page['maxPages']}"
        raise out_of_step(endpoint, told)
    if not page["items"] and last > 0:
        raise out_of_step(endpoint, f"page {number} of {last} is empty")
    if page["items"] and page["items"] in seen:
        before = seen.index(page["items"]) + 1
        raise out_of_step(endpoint, f"page {number} of {last} is page {before} again")
