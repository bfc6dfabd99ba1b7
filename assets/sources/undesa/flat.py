"""Read flat tables: one row a figure, columns with names of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from assets.sources.reading import Faults, find_repeats
from assets.sources.undesa import layout
from assets.sources.undesa.cells import counts, located, note_bad, numbers_of, picked, whole
from assets.sources.undesa.wide import FIGURE
from assets.sources.workbooks import Row, folded

WPP_COLUMNS = ("country_code", "year", "mig")
ABEL_COHEN_COLUMNS = ("method", "type", "sex", "year0", "year1", "orig", "dest", "flow")
NUMBER = "a number"
# Columns that a flat table of stocks has in any case, beside those of its areas.
_STOCKS = {
    "destination_origin": ("year", "value"),
    "age_sex": ("year", "sex", "age", "value"),
    "destination": ("year", "sex", "value"),
}


def dataset_of(header: Row) -> str | None:
    """The dataset of a flat table by its header, also where one of its columns is renamed."""
    names = {folded(str(cell)) for cell in header}
    for dataset, wanted in (("abel_cohen", ABEL_COHEN_COLUMNS), ("wpp_net_migration", WPP_COLUMNS)):
        if len(names & set(wanted)) >= len(wanted) - 1:
            return dataset
    found = set(layout.roles_of(header))
    if found.isdisjoint(layout.DESTINATION_ROLES) or not found & {"year", "value"}:
        return None
    if not found.isdisjoint(layout.ORIGIN_ROLES):
        return "destination_origin"
    if "age" in found:
        return "age_sex"
    return "destination" if {"sex", "value"} & found else None


def read_flat(
    dataset: str, rows: Sequence[Row], lines: Sequence[int], faults: Faults
) -> pd.DataFrame:
    """Read the rows of a flat table.

    Args:
        dataset: The dataset.
        rows: Header and rows.
        lines: The line of each row.
        faults: Takes what is wrong.

    Returns:
        The columns of the dataset's model but ``release`` and ``extract_id``.
    """
    width = len(rows[0])
    kept = [at for at, row in enumerate(rows) if at and row]
    for at in kept:
        if len(rows[at]) != width:
            faults.add(f"line {lines[at]}", None, str(len(rows[at])), f"{width} cells")
    body = [rows[at] for at in kept if len(rows[at]) == width]
    columns = [np.array(cells, dtype=object) for cells in zip(*body, strict=True)]
    columns = columns or [np.array([], dtype=object)] * width
    at_line = np.array([lines[at] for at in kept if len(rows[at]) == width], dtype=np.int64)
    places = pd.Series([f"line {line}" for line in at_line], dtype="str")
    if not len(places):
        faults.add(f"line {lines[0]}", None, None, "rows below the header")
    if dataset in _NAMED:
        return _named(dataset, rows[0], columns, places, faults)
    return _stocks(dataset, rows[0], columns, places, faults)


def _missing(header: Row, wanted: Sequence[str], given: Mapping[str, int], faults: Faults) -> bool:
    missing = [name for name in wanted if name not in given]
    for name in missing:
        faults.add("line 1", layout.LABELS.get(name, name), None, "a column of this name")
    return bool(missing)


def _stocks(
    dataset: str, header: Row, columns: list[np.ndarray], places: pd.Series, faults: Faults
) -> pd.DataFrame:
    roles = layout.roles_of(header)
    for column, cell in enumerate(header):
        if layout.role_of(cell) is None:
            faults.add("line 1", str(cell)[:60], None, f"no such column (column {column + 1})")
    if _missing(header, _STOCKS[dataset], roles, faults) or faults.total:
        return pd.DataFrame()
    sides = ["destination", "origin"] if dataset == "destination_origin" else ["destination"]
    made: dict[str, object] = {"year": _years(columns[roles["year"]], "year", places, faults)}
    for side in sides:
        codes, names = (
            columns[roles[role]] if role in roles else None
            for role in (f"{side}_m49", f"{side}_name")
        )
        area = located(codes, names, places, layout.LABELS[f"{side}_m49"], faults)
        made |= {f"{side}_{name}": column for name, column in area.items()}
        nowhere = (area["m49"].codes < 0) & (area["name"].codes < 0)
        faults.add_rows(nowhere, places, side, places, "a location code or a name")
    types = columns[roles["data_type"]] if "data_type" in roles else [""] * len(places)
    made["data_type"] = picked(types, layout.data_type_of)
    if "sex" in roles:
        made["sex"] = _coded(columns[roles["sex"]], layout.sex_of_value, "sex", places, faults)
    else:
        made["sex"] = picked(["_T"] * len(places), str)
    if dataset == "age_sex":
        made["age"] = _coded(columns[roles["age"]], layout.age_of, "age", places, faults)
    found = numbers_of(columns[roles["value"]])
    values, broken = whole(found.values)
    _note(found.bad | broken, columns[roles["value"]], "value", FIGURE, places, faults)
    made["value"] = counts(values)
    made["source_ref"] = places
    frame = pd.DataFrame(made)[~found.blank].drop_duplicates(
        [name for name in made if name not in ("source_ref", "destination_label", "origin_label")]
    )
    keys = [name for name in made if name.endswith(("_m49", "_name")) or name in _KEY]
    find_repeats(frame, keys, "source_ref", faults)
    return _with_column(frame.reset_index(drop=True), header[roles["value"]])


def _with_column(frame: pd.DataFrame, label: object) -> pd.DataFrame:
    """The place of the one figure of a line: the line and the column, as the file calls it."""
    return frame.assign(source_ref=frame["source_ref"] + f", {str(label).strip()}")


_KEY = ("year", "sex", "age")


def _named(
    dataset: str, header: Row, columns: list[np.ndarray], places: pd.Series, faults: Faults
) -> pd.DataFrame:
    """A table whose columns are taken by their names."""
    wanted = _NAMED[dataset]
    at = {folded(str(cell)): column for column, cell in enumerate(header)}
    for name in set(at) - set(wanted):
        faults.add("line 1", name[:60], None, "no such column")
    if _missing(header, wanted, at, faults):
        return pd.DataFrame()
    made: dict[str, object] = {}
    for name in wanted:
        cells = columns[at[name]]
        if name.startswith("year"):
            made[name] = _years(cells, name, places, faults)
        elif name in _FIGURES:
            found = numbers_of(cells)
            bad = found.bad | np.isnan(found.values)
            _note(bad, cells, name, NUMBER, places, faults)
            made[name] = found.values
        elif name == "sex":
            made[name] = _coded(cells, layout.sex_of_value, name, places, faults)
        else:
            made[name] = picked(cells, lambda cell: str(cell).strip() or None)
    made["source_ref"] = places
    frame = pd.DataFrame(made)
    find_repeats(frame, [name for name in wanted if name not in _FIGURES],
                 "source_ref", faults)  # fmt: skip
    figure = next(name for name in wanted if name in _FIGURES)
    return _with_column(frame, header[at[figure]])


_FIGURES = ("mig", "flow")
_NAMED = {"wpp_net_migration": WPP_COLUMNS, "abel_cohen": ABEL_COHEN_COLUMNS}


def _years(cells: np.ndarray, name: str, places: pd.Series, faults: Faults) -> pd.Series:
    codes, found = pd.factorize(pd.Series(cells, dtype=object), use_na_sentinel=False)
    years = np.array([layout.year_of(one) or np.nan for one in found], dtype="float64")[codes]
    _note(np.isnan(years), cells, name, "a year", places, faults)
    return counts(years)


def _coded(
    cells: np.ndarray, code_of: Callable[[object], str | None], name: str, places: pd.Series,
    faults: Faults,
) -> pd.Categorical:  # fmt: skip
    coded = picked(cells, code_of)
    _note(coded.codes < 0, cells, name, f"a known {name}", places, faults)
    return coded


def _note(
    bad: np.ndarray, cells: np.ndarray, name: str, expected: str, places: pd.Series, faults: Faults
) -> None:
    if bad.any():
        note_bad(bad[:, None], cells[:, None], lambda row, _: places.iloc[row], [name], expected,
                 faults)  # fmt: skip
