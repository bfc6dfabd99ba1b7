"""``migmap matrix --known-on`` and ``migmap diff``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from assets.availability import known_on
from pipelines.cli import console
from pipelines.cli.main import application

Run = Callable[..., str]
HOSTED = ("--theme", "refugees_hosted")


# What the maps of two days are is worked out once: the tests stay with one worker.
pytestmark = pytest.mark.xdist_group("known-on")


@pytest.fixture
def run(
    refreshed_home: Path, monkeypatch: pytest.MonkeyPatch, snapshot_on: Callable[..., Any]
) -> Run:
    """Run a command on the refreshed home, on a wide page, and give what it printed."""
    monkeypatch.setattr(known_on, "snapshot_on", snapshot_on)
    monkeypatch.setattr(console.out, "_width", 400)
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))

    def made(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(application(), list(arguments))
        assert done.exit_code == code, done.output
        return done.output

    return made


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("│").split("│")]
            for line in text.splitlines() if line.startswith("│")]  # fmt: skip


def test_the_matrix_as_it_was_known_on_a_day(run: Run) -> None:
    told = run("matrix", *HOSTED, "--year", "2023", "--why", "--known-on", "2024-01-31")
    assert "Refugees hosted, 2023, as known on 2024-01-31" in told
    reasons = {tuple(row[:2]): row[2:] for row in rows(told) if row[0]}
    sign, rule, reason = reasons["stock", "Total"]
    assert (sign, rule) == ("◐", "part_year")
    assert "release 2023-mid" in reason


def test_years_of_which_nothing_was_known_are_not_in_that_matrix(run: Run) -> None:
    told = run("matrix", "--year", "2025", "--known-on", "2019-06-01", code=2)
    assert "2018" in told
    assert "no year 2025" in told


def test_what_changed_between_two_days(run: Run) -> None:
    told = run("diff", "2024-01-31", "2024-06-17", *HOSTED)
    assert "From 2024-01-31 to 2024-06-17" in told
    found = rows(told)
    assert [
        "refugees_hosted", "stock", "total", "2023", "◐", "●", "public_complete",
        "unhcr population 2023-end",
    ] in found  # fmt: skip
    assert [
        "refugees_hosted", "refugees", "persons", "2023", "253 P", "27,790",
        "unhcr population 2023-end",
    ] in found  # fmt: skip
    assert [
        "refugees_hosted", "refugees", "total", "0", "1", "0", "unhcr population 2023-end",
    ] in found  # fmt: skip
    assert not any(row[0] == "refugees_from" for row in found)
    assert not any("AFG" in row[2] for row in found)


def test_every_figure_that_changed(run: Run) -> None:
    found = rows(run("diff", "2024-01-31", "2024-06-17", *HOSTED, "--figures"))
    assert any(row[1] == "refugees" and row[2].startswith("AFG") for row in found)


def test_between_days_on_which_nothing_came_out_nothing_changed(run: Run) -> None:
    told = run("diff", "2020-06-01", "2020-06-02")
    assert "No cell of the matrix changed." in told
    assert "No figure changed." in told
    assert rows(told) == []


def test_what_came_and_went_since_another_build(
    run: Run, refreshed_home: Path, tmp_path: Path
) -> None:
    older = shutil.copyfile(refreshed_home / "migration.duckdb", tmp_path / "older.duckdb")
    refugees = (
        "origin = 'KGZ' AND indicator = 'refugees' AND dataset = 'population' AND year = 2025"
    )
    with duckdb.connect(str(older)) as connection:
        connection.execute(
            "INSERT INTO stock SELECT * REPLACE (2027 AS year, DATE '2027-12-31' AS "
            f"reference_date) FROM stock WHERE {refugees}"
        )
        connection.execute(f"DELETE FROM stock WHERE {refugees}")
        connection.execute("UPDATE build SET build_id = 'older'")
    told = run("diff", "--build", str(older))
    assert "From older to 2" in told
    assert "No cell of the matrix changed." in told
    went_counted, came_counted, came, went = sorted(rows(told), key=lambda row: (row[3], row[5]))
    assert came_counted == [
        "refugees_from", "refugees", "total", "1", "0", "0", "unhcr population 2025-end",
    ]  # fmt: skip
    assert went_counted == [
        "refugees_from", "refugees", "total", "0", "0", "1", "the same releases",
    ]  # fmt: skip
    assert came[:2] == ["refugees_from", "refugees"]
    assert (came[3], came[4], came[6]) == ("2025", "-", "unhcr population 2025-end")
    assert (went[3], went[5]) == ("2027", "-")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["2024-01-31"],
        ["2024-06-17", "2024-01-31"],
        ["2024-01-31", "2024-01-31"],
        ["2024-01-31", "2024-06-17", "--build", __file__],
    ],
)
def test_two_days_or_a_build_are_needed(arguments: list[str], run: Run) -> None:
    assert "give two days" in run("diff", *arguments, code=2)


def test_a_theme_that_there_is_not(run: Run) -> None:
    assert "refugees_hosted" in run(
        "diff", "2024-01-31", "2024-06-17", "--theme", "unknown", code=2
    )


def test_a_file_that_is_no_warehouse(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    duckdb.connect(str(other)).close()
    assert "not a warehouse of this version" in run("diff", "--build", str(other), code=1)
    text = tmp_path / "text.duckdb"
    text.write_text("no database")
    assert "not a warehouse of this version" in run("diff", "--build", str(text), code=1)


@pytest.mark.parametrize("arguments", [["diff", "2024-01-31", "2024-06-17"],
                                       ["matrix", "--known-on", "2024-01-31"]])  # fmt: skip
def test_without_a_warehouse(
    arguments: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(tmp_path / "nothing"))
    assert "run a refresh first" in run(*arguments, code=1)


def test_both_commands_have_help(run: Run) -> None:
    said: Any = {name: run(name, "--help") for name in ("diff", "matrix")}
    assert "--build" in said["diff"]
    assert "--known-on" in said["matrix"]
