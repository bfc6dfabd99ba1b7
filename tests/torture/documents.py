"""The bundled extracts as documents that can be taken apart, changed and written again.

A cell has a place in the notation of the readers (``$[0].items[3].refugees``, ``Table 1!G12``,
``line 4, column 2``), found here by plain libraries and not by the readers under trial, so that
what a mutation changed can be told without them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlrd
import xlsxwriter
import xlwt
from python_calamine import CalamineWorkbook

Row = list[Any]
Grid = dict[str, list[Row]]
Places = dict[str, str]


@dataclass(frozen=True)
class Original:
    """A bundled extract with what its manifest says of it."""

    path: Path
    data: bytes
    sidecar: dict[str, Any]

    @property
    def kind(self) -> str:
        """json, csv, xlsx or xls."""
        return self.path.suffix.removeprefix(".")

    @property
    def name(self) -> str:
        """Publisher, dataset and file."""
        return "/".join(self.path.parts[-3:])


def load(path: Path) -> Original:
    beside = path.with_name(f"{path.stem}.manifest.json")
    return Original(path, path.read_bytes(), json.loads(beside.read_text(encoding="utf-8")))


def tables_of(original: Original) -> Any:
    """The document taken apart: what JSON holds, or the rows of each sheet (CSV has one, '')."""
    return parsed(original.kind, original.data)


def parsed(kind: str, data: bytes) -> Any:
    if kind == "json":
        return json.loads(data.decode("utf-8-sig"))
    if kind == "csv":
        text = data.decode("utf-8-sig")
        return {"": list(csv.reader(io.StringIO(text, newline=""), strict=True))}
    if kind == "xls":
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        return {
            sheet.name: [list(sheet.row_values(at)) for at in range(sheet.nrows)]
            for sheet in book.sheets()
        }
    opened = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        name: opened.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in opened.sheet_names
    }


def written(kind: str, tables: Any) -> bytes:
    """The document put together again."""
    if kind == "json":
        return json.dumps(tables, ensure_ascii=False).encode("utf-8", errors="surrogatepass")
    if kind == "csv":
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(tables[""])
        return out.getvalue().encode("utf-8", errors="surrogatepass")
    return _xls(tables) if kind == "xls" else _xlsx(tables)


def _xlsx(grid: Grid) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        as_day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in grid.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is None or cell == "":
                        continue
                    if isinstance(cell, bool):
                        sheet.write_boolean(at, column, cell)
                    elif isinstance(cell, int | float):
                        sheet.write_number(at, column, cell)
                    elif isinstance(cell, date | datetime):
                        sheet.write_datetime(at, column, cell, as_day)
                    else:
                        sheet.write_string(at, column, str(cell))
    return out.getvalue()


def _xls(grid: Grid) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in grid.items():
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None and cell != "":
                    sheet.write(at, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def letters(column: int) -> str:
    found, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def places(kind: str, tables: Any) -> Places:
    """Every cell by its place, as text that tells numbers from texts."""
    if kind == "json":
        return dict(_leaves(tables, "$"))
    return {place: told(cell) for place, cell in _cells(kind, tables)}


def told(cell: object) -> str:
    return repr(float(cell)) if type(cell) in (int, float) else repr(cell)  # type: ignore[arg-type]


def _leaves(node: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, one in node.items():
            yield from _leaves(one, f"{place}.{key}")
    elif isinstance(node, list):
        yield place, f"a list of {len(node)}"
        for at, one in enumerate(node):
            yield from _leaves(one, f"{place}[{at}]")
    else:
        yield place, repr(node)


def _cells(kind: str, grid: Grid) -> Iterator[tuple[str, Any]]:
    for name, rows in grid.items():
        line = 1
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if kind == "csv":
                    yield f"line {line}, column {column + 1}", cell
                else:
                    yield f"{name}!{letters(column)}{at + 1}", cell
            line += 1 + sum(str(cell).count("\n") for cell in row)


def changed(kind: str, before: Places, data: bytes) -> dict[str, tuple[str, str]] | None:
    """The cells that differ, with what they held and hold; None where the file can't be parsed."""
    try:
        after = places(kind, parsed(kind, data))
    except Exception:
        return None
    return {
        place: (before.get(place, "''"), after.get(place, "''"))
        for place in before.keys() | after.keys()
        if before.get(place, "''") != after.get(place, "''")
    }
