"""Evidence for cells: what figures show, and what sources are known to hold.

Both give candidates of the same columns (``CANDIDATE_COLUMNS``); ``rules`` picks the best.
"""

from __future__ import annotations

import pandas as pd

from warehouse.reference_data import Reference

CELL = ["country", "theme", "measure", "breakdown", "year"]
CANDIDATE_COLUMNS = [
    *CELL, "rule", "evidence", "completeness", "observations", "source", "national", "public",
    "reason",
]  # fmt: skip

_HELD_RULES = {"internal": "unverified", "on_request": "on_request", "public": "declared_public"}


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
    sources = reference.table("source").astype({"source": "str"}).set_index("source")
    rows = []
    for one in told.to_dict("records"):
        access = str(sources.loc[one["producer"], "access"])
        rule = _observed_rule(one, access, threshold)
        rows.append(
            {name: one[name] for name in CELL}
            | {
                "rule": rule,
                "evidence": "observed",
                "completeness": one["completeness"],
                "observations": one["observations"],
                "source": one["producer"],
                "national": sources.loc[one["producer"], "kind"] == "national",
                "public": access == "public",
                "reason": _observed_reason(one, rule, str(sources.loc[one["producer"], "title"])),
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
    sources = reference.table("source").astype({"source": "str"}).set_index("source")
    rows = []
    for one in coverage[coverage["country"].isin(reference.active_countries())].to_dict("records"):
        source = sources.loc[one["source"]]
        rule = _HELD_RULES[one["access"]] if one["holds"] == "complete" else str(one["holds"])
        text = {
            "rule": rule,
            "evidence": "declared",
            "completeness": float("nan"),
            "observations": 0,
            "source": one["source"],
            "national": source["kind"] == "national",
            "public": one["access"] == "public" and rule != "nothing",
            "reason": _declared_reason(one, rule, str(source["title"])),
        }
        cell = {name: one[name] for name in ("country", "theme", "measure", "breakdown")}
        rows += [
            cell | {"year": year} | text
            for year in years
            if one["year_from"] <= year <= one["year_to"]
        ]
    return pd.DataFrame(rows, columns=CANDIDATE_COLUMNS)


def _deciding(evidence: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Evidence rows of the indicators that decide, each under the cell it decides."""
    roles = reference.table("theme_indicator")[["theme", "measure", "indicator", "role"]]
    text = dict.fromkeys(("theme", "measure", "indicator", "role"), "str")
    joined = evidence.astype({"theme": "str", "measure": "str", "indicator": "str"}).merge(
        roles.astype(text), on=["theme", "measure", "indicator"], how="inner"
    )
    decides = (joined["role"] == "primary") | (joined["role"] == joined["dimension"])
    by_status = _status_rows(joined, roles.astype(text))
    cells = reference.table("theme_breakdown")[["theme", "measure", "breakdown", "dimension"]]
    rows = pd.concat([joined[decides], by_status], ignore_index=True).drop(columns="breakdown")
    keys = ["theme", "measure", "dimension"]
    return rows.merge(cells.astype("str"), on=keys, how="inner")


def _status_rows(joined: pd.DataFrame, roles: pd.DataFrame) -> pd.DataFrame:
    """Protection status is split when each status has a total: one row a cell and dataset."""
    statuses = roles[roles["role"] == "status"]
    wanted = roles.merge(statuses[["theme", "measure"]].drop_duplicates())
    wanted = wanted[wanted["role"].isin(["primary", "status"])]
    count = wanted.groupby(["theme", "measure"])["indicator"].nunique().rename("wanted")
    totals = joined[joined["dimension"] == "total"]
    totals = totals[totals["role"].isin(["primary", "status"])]
    totals = totals.merge(count, on=["theme", "measure"], how="inner")
    keys = [
        "country", "theme", "measure", "year", "last_day", "producer", "source", "dataset",
        "release", "wanted",
    ]  # fmt: skip
    grouped = totals.groupby(keys, observed=True, as_index=False).agg(
        observations=("observations", "sum"),
        known=("known", "sum"),
        interim=("interim", "any"),
        all_rounded_zero=("all_rounded_zero", "all"),
        statuses=("indicator", "nunique"),
        indicator=("indicator", lambda found: ", ".join(sorted(found))),
    )
    grouped = grouped[grouped["statuses"] > 1]
    return grouped.assign(
        dimension="status",
        breakdown="protection_status",
        completeness=grouped["statuses"] / grouped["wanted"],
    )


def _observed_rule(one: dict[object, object], access: str, threshold: float) -> str:
    if access != "public":
        return "on_request"
    completeness = one["completeness"]
    if isinstance(completeness, float) and completeness < threshold:
        return "incomplete"
    return "part_year" if one["interim"] else "public_complete"


def _observed_reason(one: dict[object, object], rule: str, title: str) -> str:
    figures = "1 figure" if one["observations"] == 1 else f"{one['observations']} figures"
    where = f"{title}, table {one['dataset']}, release {one['release']}: {figures}"
    share = one["completeness"]
    known = f"{share:.1%}" if isinstance(share, float) and share == share else "an unknown share"
    if rule == "public_complete":
        told = f"the known parts make {known} of the total" if one["dimension"] != "total" else ""
        return f"{where}; public and for the whole reference time{'; ' + told if told else ''}."
    if rule == "incomplete":
        return f"{where}; the known parts make only {known} of the total."
    if rule == "part_year":
        return f"{where}; up to {one['last_day']:%Y-%m-%d} only, interim by the publisher's word."
    return f"{where}; the producer gives it on a formal request."


def _declared_reason(one: dict[object, object], rule: str, title: str) -> str:
    seen = f"{one['seen_by']}, section {one['section']}"
    if one["date_seen"] is not None and one["date_seen"] == one["date_seen"]:
        seen += f", {one['date_seen']:%Y-%m-%d}"
    note = f" ({one['note']})" if isinstance(one["note"], str) else ""
    return f"{title}: {_DECLARED_TEXT[rule]}{note}. Seen by: {seen}."


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
