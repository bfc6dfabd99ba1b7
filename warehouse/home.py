"""Where things are kept: the paths of a warehouse home.

``MIGMAP_HOME`` moves everything that is made at run time; reference data, views and bundled
extracts stay with the code.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "MIGMAP_HOME"
WAREHOUSE_FOLDER = Path(__file__).resolve().parent
REFERENCE_FOLDER = WAREHOUSE_FOLDER / "reference"
VIEWS_FOLDER = WAREHOUSE_FOLDER / "views"
EXTRACTS_FOLDER = WAREHOUSE_FOLDER / "extracts"


@dataclass(frozen=True)
class Home:
    """A warehouse home.

    Attributes:
        root: The folder that holds ``migration.duckdb`` and ``var/``.
    """

    root: Path

    @property
    def database(self) -> Path:
        """The published DuckDB file."""
        return self.root / "migration.duckdb"

    @property
    def var(self) -> Path:
        """Everything else that is made at run time."""
        return self.root / "var"

    @property
    def landing(self) -> Path:
        """Accepted files, by content hash, with their manifests."""
        return self.var / "landing"

    @property
    def quarantine(self) -> Path:
        """Refused files, with their manifests and faults."""
        return self.var / "quarantine"

    @property
    def inbox(self) -> Path:
        """Where a person drops a file."""
        return self.var / "inbox"

    @property
    def fetched(self) -> Path:
        """Files on their way from the publishers, and what is remembered of requests."""
        return self.var / "fetched"

    @property
    def tables(self) -> Path:
        """Parquet files that travel between assets."""
        return self.var / "tables"

    @property
    def parsed(self) -> Path:
        """Landed files as they were read and checked, so that each is read once."""
        return self.var / "parsed"

    @property
    def building(self) -> Path:
        """Where the next database is built, on the same file system as the published one."""
        return self.var / "building"

    @property
    def outputs(self) -> Path:
        """What is made of the published file: the site, workbooks, packages."""
        return self.var / "outputs"

    @property
    def previous(self) -> Path:
        """Earlier builds, each named by its build id."""
        return self.var / "previous"

    @property
    def hold(self) -> Path:
        """Which build is held, after a rollback."""
        return self.var / "held.json"

    @property
    def dagster(self) -> Path:
        """Dagster's home."""
        return self.var / "dagster"

    @property
    def lock(self) -> Path:
        """The lock that one refresh at a time holds."""
        return self.var / "refresh.lock"

    def make(self) -> Home:
        """Make the folders that are not there yet."""
        for folder in (self.landing, self.quarantine, self.inbox, self.tables, self.building):
            folder.mkdir(parents=True, exist_ok=True)
        return self


def current() -> Home:
    """The home that ``MIGMAP_HOME`` names, else the repository's ``warehouse/`` folder."""
    named = os.environ.get(HOME_VARIABLE)
    return Home(Path(named).expanduser().resolve() if named else WAREHOUSE_FOLDER)
