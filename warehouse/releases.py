"""Releases of the datasets: those that people registered, and those that were fetched.

A publisher that does not name its releases gets one for each day on which something new was
fetched. Such a release was known on that day, and on no earlier one as far as anybody can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from schemas.reference import RELEASE
from schemas.validate import conform
from warehouse import landing, reference_data
from warehouse.home import Home
from warehouse.landing import Manifest
from warehouse.reference_data import Reference

_KEYS = ["source", "dataset", "release"]


def reference_of(
    home: Home, reference: Reference | None = None, arriving: Sequence[Manifest] = ()
) -> Reference:
    """The reference tables as they hold for a home, with the releases of its fetched files.

    Args:
        home: The warehouse home.
        reference: The tables that people edit, read anew if they are not given.
        arriving: Files that have not landed yet.
    """
    loaded = reference_data.load() if reference is None else reference
    return replace(loaded, tables=loaded.tables | {"release": releases(home, loaded, arriving)})


def releases(home: Home, reference: Reference, arriving: Sequence[Manifest] = ()) -> pd.DataFrame:
    """Table ``release``: registered releases, and those of files whose release nobody registered.

    Such a file says in its manifest from which day it was known: it was fetched on that day, or
    came by letter. Where another release of the dataset became known on the same day, it counts
    from the next free day, so that the order is always certain.

    Args:
        home: The warehouse home.
        reference: Tables ``release`` and ``dataset``.
        arriving: Files that have not landed yet.

    Returns:
        Rows in the columns of ``schemas.reference.RELEASE``.
    """
    registered = reference.table("release")
    manifests = [*landing.accepted(home), *arriving]
    if not any(one.known_on for one in manifests):
        return registered
    known = set(registered[_KEYS].astype("str").itertuples(index=False, name=None))
    taken = {
        (str(one["source"]), str(one["dataset"]), _day(one["known_on_to"]))
        for one in registered.to_dict("records")
    }
    interim = _interim_rules(reference)
    rows = []
    for (source, dataset, release), day in _first_days(manifests, known):
        counts_from = day
        while (source, dataset, counts_from) in taken:
            counts_from += timedelta(days=1)
        taken.add((source, dataset, counts_from))
        year, last_day = _interim(interim.get((source, dataset)), day)
        rows.append((source, dataset, release, day, counts_from, year, last_day, _NOTE))
    if not rows:
        return registered
    found = pd.DataFrame(rows, columns=RELEASE.columns)
    both = [one.astype(object) for one in (registered, found)]
    return conform(pd.concat(both, ignore_index=True), RELEASE)


_NOTE = "Not registered: known from the manifests of its files."


def _first_days(
    manifests: list[Manifest], known: set[tuple[str, ...]]
) -> list[tuple[tuple[str, str, str], date]]:
    """The first day on which each unregistered release was known, in order of days."""
    found: dict[tuple[str, str, str], date] = {}
    for one in manifests:
        key = (one.source, one.dataset, str(one.release))
        if one.known_on is not None and key not in known:
            day = date.fromisoformat(one.known_on)
            found[key] = min(day, found.get(key, day))
    return sorted(found.items(), key=lambda item: (item[1], item[0]))


def _interim_rules(reference: Reference) -> dict[tuple[str, str], tuple[str, str]]:
    rules = reference.table("dataset").dropna(subset=["interim_until"])
    return {
        (str(one["source"]), str(one["dataset"])): (
            str(one["interim_until"]), str(one["interim_reference"])
        )
        for one in rules.to_dict("records")
    }  # fmt: skip


def _interim(rule: tuple[str, str] | None, day: date) -> tuple[int | None, date | None]:
    """The year whose figures are still interim on a day, and the day that they are about."""
    if rule is None:
        return None, None
    until, reference_day = rule
    year = day.year - 1 if f"{day:%m-%d}" < until else day.year
    return year, date.fromisoformat(f"{year}-{reference_day}")


def _day(value: object) -> date:
    return pd.Timestamp(value).date()  # type: ignore[arg-type]
