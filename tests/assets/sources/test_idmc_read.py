"""IDMC's files: workbooks, CSV, the API's JSON, and everything that must refuse one."""

from __future__ import annotations

import copy
import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from assets.sources.gate import read_checked
from assets.sources.idmc.read import read, recognise, recognise_sheets
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.workbooks import open_workbook
from schemas.faults import Refused
from schemas.sources.idmc import MODELS
from warehouse.extracts import write_idmc
from warehouse.reference_data import Reference

EXTRACTS = Path(__file__).resolve().parents[3] / "warehouse" / "extracts" / "idmc"
FILES = sorted(p for p in EXTRACTS.rglob("2*.*") if not p.name.endswith(".manifest.json"))
Rows = list[list[Any]]

DISPLACEMENT = [
    "ISO3", "Name", "Year", "Conflict Stock Displacement", "Conflict Stock Displacement (Raw)",
    "Conflict Internal Displacements", "Conflict Internal Displacements (Raw)",
    "Disaster Internal Displacements", "Disaster Internal Displacements (Raw)",
    "Disaster Stock Displacement", "Disaster Stock Displacement (Raw)",
]  # fmt: skip
OF_2022 = ["KGZ", "Kyrgyzstan", 2022, 4000, 4003, 166000, 166329, 1700, 1696, 4, 4]
OF_2021 = ["KGZ", "Kyrgyzstan", 2021, "", 0, 46000, 46268, 120, 116, "", ""]
BANDS = ["0-1", "0-4", "0-14", "0-17", "0-24", "5-11", "5-14", "12-14", "12-16", "15-17",
         "15-24", "25-64", "65+"]  # fmt: skip
SADD = ["ISO3", "Country", "Year", "Sex", "Cause", *BANDS]
MEN = [95, 243, 702, 807, 1022, 336, 459, 123, 194, 104, 319, 870, 73]
WOMEN = [90, 231, 674, 776, 988, 323, 442, 120, 189, 102, 315, 937, 113]
BOTH = [185, 474, 1376, 1583, 2010, 659, 901, 243, 383, 206, 634, 1807, 186]
EVENT = [
    "ISO3", "Country / Territory", "Year", "Event Name", "Date of Event (start)",
    "Disaster Internal Displacements", "Disaster Internal Displacements (Raw)",
    "Hazard Category", "Hazard Type", "Hazard Sub Type",
]  # fmt: skip
FLOOD = ["KGZ", "Kyrgyz Republic", 2024, "Flood - Jalal-Abad", date(2024, 4, 22), 1200, 1216,
         "Weather related", "Flood", "Flood"]  # fmt: skip


def sadd(sex: str, counts: Sequence[int]) -> list[Any]:
    return ["KGZ", "Kyrgyzstan", 2022, sex, "Conflict", *counts]


def workbook(sheets: dict[str, Rows]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        moment = datetime(cell.year, cell.month, cell.day)
                        sheet.write_datetime(at, column, moment, day)
                    elif cell != "":
                        sheet.write(at, column, cell)
    return out.getvalue()


def displacement(*rows: list[Any], header: list[str] = DISPLACEMENT) -> bytes:
    return workbook({"1_Displacement_data": [header, *rows]})


def as_csv(rows: Rows) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def conflict(year: int = 2022, **changes: Any) -> dict[str, Any]:
    return {
        "iso3": "KGZ", "country_name": "Kyrgyzstan", "year": year, "new_displacement": 166329,
        "new_displacement_rounded": 166000, "total_displacement_rounded": 4000,
        "total_displacement": 4003,
    } | changes  # fmt: skip


def envelope(rows: list[Any], count: int | None = None) -> dict[str, Any]:
    head = {"last_updated": "2025-05-13", "count": len(rows) if count is None else count}
    return {**head, "next": None, "previous": None, "results": rows}


@pytest.fixture
def read_text(tmp_path: Path) -> Callable[..., Reading]:
    def reader(data: Any, dataset: str | None = None) -> Reading:
        if isinstance(data, list | dict):
            data = json.dumps(data)
        path = tmp_path / "given"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read(path, dataset)

    return reader


def refusal(reader: Callable[..., Reading], data: Any) -> str:
    with pytest.raises(FileRefused) as refused:
        reader(data)
    return str(refused.value)


# --- the bundled extracts


def test_there_are_extracts_of_three_releases() -> None:
    assert {f"{p.parent.name}/{p.name}" for p in FILES} == {
        "displacements/2023.xlsx", "sex_age/2023.xlsx", "disasters/2023.xlsx",
        "conflicts/2025.json", "disasters/2025.json", "disaggregated/2024.csv",
        "figure_analyses/2024.csv",
    }  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_an_extract_reads_as_its_manifest_says(path: Path, reference: Reference) -> None:
    manifest = json.loads(path.with_name(f"{path.stem}.manifest.json").read_text("utf-8"))
    reading = read_checked(path, reference, manifest)
    assert (reading.source, reading.dataset) == ("idmc", path.parent.name)
    assert (reading.release, reading.scope) == (path.stem, ("KGZ",))
    assert len(reading.frame) == manifest["rows"]
    assert set(reading.frame["iso3"]) == {"KGZ"}
    assert manifest["licence"] == "CC BY-NC 4.0"
    assert list(reading.frame.columns) == MODELS[reading.dataset].columns


def test_a_workbook_says_when_it_was_made() -> None:
    stated = read(EXTRACTS / "displacements" / "2023.xlsx").stated
    assert stated == {"date_extracted": "2023-11-20", "last_update": "2023-11-15"}
    stated = read(EXTRACTS / "conflicts" / "2025.json").stated
    assert stated == {"last_updated": "2025-05-13"}


def test_the_figures_of_2022_raw_and_rounded() -> None:
    frame = read(EXTRACTS / "displacements" / "2023.xlsx").frame.set_index("year")
    row = frame.loc[2022]
    assert (row["conflict_stock_raw"], row["conflict_stock_rounded"]) == (4003, 4000)
    assert row["conflict_displacements_raw"] == 166329
    assert (row["disaster_displacements_raw"], row["disaster_stock_raw"]) == (1696, 4)
    assert row["source_ref"] == "1_Displacement_data!2"
    assert frame.loc[2021, "conflict_stock_raw"] == 0
    assert frame.loc[2021, "conflict_stock_rounded"] is pd.NA


def test_the_extracts_are_written_the_same_twice(tmp_path: Path) -> None:
    rows = [DISPLACEMENT, [str(cell) for cell in OF_2022]]
    first = write_idmc.workbook("1_Displacement_data", rows)
    assert first == write_idmc.workbook("1_Displacement_data", rows)
    path = tmp_path / "one.xlsx"
    path.write_bytes(first)
    assert read(path).frame["conflict_stock_raw"].tolist() == [4003]


# --- what is taken


def test_a_whole_export_is_displacements_and_its_other_sheets_are_read_when_asked(
    read_text: Callable[..., Reading],
) -> None:
    data = workbook({
        "1_Displacement_data": [DISPLACEMENT, OF_2022, OF_2021],
        "2_IDPs_SADD_estimates": [SADD, sadd("Female", WOMEN)],
        "README": [["Date extracted", "20/11/2023"]],
    })  # fmt: skip
    assert (read_text(data).dataset, len(read_text(data).frame)) == ("displacements", 2)
    estimates = read_text(data, "sex_age")
    assert (estimates.dataset, len(estimates.frame)) == ("sex_age", 1)
    assert estimates.frame["age_65_plus"].tolist() == [113]
    with pytest.raises(NotRecognised, match="figure_analyses"):
        read_text(data, "figure_analyses")


def test_bands_of_later_releases(read_text: Callable[..., Reading]) -> None:
    header = [*SADD[:5], "0-4", "5-11", "12-17", "18-59", "60+"]
    row = ["KGZ", "Kyrgyzstan", 2024, "Both sexes", "Disaster", 1, 2, 3, 4, 5]
    frame = read_text(workbook({"3_IDPs_SADD_estimates": [header, row]})).frame
    assert frame[["age_0_4", "age_60_plus"]].iloc[0].tolist() == [1, 5]
    assert frame["age_0_14"].isna().all()


def test_labels_of_bands_that_changed_places_are_refused(read_text: Callable[..., Reading]) -> None:
    swapped = [*SADD[:5], SADD[-1], *SADD[6:-1], SADD[5]]
    told = refusal(read_text, workbook({"2_IDPs_SADD_estimates": [swapped, sadd("Female", WOMEN)]}))
    assert "2_IDPs_SADD_estimates!1, column age bands: found '65+, 0-4" in told


@pytest.mark.parametrize("number", [10, "10", 1.0])
def test_numbers_in_place_of_words_are_refused(
    read_text: Callable[..., Reading], number: Any
) -> None:
    told = refusal(read_text, [conflict(country_name=number)])
    assert f"$[0].country_name, column country_name: found '{number}', expected words" in told


@pytest.mark.parametrize("number", [10**15, 1.5e300, "9" * 400])
def test_numbers_beyond_all_measure_are_refused(
    read_text: Callable[..., Reading], number: Any
) -> None:
    told = refusal(read_text, [conflict(new_displacement=number)])
    assert "$[0].new_displacement, column displacements_raw" in told


def test_an_export_of_one_cause(read_text: Callable[..., Reading]) -> None:
    frame = read_text(displacement(OF_2022[:7], header=DISPLACEMENT[:7])).frame
    assert frame["conflict_stock_raw"].tolist() == [4003]
    assert frame["disaster_displacements_raw"].isna().all()


def test_the_row_of_hxl_tags_is_no_data(read_text: Callable[..., Reading]) -> None:
    header = ["ISO3", "Name", "Year", "Conflict Stock Displacement", "Conflict New Displacements",
              "Disaster New Displacements", "Disaster Stock Displacement"]  # fmt: skip
    tags = ["#country+code", "#country+name", "#date+year", "#affected+stock", "", "", ""]
    row = ["KGZ", "Kyrgyzstan", 2012, 164000, "", "", ""]
    for data in (displacement(tags, row, header=header), as_csv([header, tags, row])):
        frame = read_text(data).frame
        assert frame["conflict_stock_rounded"].tolist() == [164000]
        assert frame["conflict_stock_raw"].isna().all()


@pytest.mark.parametrize("more", [0, 1, 2, 3])
def test_events_with_the_columns_of_later_releases(
    read_text: Callable[..., Reading], more: int
) -> None:
    header = [*EVENT, *["Event Codes (Code:Type)", "Event ID", "Displacement occurred"][:more]]
    codes = "KGZ: Flood - 06-2024:IFRC Appeal ID; FL-2024-000053-KGZ:Glide Number"
    frame = read_text(workbook({"a": [header, [*FLOOD, *[codes, 23831, "yes"][:more]]]})).frame
    assert frame["start_date"].tolist() == [date(2024, 4, 22)]
    assert frame["event_id"].fillna("none").tolist() == ["23831" if more > 1 else "none"]
    assert frame["event_codes"].fillna("none").tolist() == [codes if more else "none"]


def test_namibia_is_a_code_and_no_missing_value(read_text: Callable[..., Reading]) -> None:
    row = ["NAM", "NA", 2022, "", "", "", "", 4, 4, "", ""]
    assert read_text(as_csv([DISPLACEMENT, row])).frame["country_name"].tolist() == ["NA"]


def test_pages_of_the_api(read_text: Callable[..., Reading]) -> None:
    one, two = conflict(2021, total_displacement=0, total_displacement_rounded=None), conflict()
    assert read_text([one, two]).frame["year"].tolist() == [2021, 2022]
    whole = read_text(envelope([one, two]))
    assert whole.frame["source_ref"].tolist() == ["$.results[0]", "$.results[1]"]
    paged = read_text([envelope([one], 2), envelope([two], 2)])
    assert paged.frame["source_ref"].tolist() == ["$[0].results[0]", "$[1].results[0]"]
    assert whole.stated == {"last_updated": "2025-05-13"}


def test_the_list_of_displacements_of_the_api(read_text: Callable[..., Reading]) -> None:
    values = dict.fromkeys(
        (f"{cause}_{kind}_displacement{end}" for cause in ("conflict", "disaster")
         for kind in ("new", "total") for end in ("", "_rounded")), 4)  # fmt: skip
    reading = read_text([{"iso3": "KGZ", "country_name": "x", "year": 2022, **values}])
    assert reading.dataset == "displacements"
    assert reading.frame["disaster_stock_raw"].tolist() == [4]


def test_codes_of_an_event_are_written_as_in_the_workbook() -> None:
    api = read(EXTRACTS / "disasters" / "2025.json").frame
    codes = api.loc[api["displacements_raw"] == 1216, "event_codes"].tolist()
    assert codes == ["FL-2024-000053-KGZ:Glide Number; MDRKG019:IFRC Appeal ID"]


def test_single_figures_as_geojson(read_text: Callable[..., Reading]) -> None:
    properties = {
        "ID": 139921, "ISO3": "KGZ", "Country": "Kyrgyzstan", "Figure cause": "Conflict",
        "Year": 2023, "Figure category": "IDPs", "Total figures": 4003, "Event ID": 13487,
        "Sources": ["A", "B"], "Stock date": "2022-11-01",
        "Event codes (Code:Type)": [["X:1", "Glide Number"], ["Y", "Other"]],
    }  # fmt: skip
    point = {"type": "MultiPoint", "coordinates": [[71.6, 39.9]]}
    feature = {"type": "Feature", "geometry": point, "properties": properties}
    data = {"type": "FeatureCollection", "readme": "(GIDD)", "features": [feature]}
    reading = read_text(data)
    row = reading.frame.iloc[0]
    assert reading.dataset == "disaggregated"
    assert (row["figure_id"], row["total_figures"], row["sources"]) == ("139921", 4003, "A; B")
    assert row["event_codes"] == "X:1:Glide Number; Y:Other"
    assert row["source_ref"] == "$.features[0].properties"
    missing = copy.deepcopy(data)
    del missing["features"][0]["properties"]["Total figures"]
    assert "Total figures" in refusal(read_text, missing)


def test_a_packed_file(read_text: Callable[..., Reading]) -> None:
    assert len(read_text(gzip.compress(json.dumps([conflict()]).encode())).frame) == 1


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
