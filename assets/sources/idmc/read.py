"""Read IDMC's figures, in whichever of their formats, into its own columns with their types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from assets.sources.idmc import from_json, from_table
from assets.sources.idmc.counts import SOURCE
from assets.sources.idmc.typed import Cells, typed
from assets.sources.reading import (
    HEAD_BYTES,
    Faults,
    FileRefused,
    NotRecognised,
    Reading,
    open_bounded,
    refuse_if_no_data,
)
from assets.sources.workbooks import Sheet, is_workbook, open_workbook

# A displacement workbook also holds sheets of these; the first that is there names the file.
_FIRST = ("displacements", "disasters", "disaggregated", "figure_analyses", "sex_age")


def recognise(head: bytes) -> str | None:
    """Tell the dataset of a JSON or CSV file by its content.

    Args:
        head: The first 64 KiB of the file, unpacked.

    Returns:
        The dataset, also where a column is renamed: ``read`` then says which. None for what is
        no table of IDMC, and for workbooks (see ``recognise_sheets``).

    Raises:
        FileRefused: The file is empty, a web page, the API's refusal, or an answer without rows.
    """
    refuse_if_no_data(head)
    if is_workbook(head):
        return None
    layout = from_json.find_layout(head)
    if layout is not None:
        return layout.dataset
    table = from_table.csv_head(head)
    return None if table is None else table.layout.dataset


def recognise_sheets(sheets: Mapping[str, Sheet]) -> str | None:
    """Tell the dataset of a workbook by the headers of its sheets.

    Args:
        sheets: Its sheets by name.

    Returns:
        displacements where that sheet is there, though that export holds sex_age and, since 2024,
        figure_analyses too; else what it holds. None for what is no workbook of IDMC.
    """
    held = from_table.tables_of(sheets)
    return next((dataset for dataset in _FIRST if dataset in held), None)


def read(path: Path, dataset: str | None = None) -> Reading:
    """Read a file of IDMC, plain or packed with gzip.

    Takes the exports as workbooks or with the same headers as CSV, with or without HXL's row of
    tags, the API's lists with their pages, and the GeoJSON of single figures.

    Args:
        path: The file; its name is not looked at.
        dataset: Of a workbook with several tables, the one to read, such as sex_age of the
            displacement export. If not given, what ``recognise_sheets`` tells.

    Returns:
        A frame in the columns of ``schemas.sources.idmc.MODELS[dataset]`` without release and
        extract_id; counts of persons (Int64), missing where IDMC prints nothing. Neither
        release nor scope stands in a file; ``stated`` has date_extracted and last_update.

    Raises:
        FileRefused: With every fault and its place.
        NotRecognised: The file is no table of IDMC.
    """
    data = open_bounded(path)
    head = data[:HEAD_BYTES]
    refuse_if_no_data(head, path.name)
    if is_workbook(head):
        return read_sheets(path.name, open_workbook(path), dataset)
    faults = Faults(path.name)
    try:
        layout = from_json.find_layout(head)
    except FileRefused as refused:
        # What looks only at bytes does not know the name of the file.
        raise FileRefused(path.name, refused.faults, refused.total) from None
    if layout is not None:
        cells, stated = from_json.read_json(data, layout, faults)
        return _reading(cells, layout.dataset, stated, faults)
    found = from_table.read_csv(data, faults) if from_table.csv_head(head) else None
    if found is None:
        raise NotRecognised(f"{path.name}: no table of IDMC")
    table, lines = found
    return _read_table(table, {}, faults, lines)


def read_sheets(file: str, sheets: Mapping[str, Sheet], dataset: str | None = None) -> Reading:
    """Read a workbook that is open.

    Args:
        file: Name of the file, for messages.
        sheets: Its sheets by name.
        dataset: The table to read, as in ``read``.

    Returns:
        As ``read``.

    Raises:
        FileRefused: With every fault and its cell.
        NotRecognised: There is no such table in it.
    """
    held = from_table.tables_of(sheets)
    wanted = dataset or next((one for one in _FIRST if one in held), None)
    if wanted not in held:
        raise NotRecognised(f"{file}: no table {wanted or ''} of IDMC".replace("  ", " "))
    return _read_table(held[wanted], from_table.stated_by(sheets), Faults(file))


def _read_table(
    table: from_table.Table,
    stated: dict[str, str],
    faults: Faults,
    lines: Sequence[int] | None = None,
) -> Reading:
    cells = from_table.cells_of(table, faults, lines)
    return _reading(cells, table.layout.dataset, stated, faults)


def _reading(cells: Cells, dataset: str, stated: dict[str, str], faults: Faults) -> Reading:
    frame = typed(cells, dataset, faults)
    faults.refuse_any()
    return Reading(SOURCE, dataset, None, frame, stated, None)
