"""One refreshed warehouse home for every test that looks at one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 300  # seconds; a refresh takes ten, but a busy machine may take its time

Migmap = Callable[..., subprocess.CompletedProcess[str]]


def bare_environment(home: Path) -> dict[str, str]:
    """What a fresh machine has, and what coverage needs to follow into processes."""
    kept = ["PATH", "HOME", *(name for name in os.environ if name.startswith("COVERAGE_"))]
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "MIGMAP_HOME": str(home)
    }


def run_migmap(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli.main", *arguments],
        cwd=ROOT,
        env=bare_environment(home),
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
def environment() -> Callable[[Path], dict[str, str]]:
    """The environment in which ``migmap`` runs the command line."""
    return bare_environment


@pytest.fixture(scope="session")
def refreshed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one refresh; nobody may change it.

    The workers of pytest-xdist share it: the first that asks makes it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    home, told = shared / "refreshed-home", shared / "refreshed-home.txt"
    with FileLock(shared / "refreshed-home.lock"):
        if not told.is_file():
            refresh = run_migmap(home, "refresh")
            assert refresh.returncode == 0, refresh.stdout + refresh.stderr
            told.write_text(refresh.stdout, encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def first_refresh(refreshed_home: Path) -> str:
    """What the refresh of ``refreshed_home`` printed."""
    return refreshed_home.with_name("refreshed-home.txt").read_text(encoding="utf-8")


@pytest.fixture
def own_home(refreshed_home: Path, tmp_path: Path) -> Path:
    """A copy of the refreshed home that a test may change."""
    home = tmp_path / "home"
    shutil.copytree(refreshed_home, home)
    return home
