"""A sixth publisher is a folder, a line in three files and rows of reference data.

``tests/extended.py`` takes the steps of CONTRIBUTING.md with the files beside this one.
"""

from __future__ import annotations

import pytest

from tests.extended import PUBLISHER, Extended

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("extended"),
    pytest.mark.meanwhile,
]


def test_a_sixth_publisher_is_refreshed_like_its_siblings(extended: Extended) -> None:
    for stage in ("extracts", "cases", "observations", "quality_issues"):
        assert f"✓ {PUBLISHER}/{stage}\n" in extended.told


def test_its_figures_are_published(extended: Extended) -> None:
    figures = extended.ask(
        "SELECT year, value, source FROM country_flow WHERE country = 'KGZ' "
        "AND indicator = 'trafficking_cases_reported' AND breakdown = 'total' ORDER BY year"
    )
    assert figures[:2] == [(2019, 8.0, PUBLISHER), (2020, 40.0, PUBLISHER)]


def test_its_figures_say_where_they_stand(extended: Extended) -> None:
    place = extended.ask(
        f"SELECT source_ref FROM flow WHERE source = '{PUBLISHER}' AND year = 2020 "
        "AND breakdown = 'total'"
    )
    assert place == [("line 5, cases",)]
