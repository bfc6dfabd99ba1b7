"""``migmap land`` and ``migmap accept``: files by letter, and files that a person passes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.cli import accept, land
from pipelines.cli.main import application
from schemas.sources.unhcr import POPULATION_VALUES
from warehouse import landing
from warehouse.home import Home
from warehouse.lock import Locked

Run = Callable[..., str]


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command; give all that it printed, on one line."""
    monkeypatch.setenv("MIGMAP_HOME", str(home.root))

    def command(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(application(), list(arguments))
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    return command


@pytest.fixture
def letter(tmp_path: Path) -> Callable[..., str]:
    """A file of UNHCR's population, as an official might send it."""

    def write(name: str, refugees: Any) -> str:
        item = {
            "year": 2022, "coo_id": None, "coo_name": "Afghanistan", "coo": "AFG",
            "coo_iso": "AFG", "coa_id": None, "coa_name": "Kyrgyzstan", "coa": "KGZ",
            "coa_iso": "KGZ", **dict.fromkeys(POPULATION_VALUES, "-"), "refugees": refugees,
        }  # fmt: skip
        path = tmp_path / name
        path.write_text(json.dumps({"page": 1, "maxPages": 1, "total": [], "items": [item]}))
        return str(path)

    return write


SAID = (
    "--source", "unhcr", "--dataset", "population", "--release", "letter of May", "--licence",
    "for this map only", "--access", "on_request", "--scope", "KGZ",
)  # fmt: skip
MORE = ("--known-on", "2026-05-04", "--citation", "A letter", "--link", "none", "--note", "N.")


def test_a_letter_lands_with_all_that_is_said_of_it(
    run: Run, letter: Callable[..., str], home: Home
) -> None:
    told = run("land", letter("a.json", 1000), *SAID, *MORE)
    assert "Landed a.json as unhcr/population release letter of May, 1 rows." in told
    (one,) = landing.accepted(home)
    assert (one.access, one.licence, one.known_on) == (
        "on_request", "for this map only", "2026-05-04",
    )  # fmt: skip
    assert (one.release, one.scope, one.citation) == ("letter of May", ("KGZ",), "A letter")
    assert (one.link, one.note, one.fetched) == ("none", "N.", False)
    assert "landed before" in run("land", letter("b.json", 1000), *SAID)


def test_without_a_day_a_letter_is_known_from_today(
    run: Run, letter: Callable[..., str], home: Home
) -> None:
    before = datetime.now(UTC).date().isoformat()
    run("land", letter("a.json", 1000), *SAID)
    after = datetime.now(UTC).date().isoformat()
    assert landing.accepted(home)[0].known_on in (before, after)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("--source", "idmc"), "'idmc', as its manifest says"),
        (("--dataset", "solutions"), "'solutions', as its manifest says"),
        (("--access", "secret"), "found 'secret', expected one of internal, on_request, public"),
        (("--scope", "QQQ"), "an area code or ALL"),
    ],
)
def test_a_letter_is_taken_as_strictly_as_any_file(
    said: tuple[str, ...], told: str, run: Run, letter: Callable[..., str], home: Home
) -> None:
    assert told in run("land", letter("a.json", 1000), *SAID, *said, code=2)
    assert landing.accepted(home) == []


def test_a_letter_that_jumps_waits_for_a_person(
    run: Run, letter: Callable[..., str], home: Home
) -> None:
    run("land", letter("a.json", 1000), *SAID)
    told = run("land", letter("b.json", 2000), *SAID, code=2)
    (refused,) = landing.refused(home)
    command = f"migmap accept {refused.extract_id[:12]} --by NAME --reason TEXT"
    assert "found '2,000', expected at most 10% from 1,000" in told
    assert command in told
    status = run("status")
    assert "unhcr/population: b.json" in status
    assert command in status
    person = ("--by", "A. Reader", "--reason", "An amnesty.")
    assert "Accepted b.json" in run("accept", refused.extract_id[:12], *person)
    (_, accepted) = landing.accepted(home)
    assert (accepted.accepted_by, accepted.accepted_because) == ("A. Reader", "An amnesty.")
    status = run("status")
    assert "Accepted beyond limits by A. Reader" in status
    assert "An amnesty." in status
    assert "names no file" in run("accept", refused.extract_id[:12], *person, code=1)


def test_a_letter_with_faults_can_not_be_accepted(
    run: Run, letter: Callable[..., str], home: Home
) -> None:
    told = run("land", letter("a.json", "many"), *SAID, code=2)
    assert "migmap accept" not in told
    (refused,) = landing.refused(home)
    told = run("accept", refused.extract_id, "--by", "A. Reader", "--reason", "So.", code=1)
    assert "not refused for limits but for faults" in told
    assert "'many'" in told


def test_while_a_refresh_runs_nothing_lands(
    run: Run, letter: Callable[..., str], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: Home) -> None:
        raise Locked("process 1 refreshes")

    for module in (accept, land):
        monkeypatch.setattr(module, "refresh_lock", locked)
    assert "process 1 refreshes" in run("land", letter("a.json", 1000), *SAID, code=3)
    run("accept", "a", "--by", "A. Reader", "--reason", "So.", code=3)
    assert landing.accepted(home) == []
