"""``migmap assessment``: the two readings, the map beside them, what differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import console
from pipelines.cli.main import application

Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``migmap assessment`` in a home, on a page so wide that no line is cut."""
    monkeypatch.setattr(console.out, "_width", 1000)

    def command(home: Path, *arguments: str, code: int = 0) -> str:
        monkeypatch.setenv("MIGMAP_HOME", str(home))
        done = CliRunner().invoke(application(), ["assessment", *arguments])
        assert done.exit_code == code, done.output
        return done.output

    return command


def asked(home: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "migration.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_it_prints_kappa_and_the_confusion(run: Run, refreshed_home: Path) -> None:
    told = run(refreshed_home)
    query = "SELECT cells, kappa FROM assessment_agreement WHERE scope = 'both'"
    cells, kappa = asked(refreshed_home, query)[0]
    (line,) = [line for line in told.splitlines() if "both speak of" in line]
    assert f"{cells:,}" in line
    assert f"{kappa:.2f}" in line
    query = (
        "SELECT sum(cells) FROM assessment_confusion "
        "WHERE reading = 2 AND assessed = 'available' AND computed = 'available'"
    )
    (both,) = asked(refreshed_home, query)[0]
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in told.splitlines()]
    assert ["2", "available", f"{both:,}"] in [row[:3] for row in rows]


def test_it_lists_what_differs(run: Run, refreshed_home: Path) -> None:
    (count,) = asked(refreshed_home, "SELECT count(*) FROM assessment_check WHERE NOT agrees")[0]
    assert f"{count} cells differ from a reading, 0 of them unexplained." in run(refreshed_home)
    assert "Known since the report" not in run(refreshed_home)
    assert "Known since the report" in run(refreshed_home, "--differs")


def test_without_a_warehouse_it_says_so(run: Run, tmp_path: Path) -> None:
    run(tmp_path / "nothing", code=console.EXIT_NO_WAREHOUSE)
