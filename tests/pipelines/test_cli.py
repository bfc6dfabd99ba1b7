"""Every command of ``migmap``, when all is well and when it is not."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from pipelines.cli import console, main, read, sql
from pipelines.cli import refresh as refresh_command
from pipelines.cli.main import COMMANDS, application
from pipelines.refresh import RefreshResult
from schemas.faults import Fault, Refused
from warehouse.home import Home
from warehouse.lock import Locked

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print on a wide page, so that no line is cut."""
    monkeypatch.setattr(console.out, "_width", 400)


def run_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MIGMAP_HOME", str(home))

    def run(*arguments: str, code: int = 0) -> Any:
        done = CliRunner().invoke(application(), list(arguments))
        assert done.exit_code == code, done.output
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done

    return run


@pytest.fixture
def run(refreshed_home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the refreshed home."""
    return run_in(refreshed_home, monkeypatch)


@pytest.fixture
def run_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command where nothing was ever refreshed."""
    return run_in(tmp_path / "nothing", monkeypatch)


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows."""
    return [[cell.strip() for cell in line.strip("│").split("│")]
            for line in text.splitlines() if line.startswith("│")]  # fmt: skip


# --- what all share


def test_no_command_shows_the_commands(run_empty: Run) -> None:
    told = run_empty(code=2).output
    for command in COMMANDS:
        assert f"│ {command} " in told


def test_every_command_has_help(run_empty: Run) -> None:
    for command in COMMANDS:
        told = run_empty(command, "--help").output.splitlines()
        assert f" {command} [OPTIONS]" in told[1]
        assert len(told) > 5


def imported(statement: str, *names: str) -> str:
    """Which of these packages a process has after a statement."""
    asked = f"import sys; {statement}; print(sorted(set({names!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return done.stdout.strip()


@pytest.mark.parametrize("command", ["sql", "history", "matrix"])
def test_a_question_to_the_file_imports_nothing_slow(command: str) -> None:
    ask = f"from pipelines.cli.main import application; application({command!r})"
    slow = ("altair", "dagster", "pandas", "pandera", "pyarrow", "requests")
    assert imported(ask, *slow) == "[]"


def test_the_definitions_load_without_what_only_outputs_need() -> None:
    load = "import pipelines.definitions"
    only_outputs = ("altair", "great_tables", "jinja2", "vl_convert", "xlsxwriter")
    assert imported(load, *only_outputs, "dagster") == "['dagster']"


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [(["sql", "SELECT 1"], ("sql",)), (["--help"], ()), ([], ()), (["nonsense", "sql"], ())],
)
def test_only_the_command_that_is_called_is_loaded(
    arguments: list[str], loaded: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(sys, "argv", ["migmap", *arguments])
    monkeypatch.setattr(main, "application", lambda *names: lambda: asked.append(names))
    main.run()
    assert asked == [loaded]


def test_one_command_alone_is_called_by_its_name(
    refreshed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))
    done = CliRunner().invoke(application("sql"), ["sql", "SELECT 6 * 7 AS answer", "--csv"])
    assert done.stdout.splitlines() == ["answer", "42"]


# --- matrix


def test_matrix_shows_a_theme(run: Run) -> None:
    told = run("matrix", "--theme", "refugees_hosted", "--country", "KGZ").output
    assert "KGZ: Refugees hosted" in told
    assert "Immigration" not in told
    signs = {tuple(row[:2]): row[2:] for row in rows(told)}
    assert set(signs["stock", "Total"]) == {"●"}
    assert set(signs["stock", "By employment"]) == {"○"}
    assert "available" in told.splitlines()[-1]


def test_matrix_shows_all_themes(run: Run) -> None:
    assert run("matrix").output.count("KGZ: ") == 10


def test_matrix_shows_one_year(run: Run) -> None:
    told = run("matrix", "--theme", "refugees_from", "--year", "2020").output
    assert "2020" in told
    assert "2021" not in told
    assert {len(row) for row in rows(told)} == {3}


def test_matrix_tells_why(run: Run) -> None:
    told = run("matrix", "--theme", "refugees_hosted", "--year", "2022", "--why").output
    assert "Refugees hosted, 2022" in told
    reasons = {tuple(row[:2]): row[2:] for row in rows(told) if row[0]}
    sign, rule, reason = reasons["stock", "Total"]
    assert (sign, rule) == ("●", "public_complete")
    assert "release 2025-end" in reason
    assert reasons["stock", "By employment"][:2] == ["○", "nothing"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--theme", "unknown"], "refugees_hosted"),
        (["--country", "XYZ"], "known: KGZ"),
        (["--year", "1900"], "2018"),
        (["--why"], "--theme and --year"),
        (["--why", "--theme", "refugees_from"], "--theme and --year"),
    ],
)
def test_matrix_names_what_is_known(run: Run, arguments: list[str], told: str) -> None:
    assert told in run("matrix", *arguments, code=2).output


def test_matrix_without_a_warehouse(run_empty: Run) -> None:
    assert "run a refresh first" in run_empty("matrix", code=1).output


# --- sql


def test_sql_prints_a_table(run: Run) -> None:
    told = run(
        "sql", "SELECT 1150::DOUBLE AS v, NULL AS n, true AS t, DATE '2025-12-31' AS d"
    ).output
    assert rows(told) == [["1,150", "NULL", "true", "2025-12-31"]]


def test_sql_prints_what_looks_like_markup(run: Run) -> None:
    told = run("sql", "SELECT '[red]$[0].items[1][/]' AS \"[bold]\"").output
    assert "[red]$[0].items[1][/]" in told
    assert "[bold]" in told


def test_sql_prints_many_columns_one_under_the_other(run: Run) -> None:
    told = run("sql", "SELECT * FROM country_stock ORDER BY ALL LIMIT 2").output.splitlines()
    assert told[0] == "-- row 1"
    assert told[1].split() == ["country", "KGZ"]
    assert told.count("-- row 2") == 1


def test_sql_says_when_rows_are_left_out(run: Run) -> None:
    told = run("sql", f"SELECT range FROM range({sql.MAX_SHOWN + 1})").output
    assert f"{sql.MAX_SHOWN} of {sql.MAX_SHOWN + 1} rows" in told
    assert len(rows(told)) == sql.MAX_SHOWN


def test_sql_gives_all_rows_as_csv(run: Run) -> None:
    told = run("sql", "--csv", "SELECT range AS n, 'a,\"b' AS t FROM range(300)").output
    read_back = list(csv.reader(io.StringIO(told)))
    assert read_back[0] == ["n", "t"]
    assert read_back[300] == ["299", 'a,"b']


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing FROM stock", "nothing"),
        ("DELETE FROM stock", "read-only"),
    ],
)
def test_sql_says_what_is_wrong(run: Run, query: str, told: str) -> None:
    assert told in run("sql", query, code=1).output


def test_sql_without_a_warehouse(run_empty: Run) -> None:
    assert "run a refresh first" in run_empty("sql", "SELECT 1", code=1).output


# --- status


def test_status_when_up_to_date(run: Run) -> None:
    told = run("status").output
    assert "Build " in told
    assert ["unhcr", "population", "2025-end", "KGZ", "985"] in [row[:5] for row in rows(told)]
    assert "Up to date" in told
    assert "Refused" not in told
    assert "Locked" not in told


def test_status_when_a_file_waits(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own_home / "var" / "inbox" / "new.csv").write_text("town\n")
    assert "A refresh has something to do" in run_in(own_home, monkeypatch)("status").output


def test_status_without_a_warehouse(run_empty: Run) -> None:
    told = run_empty("status").output
    assert "run a refresh first" in told
    assert "A refresh has something to do" in told


def test_status_with_a_file_that_is_no_database(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_home / "migration.duckdb").write_text("this is no database")
    assert "can't be read" in run_in(own_home, monkeypatch)("status").output


# --- refresh; tests/end_to_end runs it for good


def test_refresh_of_an_unknown_publisher(run: Run) -> None:
    told = run("refresh", "--source", "unknown", code=2).output
    assert re.search(r"known:[\s\S]*\bunhcr\b", told)


def test_refresh_with_nothing_to_do(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing changed" in run_in(own_home, monkeypatch)("refresh").output


def given(monkeypatch: pytest.MonkeyPatch, outcome: RefreshResult | Exception) -> None:
    def refresh(home: Home, source: str | None, **_: Any) -> RefreshResult:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(refresh_command, "run_refresh", refresh)


def test_refresh_while_another_one_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Locked("another refresh is running: process 1 since today"))
    assert "process 1 since today" in run("refresh", code=3).output


def test_refresh_with_a_faulty_reference_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, Refused("theme.csv", [Fault("row 3", "position", "x", "a number")]))
    assert "theme.csv: 1 fault\n  row 3, column position" in run("refresh", code=1).output


def test_refresh_with_a_failed_step(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, RefreshResult(ran=True, failed={"unhcr__population": "no [space] left"}))
    told = run("refresh", code=1).output
    assert "✗ unhcr/population no [space] left" in told
    assert "Nothing was published" in told


def test_refresh_tells_what_changed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"stock": (1200, 1000), "flow": (5, None)}
    given(monkeypatch, RefreshResult(ran=True, rows=changes, changed_parts=["extracts/unhcr"]))
    told = run("refresh").output
    assert "Changed: extracts/unhcr" in told
    assert rows(told) == [["flow", "new", "5"], ["stock", "1,000", "1,200"]]


# --- read; tests/end_to_end/test_broken_files.py has what may be wrong with a file


def test_read_says_how_many_faults_are_not_shown(
    run_empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        faults = [Fault(f"line {n}", "year", "[x]", "a number") for n in range(30)]
        raise Refused("many.csv", faults)

    monkeypatch.setattr(read.gate, "read_checked", refuse)
    path = tmp_path / "many.csv"
    path.write_text("year\n")
    told = run_empty("read", str(path), code=1).output
    assert "30 faults, the first 20 shown; a refresh would refuse this file." in told
    assert rows(told)[0] == ["line 0", "year", "'[x]'", "a number"]
    assert json.loads(run_empty("read", str(path), "--json", code=1).output)["total_faults"] == 30


def test_messages_are_not_broken_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    page = io.StringIO()
    monkeypatch.setattr(console, "err", Console(file=page, width=40))
    console.complain("a path " + "x" * 100 + " [here]", "Refused:")
    assert page.getvalue() == "Refused: a path " + "x" * 100 + " [here]\n"
