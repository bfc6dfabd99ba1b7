"""What tests of fetching and of alerts share: a trial with its publishers, and a mail server."""

from __future__ import annotations

import shutil
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from urllib3.util.retry import Retry

from assets.sources.fetching.settings import Settings
from pipelines import alert_plugs
from tests.pipelines.fetching_trial import Trial
from tests.pipelines.mail_server import MailServer
from tests.publishers_server import PublishersServer, serving
from warehouse.home import Home
from warehouse.reference_data import Reference

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


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> type[MailServer]:
    server = type("Server", (MailServer,), {"said": [], "fault": None})
    monkeypatch.setattr(smtplib, "SMTP", server)
    return server


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No alert is configured, whatever the machine says."""
    for name in vars(alert_plugs).values():
        if isinstance(name, str) and name.startswith("MIGMAP_"):
            monkeypatch.delenv(name, raising=False)
