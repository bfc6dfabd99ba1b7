"""Read UN DESA's workbooks, their exports to CSV, and the flat tables made of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from assets.sources.observations import concatenate
from assets.sources.reading import (
    Faults,
    NotRecognised,
    Reading,
    decode_utf8,
    open_bounded,
    refuse_if_no_data,
)
from assets.sources.undesa import layout
from assets.sources.undesa.flat import dataset_of, read_flat
from assets.sources.undesa.layout import SOURCE
from assets.sources.undesa.wide import Grid, Table, find_table, read_table
from assets.sources.workbooks import Row, Sheet, is_workbook, open_workbook
from schemas.sources.undesa import MODELS

_STAMPED = ("release", "extract_id")


def recognise(head: bytes) -> str | None:
    """Tell the dataset of a text table by its content; workbooks by ``recognise_sheets``.

    Args:
        head: The first 64 KiB of the file, unpacked.

    Returns:
        The dataset, also where a column is renamed: ``read`` then says which. None for what is
        no table of UN DESA.
    """
    if is_workbook(head) or b"\0" in head[:4096] or head.lstrip()[:1] in (b"{", b"[", b"<"):
        return None
    rows, _ = _rows(head.decode("utf-8-sig", errors="replace"), layout.HEADER_ROWS + 2)
    if not rows:
        return None
    flat = dataset_of(rows[0])
    if flat is not None:
        return flat
    header = layout.header_row(rows)
    if header is None:
        return None
    aged = any(layout.age_and_sex_of(cell) is not None for cell in rows[header])
    if not aged and not layout.tells_migrant_stock(rows, header):
        return None
    table = find_table(_grid(rows), Faults("the file"))
    return table.dataset if table else "destination"


def recognise_sheets(sheets: Mapping[str, Sheet]) -> str | None:
    """Tell the dataset of a workbook by its sheets, also where a column is renamed.

    Args:
        sheets: The sheets by name.
    """
    sheet = layout.main_sheet(sheets.values())
    if sheet is None:
        return None
    table = find_table(Grid(sheet.rows, f"{sheet.name}!"), Faults("the workbook"))
    return table.dataset if table else "destination"


def read(path: Path) -> Reading:
    """Read a file of UN DESA, plain or packed with gzip; its name is not looked at.

    Takes the workbooks of the revisions from 2017 on (migrants by destination, by destination and
    origin, by destination and age), the same tables as CSV, flat tables of these figures, net
    migration of World Population Prospects and flow estimates of Abel and Cohen.

    Args:
        path: The file.

    Returns:
        One row a printed figure, in the columns of the dataset's model but ``release`` and
        ``extract_id``: areas by location code or by name, ``sex`` and ``age`` as codes, ``value``
        in persons (Int64, missing for ``..``), ``source_ref`` (the cell). The release is the
        revision that the title block names; flat tables do not say it.

    Raises:
        FileRefused: With every fault and its place.
        NotRecognised: The file is no table of UN DESA.
    """
    data = open_bounded(path)
    refuse_if_no_data(data[:4096], path.name)
    if is_workbook(data):
        return read_sheets(path.name, open_workbook(path))
    text = decode_utf8(data, path.name)
    rows, lines = _rows(text)
    faults = Faults(path.name)
    if not text.endswith(("\n", "\r")):
        last = f"line {text.count(chr(10)) + 1}"
        faults.add(last, None, text[-40:], "a line end: the file may be cut off here")
    dataset = dataset_of(rows[0]) if rows else None
    if dataset is not None:
        frame = read_flat(dataset, rows, lines, faults)
        return _reading(dataset, None, frame, faults)
    grid = _grid(rows)
    table = find_table(grid, faults)
    if table is None and not faults.total:
        raise NotRecognised(f"{path.name}: no table of UN DESA")
    return _of_tables([table] if table else [], faults)


def read_sheets(file: str, sheets: Mapping[str, Sheet]) -> Reading:
    """Read an open workbook.

    Args:
        file: Its name for messages.
        sheets: Its sheets; those beside the migrant stock (population, shares) are left out.

    Raises:
        FileRefused: With every fault and its cell.
        NotRecognised: It is no workbook of UN DESA.
    """
    main = layout.main_sheet(sheets.values())
    if main is None:
        raise NotRecognised(f"{file}: no workbook of UN DESA")
    faults = Faults(file)
    first = find_table(Grid(main.rows, f"{main.name}!"), faults, _sex_of(main.rows))
    tables = [first] if first else []
    if first and first.measures[0].origin is not None:
        tables += _other_sexes(main, sheets, faults)
    return _of_tables(tables, faults)


def _other_sexes(main: Sheet, sheets: Mapping[str, Sheet], faults: Faults) -> list[Table]:
    """The tables of men and of women, where each sex has a sheet of its own."""
    found: list[Table] = []
    seen = {_sex_of(main.rows) or "_T": main.name}
    for sheet in sheets.values():
        header = layout.header_row(sheet.rows)
        if sheet.name == main.name or header is None:
            continue
        title = layout.title_of(sheet.rows, header)
        if layout.SUBJECT not in title or "percentage" in title:
            continue
        sex = _sex_of(sheet.rows) or "_T"
        if sex in seen:
            faults.add(f"{sheet.name}!A1", "sex", sex, f"another sex than that of {seen[sex]}")
            continue
        seen[sex] = sheet.name
        table = find_table(Grid(sheet.rows, f"{sheet.name}!"), faults, sex)
        found += [table] if table else []
    return found


def _sex_of(rows: Sequence[Row]) -> str | None:
    header = layout.header_row(rows)
    return layout.sex_of_group(layout.title_of(rows, header)) if header is not None else None


def _of_tables(tables: Sequence[Table], faults: Faults) -> Reading:
    frames = [read_table(table, faults) for table in tables]
    faults.refuse_any()
    dataset, rows = tables[0].dataset, tables[0].grid.rows
    wanted = [name for name in MODELS[dataset].columns if name not in _STAMPED]
    frame = concatenate([frame[wanted] for frame in frames])
    if not len(frame):
        faults.add(tables[0].grid.place(tables[0].first, 0), None, None, "rows of figures")
    return _reading(dataset, layout.release_of(rows, tables[0].first), frame, faults)


def _reading(dataset: str, release: str | None, frame: pd.DataFrame, faults: Faults) -> Reading:
    faults.refuse_any()
    wanted = [name for name in MODELS[dataset].columns if name not in _STAMPED]
    return Reading(SOURCE, dataset, release, frame[wanted], {}, None)


def _rows(text: str, most: int | None = None) -> tuple[list[list[str]], list[int]]:
    """Rows of a text table and the line of each, empty lines left out at the beginning."""
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(line)
            line = reader.line_num + 1
            if most is not None and len(rows) >= most:
                break
    except csv.Error:
        # A head can end within a quoted cell, and what is no text table is somebody else's.
        pass
    return rows, lines


def _grid(rows: list[list[str]]) -> Grid:
    width = max(map(len, rows), default=0)
    return Grid([[*row, *[""] * (width - len(row))] for row in rows], "", is_text=True)
