"""A home comes back from what docs/operations.md says is to be saved: landing and quarantine."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from assets.sources import gate, parsed
from assets.sources.publishers import NAMES
from pipelines.refresh import published_parts
from schemas.sources import SOURCE_MODELS
from warehouse import fingerprint, landing, releases
from warehouse.home import Home
from warehouse.tables import table_path

pytestmark = pytest.mark.xdist_group("restore")


@pytest.fixture(scope="module")
def restored(refreshed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A new home with a copy of what landed in the refreshed one, and nothing else."""
    saved, home = Home(refreshed_home), Home(tmp_path_factory.mktemp("restored"))
    shutil.copytree(saved.landing, home.landing)
    shutil.copytree(saved.quarantine, home.quarantine)
    return home


def test_a_restored_home_would_build_the_same(restored: Home, refreshed_home: Path) -> None:
    """Equal parts of the fingerprint: the same extracts, refusals, reference data and code."""
    assert fingerprint.parts(restored) == published_parts(Home(refreshed_home))
    assert landing.accepted(restored) == landing.accepted(Home(refreshed_home))


@pytest.mark.parametrize("source", NAMES)
def test_a_restored_home_gives_the_same_figures(
    source: str, restored: Home, refreshed_home: Path
) -> None:
    """Files are read anew from landing: no table and nothing parsed was saved."""
    reference = releases.reference_of(restored)
    held = {one.dataset for one in landing.accepted(restored, source)}
    assert held
    for one in landing.accepted(restored, source):
        assert parsed.find(restored, one.extract_id, reference) is None
    tables = {
        dataset: gate.landed_table(restored, source, dataset, reference)
        for dataset in SOURCE_MODELS[source]
        if dataset in held
    }
    before = Home(refreshed_home)
    for dataset, table in tables.items():
        same(table, pd.read_parquet(table_path(before, source, dataset)))
    harmonise = import_module(f"assets.sources.{source}.harmonise").harmonise
    observations = pd.read_parquet(table_path(before, source, "observations"))
    same(harmonise(tables, reference)[list(observations)], observations)


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert len(one) > 0
    assert as_text(one).equals(as_text(other))


def as_text(frame: pd.DataFrame) -> pa.Table:
    """The cells as text: a category and a text are the same figure's."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return pa.table({name: table[name].cast(pa.string()) for name in table.column_names})


def test_without_one_landed_file_it_would_not_be_the_same(
    restored: Home, refreshed_home: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(restored.landing, home.landing)
    next(home.landing.rglob(f"*{landing.MANIFEST_SUFFIX}")).unlink()
    assert fingerprint.parts(home) != published_parts(Home(refreshed_home))
