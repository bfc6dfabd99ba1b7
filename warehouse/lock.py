"""One refresh at a time: a lock that the system frees when its holder dies."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from filelock import FileLock, Timeout

from warehouse.files import replacing
from warehouse.home import Home

# Tag of a Dagster run: the process that works on it, and that holds the lock meanwhile.
PID_TAG = "migmap/pid"


class Locked(Exception):
    """Another refresh is running."""


@contextmanager
def refresh_lock(home: Home) -> Iterator[bool]:
    """Hold the refresh lock; within one process it may be taken again.

    The lock is the kernel's (flock), so a killed process can't leave it behind. Who holds it is
    written beside it for people to read, and is believed only while the lock itself is held.

    Args:
        home: The warehouse home.

    Yields:
        Whether the last holder was killed: it did not take its name away.

    Raises:
        Locked: Another process holds it; the message says which, and since when.
    """
    home.make()
    lock = FileLock(home.lock, timeout=0, is_singleton=True, thread_local=False)
    inner = lock.is_locked
    try:
        lock.acquire()
    except Timeout:
        raise Locked(f"another refresh is running: {holder(home)}") from None
    named = home.lock.with_suffix(".json")
    try:
        killed = not inner and named.exists()
        if not inner:
            _write_holder(home)
        yield killed
        # Not when the block ends badly: a run may then be left that must be looked at.
        if not inner:
            named.unlink(missing_ok=True)
    finally:
        lock.release()


def holder(home: Home) -> str:
    """Who took the lock last, as written beside it."""
    try:
        said = json.loads(home.lock.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "holder unknown"
    return f"process {said['pid']} since {said['since']}"


def is_held(home: Home) -> bool:
    """Whether another process holds the lock now."""
    if not home.lock.exists():
        return False
    lock = FileLock(home.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def _write_holder(home: Home) -> None:
    said = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
    path = home.lock.with_suffix(".json")
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(said), encoding="utf-8")
