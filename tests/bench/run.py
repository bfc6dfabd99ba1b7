"""Measure a refresh and its parts against what they could cost at least: ``make bench``.

Every measurement is a process of its own, so that start, imports and memory count. A and B run in
turn, once to warm up and then for as many rounds as asked; medians are compared. Machines differ,
so ratios are aimed at, and seconds only for reading the largest workbook.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from child import ChildFailed, Spent, run, script
from every_table import BILATERAL, TABLES, UNHCR, GlobalTable, lay_out, make_up
from measurements import (
    GIGABYTE,
    NAMES,
    Measurement,
    functions_on,
    measurements,
    refresh_of,
)
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Measured:
    """Medians of a measurement, and each round's seconds."""

    name: str
    what_a: str
    what_b: str
    seconds_a: float
    seconds_b: float
    ratio: float
    cpu_seconds_a: float
    cpu_seconds_b: float
    peak_bytes_a: int
    peak_bytes_b: int
    rounds_a: list[float]
    rounds_b: list[float]
    aim_ratio: float | None
    aim_bytes: int | None
    reached_ratio: bool | None
    reached_bytes: bool | None
    aim_seconds: float | None
    reached_seconds: bool | None


def measure(one: Measurement, rounds: int, warm_ups: int, folder: Path) -> Measured:
    """Run A and B in turn and compare their medians.

    Args:
        one: What to measure.
        rounds: How often each counts.
        warm_ups: How often each runs before.
        folder: Where fresh homes are made.
    """
    spent: dict[str, list[Spent]] = {"a": [], "b": []}
    for number in range(-warm_ups, rounds):
        for side, prepare in (("a", one.prepare_a), ("b", one.prepare_b)):
            with tempfile.TemporaryDirectory(dir=folder) as fresh:
                arguments, variables = prepare(Path(fresh))
                took = run(arguments, variables)
                if one.told_inside:
                    took = replace(took, **json.loads(took.printed.strip().splitlines()[-1]))
            if number >= 0:
                spent[side].append(took)
    return compared(one, spent["a"], spent["b"])


def compared(one: Measurement, spent_a: list[Spent], spent_b: list[Spent]) -> Measured:
    """Medians of both sides, and whether the aims are reached."""
    seconds_a = statistics.median(took.seconds for took in spent_a)
    seconds_b = statistics.median(took.seconds for took in spent_b)
    ratio = seconds_a / seconds_b
    peak = max(took.peak_bytes for took in spent_a)
    return Measured(
        name=one.name,
        what_a=one.what_a,
        what_b=one.what_b,
        seconds_a=seconds_a,
        seconds_b=seconds_b,
        ratio=ratio,
        cpu_seconds_a=statistics.median(took.cpu_seconds for took in spent_a),
        cpu_seconds_b=statistics.median(took.cpu_seconds for took in spent_b),
        peak_bytes_a=peak,
        peak_bytes_b=max(took.peak_bytes for took in spent_b),
        rounds_a=[took.seconds for took in spent_a],
        rounds_b=[took.seconds for took in spent_b],
        aim_ratio=one.aim_ratio,
        aim_bytes=one.aim_bytes,
        reached_ratio=None if one.aim_ratio is None else ratio <= one.aim_ratio,
        reached_bytes=None if one.aim_bytes is None else peak < one.aim_bytes,
        aim_seconds=one.aim_seconds,
        reached_seconds=None if one.aim_seconds is None else seconds_a <= one.aim_seconds,
    )


def notes(measured: list[Measured], figures: str) -> list[str]:
    """What has to be known to read the table."""
    by_name = {one.name: one for one in measured}
    told = [f"{one.name}: A is {one.what_a}; B is {one.what_b}." for one in measured]
    told += [
        "Whole processes on both sides: start and imports count. Medians of the rounds; peak "
        "memory is the highest of them. Processor seconds in brackets: where they are far below "
        "the clock's, the machine was busy with something else.",
        f"Global tables: {figures}.",
    ]
    if by_name.keys() & {"global", "global-all"}:
        told.append(
            "The aims for global tables are judged on our own functions (land, read, validate, "
            "harmonise, combine, publish, with the Parquet files between them) on these files "
            "alone, without Dagster, bundled extracts and assessment: DuckDB alone has none of "
            "these. It neither checks nor proves anything, and what stands in workbooks it reads "
            "from CSV that is written before the clock starts."
        )
    if "read-bilateral" in by_name:
        told.append(why_not(by_name["read-bilateral"]))
    whole = by_name.get("global-refresh")
    if whole is not None:
        more = whole.seconds_a - whole.seconds_b
        told.append(f"The global table makes a whole refresh {more:.1f} s longer")
        if "global" in by_name:
            told[-1] += f", which is {more / by_name['global'].seconds_b:.1f} times DuckDB alone"
        told[-1] += "; this is told, not judged."
    return told


def why_not(read: Measured) -> str:
    """What keeps reading the bilateral workbook from its aim."""
    told = (
        f"read-bilateral counts without start and imports. Of {read.seconds_a:.2f} s, calamine "
        f"takes {read.seconds_b:.2f} s until Python has the cells"
    )
    if read.aim_seconds is not None and read.seconds_b > read.aim_seconds:
        told += ": with that parser the aim can't be reached here, whatever is done with the cells"
    return f"{told}."


def stages(one: Path, every: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Seconds a stage, one run each: two refreshes, and our functions on all global tables."""
    found = {}
    for name, prepare, further in (
        ("bundled", refresh_of(None), []),
        ("with population table", refresh_of(one), []),
        ("all tables, functions", functions_on(every), ["whole_way"]),
    ):
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            prepare(Path(fresh))
            printed = run(script("stages", *further), {"MIGMAP_HOME": fresh}).printed
        found[name] = json.loads(printed.strip().splitlines()[-1])
    return found


def environment() -> dict[str, object]:
    """What the figures depend on beside the code."""
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "bytecode_of_our_modules": "compiled at each start (PYTHONDONTWRITEBYTECODE is set)"
        if os.environ.get("PYTHONDONTWRITEBYTECODE")
        else "kept",
    }


def show(console: Console, measured: list[Measured], told: list[str]) -> None:
    """Print the table and the notes."""
    table = Table("", "seconds A", "seconds B", "A / B", "peak A", "peak B", "aim", "reached")
    for one in measured:
        aims, reached = [], []
        if one.aim_ratio is not None:
            aims.append(f"at most {one.aim_ratio:g} times")
            reached.append("yes" if one.reached_ratio else "no")
        if one.aim_bytes is not None:
            aims.append(f"under {one.aim_bytes / GIGABYTE:g} GB")
            reached.append("yes" if one.reached_bytes else "no")
        if one.aim_seconds is not None:
            aims.append(f"at most {one.aim_seconds:g} s")
            reached.append("yes" if one.reached_seconds else "no")
        table.add_row(
            one.name,
            f"{one.seconds_a:.2f}\n({one.cpu_seconds_a:.2f})",
            f"{one.seconds_b:.2f}\n({one.cpu_seconds_b:.2f})",
            f"{one.ratio:.2f}",
            f"{one.peak_bytes_a / GIGABYTE:.2f} GB", f"{one.peak_bytes_b / GIGABYTE:.2f} GB",
            "\n".join(aims) or "none", "\n".join(reached) or "-",
            end_section=True,
        )  # fmt: skip
    console.print(table)
    for line in told:
        console.print(f"- {line}", highlight=False, markup=False)


def show_stages(console: Console, found: dict[str, dict[str, float]]) -> None:
    """Print where the time goes."""
    table = Table("stage", *found, title="Seconds a stage, one run each")
    order = list(dict.fromkeys(stage for seconds in found.values() for stage in seconds))
    for stage in order:
        table.add_row(stage, *(f"{seconds.get(stage, 0.0):.2f}" for seconds in found.values()))
    table.add_section()
    table.add_row("whole", *(f"{sum(seconds.values()):.2f}" for seconds in found.values()))
    console.print(table)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument(
        "--figures", type=Path, metavar="FOLDER",
        help="folder that holds unhcr/, idmc/ and undesa/ with the global tables; without it "
        "UNHCR's are made up in their shape",
    )  # fmt: skip
    parser.add_argument("--rounds", type=int, default=3, help="rounds that count (3)")
    parser.add_argument("--no-warm-up", action="store_true", help="count from the first run on")
    parser.add_argument(
        "--only", action="append", choices=NAMES,
        help="only this measurement; may be given several times",
    )  # fmt: skip
    parser.add_argument("--profile", action="store_true", help="also: where a refresh's time goes")
    asked = parser.parse_args()
    if asked.rounds < 1:
        parser.error("--rounds: at least one")
    if asked.figures is not None and not (asked.figures / UNHCR[0].given).is_file():
        parser.error(f"--figures: no {UNHCR[0].given} in {asked.figures}")
    asked.only = asked.only or list(NAMES)
    return asked


def tables_of(asked: argparse.Namespace, folder: Path) -> tuple[Path, tuple[GlobalTable, ...], str]:
    """The folder of figures, which global tables it has, and what is to be said of them."""
    if asked.figures is None:
        make_up(folder)
        told = (
            "UNHCR's, made up in the same shape and size from a fixed seed; those of IDMC and UN "
            "DESA are measured only with --figures, and so is read-bilateral"
        )
        return folder, UNHCR, told
    held = tuple(one for one in TABLES if (asked.figures / one.given).is_file())
    missing = [one.given for one in TABLES if one not in held]
    without = f", without {', '.join(missing)}" if missing else ""
    return asked.figures, held, f"{', '.join(one.given for one in held)}{without}"


def main() -> None:
    """Measure what was asked for and print it."""
    asked = arguments()
    machine = environment()
    console = Console()
    progress = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="migmap-bench-") as name:
        folder = Path(name)
        given, held, told_figures = tables_of(asked, folder / "given")
        one_table, every = folder / "one", folder / "every"
        lay_out(given, one_table, held[:1])
        lay_out(given, every, held)
        measured = []
        for one in measurements(one_table, every, folder):
            if one.name in asked.only and (one.name != "read-bilateral" or BILATERAL in held):
                progress.print(f"measuring {one.name} ...", style="dim")
                measured.append(measure(one, asked.rounds, 0 if asked.no_warm_up else 1, folder))
        found = stages(one_table, every, folder) if asked.profile else None
    told = notes(measured, told_figures)
    if asked.json:
        content = {
            "environment": machine,
            "rounds": asked.rounds,
            "figures": told_figures,
            "measurements": [asdict(one) for one in measured],
            "stages": found,
            "notes": told,
        }
        print(json.dumps(content, indent=1))
        return
    console.print(", ".join(f"{key}: {value}" for key, value in machine.items()), style="dim")
    show(console, measured, told)
    if found is not None:
        show_stages(console, found)


if __name__ == "__main__":
    try:
        main()
    except ChildFailed as failed:
        raise SystemExit(str(failed)) from None
