"""Fetching lands through the gate: whatever a publisher sends, what is held stays as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipelines import fetch_jobs
from pipelines.cli.fetching import print_fetched
from pipelines.cli.main import application
from pipelines.fetching import DatasetReport, fetch_and_land, sources_to_ask, work_folder
from tests import publisher_faults as faults
from tests.pipelines.fetching_trial import Trial
from tests.publishers_server import CLIENT_ID
from warehouse import landing
from warehouse.home import Home
from warehouse.lock import Locked
from warehouse.reference_data import Reference
from warehouse.tables import WarehouseHome


def test_silence_stops_no_other_publisher(trial: Trial) -> None:
    trial.server.inject("opendata", faults.silence)
    impatient = replace(trial.settings, read_seconds=0.02)
    before = trial.standing()
    reports = fetch_and_land(trial.home, trial.reference, ["nsc", "nbkr"], impatient)
    told = {f"{one.source}/{one.dataset}": one for one in reports}
    assert told["nsc/opendata"].state == "transient"
    assert str(told["nsc/opendata"].message).endswith("sent nothing for 0.02 s (tried 2 times)")
    assert told["nsc/dynamic"].state == "known"
    assert told["nbkr/remittances"].state == "known"
    assert trial.standing() == before


def test_a_next_page_elsewhere_is_not_followed(trial: Trial) -> None:
    trial.server.page_size = 20
    elsewhere = "http://127.0.0.1:9/external-api/gidd/disasters/?client_id=x"
    trial.server.inject("offset=0", faults.json_changed(lambda page: page | {"next": elsewhere}))
    assert trial.ask("idmc/disasters").state == "unchanged"
    assert [one.query["offset"] for one in trial.server.asked] == [["0"], ["20"]]


@pytest.mark.parametrize(
    ("where", "change", "message"),
    [
        ("offset=20", {"results": []}, "no rows at offset 20 of 31"),
        ("offset=20", {"count": 32}, "31 rows were counted on the first page, 32 at offset 20"),
        ("offset=20", {"next": "http://x.org"}, "all 31 rows are there, and the last page tells "),
    ],
)
def test_pages_of_idmc_that_do_not_fit(
    where: str, change: Mapping[str, Any], message: str, trial: Trial
) -> None:
    trial.server.page_size = 20
    trial.server.inject(where, faults.json_changed(lambda page: page | change))
    report = trial.ask("idmc/disasters")
    assert report.state == "transient"
    assert f"the pages of 127.0.0.1 do not fit: {message}" in str(report.message)


def test_a_page_of_idmc_that_comes_again(trial: Trial) -> None:
    trial.server.page_size = 10
    seen: list[Any] = []

    def again(page: dict[str, Any]) -> dict[str, Any]:
        seen.append(page["results"])
        return page | {"results": seen[0]}

    trial.server.inject("disasters", faults.json_changed(again))
    report = trial.ask("idmc/disasters")
    assert report.state == "transient"
    assert str(report.message).endswith("the rows at offset 10 of 31 came before")


def test_without_a_client_id_only_idmc_stays_away(trial: Trial) -> None:
    known = {k: v for k, v in trial.settings.environment.items() if k != "IDMC_CLIENT_ID"}
    settings = replace(trial.settings, environment=known)
    reports = fetch_and_land(trial.home, trial.reference, ["idmc", "nbkr"], settings)
    of_idmc = [one for one in reports if one.source == "idmc"]
    assert {one.state for one in of_idmc} == {"permanent"}
    assert of_idmc[0].message == (
        "idmc/conflicts: 127.0.0.1 wants a client id, and IDMC_CLIENT_ID is not set; "
        "IDMC gives one on request"
    )
    assert reports[-1].state == "known"
    assert {one.path.split("/")[1] for one in trial.server.asked} == {"remittances.xlsx"}


def test_a_client_id_that_is_refused_is_not_told(trial: Trial) -> None:
    wrong = {**trial.settings.environment, "IDMC_CLIENT_ID": CLIENT_ID[::-1]}
    trial.settings = replace(trial.settings, environment=wrong)
    report = trial.ask("idmc/conflicts")
    assert report.state == "permanent"
    assert report.message == (
        'idmc/conflicts: 127.0.0.1 answered 403 (Forbidden): {"detail":"Client is not registered."}'
    )


def test_new_figures_land_with_the_day_as_release(trial: Trial, tmp_path: Path) -> None:
    content = json.loads(trial.server.served["nsc", "opendata"].read_text(encoding="utf-8"))
    content["data"][1]["values"][1]["value"] += 1
    new = tmp_path / "new.json"
    new.write_text(json.dumps(content), encoding="utf-8")
    trial.home = Home(tmp_path / "home").make()
    # What is bundled lands first, so that nothing seems new because nothing is held.
    assert trial.ask("nsc/opendata").state == "known"
    trial.server.serve_instead("nsc", "opendata", new)
    report = trial.ask("nsc/opendata")
    assert report.state == "accepted", report.message
    assert report.manifest is not None
    assert report.manifest.release == "2026-11-24"
    assert report.manifest.fetched
    assert report.manifest.scope == ("KGZ",)
    assert report.manifest.link == f"{trial.server.address}/ru/opendata/category/316/json"
    assert trial.ask("nsc/opendata").state == "not modified"


def test_in_an_empty_home_the_bundled_revisions_hold_nothing_up(
    trial: Trial, tmp_path: Path
) -> None:
    """UNHCR's demographics of end 2023 and end 2025 jump beyond the limits of what is fetched."""
    trial.home = Home(tmp_path / "home").make()
    report = trial.ask("unhcr/demographics")
    assert report.state == "unchanged", report.message
    held = landing.accepted(trial.home, "unhcr", "demographics")
    assert {one.release for one in held} == {"2023-mid", "2023-end", "2025-end"}
    assert landing.refused(trial.home) == []


def test_the_client_id_is_kept_nowhere(trial: Trial, tmp_path: Path) -> None:
    trial.server.page_size = 20
    old = trial.server.served["idmc", "disasters"].read_text(encoding="utf-8")
    new = tmp_path / "new.json"
    new.write_text(old.replace('"new_displacement": 1027,', '"new_displacement": 1028,'), "utf-8")
    trial.server.serve_instead("idmc", "disasters", new)
    trial.home = Home(tmp_path / "home").make()
    reports = fetch_and_land(trial.home, trial.reference, ["idmc"], trial.settings)
    assert [one.state for one in reports if one.dataset == "disasters"] == ["accepted"]
    assert sum(CLIENT_ID in str(one.query) for one in trial.server.asked) == len(reports) + 1
    files = [path for path in trial.home.root.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path for path in files if CLIENT_ID.encode() in path.read_bytes()] == []
    assert CLIENT_ID not in str(reports)
    # What becomes table extract, which the published file holds packed.
    assert CLIENT_ID not in landing.as_frame(landing.accepted(trial.home)).to_csv()


def test_two_do_not_ask_the_same_publisher_at_once(trial: Trial) -> None:
    with (
        work_folder(trial.home, "nsc"),
        pytest.raises(Locked, match="nsc is being fetched by another process"),
        work_folder(trial.home, "nsc"),
    ):
        pass


def test_what_a_killed_process_left_is_removed(trial: Trial) -> None:
    left = trial.home.fetched / "nsc-left"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    with work_folder(trial.home, "nsc"):
        assert not left.exists()


def test_an_address_that_is_none_is_told(trial: Trial) -> None:
    wrong = {**trial.settings.environment, "MIGMAP_ADDRESS_NBKR": "file:///etc"}
    trial.settings = replace(trial.settings, environment=wrong)
    wrong.pop("MIGMAP_ADDRESS_NBKR_REMITTANCES")
    wrong["MIGMAP_ADDRESS_NSC"] = "file:///etc"
    reports = fetch_and_land(trial.home, trial.reference, ["nsc", "nbkr"], trial.settings)
    assert [(one.source, one.state) for one in reports] == [
        ("nsc", "permanent"), ("nbkr", "not configured"),
    ]  # fmt: skip
    assert reports[0].message == (
        "MIGMAP_ADDRESS_NSC is 'file:///etc', expected an address of http or https"
    )


def test_the_report_is_never_asked(reference: Reference) -> None:
    assert sources_to_ask(reference, "iom_report") == []
    assert sources_to_ask(reference, None) == ["idmc", "nbkr", "nsc", "undesa", "unhcr"]


# --- as a Dagster job


@pytest.fixture
def patience(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ops take the environment, and here they do not wait."""
    for name, value in trial.settings.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        fetch_jobs,
        "fetch_and_land",
        lambda home, reference, sources, listener: fetch_and_land(
            home, reference, sources, trial.settings, listener=listener
        ),
    )


def run_job(trial: Trial, name: str) -> dg.ExecuteInProcessResult:
    at_once = dg.RetryPolicy(max_retries=1)
    (job,) = [one for one in fetch_jobs.fetch_jobs(at_once) if one.name == name]
    return job.execute_in_process(
        resources={"warehouse_home": WarehouseHome(root=str(trial.home.root))},
        raise_on_error=False,
    )


@pytest.mark.usefixtures("patience")
def test_only_what_may_pass_is_repeated(trial: Trial) -> None:
    trial.server.inject("opendata", faults.status(503))
    trial.server.inject("remittances", faults.status(404))
    nsc, nbkr = run_job(trial, "fetch_nsc"), run_job(trial, "fetch_nbkr")
    assert not nsc.success
    assert not nbkr.success

    def repeated(result: dg.ExecuteInProcessResult) -> int:
        return sum(event.is_step_up_for_retry for event in result.all_events)

    assert (repeated(nsc), repeated(nbkr)) == (1, 0)
    (failure,) = [event for event in nbkr.all_events if event.is_step_failure]
    assert "nbkr/remittances: 127.0.0.1 answered 404 (Not Found)" in str(
        failure.event_specific_data
    )
    assert CLIENT_ID not in "".join(str(event) for event in (*nsc.all_events, *nbkr.all_events))


@pytest.mark.usefixtures("patience")
def test_a_publisher_that_fails_stops_no_other(trial: Trial) -> None:
    trial.server.inject("remittances", faults.page_of_html)
    result = run_job(trial, "fetch")
    failed = [event.step_key for event in result.all_events if event.is_step_failure]
    passed = {event.step_key for event in result.all_events if event.is_step_success}
    assert failed == ["ask_nbkr"]
    assert passed == {"ask_nsc", "ask_idmc", "ask_undesa", "ask_unhcr"}


# --- on the command line


def refresh_fetching(trial: Trial, monkeypatch: pytest.MonkeyPatch, source: str) -> Result:
    for name, value in trial.settings.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MIGMAP_HOME", str(trial.home.root))
    return CliRunner().invoke(application(), ["refresh", "--fetch", "--source", source])


def test_a_second_fetch_with_nothing_new_says_so(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = trial.standing()
    first = refresh_fetching(trial, monkeypatch, "nsc")
    again = refresh_fetching(trial, monkeypatch, "nsc")
    for result in (first, again):
        assert result.exit_code == 0, result.output
        assert "The publishers have nothing new." in result.output
        assert "Nothing changed since the published build; no run was started." in result.output
    assert "= nsc/opendata               unchanged: the same bytes" in first.output
    assert "= nsc/opendata               not modified, the publisher says" in again.output
    assert [one.status for one in trial.server.asked] == [200, 200, 304, 304]
    assert trial.standing() == before


def test_what_could_not_be_fetched_is_told_and_the_rest_goes_on(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.server.inject("opendata", faults.status(404))
    result = refresh_fetching(trial, monkeypatch, "nsc")
    assert result.exit_code == 2
    assert "✗ nsc/opendata               could not be fetched\n" in result.output
    assert "Not fetched: nsc/opendata: 127.0.0.1 answered 404 (Not Found)" in result.output
    assert "= nsc/dynamic                unchanged: the same bytes" in result.output


def test_the_report_is_never_fetched(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    result = refresh_fetching(trial, monkeypatch, "iom_report")
    assert result.exit_code == 0, result.output
    assert "iom_report is never fetched" in result.output


def test_a_refusal_is_told_with_what_may_be_done(
    trial: Trial, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = (one for one in landing.accepted(trial.home, "nsc", "opendata"))
    beyond = replace(path, accepted=False, over_limits=True, why="opendata.json: 1 fault")
    refused = DatasetReport("nsc", "opendata", "refused", beyond.why, beyond)
    new = DatasetReport("nsc", "dynamic", "accepted")
    assert not print_fetched([refused, new])
    told = capsys.readouterr()
    assert "Refused: opendata.json: 1 fault\n  If the figures are right: migmap accept" in told.err
    assert told.out == "Fetched: 1 refused, 1 new: accepted\n"
    assert print_fetched([new])
    assert print_fetched([])
