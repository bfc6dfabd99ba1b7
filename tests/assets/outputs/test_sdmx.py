"""The SDMX export: read back by pysdmx against its structure, it says what the warehouse says."""

from __future__ import annotations

import json
import re
import shutil
import warnings
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from pysdmx.errors import Invalid
from pysdmx.io import read_sdmx
from pysdmx.model import Schema
from pysdmx.model.message import Message
from typer.testing import CliRunner

from assets.outputs.sdmx import export
from assets.outputs.sdmx.export import ExportRefused, export_sdmx, observations, refuse_unknown
from assets.outputs.sdmx.structure import (
    DATAFLOWS,
    DIMENSIONS,
    FREE_TEXT,
    PARTS,
    structure,
)
from pipelines.cli.main import application
from warehouse.files import NotOurs

MEASURES = tuple(DATAFLOWS)
TIME = {"stock": ("reference_date",), "flow": ("period_start", "period_end")}


@pytest.fixture(scope="module")
def folder(published: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sdmx") / "export"
    export_sdmx(published, target)
    return target


@pytest.fixture(scope="module")
def message(folder: Path) -> Message:
    """The structure message, held against the official schema of SDMX-JSON 2.0."""
    return read_sdmx(folder / "structure.json", validate=True)


@cache
def read_back(path: Path) -> tuple[str, pd.DataFrame]:
    """The one dataset of a file, and what it says its structure is."""
    # pysdmx 1.10 does not expect that pandas 3 keeps missing values among text.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pd.option_context("future.infer_string", False):
            (dataset,) = read_sdmx(path).data
    return str(dataset.structure), dataset.data


def schema_of(message: Message, urn: str) -> Schema:
    return message.get_dataflow(urn).structure.to_schema()  # type: ignore[union-attr]


def plain(name: str, text: str) -> str:
    """The text as the warehouse keeps it; in details it keeps per cents encoded itself."""
    if name not in FREE_TEXT or "%" not in text:
        return text
    text = text.replace("%3A", ":")
    return text if name == "DETAIL" else text.replace("%25", "%")


@cache
def period_of(text: str) -> tuple[date, date]:
    """First and last day of a time period, by a reading of our own."""
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)/P(\d+)([DMY])", text):
        first, count, unit = date.fromisoformat(match[1]), int(match[2]), match[3]
        if unit == "D":
            return first, first + timedelta(days=count - 1)
        months = first.year * 12 + first.month - 1 + count * (12 if unit == "Y" else 1)
        return first, date(months // 12, months % 12 + 1, first.day) - timedelta(days=1)
    if match := re.fullmatch(r"(\d{4})(?:-(Q?)(\d\d?))?", text):
        year, length = int(match[1]), 12 if match[3] is None else 3 if match[2] else 1
        start = 0 if match[3] is None else (int(match[3]) - 1) * (3 if match[2] else 1)
        after = year * 12 + start + length
        end = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
        return date(year, start + 1, 1), end
    day = date.fromisoformat(text)
    return day, day


@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_read_back_is_what_the_warehouse_says(
    measure: str, folder: Path, message: Message, published: duckdb.DuckDBPyConnection
) -> None:
    urn, data = read_back(folder / f"{measure}.csv")
    schema = schema_of(message, urn)
    assert set(data.columns) == {component.id for component in schema.components} - unused(data)
    columns = [part.field.name for part in PARTS if part.id != "TIME_PERIOD"]
    names = [part.id for part in PARTS if part.id != "TIME_PERIOD"]
    rows = published.execute(
        f"SELECT {', '.join([*TIME[measure], *columns])} FROM {measure}"
    ).fetchall()
    times = len(TIME[measure])
    key = [name for name in DIMENSIONS if name != "TIME_PERIOD"]
    places = [times + names.index(name) for name in key]
    held = {(*row[:times], *(row[at] for at in places)): row[times:] for row in rows}
    assert len(held) == len(rows) == len(data)
    found = {name: [plain(name, text) for text in data[name]] for name in names if name in data}
    days = [period_of(text)[:times] for text in data["TIME_PERIOD"]]
    keys = zip(*(found[name] for name in key), strict=True)
    told = [held[(*own, *codes)] for own, codes in zip(days, keys, strict=True)]
    # A column after the other: there are a million cells.
    for name, values in zip(names, zip(*told, strict=True), strict=True):
        texts = found.get(name, [""] * len(values))
        pairs = zip(values, texts, strict=True)
        assert [pair for pair in pairs if not is_told(*pair)][:5] == [], name


def is_told(value: str | float | None, text: str) -> bool:
    """Whether a text of the file says what the warehouse has."""
    if isinstance(value, float):
        return float(text) == value
    return text == ("" if value is None else value)


def unused(data: pd.DataFrame) -> set[str]:
    """Attributes that no observation has: the reader leaves out empty columns."""
    return {part.id for part in PARTS if not part.required} - set(data.columns)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_code_is_in_its_code_list(measure: str, folder: Path, message: Message) -> None:
    urn, data = read_back(folder / f"{measure}.csv")
    for component in schema_of(message, urn).components:
        if component.id not in data:
            assert not component.required
            continue
        used = {*data[component.id].dropna()} - {""}
        if component.required:
            assert "" not in {*data[component.id]}, component.id
        if component.enumeration is not None:
            assert used <= {code.id for code in component.enumeration}, component.id


def test_the_structure_names_dimensions_and_languages(folder: Path, message: Message) -> None:
    schema = schema_of(message, "Dataflow=MIGMAP:DF_STOCK(1.0)")
    assert tuple(one.id for one in schema.components.dimensions) == DIMENSIONS
    assert {"FREQ", "REF_AREA", "COUNTERPART_AREA", "INDICATOR", "SEX", "AGE"} < {*DIMENSIONS}
    told = json.loads((folder / "structure.json").read_text(encoding="utf-8"))
    codes = {
        code["id"]: code["names"]
        for codelist in told["data"]["codelists"]
        if codelist["id"] == "CL_AREA"
        for code in codelist["codes"]
    }
    assert codes["KGZ"] == {"en": "Kyrgyzstan", "ru": "Кыргызстан", "ky": "Кыргызстан"}


def test_a_missing_value_has_a_status_that_says_why(folder: Path) -> None:
    _, data = read_back(folder / "stock.csv")
    missing = data[data["OBS_VALUE"].fillna("") == ""]
    assert len(missing)
    assert set(missing["OBS_STATUS"]) <= {"O", "Q", "M"}


@pytest.mark.parametrize(
    ("freq", "first", "last", "told"),
    [
        ("A", "2022-01-01", "2022-12-31", "2022"),
        ("M", "2024-02-01", "2024-02-29", "2024-02"),
        ("Q", "2022-04-01", "2022-06-30", "2022-Q2"),
        ("_O", "2018-01-01", "2022-12-31", "2018-01-01/P5Y"),
        ("_O", "2015-07-01", "2020-06-30", "2015-07-01/P5Y"),
        ("_O", "2023-01-01", "2023-06-30", "2023-01-01/P6M"),
        ("_O", "2022-01-01", "2022-12-31", "2022-01-01/P1Y"),
        ("A", "2021-07-01", "2022-06-30", "2021-07-01/P1Y"),
        ("_O", "2022-09-14", "2022-09-20", "2022-09-14/P7D"),
    ],
)
def test_a_span_is_written_so_that_it_can_be_read(
    freq: str, first: str, last: str, told: str
) -> None:
    query = f"""
        SELECT {export.TIME_PERIOD["flow"]}
        FROM (SELECT '{freq}' AS freq, DATE '{first}' AS period_start, DATE '{last}' AS period_end)
    """
    assert duckdb.sql(query).fetchall() == [(told,)]
    assert period_of(told) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.fixture(scope="module")
def one_figure(published: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    return observations(published, "stock").iloc[:1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data.assign(SEX="X"), r"SEX: \['X'\] not in CL_SEX"),
        (lambda data: pd.concat([data, data]), "1 observations repeat a key"),
    ],
    ids=["code", "key"],
)
def test_what_the_structure_cannot_hold_is_refused(
    change: Callable[[pd.DataFrame], pd.DataFrame],
    told: str,
    one_figure: pd.DataFrame,
    published: duckdb.DuckDBPyConnection,
) -> None:
    refuse_unknown(structure(published), one_figure)
    with pytest.raises(ExportRefused, match=told):
        refuse_unknown(structure(published), change(one_figure))


def test_an_invalid_structure_is_found(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "structure.json"
    broken: dict[str, Any] = json.loads((folder / path.name).read_text(encoding="utf-8"))
    broken["data"] = {"codelists": broken["data"]["codelists"][:1]}
    del broken["data"]["codelists"][0]["id"]
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(Invalid, match="missing property 'id'"):
        read_sdmx(path, validate=True)


def test_the_page_says_how_to_read_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/exchange.md").read_text(encoding="utf-8")
    shutil.copy(folder / "structure.json", tmp_path)
    with (folder / "stock.csv").open(encoding="utf-8") as file:
        (tmp_path / "stock.csv").write_text("".join(islice(file, 30)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(page.split("```python\n")[1].split("```")[0], told)
    assert len(told["stock"].data) == 29
    assert [one.id for one in told["components"].dimensions] == list(DIMENSIONS)
    named = re.findall(r"^\| ([A-Z_]+(?:, [A-Z_]+)*) \|", page, re.MULTILINE)
    assert {name for names in named for name in names.split(", ")} == {part.id for part in PARTS}


def test_another_folder_is_left_alone(
    refreshed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setenv("MIGMAP_HOME", str(refreshed_home))
    done = CliRunner().invoke(application(), ["export", "sdmx", "--output", str(tmp_path)])
    assert done.exit_code == 1
    assert "not an earlier output" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_without_figures_nothing_is_written(
    published: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ExportRefused("as asked")

    (tmp_path / "kept.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr(export, "refuse_unknown", refuse)
    with pytest.raises(ExportRefused):
        export_sdmx(published, tmp_path / "new")
    with pytest.raises(NotOurs):
        export_sdmx(published, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
