"""Row checks that several publishers' tables share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from schemas.table import Field, RowCheck

# More than there are people, and more than any sum of money here, in whatever unit.
MOST_PEOPLE = 10**10
MOST = 10**13
_PEOPLE = ("persons", "cases", "persons or cases")


def not_negative(columns: Sequence[str]) -> tuple[RowCheck, ...]:
    """Counts of at least 0, one check a column."""

    def rule(column: str) -> Callable[[pd.DataFrame], pd.Series]:
        return lambda frame: ~(frame[column] < 0).fillna(False)

    return tuple(
        RowCheck(f"not_negative:{one}", "a count of at least 0", rule(one), one) for one in columns
    )


def year_from(first: int) -> RowCheck:
    """A year from the publisher's first to next year."""
    return RowCheck(
        "year_in_range",
        f"a year from {first} to next year",
        lambda frame: frame["year"].between(first, pd.Timestamp.now().year + 1),
        "year",
    )


def within_measure(fields: Sequence[Field]) -> tuple[RowCheck, ...]:
    """Numbers that can be true at all: a slip of the keyboard must not become a figure.

    Args:
        fields: All columns of a table; those with numbers are checked, by their unit.
    """

    def rule(column: str, most: int) -> Callable[[pd.DataFrame], pd.Series]:
        return lambda frame: ~(frame[column].abs() > most).fillna(False)

    limits = {
        one.name: MOST_PEOPLE if one.unit in _PEOPLE else MOST
        for one in fields
        if one.kind in ("integer", "number")
    }
    return tuple(
        RowCheck(f"within_measure:{name}", f"a number of at most {most:,}", rule(name, most), name)
        for name, most in limits.items()
    )


def multiple_of(precision: str) -> RowCheck:
    """A figure that its own unit of rounding can make.

    Args:
        precision: The column with the unit of rounding; 0 and missing allow any figure.
    """

    def holds(frame: pd.DataFrame) -> pd.Series:
        steps = frame["value"] / frame[precision].where(frame[precision] > 0)
        return steps.isna() | ((steps - steps.round()).abs() < 1e-6)

    return RowCheck(f"multiple_of_{precision}", f"a multiple of the {precision}", holds, precision)
