"""Run one thing in a process of its own: how long it took, and the most memory it held.

Whoever measures must stay small. A child starts as a copy of its parent, and Linux counts the
parent's memory of that moment as the child's peak: so nothing large is imported here or in run.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
BENCH = Path(__file__).resolve().parent
_TAIL = 4000


class ChildFailed(Exception):
    """A measured process that did not end well: its time means nothing."""


@dataclass(frozen=True)
class Spent:
    """What one process took, on the clock and of the processors, and what it printed."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    printed: str


def run(arguments: Sequence[str], variables: Mapping[str, str] | None = None) -> Spent:
    """Run Python with the given arguments in the repository's root.

    Args:
        arguments: What follows the interpreter.
        variables: Environment variables to set beside those of this process.

    Raises:
        ChildFailed: It did not end with exit code 0.
    """
    # Dagster takes a script's own folder off the path before it loads a job.
    path = os.pathsep.join((str(ROOT), str(BENCH)))
    environment = os.environ | {"PYTHONPATH": path} | dict(variables or {})
    with tempfile.TemporaryFile() as printed:
        started = perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=printed,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read().decode("utf-8", errors="replace")
    if process.returncode != 0:
        raise ChildFailed(
            f"{' '.join(arguments)} ended with {process.returncode}:\n{text[-_TAIL:]}"
        )
    unit = 1 if sys.platform == "darwin" else 1024
    cpu = usage.ru_utime + usage.ru_stime
    return Spent(seconds, cpu, usage.ru_maxrss * unit, text)


def script(name: str, *arguments: object) -> list[str]:
    """Arguments that run a script of this folder."""
    return [str(BENCH / f"{name}.py"), *(str(one) for one in arguments)]
