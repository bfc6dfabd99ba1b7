"""Alerts: off until configured, in plain words, each once, and never with a secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields
from email.message import EmailMessage
from typing import Any

import dagster as dg
import pytest

from pipelines import alerts, sensors
from pipelines.alert_plugs import AlertFailed, Message
from pipelines.alerts import alert_refused, alert_run_failed, failed_run
from tests.pipelines.mail_server import PASSWORD, SMTP, MailServer
from warehouse import landing
from warehouse.home import Home
from warehouse.landing import Manifest

pytestmark = pytest.mark.usefixtures("nowhere")


# --- refused files


def refuse(home: Home, name: str, why: str = "line 4: found '12x'") -> Manifest:
    path = home.inbox / name
    path.write_text(f"content of {name} {why}", encoding="utf-8")
    told: dict[str, Any] = {one.name: None for one in fields(Manifest) if one.default is MISSING}
    told |= {
        "extract_id": landing.content_id(path), "source": "unhcr", "dataset": "population",
        "file": name, "bytes": 1, "landed_at": "", "landed_order": -1, "accepted": False,
        "why": why,
    }  # fmt: skip
    return landing.keep(home, path, Manifest(**told))


@pytest.fixture
def place(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("MIGMAP_HOME", str(home.root))
    return home


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Message]]:
    """Two ways, and what went out by each."""
    told: dict[str, list[Message]] = {"e-mail": [], "webhook": []}
    ways = {name: messages.append for name, messages in told.items()}
    monkeypatch.setattr(alerts, "plugs", lambda _: ways)
    return told


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


class Looks:
    """Looks of the gate's sensor, one after the other."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.cursor: str | None = None

    def __call__(self) -> str:
        with dg.build_sensor_context(self.instance, cursor=self.cursor) as context:
            told = alert_refused(context)
            self.cursor = context.cursor
        assert isinstance(told, dg.SkipReason)
        return str(told.skip_message)


@pytest.fixture
def look(instance: dg.DagsterInstance) -> Looks:
    return Looks(instance)


def test_all_alert_sensors_are_on() -> None:
    for sensor in (alert_refused, alert_run_failed):
        assert sensor in sensors.sensors()
        assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def test_until_something_is_configured_nothing_is_told_nor_forgotten(
    place: Home, look: Looks, monkeypatch: pytest.MonkeyPatch, mail: type[MailServer]
) -> None:
    refuse(place, "one.csv")
    assert look() == "no alert is configured"
    for name, value in SMTP.items():
        monkeypatch.setenv(name, value)
    look()
    (letter,) = [said for said in mail.said if isinstance(said, EmailMessage)]
    assert "File: one.csv" in letter.get_content()


def test_each_refusal_is_told_once(
    place: Home, look: Looks, sent: dict[str, list[Message]]
) -> None:
    refuse(place, "one.csv")
    refuse(place, "two.csv")
    assert look() == "Every refusal that stands was told."
    look()
    for messages in sent.values():
        (message,) = messages
        assert message.subject == "Migration data map: 2 files were refused"
        for line in (
            "Source: unhcr, dataset: population", "File: one.csv, refused", "File: two.csv",
            "Why: line 4: found '12x'", "What to do: ",
        ):  # fmt: skip
            assert line in message.text
        assert [item["file"] for item in message.items] == ["one.csv", "two.csv"]
    refuse(place, "three.csv")
    look()
    assert [item["file"] for item in sent["e-mail"][-1].items] == ["three.csv"]
    assert sent["e-mail"][-1].subject == "Migration data map: 1 file was refused"


def test_the_same_file_refused_for_another_reason_is_told_again(
    place: Home, look: Looks, sent: dict[str, list[Message]]
) -> None:
    first = refuse(place, "one.csv")
    look()
    landing.keep(place, place.inbox / "one.csv", Manifest(**{**vars(first), "why": "too old"}))
    look()
    assert [message.items[0]["why"] for message in sent["webhook"]] == [
        "line 4: found '12x'", "too old",
    ]  # fmt: skip


def test_a_way_that_fails_is_tried_again_and_the_other_is_not_told_twice(
    place: Home,
    look: Looks,
    sent: dict[str, list[Message]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(message: Message) -> None:
        raise AlertFailed("webhook: it answered with status 500")

    refuse(place, "one.csv")
    ways = {"e-mail": sent["e-mail"].append, "webhook": broken}
    monkeypatch.setattr(alerts, "plugs", lambda _: ways)
    for _ in range(2):
        assert look() == ("Not told, tried again next time: webhook: it answered with status 500")
    ways["webhook"] = sent["webhook"].append
    look()
    assert [len(messages) for messages in sent.values()] == [1, 1]


def test_long_lists_are_cut_and_say_so(
    place: Home, look: Looks, sent: dict[str, list[Message]]
) -> None:
    for number in range(22):
        refuse(place, f"{number}.csv", why=f"{number} " + "x" * 5000)
    look()
    (message,) = sent["e-mail"]
    assert "... and 2 more: `migmap status` lists them." in message.text
    assert len(message.text) < 40_000
    assert len(message.items) == 22


# --- failed runs


def broken_job(error: Exception) -> dg.JobDefinition:
    @dg.op
    def publish__stock() -> None:
        try:
            raise error
        except type(error) as cause:
            raise RuntimeError("the step failed") from cause

    @dg.job
    def refresh() -> None:
        publish__stock()

    return refresh


def failed(instance: dg.DagsterInstance, error: Exception) -> dg.RunFailureSensorContext:
    done = broken_job(error).execute_in_process(instance=instance, raise_on_error=False)
    event = done.get_run_failure_event()
    context = dg.build_run_status_sensor_context(
        sensor_name="alert_run_failed", dagster_event=event, dagster_instance=instance,
        dagster_run=done.dagster_run,
    )  # fmt: skip
    return context.for_run_failure()


def test_a_failed_run_is_told_with_its_step_and_the_root_of_the_error(
    instance: dg.DagsterInstance, sent: dict[str, list[Message]]
) -> None:
    context = failed(instance, ValueError("stock: key repeats"))
    assert alert_run_failed(context) is None
    for (message,) in sent.values():
        assert message.subject == "Migration data map: job refresh failed"
        assert context.dagster_run.run_id in message.text
        assert "Step: publish/stock\nWhy: ValueError: stock: key repeats" in message.text
        assert "Traceback" not in message.text


def test_a_publisher_that_could_not_be_asked_is_told_with_what_to_do() -> None:
    told = failed_run("fetch_unhcr", "one", {"ask_unhcr": "could not be fetched: time-out"}).text
    assert "Step: ask_unhcr\nWhy: could not be fetched: time-out" in told
    assert "asked again at the next time of the schedule" in told
    assert "migmap refresh" not in told


def test_a_failed_run_is_not_told_until_something_is_configured(
    instance: dg.DagsterInstance,
) -> None:
    told = alert_run_failed(failed(instance, ValueError("x")))
    assert isinstance(told, dg.SkipReason)
    assert told.skip_message == "no alert is configured"


def test_a_failing_way_does_not_hinder_the_other_and_is_reported(
    instance: dg.DagsterInstance,
    sent: dict[str, list[Message]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(message: Message) -> None:
        raise AlertFailed("e-mail: the server did not take it (TimeoutError)")

    ways = {"e-mail": broken, "webhook": sent["webhook"].append}
    monkeypatch.setattr(alerts, "plugs", lambda _: ways)
    with pytest.raises(AlertFailed, match="TimeoutError"):
        alert_run_failed(failed(instance, ValueError("x")))
    assert len(sent["webhook"]) == 1


def test_no_secret_stands_in_a_message(
    instance: dg.DagsterInstance,
    sent: dict[str, list[Message]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IDMC_CLIENT_ID", "IDMCWSHSOLO-009")
    monkeypatch.setenv("MIGMAP_SMTP_PASSWORD", PASSWORD)
    error = ValueError(f"https://example.org/?client=IDMCWSHSOLO-009 and {PASSWORD}")
    alert_run_failed(failed(instance, error))
    (message,) = sent["webhook"]
    told = json.dumps([message.text, *message.items])
    assert "IDMCWSHSOLO" not in told
    assert PASSWORD not in told
    assert "[IDMC_CLIENT_ID]" in told
