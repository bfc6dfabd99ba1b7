"""What must refuse a file of IDMC, and where: in its reader, and in the gate behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.sources.gate import read_checked
from assets.sources.idmc.read import read, recognise, recognise_sheets
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.workbooks import open_workbook
from schemas.faults import Refused
from tests.assets.sources.idmc_files import (
    BOTH,
    DISPLACEMENT,
    EVENT,
    FLOOD,
    MEN,
    OF_2021,
    OF_2022,
    SADD,
    WOMEN,
    as_csv,
    conflict,
    displacement,
    envelope,
    sadd,
    workbook,
)
from tests.assets.sources.refusals import refusal
from warehouse.reference_data import Reference


@pytest.fixture
def read_text(given: Callable[[Any], Path]) -> Callable[..., Reading]:
    return lambda data, dataset=None: read(given(data), dataset)


# --- what is refused, and where


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({4: "many"}, ("1_Displacement_data!E2", "many", "a whole number")),
        ({4: -3}, ("1_Displacement_data!E2", "-3", "at least 0")),
        ({4: 4003.5}, ("1_Displacement_data!E2", "4003.5")),
        ({2: "2022*"}, ("1_Displacement_data!C2", "2022*")),
        ({2: ""}, ("1_Displacement_data!C2", "a value")),
        ({0: ""}, ("1_Displacement_data!A2", "iso3")),
        ({11: 9}, ("1_Displacement_data!2", "no cell outside the 11 columns")),
    ],
)
def test_cells_of_a_sheet(
    read_text: Callable[..., Reading], change: dict[int, Any], expected: tuple[str, ...]
) -> None:
    row: list[Any] = [*OF_2022, ""]
    for column, cell in change.items():
        row[column] = cell
    told = refusal(read_text, displacement(row))
    for words in expected:
        assert words in told


def test_a_repeated_row(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, displacement(OF_2022, OF_2021, OF_2022))
    assert "1_Displacement_data!4" in told
    assert "1_Displacement_data!2 has it already" in told


def test_a_renamed_a_missing_an_unknown_and_a_doubled_column(
    read_text: Callable[..., Reading],
) -> None:
    renamed = [*DISPLACEMENT[:4], "Conflict Stock Displaced (Raw)", *DISPLACEMENT[5:]]
    told = refusal(read_text, displacement(OF_2022, header=renamed))
    assert "1_Displacement_data!1" in told
    assert "the column 'Conflict Stock Displacement (Raw)'" in told
    told = refusal(read_text, displacement(OF_2022[:10], header=DISPLACEMENT[:10]))
    assert "Disaster Stock Displacement (Raw)" in told
    assert "missing" in told
    told = refusal(read_text, displacement([*OF_2022, 1], header=[*DISPLACEMENT, "Colour"]))
    assert "Colour" in told
    told = refusal(read_text, displacement([*OF_2022, 1], header=[*DISPLACEMENT, "Year"]))
    assert "one column with this meaning" in told


def test_a_day_that_is_none(read_text: Callable[..., Reading]) -> None:
    rows = [EVENT, [*FLOOD[:4], "2024-02-30", *FLOOD[5:]]]
    assert "a!E2" in refusal(read_text, workbook({"a": rows}))
    assert "line 2, column 5" in refusal(read_text, as_csv(rows))


def test_a_sheet_without_rows(read_text: Callable[..., Reading]) -> None:
    assert "rows below the header" in refusal(read_text, displacement())


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.98])
def test_a_workbook_that_is_cut_off(read_text: Callable[..., Reading], keep: float) -> None:
    data = displacement(OF_2022)
    with pytest.raises((FileRefused, NotRecognised)):
        read_text(data[: int(len(data) * keep)])


def test_csv_that_is_cut_off(read_text: Callable[..., Reading]) -> None:
    text = as_csv([DISPLACEMENT, OF_2022, OF_2021])
    assert "cut off" in refusal(read_text, text[:-4])
    assert "line 3" in refusal(read_text, text[:-6] + "\n")
    rows = [EVENT, [*FLOOD[:3], 'a "name", with a comma', *FLOOD[4:]]]
    assert "cut off" in refusal(read_text, as_csv(rows)[:-60])


def test_csv_that_is_no_utf8(read_text: Callable[..., Reading]) -> None:
    data = as_csv([DISPLACEMENT, OF_2022]).encode().replace(b"Kyrgyzstan", b"Kyrgyz\xff")
    assert "line 2" in refusal(read_text, data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([conflict(new_displacement="many")], ("$[0].new_displacement", "many")),
        ([conflict(), conflict()], ("$[1]", "$[0] has it already")),
        ([conflict(), conflict(2021) | {"more": 1}], ("$[1]", "more")),
        ([conflict() | {"more": 1}], ("more", "not known")),
        (envelope([conflict()], 2), ("$.count", "all 2 rows")),
        ([envelope([conflict()], 2), "x"], ("$[1].results", "a list of rows")),
        ([conflict(), 3], ("$[1]", "a row")),
        (envelope([]), ("$.results", "nothing was found")),
        ({"detail": "Client is not registered."}, ("$.detail", "Client is not registered.")),
        (json.dumps([conflict()])[:-9], ("line 1", "cut off")),
    ],
)
def test_answers_of_the_api(
    read_text: Callable[..., Reading], data: Any, expected: tuple[str, ...]
) -> None:
    told = refusal(read_text, data)
    for words in expected:
        assert words in told


def test_a_key_that_is_missing(read_text: Callable[..., Reading]) -> None:
    row = conflict()
    del row["total_displacement"]
    told = refusal(read_text, [row])
    assert "total_displacement" in told
    assert "missing" in told


@pytest.mark.parametrize(("data", "expected"), [("", "empty"), ("<html><p>no", "HTML")])
def test_no_data(read_text: Callable[..., Reading], data: str, expected: str) -> None:
    assert expected in refusal(read_text, data)
    with pytest.raises(FileRefused):
        recognise(data.encode())


@pytest.mark.parametrize(
    "data", ["a,b,c\n1,2,3\n", '{"page": 1}', "[]", '[{"iso3": "KGZ"}]', "Year,Country,Sex,Total\n"]
)
def test_what_is_not_of_idmc(read_text: Callable[..., Reading], data: str) -> None:
    assert recognise(data.encode()) is None
    with pytest.raises(NotRecognised):
        read_text(data)


def test_a_workbook_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "other.xlsx"
    path.write_bytes(workbook({"Table 1": [["Year", "Sex"], [1990, 1]]}))
    assert recognise_sheets(open_workbook(path)) is None
    assert recognise(path.read_bytes()) is None
    with pytest.raises(NotRecognised):
        read(path)


# --- what the gate refuses behind the reader


def gate(path: Path, data: bytes, reference: Reference) -> str:
    path.write_bytes(data)
    with pytest.raises(Refused) as refused:
        read_checked(path, reference, {"release": "2023"})
    return str(refused.value)


def test_the_gate_refuses_an_unknown_area(tmp_path: Path, reference: Reference) -> None:
    told = gate(tmp_path / "a.xlsx", displacement(["QQQ", *OF_2022[1:]]), reference)
    assert "QQQ" in told
    assert "1_Displacement_data!2" in told


def test_the_gate_refuses_a_wrong_total_of_sexes(tmp_path: Path, reference: Reference) -> None:
    wrong = [*BOTH[:-1], BOTH[-1] + 10]
    rows = [SADD, sadd("Male", MEN), sadd("Female", WOMEN), sadd("Both sexes", wrong)]
    told = gate(tmp_path / "a.xlsx", workbook({"sadd": rows}), reference)
    assert "sadd!4" in told
    assert "both sexes" in told


def test_the_gate_refuses_a_figure_rounded_otherwise(tmp_path: Path, reference: Reference) -> None:
    told = gate(tmp_path / "a.xlsx", displacement([*OF_2022[:3], 4100, *OF_2022[4:]]), reference)
    assert "4100" in told
