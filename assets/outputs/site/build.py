"""Build the report site: one folder of pages, swapped in whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.outputs.charts.figures import NUMBERS
from assets.outputs.labels import FALLBACK, LANGUAGES, Labels, labels
from assets.outputs.queries import remembering
from assets.outputs.site.pages import Country, pages
from assets.outputs.site.rendering import environment, published_build
from assets.outputs.why.pages import write_pages
from warehouse.files import replacing_folder

STATIC_FOLDER = Path(__file__).parent / "static"
MARKER = "site.json"


@dataclass(frozen=True)
class Built:
    """What was built.

    Attributes:
        index: The page to open first.
        pages: Number of pages.
        bytes: Size of all files.
        build_id: The published build that the site shows.
    """

    index: Path
    pages: int
    bytes: int
    build_id: str


def build_site(connection: duckdb.DuckDBPyConnection, target: Path) -> Built:
    """Write the site of the published warehouse.

    Args:
        connection: The published file.
        target: The folder to write. An earlier site there is replaced when the new one is
            complete; a build that is killed leaves it as it was.

    Returns:
        What was built.

    Raises:
        warehouse.files.NotOurs: The folder exists and holds something else than a site.
    """
    connection = _kept_at_hand(connection)
    build = published_build(connection)
    words = {language: labels(connection, language) for language in LANGUAGES}
    countries = _countries(connection, words)
    with replacing_folder(target, MARKER) as folder:
        shutil.copytree(STATIC_FOLDER, folder / "static")
        for country in countries:
            why = _why_pages(connection, country, folder)
            asked = remembering(connection)
            for language in LANGUAGES:
                own = folder / country.folder / language
                own.mkdir(parents=True, exist_ok=True)
                for name, text in pages(asked, country, words[language], build, own, why):
                    (own / name).write_text(text, encoding="utf-8")
        start = environment(words[LANGUAGES[0]]).get_template("start.html")
        (folder / "index.html").write_text(start.render(countries=countries), encoding="utf-8")
        told = {"build_id": build.build_id, "built_at": build.built_at.isoformat()}
        (folder / MARKER).write_text(json.dumps(told) + "\n", encoding="utf-8")
        files = [path for path in folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
    count = sum(path.suffix == ".html" for path in files)
    return Built(target / "index.html", count, size, build.build_id)


def _why_pages(
    connection: duckdb.DuckDBPyConnection, country: Country, folder: Path
) -> frozenset[str]:
    """Write the pages that say where each total comes from; they are in English."""
    root = "../../../" if country.folder else "../../"
    pages_folder = folder / country.folder / FALLBACK / "why"
    back = "../theme-{theme}.html"
    return frozenset(write_pages(connection, country.code, pages_folder, root, back))


def _kept_at_hand(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The published file with the views of figures worked out once, for many small questions."""
    own = connection.cursor()
    for view in ("country_stock", "country_flow", *(f"report_figure_{one}" for one in NUMBERS)):
        own.execute(f"CREATE TEMP TABLE {view} AS FROM main.{view}")
    return own


def _countries(connection: duckdb.DuckDBPyConnection, words: Mapping[str, Labels]) -> list[Country]:
    """The mapped countries; several have a folder each."""
    query = "SELECT DISTINCT country FROM availability_matrix ORDER BY country"
    codes = [code for (code,) in connection.sql(query).fetchall()]
    countries = []
    for code in codes:
        names: dict[str, str] = {}
        for language, own in words.items():
            name = own.area(code).text
            if name not in names.values():
                names[language] = name
        countries.append(Country(code, names, f"{code}/" if len(codes) > 1 else ""))
    return countries
