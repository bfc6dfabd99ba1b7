"""The doctor says how far each address comes, and how its figures differ; it lands nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner
from urllib3.util.retry import Retry

from assets.sources import gate
from assets.sources.fetching.settings import Settings
from assets.sources.predecessor import differences
from pipelines.cli.main import application
from pipelines.doctor import Diagnosis, examine
from tests import publisher_faults as faults
from tests.publishers_server import PublishersServer, serving
from warehouse.home import Home
from warehouse.reference_data import Reference


@pytest.fixture
def server() -> Iterator[PublishersServer]:
    with serving() as one:
        yield one


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, reference: Reference) -> Home:
    """A home where the committee's and the bank's files have landed."""
    home = Home(tmp_path_factory.mktemp("doctor")).make()
    for source in ("nsc", "nbkr", "undesa"):
        gate.land_bundled(home, reference, source)
    return home


def ask(
    home: Home, reference: Reference, server: PublishersServer, *sources: str
) -> dict[str, Diagnosis]:
    settings = Settings(
        retry=Retry(total=0), environment=server.environment(), sleep=lambda seconds: None
    )
    found = examine(home, reference, sources, settings)
    return {f"{one.source}/{one.dataset}": one for one in found}


def test_what_is_held_comes_again(
    held: Home, reference: Reference, server: PublishersServer
) -> None:
    before = {path: path.stat().st_mtime_ns for path in held.root.rglob("*")}
    found = ask(held, reference, server, "nsc", "undesa")
    opendata = found["nsc/opendata"]
    assert opendata.stage == "passes"
    assert opendata.now is not None
    assert opendata.held is not None
    assert (opendata.now.rows, opendata.now.first_year, opendata.now.last_year) == (15, 2021, 2025)
    assert opendata.held.release == "2025"
    assert (opendata.changed, opendata.new, opendata.vanished) == (0, 0, 0)
    assert found["nsc/sdg_16_2_2"].stage == "not configured"
    assert all(one.well for one in found.values())
    # Held for one country and come for the world: what is new can't be told.
    assert found["undesa/destination"].new is None
    assert found["undesa/destination"].vanished == 0
    assert {path: path.stat().st_mtime_ns for path in held.root.rglob("*")} == before


def test_each_stage_is_told(held: Home, reference: Reference, server: PublishersServer) -> None:
    server.inject("opendata", faults.status(404))
    server.inject("dynamic", faults.bytes_changed(lambda body: b"a,b\n1,2\n"))
    server.inject("remittances", faults.bytes_changed(faults.with_entities))
    found = ask(held, reference, server, "nsc", "nbkr")
    assert found["nsc/opendata"].stage == "not reachable"
    assert found["nsc/opendata"].message == "nsc/opendata: 127.0.0.1 answered 404 (Not Found)"
    assert found["nsc/dynamic"].stage == "not recognised"
    assert found["nbkr/remittances"].stage == "not recognised"
    assert not any(found[name].well for name in ("nsc/opendata", "nsc/dynamic", "nbkr/remittances"))


def test_other_figures_are_counted(
    held: Home, reference: Reference, server: PublishersServer, tmp_path: Path
) -> None:
    content = json.loads(server.served["nsc", "opendata"].read_text(encoding="utf-8"))
    values = content["data"][1]["values"]
    values[1]["value"] += 1
    values.append({"key": values[-1]["key"] - 1, "value": 5.0})
    del content["data"][2]["values"][0]
    other = tmp_path / "other.json"
    other.write_text(json.dumps(content), encoding="utf-8")
    server.serve_instead("nsc", "opendata", other)
    one = ask(held, reference, server, "nsc")["nsc/opendata"]
    assert (one.stage, one.changed, one.new, one.vanished) == ("passes", 1, 1, 1)


def test_a_broken_column_is_refused(
    held: Home, reference: Reference, server: PublishersServer
) -> None:
    def renamed(category: dict[str, object]) -> dict[str, object]:
        return {("unit" if key == "units" else key): value for key, value in category.items()}

    server.inject("opendata", faults.json_changed(renamed))
    one = ask(held, reference, server, "nsc")["nsc/opendata"]
    assert (one.stage, one.now) == ("refused", None)
    assert "column units: expected this key, which is missing" in str(one.message)


def test_an_empty_home_holds_nothing(
    tmp_path: Path, reference: Reference, server: PublishersServer
) -> None:
    one = ask(Home(tmp_path), reference, server, "nbkr")["nbkr/remittances"]
    assert (one.stage, one.held, one.changed) == ("passes", None, None)
    assert list(tmp_path.iterdir()) == []


def test_an_override_that_is_no_address(reference: Reference, tmp_path: Path) -> None:
    settings = Settings(environment={"MIGMAP_ADDRESS_NSC": "x"})
    (one,) = examine(Home(tmp_path), reference, ["nsc"], settings)
    assert (one.stage, one.message) == (
        "not reachable", "MIGMAP_ADDRESS_NSC is 'x', expected an address of http or https",
    )  # fmt: skip


def test_rows_that_only_their_place_tells_apart_are_counted_each() -> None:
    rows = pd.DataFrame({"year": [1, 1, 2], "value": [5, 5, 6], "source_ref": list("abc")})
    key = ("year", "source_ref")
    assert differences(rows, rows, key) == (0, 0, 0)
    assert differences(rows, rows.iloc[1:], key) == (0, 0, 1)
    assert differences(rows, rows.assign(value=[5, 7, 6]), key) == (1, 0, 0)
    assert differences(rows.iloc[:0], rows, key) == (0, 3, 0)


def test_the_command(held: Home, server: PublishersServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (server.environment() | {"MIGMAP_HOME": str(held.root)}).items():
        monkeypatch.setenv(name, value)
    well = CliRunner().invoke(application(), ["doctor", "--source", "nsc"])
    assert well.exit_code == 0, well.output
    assert (
        "✓ nsc/opendata               passes: 15 rows of 2021-2025; "
        "held 15 rows of 2021-2025, release 2025: 0 changed, 0 new, 0 gone\n"
    ) in well.output
    assert "– nsc/sdg_16_2_2             not configured\n" in well.output
    server.inject("opendata", faults.page_of_html)
    ill = CliRunner().invoke(application(), ["doctor", "--source", "nsc", "--json"])
    assert ill.exit_code == 1
    assert {one["dataset"]: one["stage"] for one in json.loads(ill.stdout)}["opendata"] == (
        "not reachable"
    )
    assert CliRunner().invoke(application(), ["doctor", "--source", "iom_report"]).exit_code == 2


def test_the_command_tells_of_another_scope(
    held: Home, server: PublishersServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (server.environment() | {"MIGMAP_HOME": str(held.root)}).items():
        monkeypatch.setenv(name, value)
    told = CliRunner().invoke(application(), ["doctor", "--source", "undesa"]).output
    assert "release 2024, for KGZ and not ALL: 0 changed, 0 gone" in told
    assert "  undesa/destination (from_parsers): Whether the site still refuses" in told


def test_the_settings_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGMAP_ADDRESS_NSC", "https://example.org")
    assert Settings().environment["MIGMAP_ADDRESS_NSC"] == "https://example.org"
    assert replace(Settings(), connect_seconds=1).retry.total == 4
