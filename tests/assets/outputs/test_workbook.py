"""The MDMM workbook: every cell is the warehouse's, and one build is one file."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from assets.outputs.labels import LANGUAGES, labels
from assets.outputs.workbook import book as book_module
from assets.outputs.workbook.book import write_workbook
from assets.outputs.workbook.page import STATUS_COLOURS, Book
from assets.outputs.workbook.texts import Words, texts
from assets.outputs.workbook.themes import write_theme

# The workbooks are written once, so their tests stay with one worker.
pytestmark = pytest.mark.xdist_group("workbooks")

Cells = dict[tuple[str, int, str, str], str]


@pytest.fixture(params=LANGUAGES)
def written(request: pytest.FixtureRequest, workbooks: dict[str, Any]) -> tuple[Any, Any, Any]:
    """A workbook, its sheets' names, and its language."""
    one = workbooks[request.param]
    return one.path, one.sheets, one.language


@pytest.fixture(scope="module")
def english(workbooks: dict[str, Any]) -> CalamineWorkbook:
    return CalamineWorkbook.from_path(str(workbooks["en"].path))


def of_warehouse(connection: duckdb.DuckDBPyConnection, theme: str) -> Cells:
    rows = connection.execute(
        "SELECT country, year, measure, breakdown, status FROM availability_matrix WHERE theme = ?",
        [theme],
    ).fetchall()
    return {
        (country, year, measure, split): status for country, year, measure, split, status in rows
    }


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


def test_a_changed_cell_of_the_warehouse_is_found(
    written: tuple[Path, dict[str, str], str], published: duckdb.DuckDBPyConnection
) -> None:
    path, sheets, language = written
    rows = rows_of(CalamineWorkbook.from_path(str(path)), sheets["emigration"])
    found = in_sheet(rows, published, "emigration", language)
    expected = of_warehouse(published, "emigration")
    cell = next(iter(expected))
    assert found != expected | {cell: "partial" if expected[cell] != "partial" else "available"}


def test_years_stand_newest_first_and_are_numbers(
    written: tuple[Path, dict[str, str], str], published: duckdb.DuckDBPyConnection
) -> None:
    path, sheets, _ = written
    rows = rows_of(CalamineWorkbook.from_path(str(path)), sheets["immigration"])
    years = [told[0] for told in rows if isinstance(told[0], float)]
    listed = published.execute(
        "SELECT DISTINCT year FROM availability_matrix ORDER BY year DESC"
    ).fetchall()
    assert years == [year for (year,) in listed]


def test_the_sources_of_a_theme_stand_below_in_their_eleven_columns(
    written: tuple[Path, dict[str, str], str], published: duckdb.DuckDBPyConnection
) -> None:
    path, sheets, language = written
    rows = rows_of(CalamineWorkbook.from_path(str(path)), sheets["immigration"])
    told = texts(language)
    head = next(row for row, cells in enumerate(rows) if cells[0] == told["columns"]["source"])
    eleven = published.execute(
        f"SELECT source, authors, c.name_{language}, title, link, data_source, frequency, "
        "publicly_available, breakdowns, definition, languages FROM sources_by_year "
        "JOIN code AS c ON c.list = 'institution' AND c.code = institution "
        "WHERE theme = 'immigration'"
    ).fetchall()
    shown = [tuple(cells[:11]) for cells in rows[head + 1 : head + 1 + len(eleven)]]
    assert sorted(shown) == sorted(tuple(cell or "" for cell in row) for row in eleven)
    assert rows[head - 1][0] == told["sources"]


@pytest.mark.parametrize(
    ("sheet", "query"),
    [
        ("definitions", "SELECT count(*) FROM definition"),
        ("discrepancies", "SELECT count(*) FROM discrepancy"),
        ("gaps", "SELECT count(*) FROM gap"),
        ("report_check", "SELECT count(*) FROM report_claim"),
        ("issues", "SELECT count(*) FROM quality_issue"),
    ],
)
def test_a_listing_holds_every_row(
    sheet: str, query: str, english: CalamineWorkbook, published: duckdb.DuckDBPyConnection
) -> None:
    ((expected,),) = published.execute(query).fetchall()
    rows = rows_of(english, texts("en")[sheet])
    assert rows[2][0] != ""
    assert len([row for row in rows[3:] if any(row)]) == expected > 0


@pytest.mark.parametrize("sheet", ["definitions", "gaps", "front"])
def test_institutions_are_named_in_the_language(
    sheet: str, written: tuple[Path, dict[str, str], str], published: duckdb.DuckDBPyConnection
) -> None:
    path, sheets, language = written
    rows = rows_of(CalamineWorkbook.from_path(str(path)), sheets[sheet])
    # A citation on the first sheet may be a name in English.
    told = {cell for row in rows for cell in (row[:1] if sheet == "front" else row)}
    names = {
        one: {name for (name,) in published.execute(
            f"SELECT name_{one} FROM code WHERE list = 'institution'").fetchall()}
        for one in ("en", "ru", "ky")
    }  # fmt: skip
    assert told & names[language]
    for other in names.keys() - {language}:
        assert not told & (names[other] - names[language])


def test_counts_are_numbers(english: CalamineWorkbook) -> None:
    head, *rows = rows_of(english, "Report check")[2:]
    values = [row[head.index("Warehouse")] for row in rows]
    assert {type(value) for value in values if value != ""} == {float}


def test_the_first_sheet_names_build_and_sheets(
    written: tuple[Path, dict[str, str], str], published: duckdb.DuckDBPyConnection
) -> None:
    path, sheets, _ = written
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == list(sheets.values())
    texts_of_front = {cell for row in rows_of(book, sheets["front"]) for cell in row}
    ((build,),) = published.execute("SELECT build_id FROM build").fetchall()
    assert {build, *list(sheets.values())[1:]} <= texts_of_front


def test_a_build_gives_the_same_bytes(
    workbooks: dict[str, Any], published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_workbook(published, tmp_path / "again.xlsx", "en")
    assert (tmp_path / "again.xlsx").read_bytes() == workbooks["en"].path.read_bytes()


def test_a_failure_leaves_the_workbook_that_stood_there(
    published: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"the one before")

    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(book_module, "write_overrides", fails)
    with pytest.raises(OSError, match="disk full"):
        write_workbook(published, path)
    assert path.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [path]


def test_the_languages_have_the_same_texts() -> None:
    def keys(table: dict[str, Any], before: str = "") -> Iterator[str]:
        for name, value in table.items():
            if isinstance(value, dict):
                yield from keys(value, f"{before}{name}.")
            else:
                assert value, before + name
                yield before + name + str(sorted(re.findall(r"\{\w+\}", value)))

    english = sorted(keys(texts("en")))
    assert [sorted(keys(texts(language))) for language in LANGUAGES] == [english] * 3


# --- how it looks


def parts_of(path: Path, start: str) -> dict[str, str]:
    with zipfile.ZipFile(path) as parts:
        return {
            name: parts.read(name).decode()
            for name in parts.namelist()
            if name.startswith(start) and name.endswith(".xml")
        }


def test_every_sheet_prints_landscape_on_one_page_width(workbooks: dict[str, Any]) -> None:
    sheets = parts_of(workbooks["en"].path, "xl/worksheets/sheet")
    assert len(sheets) == len(workbooks["en"].sheets)
    for sheet in sheets.values():
        assert 'orientation="landscape"' in sheet
        assert 'fitToHeight="0"' in sheet
    frozen = [name for name, sheet in sheets.items() if 'state="frozen"' in sheet]
    assert len(frozen) == len(sheets) - 1  # the lists have nothing to freeze
    book = parts_of(workbooks["en"].path, "xl/workbook.xml")["xl/workbook.xml"]
    # Ten themes, five listings and the overrides repeat their headings.
    assert book.count("_xlnm.Print_Titles") == 16


def test_both_tables_of_a_theme_have_filters(
    workbooks: dict[str, Any], published: duckdb.DuckDBPyConnection
) -> None:
    tables = parts_of(workbooks["ru"].path, "xl/tables/")
    assert len(tables) == 20
    assert all("<autoFilter" in table for table in tables.values())


@pytest.mark.parametrize(("headings", "rows"), [(["Year", "Year"], 3), (["Year"], 0)])
def test_a_table_that_spreadsheets_would_repair_is_not_written(
    headings: list[str], rows: int, tmp_path: Path
) -> None:
    book = Book(str(tmp_path / "one.xlsx"), datetime(2024, 1, 31), "one", "")
    with pytest.raises(ValueError, match="no table"):
        book.put_table(book.workbook.add_worksheet("one"), 0, headings, rows, 15)


def test_every_cell_has_a_note_with_rule_and_reason(
    workbooks: dict[str, Any], published: duckdb.DuckDBPyConnection
) -> None:
    told = "".join(parts_of(workbooks["en"].path, "xl/comments").values())
    notes = re.findall(r"<comment .*?</comment>", told, re.DOTALL)
    ((cells,),) = published.execute("SELECT count(*) FROM availability_matrix").fetchall()
    assert len(notes) == cells
    assert all("Rule: " in note and "Reason: " in note and "Sources: " in note for note in notes)
    ((reason,),) = published.execute(
        "SELECT reason FROM availability_matrix WHERE theme = 'refugees_hosted' "
        "AND measure = 'stock' AND breakdown = 'total' AND year = 2022"
    ).fetchall()
    assert f"Reason: {reason}" in told


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_states_are_readable_and_differ_in_lightness() -> None:
    fills = []
    for colours in STATUS_COLOURS.values():
        assert contrast(colours["bg_color"], colours["font_color"]) >= 4.5
        fills.append(luminance(colours["bg_color"]))
    dark, middle, light = fills
    assert dark + 0.2 < middle < light - 0.2


def test_a_second_country_has_rows_of_its_own(refreshed_home: Path, tmp_path: Path) -> None:
    shutil.copy(refreshed_home / "migration.duckdb", tmp_path / "own.duckdb")
    with duckdb.connect(str(tmp_path / "own.duckdb")) as connection:
        for table in ("availability_matrix", "sources_by_year"):
            connection.execute(
                f"INSERT INTO {table} SELECT * REPLACE ('KAZ' AS country) FROM {table}"
            )
        book = Book(str(tmp_path / "two.xlsx"), datetime(2024, 1, 31), "two", "")
        words = Words(texts("en"), labels(connection, "en"), "")
        sheet = book.workbook.add_worksheet("one")
        write_theme(book, sheet, connection, "remittances", words, "About")
        book.workbook.close()
    rows = rows_of(CalamineWorkbook.from_path(str(tmp_path / "two.xlsx")), "one")
    assert rows[0][0] == "Remittances: Kazakhstan, Kyrgyzstan"
    first = [row[:2] for row in rows if row[0] in ("Kazakhstan", "Kyrgyzstan")]
    assert first[0] == ["Kazakhstan", first[0][1]]
    assert first[0][1] > first[1][1]
    years = {row[1] for row in first if isinstance(row[1], float)}
    assert len([row for row in first if isinstance(row[1], float)]) == 2 * len(years)
