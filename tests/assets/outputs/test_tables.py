"""CSV, Parquet and the data package: what they hold is what the warehouse holds."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import FrictionlessException, Package, validate
from typer.testing import CliRunner

from assets.outputs.tables import files
from assets.outputs.tables.datapackage import export_datapackage, table_schema
from assets.outputs.tables.files import export_tables, table_names, write_spreadsheet_csv
from pipelines.cli.main import application
from schemas.generate import PUBLISHED_TABLES

Change = Callable[[Path, dict[str, Any]], None]
# Checked in full by `frictionless validate`; a test has the time for a part of each large table.
ROWS = 15


@pytest.fixture(scope="module")
def small(refreshed_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file with a part of each large table, vocabularies whole."""
    with duckdb.connect() as connection:
        path = refreshed_home / "migration.duckdb"
        connection.execute(f"ATTACH '{path}' AS whole (READ_ONLY)")
        connection.execute("USE whole")
        names = table_names(connection)
        connection.execute("USE memory")
        vocabularies = ("area", "extract", "release", "dataset", "source", "definition", "build")
        for name in names:
            rows = "" if name in (*vocabularies, "indicator", "theme") else f"LIMIT {ROWS}"
            connection.execute(f'CREATE TABLE "{name}" AS FROM whole."{name}" {rows}')
        yield connection


@pytest.fixture(scope="module")
def package(small: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("package") / "export"
    export_datapackage(small, target)
    return target


def faults(folder: Path) -> list[str]:
    try:
        report = validate(str(folder / "datapackage.json"), type="package")
    except FrictionlessException as error:
        return [str(one) for one in error.reasons]
    return [
        *(error.message for error in report.errors),
        *(f"{task.name}: {error.type}" for task in report.tasks for error in task.errors),
    ]


def test_the_package_is_valid(package: Path) -> None:
    assert faults(package) == []


def repeat_a_row(folder: Path, told: dict[str, Any]) -> None:
    path = folder / "data" / "indicator.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1]]), encoding="utf-8")


def name_a_strange_area(folder: Path, told: dict[str, Any]) -> None:
    path = folder / "data" / "stock.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, first, *rest = csv.reader(file)
    first[header.index("origin")] = "ZZ9"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, first, *rest])


def write_text_for_a_day(folder: Path, told: dict[str, Any]) -> None:
    path = folder / "data" / "release.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r",\d{4}-\d\d-\d\d,", ",in May,", text, count=1), encoding="utf-8")


def leave_a_file_out(folder: Path, told: dict[str, Any]) -> None:
    (folder / "data" / "theme.csv").unlink()


def make_up_a_type(folder: Path, told: dict[str, Any]) -> None:
    told["resources"][0]["schema"]["fields"][0]["type"] = "person"


BROKEN: dict[str, tuple[Change, str]] = {
    "a row twice": (repeat_a_row, "primary-key"),
    "a strange area": (name_a_strange_area, "foreign-key"),
    "text for a day": (write_text_for_a_day, "type-error"),
    "no file": (leave_a_file_out, "theme: scheme-error"),
    "no such type": (make_up_a_type, "person"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_package_is_not_valid(name: str, package: Path, tmp_path: Path) -> None:
    change, told = BROKEN[name]
    folder = tmp_path / "copy"
    shutil.copytree(package, folder)
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    needed = {"indicator", "stock", "release", "theme", "area", "source", "definition", "extract",
              "dataset"}  # fmt: skip
    descriptor["resources"] = [one for one in descriptor["resources"] if one["name"] in needed]
    for one in descriptor["resources"]:
        # The digests would tell of any change; here the schema has to.
        del one["hash"], one["bytes"]
    change(folder, descriptor)
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    assert any(told in fault for fault in faults(folder)), faults(folder)


def test_the_package_tells_licence_and_citation_of_every_source(
    package: Path, small: duckdb.DuckDBPyConnection
) -> None:
    told = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    query = "SELECT DISTINCT source, licence, citation FROM extract WHERE accepted"
    for source, licence, citation in small.execute(query).fetchall():
        (own,) = [one for one in told["sources"] if one["title"].startswith(f"{source}: ")]
        assert licence in own["licence"]
        assert citation in own["citation"]
    names = {one["name"] for one in told["licenses"]}
    assert {"CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-3.0-IGO", "other-closed"} <= names
    ((build,),) = small.execute("SELECT build_id FROM build").fetchall()
    assert told["version"] == build


def test_the_package_has_every_table_with_its_key(package: Path) -> None:
    resources = {one.name: one for one in Package(str(package / "datapackage.json")).resources}
    assert set(resources) == {model.name for model in PUBLISHED_TABLES} | set(files.VIEWS)
    for model in PUBLISHED_TABLES:
        schema = resources[model.name].schema
        assert schema.primary_key == list(model.key)
        assert [one.name for one in schema.fields] == model.columns
        assert all(one.description for one in schema.fields)
    (stock,) = [model for model in PUBLISHED_TABLES if model.name == "stock"]
    leads_to = {key["reference"]["resource"] for key in table_schema(stock)["foreignKeys"]}
    assert leads_to == {"area", "indicator", "source", "definition", "extract", "dataset",
                        "release"}  # fmt: skip


@pytest.mark.parametrize("name", ["stock", "availability_matrix", "country_flow", "build"])
def test_parquet_equals_the_tables(
    name: str, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    exported = export_tables(published, tmp_path / "export", "parquet", [name])
    file = f"read_parquet('{exported.folder / name}.parquet')"
    query = f"SELECT * FROM {name} EXCEPT ALL SELECT * FROM {file}"
    assert published.execute(query).fetchall() == []
    counted = published.execute(f"SELECT count(*) FROM {file}").fetchall()
    assert counted == [(exported.rows[name],)]
    types = [published.execute(f"DESCRIBE SELECT * FROM {one}").fetchall() for one in (name, file)]
    assert [row[:2] for row in types[0]] == [row[:2] for row in types[1]]


def test_csv_equals_the_tables(published: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    exported = export_tables(published, tmp_path / "export", "csv", ["profile"])
    with (exported.folder / "profile.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    answer = published.execute("SELECT * FROM profile ORDER BY ALL")
    names = [column[0] for column in answer.description]
    assert list(rows[0]) == names
    for told, row in zip(rows, answer.fetchall(), strict=True):
        for name, value in zip(names, row, strict=True):
            if isinstance(value, float):
                assert float(told[name]) == value
            else:
                assert told[name] == ("" if value is None else str(value))


@pytest.mark.parametrize("sign", ["=1+1", "+7", "-x", "@SUM(A1)", "\tx", "\r"])
def test_text_is_no_formula(sign: str, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE told (text VARCHAR, number DOUBLE)")
        connection.execute("INSERT INTO told VALUES (?, -5), ('a=b', 5), (NULL, NULL)", [sign])
        path = tmp_path / "told.csv"
        write_spreadsheet_csv(connection, "told", path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbftext,number")
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = {(row["text"], row["number"]) for row in csv.DictReader(file)}
    assert cells == {("'" + sign, "-5.0"), ("a=b", "5.0"), ("", "")}
    assert [one.name for one in tmp_path.iterdir()] == ["told.csv"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["csv", "--table", "stocks"], "no table stocks; published are"),
        (["parquet"], "not an earlier output"),
        (["datapackage"], "not an earlier output"),
    ],
)
def test_an_export_that_cannot_be_made_says_why(
    arguments: list[str],
    told: str,
    refreshed_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(application(), ["export", *arguments, "--output", str(tmp_path)])
    assert done.exit_code == 1
    assert told in done.output
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]


def test_an_earlier_export_is_replaced(
    refreshed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))
    for table in ("area", "theme"):
        asked = ["export", "csv", "--table", table, "--output", str(tmp_path / "out")]
        done = CliRunner().invoke(application(), asked)
        assert done.exit_code == 0, done.output
        assert "1 tables" in done.output
    assert {one.name for one in (tmp_path / "out").iterdir()} == {"theme.csv", "migmap-csv.json"}
    monkeypatch.setenv("MIGMAP_HOME", str(tmp_path / "nothing"))
    assert CliRunner().invoke(application(), ["export", "csv"]).exit_code == 1
