"""Make a mutated file of an extract: its cells, headers and rows, and all kinds together."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

from documents import Original, Row, tables_of, written
from mutate_files import bytes_changed, encoding, manifest
from mutated import Mutated, Mutator, of_bytes

ODD_CELLS: tuple[Any, ...] = (
    "abc", "12a", "1 234", "1\u00a0234", "1,234", "12,5", "12.5", "1e3", "0x1F", "#REF!", "n/a",
    "", " ", "*", "-", "..", "\u2026", "+5", "-7", "--7", "12*", "\u0661\u0662", "\uff11\uff12",
    "1234567890123456789012345", 10**11, 10**20, 1.5e300, -1, -250, 12.5, True, "NaN", "inf",
    "5\x00", "\ufeff7", "9" * 400,
)  # fmt: skip
ODD_JSON: tuple[Any, ...] = (None, [5], {"value": 5}, False, [], float("nan"))
ODD_KEYS: tuple[Any, ...] = (
    "", " ", "ZZZ", "XX", 0, 1899, 2999, "NaN", "null", "kgz", "KGZ ", " KGZ", "K\u0413Z", "*",
    "-", "KG", "Kirgizistan", 20.5, True,
)  # fmt: skip


def _made(original: Original, tables: Any, what: str, *, same: bool = False) -> Mutated:
    return Mutated(
        written(original.kind, tables), json.dumps(original.sidecar, ensure_ascii=False), what, same
    )


def lists_of_rows(tables: Any) -> list[list[Any]]:
    """All lists of objects in JSON, from the largest on."""
    found: list[list[Any]] = []

    def walk(node: Any) -> None:
        for one in node.values() if isinstance(node, dict) else node:
            if isinstance(one, dict | list):
                walk(one)
        if isinstance(node, list) and node and isinstance(node[0], dict):
            found.append(node)

    walk(tables)
    return sorted(found, key=len, reverse=True)


def _number(cell: Any) -> bool:
    if isinstance(cell, str):
        return cell.replace(".", "", 1).removeprefix("-").isdigit()
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _body_of(rows: list[Row]) -> int:
    """Position of the first row of figures: two numbers that are not both years."""
    for at, row in enumerate(rows):
        numbers = [cell for cell in row if _number(cell) and not 1900 <= float(cell) <= 2100]
        if numbers:
            return at
    return len(rows)


def _sheet(original: Original, tables: Any, chance: random.Random) -> list[Row]:
    named = [rows for rows in tables.values() if _body_of(rows) < len(rows)]
    rows: list[Row] = chance.choice(named)
    return rows


def body(original: Original, tables: Any, chance: random.Random) -> list[Any]:
    """A list of rows, the larger the likelier, whose members may be changed in place."""
    if original.kind == "json":
        lists = lists_of_rows(tables)
        return chance.choices(lists, [len(one) for one in lists])[0]
    return _sheet(original, tables, chance)


def _row_at(original: Original, rows: list[Any], chance: random.Random) -> int:
    first = 0 if original.kind == "json" else _body_of(rows)
    return chance.randrange(first, len(rows))


def _keys(original: Original, row: Any, numbers: bool) -> list[Any]:
    named = list(row.items()) if isinstance(row, dict) else list(enumerate(row))
    every = [key for key, cell in named if _number(cell) is numbers
             and not isinstance(cell, list | dict)]  # fmt: skip
    return every or [key for key, _ in named]


# --- Cells ---------------------------------------------------------------------------------


def _put(original: Original, chance: random.Random, numbers: bool, pick: Any) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows = body(original, tables, chance)
    at = _row_at(original, rows, chance)
    key = chance.choice(_keys(original, rows[at], numbers))
    before = rows[at][key]
    after = pick(before, rows, key)
    if original.kind == "csv" and not isinstance(after, str):
        after = "" if after is None else str(after)
    if original.kind in ("xlsx", "xls") and isinstance(after, float | int) and abs(after) > 1e308:
        after = str(after)
    rows[at][key] = after
    return _made(original, tables, f"row {at}, {key!r}: {before!r} becomes {str(after)[:60]!r}")


def cell_odd(original: Original, chance: random.Random) -> Mutated:
    odd = (*ODD_CELLS, *ODD_JSON) if original.kind == "json" else ODD_CELLS
    if original.kind in ("xlsx", "xls"):
        odd = tuple(one for one in odd if not isinstance(one, str) or "\x00" not in one)
    return _put(original, chance, True, lambda *_: chance.choice(odd))


def cell_number(original: Original, chance: random.Random) -> Mutated:
    def other(before: Any, _rows: Any, _key: Any) -> Any:
        value = float(before) if _number(before) else 3.0
        made = chance.choice((value + 1, value + chance.randint(1, 500), value * 10, value // 2, 0))
        whole = int(made)
        return str(whole) if isinstance(before, str) else whole

    return _put(original, chance, True, other)


def cell_sign(original: Original, chance: random.Random) -> Mutated:
    def other(before: Any, _rows: Any, _key: Any) -> Any:
        return f"-{before}" if isinstance(before, str) else -before if _number(before) else "-3"

    return _put(original, chance, True, other)


def cell_key(original: Original, chance: random.Random) -> Mutated:
    def other(before: Any, rows: Any, key: Any) -> Any:
        if chance.random() < 0.5:
            return chance.choice(ODD_KEYS)
        try:
            return chance.choice(rows)[key]
        except (KeyError, IndexError):
            return "ZZZ"

    return _put(original, chance, chance.random() < 0.2, other)


# --- Headers -------------------------------------------------------------------------------


def _each_row(rows: list[Any], change: Callable[[Any], Any]) -> None:
    rows[:] = [change(row) for row in rows]


def _rename(label: Any, chance: random.Random) -> Any:
    text = str(label)
    at = chance.randrange(max(1, len(text)))
    return chance.choice(
        (text[:at] + text[at + 1 :], text.upper(), f"{text}_2", "", "something", f" {text} ", 1e3)
    )


def header_cell(original: Original, tables: Any, chance: random.Random) -> tuple[Any, Any, Any]:
    """Rows, position of a header row and a column, in a table; or rows and a key of JSON."""
    rows = body(original, tables, chance)
    if original.kind == "json":
        return rows, None, chance.choice(list(rows[0]))
    above = range(_body_of(rows)) or range(1)
    filled = [(at, column) for at in above for column, cell in enumerate(rows[at]) if cell != ""]
    at, column = chance.choice(filled)
    return rows, at, column


def header_renamed(original: Original, chance: random.Random) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows, at, key = header_cell(original, tables, chance)
    new = _rename(key if at is None else rows[at][key], chance)
    if at is not None:
        what = f"header {rows[at][key]!r} becomes {new!r}"
        rows[at][key] = str(new) if original.kind == "csv" else new
        return _made(original, tables, what)
    new, single = str(new), chance.random() < 0.3
    chosen = chance.randrange(len(rows)) if single else None
    for number, row in enumerate(rows):
        if chosen in (None, number):
            items = [(new if one == key else one, cell) for one, cell in row.items()]
            row.clear()
            row.update(items)
    where = "everywhere" if chosen is None else f"in row {chosen}"
    return _made(original, tables, f"key {key!r} becomes {new!r} {where}")


def header_dropped(original: Original, chance: random.Random) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows, at, key = header_cell(original, tables, chance)
    single = at is None and chance.random() < 0.3
    chosen = chance.randrange(len(rows)) if single else None
    for number, row in enumerate(rows):
        if chosen in (None, number) and (isinstance(row, dict) or key < len(row)):
            row.pop(key, None) if isinstance(row, dict) else row.pop(key)
    return _made(original, tables, f"column {key!r} dropped" + (f", row {chosen}" * single))


def header_doubled(original: Original, chance: random.Random) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows, at, key = header_cell(original, tables, chance)
    if at is None:
        # JSON objects with the same key twice, the second time with something else.
        number = chance.randrange(len(rows))
        text = json.dumps(rows[number], ensure_ascii=False)
        value = json.dumps(chance.choice((rows[number][key], 7, "8", None)))
        doubled = f"{text[:-1]}, {json.dumps(key)}: {value}}}"
        rows[number] = {"__here__": 1}
        whole = written("json", tables).decode()
        return of_bytes(original, whole.replace('{"__here__": 1}', doubled).encode(),
                      f"key {key!r} twice in row {number}, then {value}")  # fmt: skip
    for row in rows:
        if key < len(row):
            row.insert(chance.choice((key, len(row))), row[key])
    return _made(original, tables, f"column {key} twice")


def header_moved(original: Original, chance: random.Random) -> Mutated:
    """A column with its cells at another place; keys of JSON have no order at all."""
    tables = copy.deepcopy(tables_of(original))
    rows, at, key = header_cell(original, tables, chance)
    if at is None:
        for row in rows:
            items = list(row.items())
            chance.shuffle(items)
            row.clear()
            row.update(items)
        return _made(original, tables, "keys in another order", same=True)
    to = chance.randrange(max(map(len, rows)))
    for row in rows:
        if key < len(row):
            row.insert(to, row.pop(key))
    return _made(original, tables, f"column {key} moved to {to}", same=original.kind == "csv")


def header_swapped(original: Original, chance: random.Random) -> Mutated:
    """Two labels change places and their cells do not."""
    tables = copy.deepcopy(tables_of(original))
    rows, at, key = header_cell(original, tables, chance)
    if at is None:
        other = chance.choice([one for one in rows[0] if one != key] or [key])
    else:
        other = chance.choice([one for one, cell in enumerate(rows[at]) if cell != ""])
    return swapped(original, tables, (rows, at), key, other)


def swapped(
    original: Original, tables: Any, table: tuple[Any, Any], key: Any, other: Any
) -> Mutated:
    """Two labels, or keys of JSON, change places.

    Args:
        original: The file.
        tables: Its tables, which are changed.
        table: One of them, and the position of its header row; none in JSON.
        key: A column, or a key.
        other: Another one.
    """
    rows, at = table
    if at is None:
        for row in rows:
            if key in row and other in row:
                row[key], row[other] = row[other], row[key]
        return _made(original, tables, f"keys {key!r} and {other!r} swapped")
    row = rows[at]
    row[key], row[other] = row[other], row[key]
    return _made(original, tables, f"labels {row[key]!r} and {row[other]!r} swapped")


# --- Rows ----------------------------------------------------------------------------------


def row_dropped(original: Original, chance: random.Random) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows = body(original, tables, chance)
    at = _row_at(original, rows, chance)
    count = chance.choice((1, 1, 1, 2, 5, len(rows) // 2))
    del rows[at : at + max(1, count)]
    return _made(original, tables, f"{count} rows dropped from row {at}")


def row_repeated(original: Original, chance: random.Random) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows = body(original, tables, chance)
    at = _row_at(original, rows, chance)
    to = chance.choice((at + 1, len(rows), _row_at(original, rows, chance)))
    rows.insert(to, copy.deepcopy(rows[at]))
    return _made(original, tables, f"row {at} once more at {to}")


def row_swapped(original: Original, chance: random.Random) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows = body(original, tables, chance)
    one, other = _row_at(original, rows, chance), _row_at(original, rows, chance)
    # Pages of an answer have their order, and so has what sections head.
    whole = original.kind != "json" or "items" not in rows[one]
    if original.kind in ("xlsx", "xls"):
        whole = all(any(map(_number, rows[at])) for at in (one, other))
    rows[one], rows[other] = rows[other], rows[one]
    return _made(original, tables, f"rows {one} and {other} swapped", same=whole)


def row_cut(original: Original, chance: random.Random) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows = body(original, tables, chance)
    at = _row_at(original, rows, chance)
    row = rows[at]
    if isinstance(row, dict):
        for key in list(row)[chance.randrange(len(row)) :]:
            del row[key]
    elif chance.random() < 0.3:
        row.append(chance.choice(("7", "x", "")))
    else:
        del row[chance.randrange(len(row)) :]
    made = _made(original, tables, f"row {at} cut or longer")
    # In a sheet a row has no end: its last cells are blank now.
    made.of_cells = original.kind in ("xlsx", "xls")
    return made


def row_blank(original: Original, chance: random.Random) -> Mutated:
    tables = copy.deepcopy(tables_of(original))
    rows = body(original, tables, chance)
    at = _row_at(original, rows, chance)
    blank: Any = chance.choice(([], [""] * (len(rows[at])), ["", "Total"]))
    if original.kind == "json":
        blank = chance.choice((None, {}, [], "Total"))
    rows.insert(at, blank)
    return _made(original, tables, f"{blank!r} put in as row {at}")


def pages_changed(original: Original, chance: random.Random) -> Mutated:
    """What stands around the rows of an answer: page numbers, counts, sums, units."""
    tables = copy.deepcopy(tables_of(original))
    if original.kind != "json":
        return row_dropped(original, chance)
    page = chance.choice(tables) if isinstance(tables, list) else tables
    key = chance.choice(list(page))
    if chance.random() < 0.3 and isinstance(tables, list) and len(tables) > 1:
        chance.choice((tables.pop, lambda: tables.append(tables[0]), tables.reverse))()
        return _made(original, tables, "pages dropped, repeated or turned round")
    before, odd = page[key], chance.choice((0, 1, 2, 99, None, "1", [], {}, -1))
    if chance.random() < 0.3:
        del page[key]
        return _made(original, tables, f"{key!r} of the envelope dropped")
    page[key] = odd
    return _made(original, tables, f"{key!r} of the envelope: {str(before)[:20]} becomes {odd!r}")


# --- All kinds -----------------------------------------------------------------------------

KINDS: dict[str, tuple[Mutator, ...]] = {
    "cells": (cell_odd, cell_odd, cell_number, cell_number, cell_sign, cell_key, cell_key),
    "headers": (header_renamed, header_dropped, header_doubled, header_moved, header_swapped),
    "rows": (row_dropped, row_repeated, row_swapped, row_cut, row_blank, pages_changed),
    "encodings": (encoding,),
    "bytes": (bytes_changed,),
    "manifests": (manifest,),
}
WEIGHTS = {"cells": 34, "headers": 16, "rows": 16, "encodings": 8, "bytes": 20, "manifests": 6}
