"""The bench measures what it says: on tiny tables, once, without a word about seconds."""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pandas as pd
import pytest
import xlsxwriter

from schemas.sources.unhcr import MODELS

ROWS = 300
FILE = "unhcr/global_population_end2023.csv.gz"
_DISASTER = "Disaster Internal Displacements"
# One figure of each kind: exact, rounded alone, missing, and an event that stands twice.
IDMC: dict[str, list[list[object]]] = {
    "displacements": [
        [
            "ISO3", "Name", "Year",
            *(
                f"{name}{raw}"
                for name in ("Conflict Stock Displacement", "Conflict Internal Displacements",
                             _DISASTER, "Disaster Stock Displacement")
                for raw in ("", " (Raw)")
            ),
        ],
        ["KGZ", "Kyrgyzstan", 2022, 4000, 4003, 166000, 166329, 1700, 1696, None, None],
        ["AFG", "Afghanistan", 2022, None, None, 32000, 32424, 220000, None, 4, 4],
    ],
    "disasters": [
        ["ISO3", "Country / Territory", "Year", "Event Name", "Date of Event (start)", _DISASTER,
         f"{_DISASTER} (Raw)", "Hazard Category", "Hazard Type", "Hazard Sub Type"],
        *[["KGZ", "Kyrgyzstan", 2022, "Flood in Osh", "2022-05-01", 200, 196, "Weather related",
           "Flood", "Flood"]] * 2,
        ["KGZ", "Kyrgyzstan", 2022, "Storm in Batken", "2022-06-01", 1500, None,
         "Weather related", "Storm", "Storm"],
    ],
}  # fmt: skip
SUMS = """
SELECT '{table}' AS measure, source, dataset, indicator, definition, obs_status, breakdown,
    additive_set, unit, sex, count(*), sum(value), count(DISTINCT detail), sum(year),
    count(DISTINCT origin), count(DISTINCT destination)
    {more}
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
def tables(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return module(monkeypatch, "every_table")


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch, tables: ModuleType, tmp_path: Path) -> Path:
    """A folder of figures with tiny tables of all publishers."""
    folder = tmp_path / "figures"
    for name in ("unhcr", "idmc", "undesa"):
        (folder / name).mkdir(parents=True)
    for one in tables.UNHCR:
        module(monkeypatch, "made_up_figures").write(folder / one.given, one.dataset, ROWS)
    for name, rows in IDMC.items():
        with xlsxwriter.Workbook(folder / f"idmc/gidd_{name}_2023-11-20.xlsx") as book:
            sheet = book.add_worksheet("1_Data")
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    # Others are numbered 2003, the world 900: it is what comes from countries and others.
    pairs = {(417, 4): 1, (417, 643): 1, (417, 2003): 1, (417, 900): 3, (417, 935): 1,
             (4, 417): 1, (900, 417): 1}  # fmt: skip
    bilateral = pd.DataFrame(
        [
            {
                "dest_code": to,
                "orig_code": origin,
                "year": year,
                "sex": sex,
                "value": value * times * (year - 1989),
            }
            for (to, origin), times in pairs.items()
            for year in range(1990, 2021, 5)
            for sex, value in (("both", 30), ("male", 13), ("female", 17))
        ]
    )
    # What is printed as "..".
    bilateral.loc[5, "value"] = None
    bilateral.to_parquet(folder / tables.BILATERAL.given)
    return folder


# Where IDMC's rounding is unknown our precision says so, and cells have other names in CSV.
UNHCR = ", sum(precision), count(DISTINCT source_ref)"


def sums(database: Path, more: str = "") -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return [
            row
            for table in ("stock", "flow")
            for row in connection.execute(SUMS.format(table=table, more=more)).fetchall()
        ]


def test_made_up_figures_are_always_the_same(
    monkeypatch: pytest.MonkeyPatch, figures: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.csv.gz"
    module(monkeypatch, "made_up_figures").write(again, "population", ROWS)
    assert again.read_bytes() == (figures / FILE).read_bytes()
    lines = gzip.decompress(again.read_bytes()).decode().splitlines()
    assert len(lines) == ROWS + 1
    keys = {tuple(cells[at] for at in (0, 3, 6)) for cells in (li.split(",") for li in lines)}
    assert len(keys) == ROWS + 1


def test_made_up_tables_have_the_shape_of_the_real_ones(
    monkeypatch: pytest.MonkeyPatch, tables: ModuleType
) -> None:
    shapes = module(monkeypatch, "made_up_figures").SHAPES
    assert {one.dataset for one in tables.UNHCR} == set(shapes)
    for dataset, shape in shapes.items():
        model = MODELS[dataset].columns
        assert [name for name in model if name in {*shape.said, *shape.not_zero}] == [
            *shape.said, *shape.not_zero,
        ]  # fmt: skip


@pytest.mark.parametrize("publisher", ["unhcr", "idmc", "undesa", "all"])
def test_duckdb_alone_loads_what_we_load(
    child: ModuleType,
    run: ModuleType,
    tables: ModuleType,
    figures: Path,
    tmp_path: Path,
    publisher: str,
) -> None:
    shape, ddl = tmp_path / "shape.json", tmp_path / "facts.sql"
    child.run(child.script("graph", shape, ddl))
    laid_out = tmp_path / "laid-out"
    tables.lay_out(
        figures, laid_out, tuple(t for t in tables.TABLES if publisher in (t.publisher, "all"))
    )
    home = tmp_path / "home"
    arguments, variables = run.functions_on(laid_out)(home)
    ours = child.run(arguments, variables)
    alone = tmp_path / "alone"
    alone.mkdir()
    arguments, variables = run.duckdb_on(laid_out, ddl)(alone)
    theirs = child.run(arguments, variables)
    more = UNHCR if publisher == "unhcr" else ""
    found = sums(home / "migration.duckdb", more)
    assert found == sums(alone / "alone.duckdb", more) != []
    assert {row[1] for row in found} == {
        t.publisher for t in tables.TABLES if publisher in (t.publisher, "all")
    }  # fmt: skip
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
    asked = ["--json", "--rounds", "1", "--no-warm-up", "--only", "global-all"]
    asked += ["--only", "read-bilateral"]
    printed = child.run(child.script("run", *asked, "--figures", figures)).printed
    found = json.loads(printed[printed.index("{") :])
    every, read = found["measurements"]
    assert (every["name"], read["name"]) == ("global-all", "read-bilateral")
    assert every["ratio"] == pytest.approx(every["seconds_a"] / every["seconds_b"])
    assert (every["reached_bytes"], every["reached_seconds"]) == (True, None)
    # Seven rows in a process that starts in more than a second: the reading alone is counted.
    assert 0 < read["seconds_a"] < 0.6
    assert read["reached_seconds"] is True
    assert found["figures"].startswith(FILE)
    assert any("judged" in note for note in found["notes"])
    assert any("calamine takes" in note for note in found["notes"])


def test_tables_that_are_not_given_are_named(run: ModuleType, figures: Path) -> None:
    (figures / "undesa" / "global_bilateral_rev2020_long.parquet").unlink()
    asked = argparse.Namespace(figures=figures)
    given, held, told = run.tables_of(asked, figures.with_name("made-up"))
    assert (given, len(held)) == (figures, 6)
    assert told.endswith("without undesa/global_bilateral_rev2020_long.parquet")


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
