from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from assets.outputs.charts import draw, figures
from assets.outputs.labels import LANGUAGES, Labels
from warehouse import database
from warehouse.home import Home

Connection = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def warehouse(refreshed_home: Path) -> Iterator[Connection]:
    with database.open_read_only(Home(refreshed_home)) as connection:
        yield connection


def keys(texts: dict[str, Any]) -> set[tuple[str, str]]:
    tables = {name: part for name, part in texts.items() if isinstance(part, dict)}
    return {(table, key) for table, part in tables.items() for key in part} | {
        ("", key) for key in texts.keys() - tables.keys()
    }


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_every_text_is_there_in_every_language(language: str) -> None:
    english, other = draw.texts("en"), draw.texts(language)
    assert keys(other) == keys(english)
    assert all(
        other["title"][str(number)] != english["title"][str(number)] for number in figures.NUMBERS
    )


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(KeyError, match="de"):
        draw.texts("de")


@pytest.mark.parametrize("number", figures.NUMBERS)
def test_every_figure_draws_the_numbers_of_its_view(warehouse: Connection, number: int) -> None:
    drawn = figures.rows(warehouse, number)
    assert len(drawn)
    told = json.dumps(draw.figure(warehouse, number, "ru").to_dict())
    for value in drawn["value"].dropna():
        assert f'"value": {value}' in told
    assert json.dumps(draw.title(number, "ru"))[1:12] in told


def test_what_was_not_published_is_a_dash_and_no_zero(warehouse: Connection) -> None:
    drawn = figures.rows(warehouse, 7).set_index("place")["value"]
    assert pd.isna(drawn["2018"])
    assert drawn["2022"] == 156
    told = draw.figure(warehouse, 7, "en").to_dict()
    texts = [row["text"] for rows in told["datasets"].values() for row in rows]
    assert texts.count("–") == 5
    assert "0" not in texts
    assert "no figure was published" in json.dumps(told, ensure_ascii=False)


def test_part_of_a_year_is_lighter_and_said(warehouse: Connection) -> None:
    drawn = figures.rows(warehouse, 14)
    partial = drawn[drawn["partial"]]
    assert set(partial["place"]) == {"2018", "2022", "2023"}
    assert not drawn[(drawn["place"] == "2019")]["partial"].any()
    assert "part of the year only" in json.dumps(draw.figure(warehouse, 14, "en").to_dict())


def test_names_of_places_follow_the_language(warehouse: Connection) -> None:
    told = json.dumps(draw.figure(warehouse, 5, "ky").to_dict(), ensure_ascii=False)
    assert "Ош облусу" in told
    assert "Osh oblast" not in told


def test_a_qualified_figure_says_so(warehouse: Connection) -> None:
    told = json.dumps(draw.figure(warehouse, 4, "en").to_dict(), ensure_ascii=False)
    assert "≥ 76,862" in told


def test_a_number_is_written_as_its_language_does() -> None:
    english, russian, kyrgyz = (Labels(language, {}) for language in LANGUAGES)
    assert draw._number(2406.85, english, None) == "2,406.8"
    assert draw._number(2406.85, russian, None) == "2\u00a0406,8"
    assert draw._number(1367427.0, kyrgyz, "about") == "≈ 1\u00a0367\u00a0427"
    assert draw._number(float("nan"), english, "about") == "–"
    assert draw._number(0.0, english, None) == "0"


def test_it_renders_without_a_browser(warehouse: Connection) -> None:
    assert draw.png(warehouse, 11, "en").startswith(b"\x89PNG")
    picture = draw.svg(warehouse, 11, "ru")
    assert picture.startswith("<svg")
    assert "Женщины" in picture


def test_no_figure_with_another_number(warehouse: Connection) -> None:
    with pytest.raises(KeyError):
        figures.rows(warehouse, 16)
