"""Where the report contradicts itself: parts and totals, shares and figures, two prints of one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from assets.sources.iom_report.read import SOURCE
from schemas.facts import QUALITY_ISSUE
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference

_SPLITS = ("sex", "age", "education", "employment", "reason", "detail")
_DATES = ("reference_date", "period_start", "period_end")
_WHOLE = 100.0
Rows = list[dict[str, object]]


def quality_issues(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """Contradictions of the report, each with the figures that show it.

    Args:
        tables: Source-shaped frames by dataset: ``figures``, ``tables`` and ``profiles``.
        reference: Not needed; all publishers' functions take the same.

    Returns:
        Issues in the columns of ``schemas.facts.QUALITY_ISSUE``: sets of parts that do not make
        their total, one figure printed with two values, refugees recognised by state and UNHCR
        that do not make UNHCR's total, shares that do not fit their figures or do not make the
        whole, and one share printed for both sides of the border.
    """
    figures, reprinted = _plain(tables["figures"]), _plain(tables["tables"])
    shares = _plain(tables["profiles"])
    found = [
        *_parts_that_differ(figures, "figures"),
        *_parts_that_differ(reprinted, "tables"),
        *_two_values(figures),
        *_recognised_refugees(figures, reprinted),
        *_shares_against_figures(shares, figures),
        *_shares_of_whole(shares),
        *_same_on_both_sides(shares),
    ]
    return conform(pd.DataFrame(found), QUALITY_ISSUE) if found else empty_frame(QUALITY_ISSUE)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Codes and days as text, so that rows compare and group; a flow's year by its last day."""
    plain = frame.astype(
        {
            name: "str"
            for name in frame.columns
            if isinstance(frame[name].dtype, pd.CategoricalDtype)
        }
    )
    for name in _DATES:
        if name in plain:
            plain[name] = plain[name].astype("str").fillna("")
    if "year" not in plain:
        last = plain["reference_date"].where(plain["reference_date"] != "", plain["period_end"])
        plain["year"] = last.str[:4].astype("int64") if len(plain) else pd.Series(dtype="int64")
    return plain


def _unsplit(frame: pd.DataFrame) -> pd.Series:
    return (frame[list(_SPLITS)] == "_T").all(axis=1)


def _totals(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in which nothing is split: one side is the world, or both are the same country."""
    whole = frame["origin"].eq("WLD") | frame["destination"].eq("WLD")
    inside = frame["origin"].eq(frame["destination"]) & ~frame["origin"].str.contains("-")
    places = frame["origin"].str.contains("-") | frame["destination"].str.contains("-")
    return frame[_unsplit(frame) & (whole | inside) & ~places]


def _parts_that_differ(frame: pd.DataFrame, dataset: str) -> Rows:
    about = ["indicator", *_DATES, "unit", "universe", "producer", "release", "extract_id"]
    sets = frame.dropna(subset=["additive_set"])
    grouped = sets.groupby([*about, "additive_set"])
    sums = grouped.agg(
        made=("value", lambda values: values.sum(skipna=False)),
        year=("year", "first"),
        origin_of_total=("origin", _side_of_total),
        destination_of_total=("destination", _side_of_total),
    )
    totals = _totals(frame)[[*about, "value", "origin", "destination", "source_ref"]]
    both = sums.reset_index().merge(totals, on=about, how="inner")
    apart = both["origin_of_total"].eq("WLD") & both["destination_of_total"].eq("WLD")
    same = both["origin"].eq(both["origin_of_total"])
    same &= both["destination"].eq(both["destination_of_total"])
    # Parts that are places on both sides belong to the country itself.
    same |= apart & both["origin"].eq(both["destination"])
    odd = both[same & both["made"].notna() & (both["made"] != both["value"])]
    return [
        _issue(
            row, dataset, "part_sum_differs",
            f"{row['indicator']} of {row['producer']}: parts ({row['additive_set']}) make "
            f"{row['made']:.0f}, printed total is {row['value']:.0f}",
        )
        for row in odd.to_dict("records")
    ]  # fmt: skip


def _side_of_total(areas: pd.Series) -> str:
    """The area on one side of a set's total: that of all parts, else the world."""
    return str(areas.iloc[0]) if areas.nunique() == 1 else "WLD"


def _two_values(frame: pd.DataFrame) -> Rows:
    """The same figure with two values, from two systems of its producers."""
    about = ["indicator", "origin", "destination", *_SPLITS, "universe", *_DATES, "unit", "release"]
    rows: Rows = []
    for _, group in frame.groupby(about):
        if group["value"].nunique() > 1:
            first, last = group.iloc[0], group.iloc[-1]
            text = (
                f"{first['indicator']} {first['origin']} to {first['destination']}: "
                f"{first['value']:.0f} ({first['cited_source']}) and {last['value']:.0f} "
                f"({last['cited_source']})"
            )
            rows.append(_issue(last, "figures", "printed_twice_differs", text))
    return rows


def _recognised_refugees(figures: pd.DataFrame, reprinted: pd.DataFrame) -> Rows:
    """Refugees recognised by the state and under the mandate, against UNHCR's total."""
    by_authority = figures[figures["detail"].str.startswith("recognised_by=")]
    totals = _totals(reprinted[reprinted["indicator"] == "refugees"])
    keys = ["reference_date", "origin", "destination"]
    made = by_authority.groupby(keys).agg(made=("value", "sum")).reset_index()
    both = made.merge(totals, on=keys, how="inner")
    odd = both[both["made"] != both["value"]]
    return [
        _issue(
            row, "tables", "sum_differs_between_datasets",
            f"recognised by the state and under the mandate make {row['made']:.0f}, the total "
            f"reprinted from UNHCR is {row['value']:.0f}",
        )
        for row in odd.to_dict("records")
    ]  # fmt: skip


def _shares_against_figures(shares: pd.DataFrame, figures: pd.DataFrame) -> Rows:
    """A share that is not its figure's part of the base, by more than its rounding."""
    keys = ["indicator", "origin", "destination", *_SPLITS, "universe", "year", "producer"]
    printed = shares[(shares["statistic"] == "share") & shares["base_value"].notna()]
    both = printed.merge(figures[[*keys, "freq", "value"]], on=keys, suffixes=("", "_figure"))
    # A share of a sum of years has the figure of that span, not of its last year.
    spans = both["base"].str.contains(" to ")
    both = both[(both["freq"] == "_O") == spans]
    computed = _WHOLE * both["value_figure"] / both["base_value"]
    near = both["precision"] / 2 + 1e-9
    odd = both[(computed - both["value"]).abs() > near].assign(computed=computed)
    return [
        _issue(
            row, "profiles", "share_differs",
            f"printed share is {row['value']:g} per cent; {row['value_figure']:.0f} of "
            f"{row['base_value']:.0f} make {row['computed']:.2f}",
        )
        for row in odd.to_dict("records")
    ]  # fmt: skip


def _shares_of_whole(shares: pd.DataFrame) -> Rows:
    """Shares that should make the whole, or another printed share, and do not."""
    values = shares.set_index("profile_id")["value"]
    rows: Rows = []
    named = shares.dropna(subset=["parts_of"])
    for (_, base, _, split), group in named.groupby(["year", "base", "producer", "parts_of"]):
        whole = float(values.get(split, _WHOLE))
        # Shares that are only about right may be off by one each.
        slack = float((group["precision"] / 2).fillna(1.0).sum())
        if abs(group["value"].sum() - whole) > slack + 1e-9:
            text = (
                f"shares of {base} ({', '.join(f'{one:g}' for one in group['value'])}) make "
                f"{group['value'].sum():g}, not {whole:g} per cent"
            )
            rows.append(_issue(group.iloc[0], "profiles", "shares_do_not_make_whole", text))
    return rows


def _same_on_both_sides(shares: pd.DataFrame) -> Rows:
    """One share printed for those who came into the country and for those who left it."""
    keys = ["statistic", "indicator", *_SPLITS, "universe", "year", "producer", "value"]
    split = shares[~_unsplit(shares)]
    both = split.merge(
        split, left_on=[*keys, "origin", "destination"], right_on=[*keys, "destination", "origin"],
        suffixes=("", "_other"),
    )  # fmt: skip
    once = both[both["origin"] != both["destination"]].drop_duplicates(keys)
    return [
        _issue(
            row, "profiles", "same_share_of_two_populations",
            f"{row['value']:g} per cent stands for {row['base']} and for {row['base_other']}",
        )
        for row in once.to_dict("records")
    ]  # fmt: skip


def _issue(
    row: Mapping[Hashable, object] | pd.Series, dataset: str, kind: str, text: str
) -> dict[str, object]:
    names: Sequence[str] = (
        "release", "year", "origin", "destination", "extract_id", "source_ref"
    )  # fmt: skip
    return {name: row[name] for name in names} | {
        "source": SOURCE,
        "dataset": dataset,
        "kind": kind,
        "description": text,
    }
