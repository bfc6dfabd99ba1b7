"""LibreOffice opens the workbook, calculates it anew and keeps every cell and note."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

# The workbooks are written once, so their tests stay with one worker.
pytestmark = pytest.mark.xdist_group("workbooks")

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PATIENCE = 300  # seconds
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice (soffice) is installed")


def converted(path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Let LibreOffice read a workbook and write it again, with a profile of its own."""
    return subprocess.run(
        [
            str(SOFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--norestore", "--convert-to", "xlsx", "--outdir", str(folder / "out"), str(path),
        ],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_libreoffice_keeps_every_availability_cell_and_note(
    workbooks: dict[str, Any],
    published: duckdb.DuckDBPyConnection,
    tmp_path: Path,
) -> None:
    written = workbooks["en"]
    done = converted(written.path, tmp_path)
    made = tmp_path / "out" / written.path.name
    assert made.is_file(), done.stdout + done.stderr
    before, after = (CalamineWorkbook.from_path(str(path)) for path in (written.path, made))
    # A repair would leave out or rename sheets.
    assert after.sheet_names == before.sheet_names
    signs = {"● Available": "available", "◐ Partially available": "partial",
             "○ Not available": "not_available"}  # fmt: skip
    for theme, sheet in written.sheets.items():
        cells = published.execute(
            "SELECT m.status FROM availability_matrix AS m "
            "JOIN theme_breakdown AS b USING (theme, measure, breakdown) WHERE m.theme = ? "
            "ORDER BY m.year DESC, m.measure DESC, b.position",
            [theme],
        ).fetchall()
        rows = after.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        found = [
            signs[str(cell)]
            for row in rows
            if cells and isinstance(row[0], float)
            for cell in row[1:]
            if cell != ""
        ]
        assert found == [status for (status,) in cells]
    with zipfile.ZipFile(made) as parts:
        notes = sum(
            parts.read(name).count(b"<comment ")
            for name in parts.namelist()
            if name.startswith("xl/comments")
        )
    ((expected,),) = published.execute("SELECT count(*) FROM availability_matrix").fetchall()
    assert notes == expected
