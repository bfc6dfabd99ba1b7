"""Tests of one file or group go to one worker, and long ones first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.scheduling import long_files_first, scope_of

ROOT = Path(__file__).resolve().parents[1]
TESTS = """
import os
from pathlib import Path

import pytest
{mark}

@pytest.mark.parametrize("number", range(6))
def test_it(number: int) -> None:
    with Path({told!r}).open("a") as file:
        file.write("{name} " + os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


def test_a_file_is_its_own_group_or_the_one_it_names(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text('pytestmark = pytest.mark.xdist_group("together")\n')
    (tmp_path / "two.py").write_text("")
    assert scope_of(tmp_path, "one.py") == "together"
    assert scope_of(tmp_path, "two.py") == "two.py"


def test_workers_share_no_file_and_no_group(tmp_path: Path) -> None:
    told = tmp_path / "told.txt"
    group = 'pytestmark = pytest.mark.xdist_group("both")'
    slow = "pytestmark = pytest.mark.slow"
    for name, mark in (("a", ""), ("b", group), ("c", group), ("d", slow)):
        text = TESTS.format(mark=mark, told=str(told), name=name)
        (tmp_path / f"test_{name}.py").write_text(text)
    (tmp_path / "conftest.py").write_text(
        "from tests.scheduling import pytest_collection_modifyitems, pytest_xdist_make_scheduler\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow: takes long\n")
    asked = ["-m", "pytest", "-q", "-p", "xdist", "-n", "2", "--dist", "loadgroup"]
    # No other plugin: they take longer to load than the tests to run.
    variables = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, *asked, str(tmp_path)],
        cwd=tmp_path, env=os.environ | variables, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split() for line in told.read_text().splitlines()]
    assert len(lines) == 24
    workers = {name: {worker for one, worker in lines if one == name} for name in "abcd"}
    assert [len(found) for found in workers.values()] == [1, 1, 1, 1]
    assert workers["b"] == workers["c"]


def test_long_files_come_first() -> None:

    class Item:
        def __init__(self, name: str, *marks: str) -> None:
            self.path, self.marks = Path(name), marks

        def get_closest_marker(self, name: str) -> bool:
            return name in self.marks

    items = [Item("a"), Item("b", "slow"), Item("b"), Item("c", "slow", "meanwhile"), Item("d")]
    long_files_first(items)  # type: ignore[arg-type]
    assert [one.path.name for one in items] == ["c", "b", "b", "a", "d"]
