"""Where the published file can't answer a command, it says why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from click.testing import Result

from pipelines.cli import console
from warehouse import database

QUESTION = "indicator=refugees destination=KGZ year=2022"
# Each command that reads the published file.
COMMANDS = [
    ["assessment"], ["diff", "2024-01-31", "2024-06-30"], ["export", "csv"], ["export", "xlsx"],
    ["letters"], ["matrix"], ["report"], ["report-check"], ["sql", "SELECT 1"], ["why", QUESTION],
]  # fmt: skip


# Those that write what will be passed on.
PASSED_ON = [
    ["export", "csv"], ["export", "datapackage"], ["export", "parquet"], ["export", "sdmx"],
    ["export", "xlsx"], ["report"],
]  # fmt: skip


def publish(home: Path, version: str, access: str = "public") -> None:
    """A file with little more than one landed file."""
    home.mkdir()
    with duckdb.connect(str(home / "migration.duckdb")) as connection:
        connection.execute("CREATE TABLE build AS SELECT ? AS contract_version", [version])
        connection.execute(
            "CREATE TABLE extract AS SELECT 'nsc' AS source, 'net_migration' AS dataset, "
            "'2023' AS release, 'letter.xlsx' AS file, true AS accepted, ? AS access",
            [access],
        )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_without_a_warehouse_a_refresh_is_asked_for(
    command: list[str], here: Callable[..., Result], tmp_path: Path
) -> None:
    done = here(tmp_path / "home", *command)
    assert done.exit_code == console.EXIT_NO_WAREHOUSE
    assert "run a refresh first" in done.output


def test_what_another_version_published_is_not_asked(
    here: Callable[..., Result], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    publish(home, "0.9")
    done = here(home, "why", QUESTION)
    assert done.exit_code == console.EXIT_NO_WAREHOUSE
    told = " ".join(done.output.split())
    assert "keeps version 0.9" in told
    assert f"this is {database.CONTRACT_VERSION}: run a refresh first" in told


def test_a_fault_of_our_own_is_not_taken_for_that(
    here: Callable[..., Result], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    publish(home, database.CONTRACT_VERSION)
    assert isinstance(here(home, "why", QUESTION).exception, duckdb.CatalogException)


def test_a_mistaken_query_is_told_as_it_is(here: Callable[..., Result], tmp_path: Path) -> None:
    home = tmp_path / "home"
    publish(home, "0.9")
    done = here(home, "sql", "SELECT * FROM stocks")
    assert done.exit_code == console.EXIT_FAILED
    assert "stocks" in done.output
    assert "run a refresh" not in done.output


@pytest.mark.parametrize("command", PASSED_ON, ids=lambda command: " ".join(command))
def test_nothing_internal_is_passed_on_by_mistake(
    command: list[str], here: Callable[..., Result], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    publish(home, database.CONTRACT_VERSION, access="internal")
    done = here(home, *command)
    assert done.exit_code == console.EXIT_FAILED
    assert "nsc net_migration 2023 letter.xlsx" in done.output
    assert not (home / "var" / "outputs").exists()
    # Then it is made, as far as there is anything to make it of.
    asked = here(home, *command, "--internal")
    assert "marked internal" not in asked.output
    assert isinstance(asked.exception, duckdb.Error)


@pytest.mark.parametrize("access", ["public", "on_request"])
def test_other_files_hold_nothing_up(
    access: str, here: Callable[..., Result], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    publish(home, database.CONTRACT_VERSION, access)
    done = here(home, "export", "csv")
    assert isinstance(done.exception, duckdb.Error)
