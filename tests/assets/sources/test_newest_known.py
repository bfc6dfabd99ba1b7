"""What the check of freshness looks at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assets.sources.assets import newest_known
from warehouse.home import Home


@pytest.mark.slow
def test_the_newest_release_of_each_dataset_counts(refreshed_home: Path) -> None:
    found = newest_known(Home(refreshed_home), "unhcr").set_index("dataset")
    assert sorted(found.index) == [
        "asylum_applications", "asylum_decisions", "demographics", "population", "solutions",
    ]  # fmt: skip
    # Release 2025-end, and not those of 2023, which are held too.
    assert found["known_on"]["population"] == date(2026, 6, 25)
    assert (found[["cadence_months", "grace_days"]] > 0).all(axis=None)


def test_of_what_did_not_land_nothing_is_known(home: Home) -> None:
    assert newest_known(home, "unhcr").empty
