"""What the gate made of a mutated file: refused in its place, the same, or that figure alone."""

from __future__ import annotations

import importlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from documents import Original, Places, changed, parsed, places
from mutated import Mutated

from assets.sources import gate
from assets.sources.limits import beyond_limits
from assets.sources.placing import unplaced
from assets.sources.reading import FileRefused, NotRecognised, Reading
from assets.sources.sidecar import read_sidecar
from schemas.facts import DISPLACEMENT_EVENT, OBSERVATIONS, PROFILE
from schemas.faults import Fault, Refused
from schemas.sources import SOURCE_MODELS
from schemas.table import TableModel
from schemas.validate import empty_frame, validate
from warehouse.reference_data import Reference

# A line, a cell or row of a sheet, a JSON path, a byte.
_PLACE = re.compile(
    r"\bline \d+|\brows? \d+|\bbyte \d+|^\$|![A-Z]{0,3}\d+\b|\bpart '.+'|\bsheet '.+'"
)
# What the manifest says of the whole file, which no single line can answer for.
_OF_MANIFEST = ("publisher", "dataset", "rows", "release", "scope", "publisher and dataset")
_JSON_ROW = re.compile(r"^(.*(?:items|results|data|values)\[\d+\])\.[^.]+$")
_CELL = re.compile(r"^(.*![A-Z]*)(\d+)(?:, (.*))?$")
_SHEET_CELL = re.compile(r"^.*![A-Z]+\d+$")
# A larger total makes what is broken down of it a lower bound: a rule of UNHCR's demographics.
_TOTALS = (".total",)
_LINE = re.compile(r"^line (\d+)")
_WORDS = ("published_in", "event_name")
_OF_RELEASE = ("release", "freq", "reference_date", "period_end", "obs_status")
_FURTHER: dict[str, tuple[str, str, TableModel]] = {
    "idmc": ("events", "displacement_events", DISPLACEMENT_EVENT),
    "iom_report": ("harmonise", "profile", PROFILE),
}
# Signs that a figure is not there: what each publisher prints, and what JSON says.
_NONE_SIGNS = ("", "-", "*", "..", "...", "\u2026", "\u2013", "\u2014", "x", "X", "None", " ")


@dataclass(frozen=True)
class Verdict:
    """What came of a mutation, in one word and at length."""

    outcome: str
    told: str
    seconds: float = 0.0


@dataclass
class Figures:
    """All figures of a file, as harmonised: what each says, and where it stood."""

    said: np.ndarray
    figure: np.ndarray
    unstamped: np.ndarray
    places: np.ndarray
    values: np.ndarray
    key: np.ndarray


@dataclass
class Judge:
    """Reads originals once and compares what becomes of mutated files with them."""

    reference: Reference
    folder: Path
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)
    cells: dict[str, Places] = field(default_factory=dict)

    def verdict(self, original: Original, mutated: Mutated) -> Verdict:
        self.read_original(original)
        path = self.write(original, mutated)
        began = time.perf_counter()
        outcome, told = self._judged(original, mutated, path)
        seconds = time.perf_counter() - began
        if mutated.same and outcome != "same":
            told = f"must give the same figures, but {outcome}: {told}"
            return Verdict("FAILURE", told, seconds)
        return Verdict(outcome, told, seconds)

    def write(self, original: Original, mutated: Mutated) -> Path:
        """Write the mutated file and its manifest, under the original's name."""
        path = self.folder / original.path.name
        beside = self.folder / f"{original.path.stem}.manifest.json"
        path.write_bytes(mutated.data)
        beside.write_text(mutated.sidecar, encoding="utf-8")
        return path

    def read_original(self, original: Original) -> Figures:
        """The figures of the original, read once."""
        if original.name not in self.frames:
            reading = gate.read_checked(original.path, self.reference, original.sidecar)
            self.frames[original.name] = reading.frame
            self.figures[original.name] = figures_of(reading, self.reference)
        return self.figures[original.name]

    def _judged(self, original: Original, mutated: Mutated, path: Path) -> tuple[str, str]:
        try:
            reading = accepted(path, self.reference)
        except (Refused, NotRecognised) as error:
            lacking = lacks_place(error, path, mutated)
            return ("FAILURE", f"no place: {lacking}") if lacking else ("refused", str(error))
        if _equal(_plain(reading.frame), _plain(self.frames[original.name])):
            return "same", "the frame is the same"
        beyond = self.beyond_limits(original, reading)
        if beyond:
            return "refused", str(FileRefused(path.name, beyond))
        try:
            found = figures_of(reading, self.reference)
        except Refused as error:
            return "FAILURE", f"passed the gate, refused when harmonised: {error}"
        return self._compared(original, mutated, found)

    def beyond_limits(self, original: Original, reading: Reading) -> list[Fault]:
        """What the gate says of a file that comes after the original."""
        before: Any = SimpleNamespace(
            release=original.sidecar["release"], file=original.path.name
        )  # all that is asked of the manifest before
        rows = self.frames[original.name]
        return beyond_limits(original.path.name, before, rows, reading, self.reference)

    def _compared(self, original: Original, mutated: Mutated, found: Figures) -> tuple[str, str]:
        before = self.figures[original.name]
        gone, come = _only_in(before, found), _only_in(found, before)
        if not len(gone) and not len(come):
            return "same", "the figures are the same"
        if len(np.unique(found.key)) < len(found.key):
            return "FAILURE", "passed the gate with a key that repeats when harmonised"
        if original.name not in self.cells:
            tables = parsed(original.kind, original.data)
            self.cells[original.name] = places(original.kind, tables)
        cells = changed(original.kind, self.cells[original.name], mutated.data)
        if sorted(before.figure.tolist()) == sorted(found.figure.tolist()):
            words = [new for _, new in (cells or {}).values()]
            return ("its words", str(words)[:200]) if words else ("FAILURE", "other words")
        if mutated.data == original.data:
            same = sorted(before.unstamped.tolist()) == sorted(found.unstamped.tolist())
            return ("as told" if same else "FAILURE"), "another release, as the manifest says"
        if not cells:
            return "FAILURE", f"{len(gone)} figures gone, {len(come)} come; no cell was changed"
        return _explained(before, found, gone, come, cells)


def accepted(path: Path, reference: Reference) -> Reading:
    """Read a file as the gate does, with all that it asks before it lands.

    Raises:
        NotRecognised: No reader knows it.
        Refused: It has faults.
    """
    told = read_sidecar(path)
    reading = gate.read_checked(path, reference, told)
    faults = unplaced(path.name, reading, told, reference)
    if faults:
        raise FileRefused(path.name, faults)
    return reading


def figures_of(reading: Reading, reference: Reference) -> Figures:
    """All that the publisher's functions make of a file."""
    tables: dict[str, pd.DataFrame] = {
        name: reading.frame if name == reading.dataset else empty_frame(model)
        for name, model in SOURCE_MODELS[reading.source].items()
    }
    module = importlib.import_module(f"assets.sources.{reading.source}.harmonise")
    made = [(module.harmonise, OBSERVATIONS)]
    if reading.source in _FURTHER:
        where, name, model = _FURTHER[reading.source]
        further = importlib.import_module(f"assets.sources.{reading.source}.{where}")
        made.append((getattr(further, name), model))
    parts = [_figures(make(tables, reference), model, reference) for make, model in made]
    names = [one.name for one in fields(Figures)]
    return Figures(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))


def _figures(frame: pd.DataFrame, model: TableModel, reference: Reference) -> Figures:
    checked = validate(frame, model, reference.codes, prove_key=False)
    said = checked.drop(columns=["extract_id", "source_ref"])
    key = checked[[name for name in model.key if name != "extract_id"]]
    values = checked["value"] if "value" in checked else checked["displacements"]
    # Where a figure was published is words about it, and no part of it.
    figure = said.drop(columns=[name for name in _WORDS if name in said])
    # What follows from the release, which a person may have to tell.
    unstamped = figure.drop(columns=[name for name in _OF_RELEASE if name in figure])
    where = checked["source_ref"].astype("str").to_numpy(dtype=object)
    return Figures(
        _hashed(said), _hashed(figure), _hashed(unstamped), where,
        values.to_numpy(dtype="float64", na_value=np.nan), _hashed(key),
    )  # fmt: skip


def _hashed(frame: pd.DataFrame) -> np.ndarray:
    """A number a row; equal rows have equal numbers, whatever categories the frame knows."""
    if not len(frame):
        return np.array([], dtype="uint64")
    plain = frame.copy()
    for name in plain:
        if str(plain[name].dtype).startswith("date32"):
            plain[name] = plain[name].astype("str")
    return pd.util.hash_pandas_object(plain, index=False).to_numpy()


def _only_in(one: Figures, other: Figures) -> np.ndarray:
    """Positions of the figures of one that the other has not, each as often as it is too many."""
    left: dict[int, int] = {}
    for said in other.said.tolist():
        left[said] = left.get(said, 0) + 1
    found = []
    for at, said in enumerate(one.said.tolist()):
        if left.get(said, 0):
            left[said] -= 1
        else:
            found.append(at)
    return np.array(found, dtype=np.int64)


def _explained(
    before: Figures, found: Figures, gone: np.ndarray, come: np.ndarray,
    cells: Mapping[str, tuple[str, str]],
) -> tuple[str, str]:  # fmt: skip
    """Whether each figure that differs is one whose own cell, or whose row's key, was changed."""
    told = f"{len(gone)} gone, {len(come)} come: {dict(list(cells.items())[:4])}"
    others = 0
    for figures, positions in ((before, gone), (found, come)):
        for at in positions.tolist():
            place = figures.places[at]
            row = _row_of(place)
            if place in cells or (row is not None and row in cells):
                continue
            if not any(_same_row(_row_of(one), row) for one in cells):
                return "FAILURE", f"{place} = {figures.values[at]} is in one only; {told}"
            # Readers name the rows of text tables, and not their cells.
            others += _JSON_ROW.match(place) is not None or _SHEET_CELL.match(place) is not None
    if sorted(before.key[gone].tolist()) != sorted(found.key[come].tolist()) and not (
        len(come) == 0 or len(gone) == 0
    ):
        return "its key", told
    if others:
        figures_changed = cells.keys() & set(before.places.tolist())
        allowed = not figures_changed or all(one.endswith(_TOTALS) for one in figures_changed)
        return ("by rule" if allowed else "FAILURE"), told
    odd = _not_as_said(before, found, gone, come, cells)
    return ("FAILURE", odd) if odd else ("that figure", told)


def _row_of(place: str) -> str | None:
    """The row that a cell is in: an item of JSON, a row of a sheet, a line."""
    if (item := _JSON_ROW.match(place)) is not None:
        return item[1]
    if (line := _LINE.match(place)) is not None:
        return f"line {line[1]}"
    cell = _CELL.match(place)
    return f"{cell[1].rsplit('!', 1)[0]}!{cell[2]}" if cell else None


def _same_row(changed_row: str | None, row: str | None) -> bool:
    return (
        changed_row is not None
        and row is not None
        and (row == changed_row or row.startswith(f"{changed_row}."))
    )


def _as_number(told: str) -> float | None:
    text = told.strip("'\"").replace("\u00a0", "").replace(" ", "").rstrip("*")
    try:
        return float(text.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return None


def _not_as_said(
    before: Figures, found: Figures, gone: np.ndarray, come: np.ndarray,
    cells: Mapping[str, tuple[str, str]],
) -> str | None:  # fmt: skip
    """Whether a figure that changed is another than its cell now says."""
    old = {before.places[at]: before.values[at] for at in gone.tolist()}
    new = {found.places[at]: found.values[at] for at in come.tolist()}
    for place in old.keys() & new.keys() & cells.keys():
        was, said = (_as_number(one) for one in cells[place])
        if said is None or np.isnan(new[place]):
            continue
        scale = old[place] / was if was and not np.isnan(old[place]) else None
        if scale is not None and not np.isclose(said * scale, new[place], rtol=1e-9, atol=0.5):
            return f"{place} says {cells[place][1]} and became {new[place]}"
    for place in (old.keys() - new.keys()) & cells.keys():
        if cells[place][1].strip("'\"").strip() not in _NONE_SIGNS:
            return f"{place} says {cells[place][1]} and its figure is gone"
    return None


def lacks_place(error: Exception, path: Path, mutated: Mutated) -> str | None:
    """What is wrong with a refusal's message: no file, or a fault without its place."""
    text = str(error)
    beside = f"{path.stem}.manifest.json"
    if path.name not in text and beside not in text:
        return f"the file is not named: {text[:200]}"
    if isinstance(error, NotRecognised):
        return None if re.search(r"line 1\b|byte 0\b|\bsheets? '", text) else text[:200]
    assert isinstance(error, Refused)
    if not error.faults:
        return f"no fault: {text[:200]}"
    lacking = [one for one in error.faults if not _placed(one, path, mutated)]
    return str(lacking[0])[:300] if lacking else None


def _placed(fault: Fault, path: Path, mutated: Mutated) -> bool:
    if _PLACE.search(fault.place):
        return True
    beside = f"{path.stem}.manifest.json"
    if fault.place == beside:
        # Its own text, which is one object.
        return fault.column is not None or not _is_object(mutated.sidecar)
    if fault.place in (path.name, "the file"):
        return fault.column in _OF_MANIFEST or not mutated.data.strip()
    return False


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=["extract_id", "source_ref"])


def _equal(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    if one.shape != other.shape or list(one) != list(other):
        return False
    return bool((_hashed(one) == _hashed(other)).all())
