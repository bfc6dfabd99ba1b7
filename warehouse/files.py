"""Write files so that readers see the old one or the new one, never half of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

# DuckDB reads row groups in parallel; pandas would write one.
ROW_GROUP = 122_880


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


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame to Parquet.

    Args:
        frame: A frame whose columns have types; an untyped all-missing column would reach
            DuckDB as INTEGER.
        path: Where it shall stand.
    """
    with replacing(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd", row_group_size=ROW_GROUP)
