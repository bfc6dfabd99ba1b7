"""``migmap report-check``: counts, sections, what differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import console
from pipelines.cli.main import application

Run = Callable[..., Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``migmap report-check`` in a home, on a page so wide that no line is cut."""
    monkeypatch.setattr(console.out, "_width", 1000)

    def command(home: Path, *arguments: str, code: int = 0) -> Any:
        monkeypatch.setenv("MIGMAP_HOME", str(home))
        done = CliRunner().invoke(application(), ["report-check", *arguments])
        assert done.exit_code == code, done.output
        return done

    return command


def tables(text: str) -> list[list[list[str]]]:
    """The cells of each table's rows, without its head."""
    found: list[list[list[str]]] = []
    for line in text.splitlines():
        if line.startswith("┏"):
            found.append([])
        if line.startswith("│"):
            found[-1].append([cell.strip() for cell in line.strip("│").split("│")])
    return found


def asked(home: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "migration.duckdb"), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_counts_by_status_and_by_cause(run: Run, refreshed_home: Path) -> None:
    statuses, causes = tables(run(refreshed_home).output)
    counted = asked(
        refreshed_home,
        "SELECT count(*) FILTER (status = 'reproduced'), count(*) FILTER (status = 'rounded'), "
        "count(*) FILTER (status = 'differs'), count(*) FILTER (status = 'not_derivable'), "
        "count(*) FROM report_check",
    )[0]
    assert counted[4] >= 600
    names = ["Reproduced", "Rounded", "Differs", "Not derivable", "all"]
    assert statuses == [[name, str(n)] for name, n in zip(names, counted, strict=True)]
    assert ["Other years", str(count(refreshed_home, "other_years"))] in causes
    assert causes[-1] == ["all", str(counted[2])]


def count(home: Path, cause: str) -> int:
    number: int = asked(home, f"SELECT count(*) FROM report_check WHERE cause = '{cause}'")[0][0]
    assert number > 0
    return number


def test_one_section_and_what_differs_in_it(run: Run, refreshed_home: Path) -> None:
    statuses, causes, differing = tables(
        run(refreshed_home, "--section", "4.3", "--differs").output
    )
    assert statuses == [["Reproduced", "18"], ["Rounded", "9"], ["Differs", "3"],
                        ["Not derivable", "4"], ["all", "34"]]  # fmt: skip
    assert [row for row in causes if row[1] != "0"] == [["Other years", "3"], ["all", "3"]]
    assert [row[0] for row in differing] == ["s4_3-032", "s4_3-033", "s4_3-034"]
    assert differing[0][2:6] == ["16822", "6502", "displacements", "Other years"]
    assert differing[0][6] == "All years that IDMC lists from 2008 on."


def test_a_table_is_a_section_and_an_unknown_one_is_refused(run: Run, refreshed_home: Path) -> None:
    statuses, _ = tables(run(refreshed_home, "--section", "Table 5").output)
    assert statuses[-1] == ["all", "36"]
    told = run(refreshed_home, "--section", "9.9", code=2).output
    assert "9.9" in told
    assert "4.3" in told


def test_nothing_published_is_told(run: Run, tmp_path: Path) -> None:
    assert "no warehouse" in run(tmp_path / "nothing", code=1).output
