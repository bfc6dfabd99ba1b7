"""NBKR's remittances to observations.

Rules of the source: money that individuals send through transfer systems, in US dollars (printed
in millions). The partner stands as origin of what comes in and of the net flow, and as destination
of what goes out. Months lie within longer spans and countries are no whole list, so nothing makes
a set; only the figure of a whole year is a part, by channel, of all transfers of that year.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assets.sources.observations import WORLD, chosen, complete, days, with_breakdown
from schemas.facts import OBSERVATIONS
from schemas.sources.nbkr import FLOWS
from schemas.validate import empty_frame
from warehouse.reference_data import Reference

SOURCE = "nbkr"
COUNTRY = "KGZ"
MILLION = 1_000_000.0
CHANNEL = "channel=money_transfer_systems"
INDICATORS = {
    "inflow": "remittance_inflow", "outflow": "remittance_outflow", "net": "remittance_net",
}  # fmt: skip
DEFINITIONS = {
    "inflow": "nbkr_remittances_received", "outflow": "nbkr_remittances_sent",
    "net": "nbkr_net_remittances",
}  # fmt: skip
_FREQ = {1: "M", 3: "Q", 12: "A"}


def harmonise(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """All remittances as observations; of exchange rates none are made.

    Args:
        tables: Source-shaped frames by dataset, in the columns of ``schemas.sources.nbkr``.
        reference: Area codes by the names of countries.

    Returns:
        Flows in US dollars, in the columns of ``schemas.facts.OBSERVATIONS``.
    """
    frame = tables.get("remittances")
    if frame is None or frame.empty:
        return empty_frame(OBSERVATIONS)
    flow = np.array([FLOWS.index(one) for one in frame["flow"]])
    partner = frame["country"].astype("str").map(reference.areas_by_name(SOURCE))
    leaving = frame["flow"] == "outflow"
    freq = pd.Series(_frequency(frame), index=frame.index)
    whole = (freq == "A") & (partner == WORLD)
    varying = {
        "indicator": chosen(flow, [INDICATORS[one] for one in FLOWS]),
        "definition": chosen(flow, [DEFINITIONS[one] for one in FLOWS]),
        "origin": _codes(partner.where(~leaving, COUNTRY)),
        "destination": _codes(partner.where(leaving, COUNTRY)),
        "freq": _codes(freq),
        "year": frame["period_end"].dt.year.astype("Int64"),
        "period_start": days(frame["period_start"].to_numpy(dtype="datetime64[D]")),
        "period_end": days(frame["period_end"].to_numpy(dtype="datetime64[D]")),
        # Cents that binary fractions add are nobody's.
        "value": (frame["value"] * MILLION).round(2).to_numpy(),
        "precision": (frame["rounding"] * MILLION).round(2).to_numpy(),
        "qualifier": _codes(frame["qualifier"]),
        "obs_status": chosen(frame["provisional"].astype("int64").to_numpy(), ["A", "P"]),
        "additive_set": chosen(np.where(whole, 0, -1), [CHANNEL]),
        "published_in": frame["published_in"],
        "release": frame["release"],
        "extract_id": frame["extract_id"],
        "source_ref": frame["source_ref"],
    }
    constants = {
        "measure": "flow", "unit": "usd", "detail": CHANNEL, "producer": SOURCE,
        "source": SOURCE, "dataset": "remittances",
    }  # fmt: skip
    return with_breakdown(complete(varying, constants))


def months_of(frame: pd.DataFrame) -> pd.Series:
    """Number of months of each span."""
    first, last = frame["period_start"].dt.month, frame["period_end"].dt.month
    months: pd.Series = (last - first + 1).astype("int64")
    return months


def _frequency(frame: pd.DataFrame) -> list[str]:
    """A year, a quarter or a month by the calendar; any other span is _O."""
    first = frame["period_start"].dt.month.astype("int64")
    return [
        _FREQ.get(months, "_O") if (start - 1) % months == 0 else "_O"
        for months, start in zip(months_of(frame), first, strict=True)
    ]


def _codes(values: pd.Series) -> pd.Categorical:
    positions, names = pd.factorize(values.astype("object"))
    return chosen(positions, [str(one) for one in names])
