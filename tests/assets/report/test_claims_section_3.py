"""The numbers of sections 3.1 and 3.2 and of Table 3 beside the warehouse."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pandas as pd
import pytest

from assets.report.check import report_check
from warehouse.reference_data import Reference

SECTIONS = ("3.1", "3.2", "Table 3")
STATUSES = {
    ("3.1", "differs"): 7,
    ("3.1", "not_derivable"): 25,
    ("3.1", "reproduced"): 27,
    ("3.1", "rounded"): 35,
    ("3.2", "differs"): 5,
    ("3.2", "not_derivable"): 40,
    ("3.2", "reproduced"): 12,
    ("3.2", "rounded"): 24,
    ("Table 3", "differs"): 1,
    ("Table 3", "not_derivable"): 14,
    ("Table 3", "reproduced"): 16,
    ("Table 3", "rounded"): 17,
}
# What the warehouse gives where the report prints another number, and why.
DISCREPANCIES = {
    "s3_1-009": (108854, "other_revision"),
    "s3_1-011": (26066, "other_revision"),
    "s3_1-013": (12599, "other_revision"),
    "s3_1-015": (9684, "other_revision"),
    "s3_1-017": (41808, "incomplete_list"),
    "s3_1-021": (73.3, "arithmetic_slip"),
    "s3_1-094": (9124, "doubtful"),
    "s3_2-024": (12.0, "other_revision"),
    "s3_2-025": (92834, "other_revision"),
    "s3_2-032": (52.4, "wrong_population_or_side"),
    "s3_2-034": (754969, "other_years"),
    "s3_2-048": (95.0, "truncation"),
    "t3-001": (166696, "doubtful"),
}
# Parts that only the report prints, worked out as NSC's published total less the other parts,
# and totals of surveys checked against their printed parts.
FROM_PRINTED_PARTS = {
    *(f"s3_1-{n:03d}" for n in (45, 47, 50, 52, 54, *range(63, 70, 2), *range(71, 88, 2))),
    *(f"s3_2-{n:03d}" for n in (47, 59, 72, 74, 76, 78, 80)),
    "t3-001", "t3-033",
}  # fmt: skip


@pytest.fixture(scope="module")
def section_3(reference: Reference) -> Reference:
    """The reference tables with the claims of these sections alone."""
    claims = reference.table("report_claim")
    claims = claims[claims["section"].isin(SECTIONS)].reset_index(drop=True)
    derivations = reference.table("claim_derivation")
    derivations = derivations[derivations["claim_id"].isin(claims["claim_id"])]
    tables = {"report_claim": claims, "claim_derivation": derivations.reset_index(drop=True)}
    return replace(reference, tables=reference.tables | tables)


@pytest.fixture(scope="module")
def checked(published: duckdb.DuckDBPyConnection, section_3: Reference) -> pd.DataFrame:
    """The check of these claims, run over the published file, with their sections."""
    found = report_check(published, section_3)
    return found.merge(section_3.table("report_claim"), on="claim_id").set_index("claim_id")


def test_every_number_of_the_sections_has_a_derivation(section_3: Reference) -> None:
    claims, derivations = section_3.table("report_claim"), section_3.table("claim_derivation")
    assert len(claims) == 223
    assert set(derivations["claim_id"]) == set(claims["claim_id"])


def test_the_numbers_fall_into_these_statuses(checked: pd.DataFrame) -> None:
    assert checked.groupby(["section", "status"], observed=True).size().to_dict() == STATUSES


def test_what_differs_differs_by_so_much_and_for_this_cause(checked: pd.DataFrame) -> None:
    differs = checked[checked["status"] == "differs"]
    found = {
        name: (round(value, 1), cause)
        for name, value, cause in zip(
            differs.index, differs["value"], differs["cause"], strict=True
        )
    }
    assert found == DISCREPANCIES


def test_the_published_check_says_the_same(
    published: duckdb.DuckDBPyConnection, checked: pd.DataFrame
) -> None:
    rows = published.execute(
        "SELECT claim_id, status, cause FROM report_check JOIN report_claim USING (claim_id) "
        "WHERE section IN ('3.1', '3.2', 'Table 3')"
    ).fetchall()
    causes = checked["cause"].astype("object")
    causes = causes.where(causes.notna(), None)
    assert sorted(rows, key=str) == sorted(
        zip(checked.index, checked["status"], causes, strict=True), key=str
    )


def test_no_derivation_repeats_the_number_that_it_checks(
    published: duckdb.DuckDBPyConnection, section_3: Reference
) -> None:
    """Were the printed number another one, each derivation would say that it differs."""
    claims = section_3.table("report_claim")
    derivations = section_3.table("claim_derivation")
    misprinted = claims.assign(printed_value=2 * claims["printed_value"] + 1_000_000)
    causeless = derivations.assign(cause=pd.NA, cause_expression=pd.NA)
    tables = {"report_claim": misprinted, "claim_derivation": causeless}
    found = report_check(published, replace(section_3, tables=section_3.tables | tables))
    derived = found[found["status"] != "not_derivable"]
    assert len(derived) == 223 - 79
    assert set(derived["status"]) == {"differs"}


def test_the_reports_own_print_is_asked_for_parts_alone(section_3: Reference) -> None:
    derivations = section_3.table("claim_derivation").set_index("claim_id")
    asks_print = derivations["expression"].str.contains("iom_report", na=False)
    assert set(derivations.index[asks_print]) == FROM_PRINTED_PARTS
    over_claims = derivations.loc[derivations["method"] == "arithmetic", "expression"]
    assert not [name for name, sql in over_claims.items() if f"'{name}'" in sql]


@pytest.mark.parametrize(
    ("claim", "ages"),
    [
        ("s3_2-028", ["Y0T4", "Y5T9", "Y10T14", "Y15T19"]),
        ("s3_2-029", ["Y20T24", "Y25T29", "Y30T34", "Y35T39"]),
        ("s3_2-030", ["Y40T44", "Y45T49", "Y50T54", "Y55T59"]),
        ("s3_2-031", ["Y60T64", "Y65T69", "Y70T74", "Y_GE75"]),
    ],
)
def test_ages_said_of_emigrants_are_those_of_migrants_in_the_country(
    published: duckdb.DuckDBPyConnection, claim: str, ages: list[str]
) -> None:
    """Ages by origin are not published; the other side's, rounded one by one, add up to these."""
    rows = published.execute(
        """
        SELECT sum(round(100 * part.value / whole.value, 1)), any_value(claim($claim))
        FROM stock_history AS part JOIN stock_history AS whole
          USING (source, dataset, release, indicator, year, origin, destination, sex)
        WHERE source = 'undesa' AND dataset = 'age_sex' AND release = '2020' AND year = 2020
          AND destination = 'KGZ' AND sex = '_T' AND whole.age = '_T'
          AND part.age IN (SELECT unnest($ages))
        """,
        {"claim": claim, "ages": ages},
    ).fetchall()
    by_origin = published.execute(
        "SELECT count(*) FROM stock_history "
        "WHERE source = 'undesa' AND origin = 'KGZ' AND destination <> 'KGZ' AND age <> '_T'"
    ).fetchall()
    assert rows[0][0] == pytest.approx(rows[0][1])
    assert by_origin == [(0,)]


def test_the_other_origins_lack_romania(published: duckdb.DuckDBPyConnection) -> None:
    """The printed origins make the total of no revision: 472 short of that of 2019."""
    rows = published.execute(
        """
        SELECT claim('s3_1-009') + claim('s3_1-011') + claim('s3_1-013') + claim('s3_1-015')
             + claim('s3_1-017'), max(value) FILTER (origin = 'WLD'),
             max(value) FILTER (origin = 'ROU')
        FROM stock_history
        WHERE source = 'undesa' AND dataset = 'destination_origin' AND release = '2019'
          AND destination = 'KGZ' AND year = 2019 AND sex = '_T'
        """
    ).fetchall()
    assert rows == [(199788, 200260, 472)]


def test_an_even_spread_puts_the_median_age_a_tenth_above_the_printed_one(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """What the exception of the median says: the groups can't tell, and come near."""
    rows = published.execute(
        """
        SELECT 40 + 5 * (sum(value) FILTER (age = '_T') / 2 - sum(value) FILTER (
            age IN ('Y0T4', 'Y5T9', 'Y10T14', 'Y15T19', 'Y20T24', 'Y25T29', 'Y30T34', 'Y35T39')
          )) / sum(value) FILTER (age = 'Y40T44'), claim('s3_1-008')
        FROM stock_history
        WHERE source = 'undesa' AND dataset = 'age_sex' AND release = '2020' AND year = 2020
          AND destination = 'KGZ' AND sex = '_T'
        """
    ).fetchall()
    ((median, printed),) = rows
    assert (round(median, 1), printed) == (43.8, 43.7)
