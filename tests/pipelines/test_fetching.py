"""Fetching lands through the gate: whatever a publisher sends, what is held stays as it was."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import Result
from typer.testing import CliRunner
from urllib3.util.retry import Retry

from assets.sources.fetching.settings import Settings
from pipelines import fetch_jobs
from pipelines.cli.fetching import print_fetched
from pipelines.cli.main import app
from pipelines.fetching import DatasetReport, fetch_and_land, sources_to_ask, work_folder
from tests import publisher_faults as faults
from tests.publishers_server import CLIENT_ID, PublishersServer, serving
from warehouse import landing
from warehouse.home import Home
from warehouse.lock import Locked
from warehouse.reference_data import Reference
from warehouse.tables import WarehouseHome

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def one_server() -> Iterator[PublishersServer]:
    with serving(page_size=300) as server:
        yield server


@pytest.fixture(scope="module")
def shared_home(refreshed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("fetching") / "home"
    shutil.copytree(refreshed_home, root)
    return Home(root)


@dataclass
class Trial:
    """A home with its publishers, and what asking one for one dataset does."""

    home: Home
    reference: Reference
    server: PublishersServer
    settings: Settings

    def ask(self, name: str) -> DatasetReport:
        """Ask for one dataset, named source/dataset."""
        source, dataset = name.split("/")
        table = self.reference.table("endpoint")
        one = table[(table["source"] == source) & (table["dataset"] == dataset)]
        reference = replace(self.reference, tables={**self.reference.tables, "endpoint": one})
        (report,) = fetch_and_land(self.home, reference, [source], self.settings)
        return report

    def standing(self) -> dict[str, object]:
        """What is accepted and what is published; not when it was last confirmed."""
        found: dict[str, object] = {}
        for path in (self.home.database, *self.home.landing.rglob("*")):
            if path.name.endswith(landing.MANIFEST_SUFFIX):
                found[str(path)] = json.loads(path.read_text("utf-8")) | {"confirmed_order": None}
            elif path.is_file():
                found[str(path)] = sha256(path.read_bytes()).hexdigest()
        return found


@pytest.fixture
def trial(one_server: PublishersServer, shared_home: Home, reference: Reference) -> Iterator[Trial]:
    one_server.injected.clear()
    one_server.asked.clear()
    one_server.page_size = 300
    before = dict(one_server.served)
    settings = Settings(
        read_seconds=30,
        retry=Retry(total=1, allowed_methods=["GET"]),
        environment=one_server.environment(),
        sleep=lambda seconds: None,
        now=lambda: NOW,
    )
    for left in (shared_home.fetched, shared_home.quarantine):
        shutil.rmtree(left, ignore_errors=True)
    yield Trial(shared_home, reference, one_server, settings)
    one_server.served = before


Change = Callable[[Any], Any]


def first_item(**changes: Any) -> Change:
    """An answer of UNHCR whose first item is changed."""

    def change(page: dict[str, Any]) -> dict[str, Any]:
        page["items"][0] |= changes
        return page

    return change


def doubled(page: dict[str, Any]) -> dict[str, Any]:
    page["items"].append(dict(page["items"][0]))
    return page


def number_as_text(category: dict[str, Any]) -> dict[str, Any]:
    category["data"][1]["values"][1]["value"] = "14 669"
    return category


def first_rows(**changes: Any) -> Change:
    """An answer of IDMC whose first row is changed."""

    def change(page: dict[str, Any]) -> dict[str, Any]:
        page["results"][0] |= changes
        return page

    return change


def with_sheet_text(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """A workbook with another text among its strings."""

    def change(workbook: bytes) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(workbook)) as before, zipfile.ZipFile(out, "w") as after:
            for name in before.namelist():
                after.writestr(name, before.read(name).replace(old, new))
        assert out.getvalue() != workbook
        return out.getvalue()

    return change


def page_at(number: int) -> Change:
    """A page of UNHCR that bears another number."""
    return lambda page: page | {"page": number}


# The bank's exchange rates, with an entity that would grow.
RATES = b"""<?xml version="1.0" encoding="windows-1251" ?>
<!DOCTYPE CurrencyRates [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;">]>
<CurrencyRates Name="Daily Exchange Rates" Date="03.07.2026">
<Currency ISOCode="USD"><Nominal>1</Nominal><Value>&b;,45</Value></Currency>
</CurrencyRates>
"""

# What is asked, where the fault strikes, the fault, and what comes of it: state and message.
FAULTS: dict[str, tuple[str, str, Any, str, str]] = {
    "429": (
        "nsc/opendata", "opendata", faults.status(429, Retry_After="60"), "transient",
        "127.0.0.1 answered 429 (Too Many Requests) and asks to come again in 60 s (tried 2 times)",
    ),
    "500": (
        "undesa/destination", "destination", faults.status(500), "transient",
        "127.0.0.1 answered 500 (Internal Server Error) (tried 2 times)",
    ),
    "cut": (
        "undesa/destination", "destination", faults.cut, "transient",
        "127.0.0.1 cut the connection before the whole answer was there (tried 2 times)",
    ),
    "truncated gzip": (
        "unhcr/solutions", "solutions", faults.truncated_gzip, "transient",
        "bytes of gzip that does not end: cut short (tried 2 times)",
    ),
    "too long a length": (
        "nbkr/remittances", "remittances", faults.longer_by(1), "transient",
        "127.0.0.1 cut the connection before the whole answer was there (tried 2 times)",
    ),
    "too short a length": (
        "nbkr/remittances", "remittances", faults.longer_by(-9), "refused",
        "byte 7197: found 'File is not a zip file', "
        "expected a workbook that can be read: its list of parts is cut off or broken",
    ),
    "404": (
        "nsc/opendata", "opendata", faults.status(404), "permanent",
        "127.0.0.1 answered 404 (Not Found)",
    ),
    "log-in page": (
        "unhcr/solutions", "solutions", faults.page_of_html, "permanent",
        "127.0.0.1 sent a web page in place of data: an error or a log-in page, or the address "
        "has moved",
    ),
    "log-in page as a workbook": (
        "undesa/destination", "destination", faults.html_as_data, "permanent",
        "127.0.0.1 sent a web page in place of data: an error or a log-in page, or the address "
        "has moved",
    ),
    "empty list of UNHCR": (
        "unhcr/solutions", "solutions",
        faults.json_changed(lambda page: page | {"maxPages": 0, "items": []}), "refused",
        "items: expected items, and the answer has none: nothing was found",
    ),
    "empty list of IDMC": (
        "idmc/conflicts", "conflicts",
        faults.json_changed(lambda page: page | {"count": 0, "results": []}), "refused",
        "$.results: expected rows, and the answer has none: nothing was found",
    ),
    "a page again": (
        "unhcr/population", "page=2", faults.json_changed(page_at(1)), "transient",
        "the pages of 127.0.0.1 do not fit: asked for page 2, got page 1",
    ),
    "a page without rows": (
        "unhcr/population", "page=2", faults.json_changed(lambda page: page | {"items": []}),
        "transient", "the pages of 127.0.0.1 do not fit: page 2 of 3 is empty",
    ),
    "other pages meanwhile": (
        "unhcr/population", "page=2", faults.json_changed(lambda page: page | {"maxPages": 9}),
        "transient",
        "the pages of 127.0.0.1 do not fit: page 1 tells of 3 pages, page 2 of 9",
    ),
    "pages without end": (
        "unhcr/population", "page=1", faults.json_changed(lambda page: page | {"maxPages": 10**6}),
        "permanent", "127.0.0.1 has 1000000 pages, expected at most 1000",
    ),
    "a column renamed": (
        "unhcr/solutions", "solutions",
        faults.json_changed(lambda page: page | {
            "items": [
                {("resettled" if key == "resettlement" else key): value
                 for key, value in item.items()}
                for item in page["items"]
            ]
        }),
        "refused",
        "$[0].items[0], column resettled: found 'resettled', expected the column 'resettlement', "
        "the nearest that is known",
    ),
    "a number as text of UNHCR": (
        "unhcr/solutions", "coo=KGZ", faults.json_changed(first_item(resettlement="1 O")),
        "refused",
        "$[0].items[0], column resettlement: found '1 O', expected a whole number, '-' or nothing",
    ),
    "a row twice": (
        "unhcr/solutions", "coo=KGZ", faults.json_changed(doubled), "refused",
        "expected one row for this key, but $[0].items[0] has it already",
    ),
    "a number as text of NSC": (
        "nsc/opendata", "opendata", faults.json_changed(number_as_text), "refused",
        "$.data[1].values[1], column value: found '14 669', expected a number or null",
    ),
    "a number as text of IDMC": (
        "idmc/conflicts", "conflicts", faults.json_changed(first_rows(new_displacement="1,5")),
        "refused", "found '1,5'",
    ),
    "windows-1251": (
        "nsc/opendata", "opendata",
        faults.bytes_changed(
            lambda body: body.decode().encode("windows-1251", errors="replace"),
            "application/json; charset=utf-8",
        ),
        "refused", "expected text in UTF-8",
    ),
    "to a file": (
        "undesa/destination", "destination", faults.sent_to("file:///etc/passwd"), "permanent",
        "127.0.0.1 sends on to file://, which is not followed: only https of the same host is",
    ),
    "to another port": (
        "nbkr/remittances", "remittances", faults.sent_to("http://127.0.0.1:22/"), "permanent",
        "127.0.0.1 sends on to http://127.0.0.1:22, which is not followed: "
        "only https of the same host is",
    ),
    "2 GB": (
        "undesa/destination", "destination", faults.told_length(faults.TWO_GIGABYTES), "permanent",
        "127.0.0.1 declares 2,147,483,648 bytes, expected at most 67,108,864 "
        "(max_bytes in table endpoint)",
    ),
    "bomb": (
        "undesa/destination", "destination", faults.bytes_changed(faults.bomb), "refused",
        "expected at most 2000 parts of 268435456 bytes",
    ),
    "bomb that lies": (
        "undesa/destination", "destination", faults.bytes_changed(faults.lying_bomb), "refused",
        "part 'xl/worksheets/sheet1.xml': found \"Bad CRC-32 for file "
        "'xl/worksheets/sheet1.xml'\", expected a part that can be unpacked",
    ),
    "entities in a workbook": (
        "undesa/destination", "destination", faults.bytes_changed(faults.with_entities), "refused",
        "part 'xl/worksheets/sheet1.xml': found '<!DOCTYPE', expected XML without a document type",
    ),
    "entities in XML": (
        "nbkr/remittances", "remittances", faults.bytes_changed(lambda body: RATES), "refused",
        "nbkr_remittances.xlsx: found '<!DOCTYPE', expected XML without a document type",
    ),
    "XML in place of a workbook": (
        "nbkr/remittances", "remittances", faults.bytes_changed(lambda body: RATES, "text/xml"),
        "permanent",
        "127.0.0.1 sent text/xml, expected application/octet-stream, application/vnd.ms-excel, "
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "a column of a workbook renamed": (
        "undesa/destination", "destination",
        faults.bytes_changed(with_sheet_text(b"Location code", b"Place code")), "refused",
        "undesa_destination.xlsx",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_nothing_that_is_held(name: str, trial: Trial) -> None:
    asked, where, fault, state, message = FAULTS[name]
    before = trial.standing()
    trial.server.inject(where, fault)
    report = trial.ask(asked)
    assert report.state == state, report.message
    assert report.message is not None
    if state == "refused":
        assert message in report.message
        assert report.message in [one.why for one in landing.standing_refusals(trial.home)]
    else:
        assert report.message.startswith(f"{asked}: ")
        assert report.message.endswith(message)
    assert trial.standing() == before
    # What was on its way is gone, and the next time all is well.
    assert [path.name for path in trial.home.fetched.glob(f"{report.source}-*")] == []
    trial.server.injected.clear()
    assert trial.ask(asked).state in ("known", "unchanged", "not modified")
    assert trial.standing() == before
    source = asked.partition("/")[0]
    assert [one for one in landing.standing_refusals(trial.home) if one.source == source] == []


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
    return CliRunner().invoke(app, ["refresh", "--fetch", "--source", source])


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
