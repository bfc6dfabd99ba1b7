"""``migmap read FILE``: say what a file is and what is wrong with it, without landing it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from assets.sources import gate
from assets.sources.reading import NotRecognised
from pipelines.cli.console import EXIT_FAULTS, EXIT_NOT_RECOGNISED, err, out
from schemas.faults import Refused
from warehouse import reference_data


def read(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Any file.")],
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Recognise a file by its content and check it.

    Exit codes: 0 clean, 1 faults, 2 not recognised.
    """
    told: dict[str, Any] = {"file": file.name}
    code = 0
    try:
        reading = gate.read_checked(file, reference_data.load(), gate.read_sidecar(file))
        told |= {
            "source": reading.source,
            "dataset": reading.dataset,
            "release": reading.release or gate.UNKNOWN,
            "scope": ";".join(reading.scope) if reading.scope else gate.UNKNOWN,
            "rows": len(reading.frame),
            "faults": [],
        }
    except NotRecognised as error:
        told |= {"source": None, "message": str(error)}
        code = EXIT_NOT_RECOGNISED
    except Refused as error:
        told |= {
            "total_faults": error.total,
            "faults": [
                {
                    "place": fault.place,
                    "column": fault.column,
                    "value": fault.value,
                    "expected": fault.expected,
                }
                for fault in error.faults
            ],
        }
        code = EXIT_FAULTS
    if as_json:
        out.print_json(json.dumps(told, ensure_ascii=False))
    else:
        _print(told)
    raise typer.Exit(code)


def _print(told: dict[str, Any]) -> None:
    if "message" in told:
        err.print(told["message"], markup=False, highlight=False)
        return
    if told["faults"]:
        table = Table("place", "column", "found", "expected", title=f"Faults of {told['file']}")
        for fault in told["faults"]:
            found = "" if fault["value"] is None else repr(fault["value"])
            table.add_row(fault["place"], fault["column"] or "", found, fault["expected"])
        out.print(table)
        out.print(f"{told['total_faults']} in all; a refresh would refuse this file.")
        return
    for name in ("source", "dataset", "release", "scope"):
        out.print(f"{name:8} {told[name]}", highlight=False, markup=False)
    out.print(f"rows     {told['rows']:,}", highlight=False)
    out.print("no faults")
