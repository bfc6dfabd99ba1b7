"""The bench measures what it says: on tiny tables, once, without a word about seconds."""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import runpy
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pandas as pd
import pytest
import xlsxwriter

from pipelines.definitions import definitions
from schemas.facts import FLOW, STOCK
from schemas.generate import create_table_sql
from schemas.sources.unhcr import MODELS
from warehouse.home import Home

ROWS = 300
FILE = "unhcr/global_population_end2023.csv.gz"
_DISASTER = "Disaster Internal Displacements"
# One figure of each kind: rounded and not, missing, and an event that stands twice.
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
        ["AFG", "Afghanistan", 2022, None, None, 32000, 32424, 220000, 219900, 4, 4],
    ],
    "disasters": [
        ["ISO3", "Country / Territory", "Year", "Event Name", "Date of Event (start)", _DISASTER,
         f"{_DISASTER} (Raw)", "Hazard Category", "Hazard Type", "Hazard Sub Type"],
        *[["KGZ", "Kyrgyzstan", 2022, "Flood in Osh", "2022-05-01", 200, 196, "Weather related",
           "Flood", "Flood"]] * 2,
        ["KGZ", "Kyrgyzstan", 2022, "Storm in Batken", "2022-06-01", 1500, 1496,
         "Weather related", "Storm", "Storm"],
    ],
}  # fmt: skip
SUMS = """
SELECT '{table}' AS measure, source, dataset, indicator, definition, obs_status, breakdown,
    additive_set, unit, sex, count(*), sum(value), count(DISTINCT detail), sum(year),
    count(DISTINCT origin), count(DISTINCT destination)
    {more}
FROM {table} {where} GROUP BY ALL ORDER BY ALL
"""


def module(monkeypatch: pytest.MonkeyPatch, name: str) -> ModuleType:
    """A module of the bench, which is a folder of scripts and no package."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module(name)


def run_here(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    """Run a script of the bench in this process, which has imported what it needs."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", arguments)
        runpy.run_path(arguments[0], run_name="__main__")


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return module(monkeypatch, "child")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return module(monkeypatch, "run")


@pytest.fixture
def measurements(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return module(monkeypatch, "measurements")


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return module(monkeypatch, "every_table")


@pytest.fixture
def figures(made_up: Path, tmp_path: Path) -> Path:
    """A copy of the tiny tables that a test may change."""
    return Path(shutil.copytree(made_up, tmp_path / "figures"))


@pytest.fixture(scope="module")
def laid_out(made_up: Path) -> Path:
    """The tiny tables as their publishers give them; nobody may change them."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        tables = module(monkeypatch, "every_table")
        tables.lay_out(made_up, made_up / "laid-out", tables.TABLES)
    return made_up / "laid-out"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        return write_tiny_tables(
            monkeypatch, module(monkeypatch, "every_table"), tmp_path_factory.mktemp("made-up")
        )


def write_tiny_tables(monkeypatch: pytest.MonkeyPatch, tables: ModuleType, folder: Path) -> Path:
    """A folder of figures with tiny tables of all publishers."""
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
             (4, 417): 1, (900, 417): 1, (4, 643): 1}  # fmt: skip
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
UNHCR = "sum(precision), count(DISTINCT source_ref)"


def sums(database: Path, of_unhcr: str = "") -> list[tuple[Any, ...]]:
    """Sums by publisher; or those of UNHCR, with more to compare."""
    more, where = (f", {of_unhcr}", "WHERE source = 'unhcr'") if of_unhcr else ("", "")
    with duckdb.connect(str(database), read_only=True) as connection:
        return [
            row
            for table in ("stock", "flow")
            for row in connection.execute(
                SUMS.format(table=table, more=more, where=where)
            ).fetchall()
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


def test_duckdb_alone_loads_what_we_load(
    monkeypatch: pytest.MonkeyPatch, tables: ModuleType, laid_out: Path, tmp_path: Path
) -> None:
    """All publishers in one run: the sums are by publisher."""
    home, alone = tmp_path / "home", tmp_path / "alone.duckdb"
    tables.fill_inbox(home, laid_out)
    module(monkeypatch, "whole_way").whole_way(Home(home).make())
    ddl = ";\n".join(create_table_sql(model) for model in (STOCK, FLOW))
    module(monkeypatch, "duckdb_alone").load(laid_out, ddl, alone)
    found = sums(home / "migration.duckdb")
    assert found == sums(alone) != []
    assert {row[1] for row in found} == {"unhcr", "idmc", "undesa"}
    assert sums(home / "migration.duckdb", UNHCR) == sums(alone, UNHCR) != []


def test_one_table_alone_goes_all_the_way(
    monkeypatch: pytest.MonkeyPatch,
    measurements: ModuleType,
    tables: ModuleType,
    laid_out: Path,
    tmp_path: Path,
) -> None:
    """What is measured as ``global``."""
    one = tmp_path / "one"
    one.mkdir()
    shutil.copy(laid_out / tables.TABLES[0].laid_out, one)
    arguments, variables = measurements.functions_on(one)(tmp_path / "home")
    assert variables == {}
    run_here(monkeypatch, arguments)
    assert {row[1:3] for row in sums(tmp_path / "home" / "migration.duckdb")} == {
        ("unhcr", "population")
    }


def test_the_noop_job_has_the_shape_of_ours(
    monkeypatch: pytest.MonkeyPatch,
    child: ModuleType,
    measurements: ModuleType,
    tmp_path: Path,
) -> None:
    """Of one publisher: a step is a step."""
    whole = module(monkeypatch, "graph").shape()
    kept = [one for one in whole["ops"] if one["name"].split("__")[0] == "nbkr"]
    keys = [spec["key"] for one in kept for spec in one["specs"]]
    assert 1 < len(kept) < len(whole["ops"])
    shape = tmp_path / "shape.json"
    shape.write_text(json.dumps({"ops": kept, "external": whole["external"]}))
    home = tmp_path / "dagster"
    home.mkdir()
    arguments, variables = measurements.noop_of(shape)(home)
    spent = child.run(arguments, variables)
    assert min(spent.seconds, spent.cpu_seconds, spent.peak_bytes) > 0
    done = json.loads(spent.printed.strip().splitlines()[-1])
    assert done == {
        "materialised": len(keys),
        "checked": sum(len(one["checks"]) for one in kept),
    }
    assert min(done.values()) > 1


def test_the_shape_is_that_of_our_graph(
    monkeypatch: pytest.MonkeyPatch, measurements: ModuleType, tmp_path: Path
) -> None:
    """It is written once, together with the DDL."""
    asked: list[list[str]] = []
    monkeypatch.setattr(
        measurements, "run", lambda script: asked.append(script) or run_here(monkeypatch, script)
    )
    (*_, shape), _ = measurements.noop_of(tmp_path / measurements.SHAPE)(tmp_path)
    (*_, ddl, _), _ = measurements.duckdb_on(tmp_path, tmp_path / measurements.DDL)(tmp_path)
    assert len(asked) == 1
    assert Path(ddl).read_text() == ";\n".join(create_table_sql(model) for model in (STOCK, FLOW))
    graph = json.loads(Path(shape).read_text())
    told = {tuple(spec["key"]) for one in graph["ops"] for spec in one["specs"]}
    ours = definitions().resolve_asset_graph()
    assert told == {tuple(key.path) for key in ours.executable_asset_keys}
    checked = {(*check["asset"], check["name"]) for one in graph["ops"] for check in one["checks"]}
    assert checked == {(*key.asset_key.path, key.name) for key in ours.asset_check_keys}


def test_a_run_prints_json(child: ModuleType, figures: Path) -> None:
    for workbook in figures.glob("idmc/*.xlsx"):
        workbook.unlink()  # Each would be laid out by a process of its own, for nothing.
    asked = ["--json", "--rounds", "1", "--no-warm-up", "--only", "read-bilateral"]
    spent = child.run(child.script("run", *asked, "--figures", figures))
    found = json.loads(spent.printed[spent.printed.index("{") :])
    (read,) = found["measurements"]
    assert read["name"] == "read-bilateral"
    assert read["ratio"] == pytest.approx(read["seconds_a"] / read["seconds_b"])
    # Seven rows: what took most of the time is the start of the processes, which does not count.
    assert 0 < read["seconds_a"] + read["seconds_b"] < spent.seconds / 4
    assert (read["reached_bytes"], read["reached_seconds"]) == (None, True)
    assert found["figures"].startswith(FILE)
    assert any("calamine takes" in note for note in found["notes"])


def test_what_is_judged_on_functions_alone_is_told(
    run: ModuleType, measurements: ModuleType, child: ModuleType
) -> None:
    offered = measurements.measurements(*[Path()] * 3)
    every = next(one for one in offered if one.name == "global-all")
    spent = [child.Spent(1.0, 1.0, 10**9, "")]
    measured = run.compared(every, spent, spent)
    assert (measured.reached_bytes, measured.reached_seconds) == (True, None)
    told = run.notes([measured], "some")
    assert any("judged" in note for note in told)
    assert not any("calamine takes" in note for note in told)


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


def test_aims_are_judged_on_medians(
    run: ModuleType, measurements: ModuleType, child: ModuleType
) -> None:
    spent = [child.Spent(seconds, seconds, 10**9, "") for seconds in (9.0, 3.0, 4.0)]
    measurement = measurements.Measurement(
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
