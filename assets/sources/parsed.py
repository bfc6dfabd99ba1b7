"""Landed files as they were read and checked: each is read once, until code or codes change."""

from __future__ import annotations

import shutil
from functools import cache
from hashlib import sha256
from pathlib import Path

import pandas as pd

from warehouse import landing
from warehouse.files import write_table
from warehouse.fingerprint import code_fingerprint
from warehouse.home import WAREHOUSE_FOLDER, Home
from warehouse.reference_data import Reference


def keep(home: Home, extract_id: str, rows: pd.DataFrame, reference: Reference) -> None:
    """Keep the checked rows of a landed file."""
    write_table(rows, _path(home, extract_id, reference))


def find(home: Home, extract_id: str, reference: Reference) -> pd.DataFrame | None:
    """The checked rows of a landed file; None if it must be read again."""
    path = _path(home, extract_id, reference)
    return pd.read_parquet(path) if path.is_file() else None


def forget_older(home: Home, reference: Reference) -> None:
    """Remove what other code or other code lists made of the files, and what no file is landed of.

    All releases that are landed keep their rows, superseded ones too: the history holds them.
    """
    standing = _path(home, "", reference).parent
    for folder in home.parsed.glob("*"):
        if folder != standing:
            shutil.rmtree(folder, ignore_errors=True)
    held = {f"{one.extract_id}.parquet" for one in landing.accepted(home)}
    for path in standing.glob("*"):
        # Also what a killed process left half written.
        if path.name not in held:
            path.unlink(missing_ok=True)


def _path(home: Home, extract_id: str, reference: Reference) -> Path:
    version = sha256(f"{_code_version()} {reference.fingerprint}".encode()).hexdigest()[:16]
    return home.parsed / version / f"{extract_id}.parquet"


@cache
def _code_version() -> str:
    return code_fingerprint(WAREHOUSE_FOLDER.parent)
