"""Clean cells of spreadsheets and text tables: numbers as publishers write them."""

from __future__ import annotations

import re

from assets.sources.reading import Faults

# No-break, narrow no-break and thin spaces stand between thousands.
_SPACES = str.maketrans("", "", "\u00a0\u202f\u2009 ")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Cells that hold no figure; what that means is the publisher's matter.
NO_FIGURE = frozenset(("", "-", "\u2013", "\u2014", "..", "...", "\u2026", "x", "X"))


def number(cell: object) -> float | None:
    """A cell's number.

    Args:
        cell: A number, or text with thousands spaces, a decimal comma or a trailing ``*``.

    Returns:
        The number; None for a cell that holds no figure (see ``NO_FIGURE``).

    Raises:
        ValueError: The cell holds something else.
    """
    if cell is None:
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    text = str(cell).strip()
    if text in NO_FIGURE:
        return None
    plain = text.rstrip("*").translate(_SPACES).replace(",", ".").replace("\u2212", "-")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"not a number: {text!r}")
    return float(plain)


def number_or_fault(cell: object, place: str, column: str, faults: Faults) -> float | None:
    """A cell's number, or None and a fault when it holds something else.

    Args:
        cell: The cell.
        place: Where it is.
        column: What it should hold.
        faults: Takes the fault.
    """
    try:
        return number(cell)
    except ValueError:
        faults.add(place, column, str(cell)[:60], "a number, or a sign for none")
        return None


def label(cell: object) -> str:
    """A label: text with white space and line breaks folded, no trailing star."""
    return " ".join(str(cell).replace("\u00a0", " ").split()).rstrip("*").rstrip()


def year(cell: object) -> int | None:
    """A year from 1900 to 2100, from a number or text; None if it is none."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    return int(text) if re.fullmatch(r"(19|20)\d\d|2100", text) else None
