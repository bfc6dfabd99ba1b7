"""Query the published file from several processes without pause while it is refreshed.

    python tests/torture/readers.py --refreshes 20

Each query opens the file read-only and asks in one connection for the build and for figures, and
for the build again. Every query must be answered, within a second, with figures of one build: the
same build before and after, and for one build always the same figures.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

READERS = 4
LONGEST = 1.0  # seconds that a query may take
BUILD = "SELECT build_id FROM build"
FIGURES = "SELECT count(*), sum(hash(stock.value)), (SELECT count(*) FROM flow) FROM stock"


@dataclass
class Seen:
    """What one reader saw.

    Attributes:
        queries: How many it asked.
        longest: The longest that one took, with opening, in seconds.
        errors: What was no answer, or one of two builds.
        builds: The figures by build.
    """

    queries: int = 0
    longest: float = 0.0
    errors: list[str] = field(default_factory=list)
    builds: dict[str, tuple[Any, ...]] = field(default_factory=dict)


def ask(database: Path, seen: Seen) -> None:
    """One query of one reader."""
    began = time.perf_counter()
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            (build,) = connection.execute(BUILD).fetchall()
            (figures,) = connection.execute(FIGURES).fetchall()
            (after,) = connection.execute(BUILD).fetchall()
    except Exception as error:
        seen.errors.append(f"{type(error).__name__}: {error}"[:200])
        return
    finally:
        seen.queries += 1
        seen.longest = max(seen.longest, time.perf_counter() - began)
    if build != after:
        seen.errors.append(f"one query saw build {build[0]} and then {after[0]}")
    if seen.builds.setdefault(build[0], figures) != figures:
        seen.errors.append(f"build {build[0]} answered {figures} and {seen.builds[build[0]]}")


def read(database: Path, started: Event, stop: Event, told: Connection) -> None:
    """Ask without pause until told to stop; a process of its own."""
    seen = Seen()
    while not stop.is_set():
        ask(database, seen)
        started.set()
    told.send(seen)


@contextmanager
def reading(database: Path, readers: int = READERS) -> Iterator[list[Seen]]:
    """Let readers ask while the block runs; the list is filled when it ends."""
    context = multiprocessing.get_context("spawn")
    stop, found = context.Event(), list[Seen]()
    children = []
    for _ in range(readers):
        here, there = context.Pipe(duplex=False)
        started = context.Event()
        child = context.Process(target=read, args=(database, started, stop, there), daemon=True)
        child.start()
        children.append((child, here, started))
    try:
        for _, _, started in children:
            started.wait()
        yield found
    finally:
        stop.set()
        for child, here, _ in children:
            found.append(here.recv())
            child.join()


def problems(found: list[Seen], at_least: int, longest: float = LONGEST) -> list[str]:
    """What was wrong: errors, long waits, figures of two builds under one name, too few builds."""
    told = [error for one in found for error in one.errors]
    told += [f"a query took {one.longest:.2f} s" for one in found if one.longest >= longest]
    answers = defaultdict(set)
    for one in found:
        for build, figures in one.builds.items():
            answers[build].add(figures)
    told += [f"{build}: {each}" for build, each in answers.items() if len(each) > 1]
    if len(answers) < at_least:
        told.append(f"only {len(answers)} of {at_least} builds were seen")
    return told


def torture(home: Path, refreshes: int, refresh: Callable[[int], None]) -> list[Seen]:
    """Let four readers ask through that many refreshes."""
    with reading(home / "migration.duckdb") as found:
        for number in range(refreshes):
            refresh(number)
    return found


def table_of(found: list[Seen]) -> Table:
    table = Table("reader", "queries", "errors", "longest wait, s", "builds seen")
    for number, one in enumerate(found):
        table.add_row(
            str(number), f"{one.queries:,}", str(len(one.errors)), f"{one.longest:.3f}",
            str(len(one.builds)),
        )  # fmt: skip
    return table


def main() -> int:
    """Run from the command line."""
    from kills import drop_correction, run_refresh

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--refreshes", type=int, default=20)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="readers-") as folder:
        home = Path(folder)

        def refresh(number: int) -> None:
            drop_correction(home, number)
            done = run_refresh(home, "--force")
            assert done.returncode == 0, done.stdout + done.stderr

        first = run_refresh(home)
        assert first.returncode == 0, first.stdout + first.stderr
        found = torture(home, chosen.refreshes, refresh)
    Console().print(table_of(found))
    wrong = problems(found, chosen.refreshes)
    queries = sum(one.queries for one in found)
    print(f"{chosen.refreshes} refreshes, {queries:,} queries, {len(wrong)} problems")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
