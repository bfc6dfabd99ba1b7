"""Kill refreshes at random moments and look at what they leave behind.

    python tests/torture/kills.py --kills 100 --seed 1
    python tests/torture/kills.py --kills 10 --inbox
    python tests/torture/kills.py --kills 100 --homes 2

A local server speaks the publishers' protocols. Each trial lets it serve one figure changed, so
that the figures before and after differ, starts a refresh with fetching and kills it: after a
random number of progress lines and a random while more. Then the published file must answer with
the figures before or after, and the next refresh must be clean and publish the figures after. In
the end a further refresh must find nothing to do, and no run may stand as started. With
``--inbox`` the changed file is dropped into the inbox, and nothing is fetched. With ``--homes``
the kills are shared out among homes that are refreshed at the same time, a core each.
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
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import dagster as dg
import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

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


class Server(Protocol):
    """The publishers' server of the tests."""

    def environment(self) -> dict[str, str]:
        """What points fetching at it."""

    def serve_instead(self, source: str, dataset: str, path: Path) -> None:
        """Serve another file of this dataset."""


def environment(home: Path, server: Server | None = None) -> dict[str, str]:
    """What a fresh machine has, which has no plugins of Hypothesis; and where fetching asks."""
    kept = ["PATH", "HOME"]
    bare = {name: os.environ[name] for name in kept if name in os.environ}
    told = {"MIGMAP_HOME": str(home), "HYPOTHESIS_NO_PLUGINS": "1"}
    return bare | told | (server.environment() if server else {})


def figures(home: Path) -> tuple[Any, ...]:
    """What the published file answers; each call opens it anew."""
    with duckdb.connect(str(home / "migration.duckdb"), read_only=True) as connection:
        answer = connection.execute(FIGURES).fetchone()
    assert answer is not None
    return answer


def corrected(number: int) -> tuple[list[Any], int]:
    """The newest population extract with one figure changed, by less than a jump.

    Returns:
        The pages, and the refugees in the country that they make together.
    """
    pages = json.loads(EXTRACT.read_text(encoding="utf-8"))
    items = [item for page in pages for item in page["items"] if item["year"] == CORRECTED["year"]]
    hits = [item for item in items if all(item[name] == CORRECTED[name] for name in CORRECTED)]
    assert len(hits) == 1
    hits[0]["refugees"] = 185 + 5 * (number % 10)
    here = [item for item in items if item["coa_iso"] == CORRECTED["coa_iso"]]
    return pages, sum(int(item["refugees"]) for item in here)


def drop_correction(home: Path, number: int) -> int:
    """Put the corrected extract of that number into the inbox; the refugees that it makes."""
    pages, refugees = corrected(number)
    sidecar = {
        "publisher": "unhcr", "dataset": "population", "release": "2025-end", "scope": ["KGZ"],
    }  # fmt: skip
    inbox = home / "var" / "inbox"
    (inbox / "correction.json.manifest.json").write_text(json.dumps(sidecar), encoding="utf-8")
    (inbox / "correction.json").write_text(json.dumps(pages), encoding="utf-8")
    return refugees


def serve_correction(home: Path, server: Server, number: int) -> int:
    """Let the server answer with the corrected extract of that number."""
    pages, refugees = corrected(number)
    path = home.with_name(f"{home.name}-{number % 2}.json")
    path.write_text(json.dumps(pages), encoding="utf-8")
    server.serve_instead("unhcr", "population", path)
    return refugees


def kill_once(
    home: Path, after_lines: int, seconds: float, *options: str, server: Server | None = None
) -> tuple[bool, str]:
    """Start a refresh and kill it that many progress lines and seconds later.

    As many lines as ``ALL_BUT_THE_LAST`` mean: when only publishing is left to do.

    Returns:
        Whether it was killed before it was through, and the last line it had printed.
    """
    child = subprocess.Popen(
        [*REFRESH, "--force", *options, *(["--fetch"] if server else [])],
        cwd=ROOT,
        env=environment(home, server),
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


def run_refresh(
    home: Path, *options: str, server: Server | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*REFRESH, *options, *(["--fetch"] if server else [])],
        cwd=ROOT,
        env=environment(home, server),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def statuses(home: Path) -> dict[str, dg.DagsterRunStatus]:
    with dg.DagsterInstance.from_config(str(home / "var" / "dagster")) as instance:
        return {run.run_id: run.status for run in instance.get_runs()}


def trial(
    home: Path, number: int, chance: random.Random, report: Report, server: Server | None = None
) -> None:
    """One kill, and a look at everything it may have left behind."""
    before = figures(home)
    expected = serve_correction(home, server, number) if server else drop_correction(home, number)
    # A refresh prints a line a step. In turn the trials aim at any step, at publishing, and at
    # the time before the first line: start, landing and Dagster's own.
    lines = 70 if server else 45
    after_lines = (chance.randint(1, lines), ALL_BUT_THE_LAST, 0)[number % 3]
    seconds = chance.uniform(0.0, (0.8, 2.0, 3.0)[number % 3])
    killed, last = kill_once(home, after_lines, seconds, server=server)
    moment = f"{seconds:.2f} s after {last}"
    report.moments.append(moment)
    report.kills += killed
    report.came_too_late += not killed

    def wrong(what: str) -> None:
        report.problems.append(f"trial {number}, {moment}: {what}")

    between = figures(home)
    clean = run_refresh(home, server=server)
    after = figures(home)
    if clean.returncode != 0:
        said = (clean.stdout + clean.stderr).strip()
        wrong(f"next refresh ended with {clean.returncode}: ...{said[-300:]}")
    if between not in (before, after):
        wrong(f"published file answered {between}, neither {before} nor {after}")
    if after[0] != expected or after[0] == before[0] or after[1:] != before[1:]:
        wrong(f"after the next refresh {after}, which should be {before} with {expected} first")
    if left_files := [path.name for path in (home / "var" / "building").iterdir()]:
        wrong(f"left in building: {left_files}")


def torture(home: Path, kills: int, seed: int, server: Server | None = None) -> Report:
    """Kill that many refreshes of a home that was refreshed before."""
    report, chance, number = Report(), random.Random(seed), 0
    while report.kills < kills and number < 3 * kills:
        trial(home, number, chance, report, server)
        number += 1
    last = run_refresh(home, server=server)
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


def table_of(report: Report) -> Table:
    """The kills by the last line that the refresh had printed."""
    table = Table("killed after", "kills")
    steps = Counter(moment.split(" s after ", 1)[1] for moment in report.moments)
    for step, count in steps.most_common():
        table.add_row(escape(step[:70]), str(count))
    return table


def series(home: Path, kills: int, seed: int, fetching: bool) -> Report:
    """Refresh a new home, then kill that many refreshes of it."""
    with ExitStack() as stack:
        server = stack.enter_context(publishers()) if fetching else None
        first = run_refresh(home)
        assert first.returncode == 0, first.stdout + first.stderr
        if server is not None:
            # What is fetched is held against the bundled files from here on.
            serve_correction(home, server, -1)
            fetched = run_refresh(home, server=server)
            assert fetched.returncode == 0, fetched.stdout + fetched.stderr
        return torture(home, kills, seed, server)


def together(reports: list[Report]) -> Report:
    """The sum of what was found in several homes."""
    whole = Report()
    for report in reports:
        whole.kills += report.kills
        whole.came_too_late += report.came_too_late
        whole.failed_runs += report.failed_runs
        whole.moments += report.moments
        whole.problems += report.problems
    return whole


def main() -> int:
    """Run from the command line."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--kills", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=int(time.time()))
    arguments.add_argument("--inbox", action="store_true", help="drop files, and fetch nothing")
    arguments.add_argument("--homes", type=int, default=1, help="so many at the same time")
    chosen = arguments.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    homes = range(min(chosen.homes, chosen.kills))
    shares = [len(range(number, chosen.kills, len(homes))) for number in homes]
    with (
        tempfile.TemporaryDirectory(prefix="kills-") as folder,
        ThreadPoolExecutor(max(1, len(homes))) as pool,
    ):
        begun = [
            pool.submit(
                series, Path(folder) / f"home{number}", kills, chosen.seed + number,
                not chosen.inbox,
            )
            for number, kills in zip(homes, shares, strict=True)
        ]  # fmt: skip
        report = together([one.result() for one in begun])
    Console().print(table_of(report))
    print(
        f"{report.kills} kills, {report.came_too_late} came too late, "
        f"{report.failed_runs} runs marked failed, {len(report.problems)} problems"
    )
    print(*report.problems, sep="\n")
    return 1 if report.problems else 0


def publishers() -> AbstractContextManager[Server]:
    """The publishers' server, which lies beside these scripts' folder."""
    sys.path.append(str(ROOT / "tests"))
    from publishers_server import serving

    made: AbstractContextManager[Server] = serving()
    return made


if __name__ == "__main__":
    sys.exit(main())
