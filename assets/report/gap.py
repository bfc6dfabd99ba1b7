"""Gaps: cells that are not available, or in part only, and who could close them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from schemas.gaps import GAP
from schemas.validate import validate
from warehouse.reference_data import Reference

_GROUP = ["country", "theme", "measure", "breakdown"]
_MISSING = {
    "nothing": "No figure is known",
    "incomplete": "Figures fall short of the total",
    "part_year": "Only a part of the year is told",
    "on_request": "Figures are held, but only those who ask formally get them",
    "sub_population": "Only a part of the population is counted",
    "shares_only": "Only shares or means are told, no numbers",
    "model_estimate": "Only a model's estimate is there, nobody counted",
    "secondary_only": "Only a repetition of another's figures is there",
    "qualitative_only": "Only descriptions are there, no figures",
    "unverified": "Figures are said to be held, but nobody outside has seen them",
    "override": "A person decided that it is not wholly available",
}


@dataclass(frozen=True)
class _Sources:
    """Who may be asked: sources, and which speak to a cell, a measure or a theme."""

    table: pd.DataFrame
    speaking: pd.DataFrame

    def closer(self, one: dict[str, object]) -> str | None:
        """The source that could close a gap, nearest first.

        Those that speak to the cell come before those that speak to another breakdown of the
        measure, to the theme, or are known to hold nothing of it; among these national ones
        before others, and those that hold most. A survey that was made once closes no gap, so it
        comes last.
        """
        holding = str(one["sources"]).split(";") if isinstance(one["sources"], str) else []
        at = self.speaking[
            (self.speaking["country"] == one["country"]) & (self.speaking["theme"] == one["theme"])
        ]
        here = at[at["measure"] == one["measure"]]
        own = here[here["source"].isin(holding)]
        steps = (own, here[here["holds"]], at[at["holds"]], at)
        for told in (*(step[step["lasting"]] for step in steps), *steps):
            found = self._first(told)
            if found is not None:
                return found
        return None

    def _first(self, told: pd.DataFrame) -> str | None:
        if told.empty:
            return None
        counts = told.groupby("source").size().rename("cells").reset_index()
        counts["foreign"] = counts["source"].map(self.table["kind"]).astype("str") != "national"
        ranked = counts.sort_values(["foreign", "cells", "source"], ascending=[True, False, True])
        return str(ranked["source"].iloc[0])


def gaps(matrix: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Group the cells that are not available, or in part only.

    Args:
        matrix: Rows of ``availability_matrix``.
        reference: Tables ``source``, ``coverage``, ``recommendation`` and ``sdg_indicator``.

    Returns:
        One row a cell and span of years that one rule and the same sources decide, in the columns
        of ``schemas.gaps.GAP``.
    """
    table = reference.table("source").astype({"source": "str"}).set_index("source")
    described = table.to_dict("index")
    sources = _Sources(table, _speaking(matrix, reference))
    labels = _labels(reference)
    open_cells = matrix[matrix["status"].astype("str") != "available"]
    rows = []
    for one in _spans(open_cells):
        source = sources.closer(one)
        asked = described[source] if source is not None else None
        recommended = _recommended(one, reference.table("recommendation"))
        rows.append(
            {name: one[name] for name in (*_GROUP, "year_from", "year_to", "status", "rule")}
            | {
                "missing": _missing(one, labels),
                "source": source,
                "access": None if asked is None else asked["access"],
                "request_route": None if asked is None else _route(asked),
                "languages": None if asked is None else asked["languages"],
                "recommended": " ".join(str(row["text_en"]) for row in recommended) or None,
                "section": _joined(row["section"] for row in recommended),
                "sdg_indicators": _sdg(one, reference.table("sdg_indicator")),
            }
        )
    made = pd.DataFrame(rows, columns=GAP.columns)
    return validate(made, GAP, reference.codes)


def _spans(cells: pd.DataFrame) -> list[dict[str, object]]:
    """Neighbouring years of a cell that are alike, as one row."""
    alike = ["status", "rule", "sources"]
    found: list[dict[str, object]] = []
    for row in cells.astype({"year": "int64"}).sort_values([*_GROUP, "year"]).to_dict("records"):
        one = {str(name): value for name, value in row.items()}
        last = found[-1] if found else None
        if (
            last is not None
            and all(str(last[name]) == str(one[name]) for name in (*_GROUP, *alike))
            and last["year_to"] == one["year"] - 1
        ):
            last["year_to"], last["reason"] = one["year"], one["reason"]
        else:
            found.append(one | {"year_from": one["year"], "year_to": one["year"]})
    return found


def _speaking(matrix: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Sources that speak to a cell, by its figures or by coverage, and whether they hold it."""
    keys = ["country", "theme", "measure"]
    cells = matrix[[*keys, "sources"]].dropna(subset=["sources"]).astype("str")
    figures = cells.assign(source=cells["sources"].str.split(";")).explode("source")
    coverage = reference.table("coverage")
    covered = coverage[[*keys, "source"]].astype("str")
    covered["holds"] = (coverage["holds"].astype("str") != "nothing").to_numpy()
    told = pd.concat([figures[[*keys, "source"]].assign(holds=True), covered], ignore_index=True)
    frequency = reference.table("source").astype({"source": "str"}).set_index("source")["frequency"]
    # Made once, or in a year: "once, 2022", "2022".
    once = told["source"].map(frequency).astype("str").str.match(r"once|\d{4}$")
    return told.assign(lasting=~once)


def _labels(reference: Reference) -> dict[tuple[str, str], str]:
    code = reference.table("code").astype({"list": "str", "code": "str"})
    names = {(one["list"], one["code"]): str(one["name_en"]) for one in code.to_dict("records")}
    theme = reference.table("theme").astype({"theme": "str"})
    return names | {
        ("theme", one["theme"]): str(one["name_en"]) for one in theme.to_dict("records")
    }


def _missing(one: dict[str, object], labels: dict[tuple[str, str], str]) -> str:
    split = labels[("breakdown", str(one["breakdown"]))]
    cell = f"{labels[('theme', str(one['theme']))]}, {one['measure']}, {split.lower()}"
    return f"{_MISSING[str(one['rule'])]}: {cell}. {one['reason']}"


def _route(source: Mapping[Any, Any]) -> str:
    if isinstance(source["request_route"], str):
        return str(source["request_route"])
    if str(source["kind"]) == "national":
        return "Formal data request to the agency"
    return "Question to the publisher"


def _recommended(one: dict[str, object], table: pd.DataFrame) -> list[dict[str, object]]:
    """Recommendations for the cell, those for all of its theme included."""
    fits = table["country"].astype("str") == one["country"]
    fits &= table["theme"].astype("str") == one["theme"]
    for name in ("measure", "breakdown"):
        fits &= table[name].isna() | (table[name].astype("str") == one[name])
    return [{str(k): v for k, v in row.items()} for row in table[fits].to_dict("records")]


def _sdg(one: dict[str, object], table: pd.DataFrame) -> str | None:
    fits = table["theme"].astype("str") == one["theme"]
    for name in ("measure", "breakdown"):
        fits &= table[name].astype("str") == one[name]
    rows = table[fits].to_dict("records")
    return _joined(f"{row['sdg_indicator']} {row['title']}" for row in rows)


def _joined(texts: Iterable[object]) -> str | None:
    parts: list[str] = []
    for text in texts:
        parts += [one for one in str(text).split("; ") if one not in parts]
    return "; ".join(parts) or None
