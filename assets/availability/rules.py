"""The availability matrix: every cell once, decided by the best source.

Rules and their order are section 4 of the design, told in ``docs/architecture.md``.
"""

from __future__ import annotations

import pandas as pd

from assets.availability.evidence import CANDIDATE_COLUMNS, CELL, declared, observed
from schemas.assessment import AVAILABILITY_MATRIX
from schemas.faults import Fault, Refused
from schemas.validate import validate
from warehouse.reference_data import Reference

# Best first. Observed beats declared within a status; then this order decides.
RULE_STATUS: dict[str, str] = {
    "public_complete": "available",
    "declared_public": "available",
    "incomplete": "partial",
    "part_year": "partial",
    "on_request": "partial",
    "sub_population": "partial",
    "shares_only": "partial",
    "model_estimate": "partial",
    "secondary_only": "partial",
    "qualitative_only": "partial",
    "unverified": "partial",
    "nothing": "not_available",
}
_STATUS_RANK = {"available": 0, "partial": 1, "not_available": 2}
_EVIDENCE_RANK = {"observed": 0, "declared": 1}
_RULE_RANK = {rule: rank for rank, rule in enumerate(RULE_STATUS)}


class OverrideRefused(Refused):
    """An override that does not fit what is there any more."""


def matrix(
    evidence: pd.DataFrame, totals: pd.DataFrame, newest_year: int, reference: Reference
) -> pd.DataFrame:
    """The availability matrix.

    Args:
        evidence: Rows of the view ``cell_evidence``.
        totals: Columns country, theme, indicator, breakdown, year, value: the figures that
            overrides may expect.
        newest_year: Last year of the matrix.
        reference: Cells, coverage, sources, overrides and parameters.

    Returns:
        Every active country's cells of ``theme_breakdown`` by year, each once, in the columns of
        ``schemas.assessment.AVAILABILITY_MATRIX``.

    Raises:
        OverrideRefused: An override names no cell, or the figure it expects is not there.
    """
    years = list(range(int(reference.parameter("first_year")), newest_year + 1))
    cells = all_cells(years, reference)
    candidates = _ranked(evidence, years, reference)
    best = candidates.drop_duplicates(CELL, keep="first")
    national = candidates[candidates["national"].astype(bool)].drop_duplicates(CELL, keep="first")
    decided = cells.merge(best, on=CELL, how="left").merge(
        national[[*CELL, "status"]].rename(columns={"status": "status_national"}),
        on=CELL,
        how="left",
    )
    decided = decided.merge(_named_sources(candidates), on=CELL, how="left")
    decided = _without_evidence(decided)
    decided = overridden(decided, totals, reference.table("override"))
    ordered = decided[AVAILABILITY_MATRIX.columns]
    return validate(ordered, AVAILABILITY_MATRIX, reference.codes)


def all_cells(years: list[int], reference: Reference) -> pd.DataFrame:
    """Every cell that the matrix must hold.

    Args:
        years: Years of the matrix.
        reference: Active countries and ``theme_breakdown``.

    Returns:
        Columns country, theme, measure, breakdown, year.
    """
    cells = reference.table("theme_breakdown")[["theme", "measure", "breakdown"]].astype("str")
    countries = pd.DataFrame({"country": reference.active_countries()})
    return countries.merge(cells, how="cross").merge(pd.DataFrame({"year": years}), how="cross")[
        CELL
    ]


def overridden(cells: pd.DataFrame, totals: pd.DataFrame, overrides: pd.DataFrame) -> pd.DataFrame:
    """Apply what a person decided, after proving that what they saw is still there.

    Args:
        cells: Decided cells.
        totals: Figures that overrides may expect.
        overrides: Reference table ``override``.

    Returns:
        The cells, with status, rule and reason of overridden ones replaced.

    Raises:
        OverrideRefused: An override names no cell, or the figure it expects is not there.
    """
    faults = []
    changed = cells.copy()
    for one in overrides.to_dict("records"):
        place = f"override.csv, {one['theme']} {one['measure']} {one['breakdown']} {one['year']}"
        here = (changed[CELL] == pd.Series({name: one[name] for name in CELL})).all(axis=1)
        if not here.any():
            faults.append(Fault(place, None, None, "a cell of the matrix"))
        if pd.notna(one["expected_value"]):
            keys = ["country", "theme", "indicator", "breakdown", "year"]
            found = totals[
                (totals[keys] == pd.Series({name: one[name] for name in keys})).all(axis=1)
            ]
            if not (found["value"] == one["expected_value"]).any():
                value = ", ".join(str(figure) for figure in found["value"]) or None
                expected = f"the figure {one['expected_value']} that the override rests on"
                faults.append(Fault(place, "expected_value", value, expected))
        reason = f"{one['reason']} (decided by {one['author']}, {one['date']:%Y-%m-%d})"
        changed.loc[here, ["status", "rule", "reason"]] = [one["status"], "override", reason]
    if faults:
        raise OverrideRefused("override.csv", faults)
    return changed


def _ranked(evidence: pd.DataFrame, years: list[int], reference: Reference) -> pd.DataFrame:
    """All candidates, best first."""
    found = [observed(evidence, reference), declared(years, reference)]
    told = [part for part in found if len(part)]
    candidates = (
        pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=CANDIDATE_COLUMNS)
    )
    candidates = candidates.astype({"year": "int64"} | dict.fromkeys(CELL[:-1], "str"))
    return (
        candidates.assign(
            status=candidates["rule"].map(RULE_STATUS),
            by_status=candidates["rule"].map(RULE_STATUS).map(_STATUS_RANK),
            by_evidence=candidates["evidence"].map(_EVIDENCE_RANK),
            by_rule=candidates["rule"].map(_RULE_RANK),
        )
        .sort_values(
            # The reason last, so that equals stand in the same order in every build.
            ["by_status", "by_evidence", "by_rule", "completeness", "source", "reason"],
            ascending=[True, True, True, False, True, True],
            kind="stable",
        )
        .reset_index(drop=True)
    )


def _named_sources(candidates: pd.DataFrame) -> pd.DataFrame:
    """The sources that hold each cell and the public ones of them, in the order of their names."""
    holding = candidates[candidates["status"] != "not_available"]
    held: dict[tuple[object, ...], set[str]] = {}
    public: dict[tuple[object, ...], set[str]] = {}
    told = holding[[*CELL, "source", "public"]].itertuples(index=False, name=None)
    for *cell, source, is_public in told:
        held.setdefault(tuple(cell), set()).add(source)
        if is_public:
            public.setdefault(tuple(cell), set()).add(source)
    rows = [
        (*cell, ";".join(sorted(names)), ";".join(sorted(public.get(cell, ()))) or None)
        for cell, names in held.items()
    ]
    named = pd.DataFrame(rows, columns=[*CELL, "sources", "public_sources"])
    return named.astype({"year": "int64"} | dict.fromkeys(CELL[:-1], "str"))


def _without_evidence(cells: pd.DataFrame) -> pd.DataFrame:
    return cells.assign(
        status=cells["status"].fillna("not_available"),
        status_national=cells["status_national"].fillna("not_available"),
        rule=cells["rule"].fillna("nothing"),
        evidence=cells["evidence"].fillna("none"),
        observations=cells["observations"].fillna(0).astype("int64"),
        completeness=cells["completeness"].astype("float64"),
        reason=cells["reason"].fillna("No source is known to hold it."),
    )
