"""What is odd in NSC's accepted files and was kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from assets.sources.nsc.harmonise import SOURCE, harmonise
from assets.sources.nsc.labels import EMIGRANTS, IMMIGRANTS, NET
from schemas.facts import QUALITY_ISSUE
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference

# Against these, the press is held.
_OWN = ("opendata", "dynamic")


def quality_issues(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """What is odd in NSC's accepted files.

    Args:
        tables: Source-shaped frames by dataset.
        reference: Codes of the oblasts by the platform's names and codes.

    Returns:
        Issues in the columns of ``schemas.facts.QUALITY_ISSUE``: figures of two datasets that
        differ by more than their rounding, a balance that is not arrivals less departures, and
        oblasts whose name and code are not the same.
    """
    figures = _people(tables, reference)
    rows = [
        *_datasets_that_differ(figures),
        *_balances_that_differ(figures),
        *_areas_that_differ(tables.get("sdg_16_2_2"), reference),
    ]
    return conform(pd.DataFrame(rows), QUALITY_ISSUE) if rows else empty_frame(QUALITY_ISSUE)


def _people(tables: Mapping[str, pd.DataFrame], reference: Reference) -> list[dict[str, Any]]:
    wanted = {name: frame for name, frame in tables.items() if name in (*_OWN, "press")}
    found = harmonise(wanted, reference)
    return [{str(k): v for k, v in one.items()} for one in found.to_dict("records")]


def _datasets_that_differ(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One figure in two datasets; a rounded figure may differ by half of its rounding."""
    rows = []
    own = [one for one in figures if one["dataset"] in _OWN]
    for later in figures:
        for one in own:
            if one["dataset"] == later["dataset"] or _order(one) >= _order(later):
                continue
            if any(one[name] != later[name]
                   for name in ("indicator", "origin", "destination", "year")):  # fmt: skip
                continue
            slack = max(one["precision"], later["precision"]) / 2
            if abs(one["value"] - later["value"]) > slack:
                text = (
                    f"{later['indicator']} {later['value']:,.0f} here, {one['value']:,.0f} in "
                    f"{one['dataset']}, release {one['release']}"
                )
                rows.append(_issue(later, "sum_differs_between_datasets", text))
                break
    return rows


def _order(figure: dict[str, Any]) -> int:
    return ("opendata", "dynamic", "press").index(figure["dataset"])


def _balances_that_differ(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_key = {
        (one["dataset"], one["release"], one["extract_id"], one["year"], one["indicator"]): one
        for one in figures
        if "WLD" in (one["origin"], one["destination"])
    }
    rows = []
    for (*where, indicator), net in by_key.items():
        came, left = (by_key.get((*where, other)) for other in (IMMIGRANTS, EMIGRANTS))
        if indicator != NET or came is None or left is None:
            continue
        slack = (came["precision"] + left["precision"] + net["precision"]) / 2
        if abs(came["value"] - left["value"] - net["value"]) > slack:
            text = (
                f"{came['value']:,.0f} arrived and {left['value']:,.0f} departed, the printed "
                f"balance is {net['value']:,.0f}"
            )
            rows.append(_issue(net, "part_sum_differs", text))
    return rows


def _areas_that_differ(frame: pd.DataFrame | None, reference: Reference) -> list[dict[str, Any]]:
    if frame is None:
        return []
    areas = reference.areas_by_name(SOURCE)
    rows = []
    for one in frame[frame["area"].notna()].to_dict("records"):
        by_name, by_code = areas.get(one["area"]), areas.get(one["geo_code"])
        if by_name != by_code:
            text = f"{one['area']} is {by_name}, its code {one['geo_code']} is {by_code}"
            place = {"origin": by_code, "destination": by_code, "dataset": "sdg_16_2_2"}
            rows.append(_issue({str(k): v for k, v in one.items()} | place, "name_differs", text))
    return rows


def _issue(figure: dict[str, Any], kind: str, text: str) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "kind": kind,
        "description": text,
        **{
            name: figure[name]
            for name in ("dataset", "release", "year", "origin", "destination", "extract_id",
                         "source_ref")
        },
    }  # fmt: skip
