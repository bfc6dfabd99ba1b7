"""Read the reference tables of ``warehouse/reference/`` and check them against their models."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
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
        folder: Folder of the CSV files, one a model of ``schemas.reference``.

    Returns:
        The tables, their code lists and a fingerprint.

    Raises:
        SchemaRefused: A file breaks its model; the fault names file and line.
    """
    return _load(folder, fingerprint(folder))


@lru_cache(maxsize=2)
def _load(folder: Path, of_files: str) -> Reference:
    read = {model.name: _read(folder, model) for model in REFERENCE_TABLES}
    codes = code_lists(read)
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
    return lists


def fingerprint(folder: Path = REFERENCE_FOLDER) -> str:
    """SHA-256 over names and bytes of the reference files."""
    digest = hashlib.sha256()
    for model in sorted(REFERENCE_TABLES, key=lambda one: one.name):
        path = folder / f"{model.name}.csv"
        digest.update(model.name.encode())
        digest.update(path.read_bytes() if path.is_file() else b"missing")
    return digest.hexdigest()


def _read(folder: Path, model: TableModel) -> pd.DataFrame:
    path = folder / f"{model.name}.csv"
    if not path.is_file():
        raise SchemaRefused(path.name, [Fault(path.name, None, None, "a file of this name")])
    # NA is a code in several lists, so only the empty cell is missing.
    frame = pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
    faults = []
    for one in model.fields:
        if one.name in frame:
            typed = _typed(frame[one.name], one.kind)
            broken = frame[one.name].notna() & typed.isna()
            faults += [
                Fault(f"line {row + 2}", one.name, frame[one.name][row], f"a {one.kind}")
                for row in frame.index[broken]
            ]
            frame[one.name] = typed
    if faults:
        raise SchemaRefused(path.name, faults)
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


def _checked(
    frame: pd.DataFrame, model: TableModel, codes: dict[str, frozenset[str]]
) -> pd.DataFrame:
    # The line in the file is what a person needs; it is no column of the published table.
    try:
        return validate(frame, model, codes)
    except SchemaRefused as error:
        faults = [
            Fault(_line(fault.place), fault.column, fault.value, fault.expected)
            for fault in error.faults
        ]
        raise SchemaRefused(f"{model.name}.csv", faults, error.total) from None


def _line(place: str) -> str:
    words = place.split()
    return " ".join(
        str(int(word) + 1) if word.isdigit() else word.replace("row", "line") for word in words
    )
