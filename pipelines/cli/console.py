"""Where the commands print, and how a status looks."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

out = Console()
err = Console(stderr=True)

# Told apart by sign as well as colour, for black and white and for colour-blind readers.
STATUS_SIGNS = {
    "available": "[green]●[/]",
    "partial": "[yellow]◐[/]",
    "not_available": "[red]○[/]",
}
STATUS_MARKS = {
    status: f"{sign} {status.replace('_', ' ')}" for status, sign in STATUS_SIGNS.items()
}
EXIT_FAILED = 1
EXIT_REFUSED = 2
EXIT_LOCKED = 3
EXIT_NOT_RECOGNISED = 2
EXIT_FAULTS = 1
EXIT_NO_WAREHOUSE = 1


def say(text: str) -> None:
    """Print a line as it is; a terminal breaks it where it ends, a file and a pipe never."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def complain(text: str, subject: str | None = None) -> None:
    """Print what is wrong as it is, to standard error.

    Args:
        text: The message; may have several lines.
        subject: What is wrong, in red before the message.
    """
    before = f"[red]{escape(subject)}[/] " if subject else ""
    err.print(before + escape(text), highlight=False, soft_wrap=True)
