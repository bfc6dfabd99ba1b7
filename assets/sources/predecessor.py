"""The accepted file that a new one follows, and whether it says the same."""

from __future__ import annotations

import pandas as pd

from assets.sources.reading import Reading
from schemas.validate import PLACE_COLUMN
from warehouse import landing
from warehouse.home import Home
from warehouse.landing import Manifest
from warehouse.reference_data import Reference
from warehouse.releases import reference_of

# What is known of a row only through its file.
_OF_THE_FILE = ("release", "extract_id", PLACE_COLUMN)


def last_accepted(home: Home, reference: Reference, reading: Reading) -> Manifest | None:
    """The newest accepted file of the dataset and scope of a reading.

    Args:
        home: The warehouse home.
        reference: Registered releases.
        reading: A file that was read.

    Returns:
        The file of the newest release, and of several the one landed last; None if there is none.
    """
    alike = [
        one
        for one in landing.accepted(home, reading.source, reading.dataset)
        if one.scope == reading.scope
    ]
    if not alike:
        return None
    known = known_days(reference_of(home, reference), reading.source, reading.dataset)
    return max(alike, key=lambda one: (known[str(one.release)], one.landed_order))


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


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    kept = frame.drop(columns=[name for name in _OF_THE_FILE if name in frame])
    # Categories are numbered by each file for itself.
    coded = [name for name in kept if isinstance(kept[name].dtype, pd.CategoricalDtype)]
    plain = kept.astype(dict.fromkeys(coded, "str"))
    return plain.sort_values(list(plain.columns)).reset_index(drop=True)
