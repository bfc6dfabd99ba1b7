"""IDMC's tables in sheets and in CSV: a header, perhaps a row of HXL tags, then the rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assets.sources.idmc.layout import Layout, classify, resolve
from assets.sources.idmc.typed import Cells
from assets.sources.reading import Faults, decode_utf8
from assets.sources.workbooks import Row, Sheet, column_letters

# What stands above a header is a title at most.
_HEADER_WITHIN = 40
_HXL = "#"
_STATED = re.compile(r"(date extracted|last update)\W+(\w.*)", re.IGNORECASE)
_DAYS = ("%d/%m/%Y", "%B %d, %Y", "%Y-%m-%d")


@dataclass(frozen=True)
class Table:
    """A table that was found: its layout, where its header is, and all rows around it.

    Attributes:
        layout: What it is.
        header: Row of the header, from 0.
        rows: All rows of the sheet or file.
        sheet: Name of the sheet, None in CSV.
    """

    layout: Layout
    header: int
    rows: Sequence[Row]
    sheet: str | None = None

    def ref(self, row: int) -> str:
        """The place of a row."""
        return f"line {row + 1}" if self.sheet is None else f"{self.sheet}!{row + 1}"

    def place(self, row: int, column: int) -> str:
        """The place of a cell."""
        if self.sheet is None:
            return f"line {row + 1}, column {column + 1}"
        return f"{self.sheet}!{column_letters(column)}{row + 1}"


def find_table(rows: Sequence[Row], sheet: str | None = None) -> Table | None:
    """Find the header of a table of IDMC, right or nearly right."""
    for at, cells in enumerate(rows[:_HEADER_WITHIN]):
        header = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
        layout = classify(header, "table") if len(header) > 3 else None
        if layout is not None:
            return Table(layout, at, rows, sheet)
    return None


def tables_of(sheets: Mapping[str, Sheet]) -> dict[str, Table]:
    """The tables of a workbook, by dataset, in order of the sheets."""
    found: dict[str, Table] = {}
    for name, sheet in sheets.items():
        table = find_table(sheet.rows, name)
        if table is not None:
            found.setdefault(table.layout.dataset, table)
    return found


def csv_head(head: bytes) -> Table | None:
    """Find the header in the first bytes of a CSV file."""
    text = head.decode("utf-8-sig", errors="replace")
    if text.lstrip()[:1] in ("{", "["):
        return None
    lines = text.splitlines()[:_HEADER_WITHIN]
    rows = []
    for line in lines:
        try:
            rows.append(next(csv.reader([line]), []))
        except csv.Error:
            rows.append([line])
    return find_table(rows)


def read_csv(data: bytes, faults: Faults) -> tuple[Table, list[int]] | None:
    """Read a CSV file whole.

    Args:
        data: The file.
        faults: Takes what is no CSV.

    Returns:
        The table, and the line on which each of its rows begins; None if no header is there.

    Raises:
        FileRefused: The file is not UTF-8, or is cut off within quotes.
    """
    text = decode_utf8(data, faults.file)
    if not text.endswith("\n"):
        told = "a line break: the file may be cut off"
        faults.add(f"line {text.count(chr(10)) + 1}", None, text[-40:].splitlines()[-1], told)
    reader = csv.reader(io.StringIO(text), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    begins = 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.add(f"line {begins}", None, str(error), "CSV: the file may be cut off")
        faults.refuse_any()
    table = find_table(rows)
    return None if table is None else (table, lines)


def cells_of(table: Table, faults: Faults, lines: Sequence[int] | None = None) -> Cells:
    """The cells below a header, by column of the model.

    Args:
        table: The table.
        faults: Takes what is wrong with the header and with the shape of rows.
        lines: In CSV, the line on which each row begins.
    """
    raw_header = [str(cell).strip() for cell in table.rows[table.header]]
    where = table.ref(table.header)
    columns = resolve(raw_header, table.layout, where, faults)
    kept: list[tuple[int, Row]] = []
    for at, row in enumerate(table.rows[table.header + 1 :], start=table.header + 1):
        filled = [cell for cell in row if cell is not None and str(cell).strip()]
        if not filled or (at == table.header + 1 and str(filled[0]).startswith(_HXL)):
            continue
        _check_shape(row, raw_header, _row_ref(table, at, lines), faults)
        kept.append((at, row))
    if not kept:
        faults.add(where, None, None, "rows below the header")
    position = {name: i for i, name in enumerate(columns) if name is not None}
    by_column = {
        name: [row[i] if i < len(row) else None for _, row in kept] for name, i in position.items()
    }
    at_row = [at if lines is None else lines[at] - 1 for at, _ in kept]

    def place(row: int, column: str) -> str:
        return table.place(at_row[row], position[column])

    return Cells(by_column, [table.ref(one) for one in at_row], place)


def _row_ref(table: Table, at: int, lines: Sequence[int] | None) -> str:
    return table.ref(at if lines is None else lines[at] - 1)


def _check_shape(row: Row, header: Sequence[str], ref: str, faults: Faults) -> None:
    """In CSV all rows are as long as the header; nowhere stands a cell without a header."""
    if any(str(cell).strip() for cell, label in zip(row, header, strict=False) if not label) or any(
        str(cell).strip() for cell in row[len(header) :]
    ):
        faults.add(
            ref, None, None, f"no cell outside the {sum(map(bool, header))} columns of the header"
        )
    elif len(row) < len(header):
        faults.add(ref, None, f"{len(row)} cells", f"{len(header)} cells: it may be cut off")


def stated_by(sheets: Mapping[str, Sheet]) -> dict[str, str]:
    """What a workbook's README says: date_extracted and last_update, as ISO 8601 if it can be."""
    found: dict[str, str] = {}
    for name, sheet in sheets.items():
        if name.strip().casefold() != "readme":
            continue
        for row in sheet.rows:
            text = " ".join(str(cell).strip() for cell in row if str(cell).strip())
            match = _STATED.fullmatch(text)
            if match:
                found.setdefault(match[1].lower().replace(" ", "_"), _iso(match[2]))
    return found


def _iso(text: str) -> str:
    for pattern in _DAYS:
        try:
            return datetime.strptime(text.strip(), pattern).date().isoformat()
        except ValueError:
            continue
    return text.strip()
