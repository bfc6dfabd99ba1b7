"""What is odd in UN DESA's accepted files and was kept."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assets.sources.observations import ALL, WORLD
from assets.sources.oddities import issue_rows
from assets.sources.undesa.harmonise import area_of
from assets.sources.undesa.layout import SOURCE
from schemas.facts import QUALITY_ISSUE
from schemas.sources.undesa import sums_of_parts
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference

_SAME = ["release", "extract_id", "year", "sex"]


def quality_issues(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """What is odd in UN DESA's accepted files.

    Args:
        tables: Source-shaped frames by dataset.
        reference: Areas and their kinds.

    Returns:
        Issues in the columns of ``schemas.facts.QUALITY_ISSUE``: figures of the world that differ
        from the sum of the countries (known of revision 2019), and totals of a destination that
        differ between the tables of one revision.
    """
    found = [
        _world_differs(tables["destination_origin"], reference),
        _totals_differ(tables, "destination", reference),
        _totals_differ(tables, "age_sex", reference),
    ]
    rows = [part for part in found if len(part)]
    if not rows:
        return empty_frame(QUALITY_ISSUE)
    return conform(pd.concat(rows, ignore_index=True), QUALITY_ISSUE)


def _world_differs(frame: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """The world as destination against the sum of the countries, by origin."""
    if not len(frame):
        return empty_frame(QUALITY_ISSUE)
    placed = frame.assign(
        origin=area_of(frame, "origin", reference),
        destination=area_of(frame, "destination", reference),
    )
    kinds = reference.table("area").set_index("area")["kind"].astype("str").to_dict()
    kind = placed["destination"].astype("str").map(kinds)
    parts = (~kind.isin(["group", "world"])).to_numpy()
    made, count, missing = sums_of_parts(placed, ["origin", *_SAME], parts)
    value = placed["value"].to_numpy(dtype="float64", na_value=np.nan)
    whole = (kind == "world").to_numpy() & (count > 0) & (missing == 0) & ~np.isnan(value)
    odd = placed[whole & (made != value)].assign(made=made[whole & (made != value)])
    text = [
        f"countries make {row['made']:.0f}, the world is printed as {row['value']} (sex "
        f"{row['sex']})"
        for row in odd[["made", "value", "sex"]].to_dict("records")
    ]
    return issue_rows(odd, SOURCE, "destination_origin", "part_sum_differs", text)


def _totals_differ(
    tables: Mapping[str, pd.DataFrame], dataset: str, reference: Reference
) -> pd.DataFrame:
    """Totals of destinations against those of the table by origin, revision by revision."""
    here, there = tables[dataset], tables["destination_origin"]
    if not len(here) or not len(there):
        return empty_frame(QUALITY_ISSUE)
    if "age" in here:
        here = here[here["age"] == ALL]
    keys = ["destination", "release", "year", "sex"]
    here = here.assign(destination=area_of(here, "destination", reference), origin=WORLD)
    world = there[(pd.Series(area_of(there, "origin", reference)) == WORLD).to_numpy()]
    world = world.assign(destination=area_of(world, "destination", reference))
    text_keys = {name: "str" for name in keys if name != "year"}
    both = here.astype(text_keys).merge(
        world[[*keys, "value"]].astype(text_keys), on=keys, suffixes=("", "_by_origin")
    )
    odd = both[both["value"].ne(both["value_by_origin"]).fillna(False)]
    text = [
        f"the total is {row['value']} here and {row['value_by_origin']} in the table by origin "
        f"(sex {row['sex']})"
        for row in odd[["value", "value_by_origin", "sex"]].to_dict("records")
    ]
    return issue_rows(odd, SOURCE, dataset, "sum_differs_between_datasets", text)
