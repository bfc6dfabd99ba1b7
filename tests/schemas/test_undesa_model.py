"""The models of UN DESA's tables: each rule refuses what breaks it, and names the place."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from schemas.sources.undesa import MODELS
from schemas.validate import SchemaRefused, conform, validate
from warehouse.reference_data import Reference

Row = dict[str, Any]
_STAMP: Row = {"release": "2020", "extract_id": "one"}
_TO_KGZ: Row = {"destination_label": "Kyrgyzstan", "destination_m49": "417",
                "destination_name": None}  # fmt: skip
_TO_WORLD: Row = {"destination_label": "WORLD", "destination_m49": None,
                  "destination_name": "WORLD"}  # fmt: skip
_TO_RUSSIA: Row = _TO_KGZ | {"destination_label": "Russian Federation", "destination_m49": "643"}
_FROM_KGZ: Row = {"origin_label": "Kyrgyzstan", "origin_m49": "417", "origin_name": None}
_FROM_WORLD: Row = {"origin_label": "WORLD", "origin_m49": None, "origin_name": "WORLD"}
_FROM_OTHERS: Row = {"origin_label": "Others", "origin_m49": None, "origin_name": "Others"}
_FROM_RUSSIA: Row = _FROM_KGZ | {"origin_label": "Russian Federation", "origin_m49": "643"}
_STOCK: Row = {"year": 2020, "data_type": "BR", "sex": "_T", **_STAMP}


def _by_sex(row: Row, both: int, men: int) -> list[Row]:
    return [row | {"sex": sex, "value": value}
            for sex, value in (("_T", both), ("M", men), ("F", both - men))]  # fmt: skip


GOOD: dict[str, list[Row]] = {
    "destination_origin": [
        *_by_sex(_STOCK | _TO_WORLD | _FROM_KGZ, 774377, 368266),
        *_by_sex(_STOCK | _TO_RUSSIA | _FROM_KGZ, 774377, 368266),
        *_by_sex(_STOCK | _TO_KGZ | _FROM_WORLD, 199011, 80456),
        *_by_sex(_STOCK | _TO_KGZ | _FROM_RUSSIA, 199000, 80450),
        *_by_sex(_STOCK | _TO_KGZ | _FROM_OTHERS, 11, 6),
    ],
    "destination": [
        *_by_sex(_STOCK | _TO_WORLD, 199011, 80456),
        *_by_sex(_STOCK | _TO_KGZ, 199011, 80456),
    ],
    "age_sex": [
        row | {"age": age}
        for age, both, men in (("_T", 30, 13), ("Y0T4", 10, 5), ("Y_GE75", 20, 8))
        for row in _by_sex(_STOCK | _TO_KGZ, both, men)
    ],
    "wpp_net_migration": [{"country_code": "417", "year": 1990, "mig": -27.912, **_STAMP}],
    "abel_cohen": [
        {"method": "da_min_closed", "type": "all", "sex": "_T", "year0": 1990, "year1": 1995,
         "orig": "Kyrgyzstan", "dest": "Cape Verde", "flow": 2.0, **_STAMP},
    ],
}  # fmt: skip
GOOD["age_sex"] += [row | _TO_WORLD for row in GOOD["age_sex"]]

NEXT = pd.Timestamp.now().year + 1
# Dataset, name of the rule, the row that is changed, the change.
BROKEN: list[tuple[str, str, int, Row]] = [
    *((dataset, "year_in_range", 0, {"year": year})
      for dataset in GOOD if dataset != "abel_cohen" for year in (1949, NEXT + 1)),
    *((dataset, "not_negative:value", 0, {"value": -1})
      for dataset in ("destination_origin", "destination", "age_sex")),
    *((dataset, "one_area:destination", 0, change)
      for dataset in ("destination_origin", "destination", "age_sex")
      for change in ({"destination_m49": "643", "destination_name": "WORLD"},
                     {"destination_m49": None, "destination_name": None})),
    ("destination_origin", "one_area:origin", 3, {"origin_m49": None}),
    ("destination_origin", "sexes_make_total", 4, {"value": 368267}),
    ("destination_origin", "countries_make_world:destination", 0, {"value": 774378}),
    ("destination_origin", "countries_make_world:origin", 6, {"value": 199012}),
    ("destination", "sexes_make_total", 5, {"value": 118556}),
    ("destination", "countries_make_world:destination", 0, {"value": 199012}),
    ("age_sex", "sexes_make_total", 4, {"value": 6}),
    ("age_sex", "ages_make_total", 0, {"value": 31}),
    ("age_sex", "countries_make_world:destination", 9, {"value": 31}),
    ("abel_cohen", "year0_in_range", 0, {"year0": 1949, "year1": 1954}),
    ("abel_cohen", "not_negative:flow", 0, {"flow": -2.0}),
    ("abel_cohen", "five_years", 0, {"year1": 1996}),
    ("abel_cohen", "two_countries", 0, {"dest": "Kyrgyzstan"}),
]  # fmt: skip


def table(dataset: str, rows: list[Row]) -> pd.DataFrame:
    placed = [row | {"source_ref": f"Table 1!H{at + 12}"} for at, row in enumerate(rows)]
    return conform(pd.DataFrame(placed), MODELS[dataset])


@pytest.mark.parametrize("dataset", MODELS)
def test_good_rows_pass(dataset: str, reference: Reference) -> None:
    frame = table(dataset, GOOD[dataset])
    assert len(validate(frame, MODELS[dataset], reference.codes)) == len(frame)


@pytest.mark.parametrize(("dataset", "rule", "row", "change"), BROKEN)
def test_a_broken_rule_refuses_and_names_the_place(
    dataset: str, rule: str, row: int, change: Row, reference: Reference
) -> None:
    rows = [one | (change if at == row else {}) for at, one in enumerate(GOOD[dataset])]
    check = next(one for one in MODELS[dataset].checks if one.name == rule)
    with pytest.raises(SchemaRefused) as refused:
        validate(table(dataset, rows), MODELS[dataset], reference.codes)
    assert check.expected in str(refused.value)
    assert not check.holds(table(dataset, rows)).all()


def test_every_rule_is_broken_by_a_row() -> None:
    every = {(dataset, one.name) for dataset, model in MODELS.items() for one in model.checks}
    assert every == {(dataset, rule) for dataset, rule, _, _ in BROKEN}


@pytest.mark.parametrize(
    ("dataset", "change"),
    [
        ("destination_origin", {"origin_m49": "999999"}),
        ("destination_origin", {"data_type": "X"}),
        ("destination", {"destination_m49": None, "destination_name": "Atlantis"}),
        ("age_sex", {"age": "Y0T3"}),
        ("wpp_net_migration", {"country_code": "999999"}),
        ("abel_cohen", {"dest": "Atlantis"}),
        ("abel_cohen", {"method": "guessed"}),
        ("abel_cohen", {"type": "sideways"}),
    ],
)
def test_an_unknown_code_refuses_and_is_named(
    dataset: str, change: Row, reference: Reference
) -> None:
    last = len(GOOD[dataset]) - 1
    row = next(at for at in range(last, -1, -1) if GOOD[dataset][at].get("origin_m49") or at == 0)
    rows = [one | (change if at == row else {}) for at, one in enumerate(GOOD[dataset])]
    column, value = list(change.items())[-1]
    with pytest.raises(SchemaRefused) as refused:
        validate(table(dataset, rows), MODELS[dataset], reference.codes)
    assert (column, value) in {(one.column, one.value) for one in refused.value.faults}


@pytest.mark.parametrize("dataset", MODELS)
def test_a_row_that_is_there_twice_refuses(dataset: str, reference: Reference) -> None:
    rows = [*GOOD[dataset], GOOD[dataset][-1]]
    with pytest.raises(SchemaRefused, match="one row a key"):
        validate(table(dataset, rows), MODELS[dataset], reference.codes)


def test_what_is_not_printed_is_compared_with_nothing(reference: Reference) -> None:
    """Three small countries have no figures by sex, so the world is more than the known parts."""
    rows = GOOD["destination"] + [
        _STOCK | _TO_RUSSIA | {"sex": sex, "value": value}
        for sex, value in (("_T", 0), ("M", None), ("F", None))
    ]
    rows[1], rows[2] = rows[1] | {"value": 80461}, rows[2] | {"value": 118550}
    validate(table("destination", rows), MODELS["destination"], reference.codes)


def test_the_world_of_revision_2019_need_not_be_the_sum(reference: Reference) -> None:
    rows = [one | {"release": "2019", "year": 2019} for one in GOOD["destination_origin"]]
    rows[:3] = [rows[at] | {"value": value} for at, value in enumerate((774365, 368260, 406105))]
    validate(table("destination_origin", rows), MODELS["destination_origin"], reference.codes)


def test_countries_by_name_are_not_taken_for_all_parts(reference: Reference) -> None:
    rows = [
        one | {"origin_m49": None, "origin_name": one["origin_label"]}
        for one in GOOD["destination_origin"]
    ]
    rows += _by_sex(_STOCK | _TO_KGZ | _FROM_WORLD
                    | {"year": 2015}, 5, 2)  # fmt: skip
    rows += _by_sex(_STOCK | _TO_KGZ | _FROM_OTHERS | {"year": 2015}, 4, 2)
    validate(table("destination_origin", rows), MODELS["destination_origin"], reference.codes)
