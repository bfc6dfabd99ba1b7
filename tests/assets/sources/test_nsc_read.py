"""NSC's files: the extracts, open data, dynamic tables, and what must refuse one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlwt

from assets.sources import gate
from assets.sources.nsc import tables
from assets.sources.nsc.read import read, recognise, recognise_sheets
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.recognise import read_any
from assets.sources.workbooks import Sheet, open_workbook
from schemas.faults import Refused
from tests.assets.sources.refusals import refusal
from warehouse.home import EXTRACTS_FOLDER
from warehouse.reference_data import Reference

FOLDER = EXTRACTS_FOLDER / "nsc"
FILES = gate.bundled_files("nsc")
OPEN_DATA = FOLDER / "opendata" / "2025.json"
DYNAMIC = FOLDER / "dynamic" / "2024.xls"
WAGES: dict[str, Any] = {
    "data": [{"pk": 7, "priority": 1, "title_en": "Batken oblast", "title_kg": "Баткен облусу",
              "title_ru": "Баткенская область",
              "values": [{"key": 2024, "value": 26662.0}, {"key": 2023, "value": None}]}],
    "title": "Среднемесячная заработная плата", "units": "сомов",
}  # fmt: skip
HEADS = ("Көрсөткүчтөрдүн аталышы", "Наименование показателей", "Items")
TITLES = (
    "5.01.00.15 Тышкы миграция",
    "5.01.00.15 Внешняя миграция",
    "5.01.00.15 External migration",
)
ARRIVALS = ("Келгендердин саны", "Число прибывших", "Number of arrivals")
DEPARTURES = ("Кеткендердин саны", "Число выбывших", "Number of departures")

Read = Callable[..., Reading]
Grid = list[list[Any]]


@pytest.fixture
def read_data(given: Callable[[Any], Path]) -> Read:
    return lambda data: read(given(data))


@pytest.fixture
def read_grid(tmp_path: Path) -> Read:
    def reader(grid: Grid, name: str = "5.01.00.15") -> Reading:
        book = xlwt.Workbook()
        sheet = book.add_sheet(name)
        for at, row in enumerate(grid):
            for column, cell in enumerate(row):
                if cell != "":
                    sheet.write(at, column, cell)
        path = tmp_path / "given.xls"
        book.save(str(path))
        return read(path)

    return reader


def table(*rows: list[Any], order: tuple[int, int, int] = (0, 1, 2)) -> Grid:
    """A dynamic table as NSC lays it out, label columns in the given order."""
    by = [[texts[one] for one in order] for texts in (TITLES, HEADS, ARRIVALS, DEPARTURES)]
    titles, heads, arrivals, departures = by
    return [
        [*titles, "", "", "", "Периодичность: годовая"], [], [], [*heads, 2017.0, 2018.0], [],
        [*arrivals, 1974.0, 1687.0], [*departures, 5899.0, 7077.0], *rows,
    ]  # fmt: skip


# --- the bundled extracts


def test_there_are_extracts_of_five_datasets() -> None:
    assert [path.relative_to(FOLDER).as_posix() for path in FILES] == [
        "dynamic/2024.xls", "opendata/2025.json", "press/2019-05-16.csv", "press/2020-05-28.csv",
        "press/2021-04-21.csv", "sdg_16_2_2/2022.csv", "sdg_17_3_1_1a/2022.csv",
    ]  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_extract_passes_the_gate(path: Path, reference: Reference) -> None:
    manifest = gate.read_sidecar(path)
    reading = gate.read_checked(path, reference, manifest)
    assert reading.dataset == manifest["dataset"] == path.parent.name
    assert (reading.source, reading.release, reading.scope) == ("nsc", path.stem, ("KGZ",))
    assert len(reading.frame) == manifest["rows"] > 0


def test_open_data_have_their_rows_and_years() -> None:
    reading = read(OPEN_DATA)
    frame = reading.frame
    of_2024 = frame[frame["year"] == 2024].set_index("indicator")["value"]
    assert of_2024.to_dict() == {"population": 7161.9, "immigrants": 14669, "emigrants": 3461}
    assert frame[frame["year"] == 2025].set_index("indicator")["value"].isna().to_dict() == {
        "population": False, "immigrants": True, "emigrants": True,
    }  # fmt: skip
    assert frame["source_ref"][0] == "$.data[0].values[0].value"
    assert reading.stated == {"title": "Динамика постоянного населения", "units": "человек"}


def test_the_dynamic_table_has_labels_in_three_languages() -> None:
    frame = read(DYNAMIC).frame
    first = frame.iloc[0]
    assert first[["label_ky", "label_ru", "label_en"]].tolist() == list(ARRIVALS)
    assert first["source_ref"] == "5.01.00.00!D6"
    found = frame.set_index(["indicator", "year"])["value"]
    assert found["emigrants", 2018] == 7077
    assert found["net_migration", 2018] == -5390
    assert not {2019, 2020} & set(frame["year"])


# --- open data


def test_open_data_of_another_topic_are_kept_apart(read_data: Read) -> None:
    reading = read_data(WAGES)
    assert reading.dataset == "opendata_other"
    assert len(reading.frame) == 2
    assert reading.frame["indicator"].isna().all()
    assert reading.frame["value"].isna().tolist() == [False, True]


def test_rows_are_known_by_label_in_any_language_and_never_by_number(read_data: Read) -> None:
    data = copy.deepcopy(WAGES)
    data["data"][0] |= {"pk": 145139, "title_en": None, "title_kg": None,
                        "title_ru": " Число  иммигрантов,\nтыс. человек"}  # fmt: skip
    reading = read_data(data)
    assert reading.dataset == "opendata"
    assert set(reading.frame["indicator"]) == {"immigrants"}
    data["data"][0] |= {"title_ru": "Число родившихся"}
    assert read_data(data).dataset == "opendata_other"


def _item(change: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["data"][0].update(change)


def _value(change: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["data"][0]["values"][0].update(change)


BROKEN_OPEN_DATA: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (_value({"value": "26662"}), "$.data[0].values[0], column value"),
    (_value({"value": True}), "$.data[0].values[0], column value"),
    (_value({"key": "2024"}), "$.data[0].values[0], column key"),
    (_value({"key": 24}), "$.data[0].values[0], column key"),
    (_value({"flag": 1}), "$.data[0].values[0], column flag"),
    (_item({"pk": None}), "$.data[0], column pk"),
    (_item({"priority": "1"}), "$.data[0], column priority"),
    (_item({"title_ru": 5}), "$.data[0], column title_ru"),
    (_item({"values": None}), "$.data[0].values"),
    (_item({"title_fr": "x"}), "$.data[0], column title_fr"),
    (lambda data: data["data"][0].pop("title_kg"), "$.data[0], column title_kg"),
    (lambda data: data["data"][0]["values"].append({"key": 2024, "value": 1}),
     "$.data[0].values[0].value has it already"),
    (lambda data: data["data"].append(data["data"][0]), "$.data[1].values[0].value"),
    (lambda data: data["data"].append("x"), "$.data[1]"),
    (lambda data: data.pop("units"), "$, column units"),
    (lambda data: data.update(data=[]), "$.data"),
    (_item({"title_en": "Number of immigrants", "title_ru": "Число эмигрантов"}),
     "labels that mean the same"),
]  # fmt: skip


@pytest.mark.parametrize(("breaks", "told"), BROKEN_OPEN_DATA)
def test_broken_open_data_are_refused(
    read_data: Read, breaks: Callable[[dict[str, Any]], object], told: str
) -> None:
    data = copy.deepcopy(WAGES)
    read_data(data)
    breaks(data)
    assert told in refusal(read_data, json.dumps(data, ensure_ascii=False))


def test_two_rows_of_one_meaning_are_refused(read_data: Read) -> None:
    data = copy.deepcopy(WAGES)
    first = data["data"][0] | {"title_en": "Number of emigrants"}
    data["data"] = [first, first | {"pk": 8}]
    told = refusal(read_data, data)
    assert "$.data[1].values[0].value" in told
    assert "emigrants, 2024" in told


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (OPEN_DATA.read_bytes()[:-20], "JSON"),
        (OPEN_DATA.read_bytes().replace(b"14669.0", b"NaN"), "JSON"),
        (OPEN_DATA.read_bytes().replace("Число".encode(), "Число".encode("cp1251")), "UTF-8"),
        (OPEN_DATA.read_bytes().replace(b"14669.0", b'1, "value": 2'), "this key once"),
        (OPEN_DATA.read_bytes().replace("Число".encode(), b"?????"), "they were lost on the way"),
        (b"", "empty"),
        (b"<!doctype html><title>404</title>", "web page"),
    ],
)
def test_what_is_no_whole_json_is_refused(read_data: Read, data: bytes, told: str) -> None:
    assert told in refusal(read_data, data)


# --- dynamic tables


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_languages_stand_in_any_order(read_grid: Read, order: tuple[int, int, int]) -> None:
    reading = read_grid(table(order=order))
    frame = reading.frame
    assert reading.dataset == "dynamic"
    assert frame["value"].tolist() == [1974, 1687, 5899, 7077]
    assert frame["label_ru"].unique().tolist() == [ARRIVALS[1], DEPARTURES[1]]
    assert frame["title_en"].unique().tolist() == ["External migration"]
    assert frame["source_ref"].tolist() == [f"5.01.00.15!{c}" for c in ("D6", "E6", "D7", "E7")]


def test_labels_lose_spaces_line_breaks_and_the_digits_of_footnotes(read_grid: Read) -> None:
    grid = table(["А", "Узбеки  \nи другие2", "Uzbeks 1", 7.0, "…"], [], [], ["", "1 О чём-то"])
    frame = read_grid(grid).frame
    # No footnote 2 stands below the table, so that digit is part of the label.
    assert frame.iloc[-1][["label_ru", "label_en", "value"]].tolist() == [
        "Узбеки и другие2", "Uzbeks", 7,
    ]  # fmt: skip
    assert frame["indicator"].notna().sum() == 4


def test_a_table_of_another_topic_or_within_the_country_is_kept_apart(read_grid: Read) -> None:
    for title in ("5.04.00.14 Incomes", "5.01.00.16 Internal migration"):
        grid = table()
        grid[0] = [title, title, title]
        reading = read_grid(grid)
        assert reading.dataset == "dynamic_other"
        assert reading.frame["indicator"].isna().all()


def test_text_cells_and_signs_for_none(read_grid: Read) -> None:
    frame = read_grid(table(["а", "б", "c", "1\u00a0234,5", "-"])).frame
    assert frame.iloc[-1]["value"] == 1234.5
    assert len(frame) == 5


def _cell(row: int, column: int, value: Any) -> Callable[[Grid], None]:
    def change(grid: Grid) -> None:
        grid[row] += [""] * (column + 1 - len(grid[row]))
        grid[row][column] = value

    return change


BROKEN_DYNAMIC: list[tuple[Callable[[Grid], object], str]] = [
    (_cell(5, 4, "many"), "5.01.00.15!E6"),
    (_cell(3, 2, "Things"), "5.01.00.15!C4, column header: found 'Things'"),
    (lambda grid: [row.pop(2) for row in grid if len(row) > 2], "column items: expected this"),
    (_cell(3, 4, 2016.0), "5.01.00.15!E4, column year: found '2016'"),
    (_cell(3, 4, 2017.0), "a year after 2017"),
    (_cell(3, 5, "всего"), "5.01.00.15!F4, column header: found 'всего'"),
    (_cell(6, 5, 12.0), "5.01.00.15!F7"),
    (lambda grid: grid.append(grid[5]), "5.01.00.15!D8"),
    (lambda grid: grid.append(["", "", "", 5.0, 6.0]), "5.01.00.15!A8, column label"),
    (lambda grid: grid.extend([[], [], ["", "", "", 5.0]]), "below the two blank rows"),
    (lambda grid: grid.__delitem__(slice(5, None)), "rows with figures below the header"),
    (_cell(5, 2, "Number of departures"), "labels that mean the same"),
    (_cell(5, 2, "Number of arrivals3"), "!C6, column label: found 'Number of arrivals3'"),
    (lambda grid: grid.append(["", "", "", "-"]), "5.01.00.15!A8, column label"),
]


@pytest.mark.parametrize(("breaks", "told"), BROKEN_DYNAMIC)
def test_a_broken_dynamic_table_is_refused(
    read_grid: Read, breaks: Callable[[Grid], object], told: str
) -> None:
    grid = [list(row) for row in table()]
    breaks(grid)
    assert told in refusal(read_grid, grid)


def test_a_second_sheet_without_a_table_is_a_fault(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    for name in ("one", "two"):
        sheet = book.add_sheet(name)
        for at, row in enumerate(table() if name == "one" else [["notes"]]):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
    book.save(str(tmp_path / "given"))
    with pytest.raises(FileRefused, match="two: expected the header of a dynamic table"):
        read(tmp_path / "given")


@pytest.mark.parametrize("kept", [600, 3000])
def test_a_cut_workbook_is_refused(read_data: Read, kept: int) -> None:
    refusal(read_data, DYNAMIC.read_bytes()[:kept])


def test_a_wrong_balance_refuses_the_table(
    read_grid: Read, tmp_path: Path, reference: Reference
) -> None:
    net = ("Миграция сальдосу", "Сальдо миграции", "Net migration")
    read_grid(table([*net, -3925.0, -5391.0]))
    with pytest.raises(Refused, match=r"5\.01\.00\.15!E8, column value: found '-5391\.0'"):
        gate.read_checked(tmp_path / "given.xls", reference, {})


# --- recognition


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_file_is_recognised_by_its_content(path: Path) -> None:
    reading = read_any(path)
    assert (reading.source, reading.dataset) == ("nsc", path.parent.name)


@pytest.mark.parametrize(
    "head",
    [
        b"soate14,cod_pcode,sdg_geocode,iso3166_2\n", b'{"data": [], "items": []}', b"Year,Value\n",
        b"Year,Sex,Age,Reference area,GeoCode,Value\n", b'"', b"indicator,year,value\n",
    ],
)  # fmt: skip
def test_what_is_not_nscs_is_not_recognised(head: bytes, tmp_path: Path) -> None:
    assert recognise(head) is None
    (tmp_path / "given").write_bytes(head)
    with pytest.raises(NotRecognised):
        read(tmp_path / "given")


def test_a_line_of_many_cells_is_not_held_against_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of JSON in one line would take half a second."""
    compared: list[str] = []
    monkeypatch.setattr(tables, "_nearest", lambda cell, _: compared.append(cell))
    assert recognise(b",".join([b'"year": 2022'] * 1000) + b"\n") is None
    assert compared == []
    assert recognise(b"year,value\n2022,1\n") is None
    assert compared != []


def test_a_workbook_without_a_dynamic_table_is_not_recognised() -> None:
    assert (
        recognise_sheets({"a": Sheet("a", [["Country", 2017.0, 2018.0], ["x", 1.0, 2.0]])}) is None
    )
    assert recognise_sheets(open_workbook(DYNAMIC)) == "dynamic"
