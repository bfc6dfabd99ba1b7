"""Which figures are current: releases, scopes, and the two rules of a dataset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from assets.combining import Combined, combine, extract_order
from schemas.facts import FLOW, STOCK
from schemas.reference import DATASET
from schemas.validate import conform
from warehouse.reference_data import Reference

Rows = Callable[..., pd.DataFrame]
Combine = Callable[..., Combined]

MID = {"release": "2023-mid", "extract_id": "mid"}
END = {"release": "2023-end", "extract_id": "end"}
NEW = {"release": "2025-end", "extract_id": "new"}
AGAIN = {"release": "2023-end", "extract_id": "again"}


@pytest.fixture
def combined(observations: Rows, extracts: Rows, reference: Reference) -> Combine:
    """Combine figures and files, each said by what differs; the rule is that of the dataset."""

    def make(
        figures: list[dict[str, Any]], files: list[dict[str, Any]], rule: str = "replace"
    ) -> Combined:
        datasets = reference.table("dataset").astype({"current_rule": "str"})
        datasets = conform(datasets.assign(current_rule=rule), DATASET)
        releases = reference.table("release")
        return combine(
            observations(*figures), extracts(*files), releases, datasets, reference.table("area")
        )

    return make


def held(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    columns = ["extract_id", "origin", "destination", "year"]
    return sorted(frame[columns].astype({"year": "int"}).itertuples(index=False, name=None))


def test_the_newest_release_is_current_whatever_the_order_of_landing(combined: Combine) -> None:
    for files in ([MID, END, NEW], [NEW, MID, END], [END, NEW, MID]):
        made = combined([MID, END, NEW], files)
        assert held(made.stock) == [("new", "AFG", "KGZ", 2022)]
        assert [row[0] for row in held(made.stock_superseded)] == ["end", "mid"]


def test_stocks_and_flows_go_to_their_own_tables(combined: Combine) -> None:
    flow = {"measure": "flow", "indicator": "returns"}
    made = combined([END, END | flow, MID, MID | flow], [MID, END])
    assert list(made.stock.columns) == list(made.stock_superseded.columns) == STOCK.columns
    assert list(made.flow.columns) == list(made.flow_superseded.columns) == FLOW.columns
    assert [len(one) for one in vars(made).values()] == [1, 1, 1, 1]
    assert made.flow["indicator"].tolist() == ["returns"]


def test_a_figure_that_the_newest_release_no_longer_has_is_gone(combined: Combine) -> None:
    made = combined([END | {"origin": "UZB"}, NEW], [END, NEW])
    assert held(made.stock) == [("new", "AFG", "KGZ", 2022)]
    assert held(made.stock_superseded) == [("end", "UZB", "KGZ", 2022)]


def test_in_a_window_years_that_left_the_newest_release_stay(combined: Combine) -> None:
    figures = [END | {"year": 2021}, END | {"year": 2022}, NEW | {"year": 2022}]
    made = combined(figures, [END, NEW], "window")
    assert held(made.stock) == [("end", "AFG", "KGZ", 2021), ("new", "AFG", "KGZ", 2022)]
    assert held(made.stock_superseded) == [("end", "AFG", "KGZ", 2022)]
    replaced = combined(figures, [END, NEW], "replace")
    assert held(replaced.stock) == [("new", "AFG", "KGZ", 2022)]


def test_an_extract_of_one_country_never_supersedes_the_rest_of_the_world(
    combined: Combine,
) -> None:
    world = END | {"extract_id": "world"}
    figures = [
        world | {"origin": "AFG", "destination": "KGZ"},
        world | {"origin": "KGZ", "destination": "RUS"},
        world | {"origin": "AFG", "destination": "TJK"},
        NEW | {"origin": "AFG", "destination": "KGZ"},
    ]
    made = combined(figures, [world | {"scope": "ALL"}, NEW | {"scope": "KGZ"}])
    assert held(made.stock) == [("new", "AFG", "KGZ", 2022), ("world", "AFG", "TJK", 2022)]
    assert held(made.stock_superseded) == [
        ("world", "AFG", "KGZ", 2022),
        ("world", "KGZ", "RUS", 2022),
    ]


def test_an_oblast_is_superseded_with_its_country(combined: Combine) -> None:
    oblast, abroad = {"destination": "KG-B"}, {"destination": "UZB"}
    made = combined([END | oblast, END | abroad], [END, NEW | {"scope": "KGZ"}])
    assert [row[2] for row in held(made.stock)] == ["UZB"]
    assert [row[2] for row in held(made.stock_superseded)] == ["KG-B"]


def test_an_extract_of_the_world_supersedes_each_country(combined: Combine) -> None:
    figures = [END, NEW | {"origin": "UZB"}]
    made = combined(figures, [END | {"scope": "KGZ"}, NEW | {"scope": "ALL"}])
    assert held(made.stock) == [("new", "UZB", "KGZ", 2022)]


def test_an_extract_of_several_countries_covers_each_of_them(combined: Combine) -> None:
    figures = [END, END | {"destination": "TJK"}, END | {"destination": "UZB"}, NEW]
    made = combined(figures, [END | {"scope": "ALL"}, NEW | {"scope": "KGZ;TJK"}])
    assert held(made.stock) == [("end", "AFG", "UZB", 2022), ("new", "AFG", "KGZ", 2022)]


def test_of_one_release_landed_twice_the_later_counts_and_the_other_is_dropped(
    combined: Combine,
) -> None:
    figures = [END | {"value": 1.0}, AGAIN | {"value": 2.0}]
    for files, value in (([END, AGAIN], 2.0), ([AGAIN, END], 1.0)):
        made = combined(figures, files)
        assert made.stock["value"].tolist() == [value]
        assert len(made.stock_superseded) == 0


def test_of_one_release_landed_twice_only_what_the_later_covers_is_dropped(
    combined: Combine,
) -> None:
    figures = [END, END | {"destination": "TJK"}, AGAIN]
    made = combined(figures, [END | {"scope": "ALL"}, AGAIN | {"scope": "KGZ"}])
    assert held(made.stock) == [("again", "AFG", "KGZ", 2022), ("end", "AFG", "TJK", 2022)]
    assert len(made.stock_superseded) == 0


def test_a_replaced_extract_stays_dropped_when_a_newer_release_comes(combined: Combine) -> None:
    made = combined([END, AGAIN, NEW], [END, AGAIN, NEW])
    assert held(made.stock) == [("new", "AFG", "KGZ", 2022)]
    assert held(made.stock_superseded) == [("again", "AFG", "KGZ", 2022)]


def test_datasets_do_not_meet(combined: Combine) -> None:
    other = {"dataset": "solutions", "extract_id": "s", "release": "2023-mid"}
    made = combined([NEW, other], [NEW, other])
    assert [row[0] for row in held(made.stock)] == ["new", "s"]


def test_a_release_without_figures_still_supersedes(combined: Combine) -> None:
    made = combined([END], [END, NEW])
    assert len(made.stock) == 0
    assert held(made.stock_superseded) == [("end", "AFG", "KGZ", 2022)]


def test_categories_stay_categories(combined: Combine) -> None:
    made = combined([END, NEW], [END, NEW])
    for name in ("origin", "indicator", "extract_id"):
        assert isinstance(made.stock[name].dtype, pd.CategoricalDtype)


def test_the_order_of_extracts_is_that_of_releases_then_of_landing(
    extracts: Rows, reference: Reference
) -> None:
    files = extracts(NEW, MID, AGAIN, END, {"extract_id": "bad", "accepted": False})
    order = extract_order(files, reference.table("release"))
    assert order["extract_id"].tolist() == ["mid", "again", "end", "new"]
    assert order["release_rank"].tolist() == [0, 1, 1, 2]
    assert order["rank"].tolist() == [0, 1, 2, 3]


def test_the_bundled_releases_are_all_there_and_one_is_current(
    bundled: dict[str, pd.DataFrame],
    bundled_observations: pd.DataFrame,
    extracts: Rows,
    reference: Reference,
) -> None:
    files = [
        {"extract_id": str(one.extract_id), "dataset": name, "release": str(one.release)}
        for name, frame in bundled.items()
        for one in frame[["extract_id", "release"]].drop_duplicates().itertuples()
    ]
    made = combine(
        bundled_observations, extracts(*files), reference.table("release"),
        reference.table("dataset"), reference.table("area"),
    )  # fmt: skip
    assert set(made.stock["release"]) == set(made.flow["release"]) == {"2025-end"}
    assert set(made.stock_superseded["release"]) == {"2023-mid", "2023-end"}
    assert sum(len(one) for one in vars(made).values()) == len(bundled_observations)
