"""The published warehouse that the report is held against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse import database
from warehouse.home import Home


@pytest.fixture(scope="session")
def published(refreshed_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to it."""
    with database.open_read_only(Home(refreshed_home)) as connection:
        yield connection
