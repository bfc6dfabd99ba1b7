"""Write the figures of a workbook's first sheet as CSV, for a database that reads no workbooks.

``sheet_to_csv.py WORKBOOK CSV``. The bilateral table is cut to its codes and figures, so that its
header is one row with a name a column.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from undesa_workbook import HEADER_ROW, IDENTITY, SEXES, YEARS

BILATERAL = ("line", "destination_code", "origin_code")
_KEPT = (0, 3, 6)


def write(workbook: Path, path: Path) -> None:
    """Write the sheet.

    Args:
        workbook: A workbook of IDMC, or the bilateral table.
        path: The CSV file.
    """
    book = CalamineWorkbook.from_path(workbook)
    rows: list[list[Any]] = [
        list(row)
        for row in book.get_sheet_by_name(book.sheet_names[0]).to_python(skip_empty_area=False)
    ]
    if len(rows) > HEADER_ROW and rows[HEADER_ROW][0] == IDENTITY[0]:
        header = [*BILATERAL, *(f"{sex}_{year}" for sex in SEXES for year in YEARS)]
        figures = [[row[at] for at in _KEPT] + row[len(IDENTITY) :] for row in rows]
        rows = [header, *figures[HEADER_ROW + 1 :]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [_plain(cell) for cell in row] for row in rows
        )


def _plain(cell: object) -> object:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
