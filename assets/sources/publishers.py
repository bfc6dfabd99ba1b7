"""The publishers that are ingested: one entry each, and the folder of the same name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

from assets.sources.idmc import lineage as idmc_lineage
from assets.sources.idmc import read as idmc_read
from assets.sources.iom_report import lineage as iom_report_lineage
from assets.sources.iom_report import read as iom_report_read
from assets.sources.nbkr import lineage as nbkr_lineage
from assets.sources.nbkr import read as nbkr_read
from assets.sources.nsc import lineage as nsc_lineage
from assets.sources.nsc import read as nsc_read
from assets.sources.undesa import lineage as undesa_lineage
from assets.sources.undesa import read as undesa_read
from assets.sources.unhcr import lineage as unhcr_lineage
from assets.sources.unhcr import read as unhcr_read

# Upstream asset key and column, by column.
Columns = Mapping[str, Sequence[tuple[Sequence[str], str]]]


@dataclass(frozen=True)
class Publisher:
    """A publisher's parts that do not need Dagster.

    Attributes:
        name: Name of its folder, which is the first part of its asset keys.
        reader: Its module ``read``: ``recognise(head)`` and ``read(path)``.
        column_lineage: Which of its columns each column of its observations is made of.
        further: Names of the tables that it makes beside observations and quality issues.
        sides: Columns that name the countries of a row, by side; of one side the first that is
            filled counts. Where a publisher names none, its rows are not held against the scope of
            their file.
    """

    name: str
    reader: ModuleType
    column_lineage: Columns
    further: tuple[str, ...] = ()
    sides: tuple[tuple[str, ...], ...] = ()


PUBLISHERS: tuple[Publisher, ...] = (
    Publisher(
        "idmc",
        idmc_read,
        idmc_lineage.COLUMN_LINEAGE,
        further=("displacement_event",),
        sides=(("iso3",),),
    ),
    Publisher(
        "iom_report", iom_report_read, iom_report_lineage.COLUMN_LINEAGE, further=("profile",)
    ),
    Publisher("nbkr", nbkr_read, nbkr_lineage.COLUMN_LINEAGE),
    Publisher("nsc", nsc_read, nsc_lineage.COLUMN_LINEAGE),
    Publisher(
        "undesa",
        undesa_read,
        undesa_lineage.COLUMN_LINEAGE,
        sides=(
            ("destination_m49", "destination_name"),
            ("origin_m49", "origin_name"),
            ("country_code",),
            ("orig",),
            ("dest",),
        ),
    ),
    Publisher(
        "unhcr", unhcr_read, unhcr_lineage.COLUMN_LINEAGE, sides=(("coo_iso",), ("coa_iso",))
    ),
)
NAMES: tuple[str, ...] = tuple(one.name for one in PUBLISHERS)


def sides_of(source: str) -> tuple[tuple[str, ...], ...]:
    """A publisher's columns that name the countries of a row, by side."""
    return next((one.sides for one in PUBLISHERS if one.name == source), ())


def makers_of(table: str) -> tuple[str, ...]:
    """Names of the publishers that make a further table."""
    return tuple(one.name for one in PUBLISHERS if table in one.further)
