"""Write one country's rows of UN DESA's bilateral table as a flat CSV; by hand.

    python -m warehouse.extracts.write_undesa_flat FIGURES.parquet --country KAZ \
        --first-year 2020 --out tests/fixtures/kaz/destination_origin

The figures are a long table of the world, revision 2020, by M49 number, year and sex. The CSV is
a layout that the reader takes beside the publisher's workbooks; it is no part of a refresh.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

COLUMNS = [
    "dest_code", "dest_iso3", "dest_name", "orig_code", "orig_iso3", "orig_name", "year", "sex",
    "value",
]  # fmt: skip
RELEASE = "2020"


def write_extract(figures: pd.DataFrame, country: str, first_year: int, out: Path) -> int:
    """Write the rows that have the country as destination or as origin, and their manifest.

    Args:
        figures: Columns dest_iso3, dest_code, orig_iso3, orig_code, year, sex, value (persons at
            1 July).
        country: ISO 3166-1 alpha-3 code.
        first_year: First year to write.
        out: Folder of the CSV and its manifest.

    Returns:
        Number of rows.
    """
    chosen = (figures["dest_iso3"] == country) | (figures["orig_iso3"] == country)
    rows = figures[chosen & (figures["year"] >= first_year)].assign(dest_name="", orig_name="")
    rows = rows.drop_duplicates(["dest_code", "orig_code", "year", "sex"])
    rows = rows.sort_values(["dest_code", "orig_code", "year", "sex"])
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{RELEASE}.csv"
    rows[COLUMNS].to_csv(path, index=False, lineterminator="\n")
    manifest = {
        "publisher": "undesa",
        "dataset": "destination_origin",
        "release": RELEASE,
        "scope": [country],
        "rows": len(rows),
        "licence": "CC BY 3.0 IGO",
        "figures_from": "International Migrant Stock, revision 2020, by sex, destination and "
        "origin, as a long table gathered from public repositories",
        "note": f"Years from {first_year} on; names of areas are left out.",
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    path.with_name(f"{RELEASE}.manifest.json").write_text(f"{text}\n", encoding="utf-8")
    return len(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the extract of one country and say how many rows it has."""
    parser = argparse.ArgumentParser(description="Write one country's rows of UN DESA's table.")
    parser.add_argument("figures", type=Path, help="long table of the world, Parquet")
    parser.add_argument("--country", required=True, help="ISO 3166-1 alpha-3 code")
    parser.add_argument("--first-year", type=int, default=1990)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    figures = pd.read_parquet(given.figures)
    print(f"{write_extract(figures, given.country, given.first_year, given.out)} rows")


if __name__ == "__main__":
    main()
