"""The models of IDMC's tables: each rule refuses what breaks it, and names the place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from schemas.sources.idmc import (
    AGE_BANDS,
    FEW_OUT_OF_ORDER,
    MODELS,
    ROUNDING_OF_SEXES,
    both_less_sexes,
    rounded,
)
from schemas.table import TableModel
from schemas.validate import SchemaRefused, conform, validate
from warehouse.reference_data import Reference

_GIVEN: dict[str, Any] = {
    "iso3": "KGZ", "country_name": "Kyrgyzstan", "year": 2022, "release": "2023",
    "extract_id": "one", "sex": "Both sexes", "cause": "Conflict", "figure_category": "IDPs",
    "hazard_type": "Flood", "hazard_sub_type": "Flood", "figure_id": "139921",
    "total_figures": 4003,
}  # fmt: skip
COUNTS = {
    name: [one.name for one in model.fields if one.unit == "persons"]
    for name, model in MODELS.items()
}


def frame_of(dataset: str, *changes: dict[str, Any]) -> pd.DataFrame:
    model = MODELS[dataset]
    rows = [
        {name: _GIVEN.get(name) for name in model.columns} | {"source_ref": f"s!{at + 2}"} | one
        for at, one in enumerate(changes)
    ]
    return conform(pd.DataFrame(rows), model)


def refused(dataset: str, reference: Reference, *changes: dict[str, Any]) -> SchemaRefused:
    with pytest.raises(SchemaRefused) as found:
        validate(frame_of(dataset, *changes), MODELS[dataset], reference.codes)
    return found.value


@pytest.mark.parametrize("dataset", MODELS)
def test_a_good_row_passes(dataset: str, reference: Reference) -> None:
    model: TableModel = MODELS[dataset]
    assert len(validate(frame_of(dataset, {}), model, reference.codes)) == 1


@pytest.mark.parametrize("dataset", MODELS)
@pytest.mark.parametrize("year", [1997, 2200])
def test_a_year_out_of_range(dataset: str, year: int, reference: Reference) -> None:
    fault = refused(dataset, reference, {"year": year}).faults[0]
    assert (fault.place, fault.column, fault.value) == ("s!2", "year", str(year))


@pytest.mark.parametrize("dataset", MODELS)
def test_an_area_that_nobody_knows(dataset: str, reference: Reference) -> None:
    faults = refused(dataset, reference, {"iso3": "QQQ"}).faults
    assert [(one.column, one.value) for one in faults] == [("iso3", "QQQ")]


@pytest.mark.parametrize(
    ("dataset", "column"),
    [
        (name, check.column)
        for name, model in MODELS.items()
        for check in model.checks
        if check.name.startswith("not_negative")
    ],
)
def test_a_count_below_zero(dataset: str, column: str, reference: Reference) -> None:
    faults = refused(dataset, reference, {column: -1}).faults
    assert (column, "-1") in [(one.column, one.value) for one in faults]


@pytest.mark.parametrize(
    ("dataset", "name"),
    [
        (name, check.name.removeprefix("rounded:"))
        for name, model in MODELS.items()
        for check in model.checks
        if check.name.startswith("rounded")
    ],
)
@pytest.mark.parametrize(
    ("raw", "printed"), [(4003, 4100), (4003, None), (0, 0), (99, 100), (105, 110)]
)
def test_a_count_that_is_rounded_otherwise(
    dataset: str, name: str, raw: int, printed: int | None, reference: Reference
) -> None:
    change = {f"{name}_raw": raw, f"{name}_rounded": printed}
    faults = refused(dataset, reference, change).faults
    assert [one.column for one in faults] == [f"{name}_rounded"]


def test_idmc_rounds_halves_to_the_even_neighbour_and_leaves_zero_blank() -> None:
    raw = [0, 1, 100, 105, 115, 995, 1000, 1050, 1150, 4003, 9950, 9999, 10500, 11500, 166329]
    made = [None, 1, 100, 100, 120, 1000, 1000, 1000, 1200, 4000, 10000, 10000, 10000, 12000,
            166000]  # fmt: skip
    found = rounded(pd.Series([*raw, None], dtype="Int64"))
    assert [None if pd.isna(one) else one for one in found] == [*made, None]


@pytest.mark.parametrize(
    ("column", "list_name"),
    [
        ("sex", "idmc_sex"),
        ("cause", "idmc_cause"),
        ("figure_category", "idmc_figure_category"),
        ("event_cause", "idmc_cause"),
        ("hazard_category", "hazard_category"),
        ("hazard_sub_category", "hazard_sub_category"),
        ("hazard_type", "hazard"),
        ("hazard_sub_type", "hazard_sub_type"),
        *((f"{day}_date_accuracy", "idmc_date_accuracy")
          for day in ("start", "end", "stock", "event_start", "event_end")),
    ],
)  # fmt: skip
def test_a_word_that_is_not_idmcs(column: str, list_name: str, reference: Reference) -> None:
    held_by = [
        dataset
        for dataset, model in MODELS.items()
        if column in [one.name for one in model.fields if one.codes == list_name]
    ]
    assert held_by
    for dataset in held_by:
        faults = refused(dataset, reference, {column: "Other"}).faults
        assert (column, "Other") in [(one.column, one.value) for one in faults]


@pytest.mark.parametrize(
    "check", [one for one in MODELS["sex_age"].checks if one.name.startswith("within:")],
    ids=lambda one: one.name,
)  # fmt: skip
def test_a_band_within_a_wider_one(check: Any, reference: Reference) -> None:
    outer = check.expected.split(" of ")[1].split(",")[0]
    faults = refused("sex_age", reference, {check.column: 5, outer: 4}).faults
    assert [one.column for one in faults] == [check.column]


@pytest.mark.parametrize("band", AGE_BANDS.values())
def test_sexes_that_do_not_make_both(band: str, reference: Reference) -> None:
    def rows(both: int) -> list[dict[str, Any]]:
        counts = (("Male", 10), ("Female", 12), ("Both sexes", both))
        return [{"sex": sex, band: count} for sex, count in counts]

    within = frame_of("sex_age", *rows(22 + ROUNDING_OF_SEXES))
    assert len(validate(within, MODELS["sex_age"], reference.codes)) == 3
    assert both_less_sexes(within, band).dropna().tolist() == [ROUNDING_OF_SEXES]
    faults = refused("sex_age", reference, *rows(23 + ROUNDING_OF_SEXES)).faults
    assert [(one.place, one.column) for one in faults] == [("s!4", band)]


@pytest.mark.parametrize("dataset", [one for one in MODELS if one != "disasters"])
def test_a_repeated_key(dataset: str, reference: Reference) -> None:
    fault = refused(dataset, reference, {}, {}).faults[0]
    assert fault.expected == "one row a key"
    assert "s!2" in fault.place
    assert "s!3" in fault.place


def test_a_row_of_events_may_stand_twice_at_two_places(reference: Reference) -> None:
    assert len(validate(frame_of("disasters", {}, {}), MODELS["disasters"], reference.codes)) == 2
    refused("disasters", reference, {}, {"source_ref": "s!2"})


@pytest.mark.parametrize(
    ("dataset", "column"), [("disasters", "hazard_type"), ("disaggregated", "figure_id")]
)
def test_what_must_be_there(dataset: str, column: str, reference: Reference) -> None:
    first, *_ = refused(dataset, reference, {column: None}).faults
    assert (first.column, first.expected) == (column, "a value")


@pytest.mark.parametrize(
    ("dataset", "lacking"),
    [
        ("disasters", {"hazard_sub_type": None}),
        ("disaggregated", {"hazard_sub_type": None}),
        ("disaggregated", {"hazard_type": None}),
    ],
)
def test_a_hazard_that_is_told_by_half(
    dataset: str, lacking: dict[str, None], reference: Reference
) -> None:
    found = refused(dataset, reference, lacking)
    assert [(one.place, one.column) for one in found.faults] == [("s!2", "hazard_sub_type")]


def test_a_figure_of_a_conflict_has_no_hazard(reference: Reference) -> None:
    none = {"hazard_type": None, "hazard_sub_type": None}
    frame = frame_of("disaggregated", none)
    assert len(validate(frame, MODELS["disaggregated"], reference.codes)) == 1


HAS_EVENTS = ("disasters", "disaggregated")


def numbered(dataset: str, *changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows with a key of their own."""
    if dataset == "disasters":
        return list(changes)
    return [{"figure_id": str(at)} | one for at, one in enumerate(changes)]


@pytest.mark.parametrize("dataset", HAS_EVENTS)
def test_a_number_of_an_event_that_is_none(dataset: str, reference: Reference) -> None:
    kept = frame_of(dataset, *numbered(dataset, {"event_id": "18817"}, {"event_id": None}))
    assert len(validate(kept, MODELS[dataset], reference.codes)) == 2
    (fault,) = refused(dataset, reference, {"event_id": "Flood"}).faults
    assert (fault.column, fault.value) == ("event_id", "Flood")


@pytest.mark.parametrize("dataset", HAS_EVENTS)
def test_a_country_with_two_names(dataset: str, reference: Reference) -> None:
    other = {"country_name": "Kyrgyzstan: Flood - Osh"}
    faults = refused(dataset, reference, *numbered(dataset, {}, other)).faults
    assert [(one.place, one.column) for one in faults] == [
        ("s!2", "country_name"), ("s!3", "country_name"),
    ]  # fmt: skip
    for apart in ({"iso3": "TJK"}, {"extract_id": "two"}):
        kept = frame_of(dataset, *numbered(dataset, {}, other | apart))
        assert len(validate(kept, MODELS[dataset], reference.codes)) == 2


@pytest.mark.parametrize(
    ("dataset", "first", "last"),
    [
        ("disasters", "start_date", "end_date"),
        ("disaggregated", "start_date", "end_date"),
        ("disaggregated", "event_start_date", "event_end_date"),
    ],
)
@pytest.mark.parametrize(
    ("back", "ahead", "good"),
    [(FEW_OUT_OF_ORDER - 1, 0, True), (2, 2, True), (2, 1, False), (FEW_OUT_OF_ORDER, 0, False)],
)
def test_days_that_are_out_of_order_in_most_rows(
    dataset: str, first: str, last: str, back: int, ahead: int, good: bool, reference: Reference
) -> None:
    of_movement = {"figure_category": "Internal Displacements"} if dataset != "disasters" else {}
    days = [date(2022, 6, 1)] * back + [date(2022, 6, 12)] * ahead
    rows = numbered(dataset, *({first: date(2022, 6, 9), last: day} | of_movement for day in days))
    if good:
        made = validate(frame_of(dataset, *rows), MODELS[dataset], reference.codes)
        assert len(made) == back + ahead
        return
    faults = refused(dataset, reference, *rows).faults
    assert [one.column for one in faults] == [last] * back


@pytest.mark.parametrize(
    ("other", "column", "value"),
    [
        *(("IDPs", name, date(2022, 9, 14)) for name in ("start_date", "end_date")),
        *(("IDPs", name, "Day") for name in ("start_date_accuracy", "end_date_accuracy")),
        ("Internal Displacements", "stock_date", date(2022, 9, 14)),
        ("Internal Displacements", "stock_date_accuracy", "Day"),
        ("Internal Displacements", "stock_reporting_date", date(2022, 12, 31)),
    ],
)
def test_a_day_of_the_other_category(
    other: str, column: str, value: date | str, reference: Reference
) -> None:
    (own,) = {"IDPs", "Internal Displacements"} - {other}
    kept = frame_of("disaggregated", {"figure_category": own, column: value})
    assert len(validate(kept, MODELS["disaggregated"], reference.codes)) == 1
    odd = {"figure_category": other, column: value}
    (fault,) = refused("disaggregated", reference, odd).faults
    assert (fault.place, fault.column, fault.value) == ("s!2", column, str(value))


def test_a_figure_that_is_rounded_alone_beside_others_that_are_not(reference: Reference) -> None:
    exact = {"displacements_raw": 4003, "displacements_rounded": 4000}
    alone = {"year": 2021, "displacements_rounded": 4000}
    (fault,) = refused("conflicts", reference, exact, alone).faults
    assert (fault.place, fault.column) == ("s!3", "displacements_rounded")
    # Old exports print no other figures.
    assert len(validate(frame_of("conflicts", alone), MODELS["conflicts"], reference.codes)) == 1


def test_a_band_that_one_sex_has_not(reference: Reference) -> None:
    both, men, women = ({"sex": one, "age_0_4": 0} for one in ("Both sexes", "Male", "Female"))
    rows = frame_of("sex_age", both, men, women)
    assert len(validate(rows, MODELS["sex_age"], reference.codes)) == 3
    faults = refused("sex_age", reference, both, men, women | {"age_0_4": None}).faults
    assert {one.column for one in faults} == {"age_0_4"}
