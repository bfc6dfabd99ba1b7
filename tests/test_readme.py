"""The README's queries are run, and what it prints is what they answer."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
QUESTION = re.compile(r"```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)", re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)\)")


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def shown(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):,}"
    return str(value)


QUESTIONS = QUESTION.findall(TEXT)


def test_every_query_is_followed_by_its_answer() -> None:
    assert len(QUESTIONS) == TEXT.count("```sql") == 10


@pytest.mark.slow
@pytest.mark.parametrize("place", range(len(QUESTIONS)))
def test_a_query_answers_what_is_printed(place: int, refreshed_home: Path) -> None:
    query, printed = QUESTIONS[place]
    header, _, *expected = [cells(line) for line in printed.splitlines()]
    with duckdb.connect(str(refreshed_home / "migration.duckdb"), read_only=True) as connection:
        answer = connection.execute(query)
        names = [column[0] for column in answer.description]
        rows = [[shown(value) for value in row] for row in answer.fetchmany(len(expected))]
    assert names == header
    assert rows == expected


def test_the_commands_are_named() -> None:
    block = re.search(r"```sh\n(make refresh\nmake test\n)```", TEXT)
    assert block is not None


def test_every_link_within_the_repository_leads_somewhere() -> None:
    inside = [link for link in LINK.findall(TEXT) if not link.startswith("http")]
    assert len(inside) > 5
    assert [link for link in inside if not (ROOT / link.partition("#")[0]).exists()] == []


def test_the_pictures_are_small() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert pictures == ["docs/images/matrix.png", "docs/images/lineage.png"]
    for picture in pictures:
        data = (ROOT / picture).read_bytes()
        assert data.startswith(b"\x89PNG")
        assert 20_000 < len(data) < 300_000
