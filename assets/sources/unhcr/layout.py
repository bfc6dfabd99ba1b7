"""The columns of UNHCR's datasets, in the API's names and in those of the website's exports.

Source: the API's answers as recorded by its users, and the website's exports of 2021 and 2024,
whose headers differ from each other. The frame always has the API's names.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assets.sources.reading import Faults

# UNHCR's names of origins that are no country, which the website prints without a code.
SPECIAL_NAMES = {"Unknown": "UNK", "Stateless": "XXA", "Tibetan": "TIB"}
Form = Literal["api", "website"]

YEAR = "year"
IDENTITY = (YEAR, "coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso")

# UNHCR's internal numbers of areas: sent by the API, needed by nobody, not in the frame.
LEFT_OUT = ("coo_id", "coa_id")

DIMENSION_COLUMNS: dict[str, tuple[str, ...]] = {
    "population": (),
    "demographics": ("pop_type", "location", "loc_type", "acc_type"),
    "asylum_applications": ("procedure_type", "app_type", "dec_level", "app_pc"),
    "asylum_decisions": ("procedure_type", "dec_level", "dec_pc"),
    "solutions": (),
}

_AGES = ("0_4", "5_11", "12_17", "18_59", "60", "other", "total")

VALUE_COLUMNS: dict[str, tuple[str, ...]] = {
    "population": (
        "refugees",
        "asylum_seekers",
        "returned_refugees",
        "idps",
        "returned_idps",
        "stateless",
        "ooc",
        "oip",
        "hst",
    ),
    "demographics": (*(f"f_{a}" for a in _AGES), *(f"m_{a}" for a in _AGES), "total"),
    "asylum_applications": ("applied",),
    "asylum_decisions": (
        "dec_recognized",
        "dec_other",
        "dec_rejected",
        "dec_closed",
        "dec_total",
    ),
    "solutions": ("returned_refugees", "resettlement", "naturalisation", "returned_idps"),
}

# What tells one published row from another. The codes of UNHCR's own list say the same as ISO's.
KEYS: dict[str, tuple[str, ...]] = {
    dataset: (YEAR, "coo_iso", "coa_iso", *dimensions)
    for dataset, dimensions in DIMENSION_COLUMNS.items()
}

# The first year that UNHCR publishes of each dataset.
FIRST_YEAR: dict[str, int] = {
    "population": 1951,
    "demographics": 2001,
    "asylum_applications": 2000,
    "asylum_decisions": 2000,
    "solutions": 1959,
}

# Older names of the API's columns.
_API_ALIASES = {"vda": "oip"}

_WEBSITE_IDENTITY = {
    "Year": YEAR,
    "Country of origin": "coo_name",
    "Country of origin (ISO)": "coo_iso",
    "Country of asylum": "coa_name",
    "Country of asylum (ISO)": "coa_iso",
}

_SEXES = {"f": "Female", "m": "Male"}

# Literal API names ("hst", "f_other", "applied") stand among the website's labels, so these are
# taken as well; the misspelling is UNHCR's.
_WEBSITE: dict[str, dict[str, str]] = {
    "population": {
        "Refugees under UNHCR's mandate": "refugees",
        "Asylum-seekers": "asylum_seekers",
        "Returned refugees": "returned_refugees",
        "IDPs of concern to UNHCR": "idps",
        "Returned IDPs": "returned_idps",
        "Returned IDPss": "returned_idps",
        "Stateless persons": "stateless",
        "Others of concern": "ooc",
        "Venezuelans displaced abroad": "oip",
        "Other people in need of international protection": "oip",
        "Host Community": "hst",
    },
    "demographics": {
        **{
            f"{word} {age.replace('_', ' - ')}": f"{sex}_{age}"
            for sex, word in _SEXES.items()
            for age in _AGES
        },
        "Total": "total",
    },
    "asylum_applications": {
        "Authority": "procedure_type",
        "Application type": "app_type",
        "Stage of procedure": "dec_level",
        "Cases / Persons": "app_pc",
    },
    "asylum_decisions": {
        "Authority": "procedure_type",
        "Stage of procedure": "dec_level",
        "Cases / Persons": "dec_pc",
        "Recognized decisions": "dec_recognized",
        "Complementary protection": "dec_other",
        "Rejected decisions": "dec_rejected",
        "Otherwise closed": "dec_closed",
        "Total decisions": "dec_total",
    },
    "solutions": {
        "Returned refugees": "returned_refugees",
        "Resettlement arrivals": "resettlement",
        "Naturalisation": "naturalisation",
        "Returned IDPs": "returned_idps",
        "Returned IDPss": "returned_idps",
    },
}

# How alike a renamed header must be to be taken for the one that was meant.
_ALIKE = 0.8


@dataclass(frozen=True)
class Layout:
    """What the head of a file says it is."""

    dataset: str
    form: Form


def frame_columns(dataset: str) -> tuple[str, ...]:
    """All columns of a dataset that a file can hold, in the frame's order."""
    return (*IDENTITY, *DIMENSION_COLUMNS[dataset], *VALUE_COLUMNS[dataset])


def plain(label: str) -> str:
    """A label without what drifts between exports: apostrophes, case and spacing."""
    return " ".join(label.replace("\u2019", "'").split()).casefold()


def labels(dataset: str, form: Form) -> dict[str, str]:
    """The labels a file of this form may have, each with the API's name of its column."""
    own = {c: c for c in (*DIMENSION_COLUMNS[dataset], *VALUE_COLUMNS[dataset])}
    if form == "api":
        aliases = {old: new for old, new in _API_ALIASES.items() if new in own}
        return {**{c: c for c in (*IDENTITY, *LEFT_OUT)}, **own, **aliases}
    return {**_WEBSITE_IDENTITY, **_WEBSITE[dataset], **own}


def required(dataset: str, form: Form) -> tuple[str, ...]:
    """The columns that a file of this form must have.

    The API sends all. A website export has the value columns that were asked for, and splits by
    place only on request; without the codes of both sides nobody can tell whose figures they are.
    """
    if form == "api":
        return frame_columns(dataset)
    splits = () if dataset == "demographics" else DIMENSION_COLUMNS[dataset]
    return (YEAR, "coo_iso", "coa_iso", *splits)


def _hits(header: Sequence[str], known: Mapping[str, str]) -> list[str | None]:
    """The column meant by each cell of a header, also where it is only nearly right."""
    by_plain = {plain(label): column for label, column in known.items()}
    found = []
    for cell in header:
        own = plain(cell)
        if own not in by_plain:
            # Looked for only where it is needed: it costs more than the rest of the reading.
            own = next(iter(difflib.get_close_matches(own, by_plain, n=1, cutoff=_ALIKE)), "")
        found.append(by_plain.get(own))
    return found


# The same header is asked for when a file is recognised and when it is read.
@lru_cache(maxsize=64)
def classify(header: tuple[str, ...]) -> Layout | None:
    """Tell the dataset and the form by a header that may be only nearly right.

    Three columns that say when, from where and to where must be there, and of the others more
    than half must be the dataset's: ``total`` alone, as in UNHCR's series of other agencies,
    decides nothing.
    """
    form: Form = "api"
    of_identity = _hits(header, {c: c for c in (*IDENTITY, *LEFT_OUT)})
    if sum(column is not None for column in of_identity) < 3:
        form = "website"
        of_identity = _hits(header, _WEBSITE_IDENTITY)
    if sum(column is not None for column in of_identity) < 3:
        return None
    others = [cell for cell, column in zip(header, of_identity, strict=True) if column is None]
    best: tuple[int, float, str] | None = None
    for dataset, values in VALUE_COLUMNS.items():
        meant = {c for c in _hits(others, labels(dataset, form)) if c is not None}
        if meant <= {"total"} or 2 * len(meant) <= len(others):
            continue
        own = len(DIMENSION_COLUMNS[dataset]) + len(values)
        best = max(best or (0, 0.0, ""), (len(meant), len(meant) / own, dataset))
    return Layout(best[2], form) if best else None


def resolve_header(
    header: Sequence[str], layout: Layout, place: str, faults: Faults
) -> list[str | None]:
    """Give the API's name of each column of a header.

    Args:
        header: The header's cells, or the keys of an item.
        layout: What the file is.
        place: The header's place in the file.
        faults: Takes a fault for every column that is unknown, renamed, doubled or missing.

    Returns:
        A name for each cell; None for a column that is left out or not known.
    """
    known = labels(layout.dataset, layout.form)
    by_label = known if layout.form == "api" else {plain(k): v for k, v in known.items()}
    tidy = list(header) if layout.form == "api" else [plain(cell) for cell in header]
    names = [by_label.get(cell) for cell in tidy]
    missing = [c for c in required(layout.dataset, layout.form) if c not in names]
    explained = _explain_unknown(header, names, known, place, faults)
    for column in missing:
        if column not in explained:
            label = next(lab for lab, col in known.items() if col == column)
            faults.add(place, label, None, "this column, which is missing")
    for name in sorted({n for n in names if n is not None and names.count(n) > 1}):
        told = [cell for cell, n in zip(header, names, strict=True) if n == name]
        faults.add(place, name, ", ".join(told), "one column with this meaning")
    return [None if name in LEFT_OUT else name for name in names]


def _explain_unknown(
    header: Sequence[str],
    names: Sequence[str | None],
    known: Mapping[str, str],
    place: str,
    faults: Faults,
) -> set[str]:
    """Note the columns that nobody knows, each with the nearest one that is not there."""
    usual: dict[str, str] = {}
    for label, column in known.items():
        usual.setdefault(column, label)
    absent = {plain(label): label for column, label in usual.items() if column not in names}
    explained = set()
    for cell, name in zip(header, names, strict=True):
        if name is not None:
            continue
        near = difflib.get_close_matches(plain(cell), absent, n=1, cutoff=0.6)
        if near:
            label = absent[near[0]]
            explained.add(known[label])
            faults.add(place, cell, cell, f"the column {label!r}, the nearest that is known")
        else:
            faults.add(place, cell, cell, "no further column: this one is not known")
    return explained
