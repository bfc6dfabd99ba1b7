"""Write the bundled UNHCR extracts of one country; run by hand, no part of a refresh.

    python -m warehouse.extracts.write_unhcr FOLDER_OF_FIGURES --country KGZ
    python -m warehouse.extracts.write_unhcr FOLDER_OF_FIGURES --country KAZ --from-global \
        --first-year 2018 --out tests/fixtures/kaz

The folder holds UNHCR's figures as flat tables with the API's column names, one table a dataset
and release: ``kgz_population_end2023.csv``, or ``global_population_end2023.csv.gz`` from which any
country can be taken. They are written as the pages in which the API would have sent them, so that
a refresh reads a bundled extract and a fetched answer with the same code. What the figures do not
say (UNHCR's own numbers of areas, the short link) is null, never invented.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

API = "https://api.unhcr.org/population/v1"
PAGE_SIZE = 1000

# The release as the project names it, by the label in the name of a table of figures.
RELEASES = {"mid2023": "2023-mid", "end2023": "2023-end", "end2025": "2025-end"}

# The last year a release holds, as a query must name both bounds: the API ignores a lone one.
LAST_YEAR = {"2023-mid": 2023, "2023-end": 2023, "2025-end": 2025}
FIRST_YEAR = {
    "population": 1951,
    "demographics": 2001,
    "asylum_applications": 2000,
    "asylum_decisions": 2000,
    "solutions": 1959,
}
ENDPOINT = {dataset: dataset.replace("_", "-") for dataset in FIRST_YEAR}

# The API sends column sums with these datasets, and an empty list with the others.
WITH_TOTAL = frozenset({"asylum_applications", "asylum_decisions", "solutions"})

# Without these the API sums over population types and places.
SHOW = {
    "demographics": (
        "&ptype_show=1&locationDescription_show=1&locationUR_show=1&locationAccType_show=1"
    )
}

IDENTITY = ("year", "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso")
PLACES = ("pop_type", "location", "loc_type", "acc_type")
PROCEDURES = ("procedure_type", "app_type", "dec_level", "app_pc", "dec_pc")
DIMENSIONS = frozenset({*PLACES, *PROCEDURES})

RELEASE_IN_WORDS = {
    "2023-mid": "mid-2023",
    "2023-end": "end-2023",
    "2025-end": "end-2025",
}

NOTE = (
    "Pages as the API sends them, written from those figures: first the query with the country as"
    " origin (the link), then the same query with it as country of asylum; rows with the country on"
    " both sides stand in the first only. coo_id, coa_id and short-url were not in the figures and"
    " are null. Rows are in order of year."
)
REVISED = " In this release the figures are those of the revision of June 2026."


def cell(text: str) -> int | str:
    """Type one figure as the API does.

    The API sends a number for what is above zero and text for the rest: "0", and "-" for what
    does not apply or was not collected.
    """
    return int(text) if text.isdigit() and int(text) > 0 else text


def items_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn rows of text into the API's items, keys in the API's order.

    Args:
        frame: One row a published row, all columns text: the identity columns, then dimensions
            and values in the order in which the API sends them.
    """
    values = [c for c in frame.columns if c not in IDENTITY and c not in DIMENSIONS]
    items = []
    for row in frame.to_dict("records"):
        item: dict[str, Any] = {}
        for column, text in row.items():
            if column in ("coo_name", "coa_name"):
                item[column.replace("name", "id")] = None
            item[str(column)] = cell(text) if column in values else text
        item["year"] = int(row["year"])
        items.append(item)
    return items


def total_of(dataset: str, items: Sequence[dict[str, Any]]) -> list[Any] | dict[str, int]:
    """Give the ``total`` of an envelope: the sum of each value column over the whole query."""
    if dataset not in WITH_TOTAL or not items:
        return []
    skipped = {*IDENTITY, *DIMENSIONS, "coo_id", "coa_id"}
    return {
        column: sum(int(item[column]) for item in items if item[column] != "-")
        for column in items[0]
        if column not in skipped
    }


def pages_of(dataset: str, items: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Cut the items of one query into page envelopes.

    A query that finds nothing is one envelope with ``maxPages`` 0, as the API answers it.
    """
    total = total_of(dataset, items)
    pages = -(-len(items) // PAGE_SIZE)
    for page in range(1, max(pages, 1) + 1):
        yield {
            "page": page,
            "short-url": None,
            "maxPages": pages,
            "total": total,
            "items": list(items[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        }


def as_text(pages: Sequence[dict[str, Any]]) -> str:
    """Write page envelopes as one JSON array, an item a line, so that differences read well."""
    blocks = []
    for page in pages:
        head = json.dumps({k: v for k, v in page.items() if k != "items"}, ensure_ascii=False)
        lines = [json.dumps(item, ensure_ascii=False) for item in page["items"]]
        body = "\n" + ",\n".join(lines) + "\n" if lines else ""
        blocks.append(f'{head[:-1]}, "items": [{body}]}}')
    return "[\n" + ",\n".join(blocks) + "\n]\n"


def queries_of(frame: pd.DataFrame, country: str) -> list[pd.DataFrame]:
    """Part the rows of a country into the two queries: as origin, then as country of asylum.

    A row with the country on both sides answers both; it is kept in the first.
    """
    ordered = frame.sort_values("year", kind="stable", key=lambda years: years.astype(int))
    origin = ordered["coo_iso"] == country
    asylum = ordered["coa_iso"] == country
    return [ordered[origin], ordered[asylum & ~origin]]


def manifest_of(
    dataset: str, release: str, country: str, rows: int, first_year: int
) -> dict[str, Any]:
    """Say what an extract is, where it came from and on which terms it may be used."""
    words = RELEASE_IN_WORDS[release]
    link = (
        f"{API}/{ENDPOINT[dataset]}/?limit={PAGE_SIZE}&yearFrom={first_year}"
        f"&yearTo={LAST_YEAR[release]}&coo={country}&coa_all=true&cf_type=ISO"
    )
    revised = release == "2025-end" and dataset not in ("demographics", "solutions")
    return {
        "publisher": "unhcr",
        "dataset": dataset,
        "release": release,
        "scope": [country],
        "rows": rows,
        "link": link + SHOW.get(dataset, ""),
        "retrieved_at": None,
        "licence": "CC BY 4.0",
        "licence_link": "https://creativecommons.org/licenses/by/4.0/",
        "citation": (
            f"UNHCR Refugee Population Statistics Database, release of {words},"
            " https://www.unhcr.org/refugee-statistics/"
        ),
        "figures_from": (
            f"{country} rows of UNHCR Refugee Population Statistics, release of {words},"
            " as gathered from public repositories"
        ),
        "note": NOTE + (REVISED if revised else ""),
    }


def write_extract(
    figures: pd.DataFrame,
    dataset: str,
    release: str,
    country: str,
    folder: Path,
    first_year: int | None = None,
) -> int:
    """Write one extract and its manifest below the folder.

    Args:
        figures: Rows with the API's column names, all text; rows of other countries are left out.
        dataset: A dataset of UNHCR, such as ``population``.
        release: The release, such as ``2023-mid``.
        country: The ISO 3166-1 alpha-3 code of the country.
        folder: Where ``<dataset>/<release>.json`` is written.
        first_year: First year that is written; the dataset's first year if not given.

    Returns:
        The number of items written.

    Raises:
        SystemExit: The folder already holds the extract of another country under that name.
    """
    target = folder / dataset / f"{release}.json"
    sidecar = target.with_name(f"{release}.manifest.json")
    if sidecar.exists() and json.loads(sidecar.read_text("utf-8"))["scope"] != [country]:
        raise SystemExit(f"{sidecar} is of another country: choose another folder with --out")
    first_year = max(first_year or 0, FIRST_YEAR[dataset])
    figures = figures[figures["year"].astype(int) >= first_year]
    queries = [items_of(part) for part in queries_of(figures, country)]
    pages = [page for items in queries for page in pages_of(dataset, items)]
    rows = sum(len(items) for items in queries)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(as_text(pages), "utf-8", newline="\n")
    manifest = json.dumps(
        manifest_of(dataset, release, country, rows, first_year), indent=2, ensure_ascii=False
    )
    sidecar.write_text(manifest + "\n", "utf-8", newline="\n")
    return rows


def find_figures(
    folder: Path, dataset: str, label: str, country: str, *, from_global: bool = False
) -> Path | None:
    """Find the table of a country, else the table of the world, of one dataset and release."""
    own, world = f"{country.lower()}_{dataset}_{label}.csv", f"global_{dataset}_{label}.csv.gz"
    names = (world,) if from_global else (own, world)
    return next((folder / name for name in names if (folder / name).exists()), None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every extract for which the folder has figures, and say which it has not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("figures", type=Path, help="folder of tables with UNHCR's figures")
    parser.add_argument("--country", required=True, help="ISO 3166-1 alpha-3 code")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "unhcr")
    parser.add_argument(
        "--from-global", action="store_true", help="take the tables of the world only"
    )
    parser.add_argument("--first-year", type=int, help="leave earlier years out")
    given = parser.parse_args(arguments)
    for dataset in FIRST_YEAR:
        for label, release in RELEASES.items():
            path = find_figures(
                given.figures, dataset, label, given.country, from_global=given.from_global
            )
            if path is None:
                print(f"{dataset} {release}: no figures in the folder")
                continue
            # NA is a real code of applications and decisions, and no missing value.
            figures = pd.read_csv(path, dtype=str, keep_default_na=False)
            rows = write_extract(
                figures, dataset, release, given.country, given.out, given.first_year
            )
            print(f"{dataset} {release}: {rows} rows")


if __name__ == "__main__":
    main()
