"""UN DESA's workbooks: what is read of them, and what refuses them and where."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from assets.sources import gate
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.recognise import read_any
from assets.sources.sidecar import read_sidecar
from assets.sources.undesa.layout import data_type_of
from assets.sources.undesa.read import recognise
from assets.sources.workbooks import Sheet, open_workbook
from schemas.faults import Refused
from tests.bench.undesa_workbook import write_bilateral
from warehouse.home import EXTRACTS_FOLDER
from warehouse.reference_data import Reference

FOLDER = EXTRACTS_FOLDER / "undesa"
Cells = dict[str, list[list[object]]]
Change = Callable[[Cells], None]

BUNDLED = {
    "destination_origin/2019.xlsx": 2430,
    "destination_origin/2020.xlsx": 3444,
    "destination_origin/2024.xlsx": 2736,
    "destination/2019.xlsx": 21,
    "destination/2020.xlsx": 21,
    "destination/2024.xlsx": 24,
    "age_sex/2019.xlsx": 357,
    "age_sex/2020.xlsx": 357,
    "wpp_net_migration/2024.csv": 74,
    "abel_cohen/2022.csv": 11288,
}


def cells_of(name: str) -> Cells:
    sheets = open_workbook(FOLDER / name)
    return {sheet.name: [list(row) for row in sheet.rows] for sheet in sheets.values()}


def write_cells(path: Path, cells: Cells) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in cells.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell != "":
                        sheet.write(at, column, cell)
    return path


def changed(folder: Path, name: str, change: Change) -> Path:
    """A copy of a bundled workbook, broken."""
    cells = cells_of(name)
    change(cells)
    return write_cells(folder / "figures.xlsx", cells)


def put(row: int, column: int, cell: object, sheet: str = "Table 1") -> Change:
    def change(cells: Cells) -> None:
        cells[sheet][row][column] = cell

    return change


def figure(reading: Reading, **wanted: object) -> object:
    frame = reading.frame
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame["value"].iloc[0]


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_extracts_are_read_and_pass_the_gate(name: str, reference: Reference) -> None:
    path = FOLDER / name
    reading = gate.read_checked(path, reference, read_sidecar(path))
    told = (reading.source, f"{reading.dataset}/{reading.release}", len(reading.frame))
    assert told == ("undesa", name.rsplit(".", 1)[0], BUNDLED[name])
    assert reading.scope == ("KGZ",)
    assert reading.frame["source_ref"].is_unique


def test_every_bundled_extract_is_looked_at() -> None:
    found = {str(path.relative_to(FOLDER)) for path in gate.bundled_files("undesa")}
    assert found == set(BUNDLED)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("2020", 774377, {"origin_m49": "417", "destination_name": "WORLD", "sex": "_T"}),
        ("2020", 118555, {"origin_name": "WORLD", "destination_m49": "417", "sex": "F"}),
        ("2024", 584710, {"origin_m49": "417", "destination_name": "WORLD", "sex": "_T"}),
    ],
)
def test_figures_of_2020_by_revision(name: str, value: int, wanted: dict[str, object]) -> None:
    reading = read_any(FOLDER / "destination_origin" / f"{name}.xlsx")
    assert figure(reading, year=2020, **wanted) == value


def test_revision_2019_names_its_origins_and_has_a_sheet_a_sex() -> None:
    reading = read_any(FOLDER / "destination_origin" / "2019.xlsx")
    born_in = {"origin_name": "Kyrgyzstan", "destination_name": "WORLD", "year": 2019}
    found = [figure(reading, sex=sex, **born_in) for sex in ("_T", "M", "F")]
    assert found == [754969, 362024, 392945]
    assert figure(reading, origin_name="Other South", destination_m49="417", year=1990,
                  sex="_T") == 6818  # fmt: skip
    assert set(reading.frame["source_ref"].str.split("!").str[0]) == {
        "Table 1", "Table 2", "Table 3",
    }  # fmt: skip


def test_ages_are_told_by_their_labels() -> None:
    reading = read_any(FOLDER / "age_sex" / "2020.xlsx")
    assert len(reading.frame["age"].cat.categories) == 17
    assert figure(reading, age="Y0T4", year=1990, sex="_T") == 21569
    assert figure(reading, age="_T", year=2020, sex="F") == 118555


def test_signs_for_none_are_rows_without_value_and_empty_cells_are_no_rows(tmp_path: Path) -> None:
    def change(cells: Cells) -> None:
        for column, cell in ((5, ".."), (6, "-"), (7, ""), (8, " 232\u00a0065* ")):
            cells["Table 1"][11][column] = cell

    reading = read_any(changed(tmp_path, "destination/2020.xlsx", change))
    both = reading.frame[reading.frame["sex"] == "_T"].set_index("year")["value"]
    assert both.index.tolist() == [1990, 1995, 2005, 2010, 2015, 2020]
    assert both.isna().tolist() == [True, True, False, False, False, False]
    assert both[2005] == 232065


def test_headings_footnotes_and_rows_said_twice(tmp_path: Path) -> None:
    def change(cells: Cells) -> None:
        rows = cells["Table 1"]
        same = list(rows[11])
        same[1] = "  Kyrgyzstan*"
        rows.insert(11, ["", "UN development groups", "", "", "", *[".."] * 21])
        rows += [same, ["", "* A footnote below the table."], ["", "", "", ""]]

    reading = read_any(changed(tmp_path, "destination/2020.xlsx", change))
    assert len(reading.frame) == 21
    assert reading.frame["source_ref"].iloc[0] == "Table 1!F13"


def test_other_sheets_of_a_workbook_are_left_out(tmp_path: Path) -> None:
    def change(cells: Cells) -> None:
        table = cells.pop("Table 1")
        population = [list(row) for row in table]
        population[2][4] = "Table 2: Total population at mid-year by sex (thousands)"
        cells |= {"Contents": [["Table 1"]], "Table 2": population, "Table 1": table}

    reading = read_any(changed(tmp_path, "destination/2020.xlsx", change))
    assert set(reading.frame["source_ref"].str.split("!").str[0]) == {"Table 1"}


def test_the_workbook_of_the_whole_world_keeps_its_pairs(tmp_path: Path) -> None:
    figures = pd.DataFrame(
        [
            {"dest_code": to, "orig_code": 417, "year": year, "sex": sex, "value": value}
            for to in (900, 643)
            for year in (1990, 1995, 2000, 2005, 2010, 2015, 2020)
            for sex, value in (("both", 30), ("male", 13), ("female", 17))
        ]
    )
    assert write_bilateral(figures, tmp_path / "bilateral.xlsx") == 2
    reading = read_any(tmp_path / "bilateral.xlsx")
    assert (reading.dataset, reading.release, len(reading.frame)) == (
        "destination_origin", "2020", 42,
    )  # fmt: skip
    assert figure(reading, destination_m49="643", year=2015, sex="M") == 13
    assert reading.frame["source_ref"].iloc[-1] == "Table 1!AB13"


def as_csv(rows: list[list[object]]) -> bytes:
    text = io.StringIO()
    whole = [[int(cell) if isinstance(cell, float) else cell for cell in row] for row in rows]
    csv.writer(text).writerows(whole)
    return text.getvalue().encode()


@pytest.mark.parametrize("name", [name for name in BUNDLED if name.endswith(".xlsx")])
def test_a_sheet_saved_as_text_says_the_same(tmp_path: Path, name: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(cells_of(name)["Table 1"]))
    found, expected = read_any(path), read_any(FOLDER / name)
    first = expected.frame[expected.frame["source_ref"].str.startswith("Table 1!")]
    assert (found.dataset, found.release) == (expected.dataset, expected.release)
    assert found.frame["value"].tolist() == first["value"].tolist()
    assert found.frame["source_ref"].iloc[0].startswith("line ")


@pytest.mark.parametrize(
    ("printed", "code"),
    [("B", "B"), ("B R ", "BR"), ("CR", "CR"), ("C B R", "BCR"), ("C B", "BC"), ("I R", "IR"),
     ("", None), (" ", None), ("B X", "B X")],
)  # fmt: skip
def test_types_of_data_are_told_however_they_are_printed(printed: str, code: str | None) -> None:
    assert data_type_of(printed) == code


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("Data type", "C12, column Type of data"),
        ("Location code of destination", "C12, column Location code of destination"),
        ("Location code of origin", "C12, column Location code of origin"),
    ],
)
def test_a_label_over_a_column_that_is_blank(tmp_path: Path, label: str, place: str) -> None:
    def swap(cells: Cells) -> None:
        header = next(row for row in cells["Table 1"] if label in row)
        one, coverage = header.index(label), header.index("Coverage")
        header[one], header[coverage] = header[coverage], header[one]

    with pytest.raises(FileRefused) as refused:
        read_any(changed(tmp_path, "destination_origin/2024.xlsx", swap))
    assert f"Table 1!{place}: expected a value in some row" in str(refused.value)


def repeat_row(cells: Cells) -> None:
    again = list(cells["Table 1"][11])
    again[7] = 5.0
    cells["Table 1"].append(again)


def drop_column(column: int) -> Change:
    def change(cells: Cells) -> None:
        for row in cells["Table 1"]:
            del row[column : column + 1]

    return change


def drop_sheet(cells: Cells) -> None:
    cells["Table 3"][9][4] = cells["Table 2"][2][4]
    cells["Table 3"][2][4] = cells["Table 2"][2][4]


def no_rows(cells: Cells) -> None:
    del cells["Table 1"][11:]


PAIRS, TOTALS, AGES = "destination_origin/2020.xlsx", "destination/2020.xlsx", "age_sex/2020.xlsx"
BROKEN: dict[str, tuple[str, Change, str]] = {
    "text in a number": (PAIRS, put(11, 7, "many"), "Table 1!H12, column 1990 (_T): found 'many'"),
    "half a person": (PAIRS, put(12, 8, 3.5), "Table 1!I13, column 1995 (_T): found '3.5'"),
    "renamed header": (PAIRS, put(10, 6, "Code of origin"), "Location code of origin"),
    "renamed name": (TOTALS, put(10, 1, "Places"), "column Region, development group"),
    "missing column": (PAIRS, drop_column(5), "country or area of origin"),
    "no type of data": (PAIRS, drop_column(4), "column Type of data"),
    "no sexes": (TOTALS, put(7, 5, "Migrants"), "Table 1!F8, column sex: found 'Migrants'"),
    "one sex twice": (TOTALS, put(7, 12, "both sexes"), "Table 1!M11: found '1990'"),
    "year that is none": (TOTALS, put(10, 6, "1995 rev."), "Table 1!G11, column year"),
    "age that is none": (AGES, put(10, 7, "young"), "Table 1!H11, column age: found 'young'"),
    "row twice, other figures": (PAIRS, repeat_row, "Table 1!A176: found '417, WORLD'"),
    "code that is none": (TOTALS, put(11, 3, "KGZ"), "found 'KGZ', expected a location code"),
    "row year that is none": (AGES, put(11, 1, "mid-1990"), "Table 1!B12, column Year"),
    "no rows": (TOTALS, no_rows, "expected rows of figures"),
    "unknown number": (PAIRS, put(11, 6, 999999.0), "column origin_m49: found '999999'"),
    "unknown name": ("destination_origin/2019.xlsx", put(15, 9, "Atlantis"), "found 'Atlantis'"),
    "unknown type of data": (TOTALS, put(11, 4, "Z"), "column data_type: found 'Z'"),
    "wrong total": (TOTALS, put(11, 11, 5.0), "Table 1!L12, column value: found '5'"),
    "wrong world": (PAIRS, put(82, 7, 1.0), "expected countries of destination that make"),
    "wrong age": (AGES, put(11, 6, 1.0), "expected age groups that make all ages"),
    "figure below zero": (PAIRS, put(11, 7, -5.0), "expected a figure of at least 0"),
    "two sheets of a sex": ("destination_origin/2019.xlsx", drop_sheet, "Table 3!A1, column sex"),
}


@pytest.mark.parametrize(("name", "change", "told"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_workbook_is_refused_with_the_place(
    tmp_path: Path, name: str, change: Change, told: str, reference: Reference
) -> None:
    path = changed(tmp_path, name, change)
    with pytest.raises(Refused) as refused:
        gate.read_checked(path, reference, {})
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"<html><body>403 Forbidden</body></html>", "web page"),
        (b"cut", "a workbook that can be read"),
    ],
)
def test_what_came_in_place_of_a_workbook_is_refused(
    tmp_path: Path, data: bytes, told: str
) -> None:
    path = tmp_path / "undesa_pd_2020_ims_stock_by_sex_and_destination.xlsx"
    whole = (FOLDER / TOTALS).read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if data == b"cut" else data)
    with pytest.raises(FileRefused, match=rf"{path.name}(.|\n)*{told}"):
        read_any(path)


def test_the_list_of_groups_that_goes_with_a_revision_is_no_table_of_figures(
    tmp_path: Path,
) -> None:
    rows = cells_of(TOTALS)["Table 1"][:10]
    header = ["", "Region, subregion, country or area*", "Notes", "Location code", "Code", "Name"]
    listed = ["", "Kyrgyzstan", "", 417.0, 4.0, "Country/Area"]
    path = write_cells(tmp_path / "groups.xlsx", {"Annex": [*rows, header, listed]})
    with pytest.raises(NotRecognised):
        read_any(path)


@pytest.mark.parametrize(
    "head",
    [
        b"year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,refugees\n1993,a,b,c,d,e,f,1\n",
        b'{"page":1}',
        b"Year,Units,Value\n2012,persons,3\n",
        b"PK\x03\x04",
        b"\n\n",
        b'"an open quote, 1990\n',
    ],
)
def test_other_files_are_not_taken(head: bytes) -> None:
    assert recognise(head) is None


def test_sheets_are_found_by_what_is_in_them(tmp_path: Path) -> None:
    cells = cells_of(TOTALS)
    path = write_cells(tmp_path / "x.xlsx", {"Sheet1": cells["Table 1"]})
    assert len(read_any(path).frame) == 21
    assert isinstance(open_workbook(path)["Sheet1"], Sheet)
