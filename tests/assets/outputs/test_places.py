"""Every figure stands in its cell: the landed file is opened with a reader of no publisher's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb
import pytest

ReadCell = Callable[[Path, str], float | None]
# What a file prints in thousands or millions; all else is printed as it is kept.
UNITS: dict[tuple[str, str], tuple[float, ...]] = {
    ("nbkr", "remittances"): (1e6,),
    ("nsc", "opendata"): (1.0, 1e3),  # persons who moved, thousands of residents
    ("nsc", "press"): (1.0, 1e3),  # exact figures, and rounded ones of the Committee's news
    ("nsc", "sdg_17_3_1_1a"): (1e3,),
    ("undesa", "wpp_net_migration"): (1e3,),
}
_FIGURES = """
SELECT source, dataset, extract_id, source_ref, value, obs_status FROM {table}
"""
TABLES = ("stock_history", "flow_history")


@cache
def landed(home: Path, source: str, dataset: str, extract_id: str) -> Path:
    return home / "var" / "landing" / source / dataset / extract_id


@pytest.mark.slow
def test_every_figure_stands_in_its_cell(
    published: duckdb.DuckDBPyConnection, refreshed_home: Path, read_cell: ReadCell
) -> None:
    wrong, right = [], Counter[str]()
    for table in TABLES:
        for row in published.execute(_FIGURES.format(table=table)).fetchall():
            source, dataset, extract_id, place, value, status = row
            found = read_cell(landed(refreshed_home, source, dataset, extract_id), place)
            if status == "O" and value is None and found in (None, 0.0):
                # UNHCR prints a zero where it has no split: f = m = 0 < total.
                right[source] += 1
            elif found is not None and any(
                value == found * unit or value == pytest.approx(found * unit)
                for unit in UNITS.get((source, dataset), (1.0,))
            ):
                right[source] += 1
            else:
                wrong.append((source, dataset, place, value, found))
    assert wrong[:5] == []
    sources = published.execute("SELECT DISTINCT source FROM extract WHERE accepted").fetchall()
    assert set(right) == {source for (source,) in sources}


def test_a_place_names_one_figure(published: duckdb.DuckDBPyConnection) -> None:
    for table in TABLES:
        query = f"SELECT extract_id, source_ref FROM {table} GROUP BY ALL HAVING count(*) > 1"
        assert published.execute(query).fetchall() == [], table


def test_shares_and_events_stand_in_their_cells(
    published: duckdb.DuckDBPyConnection, refreshed_home: Path, read_cell: ReadCell
) -> None:
    for table in ("profile", "displacement_event"):
        query = f"SELECT source, dataset, extract_id, source_ref, value FROM {table}"
        rows = published.execute(query).fetchall()
        assert rows
        for source, dataset, extract_id, place, value in rows:
            path = landed(refreshed_home, source, dataset, extract_id)
            assert read_cell(path, place) == value, (table, place)


def test_another_cell_is_another_figure(refreshed_home: Path, read_cell: ReadCell) -> None:
    (path,) = (refreshed_home / "var/landing/nsc/sdg_16_2_2").glob("*[!n]")
    assert read_cell(path, "line 2, Value") == 5
    assert read_cell(path, "line 4, Value") == 6
    with pytest.raises(LookupError):
        read_cell(path, "line 4, GeoKod")
