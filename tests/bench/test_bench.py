"""The bench measures what it says: on tiny tables, once, without a word about seconds."""

from __future__ import annotations

import gzip
import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

ROWS = 300
FILE = "global_population_end2023.csv.gz"
SUMS = """
SELECT '{table}' AS measure, indicator, definition, obs_status, breakdown, count(*), sum(value),
    sum(precision), count(DISTINCT source_ref), sum(year)
FROM {table} GROUP BY ALL ORDER BY ALL
"""


def module(monkeypatch: pytest.MonkeyPatch, name: str) -> ModuleType:
    """A module of the bench, which is a folder of scripts and no package."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module(name)


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return module(monkeypatch, "child")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return module(monkeypatch, "run")


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "figures" / FILE
    path.parent.mkdir()
    module(monkeypatch, "made_up_figures").write(path, ROWS)
    return path


def sums(database: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return [
            row
            for table in ("stock", "flow")
            for row in connection.execute(SUMS.format(table=table)).fetchall()
        ]


def test_made_up_figures_are_always_the_same(
    monkeypatch: pytest.MonkeyPatch, figures: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.csv.gz"
    module(monkeypatch, "made_up_figures").write(again, ROWS)
    assert again.read_bytes() == figures.read_bytes()
    lines = gzip.decompress(figures.read_bytes()).decode().splitlines()
    assert len(lines) == ROWS + 1
    keys = {tuple(cells[at] for at in (0, 3, 6)) for cells in (li.split(",") for li in lines)}
    assert len(keys) == ROWS + 1


def test_duckdb_alone_loads_what_we_load(
    child: ModuleType, run: ModuleType, figures: Path, tmp_path: Path
) -> None:
    shape, ddl = tmp_path / "shape.json", tmp_path / "facts.sql"
    child.run(child.script("graph", shape, ddl))
    home = tmp_path / "home"
    arguments, variables = run.functions_on(figures)(home)
    ours = child.run(arguments, variables)
    alone = tmp_path / "alone"
    alone.mkdir()
    arguments, variables = run.duckdb_on(figures, ddl)(alone)
    theirs = child.run(arguments, variables)
    assert sums(home / "migration.duckdb") == sums(alone / "alone.duckdb") != []
    assert min(ours.seconds, ours.peak_bytes, theirs.seconds, theirs.peak_bytes) > 0


def test_the_noop_job_has_the_shape_of_ours(
    child: ModuleType, run: ModuleType, tmp_path: Path
) -> None:
    shape, ddl = tmp_path / "shape.json", tmp_path / "facts.sql"
    child.run(child.script("graph", shape, ddl))
    graph = json.loads(shape.read_text(encoding="utf-8"))
    home = tmp_path / "dagster"
    home.mkdir()
    arguments, variables = run.noop_of(shape)(home)
    done = json.loads(child.run(arguments, variables).printed.strip().splitlines()[-1])
    assert done == {
        "materialised": sum(len(op["specs"]) for op in graph["ops"]),
        "checked": sum(len(op["checks"]) for op in graph["ops"]),
    }
    assert min(done.values()) > 10


def test_a_run_prints_json(child: ModuleType, figures: Path) -> None:
    asked = ["--json", "--rounds", "1", "--no-warm-up", "--only", "global"]
    printed = child.run(child.script("run", *asked, "--figures", figures.parent)).printed
    found = json.loads(printed[printed.index("{") :])
    (measured,) = found["measurements"]
    assert measured["name"] == "global"
    assert measured["ratio"] == pytest.approx(measured["seconds_a"] / measured["seconds_b"])
    assert measured["reached_bytes"] is True
    assert found["figures"] == f"{FILE}, given"
    assert any("judged" in note for note in found["notes"])


def test_a_process_that_fails_is_not_measured(child: ModuleType) -> None:
    with pytest.raises(child.ChildFailed, match=r"ended with 3:\nbroken"):
        child.run(["-c", "print('broken'); raise SystemExit(3)"])


def test_memory_of_a_process_is_its_own(child: ModuleType) -> None:
    small = child.run(["-c", "pass"]).peak_bytes
    large = child.run(["-c", "x = bytearray(600_000_000)"]).peak_bytes
    # A child starts with the memory of whoever runs the tests, so only the larger one is sure.
    assert large >= 600_000_000
    assert large >= small


def test_aims_are_judged_on_medians(run: ModuleType, child: ModuleType) -> None:
    spent = [child.Spent(seconds, seconds, 10**9, "") for seconds in (9.0, 3.0, 4.0)]
    measurement = run.Measurement(
        "x", "a", "b", lambda folder: ([], {}), lambda folder: ([], {}), 2.0, 10**9
    )
    found = run.compared(measurement, spent, [child.Spent(2.0, 2.0, 1, "")])
    assert (found.seconds_a, found.ratio, found.reached_ratio) == (4.0, 2.0, True)
    assert found.reached_bytes is False


def test_the_stopwatch_gives_each_second_to_the_innermost_stage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stages = module(monkeypatch, "stages")
    clock = iter([0.0, 1.0, 4.0, 6.0])
    monkeypatch.setattr(stages, "perf_counter", lambda: next(clock))
    watch = stages.Stopwatch()
    inner = watch.timed(lambda: "done", "inner")
    assert watch.timed(lambda: inner(), "outer")() == "done"
    assert watch.seconds == {"outer": 3.0, "inner": 3.0}


def test_every_timed_function_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    stages = module(monkeypatch, "stages")
    for name, path, _ in stages.TIMED:
        found: Any = importlib.import_module(name)
        for part in path.split("."):
            found = getattr(found, part)
        assert callable(found), f"{name}.{path}"
