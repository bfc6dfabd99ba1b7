"""UNHCR's figures as the API sends them: page envelopes in JSON, of one query or of several.

The pages of a query follow each other from 1 to ``maxPages``; where the number starts again, the
next query begins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assets.sources.reading import Fault, Faults, FileRefused, decode_utf8, load_json
from assets.sources.unhcr.layout import (
    VALUE_COLUMNS,
    Layout,
    classify,
    frame_columns,
    resolve_header,
)

_FIRST_ITEM = re.compile(rb'"items"\s*:\s*\[\s*\{([^}]*)')
_KEY = re.compile(rb'"([^"\\]+)"\s*:')
_ENVELOPE = re.compile(rb'"maxPages"\s*:')


@dataclass(frozen=True)
class Page:
    """One envelope with its place in the file."""

    place: str
    body: Mapping[str, Any]

    @property
    def items(self) -> Sequence[Any]:
        """The items, or none where the envelope is broken."""
        items = self.body.get("items")
        return items if isinstance(items, list) else ()


def find_layout(head: bytes) -> Layout | None:
    """Tell the dataset by the keys of the first item.

    Raises:
        FileRefused: It is an answer of the API, but without an item in sight.
    """
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return None
    item = _FIRST_ITEM.search(head)
    if item is not None:
        keys = [key.decode("utf-8", errors="replace") for key in _KEY.findall(item[1])]
        layout = classify(tuple(keys))
        return layout if layout is not None and layout.form == "api" else None
    if _ENVELOPE.search(head) and b'"items"' in head:
        fault = Fault("items", None, None, "items, and the answer has none: nothing was found")
        raise FileRefused("the file", [fault], 1)
    return None


def read_json(data: bytes, layout: Layout, faults: Faults) -> pd.DataFrame:
    """Read all pages of a file.

    Args:
        data: The whole file.
        layout: What it is, as ``find_layout`` told.
        faults: Takes what is wrong with pages, items, keys and totals.

    Returns:
        Text columns with the API's names, and ``source_ref``, the JSON path of each item. A row
        with the same country on both sides that came with both queries is there once.

    Raises:
        FileRefused: The file is not JSON in UTF-8.
    """
    pages = _pages(load_json(decode_utf8(data, faults.file), faults), faults)
    for query in _queries(pages):
        _check_query(query, faults)
        _check_totals(query, VALUE_COLUMNS[layout.dataset], faults)
    items, places, page_of = _items(pages, layout, faults)
    frame = pd.DataFrame(
        {
            column: pd.Series([_text(item.get(column)) for item in items], dtype="str")
            for column in frame_columns(layout.dataset)
            if items and column in items[0]
        }
    )
    frame["source_ref"] = pd.Series(places, dtype="str")
    return _drop_twice_asked(frame, page_of) if {"coo_iso", "coa_iso"} <= set(frame) else frame


def _text(value: object) -> str:
    """A value as text: only whole numbers and text are the API's, the rest shows as it was."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value) if type(value) is int else json.dumps(value, ensure_ascii=False)


def _pages(loaded: Any, faults: Faults) -> list[Page]:
    """The envelopes of a file; one that is none is a fault and left out."""
    one = isinstance(loaded, dict)
    bodies = [loaded] if one else loaded
    pages = []
    for at, body in enumerate(bodies):
        place = "$" if one else f"$[{at}]"
        if not isinstance(body, dict):
            faults.add(place, None, _text(body)[:60], "a page of the API")
            continue
        good = True
        for key, kind, told in (
            ("page", int, "a whole number"),
            ("maxPages", int, "a whole number"),
            ("items", list, "a list"),
        ):
            if type(body.get(key)) is not kind:
                found = None if key not in body else _text(body[key])[:60]
                faults.add(f"{place}.{key}", None, found, told)
                good = False
        if good:
            pages.append(Page(place, body))
    return pages


def _queries(pages: Sequence[Page]) -> Iterator[list[Page]]:
    """Part pages into queries: a page number that does not rise begins the next one."""
    query: list[Page] = []
    for page in pages:
        if query and page.body["page"] <= query[-1].body["page"]:
            yield query
            query = []
        query.append(page)
    if query:
        yield query


def _check_query(query: Sequence[Page], faults: Faults) -> None:
    """Whether the pages of a query are all there and full."""
    first = query[0]
    last_page = first.body["maxPages"]
    numbers = [page.body["page"] for page in query]
    for page in query:
        if page.body["maxPages"] != last_page:
            told = f"{last_page}, as on the query's first page"
            faults.add(f"{page.place}.maxPages", None, str(page.body["maxPages"]), told)
        # An answer that found nothing has maxPages 0 and no items.
        full = len(page.items) == len(first.items) or page.body["page"] >= last_page
        if (not page.items and last_page > 0) or not full:
            told = f"{len(first.items)} items, as on a full page" if first.items else "items"
            faults.add(f"{page.place}.items", None, f"{len(page.items)} items", told)
    wanted = range(1, max(last_page, 1) + 1)
    absent = [number for number in wanted if number not in numbers]
    if absent:
        some = ", ".join(map(str, absent[:10])) + (", ..." if len(absent) > 10 else "")
        told = f"pages 1 to {last_page}: missing {some}"
        faults.add(first.place, "page", ", ".join(map(str, numbers[:10])), told)
    for page in query:
        if page.body["page"] not in wanted:
            told = f"a page of 1 to {last_page}"
            faults.add(f"{page.place}.page", None, str(page.body["page"]), told)


def _check_totals(query: Sequence[Page], columns: Sequence[str], faults: Faults) -> None:
    """Compare the sums that the API sends along, which are those of the whole query."""
    told_by = [page for page in query if page.body.get("total") not in (None, [])]
    if not told_by:
        return
    items = [item for page in query for item in page.items if isinstance(item, dict)]
    sums = {column: sum(_number(item.get(column)) or 0 for item in items) for column in columns}
    for page in told_by:
        total = page.body["total"]
        if not isinstance(total, dict):
            faults.add(f"{page.place}.total", None, _text(total)[:60], "sums by column")
            continue
        for column in columns:
            if column in total and _number(total[column]) != sums[column]:
                told = f"{sums[column]}, the sum of the query's items"
                faults.add(f"{page.place}.total", column, _text(total[column])[:60], told)


def _number(value: object) -> int | None:
    """A figure of the API; what does not apply counts as nothing in a sum."""
    if type(value) is int:
        return value
    if value == "-":
        return 0
    # Texts of figures are short: anything longer is a fault that the cells' check reports.
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19
    return int(str(value)) if digits else None


def _items(
    pages: Sequence[Page], layout: Layout, faults: Faults
) -> tuple[list[dict[str, Any]], list[str], list[int]]:
    """All items with their places and pages; keys are checked against the first item's."""
    items: list[dict[str, Any]] = []
    places: list[str] = []
    page_of: list[int] = []
    names: dict[str, str | None] = {}
    renamed = False
    for number, page in enumerate(pages):
        for at, item in enumerate(page.items):
            place = f"{page.place}.items[{at}]"
            if not isinstance(item, dict):
                faults.add(place, None, _text(item)[:60], "an item with the dataset's keys")
                continue
            if not items:
                keys = list(item)
                names = dict(zip(keys, resolve_header(keys, layout, place, faults), strict=True))
                renamed = any(key != name for key, name in names.items() if name is not None)
            elif item.keys() != names.keys():
                _key_fault(place, item, names, faults)
            if renamed:
                item = {names.get(key) or key: value for key, value in item.items()}
            items.append(item)
            places.append(place)
            page_of.append(number)
    return items, places, page_of


def _key_fault(
    place: str, item: Mapping[str, Any], names: Mapping[str, str | None], faults: Faults
) -> None:
    for key in sorted(names.keys() - item.keys()):
        faults.add(place, key, None, "this key, which the first item has")
    for key in sorted(item.keys() - names.keys()):
        faults.add(place, key, _text(item[key])[:60], "no such key: the first item has none")


def _drop_twice_asked(frame: pd.DataFrame, page_of: Sequence[int]) -> pd.DataFrame:
    """Keep a row once that answered both queries: the country on both sides.

    Only a row that is the same in every column, on another page, is one and the same. Anything
    else with an equal key stays, and is found as a repeated row.
    """
    both = frame.index[(frame["coo_iso"] == frame["coa_iso"]).to_numpy()]
    cells = frame.drop(columns="source_ref").loc[both]
    first: dict[tuple[Any, ...], int] = {}
    drop = []
    for at, row in zip(both, cells.itertuples(index=False, name=None), strict=True):
        seen = first.setdefault(row, at)
        if page_of[seen] != page_of[at]:
            drop.append(at)
    return frame.drop(index=drop).reset_index(drop=True) if drop else frame
