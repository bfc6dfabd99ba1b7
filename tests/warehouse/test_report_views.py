"""The report's tables and figures as views: their shape, the figures in them, what they lack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

Rows = list[dict[str, Any]]
Ask = Callable[[str], Rows]

# Rows of each view, and columns that the report's own table or picture has.
SHAPES = {
    "report_table_3": (8, {"country", "work_abroad_l2ck_2021", "live_abroad_undesa_2019"}),
    "report_table_4": (6, {"country_of_origin", "refugees_2018", "refugees_2023_printed"}),
    "report_table_5": (6, {"country_of_origin", "asylum_seekers_2023", "applications_2019"}),
    "report_table_6": (6, {"country_of_destination", "refugees_2018", "refugees_2023_printed"}),
    "report_table_7": (6, {"country_of_destination", "asylum_seekers_2018_printed"}),
    "report_figure_1": (12, {"year", "value"}),
    "report_figure_2": (6, {"country_of_destination", "value", "share"}),
    "report_figure_3": (12, {"year", "value"}),
    "report_figure_4": (22, {"year", "value"}),
    "report_figure_5": (8, {"location", "value", "share"}),
    "report_figure_6": (14, {"year", "value"}),
    "report_figure_7": (6, {"year", "value"}),
    "report_figure_8": (None, {"country_of_destination", "year", "value"}),
    "report_figure_9": (6, {"year", "value", "printed"}),
    "report_figure_10": (10, {"year", "cause", "value"}),
    "report_figure_11": (2, {"sex", "share"}),
    "report_figure_12": (9, {"location", "arrivals", "departures"}),
    "report_figure_13": (32, {"year", "value"}),
    "report_figure_14": (18, {"year", "direction", "million_usd"}),
    "report_figure_15": (5, {"year", "thousand_usd"}),
}
FIGURES = [name for name in SHAPES if name.startswith("report_figure")]


@pytest.fixture(scope="module")
def ask(published: duckdb.DuckDBPyConnection) -> Ask:
    def asked(query: str) -> Rows:
        answer = published.execute(query)
        names = [one[0] for one in answer.description]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    return asked


@pytest.mark.parametrize("view", SHAPES)
def test_a_view_has_the_shape_of_the_report(view: str, ask: Ask) -> None:
    rows, columns = SHAPES[view]
    found = ask(f"FROM {view}")
    assert found
    assert rows is None or len(found) == rows
    assert columns | {"source_note"} <= set(found[0])
    assert all(row["source_note"] for row in found)


def test_every_view_says_what_it_is(ask: Ask) -> None:
    found = ask(
        "SELECT view_name, comment FROM duckdb_views() WHERE view_name LIKE 'report\\_%' "
        "ESCAPE '\\' AND comment IS NULL"
    )
    assert found == []


@pytest.mark.parametrize("view", FIGURES)
def test_a_figure_says_what_is_missing(view: str, ask: Ask) -> None:
    value = {"report_figure_11": "share", "report_figure_12": "arrivals",
             "report_figure_14": "million_usd", "report_figure_15": "thousand_usd"}  # fmt: skip
    silent = ask(f"FROM {view} WHERE {value.get(view, 'value')} IS NULL AND note IS NULL")
    assert silent == []


# --- Tables


def test_table_4_prints_what_unhcr_said_in_mid_2023(ask: Ask) -> None:
    printed = ask(
        "SELECT partner, year, printed FROM report_table_cells WHERE report_table = 4 "
        "AND partner NOT IN ('OTH', 'WLD') ORDER BY ALL"
    )
    own = ask(
        "SELECT origin AS partner, year, value AS printed FROM stock_history "
        "WHERE source = 'unhcr' AND dataset = 'population' AND release = '2023-mid' "
        "AND indicator = 'refugees' AND destination = 'KGZ' AND year BETWEEN 2018 AND 2023 "
        "AND origin IN ('AFG', 'SYR', 'UKR', 'IRQ') ORDER BY ALL"
    )
    assert len(printed) == 24
    assert printed == own


def test_table_4_holds_the_current_figures_beside_them(ask: Ask) -> None:
    (total,) = ask("FROM report_table_4 WHERE country_of_origin = 'Total'")
    assert (total["refugees_2022"], total["refugees_2022_printed"]) == (274, 274)
    assert (total["refugees_2023"], total["refugees_2023_printed"]) == (27790, 253)


def test_table_5_prints_applications_for_four_years(ask: Ask) -> None:
    rows = ask(
        "SELECT year, sum(CAST(printed = applications AS INT)) AS as_applications, "
        "sum(CAST(printed = value AS INT)) AS as_stock FROM report_table_cells "
        "WHERE report_table = 5 GROUP BY year ORDER BY year"
    )
    assert [row["year"] for row in rows if row["as_applications"] == 6] == [2019, 2020, 2021, 2022]
    assert [row["year"] for row in rows if row["as_stock"] == 6] == []


def test_table_6_does_not_make_its_totals_in_three_years(ask: Ask) -> None:
    sums = ask(
        "SELECT year, sum(printed) FILTER (partner <> 'WLD') AS parts, "
        "max(printed) FILTER (partner = 'WLD') AS total, "
        "sum(value) FILTER (partner <> 'WLD') AS own_parts, "
        "max(value) FILTER (partner = 'WLD') AS own_total "
        "FROM report_table_cells WHERE report_table = 6 GROUP BY year ORDER BY year"
    )
    assert [row["year"] for row in sums if row["parts"] != row["total"]] == [2018, 2021, 2022]
    assert all(row["own_parts"] == row["own_total"] for row in sums)


@pytest.mark.parametrize("table", [4, 5, 6, 7])
def test_the_lines_of_a_table_make_its_total(table: int, ask: Ask) -> None:
    sums = ask(
        "SELECT year, sum(value) FILTER (partner <> 'WLD') AS parts, "
        "max(value) FILTER (partner = 'WLD') AS total, count(*) AS cells "
        f"FROM report_table_cells WHERE report_table = {table} GROUP BY year"
    )
    assert len(sums) == 6
    assert all(row["parts"] == row["total"] and row["cells"] == 6 for row in sums)


def test_table_3_holds_un_desas_own_figures(ask: Ask) -> None:
    rows = {row["country"]: row for row in ask("FROM report_table_3")}
    for country, row in rows.items():
        if country != "Other":
            assert row["live_abroad_undesa_2019"] == row["live_abroad_undesa_2019_printed"]
    assert rows["Total"]["live_abroad_undesa_2019"] == 754969
    other = rows["Other"]
    assert other["live_abroad_undesa_2019"] - other["live_abroad_undesa_2019_printed"] == 12
    assert rows["Russian Federation"]["live_abroad_undesa_2019_share"] == 78
    assert rows["Russian Federation"]["work_abroad_kihs_2018_share"] == 96
    assert rows["Germany"]["live_abroad_undesa_2024"] is None


# --- Figures


@pytest.mark.parametrize(
    ("view", "known"),
    [("report_figure_1", range(2017, 2023)), ("report_figure_3", range(2017, 2023)),
     ("report_figure_4", (2020,)), ("report_figure_6", (2020, 2022)),
     ("report_figure_7", (2022,)), ("report_figure_13", (2022,))],
)  # fmt: skip
def test_the_years_that_are_known(view: str, known: range | tuple[int, ...], ask: Ask) -> None:
    rows = ask(f"SELECT year FROM {view} WHERE value IS NOT NULL ORDER BY year")
    assert [row["year"] for row in rows] == list(known)


def test_figures_of_the_producers(ask: Ask) -> None:
    assert ask("SELECT value FROM report_figure_1 WHERE year = 2022") == [{"value": 12444}]
    assert ask("SELECT value FROM report_figure_3 WHERE year = 2022") == [{"value": 6527}]
    conflict = ask("SELECT value FROM report_figure_10 WHERE year = 2022 AND cause = 'conflict'")
    assert conflict == [{"value": 166329}]
    invested = ask("SELECT round(thousand_usd) AS value, printed FROM report_figure_15 "
                   "WHERE year = 2022")  # fmt: skip
    assert invested == [{"value": 1202599, "printed": 1202600}]


def test_the_locations_of_figure_5_make_its_total(ask: Ask) -> None:
    assert ask("SELECT sum(value) AS total FROM report_figure_5") == [{"total": 114}]


def test_figure_8_does_not_add_years(ask: Ask) -> None:
    by_year = ask("SELECT year, sum(value) AS value FROM report_figure_8 GROUP BY year ORDER BY 1")
    assert by_year == ask("SELECT year, value FROM report_figure_9 ORDER BY year")
    assert "not added" in ask("SELECT DISTINCT note FROM report_figure_8")[0]["note"]


def test_figure_11_does_not_work_out_the_rest(ask: Ask) -> None:
    assert ask("SELECT sex, share FROM report_figure_11") == [
        {"sex": "F", "share": 68}, {"sex": "M", "share": None},
    ]  # fmt: skip


def test_figure_14_marks_parts_of_years(ask: Ask) -> None:
    rows = ask(
        "SELECT * FROM report_figure_14 WHERE million_usd IS NOT NULL AND "
        "(note IS NULL) <> (period_start = make_date(year, 1, 1) "
        "AND period_end = make_date(year, 12, 31))"
    )
    assert rows == []
    net = ask("SELECT million_usd FROM report_figure_14 WHERE year = 2022 AND direction = 'net'")
    assert net == [{"million_usd": 1727.5}]
