"""What is odd in NBKR's remittances and was kept: figures that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from assets.sources.nbkr import labels
from assets.sources.nbkr.harmonise import SOURCE, months_of
from schemas.facts import QUALITY_ISSUE
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference

# Seasons make the best month two and a half times the worst; what is beyond is another count.
MOST_UNEVEN = 3.0
# A figure of unknown rounding may be off by this share of itself.
ABOUT = 0.05

Rows = list[dict[str, Any]]


def quality_issues(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """What is odd in NBKR's accepted files.

    Args:
        tables: Source-shaped frames by dataset.
        reference: Area codes by the names of countries.

    Returns:
        Issues in the columns of ``schemas.facts.QUALITY_ISSUE``: inflow less outflow that is not
        the net flow, months that do not make their span, spans of which the longer leaves too
        much or too little for its rest, and figures whose source can be read in two ways.
    """
    frame = tables.get("remittances")
    if frame is None or frame.empty:
        return empty_frame(QUALITY_ISSUE)
    areas = reference.areas_by_name(SOURCE)
    rows: Rows = []
    plain = frame.assign(
        months=months_of(frame),
        area=frame["country"].astype("str").map(areas),
        period_start=frame["period_start"].astype("datetime64[s]"),
        period_end=frame["period_end"].astype("datetime64[s]"),
    )
    for _, group in plain.groupby(["release", "extract_id", "area"], observed=True):
        own: Rows = [{str(k): v for k, v in one.items()} for one in group.to_dict("records")]
        rows += [*_net_that_differs(own), *_ambiguous(own)]
        for flow in ("inflow", "outflow"):
            of_flow = [one for one in own if one["flow"] == flow]
            rows += [*_months_that_differ(of_flow), *_spans_that_differ(of_flow)]
    return conform(pd.DataFrame(rows), QUALITY_ISSUE) if rows else empty_frame(QUALITY_ISSUE)


def _net_that_differs(rows: Rows) -> Rows:
    by_key = {(one["period_start"], one["period_end"], one["flow"]): one for one in rows}
    found = []
    for (first, last, flow), net in by_key.items():
        came, left = (by_key.get((first, last, other)) for other in ("inflow", "outflow"))
        if flow != "net" or came is None or left is None:
            continue
        made = came["value"] - left["value"]
        if abs(made - net["value"]) > _slack(came) + _slack(left) + _slack(net):
            text = (
                f"inflow {came['value']:g} less outflow {left['value']:g} makes {made:.1f} million,"
                f" the printed net inflow is {net['value']:g}"
            )
            found.append(_issue(net, "part_sum_differs", text))
    return found


def _months_that_differ(rows: Rows) -> Rows:
    """Spans all of whose months are printed too."""
    months = {one["period_start"]: one for one in rows if one["months"] == 1}
    found = []
    for one in rows:
        starts = pd.date_range(one["period_start"], one["period_end"], freq="MS")
        parts = [months[start] for start in starts if start in months]
        if one["months"] == 1 or len(parts) < one["months"]:
            continue
        made = sum(part["value"] for part in parts)
        if abs(made - one["value"]) > sum(map(_slack, [*parts, one])):
            text = f"{one['period']}: {one['value']:g} million, its months make {made:.1f}"
            seen = [part["published_in"] for part in parts if isinstance(part["published_in"], str)]
            text += f" ({'; '.join(dict.fromkeys(seen))})" if seen else ""
            found.append(_issue(one, "part_sum_differs", text))
    return found


def _spans_that_differ(rows: Rows) -> Rows:
    """A longer span that leaves for its rest what a month of the shorter makes implausible."""
    found = []
    for longer in rows:
        for shorter in rows:
            rest = longer["months"] - shorter["months"]
            inside = (
                longer["period_start"] <= shorter["period_start"]
                and shorter["period_end"] <= longer["period_end"]
            )
            if not inside or rest <= 0:
                continue
            left = (longer["value"] - shorter["value"]) / rest
            usual = shorter["value"] / shorter["months"]
            if left >= 0 and max(left, usual) <= MOST_UNEVEN * min(left, usual):
                continue
            if left < 0 and -left * rest <= _slack(longer) + _slack(shorter):
                continue
            text = (
                f"{longer['period']}: {longer['value']:g} million, {shorter['period']}: "
                f"{shorter['value']:g}; that leaves {left:.1f} a month for the rest, against "
                f"{usual:.1f} a month"
            )
            issue = _issue(longer, "spans_disagree", text)
            found.append(issue | {"source_ref": f"{issue['source_ref']}, {shorter['source_ref']}"})
    return found


def _ambiguous(rows: Rows) -> Rows:
    text = "The wording of the source can be read in two ways"
    return [
        _issue(one, "wording_ambiguous", f"{text}: {one['period']}, {one['value']:g} million.")
        for one in rows
        if isinstance(one["remark"], str) and labels.is_ambiguous(one["remark"])
    ]


def _slack(one: dict[str, Any]) -> float:
    """How far a figure may be from what it rounds."""
    known = one["rounding"] == one["rounding"]
    return float(one["rounding"]) / 2 + 1e-9 if known else ABOUT * abs(float(one["value"]))


def _issue(one: dict[str, Any], kind: str, text: str) -> dict[str, Any]:
    leaving = one["flow"] == "outflow"
    return {
        "source": SOURCE,
        "dataset": "remittances",
        "release": one["release"],
        "kind": kind,
        "year": one["period_end"].year,
        "origin": "KGZ" if leaving else one["area"],
        "destination": one["area"] if leaving else "KGZ",
        "description": text,
        "extract_id": one["extract_id"],
        "source_ref": one["source_ref"],
    }
