"""The limits of the gate: what a file may lose or move against the one before it.

A file that is well-formed may still be wrong: cut off, blank in a column, or of another unit. So
the rows and the dates of each indicator's totals may become fewer, and the totals may move, by no
more than the dataset's limits in ``dataset.csv``. Totals are compared at equal dates only: a new
year is free, and a figure of 30 June is never held against one of 31 December. A figure that
belongs to no total, such as an estimated flow between two countries, may move by itself; most of
an indicator's may not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from assets.sources.belonging import WORLD_SCOPE
from assets.sources.observations import ALL
from assets.sources.reading import FileRefused, Reading
from schemas.facts import NET_INDICATORS
from schemas.faults import Fault
from warehouse.landing import Manifest
from warehouse.reference_data import Reference

# A total of an interim year may go however few there are: a publisher may withdraw it.
WITHDRAWN = 1
_DATES = ["reference_date", "period_start", "period_end"]
_SPLITS = ["sex", "age", "education", "employment", "reason", "detail"]
_NAMED = ["measure", "indicator", "unit", "universe", "producer", "freq"]
_OF_SET = ["breakdown", "additive_set", "origin", "destination", *_SPLITS]
# What makes a total: within one set of disjoint parts all may be summed; a published total
# stands for itself.
_TOTAL = [
    "measure", "indicator", "unit", "universe", "producer", "side", "freq", "year", *_DATES, "set",
    "alone",
]  # fmt: skip


class BeyondLimits(FileRefused):
    """A well-formed file that shrank or jumped: a person may accept it."""


def beyond_limits(
    name: str, before: Manifest, rows_before: pd.DataFrame, reading: Reading, reference: Reference
) -> list[Fault]:
    """What a file loses or moves beyond the limits of its dataset.

    Args:
        name: Name of the file.
        before: The accepted file that it follows.
        rows_before: That file's checked rows.
        reading: The file, with its checked rows.
        reference: Limits, and table ``release`` with the release of the file.

    Returns:
        Faults that name the indicator, the date, both values and the limit.
    """
    datasets = reference.table("dataset")
    of_dataset = (datasets["source"] == reading.source) & (datasets["dataset"] == reading.dataset)
    limits = datasets[of_dataset].iloc[0]
    faults = _shrunk(name, before, len(rows_before), reading, float(limits["max_row_drop"]))
    if pd.isna(limits["max_jump"]):
        return faults
    then, now = (
        totals(_harmonised(reading, rows, reference), reading.scope or (), reference)
        for rows in (rows_before, reading.frame)
    )
    faults += _lost(then, now, before, float(limits["max_row_drop"]))
    moved, limit = moves(then, now), float(limits["max_jump"])
    floor = reference.parameter("jump_floor")
    moved["beyond"] = (moved["share"] > limit) & (moved["difference"] > floor)
    # What is smaller on both sides can't jump.
    alone = moved["alone"] & (moved[["value_before", "value"]].max(axis=1) > floor)
    share = reference.parameter("jump_share")
    faults += _jumped(moved[~moved["alone"]], before, limit)
    return faults + _most(moved[alone], before, limit, share)


def how_to_accept(refused: Manifest) -> str:
    """What a person may do about a refusal; nothing where only the file can be mended."""
    if not refused.over_limits:
        return ""
    return (
        "\n  If the figures are right: migmap accept "
        f"{refused.extract_id[:12]} --by NAME --reason TEXT"
    )


def totals(
    observations: pd.DataFrame, scope: tuple[str, ...], reference: Reference
) -> pd.DataFrame:
    """Totals of each indicator at each date, by the side on which a country of the scope stands.

    Figures that belong to no total stand among them, each for itself.

    Args:
        observations: Figures of one file, in the columns of ``schemas.facts.OBSERVATIONS``.
        scope: The countries for which the file is complete, or ALL.
        reference: Which oblasts are in which country.

    Returns:
        Columns measure, indicator, unit, universe, producer, side, freq, year, dates, set, value,
        and alone: whether it is a figure that belongs to no total. Figures that may be negative
        are left out, as a share says nothing of them.
    """
    told = ~observations["indicator"].isin(NET_INDICATORS) & observations["value"].notna()
    kept = [*_NAMED, "year", *_DATES]
    rows = observations.loc[told, [*kept, *_OF_SET, "value"]]
    # Groups of categories are slower than groups of what they stand for.
    figures = rows[[*kept, "value"]].astype(dict.fromkeys(_NAMED, "object"))
    alone = rows["additive_set"].isna() & (rows["breakdown"] != "total")
    figures = figures.assign(set=_sets(rows), alone=alone.to_numpy(dtype=bool))
    areas = reference.table("area")
    parts = []
    for country in scope:
        if country == WORLD_SCOPE:
            parts.append(figures.assign(side="of all countries"))
            continue
        within = areas["area"][
            (areas["area"] == country)
            | ((areas["kind"] == "subdivision") & (areas["parent"] == country))
        ].tolist()
        to, of = rows["destination"].isin(within), rows["origin"].isin(within)
        for word, chosen in (("to", to & ~of), ("from", of & ~to), ("within", of & to)):
            parts.append(figures[chosen].assign(side=f"{word} {country}"))
    sided = pd.concat(parts, ignore_index=True)
    made: pd.DataFrame = sided.groupby(_TOTAL, dropna=False)["value"].sum().reset_index()
    # Of no rows pandas keeps no type.
    return made.astype({"alone": bool})


def moves(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """How far totals moved that both files have.

    Args:
        then: Totals of the file before.
        now: Totals of the file.

    Returns:
        Columns of ``totals`` with value_before, value and share: the difference as a share of the
        value before, without end where that is 0.
    """
    both = then.merge(now, on=_TOTAL, how="inner", suffixes=("_before", ""))
    difference = (both["value"] - both["value_before"]).abs()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = difference / both["value_before"].abs()
    return both.assign(difference=difference, share=share.fillna(0.0))


def _sets(rows: pd.DataFrame) -> list[str]:
    """The additive set of a row with its sex and age, or what a published figure is about.

    Labels of age groups that are swapped move figures between them, and no sum over them.
    """
    cells = list(zip(*(rows[name].astype("object") for name in _OF_SET), strict=True))
    named = {one: _set_named(*one) for one in set(cells)}
    return [named[one] for one in cells]


def _set_named(
    breakdown: str, additive_set: str | None, origin: str, destination: str, *splits: str
) -> str:
    about = [origin, destination, *(one for one in splits if one != ALL)]
    if breakdown == "total":
        return " ".join(["total", *about])
    if pd.isna(additive_set):
        return " ".join([breakdown, *about])
    sex, age = splits[:2]
    return " ".join(["parts", additive_set, sex, *([age] if age != ALL else [])])


def _harmonised(reading: Reading, rows: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    # Each publisher's folder has the same files.
    publisher = import_module(f"assets.sources.{reading.source}.harmonise")
    made: pd.DataFrame = publisher.harmonise({reading.dataset: rows}, reference)
    return made


def _shrunk(
    name: str, before: Manifest, rows_before: int, reading: Reading, limit: float
) -> list[Fault]:
    rows = len(reading.frame)
    if rows_before - rows <= limit * rows_before:
        return []
    return [Fault(name, "rows", f"{rows:,}", _at_least(rows_before, before, limit))]


def _at_least(count: int, before: Manifest, limit: float) -> str:
    return (
        f"at least {(1 - limit) * count:,.0f}: {_named(before)} has {count:,}, and at most "
        f"{limit:.0%} may go (max_row_drop)"
    )


def _lost(then: pd.DataFrame, now: pd.DataFrame, before: Manifest, limit: float) -> list[Fault]:
    """Indicators and their sets that lost all figures or dates, though the rows may be there."""
    wanted = f"figures of it, as {_named(before)} has"
    had, has = (Counter(_sided(one)) for one in (then, now))
    gone = sorted(had.keys() - has.keys())
    faults = [Fault(place, None, None, wanted) for place in gone]
    totals_then, totals_now = (one[~one["alone"]] for one in (then, now))
    kept = np.array([place not in gone for place in _sided(totals_then)], dtype=bool)
    had, has = (Counter(_sided(one, "set")) for one in (totals_then[kept], totals_now))
    for place, count in sorted(had.items()):
        if not has[place]:
            faults.append(Fault(place, None, None, wanted))
        elif count - has[place] > max(limit * count, WITHDRAWN):
            expected = _at_least(count, before, limit)
            faults.append(Fault(place, "dates", f"{has[place]:,}", expected))
    return faults


def _sided(rows: pd.DataFrame, *further: str) -> list[str]:
    parts = (rows[name] for name in ("indicator", "side", *further))
    return [
        ", ".join([f"{indicator} {side}", *more])
        for indicator, side, *more in zip(*parts, strict=True)
    ]


def _jumped(moved: pd.DataFrame, before: Manifest, limit: float) -> list[Fault]:
    beyond = moved[moved["beyond"]].sort_values(["share", "difference"], ascending=False)
    return [
        Fault(
            f"{one['indicator']} {one['side']}, {_when(one)}, {one['set']}",
            None,
            f"{one['value']:,.0f}",
            f"at most {limit:.0%} from {one['value_before']:,.0f}, which {_named(before)} has "
            "(max_jump)",
        )
        for one in beyond.to_dict("records")
    ]


def _most(moved: pd.DataFrame, before: Manifest, limit: float, share: float) -> list[Fault]:
    """Indicators of whose figures without a total more than a share moved beyond the limit."""
    counts, beyond = (Counter(_sided(one)) for one in (moved, moved[moved["beyond"]]))
    return [
        Fault(
            place,
            "figures",
            f"{beyond[place]:,} of {count:,} moved",
            f"at most {share:.0%} of them by more than {limit:.0%} from what {_named(before)} has "
            "(max_jump)",
        )
        for place, count in sorted(counts.items())
        if beyond[place] > share * count
    ]


def _when(one: Mapping[Any, Any]) -> str:
    if pd.notna(one["reference_date"]):
        return str(one["reference_date"])
    return f"{one['period_start']} to {one['period_end']}"


def _named(before: Manifest) -> str:
    return f"release {before.release} ({before.file})"
