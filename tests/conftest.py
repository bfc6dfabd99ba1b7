"""What many tests share: one refreshed home, the reference tables, small frames."""

from __future__ import annotations

import functools
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from click.testing import Result
from filelock import FileLock
from typer.testing import CliRunner

from assets.availability import known_on
from assets.availability.known_on import Snapshot
from assets.sources import gate
from assets.sources.observations import concatenate
from assets.sources.sidecar import read_sidecar
from assets.sources.unhcr.harmonise import harmonise
from pipelines.cli.main import application
from schemas.assessment import EXTRACT
from schemas.facts import OBSERVATIONS
from schemas.sources.unhcr import MODELS
from schemas.table import TableModel
from schemas.validate import conform
from tests.extended import extended as extended
from tests.scheduling import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.scheduling import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler
from tests.torture.kills import environment as bare_environment
from warehouse import reference_data
from warehouse.connecting import connect
from warehouse.home import Home
from warehouse.reference_data import Reference

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300  # seconds; a refresh takes ten, but a busy machine may take its time

# What a headless Chromium needs to start anywhere, and to ask nobody anything.
BROWSER_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1600,1200",
]

Migmap = Callable[..., subprocess.CompletedProcess[str]]
Rows = Callable[..., pd.DataFrame]

_STOCK: dict[str, Any] = {
    "measure": "stock", "indicator": "refugees", "origin": "AFG", "destination": "KGZ",
    "sex": "_T", "age": "_T", "education": "_T", "employment": "_T", "reason": "_T",
    "detail": "_T", "universe": "_T", "freq": "A", "year": 2022, "reference_date": None,
    "period_start": None, "period_end": None, "value": 189.0, "unit": "persons",
    "precision": 0.0, "qualifier": None, "obs_status": "A", "breakdown": "origin+destination",
    "additive_set": "pairs", "producer": "unhcr", "source": "unhcr", "published_in": None,
    "dataset": "population", "release": "2023-end", "definition": "unhcr_refugee",
    "extract_id": "one", "source_ref": "line 2",
}  # fmt: skip
_EXTRACT: dict[str, Any] = {
    "extract_id": "one", "source": "unhcr", "dataset": "population", "release": "2023-end",
    "scope": "KGZ", "file": "one.json", "bytes": 1, "rows": 1, "link": None,
    "retrieved_at": None, "landed_at": "2024-07-01T00:00:00+00:00", "landed_order": 0,
    "licence": None, "licence_link": None, "citation": None, "figures_from": None,
    "accepted": True, "why": None, "note": None, "fetched": False, "known_on": None,
    "access": None, "accepted_by": None, "accepted_because": None, "accepted_at": None,
}  # fmt: skip


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: no search for garbage need look at it."""
    gc.freeze()


def run_migmap(
    home: Path, *arguments: str, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli.main", *arguments],
        cwd=ROOT,
        env=bare_environment(home) | dict(variables or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="session")
def migmap() -> Migmap:
    """Run a command of ``migmap`` in a process of its own, in a given home."""
    return run_migmap


@pytest.fixture(scope="session")
def here() -> Callable[..., Result]:
    """Run a command of ``migmap`` in this process, in a given home: cheaper by three seconds."""

    def run(home: Path, *arguments: str) -> Result:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MIGMAP_HOME", str(home))
            # A refresh sets it.
            patch.setenv("DAGSTER_HOME", str(home / "var" / "dagster"))
            return CliRunner().invoke(application(), list(arguments))

    return run


@pytest.fixture(scope="session")
def environment() -> Callable[[Path], dict[str, str]]:
    """The environment in which ``migmap`` runs the command line."""
    return bare_environment


@pytest.fixture(scope="session", autouse=True)
def coverage_variables() -> Iterator[dict[str, str]]:
    """By these coverage follows into other processes, which takes its time: only where asked."""
    variables = {name: it for name, it in os.environ.items() if name.startswith("COVERAGE_")}
    for name in variables:
        del os.environ[name]
    yield variables
    os.environ.update(variables)


@pytest.fixture(scope="session")
def start_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """Start a headless Chromium with given logs; skip what asks for it where there is none."""
    from selenium import webdriver

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    chromedriver = shutil.which("chromedriver")
    if not (chromium and chromedriver):
        pytest.skip("no browser: install Debian's packages chromium and chromium-driver")
    started = []

    def start(**logs: str) -> webdriver.Chrome:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        options.set_capability("goog:loggingPrefs", logs)
        for flag in [*BROWSER_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
        started.append(driver)
        return driver

    yield start
    for driver in started:
        driver.quit()


@pytest.fixture(scope="session")
def refreshed_home(
    tmp_path_factory: pytest.TempPathFactory, coverage_variables: dict[str, str]
) -> Path:
    """A home after one refresh; nobody may change it.

    The workers of pytest-xdist share it: the first that asks makes it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home, told = shared / "refreshed-home", shared / "refreshed-home.txt"
    with FileLock(shared / "refreshed-home.lock"):
        if not told.is_file():
            # The one whole refresh that coverage follows.
            refresh = run_migmap(home, "refresh", variables=coverage_variables)
            assert refresh.returncode == 0, refresh.stdout + refresh.stderr
            told.write_text(refresh.stdout, encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def first_refresh(refreshed_home: Path) -> str:
    """What the refresh of ``refreshed_home`` printed."""
    return refreshed_home.with_name("refreshed-home.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def published(refreshed_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to what the refreshed home published; opening it takes its time."""
    with connect(refreshed_home / "migration.duckdb") as connection:
        yield connection


@pytest.fixture
def own_home(refreshed_home: Path, tmp_path: Path) -> Path:
    """A copy of the refreshed home that a test may change."""
    home = tmp_path / "home"
    shutil.copytree(refreshed_home, home)
    return home


@pytest.fixture(scope="session")
def reference() -> Reference:
    return reference_data.load()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").make()


@pytest.fixture(scope="session")
def snapshot_on() -> Callable[..., Snapshot]:
    """The map on a day, worked out once a file and day: two seconds each.

    Tests that use it stand in the group ``known-on``, so that they share it.
    """

    made = functools.cache(known_on.snapshot_on)
    return lambda path, day, reference=None: made(path, day)


@pytest.fixture(scope="session")
def good_row() -> Callable[[TableModel], dict[str, Any]]:
    """A row that a figure's table takes: refugees from Afghanistan, or what returned of them."""

    def row(model: TableModel) -> dict[str, Any]:
        good = _STOCK | {"reference_date": date(2022, 12, 31)}
        if "period_end" in model.columns and "reference_date" not in model.columns:
            good |= {"indicator": "returns", "period_start": date(2022, 1, 1)}
            good |= {"period_end": date(2022, 12, 31)}
        return {name: good[name] for name in model.columns}

    return row


@pytest.fixture(scope="session")
def observations() -> Rows:
    """Observations from what differs from one stock; days follow the year and the measure."""

    def make(*changes: dict[str, Any]) -> pd.DataFrame:
        rows = []
        for place, change in enumerate(changes):
            row = _STOCK | {"source_ref": f"line {place + 2}"} | change
            if row["measure"] == "stock":
                row["reference_date"] = row["reference_date"] or date(row["year"], 12, 31)
            else:
                row["period_start"] = row["period_start"] or date(row["year"], 1, 1)
                row["period_end"] = row["period_end"] or date(row["year"], 12, 31)
            rows.append(row)
        return conform(pd.DataFrame(rows), OBSERVATIONS)

    return make


@pytest.fixture(scope="session")
def extracts() -> Rows:
    """Rows of table extract from what differs from one; the order is that of landing."""

    def make(*changes: dict[str, Any]) -> pd.DataFrame:
        rows = [_EXTRACT | {"landed_order": order} | change for order, change in enumerate(changes)]
        return conform(pd.DataFrame(rows), EXTRACT)

    return make


@pytest.fixture(scope="session")
def unhcr_rows() -> Rows:
    """Source-shaped rows of UNHCR; what is not said is 0 or the same for all."""

    def make(dataset: str, *changes: dict[str, Any]) -> pd.DataFrame:
        model = MODELS[dataset]
        defaults: dict[str, Any] = {
            one.name: 0 if one.kind == "integer" else None for one in model.fields
        }
        defaults |= {
            "year": 2022, "coo_name": "Afghanistan", "coo": "AFG", "coo_iso": "AFG",
            "coa_name": "Kyrgyzstan", "coa": "KGZ", "coa_iso": "KGZ", "suppressed": "",
            "release": "2023-end", "extract_id": "one", "pop_type": "REF",
            "location": "Bishkek", "loc_type": "U", "acc_type": "I", "procedure_type": "G",
            "app_type": "N", "dec_level": "FI", "app_pc": "P", "dec_pc": "P",
        }  # fmt: skip
        rows = [
            {name: value for name, value in defaults.items() if name in model.columns}
            | {"source_ref": f"$.items[{place}]"}
            | change
            for place, change in enumerate(changes)
        ]
        return conform(pd.DataFrame(rows), model)

    return make


@pytest.fixture(scope="session")
def bundled(reference: Reference) -> dict[str, pd.DataFrame]:
    """The five tables of UNHCR from the extracts that the repository keeps."""
    frames: dict[str, list[pd.DataFrame]] = {}
    for path in gate.bundled_files("unhcr"):
        reading = gate.read_checked(path, reference, read_sidecar(path))
        frames.setdefault(reading.dataset, []).append(reading.frame)
    return {dataset: concatenate(parts) for dataset, parts in frames.items()}


@pytest.fixture(scope="session")
def bundled_observations(bundled: dict[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    return harmonise(bundled, reference)
