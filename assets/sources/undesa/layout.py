"""What UN DESA's headers mean: columns by their labels, sexes, ages, revisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assets.sources.workbooks import Row, Sheet, folded

SOURCE = "undesa"
# Headers stand below a title block; nothing of it is longer than this.
HEADER_ROWS = 60
SUBJECT = "migrant stock"
MAIN_SHEET = "table 1"

ORIGIN_ROLES = ("origin_m49", "origin_name")
DESTINATION_ROLES = ("destination_m49", "destination_name")
# What each role is called in messages.
LABELS = {
    "destination_name": "Region, development group, country or area of destination",
    "destination_m49": "Location code of destination",
    "origin_name": "Region, development group, country or area of origin",
    "origin_m49": "Location code of origin",
    "data_type": "Type of data",
    "year": "Year",
    "sex": "sex",
    "age": "age",
    "value": "value",
}
_EXACT = {
    "index": "index",
    "sort order": "index",
    "sort_order": "index",
    "year": "year",
    "sex": "sex",
    "age": "age",
    "value": "value",
    "code": "destination_m49",
    "location code": "destination_m49",
    "country code": "destination_m49",
    "dest_code": "destination_m49",
    "dest_name": "destination_name",
    "destination": "destination_name",
    "orig_code": "origin_m49",
    "orig_name": "origin_name",
    "origin": "origin_name",
    "data_type": "data_type",
    "dest_iso3": "other",
    "orig_iso3": "other",
    "populationuniverse": "other",
}
_YEAR = re.compile(r"(19|20)\d\d(\.0)?")
_AGE = re.compile(r"(\d{1,3})\s*[-\u2013]\s*(\d{1,3})|(\d{1,3})\s*\+")
_AGE_OF_SEX = re.compile(r"(.+)_\((mf|m|f)\)")
_SEXES = {
    "both": "_T", "both sexes": "_T", "total": "_T", "mf": "_T", "male": "M", "males": "M",
    "m": "M", "female": "F", "females": "F", "f": "F",
}  # fmt: skip
_RELEASE = re.compile(r"Stock/Rev\.\s*(\d{4})|International Migrant Stock:? (\d{4})", re.IGNORECASE)


def role_of(cell: object) -> str | None:
    """What a column holds, by its header; None for what is no column of identity."""
    if not isinstance(cell, str) or len(cell) > 120:
        return None
    text = folded(cell)
    if text in _EXACT:
        return _EXACT[text]
    if text.startswith(("type of data", "data type")):
        return "data_type"
    if text.startswith(("notes", "coverage")):
        return "other"
    side = "origin" if "of origin" in text else "destination"
    if text.startswith(f"location code of {side}"):
        return f"{side}_m49"
    if "country or area" in text and not text.startswith("table"):
        return f"{side}_name"
    return None


def roles_of(row: Row) -> dict[str, int]:
    """Column of each role in a header row; the first of a role counts."""
    found: dict[str, int] = {}
    for column, cell in enumerate(row):
        role = role_of(cell)
        if role is not None:
            found.setdefault(role, column)
    return found


def header_row(rows: Sequence[Row]) -> int | None:
    """The row of column headers: the first one with at least two columns of identity."""
    for at, row in enumerate(rows[:HEADER_ROWS]):
        found = {role for role in roles_of(row) if role not in ("other", "sex", "age", "value")}
        if len(found) >= 2 and not found.isdisjoint((*DESTINATION_ROLES, *ORIGIN_ROLES)):
            return at
    return None


def year_of(cell: object) -> int | None:
    """The year that a header says."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return int(float(text)) if _YEAR.fullmatch(text) else None


def sex_of_value(cell: object) -> str | None:
    """The SDMX code of a sex in a column of its own."""
    return _SEXES.get(folded(str(cell)))


def sex_of_group(cell: object) -> str | None:
    """The SDMX code of the sex that the heading of a group of columns names."""
    if not isinstance(cell, str):
        return None
    text = folded(cell)
    if "both sexes" in text:
        return "_T"
    if re.search(r"\bfemales?\b", text):
        return "F"
    return "M" if re.search(r"\bmales?\b", text) else None


def age_of(cell: object) -> str | None:
    """The age code of a label such as ``0-4``, ``75+`` or ``Total``."""
    text = folded(str(cell))
    if text == "total":
        return "_T"
    found = _AGE.fullmatch(text)
    if found is None:
        return None
    first, last, open_end = found.groups()
    return f"Y_GE{int(open_end)}" if open_end else f"Y{int(first)}T{int(last)}"


def age_and_sex_of(cell: object) -> tuple[str, str] | None:
    """Age and sex of a header such as ``0-4_(mf)``."""
    found = _AGE_OF_SEX.fullmatch(str(cell).strip())
    age = age_of(found[1]) if found else None
    return (age, _SEXES[found[2]]) if found and age else None


def data_type_of(cell: object) -> str | None:
    """Type of data as a code: its letters in one order, however they are spaced and sorted.

    Other text comes back as it is, so that the code list refuses it by name.
    """
    text = str(cell).strip()
    letters = set(text.replace(" ", ""))
    if not letters:
        return None
    return "".join(one for one in "BCIR" if one in letters) if letters <= set("BCIR") else text


def texts_above(rows: Sequence[Row], below: int) -> Iterable[str]:
    """The texts of the rows above a row."""
    return (cell for row in rows[:below] for cell in row if isinstance(cell, str) and cell)


def release_of(rows: Sequence[Row], below: int) -> str | None:
    """The revision that the title block names."""
    for text in texts_above(rows, below):
        found = _RELEASE.search(text)
        if found:
            return found[1] or found[2]
    return None


def tells_migrant_stock(rows: Sequence[Row], below: int) -> bool:
    """Whether the title block is about the migrant stock."""
    around = [*rows[: below + 1]]
    return any(SUBJECT in folded(text) for text in texts_above(around, len(around)))


def main_sheet(sheets: Iterable[Sheet]) -> Sheet | None:
    """The sheet that holds the migrant stock: Table 1, else the first that looks like it."""
    found = [sheet for sheet in sheets if _is_ours(sheet)]
    named = [sheet for sheet in found if folded(sheet.name) == MAIN_SHEET]
    return next(iter(named or found), None)


def _is_ours(sheet: Sheet) -> bool:
    at = header_row(sheet.rows)
    if at is None or not tells_migrant_stock(sheet.rows, at):
        return False
    # The list of countries and groups that goes with a revision has the same title block.
    headers = [cell for row in sheet.rows[at : at + 2] for cell in row]
    return any(year_of(cell) or age_of(cell) or age_and_sex_of(cell) for cell in headers)


def title_of(rows: Sequence[Row], below: int) -> str:
    """The title of a table: the text above its header that begins with ``Table``, folded."""
    texts = [folded(text) for text in texts_above(rows, below)]
    return next((text for text in texts if text.startswith("table")), "")
