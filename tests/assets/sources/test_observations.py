"""The long shape: categories are kept, breakdowns named, details encoded so that they decode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.sources.observations import (
    concatenate,
    constant,
    detail_column,
    detail_text,
    with_breakdown,
)
from schemas.facts import OBSERVATIONS

Rows = Callable[..., pd.DataFrame]


def decoded(detail: str) -> dict[str, str]:
    pairs = (pair.split("=", 1) for pair in detail.split(";"))
    return {name: unquote(value) for name, value in pairs}


def test_unequal_categories_stay_categories() -> None:
    one = pd.DataFrame({"sex": pd.Categorical(["F", None]), "value": [1, 2]})
    other = pd.DataFrame({"sex": pd.Categorical(["M", "F"]), "value": [3, 4]})
    both = concatenate([one, other])
    assert isinstance(both["sex"].dtype, pd.CategoricalDtype)
    assert both["sex"].astype("object").fillna("-").tolist() == ["F", "-", "M", "F"]
    assert both["value"].tolist() == [1, 2, 3, 4]
    assert both.index.tolist() == [0, 1, 2, 3]


def test_a_column_without_any_category_joins_one_that_has_some() -> None:
    one = pd.DataFrame({"qualifier": constant(None, 2)})
    other = pd.DataFrame({"qualifier": constant("about", 1)})
    both = concatenate([one, other])["qualifier"]
    assert isinstance(both.dtype, pd.CategoricalDtype)
    assert both.isna().tolist() == [True, True, False]


def test_one_frame_comes_back_with_a_new_index() -> None:
    frame = pd.DataFrame({"a": [1, 2]}, index=[5, 6])
    assert concatenate([frame]).index.tolist() == [0, 1]


def test_types_are_those_of_the_parts(observations: Rows) -> None:
    both = concatenate([observations({}), observations({"origin": "UZB"})])
    assert both.dtypes.drop("origin").equals(observations({}).dtypes.drop("origin")) or all(
        isinstance(kind, pd.CategoricalDtype)
        for name, kind in both.dtypes.items()
        if kind != observations({}).dtypes[name]
    )
    assert both["reference_date"].dtype == observations({})["reference_date"].dtype
    assert both["year"].dtype == "Int64"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"origin": "AFG"}, "origin+destination"),
        ({"origin": "WLD"}, "total"),
        ({"destination": "WLD"}, "total"),
        ({"origin": "KGZ"}, "total"),
        ({"origin": "UNK"}, "origin+destination"),
        ({"origin": "WLD", "sex": "F"}, "sex"),
        ({"origin": "WLD", "sex": "F", "age": "Y0T4"}, "sex+age"),
        ({"origin": "WLD", "age": "Y0T4"}, "age"),
        ({"sex": "F", "reason": "study"}, "origin+destination+sex+reason"),
        (
            {"detail": "acc_type=I;loc_type=U;place=Osh"},
            "origin+destination+acc_type+loc_type+place",
        ),
        ({"origin": "KGZ", "detail": "returnee=idp"}, "returnee"),
        ({"origin": "WLD", "detail": "place=a%3Db"}, "place"),
    ],
)
def test_a_breakdown_names_what_is_split(
    changes: dict[str, Any], name: str, observations: Rows
) -> None:
    given_rows = observations({"origin": "UZB"}, changes).drop(columns="breakdown")
    named = with_breakdown(given_rows)
    assert named["breakdown"].tolist() == ["origin+destination", name]
    assert list(named.columns) == OBSERVATIONS.columns
    assert isinstance(named["breakdown"].dtype, pd.CategoricalDtype)


values = st.text(alphabet=st.sampled_from("%;=aB 5;=%25/:Ош"), max_size=8)


@given(
    pairs=st.dictionaries(st.sampled_from(["place", "loc_type", "acc_type"]), values, min_size=1)
)
def test_a_detail_gives_back_its_pairs(pairs: dict[str, str]) -> None:
    text = detail_text(**pairs)
    assert decoded(text) == pairs
    assert list(decoded(text)) == sorted(pairs)


@given(rows=st.lists(st.tuples(values, values), min_size=1, max_size=6))
def test_a_detail_column_says_the_same_row_by_row(rows: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(rows, columns=["location", "kind"], dtype="str").astype("category")
    column = detail_column(frame, {"place": "location", "acc_type": "kind"})
    assert list(column) == [detail_text(place=place, acc_type=kind) for place, kind in rows]


@given(one=st.tuples(values, values), other=st.tuples(values, values))
def test_unequal_pairs_have_unequal_details(one: tuple[str, str], other: tuple[str, str]) -> None:
    texts = [detail_text(a=first, b=second) for first, second in (one, other)]
    assert (texts[0] == texts[1]) == (one == other)
