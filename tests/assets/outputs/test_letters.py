"""Letters: every gap that can be closed by one is in exactly one, in each language."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from jinja2 import UndefinedError

from assets.outputs.labels import LANGUAGES
from assets.outputs.letters.letters import (
    FORMATS,
    Act,
    Letter,
    Row,
    WouldOverwrite,
    letters,
    render,
    write_letters,
)
from warehouse.reference_data import Reference

SENDER = {"en": "SENDER", "ru": "ОТПРАВИТЕЛЬ", "ky": "ЖӨНӨТҮҮЧҮ"}
LETTER = Letter(
    name="office", addressee="The Office", country="Somewhere",
    rows=(Row(("Emigration", "Stock", "By sex", "2018–2020", "a|b <i>")),), gaps=(),
    records=("Register & more",), acts=(), day="2024-01-31", build="one",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(published: duckdb.DuckDBPyConnection) -> dict[str, list[Letter]]:
    return {language: letters(published, language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_gap_that_can_be_closed_is_in_exactly_one_letter(
    language: str, made: dict[str, list[Letter]], published: duckdb.DuckDBPyConnection
) -> None:
    # Asked for in another way than the letters do: a state's source, or one with a way to ask.
    closable = published.execute(
        "SELECT country, theme, measure, breakdown, year_from FROM gap WHERE source IN "
        "(SELECT source FROM source WHERE request_route IS NOT NULL OR access <> 'public' "
        "OR kind = 'national')"
    ).fetchall()
    held = Counter(gap for letter in made[language] for gap in letter.gaps)
    assert held == Counter(closable)
    assert len(held) > 100


def test_an_institution_gets_one_letter(made: dict[str, list[Letter]]) -> None:
    for told in made.values():
        assert len({letter.addressee for letter in told}) == len(told) > 1
        assert len({letter.name for letter in told}) == len(told)


def test_a_letter_asks_for_the_years_of_its_gaps(
    made: dict[str, list[Letter]], published: duckdb.DuckDBPyConnection
) -> None:
    (letter,) = [one for one in made["en"] if "Emergency" in one.addressee]
    cells = published.execute(
        "SELECT breakdown, sum(year_to - year_from + 1) FROM gap "
        "WHERE source = 'mes' AND measure = 'stock' GROUP BY ALL"
    ).fetchall()
    asked: Counter[str] = Counter()
    for row in letter.rows:
        if row.cells[1] == "Stock":
            for span in row.cells[3].split(", "):
                first, _, last = span.partition("–")
                asked[row.cells[2]] += int(last or first) - int(first) + 1
    assert sorted(asked.values()) == sorted(int(years) for _, years in cells)


def test_the_letters_of_all_languages_are_the_same_requests(made: dict[str, list[Letter]]) -> None:
    asked = [
        [(one.name, one.gaps, [row.cells[3] for row in one.rows]) for one in made[language]]
        for language in LANGUAGES
    ]
    assert asked[0] == asked[1] == asked[2]
    names = [[one.addressee for one in made[language]] for language in LANGUAGES]
    assert all(len(set(three)) == 3 for three in zip(*names, strict=True))


def test_acts_are_those_that_name_the_institution(
    made: dict[str, list[Letter]], published: duckdb.DuckDBPyConnection
) -> None:
    acts = {letter.addressee: {act.title for act in letter.acts} for letter in made["en"]}
    titles = published.execute(
        "SELECT title FROM policy WHERE responsible = 'Ministry of Emergency Situations'"
    ).fetchall()
    assert acts["Ministry of Emergency Situations of the Kyrgyz Republic"] == {
        title for (title,) in titles
    }
    assert acts["National Statistical Committee of the Kyrgyz Republic"] == set()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_the_sender_fills_in_is_left_open(
    language: str, kind: str, made: dict[str, list[Letter]]
) -> None:
    for letter in made[language]:
        text = render(letter, language, kind)
        left_open = re.findall(r"\[(.*?)\]", text)
        assert len(left_open) == 4
        assert all(one.startswith(SENDER[language] + ": ") for one in left_open)
        assert not re.search(r"\{\{|\}\}|\{%|%\}|None|nan", text)
        assert letter.addressee in text


def test_a_letter_that_lacks_something_is_not_written_with_a_hole() -> None:
    class Incomplete:
        addressee = "The Office"

    with pytest.raises(UndefinedError):
        render(Incomplete(), "en", "md")  # type: ignore[arg-type]


def test_acts_are_left_out_where_the_reference_data_have_none() -> None:
    assert "Acts for which" not in render(LETTER, "en", "md")
    act = Act("Law on Offices", 2001, "https://law.example/1")
    with_act = Letter(**{**LETTER.__dict__, "acts": (act,)})
    assert "- Law on Offices (2001), <https://law.example/1>" in render(with_act, "en", "md")


def test_text_is_escaped_for_what_it_is_written_in() -> None:
    assert r"| a\|b <i> |" in render(LETTER, "en", "md")
    page = render(LETTER, "en", "html")
    assert "<td>a|b &lt;i&gt;</td>" in page
    assert "Register &amp; more" in page


def test_a_page_is_whole_and_asks_for_nothing_outside() -> None:
    class Reader(HTMLParser):
        void = ("meta", "br")

        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []
            self.outside: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in self.void:
                self.open.append(tag)
            self.outside += [str(value) for name, value in attrs if name in ("src", "href")]

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    for language in LANGUAGES:
        reader = Reader()
        reader.feed(render(LETTER, language, "html"))
        assert reader.open == []
        assert reader.outside == []


def test_a_letter_that_somebody_edited_is_not_overwritten(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    paths = write_letters(published, tmp_path, ["en"])
    assert paths == write_letters(published, tmp_path, ["en"])
    paths[0].write_text("Edited.", encoding="utf-8")
    paths[-1].unlink()
    with pytest.raises(WouldOverwrite, match="somebody may have edited it"):
        write_letters(published, tmp_path, ["en"])
    assert paths[0].read_text(encoding="utf-8") == "Edited."
    assert not paths[-1].exists()


def test_every_source_that_can_be_asked_formally_has_an_addressee(reference: Reference) -> None:
    source = reference.table("source")
    asked = source["request_route"].notna() | (source["access"].astype("str") != "public")
    addressees = set(reference.table("addressee")["source"].astype("str"))
    assert set(source.loc[asked, "source"].astype("str")) - addressees == set()


def test_an_institution_is_called_the_same_everywhere(reference: Reference) -> None:
    names = reference.table("addressee")[["name_en", "name_ru", "name_ky"]].drop_duplicates()
    for column in names:
        assert not pd.Series(names[column]).duplicated().any()
