"""Table displacement_event: the events that IDMC lists, of all its releases."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assets.sources.idmc.counts import BY_CATEGORY, COLUMNS, SOURCE
from assets.sources.idmc.harmonise import cell_place, event_names
from schemas.facts import DISPLACEMENT_EVENT
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference

_AS_THEY_ARE = ("event_name", "year", "hazard_category", "hazard_type", "hazard_sub_type",
                "release", "extract_id")  # fmt: skip


def displacement_events(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """IDMC's events, one row a published row.

    Args:
        tables: Source-shaped frames by dataset.
        reference: Not needed; all publishers' functions take the same.

    Returns:
        Columns of ``schemas.facts.DISPLACEMENT_EVENT``, persons: the movements of the disaster
        list, rows that stand twice included, and the single figures of the disaggregated
        export, movements and stocks of either cause.
    """
    parts = [_of_disasters(tables["disasters"]), _of_figures(tables["disaggregated"])]
    held = [part for part in parts if len(part)]
    if not held:
        return empty_frame(DISPLACEMENT_EVENT)
    return conform(pd.concat(held, ignore_index=True), DISPLACEMENT_EVENT)


def _of_disasters(frame: pd.DataFrame) -> pd.DataFrame:
    exact = cell_place(frame, "disasters", "displacements_raw").to_numpy()
    rounded = cell_place(frame, "disasters", "displacements_rounded").to_numpy()
    return _as_events(frame, "disasters").assign(
        event=event_names(frame),
        cause="disaster",
        start_date=frame["start_date"],
        end_date=frame["end_date"],
        indicator=COLUMNS["disasters"]["displacements"].indicator,
        value=frame["displacements_raw"].fillna(frame["displacements_rounded"]),
        value_rounded=frame["displacements_rounded"],
        places=None,
        source_ref=np.where(frame["displacements_raw"].notna(), exact, rounded),
    )


def _of_figures(frame: pd.DataFrame) -> pd.DataFrame:
    counted = zip(frame["cause"], frame["figure_category"], strict=True)
    named = frame.assign(start_date=frame["event_start_date"])
    return _as_events(frame, "disaggregated").assign(
        event=event_names(named),
        cause=frame["cause"].astype("str").str.lower(),
        start_date=frame["event_start_date"],
        end_date=frame["event_end_date"],
        indicator=[BY_CATEGORY[one].indicator for one in counted],
        value=frame["total_figures"],
        value_rounded=None,
        places=frame["locations_name"],
        source_ref=cell_place(frame, "disaggregated", "total_figures").to_numpy(),
    )


def _as_events(frame: pd.DataFrame, dataset: str) -> pd.DataFrame:
    plain = {name: frame[name] for name in _AS_THEY_ARE}
    return pd.DataFrame(plain).assign(country=frame["iso3"], source=SOURCE, dataset=dataset)
