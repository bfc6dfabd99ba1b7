"""``export xlsx``, ``import overrides`` and ``letters``: exit codes, and what they leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from assets.outputs.workbook.override_sheet import NAMES
from pipelines.cli.main import application

ROW = ("KGZ", "refugees_hosted", "stock", "total", 2022, "partial", "Two counts.", "A. Analyst",
       "2026-11-20")  # fmt: skip


def run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(application(), [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.output


@pytest.fixture
def in_home(refreshed_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))


def sheet(path: Path, row: tuple[Any, ...], name: str = "Overrides") -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet(name)
        page.write_row(0, 0, [one.replace("_", " ") for one in headings()])
        page.write_row(1, 0, row)
    return path


def headings() -> list[str]:
    named = {"status": "State", "expected_value": "Expected figure"}
    return [named.get(one, one.capitalize()) for one in NAMES]


@pytest.mark.usefixtures("in_home")
def test_export_writes_the_workbook_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    told = run("export", "xlsx", "--output", path, "--language", "ky")
    assert str(path) in told.replace("\n", "")
    assert "Боштуктар" in CalamineWorkbook.from_path(str(path)).sheet_names


def test_without_a_warehouse_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(tmp_path / "nothing"))
    path = sheet(tmp_path / "book.xlsx", ROW)
    assert "run a refresh first" in run("export", "xlsx", "--output", tmp_path / "x.xlsx", code=1)
    assert "run a refresh first" in run("import", "overrides", path, code=1)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("in_home")
def test_import_shows_and_writes(tmp_path: Path) -> None:
    path, output = sheet(tmp_path / "book.xlsx", ROW), tmp_path / "override.csv"
    told = run("import", "overrides", path, "--output", output, "--dry-run")
    assert "added" in told
    assert "Nothing was written" in told
    assert not output.exists()
    run("import", "overrides", path, "--output", output)
    assert "KGZ,refugees_hosted,stock,total,2022,partial,override,Two counts." in output.read_text()


@pytest.mark.usefixtures("in_home")
def test_import_of_a_faulty_sheet_names_the_cell_and_writes_nothing(tmp_path: Path) -> None:
    path = sheet(tmp_path / "book.xlsx", (*ROW[:4], 1066, *ROW[5:]))
    told = run("import", "overrides", path, "--output", tmp_path / "override.csv", code=1)
    assert "Overrides!E2, column year: found '1066" in told
    assert not (tmp_path / "override.csv").exists()


@pytest.mark.usefixtures("in_home")
def test_import_of_another_workbook_is_not_recognised(tmp_path: Path) -> None:
    path = sheet(tmp_path / "book.xlsx", ROW, name="Data")
    told = run("import", "overrides", path, "--output", tmp_path / "override.csv", code=2)
    assert "no sheet 'Overrides'" in told


@pytest.mark.usefixtures("in_home")
def test_letters_are_written_once_and_an_edited_one_is_kept(tmp_path: Path) -> None:
    run("letters", "--output", tmp_path, "--language", "ru")
    written = sorted(tmp_path.rglob("*.md"))
    assert {path.parent.name for path in written} == {"ru"}
    written[0].write_text("Edited.", encoding="utf-8")
    assert "edited it" in run("letters", "--output", tmp_path, "--language", "ru", code=1)
    assert written[0].read_text(encoding="utf-8") == "Edited."


def test_letters_need_a_warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(tmp_path / "nothing"))
    assert "run a refresh first" in run("letters", code=1)
