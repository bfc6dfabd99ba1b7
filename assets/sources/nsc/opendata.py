"""NSC's open data in JSON: one category, its rows with labels in three languages, a few years.

``{"data": [{"pk", "priority", "title_en", "title_kg", "title_ru", "values": [{"key": 2024,
"value": 14669.0}, ...]}, ...], "title", "units"}``. The file does not say the category's number.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from assets.sources.nsc.labels import indicators_of
from assets.sources.reading import Faults, decode_utf8, find_repeats, load_json

ENVELOPE = ("data", "title", "units")
ITEM = ("pk", "priority", "title_en", "title_kg", "title_ru", "values")
VALUE = ("key", "value")
_TITLES = ("title_en", "title_kg", "title_ru")
# A key that is renamed must not hide what the file is, so most of them are enough.
_MOST = 4


def is_open_data(head: bytes) -> bool:
    """Whether a file is a category of the open data."""
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    if not text.startswith("{"):
        return False
    # A category without rows has its envelope only.
    of_rows, of_envelope = (sum(f'"{key}"' in text for key in keys) for keys in (ITEM, ENVELOPE))
    return of_rows >= _MOST or of_envelope == len(ENVELOPE)


def read_open_data(data: bytes, faults: Faults) -> tuple[pd.DataFrame, dict[str, str]]:
    """Read a category.

    Args:
        data: The whole file.
        faults: Takes what is wrong, with its JSON path.

    Returns:
        A frame with one row a row and year, in the columns of ``nsc_opendata`` (year Int64, value
        as printed, missing where null), and what the file says of itself (title, units).

    Raises:
        FileRefused: It is no JSON, or no category with rows.
    """
    parsed = load_json(decode_utf8(data, faults.file), faults)
    envelope = parsed if isinstance(parsed, dict) else {}
    _check_keys(envelope, ENVELOPE, "$", faults)
    items = envelope.get("data")
    if not isinstance(items, list) or not items:
        faults.add("$.data", None, None, "a list of rows with at least one")
        faults.refuse_any()
    rows = [row for at, item in enumerate(items or []) for row in _rows(item, at, faults)]
    stated = {key: str(envelope[key]) for key in ("title", "units") if envelope.get(key)}
    frame = pd.DataFrame(rows, columns=[*ITEM[:-1], "indicator", "year", "value", "source_ref"])
    frame = frame.assign(category=stated.get("title", ""), units=stated.get("units"))
    find_repeats(frame, ("pk", "year"), "source_ref", faults)
    _check_indicators(frame, faults)
    return frame, stated


def _check_keys(found: dict[str, Any], wanted: tuple[str, ...], place: str, faults: Faults) -> None:
    for key in wanted:
        if key not in found:
            faults.add(place, key, None, "this key, which is missing")
    for key in found:
        if key not in wanted:
            faults.add(place, key, key, f"no key but {', '.join(wanted)}")


def _rows(item: Any, at: int, faults: Faults) -> list[dict[str, object]]:
    place = f"$.data[{at}]"
    if not isinstance(item, dict):
        faults.add(place, None, str(item), "a row of the category")
        return []
    _check_keys(item, ITEM, place, faults)
    for key in ("pk", "priority"):
        if key in item and not _is_whole(item[key]) and (key == "pk" or item[key] is not None):
            faults.add(place, key, str(item[key]), "a whole number")
    for key in _TITLES:
        if not isinstance(item.get(key), str | None):
            faults.add(place, key, str(item[key]), "text")
        elif "???" in (item.get(key) or ""):
            faults.add(place, key, str(item[key])[:60], "letters: they were lost on the way")
    titles = {key: item.get(key) if isinstance(item.get(key), str) else None for key in _TITLES}
    named = indicators_of(titles.values())
    if len(named) > 1:
        told = " / ".join(title for title in titles.values() if title)
        faults.add(place, "title_en", told, "labels that mean the same in all languages")
    own = {
        **titles,
        "pk": item["pk"] if _is_whole(item.get("pk")) else None,
        "priority": item["priority"] if _is_whole(item.get("priority")) else None,
        "indicator": named[0] if len(named) == 1 else None,
    }
    return [own | figure for figure in _figures(item.get("values"), place, faults)]


def _figures(values: Any, place: str, faults: Faults) -> list[dict[str, object]]:
    if not isinstance(values, list):
        faults.add(f"{place}.values", None, None, "a list of years and values")
        return []
    found: list[dict[str, object]] = []
    for at, one in enumerate(values):
        where = f"{place}.values[{at}]"
        if not isinstance(one, dict):
            faults.add(where, None, str(one), "a year and its value")
            continue
        _check_keys(one, VALUE, where, faults)
        year, value = one.get("key"), one.get("value")
        if not _is_whole(year) or not re.fullmatch(r"(19|20)\d\d", str(year)):
            faults.add(where, "key", str(year), "a year")
            continue
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            faults.add(where, "value", str(value), "a number or null")
            continue
        found.append({"year": year, "value": value, "source_ref": f"{where}.value"})
    return found


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_indicators(frame: pd.DataFrame, faults: Faults) -> None:
    """Two rows of one meaning would be counted as one figure or as two: nobody can tell."""
    known = frame[frame["indicator"].notna()]
    find_repeats(known, ("indicator", "year"), "source_ref", faults)
