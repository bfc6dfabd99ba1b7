"""Read the reference tables of ``warehouse/reference/`` and check them against their models."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pandas as pd

from schemas.faults import Fault
from schemas.reference import REFERENCE_TABLES
from schemas.table import Kind, TableModel
from schemas.validate import SchemaRefused, conform, validate
from warehouse.home import REFERENCE_FOLDER

# Columns that other tables' codes come from, beside the lists of table code.
_CODE_COLUMNS = ("area", "indicator", "theme", "source", "definition", "parameter")


@dataclass(frozen=True)
class Reference:
    """All reference tables, checked.

    Attributes:
        tables: Frame of each table, by name, in its model's columns.
        codes: Allowed values of each code list, by the name that fields use.
        fingerprint: SHA-256 over the files.
    """

    tables: dict[str, pd.DataFrame]
    codes: dict[str, frozenset[str]]
    fingerprint: str

    def table(self, name: str) -> pd.DataFrame:
        """The frame of one table."""
        return self.tables[name]

    def areas_by_name(self, source: str) -> dict[str, str]:
        """Area codes by the names that a publisher writes."""
        names = self.tables["area_name"]
        own = names[names["source"] == source].astype("str")
        return dict(zip(own["name"], own["area"], strict=True))

    def areas_by_m49(self) -> dict[int, str]:
        """Area codes by UN M49 number, groups of UN DESA included."""
        numbered = self.tables["area"].dropna(subset=["m49"])
        return dict(zip(numbered["m49"].astype(int), numbered["area"].astype(str), strict=True))

    def active_countries(self) -> list[str]:
        """Codes of the countries that a build holds."""
        country = self.tables["country"]
        return sorted(country.loc[country["active"], "country"].astype(str))

    def parameter(self, name: str) -> float:
        """Value of a setting of the assessment.

        Raises:
            KeyError: There is no such setting.
        """
        parameter = self.tables["parameter"].set_index("parameter")["value"]
        return float(parameter[name])


def load(folder: Path = REFERENCE_FOLDER) -> Reference:
    """Read and check every reference table; unchanged files are read once a process.

    Args:
        folder: Folder of the CSV files, one a model of ``schemas.reference``, or a folder of
            files for a table that several people write.

    Returns:
        The tables, their code lists and a fingerprint.

    Raises:
        SchemaRefused: A file breaks its model; the fault names file and line.
    """
    return _load(folder, fingerprint(folder))


@lru_cache(maxsize=2)
def _load(folder: Path, of_files: str) -> Reference:
    # Before any is read: to look takes no time.
    for path in (one for model in REFERENCE_TABLES for one in files_of(folder, model)):
        if not path.is_file():
            raise SchemaRefused(path.name, [Fault(path.name, None, None, "a file of this name")])
    read = {model.name: _read_all(folder, model) for model in REFERENCE_TABLES}
    codes = code_lists({name: table.frame for name, table in read.items()})
    tables = {model.name: _checked(read[model.name], model, codes) for model in REFERENCE_TABLES}
    return Reference(tables, codes, of_files)


def code_lists(tables: dict[str, pd.DataFrame]) -> dict[str, frozenset[str]]:
    """The allowed values of each code list.

    Args:
        tables: Reference frames by name; table ``code`` and the tables whose key is a code.

    Returns:
        Values by list name.
    """
    lists = {
        str(name): frozenset(group["code"].astype(str))
        for name, group in tables["code"].groupby("list", observed=True)
    }
    # Names and M49 numbers that a source-shaped table may hold: see schemas.sources.
    for source, group in tables["area_name"].groupby("source", observed=True):
        lists[f"area_name:{source}"] = frozenset(group["name"].astype(str))
    lists["m49"] = frozenset(tables["area"]["m49"].dropna().astype(int).astype(str))
    for column in _CODE_COLUMNS:
        lists[column] = frozenset(tables[column][column].dropna().astype(str))
    lists["claim"] = frozenset(tables["report_claim"]["claim_id"].dropna().astype(str))
    criteria = tables["openness_criterion"]["criterion"]
    lists["openness_criterion"] = frozenset(criteria.dropna().astype(str))
    return lists


def fingerprint(folder: Path = REFERENCE_FOLDER) -> str:
    """SHA-256 over names and bytes of the reference files."""
    digest = hashlib.sha256()
    for model in sorted(REFERENCE_TABLES, key=lambda one: one.name):
        digest.update(model.name.encode())
        for path in files_of(folder, model):
            digest.update(path.name.encode())
            digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


def files_of(folder: Path, model: TableModel) -> list[Path]:
    """The files of a reference table: one of its name, or all of the folder of its name.

    Args:
        folder: Folder of the reference tables.
        model: The table's model.

    Returns:
        Paths in the order in which their rows are put together; at least one.
    """
    parts = sorted((folder / model.name).glob("*.csv"))
    return parts or [folder / f"{model.name}.csv"]


@dataclass(frozen=True)
class _Read:
    """A reference table as it was read, and the file and line of each row."""

    frame: pd.DataFrame
    places: list[str]
    subject: str


def _read_all(folder: Path, model: TableModel) -> _Read:
    paths = files_of(folder, model)
    several = paths[0].parent != folder
    frames = [_read(path, model) for path in paths]
    places = [
        f"{path.name} line {row + 2}" if several else f"line {row + 2}"
        for path, frame in zip(paths, frames, strict=True)
        for row in range(len(frame))
    ]
    subject = f"{model.name}/" if several else paths[0].name
    frame = conform(pd.concat(frames, ignore_index=True), model) if several else frames[0]
    return _Read(frame, places, subject)


def _read(path: Path, model: TableModel) -> pd.DataFrame:
    try:
        return _parsed(path.read_bytes(), model)
    except SchemaRefused as error:
        raise SchemaRefused(path.name, error.faults, error.total) from None


# Whoever changes one file of thirty has the others read no second time.
@lru_cache(maxsize=64)
def _parsed(content: bytes, model: TableModel) -> pd.DataFrame:
    # NA is a code in several lists, so only the empty cell is missing.
    frame = pd.read_csv(BytesIO(content), dtype="str", keep_default_na=False, na_values=[""])
    faults = []
    for one in model.fields:
        if one.name in frame:
            text = frame[one.name]
            typed = _typed(text, one.kind)
            if typed is text:
                continue
            broken = text.notna() & typed.isna()
            faults += [
                Fault(f"line {row + 2}", one.name, text[row], f"a {one.kind}")
                for row in frame.index[broken]
            ]
            frame[one.name] = typed
    if faults:
        raise SchemaRefused(model.name, faults)
    return conform(frame, model)


def _typed(column: pd.Series, kind: Kind) -> pd.Series:
    """Text to the kind's values; missing where the text is none of them."""
    if kind == "boolean":
        return column.map({"true": True, "false": False})
    if kind == "date":
        return pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")
    if kind in ("integer", "number"):
        return pd.to_numeric(column, errors="coerce")
    return column


def _checked(read: _Read, model: TableModel, codes: dict[str, frozenset[str]]) -> pd.DataFrame:
    # The line in the file is what a person needs; it is no column of the published table.
    try:
        return validate(read.frame, model, codes)
    except SchemaRefused as error:
        faults = [
            Fault(_place(fault.place, read.places), fault.column, fault.value, fault.expected)
            for fault in error.faults
        ]
        raise SchemaRefused(read.subject, faults, error.total) from None


def _place(rows: str, places: list[str]) -> str:
    """``row 2 and row 5`` as the places of these rows."""
    return re.sub(r"row (\d+)", lambda found: places[int(found[1]) - 1], rows)
