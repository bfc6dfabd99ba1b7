"""The views over figures: histories, what was known on a day, what a country's analyst asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from assets.combining import combine
from schemas.reference import DATASET, RELEASE
from schemas.validate import conform
from warehouse import database
from warehouse.reference_data import Reference

Rows = Callable[..., pd.DataFrame]
Views = Callable[..., duckdb.DuckDBPyConnection]
MEASURES = ("stock", "flow")
LAST_DAY = "9999-12-31"
REPLACED = (
    "stock", "flow", "stock_superseded", "flow_superseded", "extract", "release", "dataset",
)  # fmt: skip


@pytest.fixture(scope="module")
def figures(
    fact_tables: Callable[..., Any],
    bundled: dict[str, pd.DataFrame],
    bundled_observations: pd.DataFrame,
    extracts: Rows,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The views over the bundled extracts."""
    held = [
        {"extract_id": str(one.extract_id), "dataset": dataset, "release": str(one.release)}
        for dataset, frame in bundled.items()
        for one in frame[["extract_id", "release"]].drop_duplicates().itertuples()
    ]
    tables = fact_tables(bundled_observations, extracts(*held))
    with database.in_memory(tables, copy=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def views_over(
    fact_tables: Callable[..., Any], observations: Rows, extracts: Rows
) -> Iterator[Views]:
    """The views over given figures and extracts, or releases and datasets of one's own as well.

    They are made once: over few figures that takes longer than all that is asked of them.
    """
    with database.in_memory(fact_tables(observations({}), extracts({}))) as connection:

        def over(*given: pd.DataFrame) -> duckdb.DuckDBPyConnection:
            tables = fact_tables(*given)
            for name in REPLACED:
                rows = pa.Table.from_pandas(tables[name], preserve_index=False)
                connection.register(name, rows)
            return connection

        yield over


def difference(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> int:
    (count,) = connection.execute(
        f"SELECT count(*) FROM ((FROM {one} EXCEPT ALL FROM {other}) "
        f"UNION ALL (FROM {other} EXCEPT ALL FROM {one}))"
    ).fetchone() or (-1,)
    return int(count)


def value(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    rows = connection.execute(query).fetchall()
    assert len(rows) == 1, rows
    return rows[0][0] if len(rows[0]) == 1 else rows[0]


@pytest.mark.parametrize("measure", MEASURES)
def test_at_the_end_of_time_the_current_figures_are_known(
    measure: str, figures: duckdb.DuckDBPyConnection
) -> None:
    assert value(figures, f"SELECT count(*) > 0 FROM {measure}")
    assert difference(figures, f"{measure}_known_on('{LAST_DAY}')", measure) == 0


@pytest.mark.parametrize("measure", MEASURES)
def test_at_the_end_of_time_a_country_has_its_current_figures(
    measure: str, figures: duckdb.DuckDBPyConnection
) -> None:
    view = f"country_{measure}"
    assert value(figures, f"SELECT count(*) > 0 FROM {view}")
    assert difference(figures, f"{view}_known_on('{LAST_DAY}')", view) == 0


@pytest.mark.parametrize("view", [f"{p}{m}_known_on" for p in ("", "country_") for m in MEASURES])
def test_before_the_first_release_nothing_was_known(
    view: str, figures: duckdb.DuckDBPyConnection
) -> None:
    assert value(figures, f"SELECT count(*) FROM {view}('2023-10-24')") == 0
    assert value(figures, f"SELECT count(*) > 0 FROM {view}('2023-10-25')")


def test_on_a_day_in_between_the_older_release_was_current(
    figures: duckdb.DuckDBPyConnection,
) -> None:
    releases = "SELECT list(DISTINCT release) FROM stock_known_on('{}')"
    assert value(figures, releases.format("2024-06-16")) == ["2023-mid"]
    assert value(figures, releases.format("2024-06-17")) == ["2023-end"]


def test_a_release_counts_from_the_last_day_of_its_interval(
    figures: duckdb.DuckDBPyConnection,
) -> None:
    releases = (
        "SELECT list(DISTINCT release) FROM stock_known_on('{}') WHERE dataset = 'population'"
    )
    assert value(figures, releases.format("2026-06-24")) == ["2023-end"]
    assert value(figures, releases.format("2026-06-25")) == ["2025-end"]


def test_history_is_current_and_superseded_together(figures: duckdb.DuckDBPyConnection) -> None:
    for measure in MEASURES:
        both = value(
            figures,
            f"SELECT (SELECT count(*) FROM {measure}) + "
            f"(SELECT count(*) FROM {measure}_superseded)",
        )
        assert value(figures, f"SELECT count(*) FROM {measure}_history") == both


def test_the_interim_year_was_current_until_the_year_ended(
    figures: duckdb.DuckDBPyConnection,
) -> None:
    query = (
        "SELECT value, obs_status, reference_date FROM country_stock_known_on('{}') "
        "WHERE country = 'KGZ' AND theme = 'refugees_hosted' AND indicator = 'refugees' "
        "AND breakdown = 'total' AND year = 2023"
    )
    assert value(figures, query.format("2024-01-01"))[1:] == ("P", date(2023, 6, 30))
    assert value(figures, query.format("2024-07-01"))[1:] == ("A", date(2023, 12, 31))


@pytest.mark.parametrize("measure", MEASURES)
def test_a_country_figure_stands_once(measure: str, figures: duckdb.DuckDBPyConnection) -> None:
    repeated = figures.execute(
        f"SELECT country, theme, indicator, breakdown, partner, sex, age, education, employment, "
        f"reason, detail, year, unit, universe FROM country_{measure} "
        "GROUP BY ALL HAVING count(*) > 1 LIMIT 3"
    ).fetchall()
    assert repeated == []


def test_the_documented_question_has_one_row(figures: duckdb.DuckDBPyConnection) -> None:
    row = value(
        figures,
        "SELECT value, derived, partner FROM country_stock WHERE country = 'KGZ' "
        "AND theme = 'refugees_hosted' AND indicator = 'refugees' AND breakdown = 'total' "
        "AND year = 2025",
    )
    parts = value(
        figures,
        "SELECT sum(value) FROM stock WHERE destination = 'KGZ' AND indicator = 'refugees' "
        "AND dataset = 'population' AND year = 2025",
    )
    assert row == (parts, True, "WLD")


def test_refugees_from_afghanistan_stand_under_their_partner(
    figures: duckdb.DuckDBPyConnection,
) -> None:
    query = (
        "SELECT value, derived, dataset FROM country_stock WHERE theme = 'refugees_hosted' "
        "AND indicator = 'refugees' AND breakdown = 'country_of_origin' AND partner = 'AFG' "
        "AND year = 2022"
    )
    assert value(figures, query) == (189.0, False, "population")


def test_a_sum_that_lacks_a_part_is_at_least(figures: duckdb.DuckDBPyConnection) -> None:
    """2012: 47 from Uzbekistan were broken down by sex, 4,504 were not."""
    rows = figures.execute(
        "SELECT sex, qualifier, obs_status FROM country_stock WHERE theme = 'refugees_hosted' "
        "AND indicator = 'refugees' AND breakdown = 'sex' AND year = 2012 ORDER BY sex"
    ).fetchall()
    assert rows == [("F", "at_least", "A"), ("M", "at_least", "A")]


def test_a_suppressed_part_makes_the_sum_at_least(
    views_over: Views, observations: Rows, extracts: Rows
) -> None:
    rows = observations(
        {"origin": "AFG", "value": 189.0},
        {"origin": "UZB", "value": None, "obs_status": "Q", "precision": None},
        {"origin": "TJK", "year": 2021, "value": None, "obs_status": "Q", "precision": None},
    )
    told = (
        views_over(rows, extracts({}))
        .execute(
            "SELECT year, value, qualifier, obs_status FROM country_stock "
            "WHERE theme = 'refugees_hosted' AND breakdown = 'total' ORDER BY year"
        )
        .fetchall()
    )
    assert told == [(2021, None, None, "Q"), (2022, 189.0, "at_least", "A")]


def test_figures_of_an_extract_that_is_not_complete_for_the_country_are_left_out(
    views_over: Views, observations: Rows, extracts: Rows
) -> None:
    rows = observations({"origin": "UZB"})
    for scope, count in (("UZB", 0), ("UZB;KGZ", 1), ("ALL", 1)):
        found = value(
            views_over(rows, extracts({"scope": scope})),
            "SELECT count(*) FROM country_stock WHERE breakdown = 'total'",
        )
        assert found == count, scope


# --- The macro says the same as the function that makes the tables ---------------------------

AREAS = ("KGZ", "UZB", "AFG")
OBLAST = "KG-B"
PAIRS = [(one, other) for one in AREAS for other in AREAS if one != other] + [(OBLAST, OBLAST)]
FIRST_KNOWN = date(2020, 1, 1)
held_files = st.lists(
    st.tuples(
        st.integers(0, 2),  # release
        st.sampled_from(["ALL", "KGZ", "UZB", "KGZ;UZB"]),
        st.sets(st.sampled_from([2018, 2019]), min_size=1),
        st.sets(st.sampled_from(PAIRS), min_size=1),
    ),
    min_size=1,
    max_size=5,
)


class Scenario:
    """A dataset's files, and what two ways make of them."""

    def __init__(self, views_over: Views, rows: Rows, files: Rows, reference: Reference):
        self.views_over, self.rows, self.files = views_over, rows, files
        self.reference = reference

    def known(self, files: list[Any], rule: str, day: int) -> tuple[list[Any], list[Any]]:
        """What the macro says was known on a day, and what combining by then made current."""
        figures, held = self._frames(files)
        known_on = [FIRST_KNOWN + timedelta(days=number) for number in range(3)]
        releases = conform(
            pd.DataFrame(
                {
                    "source": "unhcr",
                    "dataset": "population",
                    "release": [f"r{number}" for number in range(3)],
                    "known_on_from": known_on,
                    "known_on_to": known_on,
                    "interim_year": None,
                    "interim_reference_date": None,
                    "note": None,
                }
            ),
            RELEASE,
        )
        datasets = self.reference.table("dataset").assign(current_rule=rule)
        datasets = conform(datasets.astype({"current_rule": "str"}), DATASET)
        asked = FIRST_KNOWN + timedelta(days=day)
        connection = self.views_over(figures, held, releases, datasets)
        said = connection.execute(
            "SELECT extract_id, origin, destination, year::INT FROM stock_known_on(?) ORDER BY ALL",
            [asked],
        ).fetchall()
        by_then = [f"r{number}" for number in range(3) if known_on[number] <= asked]
        figures = figures[figures["release"].isin(by_then)].reset_index(drop=True)
        held = held[held["release"].isin(by_then)].reset_index(drop=True)
        current = figures
        if len(figures):
            areas = self.reference.table("area")
            current = combine(figures, held, releases, datasets, areas).stock
        columns = ["extract_id", "origin", "destination", "year"]
        expected = current[columns].astype({"year": "int"}).itertuples(index=False, name=None)
        return said, sorted(expected)

    def _frames(self, files: list[Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
        rows, held = [], []
        for number, (release, scope, years, pairs) in enumerate(files):
            areas = {*scope.split(";")} | ({OBLAST} if "KGZ" in scope else set())
            inside = [pair for pair in sorted(pairs) if scope == "ALL" or areas & {*pair}]
            name = {"release": f"r{release}", "extract_id": f"x{number}"}
            held.append(name | {"scope": scope})
            rows += [
                name | {"origin": origin, "destination": destination, "year": year}
                for origin, destination in inside
                for year in sorted(years)
            ]
        # A figure of another dataset, so that there is always one.
        rows.append({"dataset": "demographics", "extract_id": "other", "release": "2023-end"})
        held.append({"dataset": "demographics", "extract_id": "other"})
        return self.rows(*rows), self.files(*held)


@pytest.fixture(scope="module")
def scenario(
    views_over: Views, observations: Rows, extracts: Rows, reference: Reference
) -> Scenario:
    return Scenario(views_over, observations, extracts, reference)


SLOW = settings(
    max_examples=6,
    deadline=None,
    # An example takes a third of a second: shrinking would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@given(files=held_files, day=st.integers(-1, 3))
@SLOW
def test_what_was_known_is_what_the_releases_of_then_make_current(
    files: list[Any], day: int, scenario: Scenario
) -> None:
    """Within one release the extract landed last counts; what it replaced is gone for good."""
    said, expected = scenario.known(files, "replace", day)
    assert said == expected


@pytest.mark.parametrize(
    ("files", "access"),
    [
        (({"access": None},), None),
        (({"access": "on_request"},), "on_request"),
        # A correction that anybody may have, landed later, counts alone.
        (({"extract_id": "old", "access": "on_request"}, {"access": None}), None),
        # What speaks for another country only says nothing of this one's.
        (({"access": None}, {"extract_id": "x", "scope": "UZB", "access": "internal"}), None),
    ],
)
def test_evidence_has_the_access_of_the_file_it_came_in(
    files: tuple[dict[str, Any], ...],
    access: str | None,
    observations: Rows,
    extracts: Rows,
    views_over: Views,
) -> None:
    connection = views_over(observations({}), extracts(*files))
    told = connection.sql("SELECT DISTINCT access FROM cell_evidence").fetchall()
    assert told == [(access,)]


@given(files=held_files, day=st.integers(-1, 3))
@SLOW
def test_what_was_known_of_a_window_is_what_the_releases_of_then_make_current(
    files: list[Any], day: int, scenario: Scenario
) -> None:
    once = list({release: (release, *rest) for release, *rest in files}.values())
    said, expected = scenario.known(once, "window", day)
    assert said == expected


def test_an_oblast_is_within_the_scope_of_its_country(scenario: Scenario) -> None:
    oblast = {(OBLAST, OBLAST)}
    files = [(0, "KGZ", {2018}, oblast), (1, "KGZ", {2018}, oblast)]
    for day, current in ((0, "x0"), (1, "x1")):
        said, expected = scenario.known(files, "replace", day)
        assert said == expected == [(current, OBLAST, OBLAST, 2018)]


def test_a_window_of_which_one_country_was_landed_again(scenario: Scenario) -> None:
    """The second file of release 2 holds 2018 for Uzbekistan only: of others, 2018 stays."""
    files = [
        (2, "ALL", {2019}, {("KGZ", "UZB")}),
        (0, "ALL", {2018}, {("KGZ", "AFG"), ("KGZ", "UZB")}),
        (2, "UZB", {2018}, {("KGZ", "UZB")}),
    ]
    said, expected = scenario.known(files, "window", 2)
    assert ("x1", "KGZ", "AFG", 2018) in expected
    assert said == expected
