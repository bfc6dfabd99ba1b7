"""UNHCR's CSV, with the API's names and as its website exports it, and what must refuse one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.sources.reading import Reading
from assets.sources.unhcr.layout import DIMENSION_COLUMNS, KEYS, VALUE_COLUMNS, frame_columns
from assets.sources.unhcr.read import read, recognise
from tests.assets.sources.refusals import refusal
from tests.assets.sources.unhcr_files import (
    AFG_KGZ,
    EXPORT_2021,
    EXPORT_2024,
    EXTRACTS,
    KGZ_GBR,
    SIDES,
    applied,
    as_csv,
    page,
    people,
)


@pytest.fixture
def read_text(given: Callable[[Any], Path]) -> Callable[..., Reading]:
    return lambda data: read(given(data))


# --- CSV with the API's names


def test_csv_reads_as_json_does(read_text: Callable[..., Reading]) -> None:
    rows = [people(2021), people(2022), people(2022, KGZ_GBR)]
    from_csv, from_json = read_text(as_csv(rows)).frame, read_text([page(rows)]).frame
    assert from_csv["source_ref"].tolist() == ["line 2", "line 3", "line 4"]
    pd.testing.assert_frame_equal(
        from_csv.drop(columns="source_ref"), from_json.drop(columns="source_ref")
    )


@pytest.mark.parametrize("release", ["2023-mid", "2025-end"])
@pytest.mark.parametrize("dataset", sorted(KEYS))
def test_an_extract_as_csv_reads_the_same(
    read_text: Callable[..., Reading], dataset: str, release: str
) -> None:
    path = EXTRACTS / dataset / f"{release}.json"
    items = [one for envelope in json.loads(path.read_text("utf-8")) for one in envelope["items"]]
    got = read_text(gzip.compress(as_csv(items).encode()))
    assert got.dataset == dataset
    wanted = read(path).frame
    pd.testing.assert_frame_equal(
        got.frame.drop(columns="source_ref"), wanted.drop(columns="source_ref")
    )


def test_lines_are_physical_lines_also_behind_a_quoted_line_end(
    read_text: Callable[..., Reading],
) -> None:
    odd = people(2021, ("Afgha\nnistan", *AFG_KGZ[1:]))
    frame = read_text(as_csv([people(2020), odd, people(2022)])).frame
    assert frame["source_ref"].tolist() == ["line 2", "line 3", "line 5"]
    assert frame["coo_name"][1] == "Afgha\nnistan"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_text_in_a_number_is_refused_with_its_line(
    read_text: Callable[..., Reading], ending: str
) -> None:
    text = as_csv([people(2021), people(2022, refugees="many")]).replace("\n", ending)
    told = refusal(read_text, text)
    for part in ("line 3", "column refugees", "'many'", "a whole number"):
        assert part in told


def test_lines_cut_inside_are_refused_and_others_keep_their_number(
    read_text: Callable[..., Reading],
) -> None:
    lines = as_csv([people(2019), people(2020), people(2021, refugees="x")]).splitlines()
    lines[2] = lines[2][:30]
    told = refusal(read_text, "\n".join(lines) + "\n")
    assert "line 3: found '5 fields', expected 16 fields" in told
    assert "line 4, column refugees" in told
    lines[2] = lines[1] + ",7"
    assert "line 3: found '17 fields'" in refusal(read_text, "\n".join(lines) + "\n")


def test_an_empty_line_between_rows_is_refused(read_text: Callable[..., Reading]) -> None:
    lines = as_csv([people(2019), people(2020)]).splitlines()
    assert "line 3" in refusal(read_text, "\n".join([*lines[:2], "", lines[2]]) + "\n")


def test_empty_lines_at_the_end_are_fine(read_text: Callable[..., Reading]) -> None:
    assert len(read_text(as_csv([people(2019)]) + "\n\n").frame) == 1


def test_a_last_line_without_its_end_is_refused(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, as_csv([people(2019), people(2020)])[:-1])
    assert "line 3" in told
    assert "may be cut off" in told
    assert "1 fault" in told


def test_a_quote_that_is_never_closed_is_refused(read_text: Callable[..., Reading]) -> None:
    text = as_csv([people(2019), people(2020), people(2021)]).replace("2020,", '2020,"', 1)
    assert "line 3" in refusal(read_text, text)


def test_a_header_without_rows_is_refused(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, as_csv([people(2019)]).splitlines()[0] + "\n")
    assert "line 1" in told
    assert "rows below the header" in told


def test_a_column_that_is_missing_or_twice_is_named(read_text: Callable[..., Reading]) -> None:
    rows = [applied(2020, "N", "FI"), applied(2020, "A", "FI")]
    for row in rows:
        del row["app_type"]
    told = refusal(read_text, as_csv(rows))
    assert "line 1, column app_type" in told
    assert "1 fault" in told
    twice = as_csv([people(2022)]).replace("idps,returned_idps", "idps,idps", 1)
    assert "column idps: found 'idps, idps'" in refusal(read_text, twice)


def test_repeated_lines_name_both(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, as_csv([people(2022), people(2021), people(2022)]))
    for part in ("line 4", "line 2 has it already", "2022, AFG, KGZ"):
        assert part in told


def test_all_faults_are_counted_and_the_first_listed(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, as_csv([people(y, refugees="x") for y in range(1960, 2000)]))
    assert "40 faults" in told
    assert told.count("column refugees") == 20


def test_another_encoding_is_refused(read_text: Callable[..., Reading]) -> None:
    text = as_csv([people(2021), people(2022, ("C\u00f4te", *AFG_KGZ[1:]))])
    assert "line 3, byte" in refusal(read_text, text.encode("latin-1"))


def test_a_cut_gzip_file_is_refused(read_text: Callable[..., Reading]) -> None:
    data = gzip.compress(as_csv([people(y) for y in range(1960, 2000)]).encode())
    assert "cut short" in refusal(read_text, data[: len(data) // 2])


def test_a_withheld_figure_is_missing_and_named(read_text: Callable[..., Reading]) -> None:
    row = {**people(2016), "refugees": "*", "stateless": "*"}
    frame = read_text(as_csv([row, people(2017)])).frame
    assert frame["refugees"].isna().tolist() == [True, False]
    assert frame["suppressed"].tolist() == ["refugees;stateless", ""]


# --- the website's exports


def test_the_export_of_2021(read_text: Callable[..., Reading]) -> None:
    reading = read_text(EXPORT_2021)
    frame = reading.frame
    assert (reading.dataset, reading.release) == ("population", "2021-03-07")
    assert reading.scope == ("ALL",)
    assert reading.stated["date_extracted"] == "2021-03-07"
    assert reading.stated["content_type"] == "End year stock population totals"
    assert list(frame) == [*frame_columns("population"), "suppressed", "source_ref"]
    assert frame["source_ref"].tolist() == ["line 16", "line 17", "line 18"]
    assert frame["refugees"].tolist() == [257523, 5, 7]
    assert frame["oip"].fillna(-1).tolist() == [-1, 16691, -1]
    assert frame["suppressed"].tolist() == ["ooc", "asylum_seekers", ""]
    assert frame[["coo", "coa", "returned_refugees", "hst"]].isna().all().all()
    assert frame["coo_iso"].astype("str").fillna("").tolist() == ["PAK", "UNK", ""]


def test_the_export_of_2024_with_a_doubled_line(read_text: Callable[..., Reading]) -> None:
    frame = read_text(b"\xef\xbb\xbf" + EXPORT_2024.encode()).frame
    assert frame["source_ref"].tolist() == ["line 17"]
    values = frame[list(VALUE_COLUMNS["population"])]
    assert values.iloc[0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_an_export_of_some_countries_states_no_scope(read_text: Callable[..., Reading]) -> None:
    narrowed = EXPORT_2021.replace("Origin:\n", "Origin:,PAK\n")
    assert read_text(narrowed).scope is None


def test_an_export_without_preamble_has_no_release(read_text: Callable[..., Reading]) -> None:
    reading = read_text(EXPORT_2024[EXPORT_2024.index("Year,") :])
    assert (reading.release, reading.scope, reading.stated) == (None, None, {})
    assert reading.frame["source_ref"].tolist() == ["line 2"]


def test_areas_without_a_code_are_told_by_their_name(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, EXPORT_2021.replace("Various ", "Unknown "))
    for part in ("line 18", "line 17 has it already", "2020, UNK, CUW"):
        assert part in told


def test_a_wrong_date_of_extraction_is_refused(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, EXPORT_2021.replace("07/03/2021", "31/02/2021", 1))
    for part in ("line 2", "Date extracted", "31/02/2021", "dd/mm/yyyy"):
        assert part in told


def test_a_renamed_header_is_refused_with_the_nearest(read_text: Callable[..., Reading]) -> None:
    renamed = EXPORT_2021.replace("Asylum-seekers", "Asylum seekers (total)")
    assert recognise(renamed.encode()) == "population"
    told = refusal(read_text, renamed)
    for part in ("line 15", "'Asylum seekers (total)'", "'Asylum-seekers', the nearest"):
        assert part in told
    told = refusal(read_text, EXPORT_2021.replace("Year,", "Years,"))
    assert "'Year', the nearest" in told


def test_a_header_without_codes_is_refused(read_text: Callable[..., Reading]) -> None:
    text = (
        'Year,"Country of origin","Country of asylum",Asylum-seekers,"Returned refugees",hst\n'
        "2020,Pakistan,Afghanistan,1,2,3\n"
    )
    told = refusal(read_text, text)
    assert "column Country of origin (ISO)" in told
    assert "missing" in told


def test_the_export_of_solutions(read_text: Callable[..., Reading]) -> None:
    text = (
        f'{SIDES},"Returned refugees","Resettlement arrivals",Naturalisation,"Returned IDPss"\n'
        "2000,Tajikistan,TJK,Kyrgyzstan,KGZ,,,5,0\n"
    )
    reading = read_text(text)
    assert reading.dataset == "solutions"
    assert reading.frame["naturalisation"].tolist() == [5]
    assert reading.frame["returned_idps"].tolist() == [0]


def test_the_exports_of_applications_and_decisions(read_text: Callable[..., Reading]) -> None:
    reading = read_text(
        f'{SIDES},Authority,"Application type","Stage of procedure","Cases / Persons",applied\n'
        "2020,Kyrgyzstan,KGZ,Poland,POL,G,N,NA,P,15\n"
    )
    assert reading.dataset == "asylum_applications"
    row = reading.frame[[*DIMENSION_COLUMNS["asylum_applications"], "applied"]].iloc[0]
    assert row.tolist() == ["G", "N", "NA", "P", 15]
    reading = read_text(
        f'{SIDES},Authority,"Stage of procedure","Cases / Persons","Recognized decisions",'
        '"Complementary protection","Rejected decisions","Otherwise closed","Total decisions"\n'
        "2003,Kyrgyzstan,KGZ,Poland,POL,G,FI,C,1,2,3,4,10\n"
    )
    assert reading.dataset == "asylum_decisions"
    columns = [*DIMENSION_COLUMNS["asylum_decisions"], *VALUE_COLUMNS["asylum_decisions"]]
    assert reading.frame[columns].iloc[0].tolist() == ["G", "FI", "C", 1, 2, 3, 4, 10]


def test_the_export_of_demographics(read_text: Callable[..., Reading]) -> None:
    labels = [
        f'"{sex} {age}"' if age != "other" else f"{sex[0].lower()}_other"
        for sex in ("Female", "Male")
        for age in ("0 - 4", "5 - 11", "12 - 17", "18 - 59", "60", "other", "total")
    ]
    cells = ",".join(map(str, range(15)))
    text = f"{SIDES},{','.join(labels)},Total\n2020,Pakistan,PAK,Kyrgyzstan,KGZ,{cells}\n"
    frame = read_text(text).frame
    assert frame[list(VALUE_COLUMNS["demographics"])].iloc[0].tolist() == list(range(15))
    assert frame[list(DIMENSION_COLUMNS["demographics"])].isna().all().all()
