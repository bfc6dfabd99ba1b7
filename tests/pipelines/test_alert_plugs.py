"""An alert goes out as a letter or to a webhook, and what hinders it is told without a secret."""

from __future__ import annotations

import logging
import smtplib
from email.message import EmailMessage

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipelines.alert_plugs import AlertFailed, Message, plugs
from tests.pipelines.mail_server import PASSWORD, SMTP, MailServer

pytestmark = pytest.mark.usefixtures("nowhere")
MESSAGE = Message("refused", "One file\nwas refused", "Source: unhcr\n", ({"file": "one.csv"},))


# --- e-mail


def test_a_letter_goes_to_all_over_an_encrypted_connection(mail: type[MailServer]) -> None:
    plugs(SMTP)["e-mail"](MESSAGE)
    connected, encrypted, log_in, letter, left = mail.said
    assert connected == ("connect", "mail.example.org", 587)
    assert encrypted == "starttls"
    assert log_in == ("login", "migmap", PASSWORD)
    assert letter["To"] == "statistics@example.org, duty@example.org"
    assert letter["From"] == "migmap@example.org"
    assert letter["Subject"] == "One file was refused"
    assert letter.get_content() == "Source: unhcr\n"
    assert left == "quit"


def test_a_relay_on_the_machine_itself_needs_no_encryption(mail: type[MailServer]) -> None:
    names = ("MIGMAP_ALERT_EMAIL_TO", "MIGMAP_ALERT_EMAIL_FROM")
    relay = {name: SMTP[name] for name in names} | {
        "MIGMAP_SMTP_HOST": "localhost", "MIGMAP_SMTP_PORT": "25", "MIGMAP_SMTP_STARTTLS": "no",
    }  # fmt: skip
    plugs(relay)["e-mail"](MESSAGE)
    connected, letter, left = mail.said
    assert connected == ("connect", "localhost", 25)
    assert isinstance(letter, EmailMessage)
    assert left == "quit"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"MIGMAP_SMTP_HOST": ""}, "MIGMAP_SMTP_HOST"),
        ({"MIGMAP_ALERT_EMAIL_FROM": ""}, "MIGMAP_ALERT_EMAIL_FROM"),
        ({"MIGMAP_SMTP_PORT": "mail"}, "is no number"),
        ({"MIGMAP_SMTP_STARTTLS": "No"}, "MIGMAP_SMTP_STARTTLS can't be no"),
    ],
)
def test_half_a_configuration_is_told(
    mail: type[MailServer], change: dict[str, str], told: str
) -> None:
    with pytest.raises(AlertFailed, match=told):
        plugs(SMTP | change)["e-mail"](MESSAGE)
    assert mail.said == []


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (smtplib.SMTPAuthenticationError(535, f"no: {PASSWORD}".encode()), "Error 535"),
        (TimeoutError("timed out"), "TimeoutError"),
    ],
)
def test_a_server_that_does_not_take_it_is_told_without_its_words(
    mail: type[MailServer], fault: Exception, told: str
) -> None:
    mail.fault = fault
    with pytest.raises(AlertFailed, match=told) as failed:
        plugs(SMTP)["e-mail"](MESSAGE)
    assert PASSWORD not in str(failed.value)
    assert failed.value.__suppress_context__


# --- webhook


def webhook(server: HTTPServer, **more: str) -> dict[str, str]:
    return {"MIGMAP_ALERT_WEBHOOK": server.url_for("/hook/a-secret-path"), **more}


def test_a_message_is_posted_as_json(httpserver: HTTPServer) -> None:
    httpserver.expect_request(
        "/hook/a-secret-path", method="POST", headers={"Authorization": "Bearer a-token"},
        json={"kind": "refused", "subject": "One file\nwas refused", "text": "Source: unhcr\n",
              "items": [{"file": "one.csv"}]},
    ).respond_with_data(status=204)  # fmt: skip
    plugs(webhook(httpserver, MIGMAP_ALERT_WEBHOOK_TOKEN="a-token"))["webhook"](MESSAGE)
    httpserver.check_assertions()
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
def test_another_answer_is_told_and_no_redirect_is_followed(
    httpserver: HTTPServer, status: int
) -> None:
    httpserver.expect_request("/hook/a-secret-path").respond_with_data(
        status=status, headers={"Location": httpserver.url_for("/elsewhere")}
    )
    with pytest.raises(AlertFailed, match=f"status {status}") as failed:
        plugs(webhook(httpserver))["webhook"](MESSAGE)
    assert "a-secret-path" not in str(failed.value)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a-secret-path", "a-secret-path"])
def test_no_answer_is_told_without_the_address(address: str) -> None:
    with pytest.raises(AlertFailed, match="no answer") as failed:
        plugs({"MIGMAP_ALERT_WEBHOOK": address})["webhook"](MESSAGE)
    assert "a-secret-path" not in str(failed.value)


def test_what_the_libraries_log_holds_no_address(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(request: Request) -> Response:
        return Response(status=500)

    httpserver.expect_request("/hook/a-secret-path").respond_with_handler(answer)
    with caplog.at_level(logging.DEBUG), pytest.raises(AlertFailed):
        plugs(webhook(httpserver))["webhook"](MESSAGE)
    assert "a-secret-path" not in "".join(
        record.getMessage() for record in caplog.records if record.name != "werkzeug"
    )
