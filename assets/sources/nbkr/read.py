"""Read NBKR's files: remittances (assumed layout) and exchange rates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from assets.sources.nbkr.rates import find_rates, is_daily_xml, read_daily_xml, read_rates
from assets.sources.nbkr.remittances import is_remittances, read_remittances
from assets.sources.reading import (
    HEAD_BYTES,
    Faults,
    NotRecognised,
    Reading,
    open_bounded,
    refuse_if_no_data,
)
from assets.sources.workbooks import Sheet, is_workbook, open_workbook

SOURCE = "nbkr"
# A national publisher: all of the country's rows are in its file.
SCOPE = ("KGZ",)


def recognise(head: bytes) -> str | None:
    """Tell the dataset of a file that is no workbook: only the XML of exchange rates is known.

    Args:
        head: The first 64 KiB of the file, unpacked.

    Raises:
        FileRefused: The file is empty, or a web page.
    """
    refuse_if_no_data(head)
    return "exchange_rates" if is_daily_xml(head) else None


def recognise_sheets(sheets: Mapping[str, Sheet]) -> str | None:
    """Tell the dataset of a workbook: remittances or exchange rates; None for others."""
    if any(is_remittances(sheet) for sheet in sheets.values()):
        return "remittances"
    return None if find_rates(sheets) is None else "exchange_rates"


def read(path: Path) -> Reading:
    """Read a file of NBKR; its name is not looked at.

    Args:
        path: A workbook of remittances or of exchange rates, or the XML of a day's rates.

    Returns:
        A frame in the columns of the dataset's model in ``schemas.sources.nbkr``, but for release
        and extract: remittances in million US dollars, rates in soms. No file says its release.

    Raises:
        FileRefused: With every fault and its place.
        NotRecognised: The file is nothing of NBKR.
    """
    data = open_bounded(path)
    refuse_if_no_data(data[:HEAD_BYTES], path.name)
    if is_workbook(data):
        return read_sheets(path.name, open_workbook(path))
    if not is_daily_xml(data[:HEAD_BYTES]):
        raise NotRecognised(f"{path.name}: no table of NBKR")
    faults = Faults(path.name)
    return _reading("exchange_rates", read_daily_xml(data, faults), faults)


def read_sheets(file: str, sheets: Mapping[str, Sheet]) -> Reading:
    """Read an open workbook; as ``read``."""
    dataset = recognise_sheets(sheets)
    if dataset is None:
        raise NotRecognised(f"{file}: no table of NBKR")
    faults = Faults(file)
    reader = read_remittances if dataset == "remittances" else read_rates
    return _reading(dataset, reader(sheets, faults), faults)


def _reading(dataset: str, frame: pd.DataFrame, faults: Faults) -> Reading:
    faults.refuse_any()
    return Reading(SOURCE, dataset, None, frame, {}, SCOPE)
