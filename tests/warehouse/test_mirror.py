"""The view ``mirror``: the country's figures of emigration beside those of the other side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def ask(published: duckdb.DuckDBPyConnection) -> Iterator[Ask]:
    with published.cursor() as connection:
        # Worked out once for all questions.
        connection.execute("CREATE TEMP TABLE worked_out AS FROM mirror")
        connection.execute("ALTER TABLE worked_out RENAME TO mirror")
        yield lambda query: connection.execute(query).fetchall()


def test_more_applied_for_asylum_than_left_by_the_books(ask: Ask) -> None:
    rows = ask(
        "SELECT national_figure, national_producer, partner_figure, partner_producer, ratio "
        "FROM mirror WHERE national_indicator = 'emigrants' AND partner = 'WLD' AND year = 2023"
    )
    assert rows == [(4610, "nsc", 5301, "unhcr", 5301 / 4610)]


def test_registered_emigrants_stand_beside_un_desas_migrants(ask: Ask) -> None:
    rows = ask(
        "SELECT national_figure, national_basis, partner_indicator, partner_year, partner_figure, "
        "partner_source, partner_release FROM mirror "
        "WHERE national_producer = 'molssm' AND partner = 'WLD' AND year = 2022"
    )
    ((figure,),) = ask(
        "SELECT value FROM country_stock WHERE country = 'KGZ' AND theme = 'emigration' "
        "AND indicator = 'migrants' AND breakdown = 'total' AND year = 2020"
    )
    assert rows == [(1367427, "citizenship", "migrants", 2020, figure, "undesa", "2024")]


def test_workers_abroad_of_surveys_stand_beside_them_too(ask: Ask) -> None:
    rows = ask(
        "SELECT national_producer, year, partner_year, national_universe FROM mirror "
        "WHERE national_indicator = 'workers_abroad' AND partner = 'RUS' ORDER BY year"
    )
    assert rows == [
        ("kihs", 2018, 2020, "labour_migrants"),
        ("l2ck", 2021, 2020, "labour_migrants"),
    ]


def test_every_pair_is_of_two_real_figures_that_say_what_they_count(ask: Ask) -> None:
    odd = ask(
        "SELECT * FROM mirror WHERE national_figure IS NULL OR partner_figure IS NULL "
        "OR national_producer = partner_producer OR national_definition_text IS NULL "
        "OR partner_definition_text IS NULL OR national_basis IS NULL OR partner_basis IS NULL"
    )
    assert odd == []
    apart = ask("SELECT measure, max(abs(partner_year - year)) FROM mirror GROUP BY ALL ORDER BY 1")
    assert apart == [("flow", 0), ("stock", 2)]


def test_a_pair_stands_once(ask: Ask) -> None:
    assert ask("SELECT count(*) FROM mirror")[0][0] > 20
    repeated = ask(
        "SELECT country, measure, year, partner, national_indicator, national_producer "
        "FROM mirror GROUP BY ALL HAVING count(*) > 1"
    )
    assert repeated == []


def test_a_figure_of_nobody_has_no_ratio(ask: Ask) -> None:
    assert ask("SELECT DISTINCT ratio FROM mirror WHERE national_figure = 0") == [(None,)]


def test_every_figure_of_the_mirror_is_in_the_warehouse(ask: Ask) -> None:
    strange = ask(
        "SELECT * FROM mirror AS m WHERE partner <> 'WLD' AND measure = 'stock' AND NOT EXISTS ("
        "FROM stock AS s WHERE s.origin = m.country AND s.destination = m.partner "
        "AND s.indicator = m.national_indicator AND s.year = m.year "
        "AND s.value = m.national_figure AND s.producer = m.national_producer)"
    )
    assert strange == []
