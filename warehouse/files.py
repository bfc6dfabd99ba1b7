"""Write files and folders so that readers see the old one or the new one, never half of it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Who asks for the lock or a home alone need not wait for pandas.
    import pandas as pd

# DuckDB reads row groups in parallel; pandas would write one.
ROW_GROUP = 122_880
# The disk, a quota, the largest size of a file that is allowed.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# SQLite tells an I/O error where there is no room for the files beside its own.
_NO_ROOM_WORDS = (
    "No space left on device", "database or disk is full", "Disk quota exceeded", "File too large",
    "disk I/O error",
)  # fmt: skip
# By then a folder that a killed process left is nobody's, in seconds.
DAY = 86_400


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is that no room is left to write, or a disk that fails.

    Args:
        error: What was raised; DuckDB and SQLite tell it by words.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return True
        if says_disk_full(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def says_disk_full(message: str) -> bool:
    """Whether a message says that no room is left to write, or a disk that fails."""
    return any(words in message for words in _NO_ROOM_WORDS)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside the wanted one, and rename it over when the block ends well.

    Args:
        path: Where the file shall stand; its folder is made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


class NotOurs(Exception):
    """A folder that would be replaced holds something else."""


@contextmanager
def replacing_folder(path: Path, marker: str) -> Iterator[Path]:
    """Give a new folder beside the wanted one, and swap it in when the block ends well.

    Args:
        path: Where the folder shall stand.
        marker: Name of the file by which a folder of ours is known. Another folder that is not
            empty is never replaced.

    Raises:
        NotOurs: Something that we did not make stands there.
    """
    if path.exists() and not (
        path.is_dir() and ((path / marker).is_file() or not any(path.iterdir()))
    ):
        raise NotOurs(f"{path} exists and is not an earlier output: choose another folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    for left_behind in path.parent.glob(f".{path.name}.*"):
        if time.time() - left_behind.stat().st_mtime > DAY:
            shutil.rmtree(left_behind, ignore_errors=True)
    room = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    temporary, old = room / "new", room / "old"
    temporary.mkdir()
    try:
        yield temporary
        # A folder can't be renamed over another: move the old one away first. Where somebody
        # else put theirs there meanwhile, theirs is moved away in turn.
        while True:
            with suppress(FileNotFoundError):
                path.rename(old)
            try:
                temporary.rename(path)
                break
            except OSError:
                if not path.is_dir():
                    raise
                shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame to Parquet.

    Args:
        frame: A frame whose columns have types; an untyped all-missing column would reach
            DuckDB as INTEGER.
        path: Where it shall stand.
    """
    with replacing(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd", row_group_size=ROW_GROUP)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
