"""What a frame is refused for, and the frame that comes back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from schemas.faults import MAX_FAULTS, Fault, Refused
from schemas.table import PANDAS_DTYPES, Field, RowCheck, TableModel
from schemas.validate import SchemaRefused, conform, empty_frame, validate

THINGS = TableModel(
    "things",
    "Things, to try the checks on",
    (
        Field("name", "code", "Its name"),
        Field("colour", "code", "Its colour", "colour", nullable=True),
        Field("weight", "number", "Its weight", nullable=True),
        Field("count", "integer", "How many", nullable=True),
        Field("since", "date", "Since when", nullable=True),
        Field("seen", "timestamp", "When it was seen", nullable=True),
        Field("whole", "boolean", "Whether it is whole", nullable=True),
        Field("remark", "text", "A remark", nullable=True),
        Field("source_ref", "text", "Its place"),
    ),
    ("name", "colour"),
    (RowCheck("light", "a weight of at most 9", lambda frame: ~(frame["weight"] > 9), "weight"),),
)
CODES = {"colour": frozenset(["red", "blue"])}


def things(*changes: dict[str, Any]) -> pd.DataFrame:
    row = {
        "name": "ball", "colour": "red", "weight": 1.5, "count": 2, "since": date(2024, 2, 29),
        "seen": pd.Timestamp("2024-03-01 12:00"), "whole": True, "remark": None,
    }  # fmt: skip
    return pd.DataFrame(
        [
            {**row, "name": f"n{at}", "source_ref": f"line {at}"} | one
            for at, one in enumerate(changes)
        ]
    )


def refusal(frame: pd.DataFrame, model: TableModel = THINGS) -> SchemaRefused:
    with pytest.raises(SchemaRefused) as refused:
        validate(frame, model, CODES)
    return refused.value


def test_a_good_frame_comes_back_in_order_and_types() -> None:
    given = things({}, {"colour": None, "weight": None, "count": None, "since": None})
    came = validate(given[list(reversed(given.columns))], THINGS, CODES)
    assert list(came.columns) == THINGS.columns
    for one in THINGS.fields:
        if one.kind == "code":
            assert isinstance(came[one.name].dtype, pd.CategoricalDtype), one.name
        else:
            assert came[one.name].dtype == PANDAS_DTYPES[one.kind], one.name
    assert came["count"].tolist() == [2, pd.NA]
    assert came["since"].iloc[0] == date(2024, 2, 29)


def test_text_that_is_a_number_becomes_one() -> None:
    came = validate(things({"count": "7"}).astype({"count": "str"}), THINGS, CODES)
    assert came["count"].tolist() == [7]


def test_an_empty_frame_is_good_and_typed() -> None:
    came = validate(empty_frame(THINGS), THINGS, CODES)
    assert len(came) == 0
    assert came["since"].dtype == PANDAS_DTYPES["date"]


def test_a_missing_column_is_named() -> None:
    refused = refusal(things({}).drop(columns="weight"))
    assert refused.faults == (Fault("things", "weight", None, "a column of this name"),)


def test_an_unknown_column_is_named() -> None:
    refused = refusal(things({}).assign(height=1))
    assert refused.faults == (Fault("things", "height", "height", "no column of this name"),)


@pytest.mark.parametrize(
    ("column", "value"),
    [("count", "many"), ("count", 1.5), ("weight", "heavy"), ("since", "yesterday"),
     ("whole", "perhaps")],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_refused(column: str, value: Any) -> None:
    refused = refusal(things({column: value}))
    assert [(fault.column, refused.total) for fault in refused.faults] == [(column, 1)]
    assert "values of kind" in refused.faults[0].expected


def test_a_missing_value_is_refused_at_its_place() -> None:
    refused = refusal(things({}, {"name": None}))
    assert refused.faults == (Fault("line 1", "name", None, "a value"),)


def test_an_unknown_code_is_refused_at_its_place() -> None:
    refused = refusal(things({}, {"colour": "green"}))
    assert refused.faults == (Fault("line 1", "colour", "green", "a code of colour"),)


def test_a_category_that_no_row_uses_is_no_fault() -> None:
    given = things({}, {"colour": "green"}).astype({"colour": "category"}).iloc[:1]
    assert len(validate(given, THINGS, CODES)) == 1


def test_a_code_list_that_is_not_given_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError, match="colour"):
        validate(things({}), THINGS, {})


def test_a_row_check_is_refused_at_its_place() -> None:
    refused = refusal(things({}, {"weight": 9.5}, {"weight": 9.0}))
    assert refused.faults == (Fault("line 1", "weight", "9.5", "a weight of at most 9"),)


def test_a_row_check_is_not_lost_where_every_other_column_is_missing() -> None:
    bare = {"colour": None, "count": None, "since": None, "seen": None, "whole": None}
    assert refusal(things({"weight": 10.0} | bare)).total == 1


def test_a_repeated_key_names_both_places() -> None:
    refused = refusal(things({"name": "a"}, {"name": "b"}, {"name": "a"}))
    (fault,) = refused.faults
    assert fault.place == "line 0 and line 2"
    assert fault.value == "name=a, colour=red"


def test_a_repeated_key_with_a_missing_part_names_both_places() -> None:
    twice = {"name": "a", "colour": None}
    (fault,) = refusal(things({"name": "a"}, twice, twice)).faults
    assert fault.place == "line 1 and line 2"


def test_a_repeated_key_is_left_to_the_build_when_asked() -> None:
    twice = things({"name": "a"}, {"name": "a"})
    assert len(validate(twice, THINGS, CODES, prove_key=False)) == 2


def test_without_places_rows_are_counted_from_one() -> None:
    bare = TableModel("bare", "No places", THINGS.fields[:1], ("name",))
    assert refusal(pd.DataFrame({"name": ["a", None]}), bare).faults[0].place == "row 2"


def test_rows_keep_their_place_whatever_their_index() -> None:
    given = things({}, {"colour": "green"}, {}).set_index(pd.Index([7, 7, 9]))
    assert refusal(given).faults[0].place == "line 1"


def test_all_kinds_of_faults_are_told_at_once() -> None:
    refused = refusal(things({"name": None}, {"colour": "green"}, {"weight": 10}))
    assert {fault.column for fault in refused.faults} == {"name", "colour", "weight"}
    assert refused.total == 3


def test_a_hundred_thousand_bad_rows_make_a_short_refusal() -> None:
    rows = 100_000
    given = pd.DataFrame(
        {
            "name": [f"n{at}" for at in range(rows)], "colour": "green", "weight": 10.0,
            "count": 1, "since": date(2024, 1, 1), "seen": pd.Timestamp("2024-01-01"),
            "whole": True, "remark": None,
            "source_ref": [f"line {at}" for at in range(rows)],
        }
    )  # fmt: skip
    refused = refusal(given)
    assert refused.total == 2 * rows
    assert len(refused.faults) == MAX_FAULTS
    assert len(str(refused)) < 200 * MAX_FAULTS
    assert f"and {2 * rows - MAX_FAULTS} more" in str(refused)


def test_a_refusal_reads_as_sentences() -> None:
    faults = [Fault("line 3", "sex", "X", "a code of sex"), Fault("line 4", None, None, "a row")]
    assert str(Refused("a.csv", faults)) == (
        "a.csv: 2 faults\n  line 3, column sex: found 'X', expected a code of sex\n"
        "  line 4: expected a row"
    )
    assert str(Refused("a.csv", faults[:1])).startswith("a.csv: 1 fault\n")


def test_conform_drops_nothing_and_keeps_categories() -> None:
    given = things({}, {}).astype({"name": "category"})
    assert conform(given, THINGS)["name"].cat.categories.tolist() == ["n0", "n1"]


def test_a_code_that_is_a_number_comes_back_as_text() -> None:
    given = things({"name": 1}).astype({"name": "category"})
    came = validate(given, THINGS, CODES)
    assert came["name"].tolist() == ["1"]
