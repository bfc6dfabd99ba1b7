"""The report's Table 2: which source speaks to a theme, in which years, and how to get it."""

from __future__ import annotations

import pandas as pd

from schemas.assessment import SOURCES_BY_YEAR
from schemas.validate import validate
from warehouse.reference_data import Reference


def sources_by_year(evidence: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Sources of each theme.

    Args:
        evidence: Rows of the view ``cell_evidence``: what was observed.
        reference: Tables ``source`` and ``coverage``.

    Returns:
        One row a country, theme, source and access, in the columns of
        ``schemas.assessment.SOURCES_BY_YEAR``; years as spans, ``2018-2022;2025``.
    """
    sources = reference.table("source").astype({"source": "str", "access": "str"})
    told = evidence[evidence["observations"] > 0][["country", "theme", "producer", "year"]]
    seen = told.rename(columns={"producer": "source"}).astype(
        {"country": "str", "theme": "str", "source": "str"}
    )
    seen = seen.merge(sources[["source", "access"]], on="source")
    coverage = reference.table("coverage")
    holding = coverage[
        (coverage["holds"] != "nothing") & coverage["country"].isin(reference.active_countries())
    ]
    known = pd.DataFrame(
        [
            {name: str(one[name]) for name in ("country", "theme", "source", "access")}
            | {"year": year}
            for one in holding.to_dict("records")
            for year in range(int(one["year_from"]), int(one["year_to"]) + 1)
        ],
        columns=["country", "theme", "source", "access", "year"],
    )
    keys = ["country", "theme", "source", "access"]
    years = (
        pd.concat([seen, known], ignore_index=True)
        .groupby(keys)["year"]
        .agg(spans)
        .rename("years")
        .reset_index()
    )
    described = years.merge(sources.drop(columns=["access", "country"]), on="source", how="left")
    return validate(described[SOURCES_BY_YEAR.columns], SOURCES_BY_YEAR, reference.codes)


def spans(years: pd.Series) -> str:
    """Years as spans.

    Args:
        years: Years, in any order, repeated or not.

    Returns:
        ``2018-2022;2025``.
    """
    found: list[list[int]] = []
    for year in sorted({int(one) for one in years}):
        if found and year == found[-1][1] + 1:
            found[-1][1] = year
        else:
            found.append([year, year])
    return ";".join(str(first) if first == last else f"{first}-{last}" for first, last in found)
