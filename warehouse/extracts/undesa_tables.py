"""UN DESA's figures of one country as the rows of the publisher's tables.

Part of ``write_undesa``: from flat tables of figures to rows of cells, headers included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from python_calamine import CalamineWorkbook

Cell = str | int | float | None
Rows = list[list[Cell]]

YEARS = {
    "2019": (1990, 1995, 2000, 2005, 2010, 2015, 2019),
    "2020": (1990, 1995, 2000, 2005, 2010, 2015, 2020),
    "2024": (1990, 1995, 2000, 2005, 2010, 2015, 2020, 2024),
}
SEXES = ("both", "male", "female")
AGES = (*(f"{first}-{first + 4}" for first in range(0, 75, 5)), "75+", "Total")
DESTINATIONS_2020 = "undesa_pd_2020_ims_stock_by_sex_and_destination.xlsx"
_AREA = "Region, development group, country or area"
_AREA_2019 = "Major area, region, country or area of destination"
_SEX_2020 = {
    "both": "International migrant stock at mid-year, both sexes combined",
    "male": "International migrant stock at mid-year, males",
    "female": "International migrant stock at mid-year, females",
}
_SEX_2019 = {
    "both": "International migrant stock at mid-year (both sexes)",
    "male": "International migrant stock at mid-year (male)",
    "female": "International migrant stock at mid-year (female)",
}


@dataclass(frozen=True)
class Places:
    """What is known of areas beside their figures.

    Attributes:
        names: Name by location code.
        types: Type of data by location code, where known.
    """

    names: Mapping[int, str]
    types: Mapping[int, str]


def read_figures(folder: Path, name: str) -> pd.DataFrame:
    """A flat table of figures, its codes and figures as numbers where it has them."""
    return pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""])


def places_2020(folder: Path) -> Places:
    """Names and types of data of revision 2020, from its table of destinations."""
    book = CalamineWorkbook.from_path(folder / DESTINATIONS_2020)
    rows = book.get_sheet_by_name("Table 1").to_python(skip_empty_area=False)
    coded = [row for row in rows if isinstance(row[3], float)]
    names = {int(row[3]): str(row[1]).strip().rstrip("*") for row in coded}  # type: ignore[arg-type]
    types = {int(row[3]): str(row[4]).strip() for row in coded}  # type: ignore[arg-type]
    return Places({**names, 900: "WORLD", 2003: "Others"}, types)


def places_2024(figures: Sequence[pd.DataFrame], area: pd.DataFrame, country: int) -> Places:
    """Names of revision 2024: those in the figures, else ours; the country's type of data."""
    numbered = area.dropna(subset=["m49"])
    names = {int(code): str(name) for code, name in
             zip(numbered["m49"], numbered["name_en"], strict=True)}  # fmt: skip
    for frame in figures:
        for side in ("dest", "orig"):
            told = frame.dropna(subset=[f"{side}_name"])
            names |= dict(zip(told[f"{side}_code"].astype(int), told[f"{side}_name"], strict=True))
    return Places({**names, 900: "WORLD", 2003: "Others"}, {country: "B R"})


def pair_rows(figures: Sequence[pd.DataFrame], places: Places, release: str) -> Rows:
    """Rows of the table by destination and origin, in revision 2020's or 2024's columns."""
    area = _AREA
    if release == "2020":
        header: list[Cell] = [
            "Index", f"{area} of destination", "Notes of destination",
            "Location code of destination", "Type of data of destination", f"{area} of origin",
            "Location code of origin",
        ]  # fmt: skip
    else:
        header = [
            "Index", f"{area} of destination", "Coverage", "Data type",
            "Location code of destination", f"{area} of origin", "Location code of origin",
        ]  # fmt: skip
    rows = list(_headers(header, 10, release))
    for frame in figures:
        for key, part in frame.groupby(["dest_code", "orig_code"], sort=False):
            code, origin = (int(str(one)) for one in key)
            kind = places.types.get(code) or None
            told = [code, kind] if release == "2020" else [kind, code]
            row = [None, places.names[code], None, *told, places.names[origin], origin]
            rows.append([*row, *_values(part, release)])
    return rows


def destination_rows(totals: pd.DataFrame, places: Places, release: str) -> Rows:
    """Rows of the table by destination: the figures of all origins together."""
    if release == "2019":
        header: list[Cell] = ["Sort\norder", _AREA_2019, "Notes", "Code", "Type of data (a)"]
        rows = list(_headers(header, 14, release))
    elif release == "2020":
        rows = list(_headers([None, _AREA, "Notes", "Location code", "Type of data"], 10, release))
    else:
        rows = list(_headers([None, _AREA, "Coverage", "Data type", "Location code"], 10, release))
    for to, part in totals.groupby("dest_code", sort=False):
        code = int(str(to))
        kind = places.types.get(code)
        told = [kind, code] if release == "2024" else [code, kind]
        rows.append([None, places.names[code], None, *told, *_values(part, release)])
    return rows


def pair_rows_2019(known: pd.DataFrame, by_sex: pd.DataFrame, sex: str) -> Rows:
    """Rows of the table by destination and origin of revision 2019: a column an origin.

    Args:
        known: Rows of both sexes with the columns of identity.
        by_sex: Year, Destination, orig_name, value, sex.
        sex: ``total``, ``male`` or ``female``.
    """
    origins = sorted(set(known["orig_name"]) - {"Total", "Other South", "Other North"})
    columns = ["Total", "Other South", "Other North", *origins]
    identity: list[Cell] = [
        "Year", "Sort\norder", _AREA_2019, "Notes", "Code", "Type of data (a)",
    ]  # fmt: skip
    blank: list[Cell] = [None] * len(identity)
    rows: Rows = _block("2019", f"{_TITLES_2019[sex]}", 14)
    rows.append([*identity, "Country or area of origin"])
    rows.append([*blank, *columns])
    figures = by_sex[by_sex["sex"] == sex].set_index(["Year", "Destination", "orig_name"])["value"]
    ordered = known.drop_duplicates(["year", "dest_name"]).sort_values("sort_order", kind="stable")
    for row in ordered.to_dict("records"):
        # The order within the year is what follows the year's digits.
        sort = int(str(row["sort_order"])[4:])
        code = None if pd.isna(row["dest_code"]) else int(row["dest_code"])
        told: list[Cell] = [int(row["year"]), sort, row["dest_name"], None, code]
        told.append(None if pd.isna(row["data_type"]) else row["data_type"])
        values = [figures.get((row["year"], row["dest_name"], one)) for one in columns]
        rows.append([*told, *(None if one is None else int(one) for one in values)])
    return rows


_TITLES_2019 = {
    "total": "Total migrant stock at mid-year by origin and by major area, region, country or "
    "area of destination, 1990-2019",
    "male": "Male migrant stock at mid-year by origin and by major area, region, country or area "
    "of destination, 1990-2019",
    "female": "Female migrant stock at mid-year by origin and by major area, region, country or "
    "area of destination, 1990-2019",
}


def age_rows(figures: pd.DataFrame, places: Places, release: str) -> Rows:
    """Rows of the table by destination, age and sex: one a year."""
    if release == "2019":
        header: list[Cell] = ["Year", "Sort\norder", _AREA_2019, "Notes", "Code"]
        header.append("Type of data (a)")
        rows = _block(release, _AGE_TITLE, 14)
    else:
        header = ["Index", "Year", _AREA, "Notes", "Location code", "Type of data"]
        rows = _block(release, _AGE_TITLE, 10)
    groups = [cell for sex in SEXES for cell in (_SEX_2020[sex], *[None] * (len(AGES) - 1))]
    labels = list(AGES) * len(SEXES)
    blank: list[Cell] = [None] * len(header)
    if release == "2019":
        rows += [[*header, *groups], [*blank, *labels]]
    else:
        rows[7] = [*blank, *groups]
        rows.append([*header, *labels])
    found = figures.set_index(["year", "sex", "age"])["value"]
    code = int(figures["dest_code"].iloc[0])
    for year in sorted(figures["year"].unique()):
        named: list[Cell] = [places.names[code], None, code, places.types.get(code)]
        before: list[Cell] = [int(year), None] if release == "2019" else [None, int(year)]
        values = [int(found[year, sex, age]) for sex in SEXES for age in AGES]
        rows.append([*before, *named, *values])
    return rows


_AGE_TITLE = (
    "International migrant stock at mid-year by age and sex and by region, country or area of "
    "destination"
)


def _headers(identity: list[Cell], above: int, release: str) -> Iterator[list[Cell]]:
    """Title block and headers of a table with groups of years."""
    years = YEARS[release]
    title = "International migrant stock at mid-year by sex and by region, country or area"
    rows = _block(release, title, above)
    names = _SEX_2019 if release == "2019" else _SEX_2020
    groups = [cell for sex in SEXES for cell in (names[sex], *[None] * (len(years) - 1))]
    blank: list[Cell] = [None] * len(identity)
    if release == "2019":
        rows += [[*identity, *groups], [*blank, *list(years) * len(SEXES)]]
    else:
        rows[7] = [*blank, *groups]
        rows.append([*identity, *list(years) * len(SEXES)])
    return iter(rows)


def _block(release: str, title: str, above: int) -> Rows:
    """The rows above the headers: what the table is and of which revision."""
    rows: Rows = [[] for _ in range(above)]
    before: list[Cell] = [None] * 4
    rows[1] = [*before, f"International Migrant Stock {release}"]
    rows[2] = [*before, f"Table 1: {title}"]
    rows[3] = [*before, f"POP/DB/MIG/Stock/Rev.{release}"]
    return rows


def _values(part: pd.DataFrame, release: str) -> list[Cell]:
    found = part.set_index(["sex", "year"])["value"]
    return [int(found[sex, year]) for sex in SEXES for year in YEARS[release]]
