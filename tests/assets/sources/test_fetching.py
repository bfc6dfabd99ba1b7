"""Requests within limits: what passes is tried again, what stays is told, secrets stay here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from urllib3.util.retry import Retry

from assets.sources.fetching.client import Client
from assets.sources.fetching.endpoints import Endpoint, endpoints_of
from assets.sources.fetching.faults import NotConfigured, PermanentFault, TransientFault
from assets.sources.fetching.memory import Memory
from assets.sources.fetching.secrets import hide, public_link
from assets.sources.fetching.settings import Settings, user_agent
from tests import publisher_faults as faults
from tests.publishers_server import CLIENT_ID, CSV, Answer, PublishersServer, serving
from warehouse.reference_data import Reference

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def one_server() -> Iterator[PublishersServer]:
    with serving(page_size=300) as server:
        yield server


@pytest.fixture
def server(one_server: PublishersServer) -> PublishersServer:
    one_server.injected.clear()
    one_server.asked.clear()
    return one_server


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def settings(server: PublishersServer, waits: list[float]) -> Settings:
    return Settings(
        read_seconds=30,
        retry=Retry(total=2, backoff_factor=1, allowed_methods=["GET"]),
        environment=server.environment(),
        sleep=waits.append,
        now=lambda: NOW,
    )


@pytest.fixture
def client(settings: Settings, tmp_path: Path) -> Iterator[Client]:
    one = Client(settings, Memory(tmp_path / "remembered"))
    yield one
    one.close()


@pytest.fixture
def endpoint(reference: Reference, settings: Settings) -> Endpoint:
    (found,) = [
        one
        for one in endpoints_of(reference, "nsc", settings.environment)
        if one.dataset == "opendata"
    ]
    return found


def test_an_answer_comes_as_it_was_sent(
    server: PublishersServer, client: Client, endpoint: Endpoint, tmp_path: Path
) -> None:
    answer = client.get(endpoint, tmp_path / "got")
    assert answer.modified
    assert answer.path.read_bytes() == server.served["nsc", "opendata"].read_bytes()
    (asked,) = server.asked
    assert asked.headers["User-Agent"] == user_agent()
    assert user_agent().startswith("migration-data-map/")


def test_a_configured_name_is_told(
    server: PublishersServer, client: Client, endpoint: Endpoint, tmp_path: Path
) -> None:
    client.get(replace(endpoint, user_agent="Mozilla/5.0 (compatible)"), tmp_path / "got")
    assert server.asked[0].headers["User-Agent"] == "Mozilla/5.0 (compatible)"


def test_what_is_not_modified_is_not_sent_again(
    server: PublishersServer, client: Client, endpoint: Endpoint, tmp_path: Path
) -> None:
    first = client.get(endpoint, tmp_path / "first")
    again = client.get(endpoint, tmp_path / "again")
    assert [one.status for one in server.asked] == [200, 304]
    assert not again.modified
    assert again.path.read_bytes() == first.path.read_bytes()


def test_a_remembered_body_that_was_damaged_is_asked_for_again(
    server: PublishersServer, client: Client, endpoint: Endpoint, tmp_path: Path
) -> None:
    client.get(endpoint, tmp_path / "first")
    (body,) = (tmp_path / "remembered").glob("*.body")
    body.write_bytes(b"half")
    assert client.get(endpoint, tmp_path / "again").modified
    assert [one.status for one in server.asked] == [200, 200]


def test_what_is_packed_is_unpacked(
    server: PublishersServer, client: Client, endpoint: Endpoint, tmp_path: Path
) -> None:
    server.inject("opendata", faults.gzipped)
    got = client.get(endpoint, tmp_path / "got").path.read_bytes()
    assert got == server.served["nsc", "opendata"].read_bytes()


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (faults.status(429, Retry_After="7"), [7.0, 7.0]),
        (faults.status(503, Retry_After="Tue, 24 Nov 2026 12:00:30 GMT"), [30.0, 30.0]),
        (faults.status(500), [0.0, 2.0]),
        (faults.hang_up, [0.0, 2.0]),
        (faults.cut, [0.0, 2.0]),
        (faults.truncated_gzip, [0.0, 2.0]),
        (faults.longer_by(100), [0.0, 2.0]),
    ],
)
def test_what_passes_is_tried_again(
    fault: Any,
    waited: list[float],
    server: PublishersServer,
    client: Client,
    endpoint: Endpoint,
    waits: list[float],
    tmp_path: Path,
) -> None:
    server.inject("opendata", fault, times=2)
    got = client.get(endpoint, tmp_path / "got")
    assert got.path.read_bytes() == server.served["nsc", "opendata"].read_bytes()
    assert waits == waited
    assert len(server.asked) == 3


TRANSIENT = {
    "429": (
        faults.status(429, Retry_After="7"),
        "answered 429 (Too Many Requests) and asks to come again in 7 s (tried 3 times)",
    ),
    "500": (faults.status(500), "answered 500 (Internal Server Error) (tried 3 times)"),
    "hang up": (faults.hang_up, "cut the connection (tried 3 times)"),
    "cut": (
        faults.cut,
        "cut the connection before the whole answer was there (tried 3 times)",
    ),
    "gzip": (faults.truncated_gzip, " bytes of gzip that does not end: cut short (tried 3 times)"),
    "length": (
        faults.longer_by(9),
        "cut the connection before the whole answer was there (tried 3 times)",
    ),
}


@pytest.mark.parametrize("name", TRANSIENT)
def test_what_does_not_pass_is_transient(
    name: str, server: PublishersServer, client: Client, endpoint: Endpoint, tmp_path: Path
) -> None:
    fault, told = TRANSIENT[name]
    server.inject("opendata", fault)
    with pytest.raises(TransientFault) as raised:
        client.get(endpoint, tmp_path / "got")
    assert str(raised.value).startswith("nsc/opendata: 127.0.0.1 ")
    assert str(raised.value).endswith(told)


def test_silence_is_waited_for_no_longer_than_is_set(
    server: PublishersServer, settings: Settings, endpoint: Endpoint, tmp_path: Path
) -> None:
    impatient = Client(replace(settings, read_seconds=0.02), Memory(None))
    # A server of its own: it may come to a request that nobody waits for only in the next test.
    with serving() as silent:
        silent.inject("opendata", faults.silence)
        there = replace(endpoint, address=endpoint.address.replace(server.address, silent.address))
        with pytest.raises(TransientFault, match=r"sent nothing for 0\.02 s \(tried 3 times\)$"):
            impatient.get(there, tmp_path / "got")


def test_a_wait_beyond_the_longest_is_left_for_next_time(
    server: PublishersServer,
    client: Client,
    endpoint: Endpoint,
    waits: list[float],
    tmp_path: Path,
) -> None:
    server.inject("opendata", faults.status(429, Retry_After="3600"))
    with pytest.raises(TransientFault, match=r"come again in 3600 s$"):
        client.get(endpoint, tmp_path / "got")
    assert waits == []
    assert len(server.asked) == 1


def test_nobody_listens(client: Client, endpoint: Endpoint, tmp_path: Path) -> None:
    # Port 9 discards, where it is open at all.
    nowhere = replace(endpoint, address="http://127.0.0.1:9/opendata")
    with pytest.raises(TransientFault, match=r"127\.0\.0\.1 can't be reached \(tried 3 times\)"):
        client.get(nowhere, tmp_path / "got")


PERMANENT = {
    "404": (faults.status(404), "answered 404 (Not Found)"),
    "204": (faults.status(204), "answered 204 (No Content)"),
    "304": (faults.status(304), "not modified, though nobody asked"),
    "web page": (
        faults.page_of_html,
        "sent a web page in place of data: an error or a log-in page, or the address has moved",
    ),
    "web page as data": (
        faults.html_as_data,
        "sent a web page in place of data: an error or a log-in page, or the address has moved",
    ),
    "type": (faults.typed(CSV), "sent text/csv, expected application/json, text/json"),
    "nothing": (faults.bytes_changed(lambda body: b""), "sent nothing"),
    "2 GB": (
        faults.told_length(faults.TWO_GIGABYTES),
        "declares 2,147,483,648 bytes, expected at most 33,554,432 (max_bytes in table endpoint)",
    ),
    "gzip bomb": (
        faults.gzip_bomb,
        "sent more, expected at most 33,554,432 (max_bytes in table endpoint)",
    ),
    "broken gzip": (
        faults.broken_gzip,
        "sent broken gzip (Error -3 while decompressing data: incorrect header check)",
    ),
    "packed": (
        lambda handler, whole: replace(whole, headers={"Content-Encoding": "br"}),
        "packed its answer as 'br', expected gzip or nothing",
    ),
    "to a file": (
        faults.sent_to("file:///etc/hostname"),
        "sends on to file://, which is not followed: only https of the same host is",
    ),
    "to another port": (
        faults.sent_to("http://127.0.0.1:9/private", 307),
        "sends on to http://127.0.0.1:9, which is not followed: only https of the same host is",
    ),
    "to another host": (
        faults.sent_to("https://example.org/opendata", 301),
        "sends on to https://example.org, which is not followed: only https of the same host is",
    ),
    "in circles": (faults.sent_to("/ru/opendata/category/316/json"), "sent on more than 5 times"),
}  # fmt: skip


@pytest.mark.parametrize("name", PERMANENT)
def test_what_stays_is_told_at_once(
    name: str,
    server: PublishersServer,
    client: Client,
    endpoint: Endpoint,
    waits: list[float],
    tmp_path: Path,
) -> None:
    fault, told = PERMANENT[name]
    server.inject("opendata", fault)
    with pytest.raises(PermanentFault) as raised:
        client.get(endpoint, tmp_path / "got")
    host = "" if told.startswith(("not modified", "sent on")) else "127.0.0.1 "
    assert str(raised.value) == f"nsc/opendata: {host}{told}"
    assert waits == []


def test_a_redirect_within_the_host_is_followed(
    server: PublishersServer, client: Client, endpoint: Endpoint, tmp_path: Path
) -> None:
    server.inject("/ru/opendata", faults.sent_to("/en/opendata/category/316/json"))
    assert client.get(endpoint, tmp_path / "got").path.stat().st_size > 0
    assert [one.status for one in server.asked] == [302, 200]


def test_bytes_beyond_the_limit_stop_the_download(
    client: Client, endpoint: Endpoint, server: PublishersServer, tmp_path: Path
) -> None:
    def chunked(handler: Any, whole: Answer) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(3):
            handler.wfile.write(b"8\r\n[1, 2, 3\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    server.inject("opendata", chunked)
    with pytest.raises(PermanentFault, match="sent more, expected at most 20 "):
        client.get(replace(endpoint, max_bytes=20), tmp_path / "got")


def test_progress_is_told(settings: Settings, endpoint: Endpoint, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    client = Client(settings, Memory(None), lambda *what: told.append(what))
    size = client.get(endpoint, tmp_path / "got").path.stat().st_size
    assert told[-1] == ("nsc/opendata", size, size)


def test_an_address_that_nobody_knows_is_not_asked(
    reference: Reference, client: Client, server: PublishersServer, tmp_path: Path
) -> None:
    (remittances,) = endpoints_of(reference, "nbkr", {})
    with pytest.raises(NotConfigured, match="in MIGMAP_ADDRESS_NBKR_REMITTANCES"):
        client.get(remittances, tmp_path / "got")
    assert server.asked == []


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org", "https://", "x"])
def test_an_override_that_is_no_address_is_refused(reference: Reference, address: str) -> None:
    with pytest.raises(PermanentFault, match="MIGMAP_ADDRESS_UNHCR is '"):
        endpoints_of(reference, "unhcr", {"MIGMAP_ADDRESS_UNHCR": address})


def test_secrets_stand_in_no_text() -> None:
    environment = {"IDMC_CLIENT_ID": "se+cret/1"}
    link = "https://x.org/a?client_id=se%2Bcret%2F1&iso3__in=KGZ"
    assert hide(f"see {link} or se+cret/1", environment) == (
        "see https://x.org/a?client_id=REDACTED&iso3__in=KGZ or REDACTED"
    )
    assert public_link(link) == "https://x.org/a?iso3__in=KGZ"
    assert public_link("https://me:word@x.org/a?b=") == "https://x.org/a?b="
    # A short one would be part of any word.
    assert hide("KGZ client_id=KGZ", {"IDMC_CLIENT_ID": "KGZ"}) == "KGZ client_id=REDACTED"


def test_libraries_log_no_secret(
    reference: Reference,
    client: Client,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    endpoint = endpoints_of(reference, "idmc", settings.environment)[0]
    with caplog.at_level(logging.DEBUG):
        client.get(endpoint, tmp_path / "got", secret=[("client_id", CLIENT_ID)])
    assert "client_id=REDACTED" in caplog.text
    assert CLIENT_ID not in caplog.text
