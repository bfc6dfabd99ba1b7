"""The trials in short: a few mutations, readers at swapped builds, a disk that is full."""

from __future__ import annotations

import errno
import importlib
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from assets.sources import gate, parsed
from assets.sources.outcome import Outcome
from pipelines import refresh as refreshing
from pipelines.cli.main import application
from schemas.faults import Fault
from warehouse import database, previous
from warehouse.files import is_disk_full
from warehouse.home import Home
from warehouse.reference_data import Reference

FOLDER = Path(__file__).resolve().parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def scripts() -> Iterator[None]:
    """The scripts import each other by name, as they do when they are run."""
    sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]
    yield
    sys.path.remove(str(FOLDER))
    sys.path.remove(str(FOLDER.parent))


@pytest.fixture(scope="module")
def mutations(scripts: None) -> ModuleType:
    return importlib.import_module("mutations")


@pytest.fixture(scope="module")
def judge(scripts: None) -> ModuleType:
    return importlib.import_module("judge")


@pytest.fixture(scope="module")
def readers(scripts: None) -> ModuleType:
    return importlib.import_module("readers")


# --- Mutated files -------------------------------------------------------------------------


def test_mutated_extracts_are_refused_the_same_or_that_figure(
    mutations: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A small file of each format: all of them are tried by the script.
    names = ("conflicts/2025.json", "opendata/2025.json", "press/2019-05-16.csv",
             "dynamic/2024.xls", "remittances/2025-press.xlsx")  # fmt: skip
    small = [original(name) for name in names]
    monkeypatch.setattr(mutations, "originals", lambda: small)
    trials = mutations.run(40, seed=5)
    failed = [(one.number, one.mutated.what, one.verdict.told)
              for one in trials if one.verdict.outcome == "FAILURE"]  # fmt: skip
    assert failed == []
    assert {"refused", "same", "that figure"} <= {one.verdict.outcome for one in trials}


def test_a_seed_makes_the_same_mutation_again(mutations: ModuleType) -> None:
    files = mutations.originals()
    # Archives hold the time at which they were packed.
    texts = [at for at in range(40) if mutations.make(files, 3, at)[1].kind in ("json", "csv")]
    for number in texts[:10]:
        one, other = (mutations.make(files, 3, number)[2] for _ in range(2))
        assert (one.data, one.what) == (other.data, other.what)


def test_labels_that_change_places_are_refused_or_told() -> None:
    labels = importlib.import_module("labels")
    press, flows = original(PRESS), original("remittances/2025-press.xlsx")
    trials = labels.run([press, press, flows], 100, seed=1)
    assert Counter(one.original.name for one in trials) == {press.name: 21, flows.name: 28}
    assert {one.outcome for one in trials} == {"refused"}


def test_labels_that_nothing_contradicts_are_told() -> None:
    labels = importlib.import_module("labels")
    trials = labels.run([original("figure_analyses/2024.csv")], 100, seed=1)
    # No country has remarks, so that the figures are gone and the rounded ones stand for them.
    assert [one.what for one in trials if one.outcome == "taken in"] == [
        "labels 'Figures' and 'Description' swapped"
    ]


@pytest.fixture(scope="module")
def judging(
    judge: ModuleType, reference: Reference, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    return judge.Judge(reference, tmp_path_factory.mktemp("judge"))


def original(name: str) -> Any:
    documents = importlib.import_module("documents")
    return documents.load(next(p for p in gate.bundled_files() if str(p).endswith(name)))


def mutated(name: str, old: bytes, new: bytes, **said: Any) -> tuple[Any, Any]:
    one = original(name)
    assert one.data.count(old) == 1
    of_bytes = importlib.import_module("mutated").of_bytes
    return one, of_bytes(one, one.data.replace(old, new), "by hand", **said)


PRESS = "nsc/press/2020-05-28.csv"


def test_a_change_of_one_figure_is_told_as_that_figure(judging: Any) -> None:
    assert judging.verdict(*mutated(PRESS, b",7.6,", b",7.7,")).outcome == "that figure"


def test_another_year_is_told_as_the_key_of_the_figure(judging: Any) -> None:
    changed = mutated(PRESS, b"emigrants,WLD,2019", b"emigrants,WLD,2018")
    assert judging.verdict(*changed).outcome == "its key"


def test_a_figure_changed_in_silence_would_be_found(
    judging: Any, judge: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = judge.accepted

    def careless(path: Path, reference: Reference) -> Any:
        reading = read(path, reference)
        reading.frame["value"] = reading.frame["value"] + 0.1
        return reading

    monkeypatch.setattr(judge, "accepted", careless)
    changed = mutated(PRESS, b",7.6,", b",7.7,")
    verdict = judging.verdict(*changed)
    assert verdict.outcome == "FAILURE"
    assert "is in one only" in verdict.told


def test_the_same_figures_are_asked_for_where_they_must_be(judging: Any) -> None:
    verdict = judging.verdict(*mutated(PRESS, b",7.6,", b",7.7,", same=True))
    assert verdict.outcome == "FAILURE"
    assert "must give the same figures" in verdict.told


def test_a_crash_would_be_found(
    mutations: ModuleType, judge: ModuleType, judging: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(path: Path, reference: Reference) -> None:
        raise ZeroDivisionError("crashed")

    monkeypatch.setattr(judge, "accepted", crash)
    verdict = mutations.judged(judging, *mutated(PRESS, b",7.6,", b",7.7,"))
    assert verdict.outcome == "FAILURE"
    assert "ZeroDivisionError: crashed (test_torture.py:" in verdict.told


@pytest.mark.parametrize(
    ("place", "column", "placed"),
    [
        ("line 3", None, True), ("$[0].items[4].year", None, True), ("Table 1!G12", "1990", True),
        ("part 'xl/workbook.xml'", None, True), ("end of file, byte 20", None, True),
        ("a.csv", "rows", True), ("a.csv", None, False), ("the file", None, False),
        ("somewhere", "value", False), ("a.manifest.json", "scope", True),
        ("a.manifest.json", None, False),
    ],
)  # fmt: skip
def test_a_place_is_a_line_a_cell_a_path_a_byte_or_the_manifest(
    judge: ModuleType, place: str, column: str | None, placed: bool
) -> None:
    file: Any = SimpleNamespace(data=b"x", sidecar="{}")
    assert judge._placed(Fault(place, column, None, "more"), Path("a.csv"), file) is placed


# --- Readers -------------------------------------------------------------------------------


def published(home: Home, number: int) -> Path:
    """A small build with figures of its own."""
    path = home.building / f"{number}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE build AS SELECT ? AS build_id, '{}' AS fingerprint_parts, "
            "TIMESTAMP '2026-01-01' AS built_at, '1.0' AS contract_version",
            [f"20260101T00000{number % 10}-{number:08x}"],
        )
        connection.execute(f"CREATE TABLE stock AS SELECT {number} AS value FROM range(1000)")
        connection.execute("CREATE TABLE flow AS SELECT 1 AS value")
        connection.execute("CREATE VIEW country_stock AS SELECT * FROM stock")
        connection.execute("CHECKPOINT")
    return path


def test_readers_see_one_build_a_query_through_many_publications(
    readers: ModuleType, home: Home
) -> None:
    database.publish(home, published(home, 0))
    builds = [published(home, number) for number in range(1, 11)]
    with readers.reading(home.database, readers=2) as found:
        for build in builds:
            database.publish(home, build)
    # How long a query waits is measured by the script, on a machine that does nothing else.
    assert readers.problems(found, at_least=1, longest=60.0) == []
    assert sum(one.queries for one in found) > 0


def test_what_readers_must_not_see_is_told(readers: ModuleType, tmp_path: Path) -> None:
    seen = readers.Seen()
    readers.ask(tmp_path / "none.duckdb", seen)
    assert (seen.queries, len(seen.errors)) == (1, 1)
    mixed = readers.Seen(2, 1.5, [], {"a": (1,)})
    other = readers.Seen(1, 0.1, [], {"a": (2,)})
    told = readers.problems([seen, mixed, other], at_least=2)
    assert [one.split(":")[0] for one in told[1:]] == [
        "a query took 1.50 s", "a", "only 1 of 2 builds were seen",
    ]  # fmt: skip


# --- A full disk ---------------------------------------------------------------------------


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("stage", ["parsed", "landing", "dagster"])
def test_a_full_disk_is_told_and_nothing_is_published(
    stage: str, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(home.root))
    where: Any = {"parsed": parsed, "landing": gate.landing, "dagster": refreshing}[stage]
    name = "_run" if stage == "dagster" else "keep"
    monkeypatch.setattr(where, name, full)
    if stage == "dagster":
        monkeypatch.setattr(gate, "land", lambda *_: Outcome())
    done = CliRunner().invoke(application(), ["refresh"])
    assert done.exit_code == 1
    assert "The disk is full" in done.output
    assert "Traceback" not in done.output
    assert not home.database.exists()
    assert previous.builds(home) == [] if hasattr(previous, "builds") else True


def test_a_full_disk_is_known_however_it_is_told() -> None:
    outer = RuntimeError("could not write")
    outer.__cause__ = sqlite3.OperationalError("database or disk is full")
    for error in (
        OSError(errno.EDQUOT, "quota"),
        duckdb.IOException("IO Error: Could not write file: No space left on device"),
        # There was no room for SQLite's files beside the database.
        sqlite3.OperationalError("disk I/O error"),
        outer,
    ):
        assert is_disk_full(error)
    assert not is_disk_full(OSError(errno.ENOENT, "no such file"))
    assert not is_disk_full(None)
