"""What is odd in UNHCR's accepted files and was kept."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from assets.sources.oddities import issue_rows
from assets.sources.unhcr.counts import SOURCE
from schemas.facts import QUALITY_ISSUE
from schemas.sources.unhcr import DECISION_VALUES
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference


def quality_issues(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """What is odd in UNHCR's accepted files.

    Args:
        tables: Source-shaped frames by dataset.
        reference: Not needed; all publishers' functions take the same.

    Returns:
        Issues in the columns of ``schemas.facts.QUALITY_ISSUE``: decisions whose parts do not
        make their total, and demographic totals that differ from the population table.
    """
    found = [
        _decisions_that_do_not_add_up(tables["asylum_decisions"]),
        _demographics_that_differ(tables["demographics"], tables["population"]),
    ]
    rows = [part for part in found if len(part)]
    return (
        conform(pd.concat(rows, ignore_index=True), QUALITY_ISSUE)
        if rows
        else empty_frame(QUALITY_ISSUE)
    )


def _decisions_that_do_not_add_up(frame: pd.DataFrame) -> pd.DataFrame:
    *parts, total = DECISION_VALUES
    made = frame[parts].fillna(0).sum(axis=1)
    odd = frame[made.ne(frame[total]).fillna(False)].assign(made=made)
    text = [
        f"parts make {row['made']}, printed total is {row[total]}"
        for row in odd[["made", total]].to_dict("records")
    ]
    return issue_rows(_sided(odd), SOURCE, "asylum_decisions", "part_sum_differs", text)


def _demographics_that_differ(frame: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Refugees and asylum seekers by place, summed, against the population table."""
    keys = ["year", "coo_iso", "coa_iso", "release"]
    frame, population = _newest_extract(frame), _newest_extract(population)
    odd_parts = []
    for population_type, column in (("REF", "refugees"), ("ASY", "asylum_seekers")):
        rows = frame[frame["pop_type"] == population_type]
        summed = rows.groupby(keys, observed=True).agg(
            summed=("total", "sum"),
            source_ref=("source_ref", "first"),
            extract_id=("extract_id", "first"),
        )
        printed = population.groupby(keys, observed=True)[column].sum().rename("printed")
        both = summed.join(printed, how="inner").reset_index()
        odd = both[both["summed"] != both["printed"]]
        odd_parts.append(odd.assign(column=column))
    odd = pd.concat(odd_parts, ignore_index=True)
    text = [
        f"{row['column']} by place make {row['summed']}, the population table has {row['printed']}"
        for row in odd.to_dict("records")
    ]
    return issue_rows(_sided(odd), SOURCE, "demographics", "sum_differs_between_datasets", text)


def _newest_extract(frame: pd.DataFrame) -> pd.DataFrame:
    """Of several extracts of a release that hold a pair of countries, the one that stands last."""
    pair = ["coo_iso", "coa_iso", "release"]
    last = frame.groupby(pair, observed=True)["extract_id"].transform("last")
    return frame[(frame["extract_id"].astype("str") == last.astype("str")).to_numpy(dtype=bool)]


def _sided(odd: pd.DataFrame) -> pd.DataFrame:
    return odd.rename(columns={"coo_iso": "origin", "coa_iso": "destination"})
