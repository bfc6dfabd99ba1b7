"""What the readers of all publishers share: bounded opening, faults with their place, counts.

A reader takes the bytes that a publisher sent and gives a source-shaped frame, or refuses the
file with every fault and its place. It never repairs and never guesses.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
import pandas as pd

from schemas.faults import MAX_FAULTS, Fault, Refused

__all__ = [
    "HEAD_BYTES",
    "MAX_BYTES",
    "MAX_EXPANDED_BYTES",
    "MAX_FAULTS",
    "Fault",
    "Faults",
    "FileRefused",
    "NotRecognised",
    "Reading",
    "as_counts",
    "decode_utf8",
    "find_repeats",
    "load_json",
    "looks_like_html",
    "open_bounded",
    "read_head",
    "refuse_if_no_data",
]

# The largest published table is 8 MB as text and 1 MB packed. These stop what is not data: a
# disk image dropped in the inbox, or a small file that unpacks to more than the memory holds.
MAX_BYTES = 512 * 2**20
MAX_EXPANDED_BYTES = 2 * 2**30

# What a publisher's `recognise` gets to see.
HEAD_BYTES = 64 * 2**10

_CHUNK = 2**20
_GZIP_MAGIC = b"\x1f\x8b"

# Cells that are no number, as UNHCR prints them and as an empty cell means it.
NOT_APPLICABLE = frozenset(("-", ""))
SUPPRESSED = "*"

# What no text has in it but tabs and line ends.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")

# The longest run of digits that is sure to fit into 64 bits.
_MAX_DIGITS = 18

# No publisher nests deeper than this; it only tells where a file goes astray.
_MAX_DEPTH = 100


class FileRefused(Refused):
    """A file that may not be taken, with what is wrong in it and where."""

    @property
    def file(self) -> str:
        """The file that is refused."""
        return self.subject


class NotRecognised(Exception):
    """No reader knows what this file is."""


@dataclass
class Reading:
    """A file as it was read, in its publisher's shape.

    Attributes:
        source: The publisher, as its folder is called.
        dataset: The publisher's dataset.
        release: The release, if the file says it.
        frame: One row a published row, each with ``source_ref``, its place in the file.
        stated: What else the file says of itself.
        scope: The countries whose rows are complete in it, ``("ALL",)``, or None when the file
            does not say.
    """

    source: str
    dataset: str
    release: str | None
    frame: pd.DataFrame
    stated: dict[str, str]
    scope: tuple[str, ...] | None


@dataclass
class Faults:
    """Collects what is wrong with one file: all are counted, the first are kept."""

    file: str
    found: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, place: str, column: str | None, value: str | None, expected: str) -> None:
        """Note one fault."""
        self.add_many([Fault(place, column, value, expected)], 1)

    def add_many(self, faults: Iterable[Fault], total: int) -> None:
        """Note several faults of one kind, of which perhaps only the first are given."""
        self.found.extend(list(faults)[: max(0, MAX_FAULTS - len(self.found))])
        self.total += total

    def add_rows(
        self, bad: np.ndarray, places: pd.Series, column: str, values: pd.Series, expected: str
    ) -> None:
        """Note a fault for each row where ``bad`` is true."""
        rows = np.flatnonzero(bad)
        shown = [
            Fault(str(places.iloc[row]), column, _shown(values.iloc[row]), expected)
            for row in rows[:MAX_FAULTS]
        ]
        self.add_many(shown, len(rows))

    def refuse_any(self) -> None:
        """Refuse the file if any fault was noted.

        Raises:
            FileRefused: With the first faults, and how many there are.
        """
        if self.total:
            raise FileRefused(self.file, self.found, self.total)


def _shown(value: object) -> str:
    """A cell as a message shows it: a cell can be as long as a file that lost its quotes."""
    text = "" if value is None or value is pd.NA else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _refuse(file: str, place: str, value: str | None, expected: str) -> FileRefused:
    return FileRefused(file, [Fault(place, None, value, expected)], 1)


def _read_up_to(stream: BinaryIO, limit: int) -> bytearray:
    """Read in chunks until the stream ends or more than ``limit`` bytes are there."""
    data = bytearray()
    while len(data) <= limit:
        chunk = stream.read(min(_CHUNK, limit + 1 - len(data)))
        if not chunk:
            break
        data += chunk
    return data


def _read(path: Path, limit: int, packed_limit: int) -> tuple[bytes, bool]:
    """Read at most ``limit`` bytes of a plain or gzip file; true when there is more."""
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP_MAGIC
        raw.seek(0)
        if packed and path.stat().st_size > packed_limit:
            raise _refuse(
                path.name, "size", f"{path.stat().st_size} bytes", f"at most {packed_limit} bytes"
            )
        try:
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            data = _read_up_to(stream, limit)
        except EOFError:
            end = f"end of file, byte {path.stat().st_size}"
            raise _refuse(path.name, end, "gzip data cut short", "a whole gzip file") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            place = f"gzip data before byte {raw.tell()}"
            raise _refuse(path.name, place, f"broken: {error}", "a whole gzip file") from error
    return bytes(data[:limit]), len(data) > limit


def open_bounded(
    path: Path, max_bytes: int | None = None, max_expanded: int | None = None
) -> bytes:
    """Read a file whole, unpacking gzip, which is told by its first bytes and never by its name.

    Args:
        path: The file.
        max_bytes: The most bytes that a packed file may have; ``MAX_BYTES`` if not given.
        max_expanded: The most bytes that a plain or an unpacked file may have;
            ``MAX_EXPANDED_BYTES`` if not given. Unpacking stops there.

    Raises:
        FileRefused: The file is larger than allowed, or its gzip data are broken or cut short.
    """
    limit = MAX_EXPANDED_BYTES if max_expanded is None else max_expanded
    data, more = _read(path, limit, MAX_BYTES if max_bytes is None else max_bytes)
    if more:
        raise _refuse(path.name, "size", f"more than {limit} bytes", f"at most {limit} bytes")
    return data


def read_head(path: Path) -> bytes:
    """Read the first ``HEAD_BYTES`` of a plain or gzip file, unpacked.

    Raises:
        FileRefused: The gzip data are broken or cut short within that head, or the packed file is
            larger than allowed.
    """
    return _read(path, HEAD_BYTES, MAX_BYTES)[0]


def looks_like_html(head: bytes) -> bool:
    """Whether a file is a web page, such as an error page saved in place of data."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return True
    return start.startswith((b"<?xml", b"<!--")) and b"<html" in start


def refuse_if_no_data(head: bytes, file: str = "the file") -> None:
    """Refuse what can be no publisher's data.

    Raises:
        FileRefused: The file is empty, or a web page.
    """
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise _refuse(file, "the file", "nothing: it is empty", "a published file")
    if looks_like_html(head):
        raise _refuse(file, "line 1", "a web page (HTML)", "a published file")


def decode_utf8(data: bytes, file: str) -> str:
    """Decode a file, leaving out a byte order mark.

    Raises:
        FileRefused: The file is not UTF-8 or holds control characters; the fault names the line
            and the byte.
    """
    control = _CONTROL.search(data)
    if control is not None:
        at = control.start()
        place = f"line {data.count(10, 0, at) + 1}, byte {at} of the file"
        raise _refuse(file, place, f"byte 0x{data[at]:02x}", "text without control characters")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # "utf-8-sig" counts from behind the mark.
        at = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        line = data.count(b"\n", 0, at) + 1
        place = f"line {line}, byte {at} of the file"
        raise _refuse(file, place, f"byte 0x{data[at]:02x}", "text in UTF-8") from None


def as_counts(
    cells: pd.Series, places: pd.Series, column: str, faults: Faults
) -> tuple[pd.Series, np.ndarray]:
    """Turn cells of text into whole numbers.

    ``-`` and an empty cell mean that nothing applies or was collected, and ``*`` that a small
    figure is withheld: all become missing, never zero. Thousands separators are no part of these
    formats, and a sign or a decimal point is a fault.

    Args:
        cells: The cells, text or missing.
        places: The place of each cell's row, in the same order.
        column: The column's name for messages.
        faults: Takes a fault for every cell that is none of the above.

    Returns:
        The numbers as Int64 with the index of ``cells``, and which cells were withheld.
    """
    codes, uniques = pd.factorize(cells)
    # Each distinct text is looked at once. A missing cell has code -1: the last place.
    numbers = np.zeros(len(uniques) + 1, dtype=np.int64)
    missing = np.ones(len(uniques) + 1, dtype=bool)
    withheld = np.zeros(len(uniques) + 1, dtype=bool)
    bad = np.zeros(len(uniques) + 1, dtype=bool)
    for at, text in enumerate(uniques):
        if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
            numbers[at] = int(text)
            missing[at] = False
        elif text == SUPPRESSED:
            withheld[at] = True
        elif text not in NOT_APPLICABLE:
            bad[at] = True
    if bad.any():
        faults.add_rows(bad[codes], places, column, cells, "a whole number, '-' or nothing")
    values = pd.arrays.IntegerArray(numbers[codes], missing[codes])
    return pd.Series(values, index=cells.index, name=cells.name), withheld[codes]


def find_repeats(
    frame: pd.DataFrame, keys: Sequence[str], place_column: str, faults: Faults
) -> None:
    """Find rows whose key was there before.

    Args:
        frame: Rows with their place.
        keys: The columns that must tell rows apart; missing values count as equal.
        place_column: The column with the place of each row.
        faults: Takes a fault for every later row of a key, naming it and the first one.
    """
    columns = list(keys)
    later = frame.duplicated(columns).to_numpy()
    if not later.any():
        return
    among = frame[frame.duplicated(columns, keep=False)]
    first: dict[tuple[object, ...], str] = {}
    shown: list[Fault] = []
    for *cells, place in (
        among[[*columns, place_column]].astype(object).itertuples(index=False, name=None)
    ):
        key = tuple("" if pd.isna(cell) else cell for cell in cells)
        if key not in first:
            first[key] = place
        elif len(shown) < MAX_FAULTS:
            told = ", ".join(str(cell) for cell in key if cell != "")
            expected = f"one row for this key, but {first[key]} has it already"
            shown.append(Fault(str(place), ", ".join(columns), _shown(told), expected))
    faults.add_many(shown, int(later.sum()))


def load_json(text: str, faults: Faults) -> Any:
    """Parse JSON; infinities and not-a-number are no values of it, nor is a key that stands twice.

    Args:
        text: The whole file.
        faults: Takes what is wrong, and refuses at once.

    Raises:
        FileRefused: It is no valid JSON; the fault names line and character, or the JSON path.
    """
    odd: list[tuple[object, str | None, str, str]] = []

    def no_constant(name: str) -> float:
        odd.append((value := float(name), None, name, "a number: valid JSON has no such value"))
        return value

    def no_infinity(text: str) -> float:
        value = float(text)
        return no_constant("inf") if value in (np.inf, -np.inf) else value

    def keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for at, key in enumerate(keys) if key in keys[:at])
            odd.append((found, twice, twice, "this key once"))
        return found

    parsed = None
    try:
        parsed = json.loads(
            text, parse_constant=no_constant, parse_float=no_infinity, object_pairs_hook=keys_once
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        faults.add(place, None, error.msg, "valid JSON: the file may be cut off")
    except (ValueError, RecursionError) as error:
        faults.add(f"line {_line_of_excess(text)}", None, str(error), "valid JSON")
    for value, key, told, expected in odd:
        # A number is found by what it is, an object by being that one.
        place = _path_to(parsed, value, "$") or "$"
        faults.add(place, key, told, expected)
    faults.refuse_any()
    return parsed


def _path_to(node: Any, wanted: object, place: str) -> str | None:
    """The JSON path of a value, found by identity; a number that is none by being none."""
    if node is wanted:
        return place
    pairs: Iterable[tuple[str, Any]] = ()
    if isinstance(node, dict):
        pairs = ((f"{place}.{key}", one) for key, one in node.items())
    elif isinstance(node, list):
        pairs = ((f"{place}[{at}]", one) for at, one in enumerate(node))
    return next((found for path, one in pairs if (found := _path_to(one, wanted, path))), None)


def _line_of_excess(text: str) -> int:
    """The line with a number too long, or with more brackets open than anybody can follow."""
    long = re.search(r"\d{4300}", text)
    if long is not None:
        return text.count("\n", 0, long.start()) + 1
    depth = 0
    for found in re.finditer(r"[][{}]", text):
        depth += 1 if found[0] in "[{" else -1
        if depth > _MAX_DEPTH:
            return text.count("\n", 0, found.start()) + 1
    return 1
