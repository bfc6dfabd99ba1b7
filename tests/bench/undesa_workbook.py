"""Write the bilateral table of revision 2020 to a workbook of the publisher's layout.

``undesa_workbook.py FIGURES.parquet OUT.xlsx``

The figures are a long table with the columns dest_code, orig_code, year, sex (both, male, female)
and value. The workbook has 28 columns and one row a pair of areas, which with all pairs of the
world is the largest workbook that is read.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    import pandas as pd

YEARS = (1990, 1995, 2000, 2005, 2010, 2015, 2020)
SEXES = {"both": "both sexes combined", "male": "males", "female": "females"}
AREA = "Region, development group, country or area"
IDENTITY = (
    "Index", f"{AREA} of destination", "Notes of destination", "Location code of destination",
    "Type of data of destination", f"{AREA} of origin", "Location code of origin",
)  # fmt: skip
SEXES_ROW, HEADER_ROW = 7, 10


def write_bilateral(figures: pd.DataFrame, path: Path) -> int:
    """Write all pairs of areas, one a row.

    Args:
        figures: Columns dest_code, orig_code, year, sex and value.
        path: The workbook.

    Returns:
        The number of rows of pairs.
    """
    wide = figures.pivot_table(
        index=["dest_code", "orig_code"], columns=["sex", "year"], values="value", aggfunc="first"
    )
    columns = [(sex, year) for sex in SEXES for year in YEARS]
    values = wide[columns].astype(object).where(wide[columns].notna(), "..")
    # Text goes to the table of shared strings, as spreadsheet programs write it.
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Table 1")
        sheet.write(1, 4, "International Migrant Stock 2020: Destination and origin")
        sheet.write(3, 4, "POP/DB/MIG/Stock/Rev.2020")
        for at, told in enumerate(SEXES.values()):
            text = f"International migrant stock at mid-year, {told}"
            sheet.write(SEXES_ROW, len(IDENTITY) + at * len(YEARS), text)
        sheet.write_row(HEADER_ROW, 0, [*IDENTITY, *(year for _, year in columns)])
        pairs = zip(wide.index, values.to_numpy(), strict=True)
        for row, ((to, come_from), cells) in enumerate(pairs, start=1):
            told = [row, f"Area {to}", None, int(to), "B", f"Area {come_from}", int(come_from)]
            sheet.write_row(HEADER_ROW + row, 0, [*told, *cells])
    return len(wide)


if __name__ == "__main__":
    # Who only asks how the workbook is laid out needs none of it.
    import pandas as pd

    write_bilateral(pd.read_parquet(sys.argv[1]), Path(sys.argv[2]))
