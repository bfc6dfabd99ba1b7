"""The accepted file that a new one follows, and whether it says the same."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from schemas.validate import PLACE_COLUMN
from warehouse import landing
from warehouse.home import Home
from warehouse.landing import Manifest
from warehouse.reference_data import Reference

# What is known of a row only through its file.
_OF_THE_FILE = ("release", "extract_id", PLACE_COLUMN)


def before(home: Home, reference: Reference, arriving: Manifest) -> Manifest | None:
    """The accepted file of the same dataset and scope that a new one follows.

    Args:
        home: The warehouse home.
        reference: The reference tables, with the new file's release.
        arriving: What is known of the new file.

    Returns:
        The file of the newest release that is not newer than its own, and of several the one
        landed last; None if there is none.
    """
    known = known_days(reference, arriving.source, arriving.dataset)
    own = known[str(arriving.release)]
    earlier = [
        one
        for one in landing.accepted(home, arriving.source, arriving.dataset)
        if one.scope == arriving.scope and known[str(one.release)] <= own
    ]
    return max(earlier, key=lambda one: (known[str(one.release)], one.landed_order), default=None)


def is_followed(home: Home, held: Manifest) -> bool:
    """Whether another file of its dataset and scope was accepted after an accepted one.

    Args:
        home: The warehouse home.
        held: The accepted file.
    """
    return any(
        one.scope == held.scope and one.landed_order > held.landed_order
        for one in landing.accepted(home, held.source, held.dataset)
    )


def known_days(reference: Reference, source: str, dataset: str) -> dict[str, pd.Timestamp]:
    """Day by which each release of a dataset was known.

    Args:
        reference: Table ``release``, with the releases of fetched files.
        source: Publisher.
        dataset: Its dataset.
    """
    releases = reference.table("release")
    own = releases[(releases["source"] == source) & (releases["dataset"] == dataset)]
    days = pd.to_datetime(own["known_on_to"])
    return dict(zip(own["release"].astype(str), days, strict=True))


def same_rows(before: pd.DataFrame, now: pd.DataFrame) -> bool:
    """Whether two checked frames of a dataset say the same, in whatever order.

    Args:
        before: Source-shaped rows.
        now: Other rows in the same columns.
    """
    if len(before) != len(now):
        return False
    one, other = (_comparable(frame) for frame in (before, now))
    return bool(one.equals(other))


def differences(held: pd.DataFrame, now: pd.DataFrame, key: Sequence[str]) -> tuple[int, int, int]:
    """How two tables of a dataset differ.

    Args:
        held: Source-shaped rows.
        now: Other rows in the same columns.
        key: The key of their model; what only a row's file or place tells is left out.

    Returns:
        How many rows changed, are new, and are gone.
    """
    names = [name for name in key if name not in _OF_THE_FILE]
    values = [str(name) for name in now if name not in (*names, *_OF_THE_FILE)]
    before, after = (_plain(frame, names, values) for frame in (held, now))
    both = before.merge(
        after, on=[*names, "_again"], how="outer", suffixes=("_held", "_now"), indicator=True
    )
    shared = both[both["_merge"] == "both"]
    same = (shared["_told_held"] == shared["_told_now"]).sum()
    return (
        int(len(shared) - same),
        int((both["_merge"] == "right_only").sum()),
        int((both["_merge"] == "left_only").sum()),
    )


def _plain(frame: pd.DataFrame, names: list[str], values: list[str]) -> pd.DataFrame:
    text = frame[[*names, *values]].astype("str").fillna("")
    cells = zip(*(text[name] for name in values), strict=True)
    plain = text[names].assign(_told=["\x1f".join(row) for row in cells] if values else "")
    # Rows that only their place tells apart, as IDMC's events that stand twice.
    return plain.assign(_again=plain.groupby(names).cumcount() if names else range(len(plain)))


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    kept = frame.drop(columns=[name for name in _OF_THE_FILE if name in frame])
    # Categories are numbered by each file for itself.
    coded = [name for name in kept if isinstance(kept[name].dtype, pd.CategoricalDtype)]
    plain = kept.astype(dict.fromkeys(coded, "str"))
    return plain.sort_values(list(plain.columns)).reset_index(drop=True)
