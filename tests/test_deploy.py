"""The files in deploy/: what can be told of them without systemd and without containers."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
CHECKOUT = "/srv/migration-data-map"
HOME = "/var/lib/migmap"
# Set to these in each unit.
HARDENED = {
    "User": "migmap",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "SystemCallFilter": "@system-service",
    "StateDirectory": "migmap",
}
INSTRUCTIONS = {
    "FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD",
}  # fmt: skip


def settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def instructions(text: str) -> list[tuple[str, str]]:
    """Instructions of a Containerfile with what they are given, in order."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    lines = [line for line in joined.splitlines() if line.strip()]
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines]


@pytest.fixture(scope="module")
def image() -> list[tuple[str, str]]:
    return instructions((ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8"))


def test_there_is_a_unit_for_the_pages_and_one_for_the_daemon() -> None:
    assert [unit.name for unit in UNITS] == ["migmap-daemon.service", "migmap-webserver.service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_hardened_and_starts_what_is_installed(unit: Path) -> None:
    said = settings(unit)
    assert {name: said[name][-1] for name in HARDENED} == HARDENED
    assert f"MIGMAP_HOME={HOME} DAGSTER_HOME={HOME}/var/dagster" in said["Environment"]
    assert said["WorkingDirectory"] == [CHECKOUT]
    for command in (*said["ExecStartPre"], *said["ExecStart"]):
        program = Path(shlex.split(command)[0])
        assert program.parent.as_posix() == f"{CHECKOUT}/.venv/bin"
        assert (Path(sys.executable).parent / program.name).exists()


def test_the_pages_listen_on_this_machine_only() -> None:
    (started,) = settings(ROOT / "deploy" / "migmap-webserver.service")["ExecStart"]
    assert "--host 127.0.0.1" in started


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    copies = []
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        copies.append(tmp_path / unit.name)
        # It wants to find the programs.
        here = text.replace(f"{CHECKOUT}/.venv/bin", str(Path(sys.executable).parent))
        copies[-1].write_text(here, encoding="utf-8")
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *copies],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stdout + told.stderr) == (0, "")


def test_the_image_runs_as_nobody_special_with_its_data_outside(
    image: list[tuple[str, str]],
) -> None:
    assert {name for name, _ in image} == INSTRUCTIONS
    assert image[0][0] == "FROM"
    assert image[-1][0] == "CMD"
    given = dict(image)
    assert given["USER"] == "migmap"
    assert given["VOLUME"] == HOME
    assert f"MIGMAP_HOME={HOME} " in given["ENV"]
    assert "/server_info" in given["HEALTHCHECK"]
    installs = [what for name, what in image if name == "RUN" and "pip install" in what]
    assert "--require-hashes --requirement requirements.lock" in installs[0]
    # Nothing is written into the image as the user that runs.
    order = [name for name, _ in image]
    assert max(place for place, name in enumerate(order) if name in ("RUN", "COPY")) < order.index(
        "USER"
    )


def test_what_the_image_copies_is_there_and_run_time_data_stay_out(
    image: list[tuple[str, str]],
) -> None:
    for what in (what for name, what in image if name == "COPY"):
        for path in what.split()[:-1]:
            assert (ROOT / path).exists()
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".git", ".env", "warehouse/var", "warehouse/migration.duckdb*"} <= set(left_out)
    needed = {"pyproject.toml", "README.md", "LICENSE", "pipelines", "assets", "schemas"}
    assert not needed & set(left_out)
