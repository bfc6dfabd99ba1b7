"""The parts of an .xlsx, which is a zip archive of XML: each whole, unambiguous, within limits.

Readers of workbooks stop where a sheet ends and do not look at the checksum behind it, so a bit
that fell over in a figure would go unnoticed. Every part is therefore read once here.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from xml.parsers import expat

from schemas.faults import Fault

MAX_PARTS = 2000
_CHUNK = 2**20
# Where a document type would stand: before the first element.
_PROLOGUE = 16 * 2**10
_END_OF_DIRECTORY = b"PK\x05\x06"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError,
           UnicodeDecodeError, ValueError)  # fmt: skip


def faults_of_parts(data: bytes, max_expanded: int) -> list[Fault]:
    """What is wrong with the archive or its parts.

    Args:
        data: The whole file.
        max_expanded: The most bytes that all parts together may have when unpacked.

    Returns:
        Faults with the part or the byte; none for a sound archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            faults = _too_much(parts, max_expanded) or _repeated(parts)
            for part in parts if not faults else ():
                faults += _faults_of_part(archive, part)
            return faults
    except _BROKEN as error:
        at = data.rfind(_END_OF_DIRECTORY)
        place = f"byte {at}" if at >= 0 else f"end of file, byte {len(data)}"
        expected = "a workbook that can be read: its list of parts is cut off or broken"
        return [Fault(place, None, str(error), expected)]


def ill_formed_part(data: bytes) -> Fault | None:
    """The first part that is no well-formed XML, with line and character.

    Args:
        data: A sound archive, of which a reader says that it can't be read.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            try:
                expat.ParserCreate().Parse(archive.read(name), True)
            except expat.ExpatError as error:
                place = f"part {name!r}, line {error.lineno}, character {error.offset + 1}"
                return Fault(place, None, str(error), "well-formed XML")
    return None


def _too_much(parts: Sequence[zipfile.ZipInfo], max_expanded: int) -> list[Fault]:
    expanded = sum(part.file_size for part in parts)
    if len(parts) <= MAX_PARTS and expanded <= max_expanded:
        return []
    largest = max(parts, key=lambda part: part.file_size)
    place = f"part {largest.filename!r}, the largest"
    found = f"{len(parts)} parts of {expanded} bytes"
    return [Fault(place, None, found, f"at most {MAX_PARTS} parts of {max_expanded} bytes")]


def _repeated(parts: Sequence[zipfile.ZipInfo]) -> list[Fault]:
    names = [part.filename for part in parts]
    return [
        Fault(f"part {name!r}", None, f"{names.count(name)} of this name", "one part of this name")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]


def _faults_of_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> list[Fault]:
    place = f"part {part.filename!r}"
    try:
        with archive.open(part) as stream:
            head = stream.read(_PROLOGUE)
            # Reading to the end compares the checksum.
            while stream.read(_CHUNK):
                pass
    except _BROKEN as error:
        return [Fault(place, None, str(error), "a part that can be unpacked")]
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        # An entity in a cell would leave it empty, unnoticed.
        return [Fault(place, None, "<!DOCTYPE", "XML without a document type")]
    return []
