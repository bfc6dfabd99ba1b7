"""The end of a refresh: what the releases revised that are new in the build."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.revised import LARGEST, Revised, held_releases, revised_by
from pipelines.cli import refresh as command
from schemas.facts import STOCK
from schemas.generate import create_table_sql
from schemas.revisions import REVISION
from schemas.table import TableModel
from schemas.validate import conform
from warehouse.home import Home

OLD = ("unhcr", "population", "2023-end")


def publish(home: Home, extracts: pd.DataFrame, revisions: pd.DataFrame) -> None:
    """A published file with the two tables that are asked."""
    with duckdb.connect(str(home.database)) as connection:
        connection.sql("CREATE OR REPLACE TABLE extract AS FROM extracts")
        connection.execute(create_table_sql(REVISION).replace("CREATE", "CREATE OR REPLACE"))
        connection.sql("INSERT INTO revision BY NAME SELECT * FROM revisions")


@pytest.fixture
def revised(
    home: Home, extracts: Callable[..., pd.DataFrame],
    good_row: Callable[[TableModel], dict[str, Any]],
) -> Callable[..., Revised]:  # fmt: skip
    """What is told of revisions, said by what differs, after a build that held one release."""

    def make(*changes: dict[str, Any], before: Any = "held") -> Revised:
        row = {
            **good_row(STOCK), "measure": "stock", "period_start": None, "period_end": None,
            "release_before": "2023-end", "release_after": "2025-end", "change": "changed",
            "difference": None, "relative_difference": None,
        }  # fmt: skip
        rows = pd.DataFrame([row | one for one in changes])
        held = extracts({}, {"release": "2025-end", "extract_id": "two"})
        publish(home, held.iloc[:1], conform(rows[REVISION.columns], REVISION))
        known = held_releases(home) if before == "held" else before
        publish(home, held, conform(rows[REVISION.columns], REVISION))
        return revised_by(home, known)

    return make


def moved(before: float | None, after: float | None, **more: Any) -> dict[str, Any]:
    change = "new" if before is None else "vanished" if after is None else "changed"
    return {"value_before": before, "value_after": after, "change": change} | more


def test_new_releases_tell_how_many_and_which_figures_moved_most(
    revised: Callable[..., Revised],
) -> None:
    told = revised(
        moved(10.0, 11.0),
        moved(500.0, None, origin="UZB"),
        moved(None, 9000.0, origin="TJK"),
        moved(100.0, 300.0, sex="F"),
        moved(100.0, 90.0, year=2021, reference_date=date(2021, 12, 31)),
    )
    assert told.counts == [("unhcr", "population", "2025-end", "2023-end", 3, 1, 1)]
    assert [one[4:8] for one in told.largest] == [
        ("from UZB to KGZ", date(2022, 12, 31), 500.0, None),
        ("from AFG to KGZ F", date(2022, 12, 31), 100.0, 300.0),
        ("from AFG to KGZ", date(2021, 12, 31), 100.0, 90.0),
    ]
    assert len(told.largest) == LARGEST


def test_releases_that_were_held_before_are_not_told_again(
    revised: Callable[..., Revised],
) -> None:
    both = {OLD, ("unhcr", "population", "2025-end")}
    assert revised(moved(10.0, 11.0), before=both) == Revised([], [])
    assert revised(moved(10.0, 11.0), before=None) == Revised([], [])
    assert revised(moved(10.0, 11.0), before={OLD}).counts != []


def test_without_a_build_no_releases_are_held(home: Home) -> None:
    assert held_releases(home) is None
    assert revised_by(home, None) == Revised([], [])


def test_the_summary_is_printed(
    revised: Callable[..., Revised], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(command.out, "_width", 400)
    command._print_revised(revised(moved(1000.0, 1100.0), moved(500.0, None, origin="UZB")))
    told = capsys.readouterr().out
    assert (
        "unhcr/population 2025-end against 2023-end: 1 changed, 0 new and 1 vanished figures"
        in told
    )
    assert "Largest revisions" in told
    cells = [line.split() for line in told.splitlines() if "refugees" in line]
    assert [[word for word in line if word != "│"] for line in cells] == [
        ["unhcr/population", "refugees", "from", "UZB", "to", "KGZ", "2022-12-31", "500", "-",
         "persons"],
        ["unhcr/population", "refugees", "from", "AFG", "to", "KGZ", "2022-12-31", "1,000",
         "1,100", "persons"],
    ]  # fmt: skip
