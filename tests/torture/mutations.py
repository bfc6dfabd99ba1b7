"""Give the gate mutated copies of the bundled extracts and look at what it makes of each.

    python tests/torture/mutations.py --mutations 2000 --seed 1
    python tests/torture/mutations.py --seed 1 --only 137 --keep out/

Each must be refused with a message that names the place, or give exactly the observations of the
original, or change exactly the figure whose own cell was changed, within what it may hold. What
else comes of one, be it a crash, a figure lost or changed in silence, a message without a place or
a wait, is a failure.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from documents import Original, load
from judge import Judge, Verdict
from mutate import KINDS, WEIGHTS
from mutated import Mutated
from rich.console import Console
from rich.table import Table

from assets.sources import gate
from warehouse import reference_data

OUTCOMES = (
    "refused", "same", "that figure", "its key", "its words", "by rule", "as told", "FAILURE",
)  # fmt: skip
# What is done to the whole file is never the mutation of one figure.
OF_ONE_FIGURE = ("cells", "bytes")
OF_FIGURES = ("that figure", "its key", "by rule")
PATIENCE = 30  # seconds until a mutation counts as hung
MEMORY = 6 * 2**30


@dataclass(frozen=True)
class Trial:
    """A mutation and what came of it."""

    number: int
    kind: str
    original: Original
    mutated: Mutated
    verdict: Verdict


class Hung(Exception):
    """The gate took longer than it may."""


def originals() -> list[Original]:
    return [load(path) for path in gate.bundled_files()]


def make(files: list[Original], seed: int, number: int) -> tuple[str, Original, Mutated]:
    """The mutation of that number: the same for the same seed."""
    chance = random.Random(f"{seed} {number}")
    kind = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    original = chance.choice(files)
    mutator = chance.choice(KINDS[kind])
    return kind, original, mutator(original, chance)


def judged(judge: Judge, original: Original, mutated: Mutated) -> Verdict:
    """What the gate makes of a mutated file; everything unforeseen is a failure."""

    def hung(_signal: int, _frame: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, hung)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        return judge.verdict(original, mutated)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # Even what is no Exception: a panic of a library written in Rust is none.
        last = traceback.extract_tb(error.__traceback__)[-1]
        told = (
            f"{type(error).__name__}: {str(error)[:300]} ({Path(last.filename).name}:{last.lineno})"
        )
        return Verdict("FAILURE", told)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run(
    mutations: int, seed: int, only: int | None = None, keep: Path | None = None
) -> list[Trial]:
    """Judge that many mutations.

    Args:
        mutations: How many.
        seed: Of all chance.
        only: The number of a single one.
        keep: A folder for the mutated files that fail.
    """
    files, trials = originals(), []
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        judge = Judge(reference_data.load(), Path(folder))
        for number in range(mutations) if only is None else [only]:
            kind, original, mutated = make(files, seed, number)
            verdict = judged(judge, original, mutated)
            of_cells = kind in OF_ONE_FIGURE or mutated.of_cells
            if not of_cells and verdict.outcome in OF_FIGURES:
                verdict = Verdict("FAILURE", f"{verdict.outcome}: {verdict.told}", verdict.seconds)
            trials.append(Trial(number, kind, original, mutated, verdict))
            if keep and (only is not None or verdict.outcome == "FAILURE"):
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{number}-{original.path.name}").write_bytes(mutated.data)
    return trials


def table_of(trials: list[Trial]) -> Table:
    table = Table("kind", *OUTCOMES, "all")
    counts = Counter((one.kind, one.verdict.outcome) for one in trials)
    for kind in KINDS:
        row = [counts[kind, outcome] for outcome in OUTCOMES]
        table.add_row(kind, *map(str, row), str(sum(row)))
    total = [sum(counts[kind, outcome] for kind in KINDS) for outcome in OUTCOMES]
    table.add_row("all", *map(str, total), str(sum(total)), style="bold")
    return table


def main() -> int:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--mutations", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=2026)
    arguments.add_argument("--only", type=int, help="number of a single mutation, shown at length")
    arguments.add_argument("--keep", type=Path, help="folder for the mutated files that fail")
    chosen = arguments.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    console, began = Console(width=120), time.perf_counter()
    trials = run(chosen.mutations, chosen.seed, chosen.only, chosen.keep)
    for one in trials:
        if chosen.only is not None or one.verdict.outcome == "FAILURE":
            print(f"--only {one.number} --seed {chosen.seed}: {one.original.name}: "
                  f"{one.mutated.what}\n  {one.verdict.outcome}: {one.verdict.told}")  # fmt: skip
    console.print(table_of(trials))
    slowest = max(trials, key=lambda one: one.verdict.seconds)
    print(f"seed {chosen.seed}, {time.perf_counter() - began:.0f} s, the longest "
          f"{slowest.verdict.seconds:.2f} s (--only {slowest.number}), memory at most "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")  # fmt: skip
    return 1 if any(one.verdict.outcome == "FAILURE" for one in trials) else 0


if __name__ == "__main__":
    sys.exit(main())
