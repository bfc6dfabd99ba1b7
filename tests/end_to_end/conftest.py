"""What the tests of the whole line share: queries, a reader process, broken copies of extracts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import Result

from pipelines.progress import listening
from tests.end_to_end.population import SIDECAR, as_csv, changed
from tests.torture import kills

ROOT = Path(__file__).resolve().parents[2]
EXTRACTS = ROOT / "warehouse" / "extracts" / "unhcr"

# Answers each line that comes with the build and one figure, from one connection.
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    build = connection.sql("SELECT build_id FROM build").fetchall()[0][0]
    figure = connection.sql(
        "SELECT value FROM country_stock WHERE country = 'KGZ' AND theme = 'refugees_hosted' "
        "AND indicator = 'refugees' AND breakdown = 'total' AND year = 2025"
    ).fetchall()
    print(build, figure, flush=True)
"""

# Holds the refresh lock until a line comes.
HOLDER = """
import sys
from pathlib import Path
from warehouse.home import Home
from warehouse.lock import refresh_lock
with refresh_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""


def rows_of(home: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "migration.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="session")
def ask_home() -> Callable[[Path, str], list[tuple[Any, ...]]]:
    """The rows of a query on the published file of a home."""
    return rows_of


@pytest.fixture(scope="session")
def ask(published: duckdb.DuckDBPyConnection) -> Callable[[str], list[tuple[Any, ...]]]:
    """The rows of a query on the published file of the refreshed home."""
    return lambda query: published.execute(query).fetchall()


class Talker:
    """A process that answers lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def tell(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self) -> str:
        self.tell()
        return self.hear()


@contextmanager
def talking(code: str, argument: str, environment: dict[str, str]) -> Iterator[Talker]:
    process = subprocess.Popen(
        [sys.executable, "-c", code, argument],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Talker(process)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def reader(environment: Callable[[Path], dict[str, str]]) -> Callable[[Path], Any]:
    """Open the published file of a home in another process."""
    return lambda home: talking(READER, str(home / "migration.duckdb"), environment(home))


@pytest.fixture
def holder(environment: Callable[[Path], dict[str, str]]) -> Callable[[Path], Any]:
    """Hold the refresh lock of a home in another process; its first line is ``held``."""
    return lambda home: talking(HOLDER, str(home), environment(home))


@pytest.fixture(scope="session")
def population_items() -> list[dict[str, Any]]:
    """The rows of the newest population extract, as the API sends them."""
    pages = json.loads((EXTRACTS / "population" / "2025-end.json").read_text(encoding="utf-8"))
    return [item for page in pages for item in page["items"]]


@dataclass(frozen=True)
class Watched:
    """A refresh after a killed one, and what readers saw of it.

    Attributes:
        home: The home, which was refreshed before.
        killed: Whether the first refresh was killed before it was through.
        answers: What the published file answered (``kills.figures``) before the killed refresh,
            after it, and after the next.
        corrected: The refugees in the country by the file that both refreshes had before them.
        returncode: How the next refresh ended.
        told: What it printed on either stream.
        before: What a reader answered before it.
        meanwhile: What the same reader answered after each step.
        after: What the same reader answered in the end.
        anew: What a reader answered that opened the file in the end.
    """

    home: Path
    killed: bool
    answers: tuple[tuple[Any, ...], ...]
    corrected: int
    returncode: int
    told: str
    before: str
    meanwhile: list[str]
    after: str
    anew: str


@pytest.fixture(scope="session")
def second_refresh(
    refreshed_home: Path,
    population_items: list[dict[str, Any]],
    environment: Callable[[Path], dict[str, str]],
    here: Callable[..., Result],
    tmp_path_factory: pytest.TempPathFactory,
) -> Watched:
    """A refresh of one publisher is killed; the next meets a broken file while a reader asks.

    A corrected figure waits in the inbox from the beginning. Tests that use it stand in the group
    ``second-refresh``, so that it is made once.
    """
    home = tmp_path_factory.mktemp("second-refresh") / "home"
    shutil.copytree(refreshed_home, home)
    answers = [kills.figures(home)]
    corrected = kills.drop_correction(home, 0)
    # One moment of many: ``tests/torture/kills.py`` draws them by chance.
    killed, _ = kills.kill_once(home, 8, 0.25, "--source", "unhcr")
    answers.append(kills.figures(home))
    dropped = home / "var" / "inbox" / "broken.csv"
    dropped.write_bytes(as_csv(changed(population_items, 2, refugees="12x")))
    dropped.with_name("broken.csv.manifest.json").write_text(json.dumps(SIDECAR))
    database, variables = str(home / "migration.duckdb"), environment(home)
    with talking(READER, database, variables) as old_reader:
        before = old_reader.ask()
        seen: list[str] = []
        with listening(lambda *_: seen.append(old_reader.ask())):
            refresh = here(home, "refresh", "--source", "unhcr")
        after = old_reader.ask()
    with talking(READER, database, variables) as new_reader:
        anew = new_reader.ask()
    answers.append(kills.figures(home))
    return Watched(
        home, killed, tuple(answers), corrected, refresh.exit_code, refresh.output, before, seen,
        after, anew,
    )  # fmt: skip
