"""``migmap read FILE``: say what a file is and what is wrong with it, without landing it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from assets.sources import gate
from assets.sources.reading import NotRecognised
from assets.sources.sidecar import read_sidecar
from pipelines.cli.console import EXIT_FAULTS, EXIT_NOT_RECOGNISED, complain, out, say
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
        reading = gate.read_checked(file, reference_data.load(), read_sidecar(file))
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
        complain(told["message"])
        return
    if told["faults"]:
        table = Table("place", "column", "found", "expected")
        for fault in told["faults"]:
            found = "" if fault["value"] is None else repr(fault["value"])
            cells = (fault["place"], fault["column"] or "", found, fault["expected"])
            table.add_row(*map(escape, cells))
        say(f"Faults of {told['file']}")
        out.print(table)
        say(f"{_counted(told)}; a refresh would refuse this file.")
        return
    for name in ("source", "dataset", "release", "scope"):
        say(f"{name:8} {told[name]}")
    say(f"rows     {told['rows']:,}")
    say("no faults")


def _counted(told: dict[str, Any]) -> str:
    total, shown = told["total_faults"], len(told["faults"])
    noun = "fault" if total == 1 else "faults"
    return f"{total:,} {noun}" + (f", the first {shown} shown" if shown < total else "")
