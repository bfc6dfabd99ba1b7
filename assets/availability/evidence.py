"""Evidence for cells: what figures show, and what sources are known to hold.

Both give candidates of the same columns (``CANDIDATE_COLUMNS``); ``rules`` picks the best.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from warehouse.reference_data import Reference

# Splits that have no parts which could fall short of a total.
_WHOLE = frozenset(("total", "status", "decision", "indicator", "frequency"))
_INDICATORS = frozenset(("status", "indicator"))
CELL = ["country", "theme", "measure", "breakdown", "year"]
CANDIDATE_COLUMNS = [
    *CELL, "rule", "evidence", "completeness", "observations", "source", "national", "public",
    "reason",
]  # fmt: skip

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
    deciding = _deciding(evidence, reference)
    told = deciding[(deciding["observations"] > 0) & ~deciding["all_rounded_zero"].fillna(False)]
    told = told[(told["known"] > 0) | (told["dimension"] == "total")]
    if told.empty:
        return pd.DataFrame(columns=CANDIDATE_COLUMNS)
    threshold = reference.parameter("completeness_threshold")
    sources = _sources(reference)
    limits = _limits(reference, sources)
    rows = []
    for one in told.to_dict("records"):
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
    return pd.DataFrame(rows)[CANDIDATE_COLUMNS]


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


def _sources(reference: Reference) -> dict[object, dict[object, object]]:
    """The rows of table ``source`` by their code."""
    rows = reference.table("source").to_dict("records")
    return {one["source"]: one for one in rows}


def _limits(
    reference: Reference, sources: dict[object, dict[object, object]]
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


def _deciding(evidence: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Evidence rows of the indicators that decide, each under the cell it decides."""
    roles = reference.table("theme_indicator")[["theme", "measure", "indicator", "role"]]
    text = dict.fromkeys(("theme", "measure", "indicator", "role"), "str")
    joined = evidence.astype({"theme": "str", "measure": "str", "indicator": "str"}).merge(
        roles.astype(text), on=["theme", "measure", "indicator"], how="inner"
    )
    decides = (joined["role"] == "primary") | (joined["role"] == joined["dimension"])
    by_indicator = [
        _indicator_rows(joined, roles.astype(text), dimension, wanted)
        for dimension, wanted in (("status", ["primary", "status"]), ("indicator", ["primary"]))
    ]
    cells = reference.table("theme_breakdown")[["theme", "measure", "breakdown", "dimension"]]
    rows = pd.concat([joined[decides], *by_indicator], ignore_index=True).drop(columns="breakdown")
    keys = ["theme", "measure", "dimension"]
    return rows.merge(cells.astype("str"), on=keys, how="inner")


def _indicator_rows(
    joined: pd.DataFrame, roles: pd.DataFrame, dimension: str, of_roles: list[str]
) -> pd.DataFrame:
    """Splits that are indicators of their own: protection status, cause, direction.

    A source splits by them when it lists more than one of the indicators; completeness is the
    share of the indicators whose total it tells, not those that it marks as missing. One row a
    cell and source, whatever the datasets in which the indicators stand.
    """
    keys = ["theme", "measure"]
    wanted = roles[roles["role"].isin(of_roles)]
    count = wanted.groupby(keys)["indicator"].nunique().rename("wanted")
    totals = joined[(joined["dimension"] == "total") & joined["role"].isin(of_roles)]
    totals = totals.merge(count[count > 1], on=keys, how="inner")
    group = ["country", *keys, "year", "producer", "source", "wanted"]
    listed = totals.groupby(group, observed=True)["indicator"].nunique().rename("listed")
    grouped = (
        totals[totals["observations"] > 0]
        .groupby(group, observed=True, as_index=False)
        .agg(
            last_day=("last_day", "max"),
            observations=("observations", "sum"),
            known=("known", "sum"),
            interim=("interim", "any"),
            all_rounded_zero=("all_rounded_zero", "all"),
            told=("indicator", "nunique"),
            indicator=("indicator", _listed),
            dataset=("dataset", _listed),
            release=("release", _listed),
            access=("access", _strictest),
        )
        .merge(listed.reset_index(), on=group, how="left")
    )
    grouped = grouped[grouped["listed"] > 1]
    return grouped.assign(
        dimension=dimension, breakdown=dimension, completeness=grouped["told"] / grouped["wanted"]
    )


def _strictest(access: Iterable[object]) -> str:
    """The strictest of several kinds of access; what is not said limits nothing."""
    said = [_ACCESS.index(one) for one in access if isinstance(one, str)]
    return _ACCESS[max(said, default=0)]


def _listed(names: pd.Series) -> str:
    return ", ".join(sorted({str(name) for name in names}))


def _observed_rule(one: dict[object, object], access: str, threshold: float) -> str:
    if access != "public":
        return "on_request"
    # Unknown where no total is held; parts of more than the total do not belong together.
    completeness = one["completeness"]
    if not isinstance(completeness, float) or not threshold <= completeness <= 2 - threshold:
        return "incomplete"
    return "part_year" if one["interim"] else "public_complete"


def _observed_reason(
    one: dict[object, object], rule: str, source: str, note: str | None = None
) -> str:
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


def _declared_reason(one: dict[object, object], rule: str, source: str) -> str:
    seen = str(one["seen_by"])
    if isinstance(one["section"], str):
        seen += f", section {one['section']}"
    if one["date_seen"] is not None and one["date_seen"] == one["date_seen"]:
        seen += f", {one['date_seen']:%Y-%m-%d}"
    note = f" ({one['note']})" if isinstance(one["note"], str) else ""
    return f"{source}: {_DECLARED_TEXT[rule]}{note}. Seen by: {seen}."


def _named(source: dict[object, object]) -> str:
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
