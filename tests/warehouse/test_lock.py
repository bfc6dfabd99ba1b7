"""One refresh at a time, across processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from warehouse.home import Home
from warehouse.lock import Locked, holder, is_held, refresh_lock

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
from pathlib import Path
from warehouse.home import Home
from warehouse.lock import refresh_lock
with refresh_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.readline()
"""
TAKER = """
import sys
from pathlib import Path
from warehouse.home import Home
from warehouse.lock import Locked, is_held, refresh_lock
home = Home(Path(sys.argv[1]))
print(is_held(home))
try:
    with refresh_lock(home):
        print("taken")
except Locked as error:
    print(error)
"""


@contextmanager
def another_holder(home: Home) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def take(home: Home) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", TAKER, str(home.root)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_second_process_is_refused_and_told_who_holds_it(home: Home) -> None:
    with another_holder(home) as process:
        assert is_held(home)
        with pytest.raises(Locked, match=rf"process {process.pid} since \d{{4}}-"):
            refresh_lock(home).__enter__()
        held, told = take(home)
        assert held == "True"
        assert f"process {process.pid}" in told


def test_a_killed_holder_frees_it(home: Home) -> None:
    with another_holder(home) as process:
        process.kill()
        process.wait()
        assert not is_held(home)
        with refresh_lock(home):
            assert f"process {process.pid}" not in holder(home)


def test_a_holder_that_is_done_frees_it(home: Home) -> None:
    with another_holder(home) as process:
        process.communicate("\n")
        assert take(home) == ["False", "taken"]


def test_one_process_may_take_it_again_and_keeps_it_till_the_end(home: Home) -> None:
    with refresh_lock(home):
        with refresh_lock(home):
            pass
        assert take(home)[0] == "True"
    assert take(home) == ["False", "taken"]


def test_an_error_inside_frees_it(home: Home) -> None:
    with pytest.raises(ValueError, match="inside"), refresh_lock(home):
        raise ValueError("inside")
    assert take(home) == ["False", "taken"]


def test_locks_of_two_homes_do_not_meet(home: Home, tmp_path: Path) -> None:
    with another_holder(home), refresh_lock(Home(tmp_path / "other")):
        pass


@pytest.mark.parametrize("content", [None, "no JSON", ""])
def test_who_holds_it_may_be_unknown(home: Home, content: str | None) -> None:
    if content is not None:
        home.lock.with_suffix(".json").write_text(content)
    assert holder(home) == "holder unknown"
    assert not is_held(home)
