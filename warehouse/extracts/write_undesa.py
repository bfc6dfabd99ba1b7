"""Write the bundled UN DESA extracts of Kyrgyzstan; run by hand, no part of a refresh.

    python -m warehouse.extracts.write_undesa FOLDER_OF_FIGURES

The folder holds flat tables of figures (``kgz_dest_all_origins_rev2020.csv`` and so on) and the
table of destinations of revision 2020, from which names and types of data are taken. They are
written in the publisher's own layouts, so that a refresh reads a bundled extract and a downloaded
workbook with the same code. What the figures do not say is left empty, never invented.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from warehouse import reference_data
from warehouse.extracts import undesa_tables as tables

COUNTRY, NUMBER, NAME = "KGZ", 417, "Kyrgyzstan"
STOCKS = "https://www.un.org/development/desa/pd/content/international-migrant-stock"
IGO = ("CC BY 3.0 IGO", "https://creativecommons.org/licenses/by/3.0/igo/")
BY = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
WHEN_WRITTEN = datetime(2026, 11, 1)

FROM_REPOSITORIES = "as gathered from public repositories"
SEEN = "The layout was seen in the real workbook."
KNOWN = (
    "The layout is known from programs that read the real workbook; it was not seen. The rows in"
    " which it names the sexes above the years are assumed."
)
EXPORTED = (
    "The layout is known from exports of the real workbook; it was not seen. That men and women"
    " stand in sheets of their own is assumed. A cell is empty where the figures have no such pair."
)
ASSUMED = "The layout is assumed: that of revision 2020 under the headers of revision 2019."
EMPTY = " Index and notes were not in the figures and are empty."
NOTES = {
    ("destination_origin", "2019"): EXPORTED + " Notes are empty.",
    ("destination_origin", "2020"): KNOWN
    + EMPTY
    + " Names and types of data are those of the revision's table of destinations.",
    ("destination_origin", "2024"): KNOWN
    + EMPTY
    + " Names of groups are ours, and of the types of data only Kyrgyzstan's is known.",
    ("destination", "2019"): SEEN + EMPTY + " The country's row only.",
    ("destination", "2020"): SEEN + EMPTY + " The country's row only.",
    ("destination", "2024"): KNOWN
    + EMPTY
    + " The country's row only; its figures are those of all origins in the table by origin.",
    ("age_sex", "2019"): ASSUMED + EMPTY,
    ("age_sex", "2020"): KNOWN + EMPTY,
}


def write_workbook(path: Path, sheets: dict[str, tables.Rows]) -> None:
    """Write sheets of cells so that the same figures make the same bytes.

    Args:
        path: The workbook; its folder is made.
        sheets: Rows of cells by the name of the sheet.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"constant_memory": False}) as book:
        book.set_properties({"created": WHEN_WRITTEN})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(at, column, cell)


def write_text(path: Path, figures: pd.DataFrame) -> int:
    """Write a flat table as it is; returns its number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(figures.columns)
        writer.writerows(figures.to_numpy().tolist())
    return len(figures)


def figures_in(rows: tables.Rows, first: int, before: int) -> int:
    """How many figures a table of cells holds: its cells behind the columns of identity."""
    return sum(cell is not None for row in rows[first:] for cell in row[before:])


def write_manifest(
    path: Path, dataset: str, release: str, rows: int, about: dict[str, Any]
) -> None:
    """Say what an extract is, where it came from and on which terms it may be used."""
    manifest = {
        "publisher": "undesa",
        "dataset": dataset,
        "release": release,
        "scope": [COUNTRY],
        "rows": rows,
        "link": about["link"],
        "retrieved_at": None,
        "licence": about["licence"][0],
        "licence_link": about["licence"][1],
        "citation": about["citation"],
        "figures_from": about["figures_from"],
        "note": about["note"],
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    sidecar = path.with_name(f"{release}.manifest.json")
    sidecar.write_text(text, encoding="utf-8", newline="\n")
    print(f"{dataset} {release}: {rows} rows")


def _of_stocks(dataset: str, release: str) -> dict[str, Any]:
    return {
        "link": STOCKS,
        "licence": IGO,
        "citation": "United Nations Department of Economic and Social Affairs, Population Division"
        f" ({release}). International Migrant Stock {release}.",
        "figures_from": f"{COUNTRY} rows of International Migrant Stock, revision {release},"
        f" {FROM_REPOSITORIES}",
        "note": NOTES[dataset, release] + " One row here is one printed figure.",
    }


def write_stocks(folder: Path, out: Path) -> None:
    """Write the tables of the migrant stock: by origin, of all origins, and by age."""
    area = reference_data.load().table("area")
    for release in ("2020", "2024"):
        figures = [
            tables.read_figures(folder, f"kgz_{side}_rev{release}")
            for side in ("dest_all_origins", "origin_all_dest")
        ]
        places = tables.places_2020(folder)
        if release == "2024":
            places = tables.places_2024(figures, area, NUMBER)
        rows = tables.pair_rows(figures, places, release)
        _write(out, "destination_origin", release, {"Table 1": rows}, 11, 7)
        totals = figures[0][figures[0]["orig_code"] == 900]
        rows = tables.destination_rows(totals, places, release)
        _write(out, "destination", release, {"Table 1": rows}, 11, 5)
    write_revision_2019(folder, out)
    figures_2020 = tables.read_figures(folder, "kgz_dest_age_sex_rev2020")
    rows = tables.age_rows(figures_2020, tables.places_2020(folder), "2020")
    _write(out, "age_sex", "2020", {"Table 1": rows}, 11, 6)


def write_revision_2019(folder: Path, out: Path) -> None:
    """Write the tables of revision 2019, whose layouts are others."""
    sides = ("dest_all_origins", "origin_all_dest")
    both = [tables.read_figures(folder, f"kgz_{side}_rev2019_both") for side in sides]
    by_sex = [tables.read_figures(folder, f"kgz_{side}_rev2019_bysex") for side in sides]
    known, figures = pd.concat(both), pd.concat(by_sex)
    sheets = {
        f"Table {at}": tables.pair_rows_2019(known, figures, sex)
        for at, sex in enumerate(("total", "male", "female"), start=1)
    }
    _write(out, "destination_origin", "2019", sheets, 16, 6)
    places = tables.Places({NUMBER: NAME}, {NUMBER: "B"})
    totals = by_sex[0][by_sex[0]["orig_name"] == "Total"].rename(columns={"Year": "year"})
    totals = totals.assign(dest_code=NUMBER, sex=totals["sex"].replace("total", "both"))
    rows = tables.destination_rows(totals, places, "2019")
    _write(out, "destination", "2019", {"Table 1": rows}, 16, 5)
    wide = tables.read_figures(folder, "kgz_dest_age_sex_rev2019_wide")
    ages = wide.melt(["Year", "Destination"], var_name="column").rename(columns={"Year": "year"})
    split = ages["column"].str.extract(r"(?P<age>.+)_\((?P<sex>mf|m|f)\)")
    ages = ages.assign(
        dest_code=NUMBER,
        age=split["age"],
        sex=split["sex"].map({"mf": "both", "m": "male", "f": "female"}),
    )
    _write(out, "age_sex", "2019", {"Table 1": tables.age_rows(ages, places, "2019")}, 16, 6)


def _write(
    out: Path, dataset: str, release: str, sheets: dict[str, tables.Rows], first: int, before: int
) -> None:
    path = out / dataset / f"{release}.xlsx"
    write_workbook(path, sheets)
    # Oceania stands twice in revision 2019, with the same figures: it is read once.
    rows = sum(figures_in(_without_repeats(table), first, before) for table in sheets.values())
    write_manifest(path, dataset, release, rows, _of_stocks(dataset, release))


def _without_repeats(rows: tables.Rows) -> tables.Rows:
    """Rows but for those of an area and year that were there before under another name."""
    kept: tables.Rows = []
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        key = (row[0], row[4], *row[6:]) if len(row) > 6 and row[0] and row[4] else None
        if key is None or key not in seen:
            kept.append(row)
            seen.update([key] if key else [])
    return kept


def write_flows(folder: Path, out: Path) -> None:
    """Write net migration and the flow estimates, which are flat tables."""
    net = pd.read_csv(folder / "kgz_wpp2024_mig1dt.csv", dtype=str, keep_default_na=False)
    path = out / "wpp_net_migration" / "2024.csv"
    rows = write_text(path, net)
    about = {
        "link": "https://population.un.org/wpp/",
        "licence": IGO,
        "citation": "United Nations Department of Economic and Social Affairs, Population Division"
        " (2024). World Population Prospects 2024.",
        "figures_from": f"{COUNTRY} rows of World Population Prospects 2024, net number of"
        f" migrants by calendar year, {FROM_REPOSITORIES}",
        "note": "Columns are those of the table of figures: location code, year, thousands of"
        " migrants. The publisher's own files name them otherwise.",
    }
    write_manifest(path, "wpp_net_migration", "2024", rows, about)
    flows = pd.read_csv(folder / "kgz_flows_abel_cohen.csv", dtype=str, keep_default_na=False)
    path = out / "abel_cohen" / "2022.csv"
    rows = write_text(path, flows)
    about = {
        "link": "https://doi.org/10.1038/s41597-019-0089-3",
        "licence": BY,
        "citation": "Abel, G. J. and Cohen, J. E. (2019): Bilateral international migration flow"
        " estimates for 200 countries. Scientific Data 6, 82.",
        "figures_from": f"{COUNTRY} rows of the flow estimates by six methods, by sex and by kind"
        f" of move, {FROM_REPOSITORIES}",
        "note": "Made by Abel and Cohen, not by UN DESA. Methods, sexes and kinds of move stand in"
        " one table here; the authors publish them in several. The version is not known: estimates"
        " up to 2015-2020 were published from July 2021 to October 2022. Pairs without a row were"
        " left out because they are zero, or were not estimated: the figures do not say which.",
    }
    write_manifest(path, "abel_cohen", "2022", rows, about)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every extract."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("figures", type=Path, help="folder of tables with UN DESA's figures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "undesa")
    given = parser.parse_args(arguments)
    write_stocks(given.figures, given.out)
    write_flows(given.figures, given.out)


if __name__ == "__main__":
    main()
