"""``safe_sum``: what it adds, and each thing that it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

Figures = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def published(refreshed_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(refreshed_home / "migration.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture
def summed(published: duckdb.DuckDBPyConnection) -> Figures:
    """The sum of what a query chooses."""

    def ask(query: str) -> dict[str, Any]:
        published.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS {query}")
        (row,) = published.sql("FROM safe_sum('chosen')").fetchall()
        names = ["total", "unit", "figures", "missing", "qualifier", "refused_because"]
        return dict(zip(names, row, strict=True))

    return ask


HOSTED = (
    "FROM stock WHERE indicator = 'refugees' AND destination = 'KGZ' AND dataset = 'population' "
    "AND additive_set = 'pairs' AND year = 2022"
)


def test_one_set_of_one_day_is_summed(
    summed: Figures, published: duckdb.DuckDBPyConnection
) -> None:
    made = summed(HOSTED)
    ((expected,),) = published.execute(
        "SELECT value FROM country_stock WHERE country = 'KGZ' AND theme = 'refugees_hosted' "
        "AND indicator = 'refugees' AND breakdown = 'total' AND year = 2022"
    ).fetchall()
    assert (made["total"], made["unit"]) == (expected, "persons") == (274, "persons")
    assert (made["missing"], made["qualifier"], made["refused_because"]) == (0, None, None)


def test_flows_of_several_years_are_summed(summed: Figures) -> None:
    totals = summed(
        "FROM flow WHERE indicator = 'immigrants' AND dataset = 'opendata' AND breakdown = 'total'"
    )
    assert totals["refused_because"] is None
    assert totals["figures"] > 1
    sets = summed(
        "FROM flow WHERE indicator = 'asylum_applications' AND additive_set = 'app_type=N' "
        "AND unit = 'persons' AND destination = 'KGZ' AND year IN (2019, 2020) "
        "AND release = '2025-end'"
    )
    assert sets["refused_because"] is None
    assert sets["total"] == 169 + 316


def test_a_view_is_summed_as_a_table(published: duckdb.DuckDBPyConnection) -> None:
    published.execute(f"CREATE OR REPLACE TEMP VIEW chosen_view AS {HOSTED}")
    assert published.sql("SELECT total FROM safe_sum('chosen_view')").fetchall() == [(274,)]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("FROM stock WHERE FALSE", "No figure is chosen"),
        (HOSTED.replace("year = 2022", "year IN (2021, 2022)"), "2 reference dates"),
        (HOSTED + " UNION ALL " + HOSTED, "more than once"),
        (HOSTED.replace("= 'refugees'", "IN ('refugees', 'stateless')"), "Different things"),
        (
            "FROM flow WHERE indicator = 'asylum_applications' AND additive_set = 'app_type=N' "
            "AND year = 2019",
            "Units are mixed: cases, persons",
        ),
        (
            "FROM flow WHERE indicator = 'immigrants' AND year = 2022 AND source = 'iom_report' "
            "AND additive_set IN ('education', 'sex')",
            "Universes are mixed: Y_GE16, _T",
        ),
        (
            "SELECT * REPLACE (CASE WHEN origin = 'AFG' THEN '_O' ELSE freq END AS freq) "
            f"FROM ({HOSTED})",
            "Frequencies are mixed: A, _O",
        ),
        (
            "FROM flow WHERE indicator = 'emigrants' AND breakdown = 'total' AND year = 2022 "
            "UNION ALL FROM flow WHERE indicator = 'emigrants' AND year = 2022 "
            "AND additive_set = 'sex'",
            "Producers are mixed: nsc, nsc_on_request",
        ),
        (
            "FROM stock WHERE indicator = 'migrants' AND destination = 'KGZ' AND year = 2020 "
            "AND source = 'undesa' AND breakdown IN ('total', 'age')",
            "Datasets are mixed",
        ),
        (
            "FROM stock_history WHERE indicator = 'refugees' AND destination = 'KGZ' "
            "AND dataset = 'population' AND additive_set = 'pairs' AND year = 2022",
            "Releases or revisions are mixed: 2023-end, 2023-mid, 2025-end",
        ),
        (
            "FROM stock_history WHERE indicator = 'migrants' AND destination = 'KGZ' "
            "AND year = 2015 AND dataset = 'destination' AND additive_set = 'sex'",
            "Releases or revisions are mixed: 2019, 2020, 2024",
        ),
        (
            "FROM stock WHERE indicator = 'refugees' AND destination = 'KGZ' AND year = 2022 "
            "AND dataset = 'demographics'",
            "Sets overlap",
        ),
        (
            "FROM stock WHERE indicator = 'migrants' AND destination = 'KGZ' AND year = 2020 "
            "AND dataset = 'destination'",
            "outside an additive set",
        ),
        (
            "FROM flow WHERE indicator = 'migration_estimates' AND destination = 'KGZ' "
            "AND origin = 'RUS' UNION ALL SELECT * REPLACE (period_start + INTERVAL 1 YEAR "
            "AS period_start) FROM flow WHERE indicator = 'migration_estimates' "
            "AND destination = 'KGZ' AND origin = 'RUS'",
            "Periods overlap",
        ),
    ],
)
def test_what_must_not_be_summed_is_refused(query: str, why: str, summed: Figures) -> None:
    made = summed(query)
    assert why in (made["refused_because"] or "")
    assert (made["total"], made["unit"], made["qualifier"]) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "total", "qualifier"),
    [
        ([{"value": 10.0}, {"origin": "UZB", "value": 5.0}], 15, None),
        (
            [{"value": 10.0}, {"origin": "UZB", "value": None, "obs_status": "Q"}],
            10, "at_least",
        ),
        ([{"value": 10.0, "qualifier": "at_least"}, {"origin": "UZB", "value": 5.0}], 15,
         "at_least"),
        ([{"value": 10.0, "qualifier": "about"}, {"origin": "UZB", "value": 5.0}], 15, "about"),
        ([{"value": None, "obs_status": "Q"}], None, None),
    ],
)  # fmt: skip
def test_a_sum_carries_what_its_parts_lack(
    changes: list[dict[str, Any]],
    total: float | None,
    qualifier: str | None,
    observations: Callable[..., pd.DataFrame],
    published: duckdb.DuckDBPyConnection,
) -> None:
    rows = observations(*changes).drop(columns=["measure", "period_start", "period_end"])
    rows = rows.astype({name: "str" for name in rows if str(rows[name].dtype) == "category"})
    qualifiers: list[Any] = [one.get("qualifier") for one in changes]
    rows = rows.assign(qualifier=qualifiers)
    published.register("chosen_rows", rows)
    (made,) = published.sql("SELECT total, qualifier, refused_because FROM "
                            "safe_sum('chosen_rows')").fetchall()  # fmt: skip
    published.unregister("chosen_rows")
    assert made == (total, qualifier, None)
