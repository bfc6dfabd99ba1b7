"""Tell current figures from superseded ones, over all publishers' observations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from schemas.facts import FLOW, STOCK
from schemas.table import TableModel

WORLD_SCOPE = "ALL"


@dataclass(frozen=True)
class Combined:
    """The four fact tables."""

    stock: pd.DataFrame
    flow: pd.DataFrame
    stock_superseded: pd.DataFrame
    flow_superseded: pd.DataFrame


def combine(
    observations: pd.DataFrame,
    extracts: pd.DataFrame,
    releases: pd.DataFrame,
    datasets: pd.DataFrame,
    areas: pd.DataFrame,
) -> Combined:
    """Split observations into current and superseded stocks and flows.

    A figure is current when no newer release of its dataset holds an extract that is complete
    for its origin or destination (or for the world). In datasets of rule ``window`` only the
    years that the newer release holds are superseded. Within one release the extract landed last
    counts, and what it replaced is dropped.

    Args:
        observations: Observations of all publishers, in the columns of
            ``schemas.facts.OBSERVATIONS``.
        extracts: Accepted extracts, in the columns of ``schemas.assessment.EXTRACT``.
        releases: Reference table ``release``.
        datasets: Reference table ``dataset``.
        areas: Reference table ``area``: an oblast is within the scope of its country.

    Returns:
        The four fact tables, each in its model's columns.
    """
    order = extract_order(extracts, releases)
    standing = _standing(observations, order, set(window_datasets(datasets)), parents_of(areas))
    parts = {}
    for measure, model in (("stock", STOCK), ("flow", FLOW)):
        of_measure = (observations["measure"] == measure).to_numpy()
        for name, wanted in (("", "current"), ("_superseded", "superseded")):
            rows = observations[of_measure & (standing == wanted)]
            parts[f"{measure}{name}"] = _as_table(rows, model)
    return Combined(**parts)


def extract_order(extracts: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Accepted extracts, oldest release first, with their place in the order.

    Args:
        extracts: Table ``extract``.
        releases: Reference table ``release``.

    Returns:
        Columns extract_id, source, dataset, release, scope, release_rank, rank (both from 0 in
        each dataset).
    """
    keys = ["source", "dataset", "release"]
    # pandas does not rank dates of Arrow's type.
    known = releases[[*keys, "known_on_to"]].astype(
        dict.fromkeys(keys, "str") | {"known_on_to": "datetime64[s]"}
    )
    accepted = extracts[extracts["accepted"]].astype(dict.fromkeys(keys, "str"))
    ordered = accepted.merge(known, on=keys, how="inner", validate="many_to_one").sort_values(
        ["source", "dataset", "known_on_to", "landed_order"]
    )
    groups = ordered.groupby(["source", "dataset"], observed=True)
    ordered["rank"] = groups.cumcount()
    ordered["release_rank"] = groups["known_on_to"].rank(method="dense").astype("int64") - 1
    return ordered[["extract_id", *keys, "scope", "release_rank", "rank"]].reset_index(drop=True)


def _standing(
    observations: pd.DataFrame, order: pd.DataFrame, window: set[str], parents: dict[str, str]
) -> np.ndarray:
    """current, superseded or replaced (by a later extract of the same release), a row."""
    standing = np.full(len(observations), "current", dtype=object)
    extract_of_row = observations["extract_id"].cat
    for (source, dataset), extracts in order.groupby(["source", "dataset"], observed=True):
        is_window = f"{source}/{dataset}" in window
        held_years = years_held(observations, extracts) if is_window else {}
        for own in extracts.to_dict("records"):
            if own["extract_id"] not in extract_of_row.categories:
                continue
            code = extract_of_row.categories.get_loc(own["extract_id"])
            rows = np.flatnonzero(extract_of_row.codes == code)
            for newer in extracts[extracts["rank"] > own["rank"]].to_dict("records"):
                covered = covers(observations, rows, newer["scope"], parents)
                if is_window:
                    # An extract without rows holds no year, so nothing leaves for it.
                    years = held_years.get(newer["extract_id"], set())
                    covered &= observations["year"].iloc[rows].isin(years).to_numpy(dtype=bool)
                same = newer["release_rank"] == own["release_rank"]
                hit = rows[covered]
                if same:
                    standing[hit] = "replaced"
                else:
                    standing[hit[standing[hit] != "replaced"]] = "superseded"
    return standing


def covers(
    observations: pd.DataFrame, rows: np.ndarray, scope: str, parents: dict[str, str]
) -> np.ndarray:
    """Whether an extract of a scope is complete for figures.

    Args:
        observations: Figures, at least with origin and destination.
        rows: Places of the figures that are asked about.
        scope: Countries joined by ``;``, or ALL.
        parents: Country of each oblast.

    Returns:
        A boolean a row asked about: its origin or destination is in the scope.
    """
    areas = set(str(scope).split(";"))
    if WORLD_SCOPE in areas:
        return np.ones(len(rows), dtype=bool)
    areas |= {part for part, whole in parents.items() if whole in areas}
    covered = np.zeros(len(rows), dtype=bool)
    for side in ("origin", "destination"):
        column = observations[side].cat
        inside = np.append(column.categories.isin(areas), False)
        covered |= inside[column.codes.to_numpy()[rows]]
    return covered


def parents_of(areas: pd.DataFrame) -> dict[str, str]:
    """Country of each oblast, from table ``area``."""
    parts = areas[areas["kind"] == "subdivision"].astype("str")
    return dict(zip(parts["area"], parts["parent"], strict=True))


def years_held(observations: pd.DataFrame, extracts: pd.DataFrame) -> dict[str, set[int]]:
    """Years that each extract holds, by extract_id."""
    chosen = observations[observations["extract_id"].isin(extracts["extract_id"])]
    held = chosen.groupby("extract_id", observed=True)["year"]
    return {str(extract): set(years.tolist()) for extract, years in held}


def window_datasets(datasets: pd.DataFrame) -> list[str]:
    """The datasets of rule ``window``, as ``source/dataset``."""
    window = datasets[datasets["current_rule"] == "window"]
    return [f"{one['source']}/{one['dataset']}" for one in window.to_dict("records")]


def _as_table(rows: pd.DataFrame, model: TableModel) -> pd.DataFrame:
    return rows[model.columns].reset_index(drop=True)
