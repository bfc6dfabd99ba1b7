"""docs/questions.md: five queries a theme, each of which runs and gives what its sentence says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "questions.md"
EMPTY = "No rows"
# What is asked of the whole warehouse stands in a section of its own.
BEYOND_THEMES = "All themes"


class Question(NamedTuple):
    """One question of the page."""

    theme: str
    text: str
    sentence: str
    query: str


def questions(page: str) -> list[Question]:
    found = []
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        theme, _, body = section.partition("\n")
        for block in re.split(r"^### ", body, flags=re.MULTILINE)[1:]:
            match = re.fullmatch(
                r"(.+)\n\n((?:(?!```).+\n)+)\n```sql\n(.+?)```\s*", block, re.DOTALL
            )
            assert match is not None, f"{theme}: a question, a sentence and a query: {block!r}"
            text, sentence, query = match.groups()
            found.append(Question(theme.strip(), text, " ".join(sentence.split()), query))
    return found


QUESTIONS = questions(PAGE.read_text(encoding="utf-8"))


def test_each_theme_has_five_questions(published: duckdb.DuckDBPyConnection) -> None:
    themes = [name for (name,) in published.execute("SELECT name_en FROM theme").fetchall()]
    asked = [one.theme for one in QUESTIONS if one.theme != BEYOND_THEMES]
    assert sorted(set(asked)) == sorted(themes)
    assert {asked.count(theme) for theme in themes} == {5}


def test_no_question_stands_twice() -> None:
    assert len({(one.theme, one.text) for one in QUESTIONS}) == len(QUESTIONS)
    assert len({one.query for one in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: f"{one.theme}: {one.text}")
def test_a_question_has_its_answer(
    question: Question, published: duckdb.DuckDBPyConnection
) -> None:
    rows: list[tuple[Any, ...]] = published.execute(question.query).fetchall()
    assert bool(rows) != question.sentence.startswith(EMPTY), question.sentence
    assert question.sentence.endswith(".")
    if question.sentence.startswith(EMPTY):
        assert len(question.sentence) > len(EMPTY) + 20, "an empty answer needs its reason"


def test_a_page_that_lacks_a_sentence_is_found() -> None:
    with pytest.raises(AssertionError, match="a question, a sentence and a query"):
        questions("## Theme\n\n### Question?\n\n```sql\nSELECT 1\n```\n")
