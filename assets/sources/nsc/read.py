"""Read NSC's files: open data, dynamic tables, SDG tables and the press figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from assets.sources.nsc.dynamic import find_header, read_tables
from assets.sources.nsc.labels import MIGRATION
from assets.sources.nsc.opendata import is_open_data, read_open_data
from assets.sources.nsc.tables import dataset_of, read_table
from assets.sources.reading import (
    HEAD_BYTES,
    Faults,
    NotRecognised,
    Reading,
    open_bounded,
    refuse_if_no_data,
)
from assets.sources.workbooks import Sheet, is_workbook, open_workbook
from schemas.sources.nsc import MODELS

SOURCE = "nsc"
# A national publisher: all of the country's rows are in its file.
SCOPE = ("KGZ",)


def recognise(head: bytes) -> str | None:
    """Tell the dataset of a file that is no workbook, by its content.

    Args:
        head: The first 64 KiB of the file, unpacked.

    Returns:
        The dataset, also where a column or key is renamed: ``read`` then says which. Open data of
        any category are ``opendata`` here. None for what is no table of NSC.

    Raises:
        FileRefused: The file is empty, or a web page.
    """
    refuse_if_no_data(head)
    return "opendata" if is_open_data(head) else dataset_of(head)


def recognise_sheets(sheets: Mapping[str, Sheet]) -> str | None:
    """Tell whether a workbook holds dynamic tables; of any topic, they are ``dynamic`` here."""
    return "dynamic" if any(find_header(sheet) for sheet in sheets.values()) else None


def read(path: Path) -> Reading:
    """Read a file of NSC; its name is not looked at.

    Args:
        path: Open data (JSON of any category), a dynamic table (a workbook of any code, labels in
            any order), a table of the SDG platform (English or Russian) or the press figures.

    Returns:
        A frame in the columns of the dataset's model in ``schemas.sources.nsc``, but for release
        and extract. Open data and dynamic tables of another topic than migration across the
        border are ``opendata_other`` and ``dynamic_other``. No file says its release.

    Raises:
        FileRefused: With every fault and its place.
        NotRecognised: The file is nothing of NSC.
    """
    data = open_bounded(path)
    head = data[:HEAD_BYTES]
    refuse_if_no_data(head, path.name)
    if is_workbook(head):
        return read_sheets(path.name, open_workbook(path))
    faults = Faults(path.name)
    if is_open_data(head):
        frame, stated = read_open_data(data, faults)
        about_migration = frame["indicator"].isin(MIGRATION).any()
        return _reading("opendata" if about_migration else "opendata_other", frame, stated, faults)
    dataset = dataset_of(head)
    if dataset is None:
        raise NotRecognised(f"{path.name}: no table of NSC")
    return _reading(dataset, read_table(data, dataset, faults), {}, faults)


def read_sheets(file: str, sheets: Mapping[str, Sheet]) -> Reading:
    """Read the dynamic tables of an open workbook; as ``read``."""
    if recognise_sheets(sheets) is None:
        raise NotRecognised(f"{file}: no dynamic table of NSC")
    faults = Faults(file)
    frame, stated, external = read_tables(sheets, faults)
    dataset = "dynamic" if external and frame["indicator"].notna().any() else "dynamic_other"
    return _reading(dataset, frame, stated, faults)


def _reading(dataset: str, frame: pd.DataFrame, stated: dict[str, str], faults: Faults) -> Reading:
    faults.refuse_any()
    columns = [one.name for one in MODELS[dataset].fields]
    kept = [name for name in columns if name not in ("release", "extract_id")]
    return Reading(SOURCE, dataset, None, frame[kept], stated, SCOPE)
