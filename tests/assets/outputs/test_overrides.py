"""Overrides: exported, filled as a person would, read back, applied; and every way to be wrong."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import pandas as pd
import pytest
import xlsxwriter

from assets.availability import known_on as as_known
from assets.availability.rules import OverrideRefused, overridden
from assets.outputs.labels import LANGUAGES
from assets.outputs.queries import remembering
from assets.outputs.workbook.book import write_workbook
from assets.outputs.workbook.override_sheet import NAMES
from assets.outputs.workbook.override_table import changes, merged, write_table
from assets.outputs.workbook.read_overrides import read_overrides
from assets.outputs.workbook.texts import texts
from assets.sources.reading import FileRefused, NotRecognised
from schemas.reference import OVERRIDE
from schemas.validate import SchemaRefused, conform
from warehouse.reference_data import Reference

# The workbooks are written once, so their tests stay with one worker.
pytestmark = pytest.mark.xdist_group("workbooks")

TODAY = date(2026, 11, 24)
EPOCH = date(1899, 12, 30)
FIRST_ROW = 7
# What a person picks from the lists: refugees of 2022 are published, the person knows better.
ROW: dict[str, Any] = {
    "country": "Kyrgyzstan", "theme": "Refugees hosted", "measure": "Stock", "breakdown": "Total",
    "year": 2022, "status": "Partially available", "reason": "Two counts that differ.",
    "author": "A. Analyst", "date": date(2026, 11, 20), "indicator": "Refugees",
    "expected_value": 274,
}  # fmt: skip
CODES = {
    "country": "KGZ", "theme": "refugees_hosted", "measure": "stock", "breakdown": "total",
    "year": 2022,
}  # fmt: skip
Sheet = Callable[..., Path]


@pytest.fixture(scope="module")
def exported(workbooks: dict[str, Any]) -> dict[str, tuple[Path, str]]:
    """The workbook in each language, and the part of it that is the sheet of overrides."""
    return {
        language: (one.path, f"xl/worksheets/sheet{list(one.sheets).index('overrides') + 1}.xml")
        for language, one in workbooks.items()
    }


def fill(exported: tuple[Path, str], path: Path, row: dict[str, Any]) -> Path:
    """A copy of an exported workbook in which a person filled the first row."""
    source, part = exported
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == part:
                sheet = data.decode()
                for column, key in enumerate(NAMES):
                    if row[key] is not None:
                        cell = f"{chr(ord('A') + column)}{FIRST_ROW}"
                        sheet, times = re.subn(
                            rf'<c r="{cell}" s="(\d+)"/>', typed(cell, row[key]), sheet
                        )
                        assert times == 1, cell
                data = sheet.encode()
            new.writestr(name, data)
    return path


def typed(cell: str, value: object) -> str:
    if isinstance(value, date):
        value = (value - EPOCH).days
    if isinstance(value, str):
        return rf'<c r="{cell}" s="\1" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return rf'<c r="{cell}" s="\1"><v>{value}</v></c>'


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """A workbook with only a sheet of overrides: headings, and the rows that are given."""

    def make(
        *rows: dict[str, Any], headings: list[str] | None = None, name: str = "Overrides"
    ) -> Path:
        path = tmp_path / "overrides.xlsx"
        book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
        page = book.add_worksheet(name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, headings or [texts("en")["columns"][one] for one in NAMES])
        for place, row in enumerate(rows, 1):
            for column, value in enumerate((ROW | row).values()):
                if isinstance(value, date):
                    page.write_datetime(place, column, value, day)
                elif value is not None:
                    page.write(place, column, value)
        book.close()
        return path

    return make


@pytest.fixture(scope="module")
def asked(published: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The published file; what each reading asks of it is worked out once."""
    return remembering(published)


# --- the whole way


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_row_comes_back_in_every_language(
    language: str,
    exported: dict[str, tuple[Path, str]],
    asked: duckdb.DuckDBPyConnection,
    tmp_path: Path,
) -> None:
    row = ROW | {
        "ru": {"theme": "Беженцы, принятые страной", "measure": "Численность на дату",
               "breakdown": "Всего", "status": "◐ Доступны частично"},
        "ky": {"theme": "Өлкө кабыл алган качкындар", "measure": "Белгилүү күнгө карата саны",
               "breakdown": "Бардыгы", "status": "Жарым-жартылай жеткиликтүү"},
    }.get(language, {})  # fmt: skip
    path = fill(exported[language], tmp_path / "filled.xlsx", row)
    (read,) = read_overrides(path, asked, TODAY).to_dict("records")
    assert {name: read[name] for name in CODES} == CODES
    assert (read["status"], read["rule"], read["author"]) == ("partial", "override", "A. Analyst")
    assert read["reason"] == ROW["reason"]
    assert (read["indicator"], read["expected_value"]) == ("refugees", 274.0)
    assert pd.Timestamp(read["date"]) == pd.Timestamp(2026, 11, 20)


def test_an_untouched_workbook_has_no_overrides(
    exported: dict[str, tuple[Path, str]], asked: duckdb.DuckDBPyConnection
) -> None:
    assert len(read_overrides(exported["en"][0], asked, TODAY)) == 0


def test_overrides_that_are_there_come_out_and_back(
    refreshed_home: Path, sheet: Sheet, asked: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    free = {"indicator": None, "expected_value": None, "author": "=1+1"}
    read = read_overrides(sheet({}, free | {"year": 2021}), asked, TODAY)
    shutil.copy(refreshed_home / "migration.duckdb", tmp_path / "own.duckdb")
    with duckdb.connect(str(tmp_path / "own.duckdb")) as connection:
        connection.execute("INSERT INTO override BY NAME SELECT * FROM read")
        write_workbook(connection, tmp_path / "own.xlsx", "ky")
        again = read_overrides(tmp_path / "own.xlsx", connection, TODAY)
        found = changes(read, again, connection, replace=True)
    assert [one.kind for one in found] == ["unchanged", "unchanged"]


def rebuilt(
    connection: duckdb.DuckDBPyConnection, reference: Reference, csv: Path
) -> dict[str, Any]:
    """The cell of ``ROW`` in a map that is worked out anew with a table of overrides."""
    override = conform(pd.read_csv(csv, parse_dates=["date"]), OVERRIDE)
    changed = replace(reference, tables=reference.tables | {"override": override})
    made = as_known.matrix_of(connection, changed)
    cell = (made[list(CODES)] == pd.Series(CODES)).all(axis=1)
    (found,) = made[cell].to_dict("records")
    return {str(name): value for name, value in found.items()}


def test_the_map_changes_after_an_import(
    exported: dict[str, tuple[Path, str]],
    published: duckdb.DuckDBPyConnection,
    reference: Reference,
    tmp_path: Path,
) -> None:
    path = fill(exported["en"], tmp_path / "filled.xlsx", ROW)
    read = read_overrides(path, published, TODAY)
    write_table(read, tmp_path / "override.csv", reference.codes)
    before = published.execute(
        "SELECT status, rule FROM availability_matrix WHERE country = 'KGZ' "
        "AND theme = 'refugees_hosted' AND measure = 'stock' AND breakdown = 'total' "
        "AND year = 2022"
    ).fetchall()
    assert before == [("available", "public_complete")]
    cell = rebuilt(published, reference, tmp_path / "override.csv")
    assert (cell["status"], cell["rule"]) == ("partial", "override")
    assert cell["reason"] == "Two counts that differ. (decided by A. Analyst, 2026-11-20)"


def test_an_override_whose_figure_is_gone_fails_loudly(
    published: duckdb.DuckDBPyConnection, sheet: Sheet
) -> None:
    read = read_overrides(sheet({}), published, TODAY)
    cells = published.sql("SELECT * FROM availability_matrix WHERE year = 2022").df()
    figures = published.sql(
        "SELECT country, theme, indicator, breakdown, year, value FROM country_stock "
        "WHERE theme = 'refugees_hosted' AND year = 2022"
    ).df()
    assert (overridden(cells, figures, read)["rule"] == "override").sum() == 1
    revised = figures.assign(value=figures["value"] + 1)
    with pytest.raises(OverrideRefused, match=r"found '275\.0', expected the figure 274\.0"):
        overridden(cells, revised, read)


# --- what is refused


@pytest.mark.parametrize(
    ("change", "place", "value", "expected"),
    [
        ({"country": "Atlantis"}, "A2", "Atlantis", "Kyrgyzstan"),
        ({"country": "Kazakhstan"}, "A2", "Kazakhstan", "Kyrgyzstan"),
        ({"theme": "Tourism"}, "B2", "Tourism", "Immigration"),
        ({"measure": "Both"}, "C2", "Both", "Stock"),
        ({"breakdown": "By colour"}, "D2", "By colour", "one of the sheet of lists"),
        ({"breakdown": "By hazard"}, "D2", "By hazard", "one of the sheet of lists"),
        ({"breakdown": "Monthly"}, "D2", "Monthly", "a breakdown of refugees_hosted, stock"),
        ({"year": 2017}, "E2", "2017", "a year from 2018 to"),
        ({"year": 2022.5}, "E2", "2022.5", "a year from 2018 to"),
        ({"year": "soon"}, "E2", "soon", "a year from 2018 to"),
        ({"year": None}, "E2", None, "a value"),
        ({"status": "Maybe"}, "F2", "Maybe", "Available"),
        ({"reason": None}, "G2", None, "a value"),
        ({"reason": "   "}, "G2", None, "a value"),
        ({"reason": 5}, "G2", "5", "a text"),
        ({"author": None}, "H2", None, "a value"),
        ({"date": None}, "I2", None, "a value"),
        ({"date": "20.11.2026"}, "I2", "20.11.2026", "a day, yyyy-mm-dd"),
        ({"date": date(2026, 11, 25)}, "I2", "2026-11-25", "not after 2026-11-24"),
        ({"indicator": "Tourists"}, "J2", "Tourists", "one of the sheet of lists"),
        ({"indicator": "Immigrants"}, "J2", "Immigrants", "an indicator of refugees_hosted"),
        ({"indicator": None}, "J2", None, "both or neither"),
        ({"expected_value": None}, "K2", None, "both or neither"),
        ({"expected_value": "many"}, "K2", "many", "a number"),
        ({"expected_value": 275}, "K2", "275", "a figure that the warehouse has now: 274"),
        ({"year": 2018, "breakdown": "By education"}, "K2", "274", "it has none"),
    ],
)
def test_a_wrong_cell_is_refused_and_named(
    change: dict[str, Any],
    place: str,
    value: str | None,
    expected: str,
    sheet: Sheet,
    asked: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(FileRefused) as refusal:
        read_overrides(sheet(change), asked, TODAY)
    (fault,) = refusal.value.faults
    assert fault.place == f"Overrides!{place}"
    assert (fault.value or "").removesuffix(".0") == (value or "")
    assert expected in fault.expected


def test_every_fault_of_every_row_is_told(sheet: Sheet, asked: duckdb.DuckDBPyConnection) -> None:
    path = sheet({"theme": "Tourism", "author": None}, {}, {"year": 1066})
    with pytest.raises(FileRefused) as refusal:
        read_overrides(path, asked, TODAY)
    places = [fault.place for fault in refusal.value.faults]
    assert places == ["Overrides!B2", "Overrides!H2", "Overrides!E4"]


def test_a_cell_that_is_decided_twice_is_refused(
    sheet: Sheet, asked: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(FileRefused, match="Overrides!A2 and Overrides!A3"):
        read_overrides(sheet({}, {"status": "Available"}), asked, TODAY)


@pytest.mark.parametrize(
    ("headings", "match"),
    [
        ([*NAMES[:6], "Because", *NAMES[7:]], r"Overrides!G1: found 'Because'"),
        (["Country", "Theme", "Theme"], "a heading that stands once"),
        (["Country", "Theme"], "expected a heading 'Year'"),
        (["Land", "Thema"], "expected a heading 'Theme'"),
    ],
)
def test_wrong_headings_are_refused(
    headings: list[str], match: str, sheet: Sheet, asked: duckdb.DuckDBPyConnection
) -> None:
    english = [texts("en")["columns"].get(one, one) for one in headings]
    with pytest.raises(FileRefused, match=match):
        read_overrides(sheet(headings=english), asked, TODAY)


def test_a_value_without_a_heading_is_refused(
    sheet: Sheet, asked: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(FileRefused, match=r"Overrides!L2: found 'by the way'"):
        read_overrides(sheet({"more": "by the way"}), asked, TODAY)


def test_a_workbook_without_the_sheet_is_not_recognised(
    sheet: Sheet, asked: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(NotRecognised, match="its sheets: 'Data'"):
        read_overrides(sheet(name="Data"), asked, TODAY)


def test_what_is_no_workbook_is_not_recognised(
    asked: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "one.xlsx").write_text("country,theme\n")
    with pytest.raises(NotRecognised, match=r"one\.xlsx is no workbook"):
        read_overrides(tmp_path / "one.xlsx", asked, TODAY)


def test_a_cut_workbook_is_refused(
    sheet: Sheet, asked: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "cut.xlsx").write_bytes(sheet({}).read_bytes()[:3000])
    with pytest.raises(FileRefused, match="a workbook that can be read"):
        read_overrides(tmp_path / "cut.xlsx", asked, TODAY)


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    asked: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w") as bomb:
        for number in range(2001):
            bomb.writestr(f"part{number}", "")
    with pytest.raises(FileRefused, match="at most 2000 parts"):
        read_overrides(tmp_path / "bomb.xlsx", asked, TODAY)


# --- the reference table


@pytest.fixture
def read(sheet: Sheet, asked: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    free = {"indicator": None, "expected_value": None}
    return read_overrides(sheet({}, free | {"year": 2021}), asked, TODAY)


def test_the_table_is_written_as_the_reference_data_read_it(
    read: pd.DataFrame, reference: Reference, tmp_path: Path
) -> None:
    path = tmp_path / "override.csv"
    write_table(merged(reference.table("override"), read, replace=False), path, reference.codes)
    assert path.read_text() == (
        ",".join(OVERRIDE.columns) + "\n"
        "KGZ,refugees_hosted,stock,total,2021,partial,override,Two counts that differ.,"
        "A. Analyst,2026-11-20,,\n"
        "KGZ,refugees_hosted,stock,total,2022,partial,override,Two counts that differ.,"
        "A. Analyst,2026-11-20,refugees,274\n"
    )


def test_a_table_that_breaks_its_model_is_not_written(
    read: pd.DataFrame, reference: Reference, tmp_path: Path
) -> None:
    path = tmp_path / "override.csv"
    path.write_text("the one before")
    with pytest.raises(SchemaRefused):
        write_table(read.assign(status="maybe"), path, reference.codes)
    assert path.read_text() == "the one before"


def test_what_the_file_does_not_have_stays_unless_it_is_replaced(
    read: pd.DataFrame, published: duckdb.DuckDBPyConnection
) -> None:
    there = read.assign(year=[2022, 2019], author="Somebody else")
    for is_replacing, kinds, years in (
        (False, ["kept", "added", "changed"], [2019, 2021, 2022]),
        (True, ["withdrawn", "added", "changed"], [2021, 2022]),
    ):
        found = changes(there, read, published, replace=is_replacing)
        assert [one.kind for one in found] == kinds
        assert [one.now for one in found] == ["available"] * 3
        after = merged(there, read, replace=is_replacing)
        assert list(after["year"]) == years
        assert after.set_index("year")["author"][2022] == "A. Analyst"


def test_nothing_changes_when_a_file_is_read_twice(
    read: pd.DataFrame, published: duckdb.DuckDBPyConnection
) -> None:
    found = changes(read, read, published, replace=True)
    assert [one.kind for one in found] == ["unchanged", "unchanged"]
