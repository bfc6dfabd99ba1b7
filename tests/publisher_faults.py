"""What can go wrong between a publisher and us, to be injected into ``tests.publishers_server``."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from tests.publishers_server import JSON, Answer, Fault, Handler

HTML = b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Please log in</body></html>"
TWO_GIGABYTES = 2 * 2**30


def status(code: int, **headers: str) -> Fault:
    """Answer with a status, and headers whose names have _ for -."""

    def answer(handler: Handler, whole: Answer) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Answer(b"", "text/plain", code, named)

    return answer


def silence(handler: Handler, whole: Answer) -> None:
    """Say nothing until the other side hangs up."""
    handler.close_connection = True
    handler.rfile.read(1)


def cut(handler: Handler, whole: Answer) -> Answer:
    """Declare the whole body, send half of it and hang up."""
    return replace(whole, body=whole.body[: len(whole.body) // 2], told_length=len(whole.body))


def hang_up(handler: Handler, whole: Answer) -> None:
    """Hang up without a word."""
    handler.hang_up()


def truncated_gzip(handler: Handler, whole: Answer) -> Answer:
    """Pack with gzip and leave out the end, with a length that fits."""
    return packed(replace(whole, body=whole.body), cut_off=20)


def broken_gzip(handler: Handler, whole: Answer) -> Answer:
    """Say that it is gzip where it is not."""
    return replace(whole, headers={**whole.headers, "Content-Encoding": "gzip"})


def gzipped(handler: Handler, whole: Answer) -> Answer:
    """Pack with gzip as a server should."""
    return packed(whole)


def packed(whole: Answer, cut_off: int = 0) -> Answer:
    """An answer packed with gzip, without its last bytes."""
    body = gzip.compress(whole.body)
    headers = {**whole.headers, "Content-Encoding": "gzip"}
    return replace(whole, body=body[: len(body) - cut_off], headers=headers)


@cache
def _packed_zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    zeros = bytes(2**20)
    return b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()


def gzip_bomb(handler: Handler, whole: Answer) -> Answer:
    """Pack zeros that unpack to 300 MB."""
    headers = {**whole.headers, "Content-Encoding": "gzip"}
    return replace(whole, body=_packed_zeros(300), headers=headers)


def told_length(length: int) -> Fault:
    """Declare another length than that of the body."""
    return lambda handler, whole: replace(whole, told_length=length)


def longer_by(further: int) -> Fault:
    """Declare more, or with a negative number fewer, bytes than come."""
    return lambda handler, whole: replace(whole, told_length=len(whole.body) + further)


def page_of_html(handler: Handler, whole: Answer) -> Answer:
    """A log-in page with status 200."""
    return Answer(HTML, "text/html; charset=utf-8")


def html_as_data(handler: Handler, whole: Answer) -> Answer:
    """A log-in page with status 200 that claims the type of the data."""
    return replace(whole, body=HTML, headers={})


def sent_to(address: str, code: int = 302) -> Fault:
    """Send on to another address."""
    return lambda handler, whole: Answer(b"", "text/plain", code, {"Location": address})


def typed(content_type: str) -> Fault:
    """The body under another type."""
    return lambda handler, whole: replace(whole, content_type=content_type)


def bytes_changed(change: Callable[[bytes], bytes], content_type: str | None = None) -> Fault:
    """The body, changed."""
    return lambda handler, whole: replace(
        whole,
        body=change(whole.body),
        content_type=content_type or whole.content_type,
        headers={},
    )


def json_changed(change: Callable[[Any], Any]) -> Fault:
    """A body of JSON, changed."""

    def answer(handler: Handler, whole: Answer) -> Answer:
        content = change(json.loads(whole.body))
        return Answer(json.dumps(content, ensure_ascii=False).encode(), JSON)

    return answer


def with_entities(workbook: bytes) -> bytes:
    """A workbook whose first sheet declares an entity and uses it."""
    declared = b'<!DOCTYPE worksheet [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;">]>'
    return _rewritten(
        workbook, lambda part: part.replace(b"<worksheet", declared + b"<worksheet", 1)
    )


def bomb(workbook: bytes, megabytes: int = 260) -> bytes:
    """A workbook whose first sheet unpacks to this many megabytes, as its directory says."""
    return _rewritten(workbook, lambda part: part + b" " * (megabytes * 2**20))


def lying_bomb(workbook: bytes, megabytes: int = 1) -> bytes:
    """The same, but the directory says that it unpacks to what the sheet was."""
    data = bytearray(bomb(workbook, megabytes))
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        told = archive.getinfo(_first_sheet(archive)).file_size
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        large = archive.getinfo(_first_sheet(archive)).file_size
    old, new = large.to_bytes(4, "little"), told.to_bytes(4, "little")
    return bytes(data.replace(old, new))


def _rewritten(workbook: bytes, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as after,
    ):
        sheet = _first_sheet(before)
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, change(part) if name == sheet else part)
    return out.getvalue()


def _first_sheet(archive: zipfile.ZipFile) -> str:
    return min(name for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))
