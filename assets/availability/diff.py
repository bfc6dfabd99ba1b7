"""What changed between two days or two builds, and which release changed it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd

from assets.availability.evidence import CELL
from assets.availability.known_on import Snapshot

FIGURE = [
    "measure", "country", "theme", "indicator", "breakdown", "partner", "sex", "age", "education",
    "employment", "reason", "detail", "year", "unit", "universe",
]  # fmt: skip
CELL_CHANGES = [*CELL, "before", "after", "rule_before", "rule_after", "changed_by"]
FIGURE_CHANGES = [
    *FIGURE, "before", "after", "status_before", "status_after", "day_before", "day_after",
    "changed_by",
]  # fmt: skip
_RELEASE = ["source", "dataset", "release"]
_SAID = ("value", "obs_status", "qualifier", "last_day")


def changes(snapshots: Sequence[Snapshot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What changed from the first of several moments to the last.

    Args:
        snapshots: The map at two or more moments, in order of time.

    Returns:
        Changed cells and changed figures. changed_by is what changed them last: with the days of
        all releases between, the release that made a figure what it is, not one that repeats it.
    """
    cells, figures = (
        _last_cause(made(snapshots[0], snapshots[-1]), keys, steps)
        for made, keys in ((cell_changes, CELL), (figure_changes, FIGURE))
        for steps in [[made(one, other) for one, other in pairwise(snapshots)]]
    )
    return cells, figures


def _last_cause(whole: pd.DataFrame, keys: list[str], steps: list[pd.DataFrame]) -> pd.DataFrame:
    causes: dict[tuple[object, ...], str] = {}
    for step in steps:
        rows = step[[*keys, "changed_by"]].itertuples(index=False, name=None)
        causes.update({row[:-1]: row[-1] for row in rows})
    found = [
        causes.get(row[:-1], row[-1])
        for row in whole[[*keys, "changed_by"]].itertuples(index=False, name=None)
    ]
    return whole.assign(changed_by=found)


def cell_changes(before: Snapshot, after: Snapshot) -> pd.DataFrame:
    """Cells of the matrix with another status or rule.

    Args:
        before: The map at one moment.
        after: The map at another.

    Returns:
        Columns ``CELL_CHANGES``; before or after is missing where the matrix did not reach that
        year. changed_by names releases, else what was seen of a source, else what else differs.
    """
    kept = [*CELL, "status", "rule"]
    both = _text(before.matrix[kept]).merge(
        _text(after.matrix[kept]), on=CELL, how="outer", suffixes=("_before", "_after")
    )
    differs = _differs(both, "status") | _differs(both, "rule")
    both = both[differs].rename(columns={"status_before": "before", "status_after": "after"})
    causes = _causes_of_cells(before, after)
    coverage = _coverage_of_cells(before, after)
    other = _other_cause(before, after)
    both["changed_by"] = [
        causes.get(cell) or coverage.get(cell[:-1]) or other
        for cell in both[CELL].itertuples(index=False, name=None)
    ]
    return both[CELL_CHANGES].reset_index(drop=True)


def figure_changes(before: Snapshot, after: Snapshot) -> pd.DataFrame:
    """Figures by country that came, went or are another value, status or day.

    Args:
        before: The map at one moment.
        after: The map at another.

    Returns:
        Columns ``FIGURE_CHANGES``. A figure that a newer release repeats has not changed.
    """
    kept = [*FIGURE, *_SAID, *_RELEASE]
    both = _text(before.figures[kept]).merge(
        _text(after.figures[kept]), on=FIGURE, how="outer", suffixes=("_before", "_after")
    )
    differs = pd.Series(False, index=both.index)
    for name in _SAID:
        differs |= _differs(both, name)
    both = both[differs | _differs(both, "source")].copy()
    newest = _newest(after)
    both["changed_by"] = [
        _figure_cause(row, newest, _other_cause(before, after)) for row in both.to_dict("records")
    ]
    names = {"value": "", "obs_status": "status_", "last_day": "day_"}
    renamed = {
        f"{old}_{when}": f"{new}{when}"
        for old, new in names.items()
        for when in ("before", "after")
    }
    return both.rename(columns=renamed)[FIGURE_CHANGES].reset_index(drop=True)


def _figure_cause(row: dict[object, object], newest: dict[tuple[str, str], str], other: str) -> str:
    was = tuple(row[f"{name}_before"] for name in _RELEASE)
    now = tuple(row[f"{name}_after"] for name in _RELEASE)
    if isinstance(now[0], str):
        return " ".join(map(str, now)) if was != now else other
    # It is gone: the newer release of its dataset no longer has it.
    source, dataset, release = map(str, was)
    found = newest.get((source, dataset))
    return f"{source} {dataset} {found}" if found not in (None, release) else other


def _causes_of_cells(before: Snapshot, after: Snapshot) -> dict[tuple[object, ...], str]:
    """Releases that speak to a cell after and not before, or that no longer do."""
    found = _text(before.evidence[[*CELL, *_RELEASE]]).merge(
        _text(after.evidence[[*CELL, *_RELEASE]]),
        on=[*CELL, *_RELEASE], how="outer", indicator=True,
    )  # fmt: skip
    newest = _newest(after)
    causes: dict[tuple[object, ...], set[str]] = {}
    for row in found[found["_merge"] != "both"].to_dict("records"):
        release = row["release"]
        if row["_merge"] == "left_only":
            release = newest.get((row["source"], row["dataset"]), release)
            if release == row["release"]:
                continue
        cell = tuple(row[name] for name in CELL)
        causes.setdefault(cell, set()).add(f"{row['source']} {row['dataset']} {release}")
    return {cell: "; ".join(sorted(names)) for cell, names in causes.items()}


def _coverage_of_cells(before: Snapshot, after: Snapshot) -> dict[tuple[object, ...], str]:
    """What was seen of a source in one of the two moments only, by cell without year."""
    cell = CELL[:-1]
    kept = [*cell, "source", "holds", "access", "year_from", "year_to"]
    found = _text(before.seen[kept]).merge(
        _text(after.seen[kept]), on=kept, how="outer", indicator=True
    )
    causes: dict[tuple[object, ...], set[str]] = {}
    for row in found[found["_merge"] != "both"].to_dict("records"):
        key = tuple(row[name] for name in cell)
        causes.setdefault(key, set()).add(f"coverage of {row['source']}")
    return {key: "; ".join(sorted(names)) for key, names in causes.items()}


def _other_cause(before: Snapshot, after: Snapshot) -> str:
    """Parts of the fingerprint that differ where no release does: reference data, models, code."""
    parts = [json.loads(one.parts) for one in (before, after)]
    names = sorted(
        name for name in {*parts[0], *parts[1]} if parts[0].get(name) != parts[1].get(name)
    )
    return ", ".join(names) if names else "the same releases"


def _newest(snapshot: Snapshot) -> dict[tuple[str, str], str]:
    rows = snapshot.releases[_RELEASE].astype(str).itertuples(index=False, name=None)
    return {(source, dataset): release for source, dataset, release in rows}


def _differs(frame: pd.DataFrame, name: str) -> pd.Series:
    one, other = frame[f"{name}_before"], frame[f"{name}_after"]
    return (one != other) & ~(one.isna() & other.isna())


def _text(frame: pd.DataFrame) -> pd.DataFrame:
    """Categories as text, so that two files' lists do not get in the way."""
    text = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return frame.astype(dict.fromkeys(text, object))
