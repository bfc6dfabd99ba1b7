"""Open workbooks of all publishers: .xlsx and .xls, told apart by content, within limits.

Sheets are given as plain rows whose positions are those of the sheet, so that a fault can name
its cell. Layout is the publishers' matter: they look for their labels.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlrd
import xlrd.compdoc
from python_calamine import CalamineError, CalamineWorkbook

from assets.sources.reading import (
    MAX_BYTES,
    FileRefused,
    open_bounded,
)
from schemas.faults import Fault

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
MAX_MEMBERS = 2000
# The largest that was published unpacks to less than a third of this; cells in memory take ten
# times what they take as text.
MAX_EXPANDED_WORKBOOK = 256 * 2**20
_XML_PARTS = (".xml", ".rels")
# A document type stands before the first element.
_HEAD_OF_PART = 16 * 2**10

# What xlrd raises on a file that was cut: it checks little before it unpacks.
_BROKEN_XLS = (
    xlrd.biffh.XLRDError,
    xlrd.compdoc.CompDocError,
    struct.error,
    ValueError,
    IndexError,
    AssertionError,
    KeyError,
    TypeError,
)

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
        raise _refusal(path.name, None, "a workbook (.xlsx or .xls)")
    _refuse_odd_parts(path.name, data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        # Leading empty rows and columns are kept, or every position would shift.
        return {
            name: Sheet(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        }
    except CalamineError as error:
        raise _refusal(path.name, str(error), "a workbook that can be read") from None


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


def _xls_sheets(file: str, data: bytes) -> Iterator[Sheet]:
    # calamine garbles the strings of old workbooks whose code page record is not that of their
    # text, as the central bank's are.
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO())
    except _BROKEN_XLS as error:
        raise _refusal(file, str(error), "a workbook that can be read") from None
    for sheet in book.sheets():
        yield Sheet(sheet.name, [list(sheet.row_values(row)) for row in range(sheet.nrows)])


def _refuse_odd_parts(file: str, data: bytes) -> None:
    """Refuse what would fill the memory, and what the reader would pass over in silence."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bomb(file, archive.infolist())
            for member in archive.infolist():
                if member.filename.endswith(_XML_PARTS):
                    _refuse_doctype(file, archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refusal(file, str(error), "a workbook that can be read") from None


def _refuse_bomb(file: str, members: Sequence[zipfile.ZipInfo]) -> None:
    # A member that unpacks to more than it declares is refused by the reader itself.
    expanded = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or expanded > MAX_EXPANDED_WORKBOOK:
        found = f"{len(members)} parts of {expanded} bytes"
        expected = f"at most {MAX_MEMBERS} parts of {MAX_EXPANDED_WORKBOOK} bytes"
        raise _refusal(file, found, expected)


def _refuse_doctype(file: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """No workbook needs a document type; an entity in a cell would leave it empty, unnoticed."""
    with archive.open(member) as part:
        head = part.read(_HEAD_OF_PART)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        expected = "XML without a document type"
        raise FileRefused(file, [Fault(member.filename, None, "<!DOCTYPE", expected)])


def _refusal(file: str, value: str | None, expected: str) -> FileRefused:
    return FileRefused(file, [Fault(file, None, value, expected)])
