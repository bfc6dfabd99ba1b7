"""Where alerts go: e-mail and a webhook, each as the environment says, and nowhere without it.

A message that could not be sent never says where it should have gone: the address of a webhook is
often its secret, and so is the log-in of a mail server.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from email.message import EmailMessage

import requests

from assets.sources.fetching.secrets import CLIENT_ID_VARIABLE

EMAIL_TO = "MIGMAP_ALERT_EMAIL_TO"
EMAIL_FROM = "MIGMAP_ALERT_EMAIL_FROM"
SMTP_HOST = "MIGMAP_SMTP_HOST"
SMTP_PORT = "MIGMAP_SMTP_PORT"
SMTP_USER = "MIGMAP_SMTP_USER"
SMTP_PASSWORD = "MIGMAP_SMTP_PASSWORD"
SMTP_STARTTLS = "MIGMAP_SMTP_STARTTLS"
WEBHOOK = "MIGMAP_ALERT_WEBHOOK"
WEBHOOK_TOKEN = "MIGMAP_ALERT_WEBHOOK_TOKEN"
# Variables whose values stand in no message and no log.
SECRETS = (SMTP_PASSWORD, WEBHOOK, WEBHOOK_TOKEN, CLIENT_ID_VARIABLE)
SUBMISSION_PORT = 587
SECONDS = 20.0
# Shorter ones could be part of any word.
_TELLING_LENGTH = 6

Plug = Callable[["Message"], None]


@dataclass(frozen=True)
class Message:
    """An alert.

    Attributes:
        kind: ``refused`` or ``failed``.
        subject: One line.
        text: The whole, for people.
        items: One entry a file or step, for machines.
    """

    kind: str
    subject: str
    text: str
    items: tuple[Mapping[str, str], ...] = ()


class AlertFailed(Exception):
    """An alert that could not be sent; the message holds no secret."""


def plugs(environment: Mapping[str, str]) -> dict[str, Plug]:
    """The plugs that are configured, by name.

    Args:
        environment: Variables of the process.
    """
    found: dict[str, Plug] = {}
    if environment.get(EMAIL_TO):
        found["e-mail"] = lambda message: send_email(message, environment)
    if environment.get(WEBHOOK):
        found["webhook"] = lambda message: post(message, environment)
    return found


def send_email(message: Message, environment: Mapping[str, str]) -> None:
    """Send a message to all addresses, over STARTTLS.

    Args:
        message: The alert.
        environment: Addresses and the mail server.

    Raises:
        AlertFailed: Something is not configured, or the server did not take it.
    """
    host, user = environment.get(SMTP_HOST), environment.get(SMTP_USER)
    sender = environment.get(EMAIL_FROM)
    encrypted = environment.get(SMTP_STARTTLS, "yes").strip().lower() != "no"
    port = environment.get(SMTP_PORT) or str(SUBMISSION_PORT)
    if not host or not sender:
        raise AlertFailed(f"e-mail: {EMAIL_TO} also needs {SMTP_HOST} and {EMAIL_FROM}")
    if not port.isdigit():
        raise AlertFailed(f"e-mail: {SMTP_PORT} is no number")
    if user and not encrypted:
        raise AlertFailed(f"e-mail: with {SMTP_USER}, {SMTP_STARTTLS} can't be no")
    letter = EmailMessage()
    letter["Subject"] = " ".join(message.subject.split())
    letter["From"] = sender
    letter["To"] = ", ".join(one.strip() for one in environment[EMAIL_TO].split(",") if one.strip())
    letter.set_content(message.text)
    try:
        with smtplib.SMTP(host, int(port), timeout=SECONDS) as server:
            if encrypted:
                server.starttls(context=ssl.create_default_context())
            if user:
                server.login(user, environment.get(SMTP_PASSWORD, ""))
            server.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        # Not the server's words: it may repeat what it was told.
        raise AlertFailed(f"e-mail: the server did not take it ({_kind(error)})") from None


def post(message: Message, environment: Mapping[str, str]) -> None:
    """Post a message as JSON: ``kind``, ``subject``, ``text``, ``items``.

    Args:
        message: The alert.
        environment: The address, and a bearer token if the receiver wants one.

    Raises:
        AlertFailed: The receiver did not answer, or not with a status of success.
    """
    token = environment.get(WEBHOOK_TOKEN)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with _unlogged():
            answer = requests.post(
                environment[WEBHOOK],
                json={**asdict(message), "items": list(message.items)},
                headers=headers,
                timeout=SECONDS,
                # A redirect would take the message, and the token, somewhere else.
                allow_redirects=False,
            )
    except (requests.RequestException, ValueError) as error:
        raise AlertFailed(f"webhook: no answer ({_kind(error)})") from None
    if not 200 <= answer.status_code < 300:
        raise AlertFailed(f"webhook: it answered with status {answer.status_code}")


def without_secrets(text: str, environment: Mapping[str, str]) -> str:
    """A text in which no secret of the environment stands.

    Args:
        text: The text.
        environment: Where the secrets are.
    """
    for name in SECRETS:
        secret = environment.get(name, "")
        if len(secret) >= _TELLING_LENGTH:
            text = text.replace(secret, f"[{name}]")
    return text


@contextmanager
def _unlogged() -> Iterator[None]:
    """Let urllib3 not log the address of a request, as it does for whoever debugs."""
    logger = logging.getLogger("urllib3.connectionpool")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _kind(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return type(error).__name__
