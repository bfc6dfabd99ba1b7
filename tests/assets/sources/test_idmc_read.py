"""IDMC's files: the extracts, and what is taken of workbooks, CSV and the API's JSON."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.sources.gate import read_checked
from assets.sources.idmc.read import read
from assets.sources.reading import NotRecognised, Reading
from schemas.sources.idmc import MODELS
from tests.assets.sources.idmc_files import (
    DISPLACEMENT,
    EVENT,
    EXTRACTS,
    FILES,
    FLOOD,
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
from warehouse.extracts import write_idmc
from warehouse.reference_data import Reference


@pytest.fixture
def read_text(given: Callable[[Any], Path]) -> Callable[..., Reading]:
    return lambda data, dataset=None: read(given(data), dataset)


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
