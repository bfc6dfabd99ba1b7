"""Find the publisher of a file by its content, and read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.sources.publishers import PUBLISHERS
from assets.sources.reading import FileRefused, NotRecognised, Reading, read_head, refuse_if_no_data
from assets.sources.workbooks import is_workbook, open_workbook
from schemas.faults import Refused


def read_any(path: Path) -> Reading:
    """Read a file of any publisher, whatever it is called.

    Raises:
        FileRefused: The file is empty, a web page, a workbook that cannot be opened, or a
            publisher's but with faults.
        NotRecognised: No reader knows it; the message says what was seen.
    """
    head = read_head(path)
    refuse_if_no_data(head, path.name)
    if is_workbook(head):
        return _read_workbook(path)
    for publisher in PUBLISHERS:
        reader = publisher.reader
        try:
            known = reader.recognise(head)
        except FileRefused as refused:
            # What looks only at bytes does not know the name of the file.
            raise FileRefused(path.name, refused.faults, refused.total) from None
        if known is not None:
            with _naming(publisher.name, known):
                reading: Reading = reader.read(path)
            return reading
    raise NotRecognised(f"{path.name}: no reader knows this file; {_seen(head)}")


def _read_workbook(path: Path) -> Reading:
    """Open a workbook once and ask every reader that knows workbooks.

    A reader may have ``read_sheets(file, sheets)`` beside ``read(path)``, so that what is open is
    not opened again.
    """
    sheets = open_workbook(path)
    for publisher in PUBLISHERS:
        reader = publisher.reader
        recognise_sheets = getattr(reader, "recognise_sheets", None)
        known = recognise_sheets(sheets) if recognise_sheets else None
        if known is None:
            continue
        read_sheets = getattr(reader, "read_sheets", None)
        with _naming(publisher.name, known):
            reading: Reading = read_sheets(path.name, sheets) if read_sheets else reader.read(path)
        return reading
    named = ", ".join(repr(name) for name in list(sheets)[:5]) or "none"
    raise NotRecognised(f"{path.name}: no reader knows this workbook with the sheets {named}")


@contextmanager
def _naming(source: str, dataset: str) -> Iterator[None]:
    """Let a refusal say whose file it is, so that the gate's check fails on that dataset."""
    try:
        yield
    except Refused as refused:
        refused.recognised = (source, dataset)
        raise


def _seen(head: bytes) -> str:
    """The first line that is not empty, or the first bytes of what is no text."""
    text = head.removeprefix(b"\xef\xbb\xbf")
    start = text.lstrip()[:80]
    if b"\0" in start:
        return f"from byte 0 on it has {head[:8].hex(' ')}"
    number = text[: len(text) - len(text.lstrip())].count(b"\n") + 1
    return f"line {number} is {start.splitlines()[0].decode('utf-8', errors='replace')!r}"
