"""What is odd in the tables of trafficking cases: nothing is looked for yet."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from schemas.facts import QUALITY_ISSUE
from schemas.validate import empty_frame
from warehouse.reference_data import Reference


def quality_issues(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """No issues; the columns of ``schemas.facts.QUALITY_ISSUE``."""
    return empty_frame(QUALITY_ISSUE)
