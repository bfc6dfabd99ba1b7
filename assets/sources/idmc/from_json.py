"""IDMC's API: lists of rows, paged envelopes of them, and the GeoJSON of single figures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assets.sources.idmc.layout import LAYOUTS, Layout, classify, resolve
from assets.sources.idmc.typed import Cells
from assets.sources.reading import Fault, Faults, FileRefused, decode_utf8, load_json

_ITEM = re.compile(rb'\{([^{}]*"iso3"[^{}]*)')
_KEY = re.compile(rb'"([^"\\]+)"\s*:')
_GEOJSON = re.compile(rb'"type"\s*:\s*"FeatureCollection"')
_NOBODY = re.compile(rb'\{\s*"detail"\s*:\s*"(Client is [^"]*)"')
_NO_ROWS = re.compile(rb'"results"\s*:\s*\[\s*\]')
_FIGURES = next(one for one in LAYOUTS if one.dataset == "disaggregated")
_Item = Mapping[str, Any]


def find_layout(head: bytes) -> Layout | None:
    """Tell the dataset by the keys of the first row.

    Raises:
        FileRefused: It is the API's refusal, or an answer without rows.
    """
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        return None
    nobody = _NOBODY.search(head)
    if nobody is not None:
        said = nobody[1].decode("utf-8", errors="replace")
        raise FileRefused("the file", [Fault("$.detail", None, said, "rows of the API")], 1)
    if _GEOJSON.search(head) and (b'"Figure cause"' in head or b"(GIDD)" in head):
        return _FIGURES
    item = _ITEM.search(head)
    if item is not None:
        keys = [key.decode("utf-8", errors="replace") for key in _KEY.findall(item[1])]
        return classify(keys, "api")
    if b'"last_updated"' in head and _NO_ROWS.search(head):
        told = "rows, and the answer has none: nothing was found"
        raise FileRefused("the file", [Fault("$.results", None, None, told)], 1)
    return None


def read_json(data: bytes, layout: Layout, faults: Faults) -> tuple[Cells, dict[str, str]]:
    """Read all rows of a file.

    Args:
        data: The whole file.
        layout: What it is, as ``find_layout`` told.
        faults: Takes what is wrong with pages, rows and keys.

    Returns:
        The cells by column, and what the answer says of itself: ``last_updated``.

    Raises:
        FileRefused: The file is not JSON in UTF-8.
    """
    loaded = load_json(decode_utf8(data, faults.file), faults)
    geojson = layout is _FIGURES
    rows, stated = _features(loaded, faults) if geojson else _rows(loaded, faults)
    if not rows:
        faults.add("$", None, None, "rows")
    keys = _keys(rows, layout, faults, complete=not geojson)
    columns = {column: [_flat(row, key) for _, row in rows] for key, column in keys.items()}
    label = {column: key for key, column in keys.items()}

    def place(row: int, column: str) -> str:
        return f"{rows[row][0]}.{label[column]}"

    return Cells(columns, [ref for ref, _ in rows], place), stated


def _rows(loaded: Any, faults: Faults) -> tuple[list[tuple[str, _Item]], dict[str, str]]:
    """The rows of a plain list, of one envelope, or of a list of all envelopes of a query."""
    pages = [("$", loaded)] if isinstance(loaded, dict) else []
    if isinstance(loaded, list) and loaded and "results" in _as_dict(loaded[0]):
        pages = [(f"$[{at}]", page) for at, page in enumerate(loaded)]
    if not pages:
        return _items(loaded, "$", faults), {}
    rows: list[tuple[str, _Item]] = []
    for place, page in pages:
        rows += _items(_as_dict(page).get("results"), f"{place}.results", faults)
    first = _as_dict(pages[0][1])
    if first.get("count") != len(rows):
        told = f"all {first.get('count')} rows that the answer counts"
        faults.add(f"{pages[0][0]}.count", "results", f"{len(rows)} rows", told)
    updated = first.get("last_updated")
    return rows, {"last_updated": str(updated)} if updated else {}


def _features(loaded: Any, faults: Faults) -> tuple[list[tuple[str, _Item]], dict[str, str]]:
    features = _items(_as_dict(loaded).get("features"), "$.features", faults)
    rows: list[tuple[str, _Item]] = [
        (f"{place}.properties", _as_dict(one.get("properties"))) for place, one in features
    ]
    return rows, {}


def _items(found: Any, place: str, faults: Faults) -> list[tuple[str, _Item]]:
    if not isinstance(found, list):
        faults.add(place, None, str(found)[:60], "a list of rows")
        return []
    rows: list[tuple[str, _Item]] = []
    for at, one in enumerate(found):
        if isinstance(one, dict):
            rows.append((f"{place}[{at}]", one))
        else:
            faults.add(f"{place}[{at}]", None, str(one)[:60], "a row")
    return rows


def _keys(
    rows: Sequence[tuple[str, _Item]], layout: Layout, faults: Faults, *, complete: bool
) -> dict[str, str]:
    """Column by key. In GeoJSON a missing value has no key, so any row may name it."""
    if not rows:
        return {}
    place, first = rows[0]
    every = first if complete else {key: None for _, row in rows for key in row}
    header = [key for key in every if key != "event_codes_type"]
    if not complete:
        # Only keys that every figure must have can be told to be missing.
        header += [
            layout.label(one) for one in layout.always
            if one not in _ALWAYS_SET and layout.label(one) not in every
        ]  # fmt: skip
    columns = resolve(header, layout, place, faults)
    for at, row in rows[1:] if complete else ():
        if row.keys() != first.keys():
            odd = ", ".join(sorted(row.keys() ^ first.keys()))
            faults.add(at, odd, None, f"the keys of {place}")
    return {key: one for key, one in zip(header, columns, strict=True) if one is not None}


_ALWAYS_SET = frozenset(("figure_id", "iso3", "cause", "year", "figure_category", "total_figures"))


def _flat(row: _Item, key: str) -> object:
    """A value; lists as text, codes with their types as the workbooks write them."""
    value = row.get(key)
    if not isinstance(value, list):
        return value
    kinds = row.get("event_codes_type")
    if key == "event_codes" and isinstance(kinds, list) and len(kinds) == len(value):
        value = list(zip(value, kinds, strict=True))
    return "; ".join(
        ":".join(str(part) for part in one) if isinstance(one, list | tuple) else str(one)
        for one in value
    )


def _as_dict(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
