"""What can be wrong with a file or a table, told so that a person can find the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_FAULTS = 20


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, with its place.

    Attributes:
        place: Where in the file or table: a line, a sheet and cell, a JSON path or a row.
        column: The column, or None when the whole row or file is meant.
        value: The value that was found, or None when something is missing.
        expected: What should have been there.
    """

    place: str
    column: str | None
    value: str | None
    expected: str

    def __str__(self) -> str:
        """One sentence: place, column, value, expectation."""
        where = self.place if self.column is None else f"{self.place}, column {self.column}"
        found = "" if self.value is None else f"found {self.value!r}, "
        return f"{where}: {found}expected {self.expected}"


class Refused(Exception):
    """Something that may not be taken as it is, with capped faults.

    Attributes:
        subject: The file or table that is refused.
        faults: At most ``MAX_FAULTS`` faults.
        total: How many faults there are in all.
        recognised: Publisher and dataset of a refused file, if they could be told.
    """

    recognised: tuple[str, str] | None = None

    def __init__(self, subject: str, faults: Sequence[Fault], total: int | None = None) -> None:
        """Keep the first faults and count all of them."""
        self.subject = subject
        self.faults = tuple(faults[:MAX_FAULTS])
        self.total = len(faults) if total is None else total
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        left_out = self.total - len(self.faults)
        rest = f"\n  and {left_out} more" if left_out > 0 else ""
        noun = "fault" if self.total == 1 else "faults"
        super().__init__(f"{subject}: {self.total} {noun}\n{listed}{rest}")
