"""Make up a table in the shape and size of one of UNHCR's global tables of the end of 2023.

Only for measuring: the figures mean nothing. ``made_up_figures.py FILE [TABLE [ROWS]]``
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SEED = 1951
LAST_YEAR = 2023
# People displaced within a country: it stands on both sides, in about as many rows as have figures.
WITHIN = frozenset(("idps", "returned_idps"))
IDENTITY = ("year", "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso")


@dataclass(frozen=True)
class Shape:
    """What a table looks like.

    Attributes:
        rows: Number of rows of the real table.
        first_year: Its first year; the last is 2023.
        not_zero: Share of rows with a figure other than 0 in each column of figures.
        empty: Columns whose other rows have "-" instead of 0.
        said: Columns of codes between the countries and the figures, with values that occur.
        sum_of: A column that is the sum of the others.
    """

    rows: int
    first_year: int
    not_zero: Mapping[str, float]
    empty: frozenset[str] = frozenset()
    said: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sum_of: str | None = None


SHAPES = {
    "population": Shape(
        126_402, 1951,
        {
            "refugees": 0.83, "asylum_seekers": 0.565, "returned_refugees": 0.046,
            "idps": 0.0056, "returned_idps": 0.0028, "stateless": 0.0108, "ooc": 0.0189,
            "oip": 0.0009, "hst": 0.0006,
        },
        frozenset(("oip",)),
    ),
    "asylum_applications": Shape(
        108_496, 2000, {"applied": 1.0},
        said={
            "procedure_type": "GJU", "app_type": ("N", "R", "A"), "dec_level": ("FI", "AR", "NA"),
            "app_pc": "PC",
        },
    ),
    "asylum_decisions": Shape(
        103_034, 2000,
        {
            "dec_recognized": 0.425, "dec_other": 0.164, "dec_rejected": 0.691, "dec_closed": 0.562,
            "dec_total": 1.0,
        },
        said={"procedure_type": "GJU", "dec_level": ("FI", "AR", "NA"), "dec_pc": "PC"},
        sum_of="dec_total",
    ),
    "solutions": Shape(
        19_564, 1959,
        {
            "returned_refugees": 0.296, "resettlement": 0.46, "naturalisation": 0.324,
            "returned_idps": 0.018,
        },
        frozenset(("returned_refugees", "resettlement", "naturalisation", "returned_idps")),
    ),
}  # fmt: skip


def write(path: Path, name: str = "population", rows: int | None = None) -> None:
    """Write a table, packed with gzip; the same bytes for the same number of rows.

    Args:
        path: The file.
        name: Which table.
        rows: Number of rows below the header; if not given, as the real table has.
    """
    shape = SHAPES[name]
    chance = random.Random(SEED)
    areas = _areas()
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*IDENTITY, *shape.said, *shape.not_zero])
    years = range(shape.first_year, LAST_YEAR + 1)
    for year, pairs in _pairs(chance, len(areas), years, shape.rows if rows is None else rows):
        for pair in pairs:
            origin, asylum = areas[pair // len(areas)], areas[pair % len(areas)]
            said = [chance.choice(codes) for codes in shape.said.values()]
            figures = _figures(chance, shape, at_home=origin == asylum)
            table.writerow([year, *_side(origin), *_side(asylum), *said, *figures])
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        packed.write(text.getvalue().encode())


def _areas() -> list[tuple[str, str]]:
    reference = Path(__file__).resolve().parents[2] / "warehouse" / "reference" / "area.csv"
    with reference.open(encoding="utf-8", newline="") as file:
        countries = [one for one in csv.DictReader(file) if one["kind"] == "country"]
    return [(one["name_en"], one["area"]) for one in countries]


def _pairs(
    chance: random.Random, areas: int, years: range, rows: int
) -> list[tuple[int, list[int]]]:
    """Pairs of areas a year, each once; the years grow as the real table's do."""
    weights = [(place + 1) ** 2 for place in range(len(years))]
    whole = sum(weights)
    sizes = [rows * weight // whole for weight in weights]
    sizes[-1] += rows - sum(sizes)
    return [
        (year, sorted(chance.sample(range(areas * areas), size)))
        for year, size in zip(years, sizes, strict=True)
    ]


def _side(area: tuple[str, str]) -> tuple[str, str, str]:
    name, code = area
    return name, code, code


def _figures(chance: random.Random, shape: Shape, at_home: bool) -> list[str]:
    figures = {}
    for column, share in shape.not_zero.items():
        drawn = column != shape.sum_of and chance.random() < share
        if column in WITHIN:
            drawn = at_home
        figures[column] = max(5, int(chance.lognormvariate(4.0, 2.5))) if drawn else 0
    if shape.sum_of:
        figures[shape.sum_of] = sum(figures.values())
    return [
        "-" if figure == 0 and column in shape.empty else str(figure)
        for column, figure in figures.items()
    ]


if __name__ == "__main__":
    write(Path(sys.argv[1]), *sys.argv[2:3], *map(int, sys.argv[3:]))
