"""The numbers of sections 3.3, 3.4 and 5 to 8 beside the warehouse, and Tables 8 and 9."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pandas as pd
import pytest

from assets.report.check import report_check
from warehouse.reference_data import Reference

SECTIONS = ("3.3", "3.4", "5", "6", "7", "8")
STATUSES = {
    ("3.3", "differs"): 1,
    ("3.3", "not_derivable"): 28,
    ("3.3", "rounded"): 2,
    ("3.4", "not_derivable"): 30,
    ("3.4", "reproduced"): 5,
    ("3.4", "rounded"): 8,
    ("5", "differs"): 1,
    ("5", "not_derivable"): 31,
    ("5", "reproduced"): 4,
    ("5", "rounded"): 3,
    ("6", "differs"): 1,
    ("6", "not_derivable"): 6,
    ("7", "differs"): 1,
    ("7", "not_derivable"): 15,
    ("7", "reproduced"): 5,
    ("8", "differs"): 2,
    ("8", "not_derivable"): 14,
    ("8", "reproduced"): 1,
    ("8", "rounded"): 4,
}
# What the warehouse gives where the report prints another number, and why.
DISCREPANCIES = {
    "s3_3-021": (40.0, "arithmetic_slip"),
    "s5-023": (26.6, "doubtful"),
    "s6-006": (6.0, "incomplete_list"),
    "s7-002": (2016.0, "doubtful"),
    "s8-019": (88.57, "truncation"),
    "s8-021": (65.37, "truncation"),
}
# Totals and remainders checked against the parts that the report prints beside them.
FROM_PRINTED_PARTS = {
    "s3_3-021", "s3_4-014", "s3_4-020", "s3_4-038", "s3_4-041", "s5-015", "s5-020", "s5-023",
    "s5-037",
}  # fmt: skip
FROM_NSC = {"s8-016", "s8-017", "s8-018", "s8-019", "s8-020", "s8-021"}
FROM_TABLES = {"s7-002", "s7-016", "s7-017", "s7-018", "s7-020", "s7-021"}


@pytest.fixture(scope="module")
def own(reference: Reference) -> Reference:
    """The reference tables with the claims of these sections alone."""
    claims = reference.table("report_claim")
    claims = claims[claims["section"].isin(SECTIONS)].reset_index(drop=True)
    derivations = reference.table("claim_derivation")
    derivations = derivations[derivations["claim_id"].isin(claims["claim_id"])]
    tables = {"report_claim": claims, "claim_derivation": derivations.reset_index(drop=True)}
    return replace(reference, tables=reference.tables | tables)


@pytest.fixture(scope="module")
def checked(published: duckdb.DuckDBPyConnection, own: Reference) -> pd.DataFrame:
    """The check of these claims, run over the published file, with their sections."""
    found = report_check(published, own)
    return found.merge(own.table("report_claim"), on="claim_id").set_index("claim_id")


def one_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    (row,) = connection.execute(query).fetchall()
    return row


def test_every_number_of_the_sections_has_a_derivation(own: Reference) -> None:
    claims, derivations = own.table("report_claim"), own.table("claim_derivation")
    assert len(claims) == 162
    assert set(derivations["claim_id"]) == set(claims["claim_id"])


def test_the_numbers_fall_into_these_statuses(checked: pd.DataFrame) -> None:
    assert checked.groupby(["section", "status"], observed=True).size().to_dict() == STATUSES


def test_what_differs_differs_by_so_much_and_for_this_cause(checked: pd.DataFrame) -> None:
    differs = checked[checked["status"] == "differs"]
    given = zip(differs.index, differs["value"], differs["cause"], strict=True)
    assert {name: (round(value, 2), cause) for name, value, cause in given} == DISCREPANCIES


def test_no_derivation_repeats_the_number_that_it_checks(
    published: duckdb.DuckDBPyConnection, own: Reference
) -> None:
    """Were the printed number another one, each derivation would say that it differs."""
    claims, derivations = own.table("report_claim"), own.table("claim_derivation")
    misprinted = claims.assign(printed_value=2 * claims["printed_value"] + 1_000_000)
    causeless = derivations.assign(cause=pd.NA, cause_expression=pd.NA)
    tables = {"report_claim": misprinted, "claim_derivation": causeless}
    found = report_check(published, replace(own, tables=own.tables | tables))
    derived = found[found["status"] != "not_derivable"]
    assert len(derived) == 162 - 124
    assert set(derived["status"]) == {"differs"}


def test_what_is_asked_of_whom(own: Reference) -> None:
    derivations = own.table("claim_derivation").set_index("claim_id")
    expression = derivations["expression"].dropna()
    queries = expression[derivations["method"].loc[expression.index] == "query"]
    assert set(queries.index[queries.str.contains("'iom_report'")]) == FROM_PRINTED_PARTS
    assert set(queries.index[queries.str.contains("source = 'nsc'")]) == FROM_NSC
    assert set(queries.index[queries.str.contains("FROM (?:convention|policy)")]) == FROM_TABLES
    assert len(queries) == len(FROM_PRINTED_PARTS | FROM_NSC | FROM_TABLES)
    assert not [name for name, sql in expression.items() if f"'{name}'" in sql]


def test_victims_are_another_measure_than_registered_crimes(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """80 victims of 2011-2022, one of them in Talas, where the 114 crimes have no place."""
    victims = one_row(
        published,
        """
        SELECT sum(value) FILTER (origin = 'KGZ'), min(year), max(year),
               sum(value) FILTER (origin = 'KG-T'),
               sum(value) FILTER (origin = 'KGZ' AND year = 2020),
               sum(value) FILTER (origin = 'KGZ' AND year = 2022)
        FROM flow_history
        WHERE indicator = 'trafficking_victims' AND source = 'nsc' AND release = '2022'
        """,
    )
    assert victims == (80, 2011, 2022, 1, 2, 1)
    crimes = published.execute(
        "SELECT origin, value FROM flow_history WHERE indicator = 'trafficking_cases' "
        "AND freq = '_O' AND additive_set = 'places'"
    ).fetchall()
    assert sum(value for _, value in crimes) == 114
    assert "KG-T" not in {place for place, _ in crimes}


def test_rounding_explains_no_gap_of_two_points(checked: pd.DataFrame) -> None:
    """Two shares and their sum, each rounded to whole per cents, never miss each other by 2."""
    exact = [tenth / 10 for tenth in range(130, 261)]
    gaps = [abs(round(a) + round(b) - round(a + b)) for a in exact for b in exact]
    assert max(gaps) == 1
    printed = checked["printed_value"]
    assert printed["s3_3-022"] + printed["s3_3-023"] - printed["s3_3-021"] == 2


@pytest.mark.parametrize(("claim", "year"), [("s8-019", 2022), ("s8-020", 2021), ("s8-021", 2018)])
def test_all_three_shares_of_investment_are_cut_off(
    published: duckdb.DuckDBPyConnection, claim: str, year: int
) -> None:
    share, printed = one_row(
        published,
        f"""
        SELECT 100 * sum(value) FILTER (
                   detail IN ('activity=B', 'activity=C', 'activity=G', 'activity=K')
               ) / sum(value) FILTER (detail <> '_T'), claim('{claim}')
        FROM flow_history WHERE dataset = 'sdg_17_3_1_1a' AND release = '2022' AND year = {year}
        """,
    )
    assert int(10 * share) / 10 == printed
    assert (round(share, 1) == printed) == (year == 2021)


def test_nbkr_has_no_net_figure_that_the_growth_could_be_worked_out_of(
    published: duckdb.DuckDBPyConnection, own: Reference
) -> None:
    """What the exceptions say: no net figure of 2021 or 2022, and the bases that are implied."""
    held = one_row(
        published,
        "SELECT count(*) FROM flow_history WHERE source = 'nbkr' AND indicator = 'remittance_net' "
        "AND year IN (2021, 2022)",
    )
    assert held == (0,)
    explanation = own.table("claim_derivation").set_index("claim_id")["explanation"]
    for level, change, told in (("s8-010", "s8-011", "2,521.4"), ("s8-012", "s8-013", "2,192.3")):
        (base,) = one_row(published, f"SELECT claim('{level}') / (1 + claim('{change}') / 100)")
        assert f"{base:,.1f}" == told
        assert told in explanation[change]


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([f"s5-{n:03d}" for n in range(11, 16)], 100),
        ([f"s5-{n:03d}" for n in range(17, 21)], 100),
        ([f"s5-{n:03d}" for n in range(33, 38)], 100),
        (["s5-021", "s5-023", "s5-024", "s5-025"], 93.4),
        (["s3_3-013", "s3_3-014", "s3_3-015"], 96),
        (["s3_3-003", "s3_3-004", "s3_3-005"], 258_000),
        (["s5-030", "s5-031"], 46_883),
    ],
)
def test_what_the_explanations_say_of_printed_parts(
    checked: pd.DataFrame, parts: list[str], whole: float
) -> None:
    assert checked.loc[parts, "printed_value"].sum() == pytest.approx(whole)


def test_a_lower_bound_is_no_exact_number(checked: pd.DataFrame) -> None:
    """The list had 76,862 as exact; the text says this number or more."""
    assert checked.loc["s3_3-007", ["printed_value", "rounding"]].tolist() == [76862, "at_least"]


def test_table_8_has_the_reports_shape(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.execute("SELECT policy, ratification FROM report_table_8").fetchall()
    assert [ratification for _, ratification in rows] == [
        "Yes, 2008", "Yes, 1996", "Yes, 1996", "No", "Yes, 1994", "4/5",
    ]  # fmt: skip
    assert rows[-1][0] == "Total"


def test_table_9_holds_the_policies_that_the_report_lists_and_no_others(
    published: duckdb.DuckDBPyConnection,
) -> None:
    rows = published.execute("SELECT policy_name, policy_context FROM report_table_9").fetchall()
    assert len(rows) == 15
    assert rows[0][0].startswith("Concept of Migration Policy")
    assert not [name for name, _ in rows if "Action Plan" in name]
    assert one_row(published, "SELECT count(*) FROM policy") == (17,)
