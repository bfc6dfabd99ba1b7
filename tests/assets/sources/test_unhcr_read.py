"""UNHCR's extracts and API pages, everything that must refuse one, and what is not UNHCR's."""

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

from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.unhcr.layout import IDENTITY, KEYS, VALUE_COLUMNS, frame_columns
from assets.sources.unhcr.read import read, recognise
from tests.assets.sources.refusals import refusal
from tests.assets.sources.unhcr_files import (
    AFG_KGZ,
    EXPORT_2021,
    EXTRACTS,
    FIGURES,
    KGZ_GBR,
    KGZ_KGZ,
    applied,
    as_csv,
    page,
    people,
)
from warehouse.extracts import write_unhcr


@pytest.fixture
def read_text(given: Callable[[Any], Path]) -> Callable[..., Reading]:
    return lambda data: read(given(data))


# --- the bundled extracts


def test_there_are_extracts_of_five_datasets_in_three_releases() -> None:
    assert {p.parent.name for p in FIGURES} == set(KEYS)
    assert {p.stem for p in FIGURES} == {"2023-mid", "2023-end", "2025-end"}
    assert len(FIGURES) == 15


@pytest.mark.parametrize("path", FIGURES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_an_extract_reads_as_its_manifest_says(path: Path) -> None:
    manifest = json.loads(path.with_name(f"{path.stem}.manifest.json").read_text("utf-8"))
    reading = read(path)
    assert reading.dataset == manifest["dataset"] == path.parent.name
    assert (reading.source, reading.release, reading.scope) == ("unhcr", None, None)
    assert len(reading.frame) == manifest["rows"]
    assert manifest["release"] == path.stem
    sides = reading.frame[["coo_iso", "coa_iso"]]
    assert (sides == manifest["scope"][0]).any(axis=1).all()
    assert not reading.frame.duplicated(list(KEYS[reading.dataset])).any()


@pytest.mark.parametrize("path", FIGURES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_cell_of_an_extract_comes_through(path: Path) -> None:
    frame = read(path).frame
    items = [one for envelope in json.loads(path.read_text("utf-8")) for one in envelope["items"]]
    assert len(frame) == len(items)
    for column in frame_columns(path.parent.name):
        wanted = [one[column] for one in items]
        if column in VALUE_COLUMNS[path.parent.name]:
            wanted = [None if cell == "-" else int(cell) for cell in wanted]
        got = [None if pd.isna(cell) else cell for cell in frame[column]]
        assert got == wanted, column


@pytest.mark.parametrize("release", ["2023-mid", "2023-end", "2025-end"])
def test_the_refugees_from_afghanistan_in_2022(release: str) -> None:
    frame = read(EXTRACTS / "population" / f"{release}.json").frame
    one = frame.query("year == 2022 and coo_iso == 'AFG' and coa_iso == 'KGZ'")
    assert one["refugees"].tolist() == [189]
    by_place = read(EXTRACTS / "demographics" / f"{release}.json").frame
    parts = by_place.query(
        "year == 2022 and coo_iso == 'AFG' and coa_iso == 'KGZ' and pop_type == 'REF'"
    )
    assert parts["total"].sum() == 189


def test_places_are_told_apart_by_place_and_its_two_kinds_together() -> None:
    frame = read(EXTRACTS / "demographics" / "2025-end.json").frame
    rows = frame.query("year == 2012 and coo_iso == 'UZB' and coa_iso == 'KGZ'")
    assert {47, 4504} <= set(rows["total"])
    assert frame.duplicated(["year", "coo_iso", "coa_iso", "pop_type"]).any()


# --- case m: the code NA, and keys that differ by one code only


def test_na_is_a_code_of_applications(read_text: Callable[..., Reading]) -> None:
    rows = [applied(2020, "N", "NA"), applied(2020, "NA", "FI"), applied(2020, "N", "FI")]
    for data in ([page(rows)], as_csv(rows)):
        frame = read_text(data).frame
        assert frame["app_type"].tolist() == ["N", "NA", "N"]
        assert frame["dec_level"].tolist() == ["NA", "FI", "FI"]
        assert frame["applied"].tolist() == [5, 5, 5]


def test_the_same_codes_twice_are_a_repeated_row(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, [page([applied(2020, "N", "NA"), applied(2020, "N", "NA", 10)])])
    for part in ("$[0].items[1]", "$[0].items[0]", "dec_level", "2020, KGZ, GBR, G, N, NA, P"):
        assert part in told


# --- API pages


def test_the_frame_has_all_columns_typed(read_text: Callable[..., Reading]) -> None:
    frame = read_text([page([people(2022)])]).frame
    assert list(frame) == [*frame_columns("population"), "suppressed", "source_ref"]
    assert frame["year"].dtype == "Int64"
    assert (frame.dtypes[list(VALUE_COLUMNS["population"])] == "Int64").all()
    assert (frame.dtypes[list(IDENTITY[1:])] == "category").all()
    assert frame["oip"].isna().all()
    assert frame["idps"].tolist() == [0]
    assert frame["suppressed"].tolist() == [""]


def test_places_are_json_paths(read_text: Callable[..., Reading]) -> None:
    rows = [people(2021), people(2022)]
    assert read_text(page(rows)).frame["source_ref"].tolist() == ["$.items[0]", "$.items[1]"]
    pages = [page(rows[:1], 1, 2), page(rows[1:], 2, 2)]
    refs = read_text(pages).frame["source_ref"].tolist()
    assert refs == ["$[0].items[0]", "$[1].items[0]"]


def test_a_row_that_answers_both_queries_is_kept_once(read_text: Callable[..., Reading]) -> None:
    both = people(2022, KGZ_KGZ)
    pages = [page([both, people(2022, KGZ_GBR)]), page([people(2022), both])]
    frame = read_text(pages).frame
    assert frame["source_ref"].tolist() == ["$[0].items[0]", "$[0].items[1]", "$[1].items[0]"]


def test_a_row_that_differs_between_the_queries_is_a_fault(
    read_text: Callable[..., Reading],
) -> None:
    pages = [page([people(2022, KGZ_KGZ)]), page([people(2022, KGZ_KGZ, 7)])]
    told = refusal(read_text, pages)
    assert "$[1].items[0]" in told
    assert "$[0].items[0] has it already" in told


def test_only_a_country_to_itself_may_come_twice(read_text: Callable[..., Reading]) -> None:
    assert "2022, AFG, KGZ" in refusal(read_text, [page([people(2022)]), page([people(2022)])])
    both = people(2022, KGZ_KGZ)
    assert "2022, KGZ, KGZ" in refusal(read_text, [page([both, copy.copy(both)])])


@pytest.mark.parametrize("cell", ["abc", 1.5, -3, True, "1,200", [1]])
def test_what_is_no_number_is_refused(read_text: Callable[..., Reading], cell: Any) -> None:
    told = refusal(read_text, [page([people(2021), people(2022, refugees=cell)])])
    shown = cell if isinstance(cell, str) else json.dumps(cell)
    for part in ("$[0].items[1]", "column refugees", f"'{shown}'", "a whole number"):
        assert part in told


@pytest.mark.parametrize("year", ["x", 1950, date.today().year + 2, 2022.0, "", "02022", None])
def test_a_wrong_year_is_refused(read_text: Callable[..., Reading], year: Any) -> None:
    told = refusal(read_text, [page([people(year)])])
    for part in ("$[0].items[0]", "column year", "a year from 1951 to"):
        assert part in told


def test_a_year_before_the_dataset_began_is_refused(read_text: Callable[..., Reading]) -> None:
    assert "a year from 2000 to" in refusal(read_text, [page([applied(1999, "N", "FI")])])


def test_a_key_that_is_missing_renamed_or_new_is_named(read_text: Callable[..., Reading]) -> None:
    lacking = people(2022)
    del lacking["idps"]
    told = refusal(read_text, [page([lacking])])
    assert "column idps" in told
    assert "missing" in told
    assert "repeated" not in told
    renamed = {k.replace("asylum_seekers", "asylum_seeker"): v for k, v in people(2022).items()}
    told = refusal(read_text, [page([renamed])])
    assert "'asylum_seeker'" in told
    assert "'asylum_seekers', the nearest" in told
    assert "1 fault" in told
    told = refusal(read_text, [page([{**people(2022), "wellbeing": 3}])])
    assert "column wellbeing" in told
    assert "not known" in told


def test_an_item_with_other_keys_than_the_first_is_named(read_text: Callable[..., Reading]) -> None:
    lacking, more = people(2021), {**people(2020), "extra": 1}
    del lacking["hst"]
    told = refusal(read_text, [page([people(2022), lacking, more])])
    assert "$[0].items[1], column hst" in told
    assert "$[0].items[2], column extra: found '1'" in told


def test_the_old_name_of_oip_is_taken(read_text: Callable[..., Reading]) -> None:
    row = {("vda" if k == "oip" else k): (5 if k == "oip" else v) for k, v in people(2019).items()}
    assert read_text([page([row])]).frame["oip"].tolist() == [5]


@pytest.mark.parametrize(
    ("slipped", "told"),
    [
        (("Afghanistan", "AFG", "ALB"), "column coo_iso: found 'ALB', expected AFG, as elsewhere"),
        (("Afghanistan", "ALB", "ALB"), "with 'Afghanistan'"),
        (("Afganistan", "AFG", "ALB"), "with 'AFG'"),
    ],
)
def test_a_code_that_slipped_is_told_by_its_name(
    read_text: Callable[..., Reading], slipped: tuple[str, ...], told: str
) -> None:
    rows = [people(year) for year in (2019, 2020, 2021)]
    rows.append(people(2022, (*slipped, *AFG_KGZ[3:])))
    message = refusal(read_text, page(rows))
    assert "$.items[3]" in message
    assert told in message


def test_a_country_may_change_its_name(read_text: Callable[..., Reading]) -> None:
    rows = [people(2021), people(2022, ("Islamic Emirate", *AFG_KGZ[1:]))]
    assert len(read_text(page(rows)).frame) == 2


def test_an_area_without_code_and_name_is_refused(read_text: Callable[..., Reading]) -> None:
    told = refusal(read_text, [page([people(2022, ("", "", "", *AFG_KGZ[3:]))])])
    assert "column coo_iso" in told
    assert "an area" in told


@pytest.mark.parametrize(
    ("pages", "parts"),
    [
        ([page([people(2021)], 1, 2)], ("$[0], column page", "found '1'", "missing 2")),
        ([page([people(2021)], 2, 2)], ("$[0], column page", "missing 1")),
        (
            [page([people(2019)], 1, 3), page([people(2021)], 3, 3)],
            ("pages 1 to 3: missing 2",),
        ),
        (
            [page([people(2019)], 1, 2), page([people(2020)], 1, 1)],
            ("$[0], column page", "missing 2"),
        ),
        (
            [page([people(2019)], 1, 2), page([people(2020)], 2, 3)],
            ("$[1].maxPages", "found '3'", "2, as on"),
        ),
        ([page([people(2019)], 1, 1), page([people(2020)], 2, 1)], ("$[1].page", "found '2'")),
        (
            [page([people(2018), people(2019)], 1, 3), page([people(2020)], 2, 3),
             page([people(2021)], 3, 3)],
            ("$[1].items", "found '1 items'", "2 items"),
        ),
        ([page([people(2019)]), page([])], ("$[1].items", "found '0 items'")),
        ([page([people(2019)]), 7], ("$[1]", "found '7'", "a page of the API")),
        (
            [page([people(2019)]), {"page": "1", "items": []}],
            ("$[1].page", "$[1].maxPages", "a whole number"),
        ),
        ([page([people(2019), "x"])], ("$[0].items[1]", "found 'x'")),
    ],
)  # fmt: skip
def test_pages_that_do_not_make_whole_queries_are_refused(
    read_text: Callable[..., Reading], pages: list[Any], parts: tuple[str, ...]
) -> None:
    told = refusal(read_text, pages)
    for part in parts:
        assert part in told


def test_an_empty_query_beside_a_full_one_is_fine(read_text: Callable[..., Reading]) -> None:
    assert len(read_text([page([], 1, 0), page([people(2022)])]).frame) == 1


def test_totals_are_those_of_the_whole_query(read_text: Callable[..., Reading]) -> None:
    first, second = applied(2020, "N", "FI", 10), applied(2021, "N", "FI", "0")
    third = applied(2022, "N", "FI", 5)
    total = {"applied": 15}
    pages = [page([first], 1, 2, total), page([second], 2, 2, total)]
    assert "15" in (told := refusal(read_text, pages))
    for part in ("$[0].total, column applied", "$[1].total", "found '15'", "10, the sum"):
        assert part in told
    pages = [page([first, second], 1, 2, total), page([third], 2, 2, total)]
    assert len(read_text(pages).frame) == 3
    assert "$[0].total" in refusal(read_text, [page([first], total="15")])


def test_broken_json_is_refused_with_line_and_character(read_text: Callable[..., Reading]) -> None:
    text = json.dumps([page([people(2021), people(2022)])], indent=1)
    told = refusal(read_text, text[: text.rindex("189")])
    assert f"line {text[: text.rindex('189')].count(chr(10)) + 1}, character" in told
    assert "valid JSON" in told
    assert "valid JSON" in refusal(read_text, text.replace("189", "NaN"))


def test_an_answer_without_items_is_refused(read_text: Callable[..., Reading]) -> None:
    assert "nothing was found" in refusal(read_text, page([], 1, 0))


# --- what is not UNHCR's


def test_recognise_tells_the_dataset_by_content() -> None:
    for path in FIGURES:
        assert recognise(path.read_bytes()[: 64 * 1024]) == path.parent.name
    assert recognise(EXPORT_2021.encode()) == "population"
    assert recognise(b"name,value\n1,2\n") is None
    idmc = {k: v for k, v in people(2022).items() if k not in VALUE_COLUMNS["population"]}
    assert recognise(json.dumps(page([{**idmc, "total": 5}])).encode()) is None
    snapshot = {**idmc, "refugees": 5, "asylum_seekers": 5, "source": "x", "month": "August"}
    assert recognise(json.dumps(page([snapshot])).encode()) is None


def test_a_web_page_and_an_empty_file_are_refused(read_text: Callable[..., Reading]) -> None:
    with pytest.raises(FileRefused, match="web page"):
        recognise(b"<html><body>404")
    with pytest.raises(FileRefused, match="empty"):
        recognise(b"")
    assert "given" in refusal(read_text, b"<html><body>404")


def test_an_unknown_file_is_not_recognised(read_text: Callable[..., Reading]) -> None:
    with pytest.raises(NotRecognised, match="given"):
        read_text(b"name,value\n1,2\n")


# --- the script that wrote the extracts


@pytest.mark.parametrize("path", FIGURES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_an_extract_written_from_its_own_figures_is_the_same(path: Path, tmp_path: Path) -> None:
    items = [one for envelope in json.loads(path.read_text("utf-8")) for one in envelope["items"]]
    label = next(label for label, name in write_unhcr.RELEASES.items() if name == path.stem)
    figures = tmp_path / f"global_{path.parent.name}_{label}.csv.gz"
    figures.write_bytes(gzip.compress(as_csv(items).encode()))
    write_unhcr.main([str(tmp_path), "--country", "KGZ", "--out", str(tmp_path)])
    for name in (path.name, f"{path.stem}.manifest.json"):
        written = tmp_path / path.parent.name / name
        assert written.read_bytes() == path.with_name(name).read_bytes()


def test_the_extract_of_another_country_is_not_written_over(tmp_path: Path) -> None:
    table = pd.DataFrame([people(2022)]).drop(columns=["coo_id", "coa_id"]).astype(str)
    assert write_unhcr.write_extract(table, "population", "2023-end", "AFG", tmp_path) == 1
    assert len(read(tmp_path / "population" / "2023-end.json").frame) == 1
    with pytest.raises(SystemExit, match="another country"):
        write_unhcr.write_extract(table, "population", "2023-end", "KGZ", tmp_path)
