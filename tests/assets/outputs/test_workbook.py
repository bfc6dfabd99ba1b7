"""The MDMM workbook: every cell is the warehouse's, text stays text, one build is one file."""

from __future__ import annotations

import re
import tomllib
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from assets.outputs.labels import LANGUAGES, labels
from assets.outputs.workbook import page
from assets.outputs.workbook.book import write_workbook
from assets.outputs.workbook.page import Book, sheet_name
from assets.outputs.workbook.texts import Words, texts

Cells = dict[tuple[str, int, str, str], str]
FOLDER = Path(__file__).parents[3] / "assets" / "outputs" / "workbook" / "texts"


@pytest.fixture(scope="module", params=LANGUAGES)
def written(
    request: pytest.FixtureRequest,
    published: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, dict[str, str], str]:
    """A workbook, its sheets' names, and its language."""
    path = tmp_path_factory.mktemp("workbook") / f"{request.param}.xlsx"
    return path, write_workbook(published, path, request.param), request.param


def of_warehouse(connection: duckdb.DuckDBPyConnection, theme: str) -> Cells:
    rows = connection.execute(
        "SELECT country, year, measure, breakdown, status FROM availability_matrix "
        "WHERE theme = ?",
        [theme],
    ).fetchall()
    return {(country, year, measure, split): status for country, year, measure, split, status in rows}


def in_sheet(rows: list[list[Any]], connection: Any, theme: str, language: str) -> Cells:
    """The statuses that a theme sheet shows, found by its headings."""
    words = Words(texts(language), labels(connection, language), "")
    columns = connection.execute(
        "SELECT measure, breakdown FROM theme_breakdown WHERE theme = ?", [theme]
    ).fetchall()
    by_heading = {words.heading(*one): one for one in columns}
    assert len(by_heading) == len(columns)
    signs = {sign: status for status, sign in words.texts["signs"].items()}
    head = next(row for row, told in enumerate(rows) if told[0] == words.texts["columns"]["year"])
    found: Cells = {}
    for told in rows[head + 1 :]:
        if not isinstance(told[0], float):
            break
        for heading, value in zip(rows[head][1:], told[1:], strict=True):
            if heading:
                found["KGZ", int(told[0]), *by_heading[heading]] = signs[value]
    return found


def rows_of(book: CalamineWorkbook, sheet: str) -> list[list[Any]]:
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def test_every_availability_cell_is_the_warehouse_s(
    written: tuple[Path, dict[str, str], str], published: duckdb.DuckDBPyConnection
) -> None:
    path, sheets, language = written
    book = CalamineWorkbook.from_path(str(path))
    themes = [one for (one,) in published.execute("SELECT theme FROM theme").fetchall()]
    assert len(themes) == 10
    for theme in themes:
        expected = of_warehouse(published, theme)
        assert expected
        assert in_sheet(rows_of(book, sheets[theme]), published, theme, language) == expected
