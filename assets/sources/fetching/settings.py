"""How patiently publishers are asked, and as whom."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata

from urllib3.util.retry import Retry

from assets.sources.fetching.secrets import hide

PROJECT = "migration-data-map"
PATIENCE = Retry(
    total=4,
    backoff_factor=1,
    backoff_jitter=1,
    backoff_max=60,
    allowed_methods=frozenset(["GET"]),
)


def user_agent() -> str:
    """Who asks: name, version and, where the project has one, its page."""
    try:
        told = metadata(PROJECT)
    except PackageNotFoundError:
        return PROJECT
    pages = [one.rpartition(",")[2].strip() for one in told.get_all("Project-URL") or []]
    page = f" (+{pages[0]})" if pages else ""
    return f"{PROJECT}/{told['Version']}{page}"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Settings:
    """How patiently publishers are asked.

    Attributes:
        connect_seconds: Until a server must take the connection.
        read_seconds: The longest silence of a server.
        whole_seconds: The longest that one answer may take.
        retry: How often a passing fault is tried again, and how long is waited before: longer
            each time, and by chance a little more, so that not all come back at once.
        longest_wait_seconds: The longest that a server's Retry-After is followed; if it asks for
            more, the dataset is left for the next time.
        environment: Where addresses and secrets are.
        sleep: Waits.
        now: The present.
        user_agent: Who asks.
    """

    connect_seconds: float = 10
    read_seconds: float = 60
    whole_seconds: float = 1800
    retry: Retry = PATIENCE
    longest_wait_seconds: float = 300
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _utc_now
    user_agent: str = field(default_factory=user_agent)

    def hide(self, text: str) -> str:
        """A text without secrets."""
        return hide(text, self.environment)
