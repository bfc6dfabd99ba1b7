"""A server that takes letters, and what has to be configured for it."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

PASSWORD = "correct-horse-battery"
SMTP = {
    "MIGMAP_ALERT_EMAIL_TO": "statistics@example.org, duty@example.org",
    "MIGMAP_ALERT_EMAIL_FROM": "migmap@example.org",
    "MIGMAP_SMTP_HOST": "mail.example.org",
    "MIGMAP_SMTP_USER": "migmap",
    "MIGMAP_SMTP_PASSWORD": PASSWORD,
}


class MailServer:
    """Stands for smtplib.SMTP and notes what it is asked."""

    said: list[Any]
    fault: Exception | None

    def __init__(self, host: str, port: int, timeout: float) -> None:
        self.said += [("connect", host, port)]
        assert timeout > 0

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.said += ["quit"]

    def starttls(self, context: Any) -> None:
        assert context.check_hostname
        self.said += ["starttls"]

    def login(self, user: str, password: str) -> None:
        self.said += [("login", user, password)]
        if self.fault is not None:
            raise self.fault

    def send_message(self, letter: EmailMessage) -> None:
        self.said += [letter]
