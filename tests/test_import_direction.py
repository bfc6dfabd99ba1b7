"""Imports run schemas <- warehouse <- assets <- pipelines, and Dagster stays at the edge."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("schemas", "warehouse", "assets", "pipelines")
DAGSTER_FILES = (
    "schemas/generate.py",
    "warehouse/tables.py",
    "assets/combined.py",
    "assets/published.py",
)


def imported_modules(path: Path, module: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, anywhere in it, with the line that does so."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""
        elif isinstance(node, ast.ImportFrom):
            package = module[: len(module) - node.level]
            yield node.lineno, ".".join([*package, *filter(None, [node.module])])


def may_import_dagster(file: str) -> bool:
    room, *_, name = file.split("/")
    if room == "pipelines" or file in DAGSTER_FILES or file.startswith("assets/outputs/"):
        return True
    return room == "assets" and name == "assets.py"


def forbidden_imports(root: Path) -> list[str]:
    """What breaks the rules in the tree at root, one line a finding."""
    found = []
    for rank, room in enumerate(ROOMS):
        above = {*ROOMS[rank + 1 :], "tests"}
        for path in sorted((root / room).rglob("*.py")):
            relative = path.relative_to(root)
            file = relative.as_posix()
            for line, name in imported_modules(path, relative.with_suffix("").parts):
                top = name.partition(".")[0]
                if top in above:
                    found.append(f"{file}:{line}: {room} may not import {name}")
                is_dagster = top == "dagster" or top.startswith("dagster_")
                if is_dagster and not may_import_dagster(file):
                    found.append(f"{file}:{line}: {name} may not be imported here")
                elif is_dagster and any(part.startswith("_") for part in name.split(".")):
                    found.append(f"{file}:{line}: {name} is private to Dagster")
    return found


def test_imports_run_one_way() -> None:
    assert [room for room in ROOMS if not (ROOT / room).is_dir()] == []
    assert forbidden_imports(ROOT) == []


@pytest.mark.parametrize(
    ("file", "source", "named"),
    [
        ("schemas/facts.py", "import warehouse.landing", "warehouse.landing"),
        ("warehouse/database.py", "from assets.combined import stock", "assets.combined"),
        ("assets/cells.py", "def late():\n    import pipelines", "pipelines"),
        ("pipelines/jobs.py", "from tests.helpers import thing", "tests.helpers"),
        ("schemas/fields.py", "import dagster as dg", "dagster"),
        ("warehouse/landing.py", "from dagster import asset", "dagster"),
        ("assets/sources/unhcr/read.py", "import dagster_shared.record", "dagster_shared.record"),
        ("assets/combined_more.py", "import dagster", "dagster"),
        ("pipelines/jobs.py", "from dagster._core.instance import ref", "dagster._core.instance"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, file: str, source: str, named: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(source, encoding="utf-8")
    (finding,) = forbidden_imports(tmp_path)
    assert finding.startswith(f"{file}:")
    assert named in finding


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("schemas/generate.py", "import dagster"),
        ("warehouse/tables.py", "from dagster import UPathIOManager\nimport schemas.facts"),
        ("assets/sources/nsc/assets.py", "import dagster\nfrom warehouse import landing"),
        ("assets/sources/nsc/read.py", "from ..cells import clean\nfrom . import fetch"),
        ("assets/outputs/site.py", "import dagster"),
        ("pipelines/definitions.py", "import dagster, assets, warehouse, schemas"),
        ("assets/names.py", "import dagstermind"),
    ],
)
def test_an_allowed_import_is_not_found(tmp_path: Path, file: str, source: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(source, encoding="utf-8")
    assert forbidden_imports(tmp_path) == []
