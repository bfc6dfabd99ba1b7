"""Make up a table in the shape and size of UNHCR's global population table of the end of 2023.

Only for measuring: the figures mean nothing. ``made_up_figures.py FILE [ROWS]``
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import sys
from pathlib import Path

SEED = 1951
ROWS = 126_402
YEARS = range(1951, 2024)
IDENTITY = ("year", "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso")
# Share of rows with a figure other than 0, as in the real table. Others are 0; "oip" alone has
# "-" nearly everywhere.
NOT_ZERO = {
    "refugees": 0.83,
    "asylum_seekers": 0.565,
    "returned_refugees": 0.046,
    "idps": 0.0056,
    "returned_idps": 0.0028,
    "stateless": 0.0108,
    "ooc": 0.0189,
    "oip": 0.0009,
    "hst": 0.0006,
}


def write(path: Path, rows: int = ROWS) -> None:
    """Write the table, packed with gzip; the same bytes for the same number of rows.

    Args:
        path: The file.
        rows: Number of rows below the header.
    """
    chance = random.Random(SEED)
    areas = _areas()
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*IDENTITY, *NOT_ZERO])
    for year, pairs in _pairs(chance, len(areas), rows):
        for pair in pairs:
            origin, asylum = areas[pair // len(areas)], areas[pair % len(areas)]
            table.writerow([year, *_side(origin), *_side(asylum), *_figures(chance)])
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def _areas() -> list[tuple[str, str]]:
    reference = Path(__file__).resolve().parents[2] / "warehouse" / "reference" / "area.csv"
    with reference.open(encoding="utf-8", newline="") as file:
        countries = [one for one in csv.DictReader(file) if one["kind"] == "country"]
    return [(one["name_en"], one["area"]) for one in countries]


def _pairs(chance: random.Random, areas: int, rows: int) -> list[tuple[int, list[int]]]:
    """Pairs of areas a year, each once; the years grow as the real table's do."""
    weights = [(place + 1) ** 2 for place in range(len(YEARS))]
    whole = sum(weights)
    sizes = [rows * weight // whole for weight in weights]
    sizes[-1] += rows - sum(sizes)
    return [
        (year, sorted(chance.sample(range(areas * areas), size)))
        for year, size in zip(YEARS, sizes, strict=True)
    ]


def _side(area: tuple[str, str]) -> tuple[str, str, str]:
    name, code = area
    return name, code, code


def _figures(chance: random.Random) -> list[str]:
    figures = []
    for column, share in NOT_ZERO.items():
        if chance.random() < share:
            figures.append(str(max(5, int(chance.lognormvariate(4.0, 2.5)))))
        else:
            figures.append("-" if column == "oip" else "0")
    return figures


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)
