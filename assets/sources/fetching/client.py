"""A publisher's session: requests with time-outs, repeated where the fault passes."""

from __future__ import annotations

import ipaddress
import logging
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from urllib3.exceptions import MaxRetryError, ProtocolError

from assets.sources.fetching import exchange
from assets.sources.fetching.endpoints import Endpoint
from assets.sources.fetching.exchange import Progress, no_progress
from assets.sources.fetching.faults import PermanentFault, TransientFault
from assets.sources.fetching.memory import Memory, Remembered
from assets.sources.fetching.secrets import SECRET_PARAMETERS, guard_logs, public_link
from assets.sources.fetching.settings import Settings

logger = logging.getLogger(__name__)

MAX_REDIRECTS = 5
Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A body that came.

    Attributes:
        path: Its file.
        link: Where it was asked, without secrets.
        modified: False if the server said that it is as it was.
    """

    path: Path
    link: str
    modified: bool


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


@dataclass
class Client:
    """One publisher's session.

    Attributes:
        settings: Time-outs, patience, secrets.
        memory: What is remembered of earlier requests.
        progress: Called with dataset, bytes received and bytes declared, while a body comes.
        session: The connections.
        asked: Links of all that was asked, without secrets.
    """

    settings: Settings
    memory: Memory
    progress: Progress = no_progress
    session: requests.Session = field(default_factory=requests.Session)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Retries, redirects and unpacking are ours: see below and module exchange.
        guard_logs(self.settings.environment)
        self.session.headers.clear()
        # A login that somebody keeps for this host is not for us to send.
        self.session.auth = _no_login

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def get(
        self, endpoint: Endpoint, target: Path, parameters: Parameters = (), secret: Parameters = ()
    ) -> Answer:
        """Get one answer into a file.

        Args:
            endpoint: What is asked.
            target: Where the body is written; its folder must be there.
            parameters: Beside those of the endpoint.
            secret: Parameters that stand in no link.

        Raises:
            TransientFault: It did not come, after all attempts.
            PermanentFault: What came is not what was asked for.
            NotConfigured: The address is not known.
        """
        address = _with_query(
            endpoint.known_address(), [*endpoint.parameters, *parameters, *secret]
        )
        self.asked.append(public_link(address))
        remembered = self.memory.find(address)
        retry, times = self.settings.retry, 0
        while True:
            times += 1
            try:
                return self._once(endpoint, address, target, remembered)
            except TransientFault as fault:
                last = exchange.as_fault(fault, times)
                wait = fault.wait_seconds
            # Outside the handler, so that no cause with an address hangs on what is raised.
            try:
                retry = retry.increment("GET", endpoint.name, error=ProtocolError(str(last)))
            except (MaxRetryError, ProtocolError):
                raise last from None
            pause = retry.get_backoff_time() if wait is None else wait
            if pause > self.settings.longest_wait_seconds:
                raise last
            logger.info("%s; trying again in %.1f s", last, pause)
            self.settings.sleep(pause)

    def _once(
        self, endpoint: Endpoint, address: str, target: Path, remembered: Remembered | None
    ) -> Answer:
        conditions = remembered.headers if remembered else {}
        headers = exchange.headers_to_send(endpoint, self.settings, conditions)
        asked = address
        for _ in range(MAX_REDIRECTS):
            with exchange.telling_faults(endpoint, self.settings), self._ask(asked, headers) as got:
                onward = exchange.next_address(got, asked, endpoint)
                if onward is None:
                    return self._answer(endpoint, address, target, remembered, got)
            asked = onward
        raise PermanentFault(f"{endpoint.name}: sent on more than {MAX_REDIRECTS} times")

    def _ask(self, address: str, headers: dict[str, str]) -> requests.Response:
        self.session.trust_env = not _is_this_machine(address)
        logger.debug("GET %s", public_link(address))
        return self.session.get(
            address,
            headers=headers,
            stream=True,
            allow_redirects=False,
            timeout=(self.settings.connect_seconds, self.settings.read_seconds),
        )

    def _answer(
        self,
        endpoint: Endpoint,
        address: str,
        target: Path,
        remembered: Remembered | None,
        response: requests.Response,
    ) -> Answer:
        exchange.refuse_status(response, endpoint, self.settings)
        link = public_link(address)
        if response.status_code == exchange.NOT_MODIFIED:
            if remembered is None:
                raise PermanentFault(f"{endpoint.name}: not modified, though nobody asked")
            shutil.copyfile(remembered.body, target)
            return Answer(target, link, modified=False)
        if any(f"{name}=" in urlsplit(address).query for name in SECRET_PARAMETERS):
            self._write_without_secrets(response, endpoint, target)
        else:
            with target.open("wb") as file:
                exchange.write_body(response, endpoint, file, self.settings, self.progress)
        exchange.refuse_body(target, endpoint)
        self.memory.keep(address, target, response.headers)
        return Answer(target, link, modified=True)

    def _write_without_secrets(
        self, response: requests.Response, endpoint: Endpoint, target: Path
    ) -> None:
        """Write an answer that may repeat the secret of its request, as links to pages do."""
        held = BytesIO()
        exchange.write_body(response, endpoint, held, self.settings, self.progress)
        body = held.getvalue()
        with suppress(UnicodeDecodeError):
            body = self.settings.hide(body.decode()).encode()
        target.write_bytes(body)


def _with_query(address: str, parameters: Parameters) -> str:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *parameters], safe=",")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _is_this_machine(address: str) -> bool:
    """Whether an address is of this machine, where no proxy of the environment leads."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
