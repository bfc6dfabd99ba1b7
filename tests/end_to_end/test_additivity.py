"""Whatever the published file offers to be summed counts nobody twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

Ask = Callable[[str], list[tuple[Any, ...]]]
Overlaps = Callable[[np.ndarray], np.ndarray]

DAYS = {"stock": ["reference_date"], "flow": ["period_start", "period_end"]}
FACTS = [("stock", "stock"), ("stock", "stock_superseded"), ("flow", "flow"),
         ("flow", "flow_superseded")]  # fmt: skip
SET = ["source", "dataset", "release", "indicator", "unit", "universe", "additive_set"]
SPLIT = ["sex", "education", "employment", "reason"]
SIDES = ["origin", "destination"]
# A detail that a figure does not have is not split in it. Only the number of a repeated row is
# another thing: the first of them bears none.
FIRST_BEARS_NONE = "row"
# Ages whose bounds differ by sex: those of men, those of women.
BY_SEX = {
    "NSC_BELOW_WORKING_AGE": ((0, 15), (0, 15)),
    "NSC_WORKING_AGE": ((16, 62), (16, 57)),
    "NSC_ABOVE_WORKING_AGE": ((63, 999), (58, 999)),
}
# Groups that say of each other that they have nothing in common.
APART = ("CIS", "NON_CIS")
ANY = -1
EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


# --- when two figures count somebody in common


def age_bounds(code: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last year of age that a code holds, of men and of women."""
    if code in BY_SEX:
        return BY_SEX[code]
    if code == "_T":
        both = (-1, 999)
    elif code == "_U":
        both = (-1, -1)
    elif code.startswith("Y_GE"):
        both = (int(code[4:]), 999)
    else:
        first, last = code.removeprefix("Y").split("T")
        both = (int(first), int(last))
    return both, both


def ages_overlap(codes: list[str]) -> np.ndarray:
    """For each pair of age codes whether somebody may be of both."""
    found: np.ndarray = np.zeros((len(codes), len(codes)), dtype=bool)
    for sex in (0, 1):
        first, last = np.array([age_bounds(code)[sex] for code in codes]).T
        found |= (first[:, None] <= last) & (first <= last[:, None])
    return found


def areas_overlap(codes: list[str], areas: Mapping[str, tuple[str, str | None]]) -> np.ndarray:
    """For each pair of areas whether one may lie within the other."""
    named: np.ndarray = np.array(codes, dtype=object)
    # A group may hold anything, so it is held against all.
    apart = np.isin(named.astype(str), APART)
    apart = apart[:, None] & apart & (named[:, None] != named)
    wide = np.array([areas[one][0] in ("world", "group") for one in codes])
    parent = np.array([areas[one][1] or "" for one in codes], dtype=object)
    residual = np.array([one.startswith("OTH") for one in codes])
    rest = named == "OTH"
    found = (named[:, None] == named) | wide | wide[:, None]
    found |= (parent[:, None] == named) | (parent == named[:, None])
    found |= (rest[:, None] & residual) | (residual[:, None] & rest)
    found &= ~apart
    return np.asarray(found)


def by_code(column: pd.Series, meet: Callable[[list[str]], np.ndarray]) -> Overlaps:
    codes, names = pd.factorize(column.astype(object))
    table = meet(list(names))
    return lambda rows: table[np.ix_(codes[rows], codes[rows])]


def by_equality(column: pd.Series, everything: object) -> Overlaps:
    """Equal values overlap, and a figure that is not split overlaps all."""
    codes = np.where(column == everything, ANY, pd.factorize(column)[0])

    def meet(rows: np.ndarray) -> np.ndarray:
        own = codes[rows]
        found = (own[:, None] == own) | (own == ANY) | (own == ANY)[:, None]
        return np.asarray(found)

    return meet


def overlaps(facts: pd.DataFrame, areas: Mapping[str, tuple[str, str | None]]) -> list[Overlaps]:
    """One function a dimension: which pairs of the rows that it is given overlap in it."""
    details = pd.DataFrame(
        [
            dict(pair.split("=", 1) for pair in text.split(";")) if text != "_T" else {}
            for text in facts["detail"].astype(object)
        ],
        index=facts.index,
    ).fillna("")
    return [
        *(by_code(facts[side], lambda codes: areas_overlap(codes, areas)) for side in SIDES),
        by_code(facts["age"], ages_overlap),
        *(by_equality(facts[name].astype(object), "_T") for name in SPLIT),
        *(by_equality(details[name], None if name == FIRST_BEARS_NONE else "") for name in details),
    ]


def doubled_in(rows: np.ndarray, dimensions: list[Overlaps]) -> list[tuple[int, int]]:
    """Pairs of rows that overlap in all dimensions."""
    both = np.triu(np.ones((len(rows), len(rows)), dtype=bool), k=1)
    for meet in dimensions:
        both &= meet(rows)
        if not both.any():
            return []
    return [(int(rows[one]), int(rows[two])) for one, two in np.argwhere(both)]


def sets_of(facts: pd.DataFrame, measure: str) -> Iterator[np.ndarray]:
    """Positions of the rows of each additive set."""
    groups = facts.groupby([*SET, *DAYS[measure]], observed=True, dropna=False, sort=False)
    yield from (np.asarray(rows) for rows in groups.indices.values())


def in_sets(connection: duckdb.DuckDBPyConnection, measure: str, table: str) -> pd.DataFrame:
    columns = ", ".join([*SET, *DAYS[measure], *SIDES, "age", *SPLIT, "detail", "value",
                         "source_ref"])  # fmt: skip
    query = f"SELECT {columns} FROM {table} WHERE additive_set IS NOT NULL ORDER BY ALL"
    return connection.execute(query).df()


@pytest.fixture(scope="module")
def areas(published: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None]]:
    found = published.execute("SELECT area, kind, parent FROM area").fetchall()
    return {area: (kind, parent) for area, kind, parent in found}


@pytest.fixture(scope="module")
def facts(published: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    return {table: in_sets(published, measure, table) for measure, table in FACTS}


# --- additive sets


@pytest.mark.parametrize(("measure", "table"), FACTS)
def test_no_pair_of_an_additive_set_overlaps(
    measure: str,
    table: str,
    facts: dict[str, pd.DataFrame],
    areas: dict[str, tuple[str, str | None]],
) -> None:
    frame = facts[table]
    dimensions = overlaps(frame, areas)
    found = [pair for rows in sets_of(frame, measure) for pair in doubled_in(rows, dimensions)]
    shown = [frame.iloc[list(pair)].to_dict("records") for pair in found[:5]]
    assert not found, f"{len(found)} pairs, such as {shown}"


def test_sets_of_every_publisher_with_parts_are_looked_at(
    facts: dict[str, pd.DataFrame], ask: Ask
) -> None:
    looked_at = {source for frame in facts.values() for source in frame["source"].unique()}
    held = "SELECT source FROM {}_history WHERE additive_set IS NOT NULL"
    assert looked_at == {
        source for source, in ask(f"{held.format('stock')} UNION {held.format('flow')}")
    }  # fmt: skip
    assert looked_at >= {"idmc", "iom_report", "nsc", "undesa", "unhcr"}


GENERAL = {"origin": "WLD", "destination": "WLD", "sex": "_T", "age": "_T", "detail": "_T"}


@EXAMPLES
@given(drawn=st.data())
def test_a_part_made_more_general_is_found_out(
    drawn: st.DataObject,
    facts: dict[str, pd.DataFrame],
    areas: dict[str, tuple[str, str | None]],
) -> None:
    measure, table = drawn.draw(st.sampled_from([(m, t) for m, t in FACTS if len(facts[t])]))
    frame = facts[table]
    row = frame.iloc[[drawn.draw(st.integers(0, len(frame) - 1))]]
    told = row.iloc[0]
    split = [name for name, everything in GENERAL.items() if told[name] != everything]
    if f"{FIRST_BEARS_NONE}=" in told["detail"]:
        split.remove("detail")
    name = drawn.draw(st.sampled_from(split))
    both = pd.concat([row, row.assign(**{name: GENERAL[name]})], ignore_index=True)
    (rows,) = sets_of(both, measure)
    assert doubled_in(rows, overlaps(both, areas)) == [(0, 1)]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.integers(0, 99), st.integers(0, 30)).map(
                lambda band: f"Y{band[0]}T{band[0] + band[1]}"
            ),
            st.integers(0, 99).map(lambda first: f"Y_GE{first}"),
            st.sampled_from(["_T", "_U", *BY_SEX]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_ages_overlap_when_a_year_of_age_is_in_both(codes: list[str]) -> None:
    years = [[set(range(first, last + 1)) for first, last in age_bounds(code)] for code in codes]
    expected = [
        [any(mine & other for mine, other in zip(one, two, strict=True)) for two in years]
        for one in years
    ]
    assert ages_overlap(codes).tolist() == expected


def test_an_oblast_a_group_and_a_residual_lie_within(
    areas: dict[str, tuple[str, str | None]],
) -> None:
    codes = ["KGZ", "KG-B", "KG-C", "AFG", "900", "OTH", "OTH_S", "OTH_N", "UNK"]
    found = areas_overlap(codes, areas | {"900": ("group", None)})
    pairs = {
        (codes[one], codes[two]) for one, two in np.argwhere(np.triu(found, k=1)) if "900" not in
        (codes[one], codes[two])
    }  # fmt: skip
    assert pairs == {("KGZ", "KG-B"), ("KGZ", "KG-C"), ("OTH", "OTH_S"), ("OTH", "OTH_N")}
    assert found[codes.index("900")].all()


# --- totals

# A place looked at from one side: what comes to it from the world or happens within it, and what
# goes out. Months and quarters of a year are disjoint; other spans and days of a year are not.
TOTALS = """
SELECT
    source, dataset, release, indicator, {side} AS place, year, freq, unit, universe, detail,
    CASE WHEN freq IN ('M', 'Q') THEN {last} END AS part_of_year,
    count(*) AS totals, list(source_ref) AS places
FROM {measure}_history
WHERE breakdown = 'total' AND {side} <> 'WLD' AND {other} IN ('WLD', {side})
GROUP BY ALL HAVING totals > 1
"""


@pytest.mark.parametrize(("side", "other"), [SIDES, SIDES[::-1]])
@pytest.mark.parametrize(("measure", "last"), [("stock", "reference_date"), ("flow", "period_end")])
def test_a_source_has_one_total_of_a_place_and_year(
    measure: str, last: str, side: str, other: str, ask: Ask
) -> None:
    assert ask(TOTALS.format(measure=measure, last=last, side=side, other=other)) == []


ROWS_A_TOTAL = """
SELECT country, theme, indicator, year, count(*) AS figures FROM {}
WHERE breakdown = 'total' GROUP BY ALL HAVING figures > 1 ORDER BY ALL
"""


@pytest.mark.parametrize("measure", ["stock", "flow"])
def test_a_country_has_one_total_of_a_theme_indicator_and_year(measure: str, ask: Ask) -> None:
    assert ask(ROWS_A_TOTAL.format(f"country_{measure}")) == []
    assert ask(f"SELECT count(*) FROM country_{measure} WHERE breakdown = 'total'") > [(20,)]


@settings(EXAMPLES, max_examples=12)
@given(day=st.dates(date(2019, 1, 1), date(2027, 1, 1)), measure=st.sampled_from(["stock", "flow"]))
def test_so_it_had_on_every_day(
    day: date, measure: str, published: duckdb.DuckDBPyConnection
) -> None:
    then = f"country_{measure}_known_on(DATE '{day}')"
    assert published.execute(ROWS_A_TOTAL.format(then)).fetchall() == []


# Themes and years of which a dataset that is looked at prints the total of the country itself.
PRINTED = """
SELECT DISTINCT country.country, preference.theme, preference.indicator, fact.year
FROM {measure} AS fact
JOIN preference USING (indicator, source, dataset, unit)
JOIN theme_indicator AS seen USING (theme, measure, indicator)
JOIN country ON country.active
JOIN extract USING (extract_id)
WHERE measure = '{measure}' AND dimension = 'total' AND fact.breakdown = 'total' AND freq = 'A'
    AND coalesce(fact.additive_set, '') GLOB coalesce(preference.additive_set, '*')
    AND (side = 'destination' OR fact.origin = country.country)
    AND (side = 'origin' OR fact.destination = country.country)
    AND (scope = 'ALL' OR contains(scope, country.country))
"""


@pytest.mark.parametrize("measure", ["stock", "flow"])
def test_every_printed_total_shows(measure: str, ask: Ask) -> None:
    printed = set(ask(PRINTED.format(measure=measure)))
    shown = set(
        ask(
            "SELECT country, theme, indicator, year "
            f"FROM country_{measure} WHERE breakdown = 'total'"
        )
    )
    assert len(printed) > 20
    assert sorted(printed - shown) == []


@pytest.mark.parametrize("measure", ["stock", "flow"])
def test_a_printed_total_beats_a_sum(measure: str, ask: Ask) -> None:
    # What is a part itself, such as people displaced within their country, may stand in a sum.
    printed = f"{PRINTED.format(measure=measure)} AND fact.additive_set IS NULL"
    summed = ask(
        f"SELECT theme, indicator, year, dataset FROM ({printed}) "
        f"JOIN country_{measure} USING (country, theme, indicator, year) "
        "WHERE breakdown = 'total' AND derived"
    )
    assert summed == []
