"""Set every number that the report prints beside what the warehouse gives.

A derivation is SQL of one number (table ``claim_derivation``); it runs in the warehouse about to be
published. A cause is believed only when its own SQL gives the printed number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd

from schemas.report import REPORT_CHECK
from schemas.validate import validate
from warehouse.reference_data import Reference

NOT_WRITTEN = "no derivation written yet"
_RELEASES = re.compile(r"\brelease\s*(?:=\s*|in\s*\()((?:'[^']*'(?:\s*,\s*)?)+)", re.IGNORECASE)
# Floating point: shares and sums come within this of what they are.
_CLOSE = 1e-9


class CheckRefused(Exception):
    """A derivation that can't stand: it fails, gives nothing, or states a cause not shown."""


@dataclass(frozen=True)
class Verdict:
    """What the check says of one claim: the columns of ``report_check`` but its id."""

    value: float | None
    status: str
    cause: str | None
    evidence: str


def report_check(connection: duckdb.DuckDBPyConnection, reference: Reference) -> pd.DataFrame:
    """Check all claims.

    Args:
        connection: The warehouse, with macro ``claim``.
        reference: Tables ``report_claim`` and ``claim_derivation``.

    Returns:
        One row a claim, in the columns of ``schemas.report.REPORT_CHECK``.

    Raises:
        CheckRefused: Every derivation that can't stand, each with its claim.
    """
    held = _held_releases(connection)
    derivations = {one["claim_id"]: one for one in _records(reference, "claim_derivation")}
    rows, refused = [], []
    for claim in _records(reference, "report_claim"):
        name = claim["claim_id"]
        try:
            verdict = _verdict(connection, claim, derivations.get(name), held)
        except CheckRefused as error:
            refused.append(f"{name}: {error}")
            continue
        rows.append({"claim_id": name, **vars(verdict)})
    if refused:
        raise CheckRefused("report check\n  " + "\n  ".join(refused))
    return validate(pd.DataFrame(rows), REPORT_CHECK, reference.codes)


def agreement(value: float, printed: float, rounding: str) -> str:
    """Whether a value is the printed number.

    Args:
        value: What the warehouse gives.
        printed: What the report prints.
        rounding: ``exact``, a step (``1``, ``0.1``, ``1000``), ``about`` (nearest, to the last
            digit of the printed number that is not zero) or ``at_least`` (downwards, to the same).

    Returns:
        ``reproduced``, ``rounded`` or ``differs``. A tie may go either way, as half up and half
        to even would.
    """
    # Sums of doubles are off in their last digits, and half a step is no small thing to miss.
    slack = _CLOSE * max(1.0, abs(value))
    if abs(value - printed) <= slack:
        return "reproduced"
    if rounding == "exact":
        return "differs"
    if rounding == "at_least":
        fits = 0 <= value - printed < last_digit(printed)
    else:
        step = last_digit(printed) if rounding == "about" else float(rounding)
        fits = abs(value - printed) <= step / 2 + slack
    return "rounded" if fits else "differs"


def last_digit(printed: float) -> float:
    """The place value of the last digit that is not zero: 1000 for 18,000, 0.1 for 2.5."""
    exponent = Decimal(repr(printed)).normalize().as_tuple().exponent
    return float(Decimal(1).scaleb(int(exponent)))


def _verdict(
    connection: duckdb.DuckDBPyConnection,
    claim: dict[str, Any],
    derivation: dict[str, Any] | None,
    held: frozenset[str],
) -> Verdict:
    if derivation is None:
        return Verdict(None, "not_derivable", None, NOT_WRITTEN)
    if derivation["method"] == "exception":
        return Verdict(None, "not_derivable", None, derivation["explanation"])
    expression, cause = derivation["expression"], derivation["cause"]
    missing = named_releases(expression, derivation["cause_expression"]) - held
    if missing:
        # A home may hold other extracts than ours; then nothing is said, and nothing is wrong.
        told = f"not in this warehouse: release {', '.join(sorted(missing))}"
        return Verdict(None, "not_derivable", None, told)
    value = _number(_ask(connection, expression), expression)
    status = agreement(value, claim["printed_value"], claim["rounding"])
    evidence = f"{expression} = {value:.10g}"
    if status != "differs":
        if cause is not None:
            raise CheckRefused(f"cause {cause}, but {evidence} is the printed number ({status})")
        return Verdict(value, status, None, evidence)
    evidence += f"; printed {claim['printed_value']:.10g}"
    if derivation["cause_expression"] is None:
        return Verdict(value, status, "doubtful", f"{evidence}; no query shows why")
    shown = _cause_shown(connection, claim, derivation)
    return Verdict(value, status, cause, f"{evidence}; {cause}: {shown}")


def _cause_shown(
    connection: duckdb.DuckDBPyConnection, claim: dict[str, Any], derivation: dict[str, Any]
) -> str:
    """The query that shows a cause, with what it gave.

    Raises:
        CheckRefused: It does not give the printed number, nor true.
    """
    query = derivation["cause_expression"]
    given = _ask(connection, query)
    if given is True:
        return f"{query} = true"
    value = None if given is False else _number(given, query)
    if value is None or agreement(value, claim["printed_value"], claim["rounding"]) == "differs":
        raise CheckRefused(
            f"cause {derivation['cause']} is not shown: {query} = {given}, "
            f"printed {claim['printed_value']:.10g}"
        )
    return f"{query} = {value:.10g}"


def named_releases(*expressions: str | None) -> frozenset[str]:
    """The releases that SQL names: ``release = '2023-end'``, ``release IN ('2020', '2024')``."""
    return frozenset(
        name
        for expression in expressions
        if expression is not None
        for group in _RELEASES.findall(expression)
        for name in re.findall(r"'([^']*)'", group)
    )


def _ask(connection: duckdb.DuckDBPyConnection, expression: str) -> Any:
    try:
        rows = connection.execute(f"SELECT ({expression})").fetchall()
    except duckdb.Error as error:
        raise CheckRefused(f"{expression} fails: {error}") from None
    if len(rows) != 1:
        raise CheckRefused(f"{expression} gives {len(rows)} rows, not one number")
    return rows[0][0]


def _number(given: Any, expression: str) -> float:
    if given is None:
        raise CheckRefused(f"{expression} gives nothing")
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        raise CheckRefused(f"{expression} gives {given!r}, which is no number")
    return float(given)


def _held_releases(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    rows = connection.execute("SELECT DISTINCT release FROM extract WHERE accepted").fetchall()
    return frozenset(release for (release,) in rows)


def _records(reference: Reference, table: str) -> list[dict[str, Any]]:
    frame = reference.table(table).astype("object")
    return frame.where(frame.notna(), None).to_dict("records")  # type: ignore[return-value]
