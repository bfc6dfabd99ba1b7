"""Write the bundled extracts of NSC; run by hand, no part of a refresh.

    python -m warehouse.extracts.write_nsc FOLDER_OF_FIGURES

The folder holds the figures that are known of NSC: the rows of its open data, the tables of the
SDG platform, and ``figures_nsc.csv``, figures seen in the press with where each was seen. They are
written in NSC's own formats, so that a refresh reads a bundled extract and a live file with the
same code. What no figure says is left empty, never invented.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlwt

# Rows of the category that are about migration, and the population they are set against.
OPEN_DATA_ROWS = (145136, 145139, 145140)
FDI_FROM = 2018
# The real code of the table of arrivals and departures is not known.
DYNAMIC_CODE = "5.01.00.00"
DYNAMIC_YEARS = range(2017, 2025)
DYNAMIC_TITLES = (
    "Тышкы миграция (адам)",
    "Внешняя миграция населения (человек)",
    "External migration of population (persons)",
)
DYNAMIC_HEADER = ("Көрсөткүчтөрдүн аталышы", "Наименование показателей", "Items")
DYNAMIC_ROWS = {
    "immigrants": ("Келгендердин саны", "Число прибывших", "Number of arrivals"),
    "emigrants": ("Кеткендердин саны", "Число выбывших", "Number of departures"),
    "net_external": (
        "Миграциялык өсүш, агып чыгуу (-)",
        "Миграционный прирост, отток (-)",
        "Migration increase, outflow (-)",
    ),
}
DYNAMIC_FOOTNOTE = (
    "1 Таблицанын коду жана сөздөрү болжолдонгон",
    "1 Код таблицы и формулировки предположительные",
    "1 Code and wording of the table are assumed",
)
# A page that gives no day stands with the last that does.
PRESS_RELEASES = {2017: "2019-05-16", 2018: "2019-05-16", 2019: "2020-05-28", 2020: "2021-04-21"}
PRESS_SERIES = {
    "immigrants": "immigrants",
    "immigrants_from": "immigrants",
    "emigrants": "emigrants",
    "emigrants_to": "emigrants",
    "net_external": "net_migration",
}
SITE = "https://stat.gov.kg/"
SDG_SITE = "https://sustainabledevelopment-kyrgyzstan.github.io/"
NOT_RECORDED = "The day on which it was fetched was not recorded."

Manifest = dict[str, Any]
Figures = list[dict[str, str]]


def open_data_of(category: Mapping[str, Any]) -> tuple[str, int]:
    """The category with the rows that are wanted, as JSON, and how many figures it has."""
    kept = [row for row in category["data"] if row["pk"] in OPEN_DATA_ROWS]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in kept)
    rest = {key: category[key] for key in ("title", "units")}
    text = f'{{"data": [\n{lines}\n], {json.dumps(rest, ensure_ascii=False)[1:]}\n'
    return text, sum(len(row["values"]) for row in kept)


def open_data_figures(category: Mapping[str, Any]) -> dict[tuple[str, int], float]:
    """Immigrants and emigrants of the open data by series and year."""
    names = {145139: "immigrants", 145140: "emigrants"}
    return {
        (names[row["pk"]], one["key"]): one["value"]
        for row in category["data"]
        if row["pk"] in names
        for one in row["values"]
        if one["value"] is not None
    }


def dynamic_figures(figures: Figures, category: Mapping[str, Any]) -> dict[tuple[str, int], float]:
    """Exact yearly figures: of the open data, and of a table of NSC that the press printed."""
    printed = {
        (one["series"], int(one["year"])): float(one["value"])
        for one in figures
        if one["area"] == "KG" and one["source"].endswith("(NSC table)")
    }
    return printed | open_data_figures(category)


def dynamic_workbook(figures: Mapping[tuple[str, int], float]) -> tuple[bytes, int]:
    """A dynamic table in NSC's layout, as an .xls workbook, and how many figures it has."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(DYNAMIC_CODE)
    for column, (title, header) in enumerate(zip(DYNAMIC_TITLES, DYNAMIC_HEADER, strict=True)):
        sheet.write_merge(0, 1, column, column, f"{DYNAMIC_CODE} {title}")
        sheet.write(3, column, header)
    first = len(DYNAMIC_HEADER)
    for column, year in enumerate(DYNAMIC_YEARS, start=first):
        sheet.write(3, column, year)
    written = 0
    for row, (series, labels) in enumerate(DYNAMIC_ROWS.items(), start=5):
        for column, label in enumerate(labels):
            sheet.write(row, column, f"{label}1 " if row == 5 else label)
        for column, year in enumerate(DYNAMIC_YEARS, start=first):
            if (series, year) in figures:
                sheet.write(row, column, figures[series, year])
                written += 1
    for column, text in enumerate(DYNAMIC_FOOTNOTE):
        sheet.write(5 + len(DYNAMIC_ROWS) + 2, column, text)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), written


def table_of(path: Path, first_year: int) -> tuple[str, int]:
    """The rows of a table of the SDG platform from a year on, in order of year."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    kept = sorted((row for row in rows if int(row[0]) >= first_year), key=lambda row: int(row[0]))
    return _as_csv([header, *kept]), len(kept)


def press_of(figures: Figures, held: Mapping[tuple[str, int], float]) -> dict[str, str]:
    """The press figures by release, but for what the open data hold."""
    header = ["indicator", "partner", "year", "value", "unit", "precision", "published_in"]
    tables: dict[str, list[list[str]]] = {}
    for one in figures:
        year = int(one["year"])
        if (one["series"], year) in held:
            continue
        decimals = len(one["value"].partition(".")[2])
        exact = one["precision"] == "exact"
        row = [
            PRESS_SERIES[one["series"]],
            "WLD" if one["area"] == "KG" else one["area"],
            one["year"],
            one["value"],
            "persons" if one["unit"] == "persons" else "thousand persons",
            "0" if exact else f"{10.0**-decimals:g}",
            one["source"],
        ]
        tables.setdefault(PRESS_RELEASES[year], [header]).append(row)
    return {release: _as_csv(rows) for release, rows in tables.items()}


def _as_csv(rows: Sequence[Sequence[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def manifest_of(dataset: str, release: str, rows: int, link: str, **said: str) -> Manifest:
    """Say what an extract is, where it came from and on which terms it may be used."""
    return {
        "publisher": "nsc",
        "dataset": dataset,
        "release": release,
        "scope": ["KGZ"],
        "rows": rows,
        "link": link,
        "retrieved_at": None,
        "licence": "CC BY-NC-SA 4.0",
        "licence_link": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
        "citation": f"National Statistical Committee of the Kyrgyz Republic, {said['title']}",
        "figures_from": said["figures_from"],
        "note": said["note"],
    }


def keep(folder: Path, name: str, content: str | bytes, manifest: Manifest) -> None:
    """Write an extract and its manifest."""
    target = folder / manifest["dataset"] / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    target.with_name(f"{target.stem}.manifest.json").write_text(text, "utf-8", newline="\n")
    print(f"{manifest['dataset']} {manifest['release']}: {manifest['rows']} rows")


def write_open_data(category: Mapping[str, Any], folder: Path) -> None:
    """Write the rows of category 316 that migration needs."""
    text, rows = open_data_of(category)
    manifest = manifest_of(
        "opendata", "2025", rows, f"{SITE}ru/opendata/category/316/json",
        title="open data, category 316",
        figures_from="Rows of population, immigrants and emigrants of the open data of NSC",
        note=f"{NOT_RECORDED} The release is named by its newest year. Births, deaths and changes "
        "of territory are left out.",
    )  # fmt: skip
    keep(folder, "2025.json", text, manifest)


def write_dynamic(figures: Mapping[tuple[str, int], float], folder: Path) -> None:
    """Write the dynamic table of arrivals and departures."""
    content, rows = dynamic_workbook(figures)
    manifest = manifest_of(
        "dynamic", "2024", rows, SITE,
        title="external migration of population",
        figures_from="2017 and 2018: a table of NSC as printed on zpress.kg, 16 May 2019; 2021 to "
        "2024: open data of NSC, category 316",
        note="Written in the layout of NSC's dynamic tables. The real table was not seen: its "
        "code, its address and the wording of its labels are assumed. 2019 and 2020 are known "
        "only rounded or in part, and left empty; so is the balance where it was not printed.",
    )  # fmt: skip
    keep(folder, "2024.xls", content, manifest)


def write_tables(source: Path, folder: Path) -> None:
    """Write the two tables of the SDG platform."""
    for dataset, name, title, first_year in (
        ("sdg_16_2_2", "sdg_16-2-2_en.csv", "SDG indicator 16.2.2", 0),
        ("sdg_17_3_1_1a", "sdg_17-3-1-1a_en.csv", "SDG indicator 17.3.1.1a", FDI_FROM),
    ):
        text, rows = table_of(source / name, first_year)
        since = f" Years before {first_year} are left out." if first_year else ""
        manifest = manifest_of(
            dataset, "2022", rows, SDG_SITE, title=title,
            figures_from=f"English table of {title} on the SDG platform of NSC",
            note=f"{NOT_RECORDED} The release is named by its newest year.{since} Rows are in "
            "order of year.",
        )  # fmt: skip
        keep(folder, "2022.csv", text, manifest)


def write_press(figures: Figures, category: Mapping[str, Any], folder: Path) -> None:
    """Write the figures that were seen in the press, one file a day of publication."""
    for release, text in press_of(figures, open_data_figures(category)).items():
        undated = " One page (Prague Process) bears no day." if release == "2021-04-21" else ""
        manifest = manifest_of(
            "press", release, text.count("\n") - 1, SITE,
            title="figures as printed by the press",
            figures_from="Pages that name NSC as their source; each row says which",
            note=f"No file of NSC: a table of the project's own, in which each figure has its "
            f"precision and where it was seen.{undated}",
        )  # fmt: skip
        keep(folder, f"{release}.csv", text, manifest)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every extract."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("figures", type=Path, help="folder with NSC's figures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "nsc")
    given = parser.parse_args(arguments)
    category = json.loads((given.figures / "opendata_category_316.json").read_text("utf-8"))
    with (given.figures / "figures_nsc.csv").open(encoding="utf-8", newline="") as file:
        figures = list(csv.DictReader(file))
    write_open_data(category, given.out)
    write_dynamic(dynamic_figures(figures, category), given.out)
    write_tables(given.figures, given.out)
    write_press(figures, category, given.out)


if __name__ == "__main__":
    main()
