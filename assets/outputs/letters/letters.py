"""One letter an institution and language, with all gaps that it could close."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from assets.availability.sources_by_year import spans
from assets.outputs.labels import LANGUAGES, Labels, labels
from warehouse.files import replacing

FORMATS = ("md", "html")
GapKey = tuple[str, str, str, str, int]
# A formal request can be written to whom the reference data name an addressee for.
_GAPS = """
SELECT g.country, a.name_en, a.name_ru, a.name_ky, g.theme, g.measure, g.breakdown, g.rule,
    g.year_from, g.year_to, s.title
FROM gap AS g
JOIN addressee AS a USING (source)
JOIN source AS s USING (source)
JOIN theme AS t USING (theme)
JOIN theme_breakdown AS b USING (theme, measure, breakdown)
ORDER BY g.country, a.name_en, t.position, g.measure DESC, b.position, g.year_from
"""
_ACTS = """
SELECT title, year, link FROM policy
WHERE country = ? AND responsible IS NOT NULL AND starts_with(?, responsible)
ORDER BY position
"""


class WouldOverwrite(Exception):
    """A letter that stands there differs, so that a person may have worked on it."""


@dataclass(frozen=True)
class Row:
    """A line of what is asked: theme, measure, breakdown, years and what is known of it."""

    cells: tuple[str, ...]


@dataclass(frozen=True)
class Act:
    """A law or regulation that names an institution as responsible."""

    title: str
    year: int
    link: str | None


@dataclass(frozen=True)
class Letter:
    """What a letter to one institution says, in one language.

    Attributes:
        name: Name of its file, without folder and ending.
        addressee: Name of the institution.
        country: Name of the country that the figures are of.
        rows: What is asked.
        gaps: Keys of table ``gap`` of the gaps that it asks to close.
        records: Titles of the sources that are meant.
        acts: Acts that name the institution as responsible, none if the reference data have none.
        day: Day of the build.
        build: The build.
    """

    name: str
    addressee: str
    country: str
    rows: tuple[Row, ...]
    gaps: tuple[GapKey, ...]
    records: tuple[str, ...]
    acts: tuple[Act, ...]
    day: str
    build: str


def letters(connection: duckdb.DuckDBPyConnection, language: str) -> list[Letter]:
    """The letters of a build in a language, one an institution and country.

    Args:
        connection: The published warehouse.
        language: en, ru or ky.

    Returns:
        The letters, by country and institution; each gap whose source has an addressee is in
        exactly one.
    """
    named = labels(connection, language)
    ((build, built_at),) = connection.execute("SELECT build_id, built_at FROM build").fetchall()
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in connection.execute(_GAPS).fetchall():
        groups.setdefault((row[0], row[1]), []).append(row)
    several = len({country for country, _ in groups}) > 1
    made = []
    for (country, institution), rows in groups.items():
        slug = re.sub(r"[^a-z0-9]+", "-", institution.lower()).strip("-")
        acts = connection.execute(_ACTS, [country, institution]).fetchall()
        made.append(
            Letter(
                name=f"{country.lower()}-{slug}" if several else slug,
                addressee=str(rows[0][1 + LANGUAGES.index(language)]),
                country=str(named.area(country)),
                rows=tuple(_rows(rows, named)),
                gaps=tuple((row[0], row[4], row[5], row[6], row[8]) for row in rows),
                records=tuple(dict.fromkeys(row[10] for row in rows)),
                acts=tuple(Act(*act) for act in acts),
                day=f"{built_at:%Y-%m-%d}",
                build=build,
            )
        )
    return made


def _rows(gaps: Sequence[Any], named: Labels) -> Iterable[Row]:
    """Gaps of one cell and rule as one line, with all their years."""
    years: dict[tuple[str, ...], list[int]] = {}
    for gap in gaps:
        cell, (first, last) = gap[4:8], gap[8:10]
        years.setdefault(cell, []).extend(range(first, last + 1))
    for (theme, measure, breakdown, rule), told in years.items():
        yield Row(
            (
                str(named.theme(theme)),
                str(named.code("measure", measure)),
                str(named.code("breakdown", breakdown)),
                spans(pd.Series(told)).replace("-", "–").replace(";", ", "),
                str(named.code("rule", rule)),
            )
        )


def render(letter: Letter, language: str, kind: str) -> str:
    """The text of a letter.

    Args:
        letter: What it says.
        language: Language of the template; the letter's own.
        kind: md or html.

    Raises:
        jinja2.UndefinedError: The template asks for what the letter does not have.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = lambda text: text.replace("|", "\\|").replace("\n", " ")
    template = environment.get_template(f"letter.{kind}.j2")
    text = template.render(letter=letter, language=language)
    return re.sub(r"\n{3,}", "\n\n", text).lstrip("\n")


def write_letters(
    connection: duckdb.DuckDBPyConnection, folder: Path, languages: Sequence[str] = LANGUAGES
) -> list[Path]:
    """Write the letters of a build, as Markdown and as a page that can be printed.

    Args:
        connection: The published warehouse.
        folder: Where they shall stand, in a folder a language.
        languages: Languages to write.

    Returns:
        The files.

    Raises:
        WouldOverwrite: A letter that stands there differs; nothing is written.
    """
    texts = {
        folder / language / f"{letter.name}.{kind}": render(letter, language, kind)
        for language in languages
        for letter in letters(connection, language)
        for kind in FORMATS
    }
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise WouldOverwrite(
                f"{path} is there and differs, so somebody may have edited it: "
                "choose another folder, or move it away"
            )
    for path, text in texts.items():
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return list(texts)
