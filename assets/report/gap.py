"""Gaps: cells that are not available, or in part only, and who could close them."""

from __future__ import annotations

from collections import Counter
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


Row = dict[str, Any]


@dataclass(frozen=True)
class _Sources:
    """Who may be asked: sources, and which speak to a cell, a measure or a theme.

    Plain rows, looked through once a gap: frames would cost seconds of indexing.
    """

    described: Mapping[str, Row]
    speaking: Mapping[tuple[str, str], list[Row]]

    def closer(self, one: Row) -> str | None:
        """The source that could close a gap, nearest first.

        Those that speak to the cell come before those that speak to another breakdown of the
        measure, to the theme, or are known to hold nothing of it; among these national ones
        before others, and those that hold most. A survey that was made once closes no gap, so it
        comes last.
        """
        holding = str(one["sources"]).split(";") if isinstance(one["sources"], str) else []
        at = self.speaking.get((one["country"], one["theme"]), [])
        here = [row for row in at if row["measure"] == one["measure"]]
        own = [row for row in here if row["source"] in holding]
        held_here = [row for row in here if row["holds"]]
        steps = (own, held_here, [row for row in at if row["holds"]], at)
        lasting = [[row for row in step if row["lasting"]] for step in steps]
        return next((self._first(told) for told in (*lasting, *steps) if told), None)

    def _first(self, told: list[Row]) -> str:
        cells = Counter(str(row["source"]) for row in told)
        return min(
            cells,
            key=lambda name: (self.described[name]["kind"] != "national", -cells[name], name),
        )


def gaps(matrix: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Group the cells that are not available, or in part only.

    Args:
        matrix: Rows of ``availability_matrix``.
        reference: Tables ``source``, ``coverage``, ``recommendation`` and ``sdg_indicator``.

    Returns:
        One row a cell and span of years that one rule and the same sources decide, in the columns
        of ``schemas.gaps.GAP``.
    """
    table = reference.table("source")
    described = {row["source"]: row for row in _records(table)}
    sources = _Sources(described, _speaking(matrix, reference))
    recommendations = _records(reference.table("recommendation"))
    served = _records(reference.table("sdg_indicator"))
    labels = _labels(reference)
    open_cells = matrix[matrix["status"].astype("str") != "available"]
    rows = []
    for one in _spans(open_cells):
        source = sources.closer(one)
        asked = described[source] if source is not None else None
        recommended = [row for row in recommendations if _fits(row, one)]
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
                "sdg_indicators": _joined(
                    f"{row['sdg_indicator']} {row['title']}" for row in served if _fits(row, one)
                ),
            }
        )
    made = pd.DataFrame(rows, columns=GAP.columns)
    return validate(made, GAP, reference.codes)


def _spans(cells: pd.DataFrame) -> list[Row]:
    """Neighbouring years of a cell that are alike, as one row."""
    alike = ["status", "rule", "sources"]
    found: list[Row] = []
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


def _speaking(matrix: pd.DataFrame, reference: Reference) -> dict[tuple[str, str], list[Row]]:
    """Sources that speak to a theme, by figures or by coverage, and whether they hold a cell."""
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
    speaking: dict[tuple[str, str], list[Row]] = {}
    for row in _records(told.assign(lasting=~once)):
        speaking.setdefault((row["country"], row["theme"]), []).append(row)
    return speaking


def _labels(reference: Reference) -> dict[tuple[str, str], str]:
    code = reference.table("code").astype({"list": "str", "code": "str"})
    names = {(one["list"], one["code"]): str(one["name_en"]) for one in code.to_dict("records")}
    theme = reference.table("theme").astype({"theme": "str"})
    return names | {
        ("theme", one["theme"]): str(one["name_en"]) for one in theme.to_dict("records")
    }


def _missing(one: Row, labels: dict[tuple[str, str], str]) -> str:
    split = labels[("breakdown", str(one["breakdown"]))]
    cell = f"{labels[('theme', str(one['theme']))]}, {one['measure']}, {split.lower()}"
    return f"{_MISSING[str(one['rule'])]}: {cell}. {one['reason']}"


def _route(source: Mapping[Any, Any]) -> str:
    if isinstance(source["request_route"], str):
        return str(source["request_route"])
    if str(source["kind"]) == "national":
        return "Formal data request to the agency"
    return "Question to the publisher"


def _records(table: pd.DataFrame) -> list[Row]:
    text = table.astype(object).where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in text.to_dict("records")]


def _fits(row: Row, one: Row) -> bool:
    """Whether a row of reference data is about a cell; what it leaves open fits all."""
    return all(row.get(name) in (None, one[name]) for name in _GROUP)


def _joined(texts: Iterable[object]) -> str | None:
    parts: list[str] = []
    for text in texts:
        parts += [one for one in str(text).split("; ") if one not in parts]
    return "; ".join(parts) or None
