"""A sixth publisher is a folder, a line in three files and rows of reference data.

CONTRIBUTING.md walks through the same steps with the same files; this test does them in a copy
of the project and refreshes it there, in a home that holds the other publishers already.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGES = ("schemas", "warehouse", "assets", "pipelines")
NAME = "us_tip"


def _copy(tree: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tree / package,
            ignore=shutil.ignore_patterns("__pycache__", "var", "*.duckdb"),
        )
    shutil.copytree(HERE / "tree", tree, dirs_exist_ok=True)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _register(tree: Path) -> None:
    _replace(
        tree / "schemas/sources/__init__.py",
        "SOURCE_MODELS: dict[str, dict[str, TableModel]] = {",
        "from schemas.sources import us_tip\n\n"
        'SOURCE_MODELS: dict[str, dict[str, TableModel]] = {\n    "us_tip": us_tip.MODELS,',
    )
    _replace(
        tree / "assets/sources/publishers.py",
        "PUBLISHERS: tuple[Publisher, ...] = (",
        "from assets.sources.us_tip import lineage as us_tip_lineage\n"
        "from assets.sources.us_tip import read as us_tip_read\n\n"
        "PUBLISHERS: tuple[Publisher, ...] = (\n"
        '    Publisher("us_tip", us_tip_read, us_tip_lineage.COLUMN_LINEAGE),',
    )
    _replace(
        tree / "pipelines/definitions.py",
        "        *unhcr.definitions,\n",
        "        *unhcr.definitions,\n        *us_tip.definitions,\n",
    )
    _replace(
        tree / "pipelines/definitions.py",
        "from assets.sources.unhcr import assets as unhcr\n",
        "from assets.sources.unhcr import assets as unhcr\n"
        "from assets.sources.us_tip import assets as us_tip\n",
    )
    for table, rows in json.loads((HERE / "rows.json").read_text(encoding="utf-8")).items():
        with (tree / f"warehouse/reference/{table}.csv").open("a", encoding="utf-8") as file:
            file.writelines(f"{row}\n" for row in rows)


@pytest.mark.slow
def test_a_sixth_publisher_is_a_copy_of_its_siblings(tmp_path: Path, own_home: Path) -> None:
    tree = tmp_path / "tree"
    _copy(tree)
    _register(tree)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "MIGMAP_HOME": str(own_home),
        "PYTHONPATH": str(tree),
    }
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli.main", "refresh", "--source", NAME],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{NAME}/observations" in done.stdout
    with duckdb.connect(str(own_home / "migration.duckdb"), read_only=True) as connection:
        figures = connection.execute(
            "SELECT year, value, source FROM country_flow WHERE country = 'KGZ' "
            "AND indicator = 'trafficking_cases_reported' AND breakdown = 'total' ORDER BY year"
        ).fetchall()
        place = connection.execute(
            "SELECT source_ref FROM flow WHERE source = ? AND year = 2020 AND breakdown = 'total'",
            [NAME],
        ).fetchall()
    assert figures[:2] == [(2019, 8.0, NAME), (2020, 40.0, NAME)]
    assert place == [("line 5, cases",)]
