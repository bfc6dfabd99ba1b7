"""Ask IDMC: lists of its API, page by page, and exports.

Every request needs a client id, which the environment gives and no link keeps. The API's answers
hold links to the next page, with the client id in them: they are neither followed nor kept. What
comes next is worked out here from how many rows came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
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
from assets.sources.fetching.secrets import CLIENT_ID_VARIABLE

PAGE_ROWS = 500
_EXPORT = "-export/"
_ENVELOPE = {"count": int, "results": list}
_LINKS = ("next", "previous")


def fetch(asking: Asking) -> Iterator[Fetched | NotFetched]:
    """Ask for every dataset.

    Args:
        asking: Session, endpoints, folder and countries.

    Yields:
        For each dataset its file, complete for the countries, or why it did not come.
    """
    return each_dataset(asking, lambda endpoint: _dataset(asking, endpoint))


def _dataset(asking: Asking, endpoint: Endpoint) -> Fetched:
    client_id = asking.client.settings.environment.get(CLIENT_ID_VARIABLE, "")
    if not client_id:
        raise PermanentFault(
            f"{endpoint.name}: {host_of(endpoint)} wants a client id, and {CLIENT_ID_VARIABLE} is "
            "not set; IDMC gives one on request"
        )
    secret = (("client_id", client_id),)
    if _EXPORT in endpoint.known_address():
        path = asking.into / f"idmc_{endpoint.dataset}.xlsx"
        answer = asking.client.get(endpoint, path, _asked(asking), secret)
        return asking.fetched(endpoint, answer.path, answer.link, asking.countries, answer.modified)
    return _list(asking, endpoint, secret)


def _asked(asking: Asking) -> tuple[tuple[str, str], ...]:
    return (("iso3__in", ",".join(asking.countries)),)


def _list(asking: Asking, endpoint: Endpoint, secret: tuple[tuple[str, str], ...]) -> Fetched:
    pages: list[dict[str, Any]] = []
    rows: list[Any] = []
    modified, link = False, ""
    while not pages or len(rows) < pages[0]["count"]:
        parameters = (
            *_asked(asking),
            ("limit", str(PAGE_ROWS)),
            ("offset", str(len(rows))),
        )
        part = asking.into / f"idmc_{endpoint.dataset}_page.json"
        answer = asking.client.get(endpoint, part, parameters, secret)
        page = json_page(answer.path, endpoint, _ENVELOPE)
        _check(endpoint, page, pages, len(rows))
        modified, link = modified or answer.modified, link or answer.link
        rows += page["results"]
        pages.append(page)
    if len(rows) > pages[0]["count"]:
        raise out_of_step(endpoint, f"{pages[0]['count']} rows are counted, {len(rows)} came")
    if pages[-1].get("next"):
        told = f"all {len(rows)} rows are there, and the last page tells of a next one"
        raise out_of_step(endpoint, told)
    path = asking.into / f"idmc_{endpoint.dataset}.json"
    write_pages(path, (_without_links(page) for page in pages))
    return asking.fetched(endpoint, path, link, asking.countries, modified)


def _check(
    endpoint: Endpoint, page: dict[str, Any], before: list[dict[str, Any]], held: int
) -> None:
    """Whether a page goes on where the one before ended."""
    count = before[0]["count"] if before else page["count"]
    if page["count"] != count:
        told = f"{count} rows were counted on the first page, {page['count']} at offset {held}"
        raise out_of_step(endpoint, told)
    if not page["results"] and held < count:
        raise out_of_step(endpoint, f"no rows at offset {held} of {count}")
    # IDMC lists some events twice, so that only a whole page can be told to have come again.
    if len(page["results"]) > 1 and any(page["results"] == one["results"] for one in before):
        raise out_of_step(endpoint, f"the rows at offset {held} of {count} came before")
    if len(before) >= MAX_PAGES:
        raise PermanentFault(
            f"{endpoint.name}: {host_of(endpoint)} has more than {MAX_PAGES} pages"
        )


def _without_links(page: dict[str, Any]) -> bytes:
    kept = {name: None if name in _LINKS else value for name, value in page.items()}
    return json.dumps(kept, ensure_ascii=False, indent=None).encode()
