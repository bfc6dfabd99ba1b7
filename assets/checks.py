"""Checks that are seen in Dagster's UI: what they look at and when they fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from warehouse.landing import Manifest

_DAYS_A_MONTH = 30.44
# What each check asks, as its page in Dagster's UI says.
ASKED = {
    "key": "Does any key stand twice?",
    "gate": "Is a file of the publisher refused, and none of its dataset accepted since?",
    "freshness": "Is a newer release of a dataset overdue, by the publisher's own rhythm?",
    "row_count_drift": "Has the newest release far fewer rows than the one before?",
    "reconciliation": "Do figures of the newest releases contradict each other?",
    "revised_share": "Did a newest release move more of the figures before it than expected?",
    "rows": "Did a published table lose many of its rows against the build before?",
}


@dataclass(frozen=True)
class CheckOutcome:
    """What a check found.

    Attributes:
        name: Name of the check.
        passed: Whether it holds.
        description: A sentence for people.
        numbers: What was measured.
        is_error: Whether a failure is an error; else it is a warning.
    """

    name: str
    passed: bool
    description: str
    numbers: Mapping[str, float | int | str] = field(default_factory=dict)
    is_error: bool = True


def unique_key(frame: pd.DataFrame, key: tuple[str, ...]) -> CheckOutcome:
    """No key stands twice.

    Args:
        frame: Any table.
        key: Its key columns.
    """
    repeated = int(frame.duplicated(list(key)).sum())
    told = "No key stands twice." if repeated == 0 else f"{repeated} rows repeat a key."
    return CheckOutcome("key", repeated == 0, told, {"repeated": repeated, "rows": len(frame)})


def no_standing_refusal(refusals: list[Manifest]) -> CheckOutcome:
    """No file of the publisher was refused after the last accepted one of its dataset.

    Args:
        refusals: Refused files that still stand.
    """
    if not refusals:
        return CheckOutcome("gate", True, "No file waits in quarantine.", {"refused": 0})
    told = "; ".join(f"{one.file}: {one.why}" for one in refusals)
    return CheckOutcome("gate", False, told[:2000], {"refused": len(refusals)})


def row_count_drift(rows: pd.DataFrame, max_row_drop: float) -> CheckOutcome:
    """The newest release did not lose more rows than it may.

    Args:
        rows: Columns release and rows, oldest release first; of extracts of one scope.
        max_row_drop: Share of rows that a release may lose.
    """
    if len(rows) < 2:
        return CheckOutcome("row_count_drift", True, "Only one release is held.")
    before, now = int(rows["rows"].iloc[-2]), int(rows["rows"].iloc[-1])
    share = (before - now) / before if before else 0.0
    told = (
        f"{now} rows in release {rows['release'].iloc[-1]}, {before} in "
        f"{rows['release'].iloc[-2]}; at most {max_row_drop:.0%} may go."
    )
    numbers = {"rows": now, "rows_before": before, "share_lost": round(share, 4)}
    return CheckOutcome("row_count_drift", share <= max_row_drop, told, numbers)


def revised_share(
    figures: pd.DataFrame, compared: pd.DataFrame, datasets: pd.DataFrame
) -> CheckOutcome:
    """The newest release of each dataset moved no larger share of the figures before it than set.

    Args:
        figures: Table ``revision``.
        compared: Columns source, dataset, release_after, compared: figures held against the
            release before, oldest release first.
        datasets: Table ``dataset`` with ``max_revised_share``.
    """
    keys = ["source", "dataset", "release_after"]
    text = dict.fromkeys(keys, "str")
    newest = compared.astype(text).drop_duplicates(["source", "dataset"], keep="last")
    moved = figures[figures["change"] != "new"].astype(text).groupby(keys).size().rename("moved")
    shares = newest.join(moved, on=keys).fillna({"moved": 0})
    shares = shares[shares["compared"] > 0].merge(
        datasets[["source", "dataset", "max_revised_share"]].astype(
            {"source": "str", "dataset": "str"}
        ),
        on=["source", "dataset"],
    )
    shares["share"] = shares["moved"].astype("float64") / shares["compared"].astype("float64")
    numbers = {
        f"{one['source']}/{one['dataset']} {one['release_after']}": round(float(one["share"]), 4)
        for one in shares.to_dict("records")
    }
    beyond = shares[shares["share"] > shares["max_revised_share"]]
    told = [
        f"{one['source']}/{one['dataset']} {one['release_after']}: {one['moved']:.0f} of "
        f"{one['compared']:.0f} figures moved or are gone, at most "
        f"{one['max_revised_share']:.0%} are expected"
        for one in beyond.to_dict("records")
    ]
    text_of = "; ".join(told) or "No newest release moved more figures than expected."
    return CheckOutcome("revised_share", not told, text_of, numbers, is_error=False)


def freshness(newest: pd.DataFrame, today: date) -> CheckOutcome:
    """The newest release held of each dataset is not older than the publisher's cadence allows.

    Args:
        newest: A row a dataset: dataset, known_on (day by which its newest release held was
            known), cadence_months (months between releases), grace_days (days that a release may
            be late).
        today: The day to judge by.
    """
    told, numbers, late = [], {}, False
    for one in newest.to_dict("records"):
        months, grace = float(one["cadence_months"]), int(one["grace_days"])
        due = one["known_on"] + timedelta(days=months * _DAYS_A_MONTH + grace)
        late = late or today > due
        what = "overdue since" if today > due else "the next is due by"
        told.append(
            f"{one['dataset']}: newest release held known by {one['known_on']}, {what} {due}"
        )
        numbers[f"age_days {one['dataset']}"] = (today - one["known_on"]).days
    return CheckOutcome("freshness", not late, "; ".join(told) + ".", numbers, is_error=False)


def reconciliation(issues: pd.DataFrame, newest: Mapping[str, str]) -> CheckOutcome:
    """The newest releases add up and agree with each other.

    Args:
        issues: Quality issues of the publisher.
        newest: The newest release held of each dataset.
    """
    releases = issues["dataset"].astype("str").map(dict(newest))
    current = int((issues["release"].astype("str") == releases).sum())
    told = (
        f"{current} differences in the newest releases, {len(issues)} in all releases held; "
        "each stands in quality_issue."
    )
    numbers = {"differences_now": current, "differences_in_all": len(issues)}
    return CheckOutcome("reconciliation", current == 0, told, numbers, is_error=False)


def rows_kept(now: Mapping[str, int], before: Mapping[str, int], max_drop: float) -> CheckOutcome:
    """No published table lost more rows against the build before than it may.

    Args:
        now: Rows of each table of this build.
        before: Rows of the tables that the build before had; empty if there is none.
        max_drop: Share of rows that a table may lose.
    """
    lost = {
        name: (rows - now[name]) / rows for name, rows in before.items() if rows and name in now
    }
    beyond = [
        f"{name}: {now[name]:,} rows, {before[name]:,} in the build before"
        for name, share in lost.items()
        if share > max_drop
    ]
    if beyond:
        told = f"{'; '.join(beyond)}. At most {max_drop:.0%} may go."
    elif lost:
        told = f"No table lost more than {max_drop:.0%} of its rows against the build before."
    else:
        told = "There is no build before to compare with."
    numbers = {f"share_lost {name}": round(share, 4) for name, share in lost.items() if share > 0}
    numbers["tables_compared"] = len(lost)
    return CheckOutcome("rows", not beyond, told, numbers, is_error=False)
