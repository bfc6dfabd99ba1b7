"""Read UN DESA's wide tables: groups of year columns, of age columns, or a column an origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assets.sources.cells import label
from assets.sources.observations import chosen
from assets.sources.reading import Faults
from assets.sources.undesa import layout
from assets.sources.undesa.cells import (
    counts,
    joined,
    located,
    note_bad,
    numbers_of,
    picked,
    whole,
)
from assets.sources.workbooks import Row, column_letters, folded
from schemas.sources.undesa import group_numbers

FIGURE = "a whole number, '..' or '-'"


@dataclass(frozen=True)
class Grid:
    """A table as rows of cells, and how its cells are named.

    Attributes:
        rows: All rows, from the first on, of equal length.
        prefix: Place of a cell before its column, such as ``Table 1!``.
        is_text: Whether it is a text file, whose cells are named by line and column.
    """

    rows: Sequence[Row]
    prefix: str
    is_text: bool = False

    def place(self, row: int, column: int) -> str:
        """Where a cell is, both counted from 0."""
        before, after = self.around(column)
        return f"{before}{row + 1}{after}"

    def around(self, column: int) -> tuple[str, str]:
        """What stands before and after the number of the row in the place of a cell."""
        letters = column_letters(column)
        return ("line ", f", column {letters}") if self.is_text else (f"{self.prefix}{letters}", "")


@dataclass(frozen=True)
class Measure:
    """What a column of figures holds beside what its row says.

    Attributes:
        column: Its position.
        header: Its header as printed.
        sex: SDMX code.
        year: The year, where the column says it.
        age: The age code, where the column says it.
        origin: The origin's name, where the column says it.
    """

    column: int
    header: str
    sex: str
    year: int | None = None
    age: str | None = None
    origin: str | None = None


@dataclass(frozen=True)
class Table:
    """Where things are in a wide table.

    Attributes:
        grid: The cells.
        dataset: The dataset.
        roles: Column of each role.
        first: Position of the first row of figures.
        measures: The columns of figures.
    """

    grid: Grid
    dataset: str
    roles: dict[str, int]
    first: int
    measures: list[Measure]


def find_table(grid: Grid, faults: Faults, sex: str | None = None) -> Table | None:
    """Find the columns of a wide table by their labels.

    Args:
        grid: The cells.
        faults: Takes what is missing or unclear in the headers.
        sex: The sex of a table that names none over its columns.

    Returns:
        The table, or None where there is none, or faults forbid to go on.
    """
    header = layout.header_row(grid.rows)
    if header is None:
        return None
    roles = _roles(grid, header)
    before = faults.total
    last_role = max(roles.values())
    dataset, at, measures = _measures(grid, header, last_role, sex, faults)
    required = ["destination_name", "destination_m49"]
    if dataset is None:
        faults.add(grid.place(header, last_role), None, None, "columns of years, ages or origins")
        return None
    if dataset == "destination" and not roles.keys().isdisjoint(layout.ORIGIN_ROLES):
        dataset = "destination_origin"
        required += layout.ORIGIN_ROLES
    elif dataset != "destination":
        required = ["year", "destination_name"]
    if not grid.is_text:
        required.append("data_type")
    for role in required:
        if role not in roles:
            place = grid.place(header, 0)
            faults.add(place, layout.LABELS[role], None, "a column of this name")
    _refuse_repeated(grid, at, measures, faults)
    return Table(grid, dataset, roles, at + 1, measures) if faults.total == before else None


def _roles(grid: Grid, header: int) -> dict[str, int]:
    """Columns of identity; a heading over the names of all origins is none."""
    roles = layout.roles_of(grid.rows[header])
    below = grid.rows[header + 1] if header + 1 < len(grid.rows) else ()
    over = roles.get("origin_name")
    if over is not None and over < len(below) and folded(str(below[over])) == "total":
        del roles["origin_name"]
    return roles


def _measures(
    grid: Grid, header: int, last_role: int, sex: str | None, faults: Faults
) -> tuple[str | None, int, list[Measure]]:
    """The kind of table, the row of its lowest headers, and its columns of figures."""
    for at in (header, header + 1):
        cells = list(enumerate(grid.rows[at]))[last_role + 1 :] if at < len(grid.rows) else []
        printed = [(column, cell) for column, cell in cells if str(cell).strip()]
        if sum(layout.year_of(cell) is not None for _, cell in printed) >= 2:
            sexes = _sexes(grid, header, at, printed, sex, faults)
            return "destination", at, _years(grid, at, printed, sexes, faults)
        if sum(layout.age_and_sex_of(cell) is not None for _, cell in printed) >= 2:
            return "age_sex", at, _ages_of_sex(grid, at, printed, faults)
        if sum(layout.age_of(cell) not in (None, "_T") for _, cell in printed) >= 2:
            sexes = _sexes(grid, header, at, printed, sex, faults)
            return "age_sex", at, _ages(grid, at, printed, sexes, faults)
        if "total" in {str(cell).strip().casefold() for _, cell in printed}:
            named = [(column, label(cell)) for column, cell in printed]
            columns = [Measure(column, name, sex or "_T", origin=name) for column, name in named]
            return "destination_origin", at, columns
    return None, header, []


def _sexes(
    grid: Grid, header: int, at: int, printed: Sequence[tuple[int, object]], sex: str | None,
    faults: Faults,
) -> dict[int, str]:  # fmt: skip
    """The sex of each column: named over the first of its group, which is a merged cell."""
    first = printed[0][0]
    above = range(max(0, header - 6), at + 1)
    told = {row: [layout.sex_of_group(cell) for cell in grid.rows[row][first:]] for row in above}
    row = max(above, key=lambda one: sum(found is not None for found in told[one]))
    if not any(told[row]):
        if sex is None:
            faults.add(grid.place(header, first), "sex", None, _SEX_EXPECTED)
        return {column: sex or "_T" for column, _ in printed}
    sexes: dict[int, str] = {}
    now: str | None = None
    for column, cell in enumerate(grid.rows[row][first:], start=first):
        if row != at and str(cell).strip() and told[row][column - first] is None:
            faults.add(grid.place(row, column), "sex", str(cell)[:60], _SEX_EXPECTED)
        now = told[row][column - first] or now
        sexes[column] = now or ""
    if sexes[first] == "":
        faults.add(grid.place(row, first), "sex", None, _SEX_EXPECTED)
    return sexes


_SEX_EXPECTED = "'both sexes', 'male' or 'female' over each group of columns"


def _years(
    grid: Grid, at: int, printed: Sequence[tuple[int, object]], sexes: dict[int, str],
    faults: Faults,
) -> list[Measure]:  # fmt: skip
    found = []
    for column, cell in printed:
        year = layout.year_of(cell)
        if year is None:
            faults.add(grid.place(at, column), "year", str(cell)[:60], "a year")
        else:
            found.append(Measure(column, f"{year}", sexes[column], year=year))
    return found


def _ages(
    grid: Grid, at: int, printed: Sequence[tuple[int, object]], sexes: dict[int, str],
    faults: Faults,
) -> list[Measure]:  # fmt: skip
    found = []
    for column, cell in printed:
        age = layout.age_of(cell)
        if age is None:
            faults.add(grid.place(at, column), "age", str(cell)[:60], "an age group or 'Total'")
        else:
            found.append(Measure(column, str(cell).strip(), sexes[column], age=age))
    return found


def _ages_of_sex(
    grid: Grid, at: int, printed: Sequence[tuple[int, object]], faults: Faults
) -> list[Measure]:
    found = []
    for column, cell in printed:
        told = layout.age_and_sex_of(cell)
        if told is None:
            faults.add(grid.place(at, column), "age", str(cell)[:60], "an age group and a sex")
        else:
            found.append(Measure(column, str(cell).strip(), told[1], age=told[0]))
    return found


def _refuse_repeated(grid: Grid, at: int, measures: Sequence[Measure], faults: Faults) -> None:
    seen: dict[tuple[object, ...], Measure] = {}
    for one in measures:
        key = (one.sex, one.year, one.age, one.origin)
        if key in seen:
            place = grid.place(at, seen[key].column)
            expected = f"one column of this kind, but {place} is another"
            faults.add(grid.place(at, one.column), None, one.header, expected)
        seen.setdefault(key, one)


def read_table(table: Table, faults: Faults) -> pd.DataFrame:
    """Turn a wide table into rows of one figure each.

    Rows without location code and without figures are headings and footnotes. Rows that repeat
    an area with the same figures, because it stands in two groupings, are there once.

    Args:
        table: The table.
        faults: Takes a fault for each cell that holds no figure and each row that repeats another
            with other figures.

    Returns:
        The columns of the dataset's model but ``release`` and ``extract_id``.
    """
    grid, roles = table.grid, table.roles
    body = np.array([tuple(row) for row in grid.rows[table.first :]], dtype=object)
    if body.ndim != 2:
        body = np.empty((0, len(grid.rows[table.first - 1])), dtype=object)
    columns = [one.column for one in table.measures]
    found = numbers_of(body[:, columns])
    numbered = "destination_m49" in roles
    coded = np.array([str(cell).strip() != "" for cell in body[:, roles["destination_m49"]]],
                     dtype=bool) if numbered else np.zeros(len(body), dtype=bool)  # fmt: skip
    keep = np.flatnonzero(coded | (~np.isnan(found.values) | found.bad).any(axis=1))
    body, rows = body[keep], keep + table.first
    values, blank, bad = found.values[keep], found.blank[keep], found.bad[keep]
    values, broken = whole(values)
    headers = [_told(one) for one in table.measures]
    cells = body[:, columns]
    note_bad(bad | broken, cells, lambda row, at: grid.place(rows[row], columns[at]), headers,
             FIGURE, faults)  # fmt: skip
    identity = _identity(table, body, rows, faults)
    fresh = _without_repeats(identity, values, blank, grid, rows, faults)
    return _unpivoted(
        table, identity.iloc[fresh], values[fresh], ~blank[fresh] & ~bad[fresh], rows[fresh]
    )


def _told(one: Measure) -> str:
    return f"{one.header} ({one.sex})"


def _identity(table: Table, body: np.ndarray, rows: np.ndarray, faults: Faults) -> pd.DataFrame:
    """What each row says of its figures."""
    grid, roles = table.grid, table.roles
    # A place is made for faults only, so rows are named by their first column.
    places = _Places(grid, rows)
    columns: dict[str, Any] = {}
    sides = ["destination"]
    if table.dataset == "destination_origin" and table.measures[0].origin is None:
        sides.append("origin")
    for side in sides:
        codes, names = (
            body[:, roles[role]] if role in roles else None
            for role in (f"{side}_m49", f"{side}_name")
        )
        area = located(codes, names, places, layout.LABELS[f"{side}_m49"], faults)
        columns |= {f"{side}_{name}": column for name, column in area.items()}
        nowhere = (area["m49"].codes < 0) & (area["name"].codes < 0)
        for row in np.flatnonzero(nowhere)[:20]:
            faults.add(places[row], side, None, "a location code or a name")
    if "year" in roles:
        cells = body[:, roles["year"]]
        years = [layout.year_of(cell) for cell in cells]
        for row in [at for at, year in enumerate(years) if year is None][:20]:
            faults.add(grid.place(rows[row], roles["year"]), "Year", str(cells[row])[:60], "a year")
        columns["year"] = np.array([year or 0 for year in years], dtype=np.int64)
    types = body[:, roles["data_type"]] if "data_type" in roles else [""] * len(body)
    columns["data_type"] = picked(types, layout.data_type_of)
    for role in ("data_type", *(f"{side}_m49" for side in sides)):
        # Not every row has one, but some have: else the label stands over another column.
        if role in roles and len(body) and not len(columns[role].categories):
            place = grid.place(rows[0], roles[role])
            faults.add(place, layout.LABELS[role], None, "a value in some row")
    return pd.DataFrame(columns, index=range(len(body)))


class _Places(Sequence[str]):
    """Places of rows, made when they are asked for."""

    def __init__(self, grid: Grid, rows: np.ndarray) -> None:
        self._grid, self._rows = grid, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        return self._grid.place(int(self._rows[at]), 0)


_KEY = ("_m49", "_name", "year")


def _without_repeats(
    identity: pd.DataFrame, values: np.ndarray, blank: np.ndarray, grid: Grid, rows: np.ndarray,
    faults: Faults,
) -> np.ndarray:  # fmt: skip
    """Positions of rows but for those that say the same once more."""
    names = [name for name in map(str, identity) if name.endswith(_KEY)]
    groups, found = pd.factorize(group_numbers(identity, names))
    first = np.full(len(found), -1, dtype=np.int64)
    first[groups[::-1]] = np.arange(len(groups))[::-1]
    later = np.flatnonzero(first[groups] != np.arange(len(groups)))
    for row in later:
        other = first[groups[row]]
        alike = np.array_equal(values[row], values[other], equal_nan=True)
        if not alike or not np.array_equal(blank[row], blank[other]):
            key = identity[names].iloc[int(row)]
            told = ", ".join(str(one) for one in key if not pd.isna(one))
            expected = f"the figures of {grid.place(rows[other], 0)}, which has the same key"
            faults.add(grid.place(rows[row], 0), None, told, expected)
    return np.setdiff1d(np.arange(len(groups)), later)


def _unpivoted(
    table: Table, identity: pd.DataFrame, values: np.ndarray, taken: np.ndarray, rows: np.ndarray
) -> pd.DataFrame:
    """One row a figure, row by row of the table."""
    at_row, at_column = np.nonzero(taken)
    measures = table.measures
    columns: dict[str, object] = {}
    for name in identity:
        column = identity[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes = column.cat.codes.to_numpy()[at_row]
            columns[str(name)] = pd.Categorical.from_codes(codes, dtype=column.dtype)
        else:
            columns[str(name)] = counts(column.to_numpy(dtype="float64")[at_row])
    columns["sex"] = chosen(at_column, [one.sex for one in measures])
    if measures[0].year is not None:
        columns["year"] = counts(
            np.array([one.year for one in measures], dtype="float64")[at_column]
        )
    if measures[0].age is not None:
        columns["age"] = chosen(at_column, [str(one.age) for one in measures])
    if measures[0].origin is not None:
        names = chosen(at_column, [str(one.origin) for one in measures])
        nothing = chosen(np.full(len(at_column), -1), [])
        columns |= {"origin_label": names, "origin_name": names, "origin_m49": nothing}
    columns["value"] = counts(values[at_row, at_column])
    around = [table.grid.around(one.column) for one in measures]
    columns["source_ref"] = joined(
        [one[0] for one in around], at_column, rows[at_row] + 1, [one[1] for one in around]
    )
    return pd.DataFrame(columns)
