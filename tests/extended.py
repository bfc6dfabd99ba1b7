"""The project with another publisher and another country: a copy, registered and refreshed.

The publisher is a folder, a line in three files and rows of reference data: CONTRIBUTING.md walks
through the same steps with the files of ``tests/sixth_publisher``. The country is a row of
``country.csv`` and the files of ``tests/fixtures/kaz``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.torture.kills import environment as bare_environment

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("schemas", "warehouse", "assets", "pipelines")
SIXTH = ROOT / "tests" / "sixth_publisher"
PUBLISHER = "us_tip"
FIXTURE = ROOT / "tests" / "fixtures" / "kaz"
FIRST, SECOND = "KGZ", "KAZ"

Ask = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Extended:
    """What the refresh of the copy made.

    Attributes:
        ask: The rows of a query on its build.
        told: What the refresh printed.
        connection: The build, read-only.
    """

    ask: Ask
    told: str
    connection: duckdb.DuckDBPyConnection


@pytest.fixture(scope="session")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extended]:
    """The copy after one refresh in an empty home.

    Tests that use it stand in the group ``extended``, so that it is made once.
    """
    folder = tmp_path_factory.mktemp("extended")
    tree, home = folder / "tree", folder / "home"
    copy(tree)
    add_publisher(tree)
    add_country(tree, home / "var" / "inbox")
    environment = bare_environment(home) | {"HOME": str(folder), "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli.main", "refresh"],
        cwd=tree, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(home / "migration.duckdb"), read_only=True) as connection:
        yield Extended(lambda query: connection.execute(query).fetchall(), done.stdout, connection)


def copy(tree: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tree / package,
            ignore=shutil.ignore_patterns("var", "*.duckdb"),
        )


def add_country(tree: Path, inbox: Path) -> None:
    add_rows(tree, "country", [f"{SECOND},true,"])
    inbox.mkdir(parents=True)
    for path in FIXTURE.glob("*/*"):
        shutil.copyfile(path, inbox / f"{path.parent.name}-{path.name}")


def add_publisher(tree: Path) -> None:
    shutil.copytree(SIXTH / "tree", tree, dirs_exist_ok=True)
    replace(
        tree / "schemas/sources/__init__.py",
        "SOURCE_MODELS: dict[str, dict[str, TableModel]] = {",
        "from schemas.sources import us_tip\n\n"
        'SOURCE_MODELS: dict[str, dict[str, TableModel]] = {\n    "us_tip": us_tip.MODELS,',
    )
    replace(
        tree / "assets/sources/publishers.py",
        "PUBLISHERS: tuple[Publisher, ...] = (",
        "from assets.sources.us_tip import lineage as us_tip_lineage\n"
        "from assets.sources.us_tip import read as us_tip_read\n\n"
        "PUBLISHERS: tuple[Publisher, ...] = (\n"
        '    Publisher("us_tip", us_tip_read, us_tip_lineage.COLUMN_LINEAGE, '
        'sides=(("country",),)),',
    )
    replace(
        tree / "pipelines/definitions.py",
        "        *unhcr.definitions,\n",
        "        *unhcr.definitions,\n        *us_tip.definitions,\n",
    )
    replace(
        tree / "pipelines/definitions.py",
        "from assets.sources.unhcr import assets as unhcr\n",
        "from assets.sources.unhcr import assets as unhcr\n"
        "from assets.sources.us_tip import assets as us_tip\n",
    )
    for table, rows in json.loads((SIXTH / "rows.json").read_text(encoding="utf-8")).items():
        add_rows(tree, table, rows)


def add_rows(tree: Path, table: str, rows: list[str]) -> None:
    with (tree / f"warehouse/reference/{table}.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
