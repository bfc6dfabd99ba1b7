"""Build, prove, publish: what must refuse a build, and what readers see."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from assets.published import MODELS
from warehouse import database
from warehouse.database import BuildRefused, NoWarehouse, TableInput
from warehouse.home import Home

Tables = dict[str, TableInput]
Build = Callable[[Path, Tables], dict[str, int]]
Change = Callable[[pd.DataFrame], pd.DataFrame]

READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    print(connection.sql("SELECT max(value)::INT FROM stock").fetchone()[0], flush=True)
"""


def twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame], ignore_index=True)


def one_day(frame: pd.DataFrame) -> pd.DataFrame:
    changed = frame.copy()
    first = changed["known_on_to"].iloc[0]
    changed["known_on_to"] = pd.Series([first] * len(changed), dtype=changed["known_on_to"].dtype)
    return changed


REFUSALS: dict[str, tuple[str, Change, str]] = {
    "stock key": ("stock", twice, "stock: key repeats"),
    "flow key": ("flow", twice, "flow: key repeats"),
    "superseded key": ("stock_superseded", twice, "stock_superseded: key repeats"),
    "value": ("stock", lambda f: f.assign(value=float("nan")), "stock: a missing value"),
    "flow value": ("flow", lambda f: f.assign(value=float("nan")), "flow: a missing value"),
    "old value": (
        "stock_superseded", lambda f: f.assign(value=float("nan")), "stock: a missing value",
    ),
    "no extract": ("extract", lambda f: f.iloc[:1], "stock: a figure's extract or release"),
    "refused extract": (
        "extract", lambda f: f.assign(accepted=False), "a figure's extract or release is unknown",
    ),
    "other release": (
        "extract", lambda f: f.assign(release="2025-end"), "a figure's extract or release",
    ),
    "one day": ("release", one_day, "two releases of a dataset became known on one day"),
    "cell": ("availability_matrix", lambda f: f.iloc[1:], "a cell is missing"),
    "theme": (
        "availability_matrix", lambda f: f[f["theme"] != "remittances"], "a cell is missing",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def mixed_build(
    build: Build, good_tables: Tables, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, int]]:
    """A build of a frame with its columns in another order and of a Parquet file; its rows."""
    folder = tmp_path_factory.mktemp("mixed")
    stock, flow = good_tables["stock"], good_tables["flow"]
    assert isinstance(stock, pd.DataFrame)
    assert isinstance(flow, pd.DataFrame)
    stock.to_parquet(folder / "stock.parquet", index=False)
    given = {"stock": folder / "stock.parquet", "flow": flow[list(reversed(flow.columns))]}
    path = folder / "b.duckdb"
    return path, build(path, good_tables | given)


def test_a_good_build_counts_its_rows(mixed_build: tuple[Path, dict[str, int]]) -> None:
    path, rows = mixed_build
    assert (rows["stock"], rows["stock_superseded"], rows["flow"], rows["extract"]) == (1, 1, 1, 2)
    assert rows.keys() == MODELS.keys()
    assert not path.with_name("b.duckdb.wal").exists()


@pytest.mark.parametrize("case", REFUSALS)
def test_a_build_does_not_prove_itself(case: str, own_build: Path, good_tables: Tables) -> None:
    table, change, told = REFUSALS[case]
    given = good_tables[table]
    assert isinstance(given, pd.DataFrame)
    # Through Arrow, as a build takes them: a missing number is missing there.
    changed = pa.Table.from_pandas(change(given), preserve_index=False)
    with duckdb.connect(str(own_build)) as connection:
        connection.execute(f"DELETE FROM {table}")
        connection.register("changed", changed)
        connection.execute(f"INSERT INTO {table} BY NAME FROM changed")
        with pytest.raises(BuildRefused, match=told):
            database.prove(connection, MODELS)


@pytest.mark.parametrize("table", ["theme", "availability_matrix", "extract"])
def test_a_repeated_key_that_duckdb_enforces_is_refused_too(
    table: str, build: Build, good_tables: Tables, tmp_path: Path
) -> None:
    given = good_tables[table]
    assert isinstance(given, pd.DataFrame)
    with pytest.raises(BuildRefused):
        build(tmp_path / "b.duckdb", good_tables | {table: twice(given)})
    assert list(tmp_path.iterdir()) == []


def test_a_view_that_does_not_answer_is_refused(own_build: Path) -> None:
    with duckdb.connect(str(own_build)) as connection:
        connection.execute("CREATE TABLE gone AS SELECT 1 AS one")
        connection.execute("CREATE VIEW dangling AS SELECT * FROM gone")
        connection.execute("DROP TABLE gone")
        with pytest.raises(BuildRefused, match="dangling"):
            database.prove(connection, MODELS)


def test_a_table_without_input_is_no_build(
    build: Build, good_tables: Tables, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="flow"):
        build(tmp_path / "b.duckdb", {k: v for k, v in good_tables.items() if k != "flow"})


def test_columns_go_by_name_not_by_position(mixed_build: tuple[Path, dict[str, int]]) -> None:
    with duckdb.connect(str(mixed_build[0]), read_only=True) as connection:
        assert connection.sql("SELECT origin, destination FROM flow").fetchall() == [("KGZ", "AFG")]


def test_a_parquet_file_is_as_good_as_a_frame(mixed_build: tuple[Path, dict[str, int]]) -> None:
    with duckdb.connect(str(mixed_build[0]), read_only=True) as connection:
        assert connection.sql("SELECT value, qualifier FROM stock").fetchall() == [(189.0, None)]


def test_a_missing_number_arrives_as_null(own_build: Path) -> None:
    with duckdb.connect(str(own_build), read_only=True) as connection:
        told = connection.sql(
            "SELECT count(*), count(completeness) FROM availability_matrix WHERE evidence = 'none'"
        ).fetchone()
    assert told is not None
    assert told[0] > 0
    assert told[1] == 0


def test_every_table_view_and_column_has_a_comment(own_build: Path) -> None:
    with duckdb.connect(str(own_build), read_only=True) as connection:
        without = connection.sql(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL "
            "UNION ALL SELECT table_name FROM duckdb_tables() WHERE comment IS NULL "
            "UNION ALL SELECT c.table_name || '.' || c.column_name FROM duckdb_columns() AS c "
            "JOIN duckdb_tables() USING (table_name) WHERE NOT c.internal AND c.comment IS NULL"
        ).fetchall()
    assert without == []


def test_published_file_answers_and_nothing_is_left_beside(home: Home, own_build: Path) -> None:
    database.publish(home, own_build)
    assert not own_build.exists()
    assert [path.name for path in home.root.iterdir() if path.is_file()] == ["migration.duckdb"]
    with database.open_read_only(home) as connection:
        assert connection.sql("SELECT count(*) FROM stock").fetchall() == [(1,)]


def test_a_build_that_was_not_closed_is_not_published(home: Home, own_build: Path) -> None:
    own_build.with_name(own_build.name + ".wal").write_bytes(b"left")
    with pytest.raises(BuildRefused, match=r"own\.duckdb\.wal is left"):
        database.publish(home, own_build)
    assert not home.database.exists()
    assert own_build.exists()


def test_a_log_beside_the_published_file_does_not_meet_the_new_one(
    home: Home, own_build: Path
) -> None:
    stranger = home.database.with_name(home.database.name + ".wal")
    stranger.write_bytes(b"not a log of the new file")
    database.publish(home, own_build)
    assert not stranger.exists()
    with database.open_read_only(home) as connection:
        assert connection.sql("SELECT count(*) FROM stock").fetchall() == [(1,)]


def test_a_build_that_does_not_prove_itself_is_removed_and_the_published_file_stays(
    home: Home, own_build: Path, build: Build, good_tables: Tables
) -> None:
    database.publish(home, own_build)
    before = home.database.read_bytes()
    table, change, told = REFUSALS["stock key"]
    given = good_tables[table]
    assert isinstance(given, pd.DataFrame)
    with pytest.raises(BuildRefused, match=told):
        build(home.building / "next.duckdb", good_tables | {table: change(given)})
    assert list(home.building.iterdir()) == []
    assert home.database.read_bytes() == before


def test_without_a_warehouse_the_reader_is_told(home: Home) -> None:
    with pytest.raises(NoWarehouse, match="run a refresh first"):
        database.open_read_only(home)


def test_the_published_file_is_opened_for_reading_only(home: Home, own_build: Path) -> None:
    database.publish(home, own_build)
    with (
        database.open_read_only(home) as connection,
        pytest.raises(duckdb.Error, match="read-only"),
    ):
        connection.execute("DELETE FROM stock")


@pytest.fixture
def reader(home: Home, own_build: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the published file open."""
    database.publish(home, own_build)
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(home.database)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield process
        process.kill()


def ask(process: subprocess.Popen[str]) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def test_our_questions_are_answered_on_one_thread(
    home: Home, own_build: Path, good_tables: Tables
) -> None:
    database.publish(home, own_build)
    threads = "SELECT current_setting('threads')"
    with database.open_read_only(home) as connection, database.in_memory(good_tables) as memory:
        assert connection.sql(threads).fetchall() == memory.sql(threads).fetchall() == [(1,)]


def test_a_reader_keeps_its_figures_and_the_next_one_sees_the_new(
    home: Home, reader: subprocess.Popen[str], good_build: Path
) -> None:
    assert ask(reader) == 189
    path = Path(shutil.copyfile(good_build, home.building / "next.duckdb"))
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE stock SET value = 190")
    file = path.stat().st_ino
    database.publish(home, path)
    # Renamed, not written over: that might still look well to a reader of few rows.
    assert home.database.stat().st_ino == file
    assert ask(reader) == 189
    with database.open_read_only(home) as connection:
        assert connection.sql("SELECT value FROM stock").fetchall() == [(190.0,)]
