"""Open workbooks of all publishers: .xlsx and .xls, told apart by content, within limits.

Sheets are given as plain rows whose positions are those of the sheet, so that a fault can name
its cell. Layout is the publishers' matter: they look for their labels.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlrd
from python_calamine import CalamineError, CalamineWorkbook

from assets.sources.parts import faults_of_parts, ill_formed_part
from assets.sources.reading import (
    MAX_BYTES,
    FileRefused,
    open_bounded,
)
from schemas.faults import Fault

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"

# The largest that was published unpacks to less than a third of this; cells in memory take ten
# times what they take as text.
MAX_EXPANDED_WORKBOOK = 256 * 2**20
_UNREADABLE = (CalamineError, ValueError, OverflowError, OSError)

Cell = object
Row = Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes:
        name: Its name.
        rows: Its rows from the first on, empty cells as "".
    """

    name: str
    rows: Sequence[Row]

    def place(self, row: int, column: int) -> str:
        """Where a cell is, counted from 0, as people write it: ``sheet!B12``."""
        return f"{self.name}!{column_letters(column)}{row + 1}"

    def find(self, *labels: str) -> tuple[int, int] | None:
        """The first cell whose text, white space folded, is one of the labels."""
        wanted = {folded(label) for label in labels}
        for row, cells in enumerate(self.rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, str) and folded(cell) in wanted:
                    return row, column
        return None


def is_workbook(head: bytes) -> bool:
    """Whether a file begins as an .xlsx or .xls workbook does."""
    return head.startswith((ZIP_MAGIC, OLE_MAGIC))


def open_workbook(path: Path) -> dict[str, Sheet]:
    """Open a workbook.

    Args:
        path: An .xlsx or .xls file, whatever it is called.

    Returns:
        Its sheets by name, in order.

    Raises:
        FileRefused: It is neither, too large, would unpack to too much, or is broken.
    """
    data = open_bounded(path, MAX_BYTES, MAX_BYTES)
    if data.startswith(OLE_MAGIC):
        return {sheet.name: sheet for sheet in _xls_sheets(path.name, data)}
    if not data.startswith(ZIP_MAGIC):
        raise _refusal(path.name, "byte 0", data[:8].hex(" "), "a workbook (.xlsx or .xls)")
    faults = faults_of_parts(data, MAX_EXPANDED_WORKBOOK)
    if faults:
        raise FileRefused(path.name, faults)
    return _xlsx_sheets(path.name, data)


def folded(text: str) -> str:
    """A label as it is compared: white space folded, no footnote star, lower case."""
    return " ".join(text.replace("\u00a0", " ").split()).rstrip("*").strip().casefold()


def column_letters(column: int) -> str:
    """The letters of a column counted from 0."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _xlsx_sheets(file: str, data: bytes) -> dict[str, Sheet]:
    listing = "part 'xl/workbook.xml'"
    place = f"{listing} and those it names"
    sheets: dict[str, Sheet] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            place = f"sheet {name!r}"
            # Leading empty rows and columns are kept, or every position would shift.
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheets[name] = Sheet(name, rows)
    except _UNREADABLE as error:
        known = ill_formed_part(data)
        if known is not None:
            raise FileRefused(file, [known]) from None
        raise _refusal(file, place, str(error)[:200], "a workbook that can be read") from None
    if not sheets:
        raise _refusal(file, listing, None, "at least one sheet")
    return sheets


def _xls_sheets(file: str, data: bytes) -> Iterator[Sheet]:
    # calamine garbles the strings of old workbooks whose code page record is not that of their
    # text, as the central bank's are.
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
        sheets = book.sheets()
    except Exception as error:
        # xlrd checks little before it unpacks, and raises whatever Python does then.
        place = f"part 'Workbook', within {len(data)} bytes"
        raise _refusal(file, place, f"{error!r}"[:200], "a workbook that can be read") from None
    for sheet in sheets:
        yield Sheet(sheet.name, [list(sheet.row_values(row)) for row in range(sheet.nrows)])


def _refusal(file: str, place: str, value: str | None, expected: str) -> FileRefused:
    return FileRefused(file, [Fault(place, None, value, expected)])
