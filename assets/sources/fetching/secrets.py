"""Keep secrets out of links, messages and logs.

IDMC wants its client id in the query. It is taken from the environment when a request is made, and
stands nowhere else: every text on its way out comes through here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

CLIENT_ID_VARIABLE = "IDMC_CLIENT_ID"
HIDDEN = "REDACTED"
SECRET_PARAMETERS = ("client_id",)
# Shorter ones could be part of any word or figure, and are hidden where they are parameters only.
_TELLING_LENGTH = 6
_IN_QUERY = re.compile(rf"\b({'|'.join(SECRET_PARAMETERS)})(=|%3[Dd])[^&\s\"'<>)\]}}\\]*")


def hide(text: str, environment: Mapping[str, str]) -> str:
    """A text without secrets.

    Args:
        text: A message, a link or the text of an answer.
        environment: Where the secrets are.
    """
    told = _IN_QUERY.sub(rf"\1\2{HIDDEN}", text)
    secret = environment.get(CLIENT_ID_VARIABLE, "")
    if len(secret) >= _TELLING_LENGTH:
        for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
            told = told.replace(form, HIDDEN)
    return told


def public_link(address: str) -> str:
    """An address without its secret parameters and without user names, as it is kept."""
    parts = urlsplit(address)
    query = urlencode(
        [
            (name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
            if name not in SECRET_PARAMETERS
        ],
        safe=",",
    )
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


class HidingFilter(logging.Filter):
    """Hides secrets in what the libraries below log: urllib3 logs each request with its query."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__()
        self.environment = environment

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's text; keep every record."""
        record.msg, record.args = hide(record.getMessage(), self.environment), ()
        return True


def guard_logs(environment: Mapping[str, str]) -> None:
    """Let no logger of the HTTP libraries write a secret."""
    for name in ("urllib3.connectionpool", "urllib3.util.retry", "requests"):
        logger = logging.getLogger(name)
        for one in list(logger.filters):
            if isinstance(one, HidingFilter):
                logger.removeFilter(one)
        logger.addFilter(HidingFilter(environment))
