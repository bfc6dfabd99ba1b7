"""Write the current stocks and flows as SDMX-CSV 2.0, with their structure message."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.io.pd import PandasDataset

from assets.outputs.sdmx.structure import (
    AGENCY,
    DATAFLOWS,
    DIMENSIONS,
    FREE_TEXT,
    PARTS,
    VERSION,
    Structure,
    structure,
    write_structure,
)
from warehouse.files import replacing_folder

MARKER = "migmap-sdmx.json"
STRUCTURE_FILE = "structure.json"
# A year, a month or a quarter where the span is one; else the first day and how long it lasts.
_SPAN = """
CASE
    WHEN day(period_start) <> 1 OR period_end <> last_day(period_end)
    THEN strftime(period_start, '%Y-%m-%d') || '/P'
        || (date_diff('day', period_start, period_end) + 1) || 'D'
    WHEN freq = 'M' AND period_end = last_day(period_start) THEN strftime(period_start, '%Y-%m')
    WHEN freq = 'Q' AND date_diff('month', period_start, period_end) = 2
        AND month(period_start) % 3 = 1
    THEN year(period_start) || '-Q' || quarter(period_start)
    WHEN freq = 'A' AND month(period_start) = 1 AND month(period_end) = 12
        AND year(period_start) = year(period_end)
    THEN CAST(year(period_start) AS VARCHAR)
    WHEN (date_diff('month', period_start, period_end) + 1) % 12 = 0
    THEN strftime(period_start, '%Y-%m-%d') || '/P'
        || (date_diff('month', period_start, period_end) + 1) // 12 || 'Y'
    ELSE strftime(period_start, '%Y-%m-%d') || '/P'
        || (date_diff('month', period_start, period_end) + 1) || 'M'
END
"""
TIME_PERIOD = {"stock": "strftime(reference_date, '%Y-%m-%d')", "flow": _SPAN}


class ExportRefused(ValueError):
    """Figures that the format can't hold; nothing was written."""


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        folder: The folder.
        rows: Observations by dataflow.
    """

    folder: Path
    rows: dict[str, int]


def observations(connection: duckdb.DuckDBPyConnection, measure: str) -> pd.DataFrame:
    """The current figures of a measure in the columns of the data structure.

    Args:
        connection: The published file.
        measure: ``stock`` or ``flow``.

    Returns:
        A column a component, in its order: text, ``OBS_VALUE`` and ``PRECISION`` float64, in the
        unit of ``UNIT_MEASURE``, missing where the status says why. ``:`` and ``%`` in free text
        are percent-encoded (in DETAIL ``%`` is already).
    """
    columns = [f'{_expression(part.id, part.field.name, measure)} AS "{part.id}"' for part in PARTS]
    query = f"SELECT {', '.join(columns)} FROM {measure} ORDER BY ALL"
    return connection.execute(query).df()


def _expression(name: str, column: str, measure: str) -> str:
    if name == "TIME_PERIOD":
        return f"({TIME_PERIOD[measure]})"
    if name == "DETAIL":
        return f"replace({column}, ':', '%3A')"
    if name in FREE_TEXT:
        return f"replace(replace({column}, '%', '%25'), ':', '%3A')"
    return f'"{column}"'


def refuse_unknown(told: Structure, figures: pd.DataFrame) -> None:
    """Refuse codes that no code list has, and keys that stand twice.

    Args:
        told: The structure.
        figures: What ``observations`` gives.

    Raises:
        ExportRefused: With the first of them.
    """
    for part in PARTS:
        if part.codelist is not None:
            unknown = {*figures[part.id].dropna().unique()} - told.codes(part.codelist)
            if unknown:
                raise ExportRefused(f"{part.id}: {sorted(unknown)[:5]} not in {part.codelist}")
    repeated = figures[figures.duplicated(list(DIMENSIONS))]
    if len(repeated):
        first = ".".join(str(repeated.iloc[0][name]) for name in DIMENSIONS)
        raise ExportRefused(f"{len(repeated)} observations repeat a key, the first {first}")


def export_sdmx(connection: duckdb.DuckDBPyConnection, target: Path) -> Exported:
    """Write ``structure.json``, ``stock.csv`` and ``flow.csv`` into a folder.

    Args:
        connection: The published file.
        target: The folder; an earlier export there is replaced when the new one is complete.

    Raises:
        ExportRefused: A code is in no code list, or a key stands twice.
        warehouse.files.NotOurs: The folder holds something else.
    """
    told = structure(connection)
    rows = {}
    with replacing_folder(target, MARKER) as folder:
        write_structure(told, folder / STRUCTURE_FILE)
        for measure, dataflow in DATAFLOWS.items():
            figures = observations(connection, measure)
            refuse_unknown(told, figures)
            dataset = PandasDataset(
                structure=f"Dataflow={AGENCY}:{dataflow}({VERSION})", data=_as_text(figures)
            )
            write_sdmx([dataset], Format.DATA_SDMX_CSV_2_0_0, str(folder / f"{measure}.csv"))
            rows[dataflow] = len(figures)
        ((build,),) = connection.execute("SELECT build_id FROM build").fetchall()
        marker = {"build_id": build, "observations": rows}
        (folder / MARKER).write_text(json.dumps(marker) + "\n", encoding="utf-8")
    return Exported(target, rows)


def _as_text(figures: pd.DataFrame) -> pd.DataFrame:
    """All columns as text: whole numbers without a point, nothing for what is missing."""
    texts = figures.astype(object).where(figures.notna(), "")
    for name in ("OBS_VALUE", "PRECISION"):
        texts[name] = ["" if math.isnan(value) else _number(value) for value in figures[name]]
    return texts


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(float(value))
