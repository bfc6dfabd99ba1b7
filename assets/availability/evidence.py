"""Evidence for cells: what figures show, and what sources are known to hold.

Both give candidates of the same columns (``CANDIDATE_COLUMNS``); ``rules`` picks the best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import pandas as pd

from warehouse.reference_data import Reference

# Plain rows, because the rules look at one after the other; pandas takes longer over few rows.
Row: TypeAlias = dict[Any, Any]

# Splits that have no parts which could fall short of a total.
_WHOLE = frozenset(("total", "status", "decision", "indicator", "frequency"))
_INDICATORS = frozenset(("status", "indicator"))
CELL = ["country", "theme", "measure", "breakdown", "year"]
CANDIDATE_COLUMNS = [
    *CELL, "rule", "evidence", "completeness", "observations", "source", "national", "public",
    "reason",
]  # fmt: skip

# What the indicators have in common that make one split.
_SPLIT = ("country", "theme", "measure", "year", "producer", "source")

_HELD_RULES = {"internal": "unverified", "on_request": "on_request", "public": "declared_public"}
# Who may have a figure: its producer says it, and the file that it came in, the stricter counts.
_ACCESS = ("public", "on_request", "internal")
# Holdings that are less than the cell asks for, mildest first: figures show no more than these.
_LIMITS = (
    "sub_population", "shares_only", "model_estimate", "secondary_only", "qualitative_only",
)  # fmt: skip


def observed(evidence: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Candidates from the figures of the warehouse.

    Args:
        evidence: Rows of the view ``cell_evidence``.
        reference: Which indicators decide, which sources are public, the threshold.

    Returns:
        Candidates, one an indicator and dataset that speaks to a cell.
    """
    threshold = reference.parameter("completeness_threshold")
    sources = _sources(reference)
    limits = _limits(reference, sources)
    rows = []
    for one in _deciding(evidence, reference):
        if not _tells(one):
            continue
        producer = sources[one["producer"]]
        access = _strictest([producer["access"], one["access"]])
        cell = tuple(one[name] for name in CELL)
        limit, note = limits.get((producer["institution"], *cell), (None, None))
        rule = limit or _observed_rule(one, access, threshold)
        rows.append(
            {name: one[name] for name in CELL}
            | {
                "rule": rule,
                "evidence": "observed",
                "completeness": one["completeness"],
                "observations": one["observations"],
                "source": one["producer"],
                "national": producer["kind"] == "national",
                "public": access == "public",
                "reason": _observed_reason(one, rule, _named(producer), note),
            }
        )
    return pd.DataFrame(rows, columns=CANDIDATE_COLUMNS)


def declared(years: list[int], reference: Reference) -> pd.DataFrame:
    """Candidates from table ``coverage``: what sources are known to hold, ingested or not.

    Args:
        years: Years of the matrix.
        reference: Tables ``coverage`` and ``source``.

    Returns:
        Candidates, one a coverage row and year.
    """
    coverage = reference.table("coverage")
    sources = _sources(reference)
    rows = []
    for one in coverage[coverage["country"].isin(reference.active_countries())].to_dict("records"):
        source = sources[one["source"]]
        rule = _HELD_RULES[one["access"]] if one["holds"] == "complete" else str(one["holds"])
        text = {
            "rule": rule,
            "evidence": "declared",
            "completeness": float("nan"),
            "observations": 0,
            "source": one["source"],
            "national": source["kind"] == "national",
            "public": one["access"] == "public" and rule != "nothing",
            "reason": _declared_reason(one, rule, _named(source)),
        }
        cell = {name: one[name] for name in ("country", "theme", "measure", "breakdown")}
        rows += [
            cell | {"year": year} | text
            for year in years
            if one["year_from"] <= year <= one["year_to"]
        ]
    return pd.DataFrame(rows, columns=CANDIDATE_COLUMNS)


def _sources(reference: Reference) -> dict[object, Row]:
    """What the rules ask of the sources, by their code."""
    asked = ["source", "institution", "title", "kind", "access"]
    return {one["source"]: one for one in reference.table("source")[asked].to_dict("records")}


def _limits(
    reference: Reference, sources: dict[object, Row]
) -> dict[tuple[object, ...], tuple[str, str]]:
    """What coverage says that an institution holds at most of a cell: rule and note.

    A producer's own figure can't show more than the producer is known to hold. Systems of one
    institution count together, so what one of them holds whole is not limited by another.
    """
    coverage = reference.table("coverage")
    found: dict[tuple[object, ...], tuple[str, str]] = {}
    whole = set()
    ranked = sorted(
        coverage.to_dict("records"),
        key=lambda one: _LIMITS.index(one["holds"]) if one["holds"] in _LIMITS else -1,
    )
    for one in ranked:
        institution = sources[one["source"]]["institution"]
        cell = [one[name] for name in ("country", "theme", "measure", "breakdown")]
        for year in range(int(one["year_from"]), int(one["year_to"]) + 1):
            key = (institution, *cell, year)
            if one["holds"] == "complete":
                whole.add(key)
            elif one["holds"] in _LIMITS:
                found.setdefault(key, (str(one["holds"]), str(one["note"])))
    return {key: limit for key, limit in found.items() if key not in whole}


def _deciding(evidence: pd.DataFrame, reference: Reference) -> list[Row]:
    """Evidence rows of the indicators that decide, each under the cell it decides."""
    roles = reference.table("theme_indicator")[["theme", "measure", "indicator", "role"]]
    roles_of: dict[tuple[object, ...], set[object]] = {}
    for *key, role in roles.itertuples(index=False, name=None):
        roles_of.setdefault(tuple(key), set()).add(role)
    cells = reference.table("theme_breakdown")[["theme", "measure", "dimension", "breakdown"]]
    breakdowns: dict[tuple[object, ...], list[object]] = {}
    for *key, breakdown in cells.itertuples(index=False, name=None):
        breakdowns.setdefault(tuple(key), []).append(breakdown)
    known = [
        one | {"role": role}
        for one in evidence.to_dict("records")
        for role in roles_of.get((one["theme"], one["measure"], one["indicator"]), ())
    ]
    rows = [one for one in known if one["role"] in ("primary", one["dimension"])]
    for dimension, of_roles in (("status", ("primary", "status")), ("indicator", ("primary",))):
        wanted = Counter(key[:2] for key, has in roles_of.items() if not has.isdisjoint(of_roles))
        totals = [one for one in known if one["dimension"] == "total" and one["role"] in of_roles]
        rows += _indicator_rows(totals, wanted, dimension)
    return [
        one | {"breakdown": breakdown}
        for one in rows
        for breakdown in breakdowns.get((one["theme"], one["measure"], one["dimension"]), ())
    ]


def _tells(one: Row) -> bool:
    """Whether a row holds figures, known parts among them, that are not all rounded to zero."""
    return bool(
        one["observations"] > 0
        and not _rounded_to_zero(one, unknown=False)
        and (one["known"] > 0 or one["dimension"] == "total")
    )


def _rounded_to_zero(one: Row, *, unknown: bool) -> bool:
    rounded = one["all_rounded_zero"]
    return unknown if pd.isna(rounded) else bool(rounded)


def _indicator_rows(
    totals: list[Row], wanted: Mapping[tuple[object, ...], int], dimension: str
) -> list[Row]:
    """Splits that are indicators of their own: protection status, cause, direction.

    A source splits by them when it lists more than one of the indicators; completeness is the
    share of the indicators whose total it tells, not those that it marks as missing. One row a
    cell and source, whatever the datasets in which the indicators stand.
    """
    by_source: dict[tuple[object, ...], list[Row]] = {}
    for one in totals:
        by_source.setdefault(tuple(one[name] for name in _SPLIT), []).append(one)
    rows: list[Row] = []
    for listed in by_source.values():
        told = [one for one in listed if one["observations"] > 0]
        if not told or len({one["indicator"] for one in listed}) < 2:
            continue
        of_kinds = wanted[(told[0]["theme"], told[0]["measure"])]
        told_kinds = len({one["indicator"] for one in told})
        rows.append(
            {name: told[0][name] for name in _SPLIT}
            | {name: _listed(told, name) for name in ("indicator", "dataset", "release")}
            | {name: sum(one[name] for one in told) for name in ("observations", "known")}
            | {
                "dimension": dimension,
                "last_day": max(one["last_day"] for one in told),
                "interim": any(one["interim"] for one in told),
                "all_rounded_zero": all(_rounded_to_zero(one, unknown=True) for one in told),
                "access": _strictest(one["access"] for one in told),
                "told": told_kinds,
                "wanted": of_kinds,
                "completeness": told_kinds / of_kinds,
            }
        )
    return rows


def _strictest(access: Iterable[object]) -> str:
    """The strictest of several kinds of access; what is not said limits nothing."""
    said = [_ACCESS.index(one) for one in access if isinstance(one, str)]
    return _ACCESS[max(said, default=0)]


def _listed(rows: list[Row], name: str) -> str:
    return ", ".join(sorted({str(one[name]) for one in rows}))


def _observed_rule(one: Row, access: str, threshold: float) -> str:
    if access != "public":
        return "on_request"
    # Unknown where no total is held; parts of more than the total do not belong together.
    completeness = one["completeness"]
    if not isinstance(completeness, float) or not threshold <= completeness <= 2 - threshold:
        return "incomplete"
    return "part_year" if one["interim"] else "public_complete"


def _observed_reason(one: Row, rule: str, source: str, note: str | None = None) -> str:
    figures = "1 figure" if one["observations"] == 1 else f"{one['observations']} figures"
    where = f"{source}, table {one['dataset']}, release {one['release']}: {figures}"
    share = one["completeness"]
    known_share = isinstance(share, float) and share == share
    known = f"{share:.1%}" if known_share else "an unknown share"
    if rule == "public_complete":
        told = "" if one["dimension"] in _WHOLE else f"; the known parts make {known} of the total"
        return f"{where}; public and for the whole reference time{told}."
    if rule == "incomplete" and one["dimension"] in _INDICATORS:
        return (
            f"{where}; told for {one['told']:.0f} of {one['wanted']:.0f} kinds: {one['indicator']}."
        )
    if rule == "incomplete" and not known_share:
        return f"{where}; what share of the total the known parts make is not known."
    if rule == "incomplete":
        return f"{where}; the known parts make only {known} of the total."
    if rule == "part_year":
        return f"{where}; up to {one['last_day']:%Y-%m-%d} only, interim by the publisher's word."
    if rule in _LIMITS:
        return f"{where}; {_DECLARED_TEXT[rule]} ({note})."
    return f"{where}; the producer gives it on a formal request."


def _declared_reason(one: Row, rule: str, source: str) -> str:
    seen = str(one["seen_by"])
    if isinstance(one["section"], str):
        seen += f", section {one['section']}"
    if one["date_seen"] is not None and one["date_seen"] == one["date_seen"]:
        seen += f", {one['date_seen']:%Y-%m-%d}"
    note = f" ({one['note']})" if isinstance(one["note"], str) else ""
    return f"{source}: {_DECLARED_TEXT[rule]}{note}. Seen by: {seen}."


def _named(source: Row) -> str:
    """A source as people know it: institution and title."""
    return f"{source['institution']} ({source['title']})"


_DECLARED_TEXT = {
    "declared_public": "known to hold it for anybody; not ingested yet",
    "on_request": "holds it and gives it on a formal request",
    "sub_population": "holds it for a part of the population only",
    "shares_only": "gives shares or means only",
    "model_estimate": "gives a model's estimate",
    "secondary_only": "repeats another's figures",
    "qualitative_only": "tells of it without figures",
    "unverified": "is said to hold it; nobody outside has seen it",
    "nothing": "known not to hold it",
}
