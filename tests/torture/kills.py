"""Kill refreshes at random moments and look at what they leave behind.

    python tests/torture/kills.py --kills 10 --seed 1

Each trial drops a corrected extract into the inbox, so that the figures before and after differ,
starts a refresh and kills it: after a random number of progress lines and a random while more.
Then the published file must answer with the figures before or after, and the next refresh must be
clean and publish the figures after. In the end a further refresh must find nothing to do, and no
run may stand as started.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

ROOT = Path(__file__).resolve().parents[2]
EXTRACT = ROOT / "warehouse" / "extracts" / "unhcr" / "population" / "2025-end.json"
PATIENCE = 300  # seconds until a refresh counts as hung
REFRESH = [sys.executable, "-m", "pipelines.cli.main", "refresh"]
LAST_BUT_ONE = "✓ assess_availability"
ALL_BUT_THE_LAST = 1000
CORRECTED = {"year": 2025, "coo_iso": "AFG", "coa_iso": "KGZ"}
FIGURES = """
SELECT
    (SELECT value FROM country_stock WHERE country = 'KGZ' AND theme = 'refugees_hosted'
     AND indicator = 'refugees' AND breakdown = 'total' AND year = 2025),
    (SELECT count(*) FROM stock), (SELECT count(*) FROM stock_superseded),
    (SELECT sum(hash(indicator, origin, destination, year, value)) FROM flow),
    (SELECT count(*) FROM build),
    (SELECT count(*) FROM availability_matrix)
"""
UNFINISHED = [
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.NOT_STARTED,
]


@dataclass
class Report:
    """What the kills hit, and what was wrong after them."""

    kills: int = 0
    came_too_late: int = 0
    moments: list[str] = field(default_factory=list)
    failed_runs: int = 0
    problems: list[str] = field(default_factory=list)


def environment(home: Path) -> dict[str, str]:
    kept = ["PATH", "HOME"]
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "MIGMAP_HOME": str(home)
    }


def figures(home: Path) -> tuple[Any, ...]:
    """What the published file answers; each call opens it anew."""
    with duckdb.connect(str(home / "migration.duckdb"), read_only=True) as connection:
        answer = connection.execute(FIGURES).fetchone()
    assert answer is not None
    return answer


def drop_correction(home: Path, refugees: int) -> None:
    """Put a copy of the newest population extract with one figure changed into the inbox."""
    pages = json.loads(EXTRACT.read_text(encoding="utf-8"))
    hits = [
        item
        for page in pages
        for item in page["items"]
        if all(item[name] == wanted for name, wanted in CORRECTED.items())
    ]
    assert len(hits) == 1
    hits[0]["refugees"] = refugees
    sidecar = {
        "publisher": "unhcr", "dataset": "population", "release": "2025-end", "scope": ["KGZ"],
    }  # fmt: skip
    inbox = home / "var" / "inbox"
    (inbox / "correction.json.manifest.json").write_text(json.dumps(sidecar), encoding="utf-8")
    (inbox / "correction.json").write_text(json.dumps(pages), encoding="utf-8")


def kill_once(home: Path, after_lines: int, seconds: float) -> tuple[bool, str]:
    """Start a refresh and kill it that many progress lines and seconds later.

    As many lines as ``ALL_BUT_THE_LAST`` mean: when only publishing is left to do.

    Returns:
        Whether it was killed before it was through, and the last line it had printed.
    """
    child = subprocess.Popen(
        [*REFRESH, "--force"],
        cwd=ROOT,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert child.stdout is not None
    last = "its start"
    for _ in range(after_lines):
        line = child.stdout.readline()
        if not line:
            break
        last = line.strip()
        if last == LAST_BUT_ONE:
            break
    # The wait is the trial itself: it ends by the clock, or when the child is through.
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
    child.communicate(timeout=PATIENCE)
    return child.returncode == -9, last


def run_refresh(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*REFRESH, *options],
        cwd=ROOT,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def statuses(home: Path) -> dict[str, dg.DagsterRunStatus]:
    with dg.DagsterInstance.from_config(str(home / "var" / "dagster")) as instance:
        return {run.run_id: run.status for run in instance.get_runs()}


def trial(home: Path, number: int, chance: random.Random, report: Report) -> None:
    """One kill, and a look at everything it may have left behind."""
    before = figures(home)
    expected = 2000 + 5 * number
    drop_correction(home, expected)
    # A refresh prints a line a step. In turn the trials aim at any step, at publishing, and at
    # the time before the first line: start, landing and Dagster's own.
    after_lines = (chance.randint(1, 12), ALL_BUT_THE_LAST, 0)[number % 3]
    seconds = chance.uniform(0.0, (0.8, 2.0, 3.0)[number % 3])
    killed, last = kill_once(home, after_lines, seconds)
    moment = f"{seconds:.2f} s after {last}"
    report.moments.append(moment)
    report.kills += killed
    report.came_too_late += not killed

    def wrong(what: str) -> None:
        report.problems.append(f"trial {number}, {moment}: {what}")

    between = figures(home)
    clean = run_refresh(home)
    after = figures(home)
    if clean.returncode != 0:
        said = (clean.stdout + clean.stderr).strip()
        wrong(f"next refresh ended with {clean.returncode}: ...{said[-300:]}")
    if between not in (before, after):
        wrong(f"published file answered {between}, neither {before} nor {after}")
    if after[0] == before[0] or after[1:] != before[1:]:
        wrong(f"after the next refresh {after}, which should be {before} with another first figure")
    if left_files := [path.name for path in (home / "var" / "building").iterdir()]:
        wrong(f"left in building: {left_files}")


def torture(home: Path, kills: int, seed: int) -> Report:
    """Kill that many refreshes of a home that was refreshed before."""
    report, chance, number = Report(), random.Random(seed), 0
    while report.kills < kills and number < 3 * kills:
        trial(home, number, chance, report)
        number += 1
    last = run_refresh(home)
    if last.returncode != 0 or "Nothing changed" not in last.stdout:
        said = (last.stdout + last.stderr).strip()
        report.problems.append(f"last refresh ended with {last.returncode}: ...{said[-300:]}")
    runs = statuses(home)
    report.failed_runs = sum(status == dg.DagsterRunStatus.FAILURE for status in runs.values())
    if left := [run for run, status in runs.items() if status in UNFINISHED]:
        report.problems.append(f"runs left unfinished: {left}")
    if report.kills < kills:
        report.problems.append(f"only {report.kills} of {kills} kills came in time")
    return report


def main() -> int:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--kills", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    chosen = arguments.parse_args()
    print(f"seed {chosen.seed}")
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        home = Path(folder)
        first = run_refresh(home)
        assert first.returncode == 0, first.stdout + first.stderr
        report = torture(home, chosen.kills, chosen.seed)
    print(*report.moments, sep="\n")
    print(
        f"{report.kills} kills, {report.came_too_late} came too late, "
        f"{report.failed_runs} runs marked failed, {len(report.problems)} problems"
    )
    print(*report.problems, sep="\n")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
