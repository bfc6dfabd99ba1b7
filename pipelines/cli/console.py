"""Where the commands print, and how a status looks."""

from __future__ import annotations

from rich.console import Console

out = Console()
err = Console(stderr=True)

# Told apart by sign as well as colour, for black and white and for colour-blind readers.
STATUS_MARKS = {
    "available": "[green]● available[/]",
    "partial": "[yellow]◐ partial[/]",
    "not_available": "[red]○ not available[/]",
}
EXIT_FAILED = 1
EXIT_REFUSED = 2
EXIT_LOCKED = 3
EXIT_NOT_RECOGNISED = 2
EXIT_FAULTS = 1
EXIT_NO_WAREHOUSE = 1
