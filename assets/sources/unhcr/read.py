"""Read UNHCR's figures, in whichever of their formats, into the API's columns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from assets.sources.reading import (
    HEAD_BYTES,
    MAX_FAULTS,
    Faults,
    FileRefused,
    NotRecognised,
    Reading,
    as_counts,
    find_repeats,
    open_bounded,
    refuse_if_no_data,
)
from assets.sources.unhcr import from_csv, from_json
from assets.sources.unhcr.layout import (
    DIMENSION_COLUMNS,
    FIRST_YEAR,
    IDENTITY,
    KEYS,
    SPECIAL_NAMES,
    VALUE_COLUMNS,
    YEAR,
    Layout,
    required,
)

SOURCE = "unhcr"


def recognise(head: bytes) -> str | None:
    """Tell the dataset of a file by its content.

    Args:
        head: The first 64 KiB of the file, unpacked.

    Returns:
        The dataset, also where a column is renamed: ``read`` then says which. None for what is
        no table of UNHCR.

    Raises:
        FileRefused: The file is empty, a web page, or an answer of the API without items.
    """
    refuse_if_no_data(head)
    layout = from_json.find_layout(head)
    if layout is not None:
        return layout.dataset
    header = from_csv.find_header(head)
    return None if header is None else header.layout.dataset


def read(path: Path) -> Reading:
    """Read a file of UNHCR, plain or packed with gzip.

    Takes the API's pages in JSON, CSV with the API's column names, and the website's exports with
    their preamble and drifting headers. Rows that the API sends with both of a country's queries,
    because the country stands on both sides, are there once.

    Args:
        path: The file; its name is not looked at.

    Returns:
        A frame with all columns of the dataset, all missing where the format does not carry them:
        ``year`` (Int64), names and codes of the country of origin (``coo_*``) and of asylum
        (``coa_*``) and the dataset's dimensions (categories; the code ``NA`` is a code), values in
        persons or, where ``app_pc`` or ``dec_pc`` is C, cases (Int64; missing where UNHCR prints
        ``-`` or nothing), ``suppressed`` (value columns whose figure is withheld as ``*``, joined
        by ``;``) and ``source_ref`` (the place in the file). ``-`` in all columns of a side means
        that it is summed. The release is the day of extraction of a website export; the other
        formats do not say it.

    Raises:
        FileRefused: With every fault and its place.
        NotRecognised: The file is no table of UNHCR.
    """
    data = open_bounded(path)
    head = data[:HEAD_BYTES]
    faults = Faults(path.name)
    refuse_if_no_data(head, path.name)
    layout = _find_json(head, path.name)
    stated: dict[str, str] = {}
    if layout is not None:
        frame = from_json.read_json(data, layout, faults)
    else:
        header = from_csv.find_header(head)
        if header is None:
            raise NotRecognised(f"{path.name}: no table of UNHCR")
        layout = header.layout
        stated = from_csv.read_preamble(header, faults)
        frame = from_csv.read_csv(data, header, faults)
    frame = _typed(frame, layout, faults)
    faults.refuse_any()
    return Reading(
        source=SOURCE,
        dataset=layout.dataset,
        release=stated.get("date_extracted") or None,
        frame=frame,
        stated=stated,
        scope=_scope(stated),
    )


def _find_json(head: bytes, name: str) -> Layout | None:
    try:
        return from_json.find_layout(head)
    except FileRefused as refused:
        # What looks only at bytes does not know the name of the file.
        raise FileRefused(name, refused.faults, refused.total) from None


def _scope(stated: dict[str, str]) -> tuple[str, ...] | None:
    """All countries, where the export says that neither side was narrowed."""
    sides = [stated.get("origin"), stated.get("country_of_asylum")]
    return ("ALL",) if sides == ["", ""] else None


def _typed(raw: pd.DataFrame, layout: Layout, faults: Faults) -> pd.DataFrame:
    """Give the text columns their types and check cells and keys."""
    dataset = layout.dataset
    places = raw["source_ref"]
    columns: dict[str, pd.Series] = {YEAR: _years(raw, dataset, faults)}
    for column in (*IDENTITY[1:], *DIMENSION_COLUMNS[dataset]):
        columns[column] = _category(raw, column)
    for side in ("coo", "coa"):
        code, name = columns[f"{side}_iso"], columns[f"{side}_name"]
        columns[f"{side}_iso"] = _with_special_codes(code, name)
    withheld: dict[str, np.ndarray] = {}
    for column in VALUE_COLUMNS[dataset]:
        if column in raw:
            columns[column], withheld[column] = as_counts(raw[column], places, column, faults)
        else:
            columns[column] = pd.Series(pd.NA, index=raw.index, dtype="Int64")
    columns["suppressed"] = _joined(withheld, raw.index)
    columns["source_ref"] = places
    frame = pd.DataFrame(columns)
    # Without one of its columns, every key would look repeated: the column is the fault.
    if {*KEYS[dataset]} & {*required(dataset, layout.form)} <= {*raw.columns}:
        _check_areas(frame, faults)
        _check_names(frame, faults)
        _check_repeats(frame, dataset, faults)
    return frame


def _with_special_codes(codes: pd.Series, names: pd.Series) -> pd.Series:
    """Codes where the website leaves them blank: for what is no country it prints only a name."""
    blank = codes.isna() & names.notna()
    if not blank.any():
        return codes
    special = names[blank].astype("str").str.strip().map(SPECIAL_NAMES)
    return codes.astype("str").mask(blank, special).astype("category")


def _years(raw: pd.DataFrame, dataset: str, faults: Faults) -> pd.Series:
    if YEAR not in raw:
        return pd.Series(pd.NA, index=raw.index, dtype="Int64")
    first, last = FIRST_YEAR[dataset], date.today().year + 1
    codes, uniques = pd.factorize(raw[YEAR])
    good = [
        t.isascii() and t.isdigit() and len(t) == 4 and first <= int(t) <= last for t in uniques
    ]
    numbers = [int(text) if ok else 0 for text, ok in zip(uniques, good, strict=True)]
    bad = ~np.array(good, dtype=bool)[codes]
    faults.add_rows(bad, raw["source_ref"], YEAR, raw[YEAR], f"a year from {first} to {last}")
    values = pd.arrays.IntegerArray(np.array(numbers, dtype=np.int64)[codes], bad)
    return pd.Series(values, index=raw.index)


def _category(raw: pd.DataFrame, column: str) -> pd.Series:
    """A column of text as categories; an empty cell, or a column that is not there, is missing."""
    if column not in raw:
        none = pd.Categorical.from_codes([-1] * len(raw), categories=pd.Index([], dtype="str"))
        return pd.Series(none, index=raw.index)
    cells = raw[column].astype("category")
    return cells.cat.remove_categories([""]) if "" in cells.cat.categories else cells


def _joined(withheld: dict[str, np.ndarray], index: pd.Index) -> pd.Series:
    """Name in each row the columns that are withheld."""
    names = np.full(len(index), "", dtype=object)
    for column, rows in withheld.items():
        if rows.any():
            names[rows] = [f"{name};{column}" if name else column for name in names[rows]]
    return pd.Series(names, index=index, dtype="str").astype("category")


def _check_areas(frame: pd.DataFrame, faults: Faults) -> None:
    """Each side needs a code or a name; exports of 2021 have no code for Unknown."""
    for side in ("coo", "coa"):
        blank = frame[[f"{side}_iso", side, f"{side}_name"]].isna().all(axis=1).to_numpy()
        if blank.any():
            empty = pd.Series("", index=frame.index, dtype="str")
            told = "the code or the name of an area"
            faults.add_rows(blank, frame["source_ref"], f"{side}_iso", empty, told)


def _check_names(frame: pd.DataFrame, faults: Faults) -> None:
    """One name, or one code of UNHCR's own, is one area: a code that slipped is told by both.

    A code may have several names, as a country that changes its name in the course of the years.
    """
    for told in ("name", "own"):
        label_of = {side: f"{side}_name" if told == "name" else side for side in ("coo", "coa")}
        pairs = [
            (name, code)
            for side, label in label_of.items()
            for name, code in zip(
                frame[label].astype("object"), frame[f"{side}_iso"].astype("object"), strict=True
            )
            if isinstance(name, str) and isinstance(code, str)
        ]
        if len(set(pairs)) == len({name for name, _ in pairs}):
            continue
        both = pd.DataFrame(pairs, columns=["label", "iso"], dtype="object")
        counts = both.value_counts(["label", "iso"]).rename("rows").reset_index()
        usual = counts.drop_duplicates("label").set_index("label")["iso"]
        for side, label in label_of.items():
            expected = frame[label].astype("object").map(usual)
            code = frame[f"{side}_iso"]
            bad = (expected.notna() & code.notna() & (expected != code)).to_numpy(dtype=bool)
            for row in np.flatnonzero(bad)[:MAX_FAULTS]:
                meant = f"{expected.iloc[row]}, as elsewhere with {frame[label].iloc[row]!r}"
                place = str(frame["source_ref"].iloc[row])
                faults.add(place, f"{side}_iso", str(code.iloc[row]), meant)


def _check_repeats(frame: pd.DataFrame, dataset: str, faults: Faults) -> None:
    """Find repeated keys; an area without a code is told by its name."""
    keyed = frame[[*KEYS[dataset], "source_ref"]].copy()
    for side in ("coo", "coa"):
        code = f"{side}_iso"
        if frame[code].isna().any():
            names = frame[f"{side}_name"].astype("str")
            keyed[code] = frame[code].astype("str").fillna(names)
    find_repeats(keyed, KEYS[dataset], "source_ref", faults)
