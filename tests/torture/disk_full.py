"""Fill the disk at each stage of a refresh and look at what that leaves behind.

    python tests/torture/disk_full.py

Where the machine allows it (root on Linux), the home lies on a small file system in memory, which
is filled to the last byte, or to the last few, when the stage is reached. Elsewhere the size of
single files is limited, which fails in the same calls. Each time the refresh must end with 1 and
say that the disk is full, the published file must answer as before, and once there is room the
next refresh must publish without anybody's cleaning up.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kills import (
    LAST_BUT_ONE,
    PATIENCE,
    REFRESH,
    ROOT,
    drop_correction,
    environment,
    figures,
    run_refresh,
)
from rich.console import Console
from rich.table import Table

MEGABYTE = 2**20
SIZE = 400 * MEGABYTE


@dataclass(frozen=True)
class Stage:
    """When the disk fills up.

    Attributes:
        name: What is being written then.
        after_lines: How many steps were finished; None when only publishing is left.
        room: Bytes that are left then, or that a single file may have.
        corrected: Whether a file with a changed figure waits in the inbox.
    """

    name: str
    after_lines: int | None
    room: int
    corrected: bool = True


STAGES = (
    Stage("what was read of a file", 0, 0),
    Stage("the landed file", 0, 128 * 1024),
    Stage("Dagster's own database", 0, 0, corrected=False),
    Stage("the first tables", 1, 0),
    Stage("tables in the middle", 12, 0),
    Stage("the new database, at once", None, 0),
    Stage("the new database, later", None, 8 * MEGABYTE),
    Stage("the new database, at its end", None, 20 * MEGABYTE),
)


@dataclass
class Outcome:
    """What came of one stage."""

    stage: Stage
    ended: int = 0
    said: str = ""
    problems: list[str] = field(default_factory=list)


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """A file system of its own for the home; None where the machine does not allow one."""
    folder = Path(tempfile.mkdtemp(prefix="disk-full-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _left(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


@contextmanager
def full(home: Path, room: int) -> Iterator[None]:
    """Fill the disk but for some bytes, and give them back."""
    ballast = home.parent / "ballast"
    with ballast.open("wb") as file:
        taken = 0
        # The refresh goes on writing meanwhile: what is left is asked for again until it is so.
        while (left := _left(home) - room) > 0:
            try:
                os.posix_fallocate(file.fileno(), taken, left)
                taken += left
            except OSError:
                continue
    try:
        yield
    finally:
        ballast.unlink()


def refresh_until_full(home: Path, stage: Stage, on_small_disk: bool) -> tuple[int, str]:
    """Refresh, and let the disk be full from the stage on; how it ended and what it said."""
    limit = None if on_small_disk else lambda: _limit(max(stage.room, 4096))
    child = subprocess.Popen(
        [*REFRESH, "--force"],
        cwd=ROOT,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=limit,
    )
    assert child.stdout is not None
    said, lines = "", 0
    while stage.after_lines is None or lines < stage.after_lines:
        line = child.stdout.readline()
        said, lines = said + line, lines + 1
        if not line or line.strip() == LAST_BUT_ONE:
            break
    if not on_small_disk:
        rest, _ = child.communicate(timeout=PATIENCE)
        return child.returncode, said + rest
    with full(home, stage.room):
        rest, _ = child.communicate(timeout=PATIENCE)
    return child.returncode, said + rest


def _limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def trial(home: Path, number: int, stage: Stage, on_small_disk: bool) -> Outcome:
    """One stage: the failure, what serves on, and the refresh after it."""
    outcome, before = Outcome(stage), figures(home)
    expected = drop_correction(home, number) if stage.corrected else before[0]
    outcome.ended, said = refresh_until_full(home, stage, on_small_disk)
    outcome.said = next((one for one in said.splitlines() if "full" in one.lower()), said[-200:])
    if outcome.ended != 1:
        outcome.problems.append(f"ended with {outcome.ended}: ...{said[-300:]}")
    if "Traceback" in said or "disk is full" not in said:
        outcome.problems.append(f"no clear message: ...{said[-600:]}")
    if figures(home) != before:
        outcome.problems.append("the published file answers otherwise")
    again = run_refresh(home, *([] if stage.corrected else ["--force"]))
    if again.returncode != 0:
        told = (again.stdout + again.stderr).strip()[-300:]
        outcome.problems.append(f"next refresh ended with {again.returncode}: {told}")
    after = figures(home)
    if after[0] != expected or after[1:] != before[1:]:
        outcome.problems.append(f"after the next refresh {after}, and not {expected} with the rest")
    left = [one.name for one in (home / "var").rglob(".*") if one.is_file()]
    left += [one.name for one in (home / "var" / "building").iterdir()]
    if left:
        outcome.problems.append(f"left behind: {left}")
    return outcome


def torture(home: Path, on_small_disk: bool, stages: tuple[Stage, ...] = STAGES) -> list[Outcome]:
    """All stages on a home that was refreshed before."""
    return [trial(home, at, stage, on_small_disk) for at, stage in enumerate(stages)]


def table_of(outcomes: list[Outcome]) -> Table:
    table = Table("the disk was full while writing", "room", "ended", "said", "problems")
    for one in outcomes:
        room = f"{one.stage.room:,}"
        table.add_row(one.stage.name, room, str(one.ended), one.said[:90], str(len(one.problems)))
    return table


def main() -> int:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--stage", type=int, help="only the stage of this number, from 0")
    chosen = arguments.parse_args()
    stages = STAGES if chosen.stage is None else (STAGES[chosen.stage],)
    with small_disk() as disk, tempfile.TemporaryDirectory(prefix="disk-full-") as folder:
        home = (disk or Path(folder)) / "home"
        first = run_refresh(home)
        assert first.returncode == 0, first.stdout + first.stderr
        outcomes = torture(home, disk is not None, stages)
    Console(width=140).print(table_of(outcomes))
    kind = "a small file system" if disk is not None else "limited sizes of files"
    problems = [f"{one.stage.name}: {told}" for one in outcomes for told in one.problems]
    print(f"{len(outcomes)} stages on {kind}, {len(problems)} problems")
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
