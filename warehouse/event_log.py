"""Keep Dagster's event log open while a run writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from warehouse.home import Home

# Beside one file a run, Dagster keeps what is asked across runs in a file of this name.
INDEX = "index"


@contextmanager
def held_open(home: Home, *runs: str) -> Iterator[None]:
    """Hold a connection to the event log's files, and write nothing through it.

    Dagster opens and closes a file for each of a run's thousand events. Where that closes SQLite's
    last connection, the write-ahead log is folded into the file and removed each time, which
    takes a fifth of a refresh. While another connection stands open it is folded when it has
    grown. What is committed is as safe as before, and a killed run's log is read by the next who
    opens it.

    Args:
        home: The warehouse home.
        runs: Runs whose own files are held too. Files that are not there are left out, as where
            Dagster's log is kept elsewhere.
    """
    folder = home.dagster / "history" / "runs"
    with ExitStack() as connections:
        for name in (INDEX, *runs):
            path = folder / f"{name}.db"
            if path.is_file():
                # Runs are begun and ended by different threads of Dagster's daemon.
                connection = sqlite3.connect(path, check_same_thread=False)
                connections.enter_context(closing(connection))
                # SQLite opens nothing before something is asked.
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield
