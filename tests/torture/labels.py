"""Let every two labels of each bundled file change places, and look at what the gate makes of it.

    python tests/torture/labels.py
    python tests/torture/labels.py --only idmc/ --pairs 900

The cells stay where they are, so that each label then stands over the cells of the other. A file
is refused, or means the same as before, or is taken in with other figures: those pairs are listed.
That is no failure where nothing in the file contradicts it, but each is a question: is there a code
list, a sum or an order that would? A crash is a failure. Of files with many columns as many pairs
are tried as ``--pairs`` says, drawn by the seed.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents import Original, tables_of
from judge import Judge, accepted, figures_of
from mutate import header_cell, swapped
from mutated import Mutated
from mutations import originals
from rich.console import Console
from rich.table import Table

from assets.sources.reading import NotRecognised
from schemas.faults import Refused
from warehouse import reference_data

OUTCOMES = ("refused", "same", "taken in")


@dataclass(frozen=True)
class Trial:
    """Two labels of a file that changed places, and what came of it."""

    original: Original
    what: str
    outcome: str


def table_with_labels(original: Original, seed: int) -> tuple[Any, tuple[Any, Any]]:
    """A copy of the tables of the file, and one of them with the position of its labels."""
    tables = copy.deepcopy(tables_of(original))
    rows, at, _ = header_cell(original, tables, random.Random(seed))
    return tables, (rows, at)


def pairs_of(original: Original, most: int, seed: int) -> list[tuple[Any, Any]]:
    """Pairs of columns of that table, or of keys of its objects."""
    _, (rows, at) = table_with_labels(original, seed)
    named = rows[0] if at is None else [one for one, cell in enumerate(rows[at]) if cell != ""]
    pairs = list(itertools.combinations(named, 2))
    return pairs if len(pairs) <= most else random.Random(seed).sample(pairs, most)


def outcome(judge: Judge, original: Original, mutated: Mutated) -> str:
    """What the gate makes of a file that follows the original."""
    before = judge.read_original(original)
    path = judge.write(original, mutated)
    try:
        reading = accepted(path, judge.reference)
    except (Refused, NotRecognised):
        return "refused"
    if judge.beyond_limits(original, reading):
        return "refused"
    found = figures_of(reading, judge.reference)
    same = sorted(found.said.tolist()) == sorted(before.said.tolist())
    return "same" if same else "taken in"


def run(files: list[Original], most: int, seed: int) -> list[Trial]:
    """Try the pairs of each file; of files with the same labels the first alone.

    Args:
        files: Loaded extracts.
        most: How many pairs of a file.
        seed: Of the table of a workbook, and of the pairs where there are more.
    """
    trials, seen = [], set()
    with tempfile.TemporaryDirectory(prefix="labels-") as folder:
        judge = Judge(reference_data.load(), Path(folder))
        for original in files:
            pairs = pairs_of(original, most, seed)
            if (layout := (original.path.parent, str(pairs))) in seen:
                continue
            seen.add(layout)
            for one, other in pairs:
                mutated = swapped(original, *table_with_labels(original, seed), one, other)
                trials.append(Trial(original, mutated.what, outcome(judge, original, mutated)))
    return trials


def table_of(trials: list[Trial]) -> Table:
    table = Table("file", *OUTCOMES, "all")
    counts = Counter((one.original.name, one.outcome) for one in trials)
    for name in dict.fromkeys(one.original.name for one in trials):
        row = [counts[name, one] for one in OUTCOMES]
        table.add_row(name, *map(str, row), str(sum(row)))
    total = Counter(one.outcome for one in trials)
    row = [total[one] for one in OUTCOMES]
    table.add_row("all", *map(str, row), str(sum(row)), style="bold")
    return table


def main() -> int:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--pairs", type=int, default=150, help="at most, of one file")
    arguments.add_argument("--only", default="", help="of files with this in their names")
    arguments.add_argument("--seed", type=int, default=2026)
    chosen = arguments.parse_args()
    files = [one for one in originals() if chosen.only in one.name]
    trials = run(files, chosen.pairs, chosen.seed)
    for one in trials:
        if one.outcome == "taken in":
            print(f"{one.original.name}: {one.what}")
    Console(width=120).print(table_of(trials))
    return 0


if __name__ == "__main__":
    sys.exit(main())
