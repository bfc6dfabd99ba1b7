"""Build the report site: one folder of pages, swapped in whole."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.outputs.labels import LANGUAGES, labels
from assets.outputs.site import matrix
from assets.outputs.site.rendering import Build, environment, published_build
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
    build = published_build(connection)
    with replacing_folder(target, MARKER) as folder:
        shutil.copytree(STATIC_FOLDER, folder / "static")
        for language in LANGUAGES:
            (folder / language).mkdir()
            for name, page in _pages(connection, language, build).items():
                (folder / language / name).write_text(page, encoding="utf-8")
        start = environment(labels(connection, LANGUAGES[0])).get_template("start.html")
        (folder / "index.html").write_text(start.render(), encoding="utf-8")
        told = {"build_id": build.build_id, "built_at": build.built_at.isoformat()}
        (folder / MARKER).write_text(json.dumps(told) + "\n", encoding="utf-8")
        files = [path for path in folder.rglob("*") if path.is_file()]
        pages, size = (
            sum(path.suffix == ".html" for path in files),
            sum(path.stat().st_size for path in files),
        )
    return Built(target / "index.html", pages, size, build.build_id)


def _pages(connection: duckdb.DuckDBPyConnection, language: str, build: Build) -> dict[str, str]:
    """Every page of a language by file name."""
    words = labels(connection, language)
    pages = environment(words, build=build, languages=LANGUAGES)
    themes = matrix.themes(connection, words)
    return {"index.html": pages.get_template("index.html").render(page="index", themes=themes)}
