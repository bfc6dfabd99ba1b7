"""What a release revised: each figure that differs from the release before of its dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from assets.combining import covers, extract_order, parents_of, window_datasets, years_held
from assets.sources.observations import chosen, concatenate, days
from schemas.revisions import REVISION
from schemas.validate import conform, empty_frame

_ADDED = (
    "release_before", "release_after", "change", "value_before", "value_after", "difference",
    "relative_difference",
)  # fmt: skip
_SAME = [name for name in REVISION.columns if name not in (*_ADDED, "breakdown")]
_TIMES = ("reference_date", "period_start", "period_end")
_NEEDED = [*_SAME, "breakdown", "value", "release", "extract_id"]
CHANGES = ("new", "changed", "vanished")
_NONE = -1


@dataclass(frozen=True)
class Revisions:
    """What releases revised.

    Attributes:
        figures: The figures that differ, in the columns of ``schemas.revisions.REVISION``.
        compared: Columns source, dataset, release_after, compared: how many figures of the
            release before each release was held against.
    """

    figures: pd.DataFrame
    compared: pd.DataFrame


def revisions(
    facts: dict[str, pd.DataFrame],
    extracts: pd.DataFrame,
    releases: pd.DataFrame,
    datasets: pd.DataFrame,
    areas: pd.DataFrame,
) -> Revisions:
    """Each changed, new and vanished figure between a release and the one before it.

    The release before is the newest one that is complete for a country of the figure, so an
    extract of one country revises no other. Figures are the same when all their dimensions and
    dates are: a figure of 30 June is never held against one of 31 December. In datasets of rule
    ``window`` a year that left the window has not vanished; an interim figure has not vanished
    when its year is no longer interim.

    Args:
        facts: Tables stock, flow and their superseded figures.
        extracts: Table ``extract``.
        releases: Table ``release``.
        datasets: Table ``dataset``.
        areas: Table ``area``.
    """
    history = concatenate([_history(name, frame) for name, frame in facts.items()])
    order = extract_order(extracts, releases)
    window, within = set(window_datasets(datasets)), parents_of(areas)
    found, compared = [], []
    for _, own in order.groupby(["source", "dataset"], observed=True):
        source, dataset = (str(own[name].iloc[0]) for name in ("source", "dataset"))
        if own["release_rank"].nunique() < 2:
            continue
        rows = history[history["extract_id"].isin(own["extract_id"])].reset_index(drop=True)
        is_window = f"{source}/{dataset}" in window
        before, after = _neighbours(rows, own, is_window, within)
        part, counts = _compare(rows, own, before, after, _interim_years(releases, source, dataset))
        found.append(part)
        compared.append(counts.assign(source=source, dataset=dataset))
    if not found:
        columns = ["source", "dataset", "release_after", "compared"]
        return Revisions(empty_frame(REVISION), pd.DataFrame(columns=columns))
    return Revisions(conform(concatenate(found), REVISION), pd.concat(compared, ignore_index=True))


def _history(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    measure = name.removesuffix("_superseded")
    missing = days(np.full(len(frame), np.datetime64("NaT"), dtype="datetime64[D]"))
    columns: dict[str, Any] = {time: missing for time in _TIMES if time not in frame}
    columns["measure"] = chosen(np.zeros(len(frame), dtype="int8"), [measure])
    return frame.reset_index(drop=True).assign(**columns)[_NEEDED]


def _neighbours(
    rows: pd.DataFrame, extracts: pd.DataFrame, is_window: bool, within: dict[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """For each row the rank of the release before its own and of the one that superseded it."""
    before = np.full(len(rows), -1)
    after = np.full(len(rows), -1)
    years = years_held(rows, extracts) if is_window else {}
    of_row = rows["extract_id"].astype("str").to_numpy()
    for own in extracts.to_dict("records"):
        places = np.flatnonzero(of_row == own["extract_id"])
        for other in extracts.to_dict("records"):
            rank = other["release_rank"]
            if rank == own["release_rank"]:
                continue
            inside = covers(rows, places, other["scope"], within)
            if rank < own["release_rank"]:
                # Extracts stand oldest first, so the newest of the older ones remains.
                before[places[inside]] = rank
                continue
            if is_window:
                held = years.get(other["extract_id"], set())
                inside &= rows["year"].iloc[places].isin(held).to_numpy(dtype=bool)
            hit = places[inside]
            after[hit[after[hit] == -1]] = rank
    return before, after


def _compare(
    rows: pd.DataFrame,
    extracts: pd.DataFrame,
    before: np.ndarray,
    after: np.ndarray,
    interim: dict[str, int],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = extracts.drop_duplicates("release_rank").set_index("release_rank")["release"]
    rank_of = dict(zip(extracts["extract_id"], extracts["release_rank"], strict=True))
    own = rows["extract_id"].astype("str").map(rank_of).to_numpy()
    figure = _ids(rows, _SAME)
    value = rows["value"].to_numpy()
    pairs, counts = [], []
    for rank in sorted(names.index)[1:]:
        old, new = np.flatnonzero(after == rank), np.flatnonzero((own == rank) & (before >= 0))
        both, at_old, at_new = np.intersect1d(figure[old], figure[new], return_indices=True)
        then, now = old[at_old], new[at_new]
        moved = ~((value[then] == value[now]) | (np.isnan(value[then]) & np.isnan(value[now])))
        gone = old[~np.isin(figure[old], both)]
        gone = gone[~np.isnan(value[gone]) & ~_was_interim(rows, gone, interim, names[rank])]
        came = new[~np.isin(figure[new], both)]
        came = came[~np.isnan(value[came])]
        pairs += [
            _Pairs("changed", rank, then[moved], now[moved]),
            _Pairs("vanished", rank, gone, np.full(len(gone), _NONE)),
            _Pairs("new", rank, np.full(len(came), _NONE), came),
        ]
        counts.append((str(names[rank]), len(then) + len(gone)))
    before_each = np.where(_then_of(pairs) == _NONE, before[_now_of(pairs)], own[_then_of(pairs)])
    return _rows(rows, pairs, before_each, names), pd.DataFrame(
        counts, columns=["release_after", "compared"]
    )


@dataclass(frozen=True)
class _Pairs:
    """Figures that a release moved: where they stand before it and in it, ``_NONE`` if nowhere."""

    change: str
    rank: int
    then: np.ndarray
    now: np.ndarray


def _then_of(pairs: Sequence[_Pairs]) -> np.ndarray:
    return np.concatenate([one.then for one in pairs])


def _now_of(pairs: Sequence[_Pairs]) -> np.ndarray:
    return np.concatenate([one.now for one in pairs])


def _rows(
    rows: pd.DataFrame, pairs: Sequence[_Pairs], before: np.ndarray, names: pd.Series
) -> pd.DataFrame:
    """Rows of the table.

    Args:
        rows: All figures of the dataset.
        pairs: Those that moved.
        before: For each of them the rank of the release before.
        names: Release of each rank.
    """
    then, now = _then_of(pairs), _now_of(pairs)
    lengths = [len(one.then) for one in pairs]
    ranks = {rank: place for place, rank in enumerate(names.index)}
    releases = names.astype("str").tolist()
    value = rows["value"].to_numpy()
    value_before = np.where(then == _NONE, np.nan, value[then])
    value_after = np.where(now == _NONE, np.nan, value[now])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (value_after - value_before) / np.abs(value_before)
    made = rows.iloc[np.where(then == _NONE, now, then)][[*_SAME, "breakdown"]]
    return made.reset_index(drop=True).assign(
        release_before=chosen(np.array([ranks[one] for one in before], dtype="int64"), releases),
        release_after=chosen(np.repeat([ranks[one.rank] for one in pairs], lengths), releases),
        change=chosen(np.repeat([CHANGES.index(one.change) for one in pairs], lengths), CHANGES),
        value_before=value_before,
        value_after=value_after,
        difference=value_after - value_before,
        relative_difference=np.where(np.isfinite(share), share, np.nan),
    )[REVISION.columns]


def _ids(rows: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """A number for each figure, the same for the same dimensions and dates."""
    ids = np.zeros(len(rows), dtype="int64")
    for name in columns:
        codes, _ = pd.factorize(rows[name], use_na_sentinel=False)
        # Numbered anew after each column, so that the product never outgrows the type.
        ids, _ = pd.factorize(ids * (int(codes.max(initial=0)) + 1) + codes)
    return ids


def _interim_years(releases: pd.DataFrame, source: str, dataset: str) -> dict[str, int]:
    own = releases[(releases["source"] == source) & (releases["dataset"] == dataset)]
    told = own.dropna(subset=["interim_year"])
    return dict(zip(told["release"].astype("str"), told["interim_year"].astype(int), strict=True))


def _was_interim(
    rows: pd.DataFrame, places: np.ndarray, interim: dict[str, int], release_after: str
) -> np.ndarray:
    """Whether a figure is of a year that was interim then and is no longer."""
    year_of = rows["release"].iloc[places].astype("str").map(interim)
    same = (year_of == rows["year"].iloc[places]).fillna(False).to_numpy(dtype=bool)
    still = interim.get(str(release_after))
    return same & (rows["year"].iloc[places] != still).to_numpy(dtype=bool) if still else same
