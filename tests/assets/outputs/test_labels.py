"""Codes and texts in three languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import duckdb
import pytest

from assets.outputs import labels as labels_module
from assets.outputs.labels import FALLBACK, LANGUAGES, Label, labels, texts

NAMED = """
CREATE TABLE area AS SELECT 'KGZ' AS area, 'Kyrgyzstan' AS name_en, 'Киргизия' AS name_ru,
    NULL::VARCHAR AS name_ky;
CREATE TABLE theme AS SELECT 'remittances' AS theme, 'Remittances' AS name_en,
    'Денежные переводы' AS name_ru, 'Акча которуулар' AS name_ky;
CREATE TABLE indicator AS SELECT 'refugees' AS indicator, 'Refugees' AS name_en,
    'Беженцы' AS name_ru, 'Качкындар' AS name_ky;
CREATE TABLE openness_criterion AS SELECT 'licence' AS criterion, 'Licence' AS name_en,
    'Лицензия' AS name_ru, 'Лицензия' AS name_ky;
CREATE TABLE code AS SELECT 'sex' AS list, 'F' AS code, 'Female' AS name_en,
    'Женщины' AS name_ru, 'Аялдар' AS name_ky;
"""


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(NAMED)
    return made


def test_names_are_in_the_language(connection: duckdb.DuckDBPyConnection) -> None:
    russian = labels(connection, "ru")
    assert russian.area("KGZ") == Label("Киргизия", "ru")
    assert russian.theme("remittances").text == "Денежные переводы"
    assert russian.indicator("refugees").text == "Беженцы"
    assert russian.criterion("licence").text == "Лицензия"
    assert str(russian.code("sex", "F")) == "Женщины"


def test_what_is_not_translated_is_english_and_says_so(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    kyrgyz = labels(connection, "ky")
    assert kyrgyz.area("KGZ") == Label("Kyrgyzstan", "en")
    assert kyrgyz.code("sex", "X") == Label("X", "en")
    said = {"en": {"site.new": "New in {year}"}, "ky": {}}
    monkeypatch.setattr(labels_module, "texts", said.__getitem__)
    assert kyrgyz.text("site.new", year=2025) == Label("New in 2025", "en")


def test_an_unknown_language_and_an_unknown_text_are_errors(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(ValueError, match="no language 'de'; known: en, ru, ky"):
        labels(connection, "de")
    with pytest.raises(KeyError):
        labels(connection, "ru").text("site.no_such_text")


def test_numbers_are_written_as_the_language_does(connection: duckdb.DuckDBPyConnection) -> None:
    assert labels(connection, "en").number(1234567.5) == "1,234,567.5"
    assert labels(connection, "ru").number(1234567.5) == "1\u00a0234\u00a0567,5"
    assert labels(connection, "ky").number(0.0) == "0"
    assert labels(connection, "en").number(12, digits=1) == "12.0"


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != FALLBACK])
def test_translations_have_the_same_keys_and_gaps_as_the_english(language: str) -> None:
    def slots(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}

    english, own = texts(FALLBACK), texts(language)
    assert own.keys() <= english.keys()
    assert {key for key in own if slots(own[key]) != slots(english[key])} == set()


def test_every_text_that_a_template_asks_for_is_there() -> None:
    templates = Path(labels_module.__file__).parent / "site" / "templates"
    asked = {
        key
        for path in templates.glob("*.html")
        for key in re.findall(
            r"\b(?:t|plain)\(\s*\"([\w.-]+)\"\s*[,)]", path.read_text(encoding="utf-8")
        )
    }
    assert asked
    assert asked - texts(FALLBACK).keys() == set()
