"""What a release revised: figures that are new, changed or gone against the release before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import pandas as pd
import pytest

from assets import checks
from assets.combining import combine
from assets.revision import Revisions, revisions
from schemas.reference import DATASET
from schemas.revisions import REVISION
from schemas.validate import conform, validate
from warehouse.reference_data import Reference

Rows = Callable[..., pd.DataFrame]
Revise = Callable[..., Revisions]

MID = {"release": "2023-mid", "extract_id": "mid"}
END = {"release": "2023-end", "extract_id": "end"}
NEW = {"release": "2025-end", "extract_id": "new"}


@pytest.fixture
def revise(observations: Rows, extracts: Rows, reference: Reference) -> Revise:
    """Combine figures of several releases and see what each revised."""

    def make(
        figures: list[dict[str, Any]], files: list[dict[str, Any]], rule: str = "replace"
    ) -> Revisions:
        datasets = reference.table("dataset").astype({"current_rule": "str"})
        datasets = conform(datasets.assign(current_rule=rule), DATASET)
        told = (
            extracts(*files), reference.table("release"), datasets, reference.table("area"),
        )  # fmt: skip
        made = revisions(vars(combine(observations(*figures), *told)), *told)
        validate(made.figures, REVISION, reference.codes)
        return made

    return make


def said(made: Revisions) -> list[tuple[Any, ...]]:
    """Change, origin, year, releases and values of each row."""
    columns = [
        "change", "origin", "year", "release_before", "release_after", "value_before",
        "value_after",
    ]  # fmt: skip
    plain = made.figures[columns].astype(object)
    return sorted(
        tuple(None if pd.isna(one) else one for one in row)
        for row in plain.itertuples(index=False, name=None)
    )


def test_changed_new_and_vanished_figures_are_told(revise: Revise) -> None:
    made = revise(
        [
            END, END | {"origin": "UZB", "value": 10.0}, END | {"origin": "TJK", "value": 5.0},
            NEW, NEW | {"origin": "UZB", "value": 12.0}, NEW | {"year": 2023, "value": 7.0},
        ],
        [END, NEW],
    )  # fmt: skip
    assert said(made) == [
        ("changed", "UZB", 2022, "2023-end", "2025-end", 10.0, 12.0),
        ("new", "AFG", 2023, "2023-end", "2025-end", None, 7.0),
        ("vanished", "TJK", 2022, "2023-end", "2025-end", 5.0, None),
    ]
    changed = made.figures[made.figures["change"] == "changed"].iloc[0]
    assert (changed["difference"], changed["relative_difference"]) == (2.0, pytest.approx(0.2))
    assert changed["reference_date"] == date(2022, 12, 31)
    others = made.figures[made.figures["change"] != "changed"]
    assert others[["difference", "relative_difference"]].isna().all(axis=None)
    assert made.compared.to_dict("records") == [
        {"release_after": "2025-end", "compared": 3, "source": "unhcr", "dataset": "population"}
    ]


def test_flows_are_compared_by_their_period(revise: Revise) -> None:
    flow = {"measure": "flow", "indicator": "returns"}
    part = {"freq": "_O", "period_end": date(2022, 6, 30)}
    made = revise(
        [END | flow, END | flow | part | {"value": 3.0}, NEW | flow | {"value": 8.0}], [END, NEW]
    )
    assert said(made) == [
        ("changed", "AFG", 2022, "2023-end", "2025-end", 189.0, 8.0),
        ("vanished", "AFG", 2022, "2023-end", "2025-end", 3.0, None),
    ]


def test_what_is_missing_is_no_figure(revise: Revise) -> None:
    hidden = {"value": None, "obs_status": "Q", "precision": None}
    made = revise(
        [
            END | hidden, END | hidden | {"year": 2021}, END | hidden | {"year": 2020},
            END | {"year": 2019},
            NEW, NEW | hidden | {"year": 2020}, NEW | hidden | {"year": 2019},
            NEW | hidden | {"year": 2018},
        ],
        [END, NEW],
    )  # fmt: skip
    assert said(made) == [
        ("changed", "AFG", 2019, "2023-end", "2025-end", 189.0, None),
        ("changed", "AFG", 2022, "2023-end", "2025-end", None, 189.0),
    ]


def test_from_zero_there_is_no_share(revise: Revise) -> None:
    made = revise([END | {"value": 0.0}, NEW | {"value": 5.0}], [END, NEW])
    (row,) = made.figures.to_dict("records")
    assert row["difference"] == 5.0
    assert pd.isna(row["relative_difference"])


def test_a_mid_year_figure_gives_way_to_that_of_the_year(revise: Revise) -> None:
    interim = {"year": 2023, "reference_date": date(2023, 6, 30), "obs_status": "P"}
    made = revise(
        [MID | interim, MID | {"year": 2021}, END | {"year": 2023, "value": 300.0}], [MID, END]
    )
    assert said(made) == [
        ("new", "AFG", 2023, "2023-mid", "2023-end", None, 300.0),
        ("vanished", "AFG", 2021, "2023-mid", "2023-end", 189.0, None),
    ]


def test_each_release_is_held_against_the_one_before(revise: Revise) -> None:
    made = revise([MID, END | {"value": 2.0}, NEW | {"value": 2.0}], [NEW, END, MID])
    assert said(made) == [("changed", "AFG", 2022, "2023-mid", "2023-end", 189.0, 2.0)]
    again = revise([MID, NEW], [MID, END, NEW])
    assert said(again) == [
        ("new", "AFG", 2022, "2023-end", "2025-end", None, 189.0),
        ("vanished", "AFG", 2022, "2023-mid", "2023-end", 189.0, None),
    ]


def test_a_release_revises_the_countries_of_its_scope_only(revise: Revise) -> None:
    elsewhere = {"destination": "UZB"}
    made = revise(
        [MID, MID | elsewhere, END | elsewhere | {"value": 2.0}, NEW | {"value": 3.0}],
        [MID | {"scope": "KGZ;UZB"}, END | {"scope": "UZB"}, NEW],
    )
    assert said(made) == [
        ("changed", "AFG", 2022, "2023-mid", "2023-end", 189.0, 2.0),
        ("changed", "AFG", 2022, "2023-mid", "2025-end", 189.0, 3.0),
    ]


def test_the_first_release_of_a_country_revises_nothing(revise: Revise) -> None:
    made = revise([MID, NEW | {"destination": "UZB"}], [MID, NEW | {"scope": "UZB"}])
    assert said(made) == []


def test_a_year_that_left_the_window_has_not_vanished(revise: Revise) -> None:
    figures = [
        END | {"year": 2018}, END | {"year": 2019}, END | {"year": 2019, "origin": "UZB"},
        NEW | {"year": 2019, "value": 2.0}, NEW | {"year": 2020},
    ]  # fmt: skip
    kept = [
        ("changed", "AFG", 2019, "2023-end", "2025-end", 189.0, 2.0),
        ("new", "AFG", 2020, "2023-end", "2025-end", None, 189.0),
        ("vanished", "UZB", 2019, "2023-end", "2025-end", 189.0, None),
    ]
    assert said(revise(figures, [END, NEW], "window")) == kept
    gone = ("vanished", "AFG", 2018, "2023-end", "2025-end", 189.0, None)
    assert said(revise(figures, [END, NEW])) == sorted([*kept, gone])


def test_without_a_release_before_there_is_no_revision(revise: Revise) -> None:
    made = revise([NEW], [NEW])
    assert list(made.figures.columns) == REVISION.columns
    assert (len(made.figures), len(made.compared)) == (0, 0)


# --- The check -------------------------------------------------------------------------------


def share(made: Revisions, reference: Reference) -> dict[str, Any]:
    return asdict(checks.revised_share(made.figures, made.compared, reference.table("dataset")))


def test_a_release_that_moved_more_than_a_set_share_is_a_warning(
    revise: Revise, reference: Reference
) -> None:
    before = [END | {"year": year} for year in range(2000, 2010)]
    same = [NEW | {"year": year} for year in range(2001, 2010)]
    one_moved = revise([*before, *same, NEW | {"year": 2000, "value": 1.0}], [END, NEW])
    told = share(one_moved, reference)
    assert (told["passed"], told["is_error"]) == (True, False)
    assert told["numbers"] == {"unhcr/population 2025-end": 0.1}
    # One is gone, one moved, and new ones do not count.
    moved = [*same[1:], NEW | {"year": 2001, "value": 1.0}, NEW | {"year": 2011}]
    told = share(revise([*before, *moved], [END, NEW]), reference)
    assert (told["passed"], told["is_error"]) == (False, False)
    assert "2 of 10 figures moved or are gone, at most 10% are expected" in told["description"]
    assert told["numbers"] == {"unhcr/population 2025-end": 0.2}


def test_only_the_newest_release_is_judged(revise: Revise, reference: Reference) -> None:
    made = revise([MID, END | {"value": 1.0}, NEW | {"value": 1.0}], [MID, END, NEW])
    assert share(made, reference)["passed"]
    assert share(revise([NEW], [NEW]), reference)["passed"]
