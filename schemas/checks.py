"""Row checks that several publishers' tables share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from schemas.table import RowCheck


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
