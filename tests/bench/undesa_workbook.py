"""Write the bilateral table of revision 2020 to a workbook of the publisher's layout.

    python -m tests.bench.undesa_workbook FIGURES.parquet OUT.xlsx

The figures are a long table with the columns dest_code, orig_code, year, sex (both, male, female)
and value. The workbook has 28 columns and one row a pair of areas, which with all pairs of the
world is the largest workbook that is read.

Measured on two cores: 36,486 rows, 766,206 figures in 0.76 s, of which calamine's own parser takes
0.5 s to have the sheet's cells, 0.1 s to hand them to Python, and the rest is ours. Less than the
parser's time can't be had without another parser.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter

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
            told = [row, f"Area {to}", None, int(to), None, f"Area {come_from}", int(come_from)]
            sheet.write_row(HEADER_ROW + row, 0, [*told, *cells])
    return len(wide)


def main(arguments: Sequence[str]) -> None:
    """Write the workbook and say how long reading it takes, file to source-shaped frame."""
    from assets.sources.recognise import read_any
    from assets.sources.undesa.read import read_sheets
    from assets.sources.workbooks import open_workbook

    figures, path = Path(arguments[0]), Path(arguments[1])
    rows = write_bilateral(pd.read_parquet(figures), path)
    started = time.perf_counter()
    sheets = open_workbook(path)
    opened = time.perf_counter()
    read_sheets(path.name, sheets)
    done = time.perf_counter()
    print(f"{rows} rows: opened in {opened - started:.2f} s, read in {done - opened:.2f} s")
    started = time.perf_counter()
    found = read_any(path)
    print(f"all together {time.perf_counter() - started:.2f} s, {len(found.frame)} figures")


if __name__ == "__main__":
    main(sys.argv[1:])
