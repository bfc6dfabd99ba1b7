"""What tests of readers, of harmonising and of the gate share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assets.sources import gate
from assets.sources.iom_report.read import read
from assets.sources.unhcr.harmonise import harmonise
from schemas.facts import OBSERVATIONS
from schemas.sources import iom_report
from schemas.validate import validate
from tests.assets.sources.gate_files import SIDECAR, Drop, Land, page
from warehouse.home import EXTRACTS_FOLDER, Home
from warehouse.reference_data import Reference

Rows = Callable[..., pd.DataFrame]


@pytest.fixture
def given(tmp_path: Path) -> Callable[[Any], Path]:
    """A file of what a publisher gives: bytes, text, or what becomes JSON."""

    def write(content: Any) -> Path:
        path = tmp_path / "given"
        if isinstance(content, list | dict):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def observed(unhcr_rows: Rows, reference: Reference) -> Rows:
    """Observations of a few rows of one dataset of UNHCR, validated."""

    def make(dataset: str, *changes: dict[str, Any]) -> pd.DataFrame:
        made = harmonise({dataset: unhcr_rows(dataset, *changes)}, reference)
        return validate(made, OBSERVATIONS, reference.codes)

    return make


@pytest.fixture(scope="session")
def report_tables(reference: Reference) -> dict[str, pd.DataFrame]:
    """What only the report prints, as typed: a table a dataset."""
    frames = {}
    for dataset, model in iom_report.MODELS.items():
        frame = read(EXTRACTS_FOLDER / "iom_report" / dataset / "2024-01.csv").frame
        stamped = frame.assign(release="2024-01", extract_id=dataset)
        frames[dataset] = validate(stamped, model, reference.codes)
    return frames


@pytest.fixture
def no_bundled_extracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the extracts that the repository keeps."""
    folder = tmp_path / "extracts"
    folder.mkdir()
    monkeypatch.setattr(gate, "EXTRACTS_FOLDER", folder)
    return folder


@pytest.fixture
def drop(home: Home) -> Drop:
    """Put a file into the inbox, with a sidecar unless told otherwise."""

    def put(
        content: str | bytes | None = None, name: str = "figures.json", sidecar: Any = SIDECAR
    ) -> Path:
        path = home.inbox / name
        content = page() if content is None else content
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        if sidecar is not None:
            text = sidecar if isinstance(sidecar, str) else json.dumps(sidecar)
            path.with_name(f"{path.stem}.manifest.json").write_text(text)
        return path

    return put


@pytest.fixture
def land(home: Home, reference: Reference) -> Land:
    return lambda: gate.land(home, reference)
