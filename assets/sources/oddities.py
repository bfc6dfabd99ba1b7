"""Rows of quality issues, the same for all publishers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def issue_rows(
    odd: pd.DataFrame, source: str, dataset: str, kind: str, text: Sequence[str]
) -> pd.DataFrame:
    """Quality issues about rows of a publisher's table.

    Args:
        odd: The rows: release, year, origin, destination, extract_id and source_ref.
        source: Publisher.
        dataset: Its table.
        kind: A code of ``issue_kind``.
        text: For each row what is odd, with the figures that show it.

    Returns:
        A frame in the columns of ``schemas.facts.QUALITY_ISSUE``.
    """
    copied = ("release", "origin", "destination", "extract_id", "source_ref")
    columns = {name: odd[name].astype("str") for name in copied}
    told = {"source": source, "dataset": dataset, "kind": kind, "description": list(text)}
    return pd.DataFrame(columns | {"year": odd["year"]}).assign(**told)
