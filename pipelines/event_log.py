"""Dagster's event log for a run in this process: one connection a file, kept open.

Dagster's own opens the file anew for each of the thousand events of a refresh, makes its SQL anew,
and has SQLite fold its write-ahead log into the file at each close. That is a sixth of a refresh.
The files are the same, so that whoever looks at them later needs nothing of this.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy.pool import StaticPool


class KeptOpenEventLog(SqliteEventLogStorage):
    """Dagster's SQLite event log, with one connection a file instead of one an event."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        super().__init__(*arguments, **options)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "KeptOpenEventLog":
        """Make it, as Dagster does."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            engine = self._engines.get(shard) or self._open(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _open(self, shard: str) -> sqlalchemy.Engine:
        engine = sqlalchemy.create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            # Dagster's threads take turns by its lock.
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        self._initdb(engine)
        sqlalchemy.event.listen(engine, "connect", _relax)
        engine.dispose()
        self._engines[shard] = engine
        return engine

    def dispose(self) -> None:
        """Close the files."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _relax(connection: sqlite3.Connection, _: object) -> None:
    # What a killed process wrote stays; only a machine that fails may lose its last events.
    connection.execute("PRAGMA synchronous = NORMAL")


def instance_of(dagster_home: Path) -> dg.DagsterInstance:
    """Dagster's instance of a home, for a run in this process.

    Args:
        dagster_home: The folder with ``dagster.yaml``.
    """
    storage = {
        "module": __name__,
        "class": KeptOpenEventLog.__name__,
        "config": {"base_dir": str(dagster_home / "history" / "runs")},
    }
    reference = InstanceRef.from_dir(str(dagster_home), overrides={"event_log_storage": storage})
    return dg.DagsterInstance.from_ref(reference)
