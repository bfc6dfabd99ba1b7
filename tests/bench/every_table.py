"""The global tables of the three publishers: what is measured, and how it is laid out for a run.

A folder of figures holds a folder a publisher: ``unhcr/``, ``idmc/``, ``undesa/``. Nothing large is
imported here (see child.py): workbooks are written by processes of their own.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from child import run, script

MANIFEST = ".manifest.json"


@dataclass(frozen=True)
class GlobalTable:
    """A file that holds a publisher's table for the whole world.

    Attributes:
        given: Where it is in a folder of figures.
        laid_out: What it is called once it is laid out.
        publisher: Its publisher.
        release: Its release.
    """

    given: str
    laid_out: str
    publisher: str
    release: str

    @property
    def dataset(self) -> str:
        """The publisher's table."""
        return self.laid_out.split(".", 1)[0]

    @property
    def sidecar(self) -> dict[str, object]:
        """What the file does not say itself."""
        return {
            "publisher": self.publisher, "dataset": self.dataset, "release": self.release,
            "scope": ["ALL"],
        }  # fmt: skip


UNHCR = tuple(
    GlobalTable(f"unhcr/global_{one}_end2023.csv.gz", f"{one}.csv.gz", "unhcr", "2023-end")
    for one in ("population", "asylum_applications", "asylum_decisions", "solutions")
)
BILATERAL = GlobalTable(
    "undesa/global_bilateral_rev2020_long.parquet", "destination_origin.xlsx", "undesa", "2020"
)
TABLES = (
    *UNHCR,
    *(
        GlobalTable(f"idmc/gidd_{one}_2023-11-20.xlsx", f"{one}.xlsx", "idmc", "2023")
        for one in ("displacements", "disasters")
    ),
    BILATERAL,
)


def lay_out(given: Path, folder: Path, tables: tuple[GlobalTable, ...] = TABLES) -> None:
    """Put the tables in the form in which their publishers give them.

    UN DESA's figures become a workbook. Beside every workbook the same figures are written as CSV,
    for DuckDB.

    Args:
        given: A folder of figures.
        folder: Where the files go.
        tables: Which.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for one in tables:
        if one is BILATERAL:
            run(script("undesa_workbook", given / one.given, folder / one.laid_out))
        else:
            shutil.copyfile(given / one.given, folder / one.laid_out)
        if one.laid_out.endswith(".xlsx"):
            run(script("sheet_to_csv", folder / one.laid_out, folder / f"{one.dataset}.csv"))


def make_up(given: Path) -> None:
    """Make up a folder of figures: UNHCR's tables in their shape and size."""
    for one in UNHCR:
        (given / one.given).parent.mkdir(parents=True, exist_ok=True)
        run(script("made_up_figures", given / one.given, one.dataset))


def fill_inbox(home: Path, folder: Path) -> None:
    """Put what is laid out in a folder into the inbox of a home, each with its sidecar."""
    inbox = home / "var" / "inbox"
    inbox.mkdir(parents=True)
    for one in TABLES:
        if (folder / one.laid_out).is_file():
            shutil.copyfile(folder / one.laid_out, inbox / one.laid_out)
            told = json.dumps(one.sidecar)
            (inbox / f"{one.laid_out}{MANIFEST}").write_text(told, encoding="utf-8")
