"""The pages of one country in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment
from markupsafe import Markup

from assets.outputs.charts.figures import NUMBERS
from assets.outputs.labels import FALLBACK, STATUSES, Label, Labels, labels
from assets.outputs.queries import Record, records
from assets.outputs.site import findings, series
from assets.outputs.site.figures import report_figure
from assets.outputs.site.matrix import Theme, themes
from assets.outputs.site.payload import payload, why_folder
from assets.outputs.site.rendering import Build, environment

PAGE_NAMES = (
    "index", "figures", "report-check", "sources", "searches", "conventions", "about",
)  # fmt: skip
_CLAIM_MARKS = {"reproduced": "✓", "rounded": "≈", "differs": "✗", "not_derivable": "–"}
_RULES = """
SELECT code, description, (
    SELECT count(*) FROM availability_matrix AS m WHERE m.rule = code.code AND m.country = ?
) AS cells
FROM code WHERE list = 'rule' ORDER BY position
"""


@dataclass(frozen=True)
class Country:
    """A mapped country.

    Attributes:
        code: Alpha-3.
        names: Its name by language; one that languages share under the first of them.
        folder: Its folder in the site, with a slash at the end; nothing where it is the only one.
    """

    code: str
    names: Mapping[str, str]
    folder: str


def pages(
    connection: duckdb.DuckDBPyConnection,
    country: Country,
    words: Labels,
    build: Build,
    folder: Path,
    why: frozenset[str],
) -> Iterator[tuple[str, str]]:
    """Every page by file name.

    Args:
        connection: The published file.
        country: The country.
        words: Names and texts of the language.
        build: The published build.
        folder: Where the pages will stand; the pictures are written below it.
        why: File names of the pages that say where a total comes from.
    """
    mapped = themes(connection, country.code, words)
    known = findings.sources(connection, country.code)
    named = {
        one["source"]: (words.code("institution", one["institution"]), one["title"])
        for one in known
    }
    templates = environment(
        words,
        build=build,
        country=country.code,
        root="../../" if country.folder else "../",
        page_names=PAGE_NAMES,
        themes=mapped,
        statuses=STATUSES,
        why=why,
        why_folder=why_folder(words),
        source_name=_source_names({code: label for code, (label, _) in named.items()}, words),
    )
    shown = payload(mapped, country.code, words, named, why)
    yield _page(templates, "index", **_index(connection, country.code, mapped), payload=shown)
    for theme in mapped:
        own = payload([theme], country.code, words, named, why)
        told = _theme(connection, country.code, theme, words)
        yield _page(templates, "theme", f"theme-{theme.theme}", **told, payload=own)
    drawn = [report_figure(connection, one, words, folder / "pictures") for one in NUMBERS]
    yield _page(templates, "figures", figures=drawn)
    yield _page(templates, "report-check", **_check(connection))
    yield _page(templates, "sources", **_sources(connection, country.code, known))
    asked = findings.member_checks(connection)
    yield _page(templates, "searches", searches=findings.searches(connection), members=asked)
    yield _page(
        templates,
        "conventions",
        conventions=findings.conventions(connection, country.code),
        policies=findings.policies(connection, country.code),
    )
    rules = records(connection, _RULES, country.code)
    english = labels(connection, FALLBACK)
    yield _page(templates, "about", rules=rules, sources=known, labels_en=english)


def _page(
    templates: Environment, template: str, name: str | None = None, **told: Any
) -> tuple[str, str]:
    file = f"{name or template}.html"
    return file, templates.get_template(f"{template}.html").render(page=file, **told)


def _source_names(institutions: Mapping[str, Label], words: Labels) -> Any:
    """Name of a source's institution, linked to its row of the sources' page."""

    def name(code: str) -> Markup:
        if code not in institutions:
            return Markup("{}").format(code)
        label = institutions[code]
        own = label.language == words.language
        marked = Markup("") if own else Markup(' lang="{}"').format(label.language)
        return Markup('<a href="sources.html#source-{}"{}>{}</a>').format(code, marked, label.text)

    return name


def _index(
    connection: duckdb.DuckDBPyConnection, country: str, mapped: list[Theme]
) -> dict[str, Any]:
    totals = Counter[str]()
    for theme in mapped:
        totals.update(theme.counts)
    return {
        "totals": {status: totals[status] for status in STATUSES},
        "total": totals.total(),
        "years": mapped[0].years,
        "changes": findings.gap_changes(connection, country),
        "revisions": findings.revisions(connection, country),
        "releases": findings.releases(connection),
    }


def _theme(
    connection: duckdb.DuckDBPyConnection, country: str, theme: Theme, words: Labels
) -> dict[str, Any]:
    return {
        "theme": theme,
        "series": series.of_theme(connection, country, theme.theme, words),
        "chart": lambda one: series.chart(one, words),
        "definitions": findings.definitions(connection, theme.theme),
        "discrepancies": findings.discrepancies(connection, country, theme.theme),
        "gaps": findings.gaps(connection, country, theme.theme),
        "sources": findings.sources_of_theme(connection, country, theme.theme),
    }


def _check(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    sections = findings.checks(connection)
    counted = Counter(str(one["status"]) for rows in sections.values() for one in rows)
    return {
        "sections": sections,
        "total": counted.total(),
        "by_status": {status: counted[status] for status in _CLAIM_MARKS},
        "marks": _CLAIM_MARKS,
        "is_sql": lambda text: text.lstrip().upper().startswith(("SELECT", "WITH", "FROM")),
    }


def _sources(
    connection: duckdb.DuckDBPyConnection, country: str, known: list[Record]
) -> dict[str, Any]:
    kinds = dict.fromkeys(str(one["kind"]) for one in known)
    return {
        "sources": known,
        "by_kind": {kind: [one for one in known if one["kind"] == kind] for kind in kinds},
        "extracts": findings.extracts(connection),
        "openness": findings.openness(connection, country),
    }
