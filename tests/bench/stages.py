"""A whole refresh with a stopwatch around the plain functions: where the time goes.

Each second belongs to the innermost stage that is running. ``stages.py [whole_way]``, with
MIGMAP_HOME set; ``whole_way`` runs the functions without Dagster. The last line that it prints is
JSON: seconds a stage.
"""

from __future__ import annotations

import functools
import importlib
import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

_STARTED = perf_counter()
IMPORTS = "start and imports"
# Module, function, stage. First what the publishers' assets take when they are imported.
TIMED: tuple[tuple[str, str, str], ...] = (
    *(
        (f"assets.sources.{source}.harmonise", "harmonise", "harmonise")
        for source in ("idmc", "undesa", "unhcr")
    ),
    *(
        (f"assets.sources.{source}.issues", "quality_issues", "quality issues")
        for source in ("idmc", "undesa", "unhcr")
    ),
    ("assets.sources.gate", "land", "land"),
    ("assets.sources.gate", "read_checked", "read"),
    ("assets.sources.gate", "landed_table", "read"),
    ("schemas.validate", "validate", "validate"),
    ("assets.checks", "unique_key", "validate"),
    ("assets.combining", "combine", "combine"),
    ("assets.availability.assets", "evidence_of", "assess"),
    ("assets.availability.rules", "matrix", "assess"),
    ("assets.availability.sources_by_year", "sources_by_year", "assess"),
    ("assets.published", "publish", "publish"),
    ("warehouse.files", "write_table", "Parquet between assets"),
    ("warehouse.tables", "ParquetTables.load_from_path", "Parquet between assets"),
    ("warehouse.tables", "described", "describe for Dagster's pages"),
    ("warehouse.reference_data", "load", "reference data, fingerprint"),
    ("warehouse.fingerprint", "parts", "reference data, fingerprint"),
    ("pipelines.refresh", "_run", "Dagster"),
)
ROOMS = ("assets.", "pipelines.", "schemas.", "warehouse.")


class Stopwatch:
    """Seconds a stage; the time of a stage within another is taken from the outer one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = 0.0

    def timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """The function, with its time counted under the stage."""

        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            self._running.append(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._running.pop()

        return wrapped

    def _turn(self) -> None:
        now = perf_counter()
        if self._running:
            stage = self._running[-1]
            self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now


def set_up(watch: Stopwatch) -> None:
    """Put the stopwatch around every function of ``TIMED``, wherever it was imported to.

    Args:
        watch: The stopwatch.

    Raises:
        AttributeError: A function is no longer where ``TIMED`` says.
    """
    for module_name, path, stage in TIMED:
        owner: Any = importlib.import_module(module_name)
        *classes, name = path.split(".")
        for one in classes:
            owner = getattr(owner, one)
        original = getattr(owner, name)
        timed = watch.timed(original, stage)
        setattr(owner, name, timed)
        for other in [sys.modules[n] for n in sorted(sys.modules) if n.startswith(ROOMS)]:
            for held, value in list(vars(other).items()):
                if value is original:
                    setattr(other, held, timed)


def main(whole_way: bool) -> None:
    """Refresh the current home, or run the functions in it, and print each stage's seconds."""
    watch = Stopwatch()
    set_up(watch)
    home = importlib.import_module("warehouse.home").current()
    if whole_way:
        functions = importlib.import_module("whole_way")
        imported = perf_counter() - _STARTED
        functions.whole_way(home)
    else:
        imported = _refresh(home)
        missed = {stage for _, _, stage in TIMED} - set(watch.seconds)
        if missed:
            raise SystemExit(f"the stopwatch did not see: {', '.join(sorted(missed))}")
    whole = perf_counter() - _STARTED
    told = {IMPORTS: imported, **watch.seconds}
    print(json.dumps(told | {"the rest": whole - sum(told.values())}))


def _refresh(home: Any) -> float:
    """Refresh the home; gives the seconds until everything was imported."""
    importlib.import_module("pipelines.definitions")
    refreshing = importlib.import_module("pipelines.refresh")
    imported = perf_counter() - _STARTED
    result = refreshing.refresh(home)
    if result.refused or result.failed:
        raise SystemExit(f"{result.refused} {result.failed}")
    return imported


if __name__ == "__main__":
    main(sys.argv[1:] == ["whole_way"])
