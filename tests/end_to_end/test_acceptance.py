"""From a bare environment to figures in SQL: what the first line of the project promises."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import Result

Ask = Callable[[str], list[tuple[Any, ...]]]
AskHome = Callable[[Path, str], list[tuple[Any, ...]]]

pytestmark = pytest.mark.slow

HOSTED = "country = 'KGZ' AND theme = 'refugees_hosted'"
FROM = "country = 'KGZ' AND theme = 'refugees_from'"
REFUGEES = "indicator = 'refugees' AND breakdown = 'total'"


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def runs_of(home: Path) -> list[dg.DagsterRun]:
    with dg.DagsterInstance.from_config(str(home / "var" / "dagster")) as instance:
        return list(instance.get_runs())


# --- the figures


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(
            "SELECT sum(value) FROM stock_history WHERE release = '2023-mid' AND year = 2023 "
            "AND dataset = 'population' AND indicator = 'refugees' AND destination = 'KGZ'",
            [(253,)],
            id="refugees hosted at mid-2023, as known then",
        ),
        pytest.param(
            f"SELECT value, release FROM country_stock WHERE {HOSTED} AND {REFUGEES} "
            "AND year = 2025",
            [(1150, "2025-end")],
            id="refugees hosted at the end of 2025, one row",
        ),
        pytest.param(
            "SELECT sum(value) FROM stock_history WHERE release = '2023-mid' AND origin = 'KGZ' "
            "AND dataset = 'population' AND indicator = 'refugees' "
            "AND year BETWEEN 2018 AND 2022 GROUP BY year ORDER BY year",
            [(2934,), (2963,), (2883,), (3035,), (3287,)],
            id="refugees from the country, as known in 2023",
        ),
        pytest.param(
            f"SELECT value FROM country_stock WHERE {FROM} AND {REFUGEES} AND year = 2022",
            [(3297,)],
            id="refugees from the country in 2022, as known now",
        ),
        pytest.param(
            f"SELECT value FROM country_flow WHERE {HOSTED} AND breakdown = 'total' "
            "AND indicator = 'asylum_applications' AND year BETWEEN 2019 AND 2022 ORDER BY year",
            [(169,), (316,), (631,), (435,)],
            id="asylum applications",
        ),
        pytest.param(
            f"SELECT value FROM country_stock WHERE {HOSTED} AND breakdown = 'total' "
            "AND indicator = 'asylum_seekers' AND year BETWEEN 2019 AND 2022 ORDER BY year",
            [(164,), (343,), (681,), (669,)],
            id="asylum seekers",
        ),
        pytest.param(
            f"SELECT breakdown, sex, value FROM country_stock WHERE {HOSTED} AND year = 2022 "
            "AND indicator = 'refugees' AND breakdown IN ('sex', 'total') ORDER BY sex",
            [("sex", "F", 113), ("sex", "M", 161), ("total", "_T", 274)],
            id="women and men",
        ),
        pytest.param(
            f"SELECT value FROM country_stock_known_on('2024-01-31') WHERE {HOSTED} "
            f"AND {REFUGEES} AND year = 2023",
            [(253,)],
            id="hosted in 2023, as known in January 2024",
        ),
        pytest.param(
            f"SELECT value FROM country_stock_known_on('2024-01-31') WHERE {FROM} "
            f"AND {REFUGEES} AND year = 2022",
            [(3287,)],
            id="from the country in 2022, as known in January 2024",
        ),
    ],
)
def test_a_figure_is_what_was_published(
    ask: Ask, query: str, expected: list[tuple[Any, ...]]
) -> None:
    assert ask(query) == expected


@pytest.mark.parametrize("measure", ["stock", "flow"])
def test_a_missing_value_says_why(ask: Ask, measure: str) -> None:
    query = f"SELECT count(*), count(*) FILTER (obs_status = 'A') FROM {measure}_history"
    missing, silent = ask(f"{query} WHERE value IS NULL")[0]
    assert missing > 0
    assert silent == 0


@pytest.mark.parametrize("table", ["stock", "flow", "stock_superseded", "flow_superseded"])
def test_no_key_stands_twice(ask: Ask, table: str) -> None:
    key = (
        "indicator, origin, destination, sex, age, education, employment, reason, detail, "
        "universe, freq, year, unit, producer, source, dataset, release, "
    ) + ("reference_date" if table.startswith("stock") else "period_start, period_end")
    assert ask(f"SELECT count(*) > 1000 FROM {table}") == [(True,)]
    repeated = f"SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1"
    assert ask(f"SELECT count(*) FROM ({repeated})") == [(0,)]


@pytest.mark.parametrize("view", ["country_stock", "country_flow"])
def test_a_total_is_one_row(ask: Ask, view: str) -> None:
    totals = f"FROM {view} WHERE breakdown = 'total'"
    grouped = f"SELECT 1 {totals} GROUP BY country, theme, indicator, year HAVING count(*) > 1"
    assert ask(f"SELECT count(*) > 50 {totals}") == [(True,)]
    assert ask(f"SELECT count(*) FROM ({grouped})") == [(0,)]


@pytest.mark.parametrize(
    ("view", "breakdown"),
    [
        ("country_stock", "country_of_origin"),
        ("country_stock", "country_of_destination"),
        ("country_flow", "country_of_origin"),
        ("country_flow", "country_of_destination"),
    ],
)
def test_the_partners_sum_to_a_derived_total(ask: Ask, view: str, breakdown: str) -> None:
    """A total that a publisher prints itself may differ, and beats the sum."""
    found = ask(
        f"""
        WITH parts AS (
            SELECT country, theme, indicator, unit, year, sum(value) AS added
            FROM {view} WHERE breakdown = '{breakdown}' GROUP BY ALL
        )
        SELECT count(*) AS compared, count(*) FILTER (total.value IS DISTINCT FROM parts.added)
        FROM {view} AS total JOIN parts USING (country, theme, indicator, unit, year)
        WHERE total.breakdown = 'total' AND total.derived
        """
    )
    compared, differing = found[0]
    assert compared > 20
    assert differing == 0


def test_every_cell_of_the_map_stands_once(ask: Ask) -> None:
    (cells, different), (wanted,) = (
        ask(
            "SELECT count(*), count(DISTINCT (country, theme, measure, breakdown, year)) "
            "FROM availability_matrix"
        )[0],
        ask(
            "SELECT (SELECT count(*) FROM theme_breakdown) "
            "* (SELECT count(DISTINCT year) FROM availability_matrix)"
        )[0],
    )
    assert cells == different == wanted


def test_the_map_says_what_unhcr_gives(ask: Ask) -> None:
    cells = (
        "SELECT measure, breakdown, rule, evidence FROM availability_matrix WHERE year = 2022 "
        "AND theme = 'refugees_hosted' AND measure = 'stock' AND breakdown IN ('total', 'sex')"
    )
    assert ask(f"{cells} ORDER BY breakdown") == [
        ("stock", "sex", "public_complete", "observed"),
        ("stock", "total", "public_complete", "observed"),
    ]


def test_all_that_a_refresh_did_is_told(first_refresh: str) -> None:
    for step in ("unhcr/extracts", "unhcr/observations", "assess_availability", "publish"):
        assert f"✓ {step}\n" in first_refresh
    assert "✗" not in first_refresh
    table = {
        cells[1].strip(): cells[2].strip()
        for line in first_refresh.splitlines()
        if len(cells := line.split("│")) == 5
    }
    assert table["stock"] == table["build"] == "new"
    assert "migration.duckdb" in first_refresh


# --- nothing new


def test_what_a_run_prints_is_not_copied_into_the_home(refreshed_home: Path) -> None:
    """On a full disk the copy would take the command's last words with it."""
    assert not (refreshed_home / "var" / "dagster" / "storage").exists()


def test_a_second_refresh_has_nothing_to_do(own_home: Path, here: Callable[..., Result]) -> None:
    published = own_home / "migration.duckdb"
    before, inode, runs = digest(published), published.stat().st_ino, runs_of(own_home)
    assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS]
    again = here(own_home, "refresh")
    assert again.exit_code == 0, again.stderr
    assert "Nothing changed" in again.stdout
    assert len(runs_of(own_home)) == 1
    assert (digest(published), published.stat().st_ino) == (before, inode)


# --- readers and locks


@pytest.mark.xdist_group("second-refresh")
def test_a_reader_sees_the_old_build_and_a_new_reader_the_new_one(
    second_refresh: Any, ask_home: AskHome
) -> None:
    seen = second_refresh
    assert "1150" in seen.before
    assert len(seen.meanwhile) > 10
    assert {*seen.meanwhile, seen.after} == {seen.before}
    assert seen.anew.split(" ", 1)[0] != seen.before.split(" ", 1)[0]
    assert seen.anew.split(" ", 1)[1] == f"[({seen.corrected:.1f},)]"
    assert ask_home(seen.home, "SELECT build_id FROM build") == [(seen.anew.split(" ", 1)[0],)]


def test_a_second_refresh_at_once_names_who_holds_the_lock(
    own_home: Path, here: Callable[..., Result], holder: Callable[[Path], Any]
) -> None:
    before = digest(own_home / "migration.duckdb")
    with holder(own_home) as first:
        assert first.hear() == "held"
        second = here(own_home, "refresh", "--force")
        assert second.exit_code == 3
        assert f"process {first.process.pid} since " in second.stderr
        assert f"process {first.process.pid} since " in here(own_home, "status").stdout
        first.process.kill()
        first.process.wait()
    assert digest(own_home / "migration.duckdb") == before
    # The system freed the lock of the killed process.
    after = here(own_home, "refresh")
    assert after.exit_code == 0, after.stderr
    assert "Locked" not in here(own_home, "status").stdout
