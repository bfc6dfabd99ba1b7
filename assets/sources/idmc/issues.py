"""What is odd in IDMC's accepted files and was kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from assets.sources.idmc.counts import BY_CATEGORY, COLUMNS, DISJOINT_BANDS, SOURCE
from assets.sources.oddities import issue_rows
from schemas.facts import QUALITY_ISSUE
from schemas.sources.idmc import AGE_BANDS, ROUNDING_OF_SEXES, both_less_sexes
from schemas.validate import conform, empty_frame
from warehouse.reference_data import Reference

_YEAR = ["iso3", "year"]
_STAMP = ["release", "extract_id", "source_ref"]
_NOT_OF_EVENT = frozenset(_STAMP)


def quality_issues(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """What is odd in IDMC's accepted files.

    Args:
        tables: Source-shaped frames by dataset.
        reference: Table ``release`` says which release is newer.

    Returns:
        Issues in the columns of ``schemas.facts.QUALITY_ISSUE``: rows of events that stand
        twice, events that end before they start, events that do not make the country's total of
        their release, sexes that do not make both, ages that do not make the stock, and totals
        that a newer release changed or no longer has.
    """
    totals = _totals(tables, reference)
    found = [
        _twice(tables["disasters"]),
        _out_of_order(tables["disasters"], "disasters", "start_date", "end_date"),
        _out_of_order(
            tables["disaggregated"], "disaggregated", "event_start_date", "event_end_date"
        ),
        _events_that_differ(tables["disasters"], tables["displacements"]),
        _sexes_that_differ(tables["sex_age"]),
        _ages_that_differ(tables["sex_age"], totals),
        _revised(totals),
    ]
    rows = [part for part in found if len(part)]
    if not rows:
        return empty_frame(QUALITY_ISSUE)
    return conform(pd.concat(rows, ignore_index=True), QUALITY_ISSUE)


def _twice(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that are the same as an earlier one of their file in every column."""
    same = [name for name in frame.columns if name != "source_ref"]
    odd = frame[frame.duplicated(same)]
    first = frame.drop_duplicates(same)[[*same, "source_ref"]].rename(
        columns={"source_ref": "earlier"}
    )
    told = odd.merge(first, on=same, how="left")
    text = [
        f"{one['event_name']}: {one['displacements_raw']} stands at {one['earlier']} too; both "
        "rows are kept and both counted, as in the country's total"
        for one in told.to_dict("records")
    ]
    return issue_rows(_sided(odd), SOURCE, "disasters", "duplicate_row", text)


def _out_of_order(frame: pd.DataFrame, dataset: str, first: str, last: str) -> pd.DataFrame:
    odd = frame[(frame[last] < frame[first]).fillna(False).to_numpy(dtype=bool)]
    text = [
        f"{one['event_name']}: ends {one[last]}, starts {one[first]}"
        for one in odd.to_dict("records")
    ]
    return issue_rows(_sided(odd), SOURCE, dataset, "dates_out_of_order", text)


def _events_that_differ(events: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Events of a country and year, summed, against its total in the same release."""
    keys = [*_YEAR, "release"]
    one_extract = _newest_extract(events)
    summed = one_extract.groupby(keys, observed=True).agg(
        made=("displacements_raw", "sum"), listed=("displacements_raw", "size")
    )
    printed = totals[[*keys, "disaster_displacements_raw", "extract_id", "source_ref"]]
    held = printed[printed["release"].astype("str").isin(events["release"].astype("str"))]
    both = held.join(summed, on=keys)
    made = both["made"].fillna(0)
    odd = both[(made != both["disaster_displacements_raw"].fillna(0)).to_numpy(dtype=bool)]
    text = [
        f"{_number(one['listed'])} events make {_number(one['made'])}, the country's total is "
        f"{_number(one['disaster_displacements_raw'])}"
        for one in odd.to_dict("records")
    ]
    return issue_rows(_sided(odd), SOURCE, "displacements", "sum_differs_between_datasets", text)


def _newest_extract(frame: pd.DataFrame) -> pd.DataFrame:
    """Of several extracts of a release that hold a country, the one that stands last."""
    last = frame.groupby(["iso3", "release"], observed=True)["extract_id"].transform("last")
    return frame[(frame["extract_id"].astype("str") == last.astype("str")).to_numpy(dtype=bool)]


def _sexes_that_differ(frame: pd.DataFrame) -> pd.DataFrame:
    """Both sexes against males and females; the gate refuses more than rounding explains."""
    parts = []
    for band, column in AGE_BANDS.items():
        if frame[column].notna().any():
            less = both_less_sexes(frame, column)
            parts.append(frame.assign(band=band, less=less)[(less.fillna(0) != 0).to_numpy()])
    if not parts:
        return empty_frame(QUALITY_ISSUE)
    # One issue a row, the first band.
    odd = pd.concat(parts).drop_duplicates(["extract_id", "source_ref"])
    text = [
        f"both sexes aged {one['band']} are {one['less']:+.0f} of males and females together"
        for one in odd.to_dict("records")
    ]
    return issue_rows(_sided(odd), SOURCE, "sex_age", "part_sum_differs", text)


def _ages_that_differ(frame: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Disjoint bands of both sexes against the stock of the same release."""
    rows = frame[(frame["sex"] == "Both sexes").to_numpy(dtype=bool)].copy()
    rows["made"] = pd.Series(pd.NA, index=rows.index, dtype="Int64")
    for bands in DISJOINT_BANDS:
        rows["made"] = rows["made"].fillna(rows[list(bands)].sum(axis=1, min_count=len(bands)))
    indicators = [BY_CATEGORY[(one, "IDPs")].indicator for one in rows["cause"]]
    rows["indicator"] = pd.Series(indicators, index=rows.index, dtype="str")
    keys = [*_YEAR, "release", "indicator"]
    printed = totals[totals["dataset"] == "displacements"].drop_duplicates(keys)
    rows = rows.astype({"iso3": "str", "release": "str"})
    both = rows.merge(printed[[*keys, "value"]], on=keys, how="inner")
    odd = both[((both["made"] - both["value"]).abs() > ROUNDING_OF_SEXES).fillna(False)]
    text = [
        f"ages make {one['made']}, the stock displaced by {one['cause'].lower()} is "
        f"{one['value']:.0f}"
        for one in odd.to_dict("records")
    ]
    return issue_rows(_sided(odd), SOURCE, "sex_age", "sum_differs_between_datasets", text)


def _totals(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """Totals of a country and year in every dataset that gives or makes them."""
    parts = []
    for dataset in ("displacements", "conflicts"):
        frame = tables[dataset]
        for name, count in COLUMNS[dataset].items():
            parts.append(_total(frame, f"{name}_raw", count.indicator, dataset))
    listed = _newest_extract(tables["disasters"])
    for name, count in COLUMNS["disasters"].items():
        column = f"{name}_raw"
        # Workbooks have no stocks of events.
        given = listed[column].notna().groupby(listed["extract_id"].astype("str"))
        rows = _summed(listed[given.transform("any").to_numpy(dtype=bool)], column)
        parts.append(_total(rows, column, count.indicator, "disasters"))
    for dataset, column in (("figure_analyses", "figures_raw"), ("disaggregated", "total_figures")):
        frame = tables[dataset]
        for (cause, category), count in BY_CATEGORY.items():
            wanted = (frame["cause"] == cause) & (frame["figure_category"] == category)
            if wanted.any():
                rows = _summed(frame[wanted.to_numpy(dtype=bool)], column)
                parts.append(_total(rows, column, count.indicator, dataset))
    totals = pd.concat(parts, ignore_index=True)
    return totals.assign(known=_known_on(totals, reference))


def _summed(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    groups = frame.groupby([*_YEAR, "release", "extract_id"], observed=True, as_index=False)
    made = groups.agg(source_ref=("source_ref", "first"))
    return made.assign(**{column: groups[column].sum(min_count=1)[column]})


def _total(frame: pd.DataFrame, column: str, indicator: str, dataset: str) -> pd.DataFrame:
    plain = frame[[*_YEAR, *_STAMP]].astype({name: "str" for name in ("iso3", *_STAMP)})
    value = frame[column].to_numpy(dtype="float64", na_value=float("nan"))
    return plain.assign(value=value, indicator=indicator, dataset=dataset)


def _known_on(totals: pd.DataFrame, reference: Reference) -> pd.Series:
    releases = reference.table("release")
    own = releases[releases["source"] == SOURCE]
    known = {
        (str(one["dataset"]), str(one["release"])): one["known_on_to"]
        for one in own.to_dict("records")
    }
    keys = zip(totals["dataset"], totals["release"], strict=True)
    return pd.Series([pd.Timestamp(known[one]) for one in keys], index=totals.index,
                     dtype="datetime64[s]")  # fmt: skip


def _revised(totals: pd.DataFrame) -> pd.DataFrame:
    """Totals of older releases that the newest with the country has not, or has otherwise.

    Context and single figures can be of one year, so their silence says nothing.
    """
    by = ["iso3", "indicator"]
    whole = totals[~totals["dataset"].isin(("figure_analyses", "disaggregated"))]
    newest_day = whole.groupby(by)["known"].max().rename("newest_day")
    of_newest = whole.join(newest_day, on=by)
    newest = of_newest[of_newest["known"] == of_newest["newest_day"]]
    newest = newest.drop_duplicates([*by, "year"])
    release = newest.drop_duplicates(by).set_index(by)["release"].rename("newest")
    dated = totals.join(newest_day, on=by)
    older = dated[(dated["known"] < dated["newest_day"]) & (dated["value"] > 0)]
    both = older.join(release, on=by).merge(
        newest[[*by, "year", "value"]].rename(columns={"value": "now"}),
        on=[*by, "year"], how="left",
    )  # fmt: skip
    gone, changed = both[both["now"].isna()], both[both["now"].notna()]
    changed = changed[changed["now"] != changed["value"]]
    parts = []
    for odd, kind in ((gone, "value_withdrawn"), (changed, "value_revised")):
        rows = odd.assign(told=[_told(one) for one in odd.to_dict("records")])
        for dataset, own in rows.groupby("dataset"):
            # One row of a file holds several counts, and bears one issue a kind.
            one_a_row = own.groupby(_STAMP, as_index=False).agg(
                iso3=("iso3", "first"), year=("year", "first"), told=("told", "; ".join)
            )
            parts.append(
                issue_rows(
                    _sided(one_a_row), SOURCE, str(dataset), kind, one_a_row["told"].tolist()
                )
            )
    return pd.concat(parts) if parts else empty_frame(QUALITY_ISSUE)


def _told(one: Mapping[Any, Any]) -> str:
    now = "has none" if pd.isna(one["now"]) else f"has {_number(one['now'])}"
    return (
        f"{one['indicator']} {one['year']}: release {one['release']} has "
        f"{_number(one['value'])}, release {one['newest']} {now}"
    )


def _number(value: Any) -> str:
    return "none" if pd.isna(value) else f"{float(str(value)):.0f}"


def _sided(odd: pd.DataFrame) -> pd.DataFrame:
    return odd.assign(origin=odd["iso3"], destination=odd["iso3"])
