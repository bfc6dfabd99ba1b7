"""One request and its answer: what is sent, what may come, and the body within its limits."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic
from typing import IO
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from assets.sources.fetching.endpoints import Endpoint
from assets.sources.fetching.faults import FetchFault, PermanentFault, TransientFault
from assets.sources.fetching.settings import Settings
from assets.sources.reading import HEAD_BYTES, looks_like_html

NOT_MODIFIED = 304
_REDIRECTS = (301, 302, 303, 307, 308)
# Too early, too many, and a server that is overloaded or starts again.
TRANSIENT_STATUSES = (408, 425, 429, 500, 502, 503, 504)
_CHUNK = 256 * 2**10
_WEB_PAGES = ("text/html", "application/xhtml+xml")
_DEFAULT_PORTS = {"http": 80, "https": 443}

Progress = Callable[[str, int, int | None], None]


def no_progress(what: str, received: int, whole: int | None) -> None:
    """Tell nobody how far a body is."""


@contextmanager
def telling_faults(endpoint: Endpoint, settings: Settings) -> Iterator[None]:
    """Turn what the libraries raise into faults without addresses, which hold a secret."""
    host = urlsplit(endpoint.address or "").hostname or "the server"
    try:
        yield
    except (requests.exceptions.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError):
        message = f"{endpoint.name}: {host} did not answer within {settings.connect_seconds:g} s"
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
        message = f"{endpoint.name}: {host} sent nothing for {settings.read_seconds:g} s"
    except (requests.exceptions.SSLError, urllib3.exceptions.SSLError):
        raise PermanentFault(
            f"{endpoint.name}: {host} has no certificate that can be trusted"
        ) from None
    except requests.exceptions.ConnectionError as error:
        cut = "aborted" in str(error).lower() or "reset" in str(error).lower()
        what = "cut the connection" if cut else "can't be reached"
        message = f"{endpoint.name}: {host} {what}"
    except (urllib3.exceptions.HTTPError, requests.exceptions.ChunkedEncodingError):
        message = f"{endpoint.name}: {host} cut the connection before the whole answer was there"
    except (requests.exceptions.RequestException, urllib3.exceptions.LocationParseError) as error:
        raise PermanentFault(
            f"{endpoint.name}: the address can't be asked ({type(error).__name__})"
        ) from None
    else:
        return
    raise TransientFault(message) from None


def refuse_status(response: requests.Response, endpoint: Endpoint, settings: Settings) -> None:
    """Refuse an answer that is none.

    Args:
        response: Its head; of the body of a refusal the first bytes are read.
        endpoint: What was asked.
        settings: Secrets that its text may hold.

    Raises:
        TransientFault: The server is overloaded, or says that it will be back.
        PermanentFault: There is nothing at that address, or it is not for us.
    """
    status = response.status_code
    if status in (200, NOT_MODIFIED):
        return
    said = f"answered {status}" + (f" ({response.reason})" if response.reason else "")
    if status in TRANSIENT_STATUSES:
        wait = _seconds_to_wait(response, settings)
        asked = "" if wait is None else f" and asks to come again in {wait:g} s"
        raise TransientFault(f"{endpoint.name}: {host_of(endpoint)} {said}{asked}", wait)
    told = settings.hide(_said_in(response))
    raise PermanentFault(f"{endpoint.name}: {host_of(endpoint)} {said}{told}")


def next_address(response: requests.Response, address: str, endpoint: Endpoint) -> str | None:
    """Where an answer sends on to; None if it does not.

    Only the same host, its port included, or one that the endpoint names, by https or as before:
    a publisher that was taken over must not make us read files or knock at other services here.

    Raises:
        PermanentFault: It sends on to elsewhere.
    """
    if response.status_code not in _REDIRECTS:
        return None
    target = urljoin(address, response.headers.get("Location", ""))
    before, after = urlsplit(address), urlsplit(target)
    same_scheme = after.scheme in ("https", before.scheme) and after.scheme in _DEFAULT_PORTS
    same_host = _place(after) == _place(before) or (
        # The same host may only go up from http to https, on the usual ports.
        after.hostname == before.hostname
        and _port(before) == _DEFAULT_PORTS["http"]
        and _port(after) == _DEFAULT_PORTS["https"]
    )
    allowed = after.hostname in endpoint.redirect_hosts and after.port in (None, 443)
    if not same_scheme or not (same_host or allowed) or after.username:
        shown = f"{after.scheme}://{after.netloc.rpartition('@')[2]}"
        raise PermanentFault(
            f"{endpoint.name}: {host_of(endpoint)} sends on to {shown}, which is not followed: "
            "only https of the same host is"
        )
    return target


def refuse_head(response: requests.Response, endpoint: Endpoint) -> int | None:
    """Look at type and length of an answer before its body is read.

    Returns:
        The length that is declared, if one is.

    Raises:
        PermanentFault: It is of another type, packed in a way that we did not ask for, or larger
            than the endpoint allows.
    """
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in _WEB_PAGES and kind not in endpoint.content_types:
        raise PermanentFault(_web_page(endpoint))
    if kind and endpoint.content_types and kind not in endpoint.content_types:
        wanted = ", ".join(sorted(endpoint.content_types))
        raise PermanentFault(f"{endpoint.name}: {host_of(endpoint)} sent {kind}, expected {wanted}")
    if packing(response) not in ("", "identity", "gzip"):
        raise PermanentFault(
            f"{endpoint.name}: {host_of(endpoint)} packed its answer as {packing(response)!r}, "
            "expected gzip or nothing"
        )
    declared = response.headers.get("Content-Length", "")
    length = int(declared) if declared.isascii() and declared.isdigit() else None
    if length is not None and length > endpoint.max_bytes:
        raise PermanentFault(_too_large(endpoint, f"declares {length:,} bytes"))
    return length


def write_body(
    response: requests.Response,
    endpoint: Endpoint,
    target: IO[bytes],
    settings: Settings,
    progress: Progress,
) -> None:
    """Write a body to a file, unpacked, and hold it against what its head declared.

    Raises:
        TransientFault: It was cut short, or it took too long.
        PermanentFault: It is larger than the endpoint allows, or its packing is broken.
    """
    declared = refuse_head(response, endpoint)
    unpack = zlib.decompressobj(wbits=31) if packing(response) == "gzip" else None
    received = written = 0
    until = monotonic() + settings.whole_seconds
    for chunk in response.raw.stream(_CHUNK, decode_content=False):
        received += len(chunk)
        progress(endpoint.name, received, declared)
        plain = chunk
        if unpack is not None:
            try:
                plain = unpack.decompress(chunk, endpoint.max_bytes + 1 - written)
            except zlib.error as error:
                raise PermanentFault(
                    f"{endpoint.name}: {host_of(endpoint)} sent broken gzip ({error})"
                ) from None
        written += len(plain)
        if max(written, received) > endpoint.max_bytes or (unpack and unpack.unconsumed_tail):
            raise PermanentFault(_too_large(endpoint, "sent more"))
        target.write(plain)
        if monotonic() > until:
            raise TransientFault(
                f"{endpoint.name}: {host_of(endpoint)} took more than {settings.whole_seconds:g} s"
            )
    short = declared is not None and received < declared
    if short or (unpack is not None and not unpack.eof):
        of = f" of {declared:,}" if declared is not None else ""
        what = "bytes" if short else "bytes of gzip that does not end"
        raise TransientFault(
            f"{endpoint.name}: {host_of(endpoint)} sent {received:,}{of} {what}: cut short"
        )


def refuse_body(path: Path, endpoint: Endpoint) -> None:
    """Refuse what came if it is nothing, or a web page in place of data.

    Raises:
        PermanentFault: It is.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip():
        raise PermanentFault(f"{endpoint.name}: {host_of(endpoint)} sent nothing")
    if looks_like_html(head):
        raise PermanentFault(_web_page(endpoint))


def host_of(endpoint: Endpoint) -> str:
    """The host that is asked, as messages name it."""
    return urlsplit(endpoint.address or "").hostname or "the server"


def packing(response: requests.Response) -> str:
    """How the body is packed, by its head."""
    return response.headers.get("Content-Encoding", "").strip().lower()


def as_fault(fault: FetchFault, times: int) -> FetchFault:
    """The fault as it is reported after the last attempt."""
    if times > 1 and isinstance(fault, TransientFault):
        return TransientFault(f"{fault} (tried {times} times)", fault.wait_seconds)
    return fault


def _web_page(endpoint: Endpoint) -> str:
    return (
        f"{endpoint.name}: {host_of(endpoint)} sent a web page in place of data: "
        "an error or a log-in page, or the address has moved"
    )


def _too_large(endpoint: Endpoint, what: str) -> str:
    return (
        f"{endpoint.name}: {host_of(endpoint)} {what}, expected at most "
        f"{endpoint.max_bytes:,} (max_bytes in table endpoint)"
    )


def _said_in(response: requests.Response) -> str:
    """The reason that an API gives in its refusal, if it is short and plain."""
    kind = response.headers.get("Content-Type", "")
    if "json" not in kind:
        return ""
    try:
        text = response.raw.read(2000, decode_content=True).decode("utf-8", errors="replace")
    except (urllib3.exceptions.HTTPError, OSError):
        return ""
    return f": {' '.join(text.split())[:200]}"


def _seconds_to_wait(response: requests.Response, settings: Settings) -> float | None:
    """What Retry-After says, in seconds or as a moment; None if it says nothing."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (moment - settings.now()).total_seconds()) if moment.tzinfo else None


def _port(parts: object) -> int | None:
    port: int | None = getattr(parts, "port", None)
    return port or _DEFAULT_PORTS.get(getattr(parts, "scheme", ""))


def _place(parts: object) -> tuple[str | None, int | None]:
    return getattr(parts, "hostname", None), _port(parts)


def headers_to_send(
    endpoint: Endpoint, settings: Settings, further: Mapping[str, str]
) -> dict[str, str]:
    """The headers of a request."""
    return {
        "User-Agent": endpoint.user_agent or settings.user_agent,
        "Accept": "*/*",
        # What it is packed with is unpacked here, within limits and to its end.
        "Accept-Encoding": "gzip",
        **further,
    }
