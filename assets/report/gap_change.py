"""Gaps that opened or closed since the build before."""

from __future__ import annotations

import pandas as pd

from schemas.gaps import GAP_CHANGED
from schemas.validate import validate
from warehouse.reference_data import Reference

CELL = ["country", "theme", "measure", "breakdown", "year"]
_CLOSED = "available"


def gap_changes(
    cells: pd.DataFrame, before: pd.DataFrame | None, reference: Reference
) -> pd.DataFrame:
    """Cells that became wholly available, or ceased to be.

    Args:
        cells: The availability matrix about to be published.
        before: The matrix that is published now; None if there is none.
        reference: Code lists.

    Returns:
        One row a cell whose gap opened or closed, in the columns of ``schemas.gaps.GAP_CHANGED``;
        a cell that one of the two builds does not hold is left out.
    """
    text = dict.fromkeys([*CELL[:-1], "status", "rule"], "str") | {"year": "int64"}
    now = cells[[*CELL, "status", "rule"]].astype(text)
    then = now.head(0) if before is None else before[[*CELL, "status", "rule"]].astype(text)
    both = now.merge(then, on=CELL, suffixes=("", "_before"))
    is_closed, was_closed = both["status"] == _CLOSED, both["status_before"] == _CLOSED
    changed = both[is_closed != was_closed]
    opened = changed["status"] != _CLOSED
    rows = changed.assign(change=opened.map({True: "opened", False: "closed"}))
    return validate(rows[GAP_CHANGED.columns], GAP_CHANGED, reference.codes)
