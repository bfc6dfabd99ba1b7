"""The report check: each status, each refusal, and the known differences of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.report.check import (
    NOT_WRITTEN,
    CheckRefused,
    agreement,
    last_digit,
    named_releases,
    report_check,
)
from schemas.reference import CLAIM_DERIVATION, REPORT_CLAIM
from schemas.validate import conform
from warehouse.reference_data import Reference

Check = Callable[..., dict[str, Any]]

ASK = "SELECT sum(value) FROM stock WHERE release = '2023-end'"
CLAIM = {
    "claim_id": "one", "section": "4.1", "statement": "refugees", "printed_value": 189.0,
    "unit": "persons", "rounding": "exact", "cited_source": None, "note": None,
}  # fmt: skip
OTHER = CLAIM | {"claim_id": "other", "printed_value": 94.5}
DERIVATION = {
    "claim_id": "one", "method": "query", "expression": ASK, "release_note": None, "cause": None,
    "cause_expression": None, "explanation": None,
}  # fmt: skip


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse of two figures of 2023-end: 180 and 9."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE extract AS SELECT '2023-end' AS release, true AS accepted")
        connection.execute("INSERT INTO extract VALUES ('2023-mid', false)")
        connection.execute(
            "CREATE TABLE stock AS SELECT '2023-end' AS release, unnest([180.0, 9.0]) AS value"
        )
        connection.execute("CREATE TABLE report_claim (claim_id VARCHAR, printed_value DOUBLE)")
        connection.execute("INSERT INTO report_claim VALUES ('one', 189), ('other', 94.5)")
        connection.execute(
            "CREATE MACRO claim(id) AS (SELECT printed_value FROM report_claim WHERE claim_id = id)"
        )
        yield connection


@pytest.fixture
def check(warehouse: duckdb.DuckDBPyConnection, reference: Reference) -> Check:
    """Check claim ``one`` with a derivation that is given in parts; None: there is none."""

    def run(claim: dict[str, Any] | None = None, **derivation: Any) -> dict[str, Any]:
        written = [] if derivation.get("method", "query") is None else [DERIVATION | derivation]
        claims = pd.DataFrame([CLAIM | (claim or {}), OTHER])
        frame = pd.DataFrame(written, columns=CLAIM_DERIVATION.columns)
        tables = {
            "report_claim": conform(claims, REPORT_CLAIM),
            "claim_derivation": conform(frame, CLAIM_DERIVATION),
        }
        codes = reference.codes | {"claim": frozenset(("one", "other"))}
        found = report_check(warehouse, Reference(tables, codes, ""))
        assert list(found["claim_id"]) == ["one", "other"]
        first = found.astype("object").where(found.notna(), None).to_dict("records")[0]
        return {str(name): value for name, value in first.items()}

    return run


# --- each status


def test_the_same_number_is_reproduced(check: Check) -> None:
    found = check()
    assert (found["status"], found["value"], found["cause"]) == ("reproduced", 189.0, None)
    assert found["evidence"] == f"{ASK} = 189"


def test_a_rounded_number_is_rounded(check: Check) -> None:
    found = check({"printed_value": 200.0, "rounding": "100"})
    assert (found["status"], found["value"], found["cause"]) == ("rounded", 189.0, None)


def test_another_number_without_a_query_is_doubtful(check: Check) -> None:
    for cause in (None, "doubtful"):
        found = check({"printed_value": 198.0}, cause=cause)
        assert (found["status"], found["value"], found["cause"]) == ("differs", 189.0, "doubtful")
        assert found["evidence"] == f"{ASK} = 189; printed 198; no query shows why"


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("SELECT max(value) FROM stock WHERE release = '2023-end'", "180"),
        ("2 * claim('other') - 9", "180"),
        ("SELECT count(*) = 2 FROM stock", "true"),
    ],
)
def test_a_cause_is_stated_with_what_its_query_gave(check: Check, query: str, given: str) -> None:
    claim = {"printed_value": 180.0}
    found = check(claim, cause="incomplete_list", cause_expression=query)
    assert (found["status"], found["cause"]) == ("differs", "incomplete_list")
    shown = f"{ASK} = 189; printed 180; incomplete_list: {query} = {given}"
    assert found["evidence"] == shown


def test_a_cause_may_give_the_number_before_it_was_rounded(check: Check) -> None:
    claim = {"printed_value": 95.0, "rounding": "1"}
    found = check(claim, cause="wrong_population_or_side", cause_expression="claim('other')")
    assert (found["status"], found["cause"]) == ("differs", "wrong_population_or_side")


def test_arithmetic_asks_other_claims(check: Check) -> None:
    found = check(method="arithmetic", expression="2 * claim('other')")
    assert (found["status"], found["value"]) == ("reproduced", 189.0)


def test_an_exception_says_why_it_is_one(check: Check) -> None:
    found = check(method="exception", expression=None, explanation="A term of the law.")
    assert (found["status"], found["value"], found["cause"]) == ("not_derivable", None, None)
    assert found["evidence"] == "A term of the law."


def test_a_claim_without_a_derivation_says_so(check: Check) -> None:
    found = check(method=None)
    assert (found["status"], found["evidence"]) == ("not_derivable", NOT_WRITTEN)


@pytest.mark.parametrize("release", ["2025-end", "2023-mid"])
@pytest.mark.parametrize("column", ["expression", "cause_expression"])
def test_a_release_that_is_not_held_says_nothing(check: Check, release: str, column: str) -> None:
    # A refused extract is not held either.
    query = {column: f"SELECT sum(value) FROM stock WHERE release = '{release}'"}
    found = check({"printed_value": 5.0}, **({"cause": "other_release"} | query))
    assert (found["status"], found["cause"]) == ("not_derivable", None)
    assert found["evidence"] == f"not in this warehouse: release {release}"


# --- each refusal


@pytest.mark.parametrize(
    ("derivation", "told"),
    [
        ({"expression": "SELECT no_such FROM stock WHERE release = '2023-end'"}, "fails: "),
        ({"expression": "SELECT value FROM stock WHERE release = '2023-end'"}, "fails: "),
        ({"expression": f"{ASK} AND value > 999"}, "gives nothing"),
        ({"expression": "SELECT max(release) FROM stock WHERE release = '2023-end'"}, "no number"),
        ({"expression": "SELECT true FROM extract WHERE release = '2023-end'"}, "no number"),
        ({"method": "arithmetic", "expression": "2 * claim('no such')"}, "gives nothing"),
        # A cause without a query that gives the printed number.
        ({"cause_expression": "SELECT max(value) + 1 FROM stock"}, "is not shown"),
        ({"cause_expression": "SELECT count(*) = 3 FROM stock"}, "is not shown"),
        ({"cause_expression": "SELECT max(value) FROM stock WHERE value > 999"}, "gives nothing"),
        ({"cause_expression": "SELECT max(no_such) FROM stock"}, "fails: "),
    ],
)
def test_what_does_not_stand_is_refused_by_name(
    check: Check, derivation: dict[str, str], told: str
) -> None:
    printed = {"printed_value": 180.0}
    assert check(printed, cause="typing_slip", cause_expression="claim('one') - 9")
    with pytest.raises(CheckRefused, match=r"report check\n  one: ") as refused:
        check(printed, **({"cause": "typing_slip"} | derivation))
    assert told in str(refused.value)
    assert str(derivation.get("cause_expression", derivation.get("expression"))) in str(
        refused.value
    )


def test_a_cause_of_what_does_not_differ_is_refused(check: Check) -> None:
    with pytest.raises(CheckRefused, match=r"cause typing_slip, but .* = 189 is the printed"):
        check(cause="typing_slip", cause_expression="claim('one')")
    with pytest.raises(CheckRefused, match="cause doubtful, but"):
        check(cause="doubtful")


def test_all_that_is_refused_is_told_at_once(
    warehouse: duckdb.DuckDBPyConnection, reference: Reference
) -> None:
    empty = {"expression": f"{ASK} AND value > 999"}
    derivations = [DERIVATION | empty, DERIVATION | empty | {"claim_id": "other"}]
    tables = {
        "report_claim": conform(pd.DataFrame([CLAIM, OTHER]), REPORT_CLAIM),
        "claim_derivation": conform(pd.DataFrame(derivations), CLAIM_DERIVATION),
    }
    with pytest.raises(CheckRefused, match=r"one: (.*\n)+  other: "):
        report_check(warehouse, Reference(tables, reference.codes, ""))


# --- how numbers agree


@pytest.mark.parametrize(
    ("value", "printed", "rounding", "status"),
    [
        (274.0, 274.0, "exact", "reproduced"),
        (273.9, 274.0, "exact", "differs"),
        (0.1 + 0.2, 0.3, "exact", "reproduced"),
        (41.24, 41.0, "1", "rounded"),
        (41.5, 41.0, "1", "rounded"),
        (41.5, 42.0, "1", "rounded"),
        (41.51, 41.0, "1", "differs"),
        (9.4952, 9.5, "0.1", "rounded"),
        (9.44, 9.5, "0.1", "differs"),
        (1.4768, 1.47, "0.01", "differs"),
        (876_949.0, 876_900.0, "100", "rounded"),
        (876_951.0, 876_900.0, "100", "differs"),
        (714_600.0, 715_000.0, "1000", "rounded"),
        (555_000.0, 600_000.0, "about", "rounded"),
        (549_000.0, 600_000.0, "about", "differs"),
        (4_374.6, 4_375.0, "about", "rounded"),
        (18_525.0, 18_000.0, "at_least", "rounded"),
        (18_000.0, 18_000.0, "at_least", "reproduced"),
        (17_999.0, 18_000.0, "at_least", "differs"),
        (19_000.0, 18_000.0, "at_least", "differs"),
    ],
)
def test_agreement(value: float, printed: float, rounding: str, status: str) -> None:
    assert agreement(value, printed, rounding) == status


@pytest.mark.parametrize(
    ("printed", "place"), [(18_000.0, 1000.0), (20.0, 10.0), (4375.0, 1.0), (2.5, 0.1), (0.0, 1.0)]
)
def test_the_place_of_the_last_digit(printed: float, place: float) -> None:
    assert last_digit(printed) == place


@pytest.mark.parametrize(
    ("expressions", "releases"),
    [
        (("SELECT 1 FROM s WHERE s.release = '2019' AND year = 2020", None), {"2019"}),
        (("release IN ('2020', '2024') OR RELEASE='2019'", "release = '2023-end'"),
         {"2020", "2024", "2019", "2023-end"}),
        (("indicator IN ('a') AND release_note = 'b'", "claim('c')"), set()),
    ],
)  # fmt: skip
def test_named_releases(expressions: tuple[str | None, ...], releases: set[str]) -> None:
    assert named_releases(*expressions) == releases


# --- the report itself


def verdict(published: duckdb.DuckDBPyConnection, claim: str) -> tuple[str, str | None, float]:
    query = "SELECT status, cause, value FROM report_check WHERE claim_id = ?"
    ((status, cause, value),) = published.execute(query, [claim]).fetchall()
    return status, cause, value


@pytest.mark.parametrize(
    ("claim", "cause", "value"),
    [
        ("t5-032", "other_measure", 164.0),  # new applications, not asylum seekers
        ("t5-035", "other_measure", 669.0),
        ("s4_1-004", "other_measure", 669.0),
        ("s4_3-032", "other_years", 6502.0),  # from 2008, not from 2018
        ("s4_3-034", "other_years", 0.0),
        ("t6-025", "arithmetic_slip", 2315.0),  # parts of Table 6 do not make three totals
        ("t6-028", "typing_slip", 2369.0),
        ("t6-029", "doubtful", 2668.0),
        ("s4_2-014", "sum_over_stock_years", 535.0),
        ("s4_2-020", "sum_over_stock_years", 81.0),
    ],
)
def test_a_known_difference_is_found_with_its_cause(
    published: duckdb.DuckDBPyConnection, claim: str, cause: str, value: float
) -> None:
    assert verdict(published, claim) == ("differs", cause, value)


def test_the_stock_of_mid_year_stands_beside_new_applications(
    published: duckdb.DuckDBPyConnection,
) -> None:
    # Table 5: flows to 2022, a stock in 2023.
    assert verdict(published, "t5-036") == ("reproduced", None, 775.0)


def test_every_cause_has_a_query_that_gives_the_printed_number(
    published: duckdb.DuckDBPyConnection,
) -> None:
    stated = published.execute(
        "SELECT claim_id, d.cause_expression, c.printed_value, c.rounding "
        "FROM report_check AS r JOIN claim_derivation AS d USING (claim_id) "
        "JOIN report_claim AS c USING (claim_id) "
        "WHERE r.cause <> 'doubtful'"
    ).fetchall()
    assert len(stated) > 30
    for claim, expression, printed, rounding in stated:
        ((given,),) = published.execute(f"SELECT ({expression})").fetchall()
        shown = given is True or agreement(float(given), printed, rounding) != "differs"
        assert shown, (claim, expression, given)


def test_every_claim_is_checked(published: duckdb.DuckDBPyConnection) -> None:
    counts = published.execute(
        "SELECT count(*), count(r.claim_id) "
        "FROM report_claim LEFT JOIN report_check AS r USING (claim_id)"
    ).fetchall()
    assert counts == [(646, 646)]


def test_every_claim_has_a_derivation_or_a_reviewed_reason(
    published: duckdb.DuckDBPyConnection,
) -> None:
    query = "SELECT claim_id FROM report_check WHERE evidence = ?"
    assert published.execute(query, [NOT_WRITTEN]).fetchall() == []
    # Whoever writes a derivation also says why it differs, if only that nobody knows.
    unexplained = (
        "SELECT r.claim_id FROM report_check AS r JOIN claim_derivation AS d USING (claim_id) "
        "WHERE r.status = 'differs' AND d.cause IS NULL"
    )
    assert published.execute(unexplained).fetchall() == []


def test_nothing_is_left_out_because_a_release_is_not_held(
    published: duckdb.DuckDBPyConnection,
) -> None:
    query = "SELECT claim_id FROM report_check WHERE evidence LIKE 'not in this warehouse%'"
    assert published.execute(query).fetchall() == []
