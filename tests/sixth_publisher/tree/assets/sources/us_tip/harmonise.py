"""Trafficking cases to observations: flows of a year within the country."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assets.sources.observations import complete, days, detail_text, with_breakdown
from warehouse.reference_data import Reference

SOURCE = "us_tip"


def harmonise(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """Cases of all releases as observations; cases by form are one set of parts.

    Args:
        tables: The source-shaped frame ``cases``.
        reference: Not needed; all publishers' functions take the same.
    """
    cases = tables["cases"]
    form = cases["form"].astype("str")
    first = (cases["year"].to_numpy(dtype="int64") - 1970).astype("datetime64[Y]")
    varying = {
        "origin": cases["country"],
        "destination": cases["country"],
        "detail": form.map(lambda one: "_T" if one == "total" else detail_text(form=one)).astype(
            "category"
        ),
        "additive_set": form.map(lambda one: None if one == "total" else "form").astype("category"),
        "year": cases["year"],
        "period_start": days(first.astype("datetime64[D]")),
        "period_end": days((first + 1).astype("datetime64[D]") - 1),
        "value": cases["cases"].astype("float64"),
        "precision": np.zeros(len(cases)),
        "release": cases["release"],
        "extract_id": cases["extract_id"],
        "source_ref": cases["source_ref"] + ", cases",
    }
    constants = {
        "measure": "flow", "indicator": "trafficking_cases_reported", "unit": "cases", "freq": "A",
        "obs_status": "A", "definition": "us_tip_report_case", "producer": SOURCE, "source": SOURCE,
        "dataset": "cases",
    }  # fmt: skip
    return with_breakdown(complete(varying, constants))
