"""NBKR's exchange rates: ``daily.xml``, and the workbook of one currency over some days."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from xml.etree import ElementTree

import pandas as pd

from assets.sources import cells
from assets.sources.reading import Faults, find_repeats
from assets.sources.workbooks import Sheet, folded

FRAME = ("date", "currency", "nominal", "rate", "source_ref")
_HEADER_WITHIN = 60
_ROOT = "CurrencyRates"
_DATE = ("дата", "date")
_RATE = ("курс", "rate", "exchange rate")
_CURRENCY = re.compile(r"(\d+)\s+(\D.*)")


def is_daily_xml(head: bytes) -> bool:
    """Whether a file is NBKR's XML of the rates of a day or week."""
    return f"<{_ROOT}".encode() in head[:1024] and head.lstrip(b"\xef\xbb\xbf \r\n").startswith(
        b"<"
    )


def read_daily_xml(data: bytes, faults: Faults) -> pd.DataFrame:
    """Read the rates of a day; the file declares its encoding, windows-1251.

    Args:
        data: The whole file.
        faults: Takes what is wrong, with the path of its element.

    Returns:
        A frame with the columns of ``FRAME``: soms for ``nominal`` units of the currency.

    Raises:
        FileRefused: It is no XML, or declares entities.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        # Rates need none, and entities can be made to fill the memory.
        faults.add(faults.file, None, "<!DOCTYPE", "XML without a document type")
        faults.refuse_any()
    root = None
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        line, character = getattr(error, "position", (1, 0))
        faults.add(f"line {line}, character {character}", None, None, f"XML: {error}")
    faults.refuse_any()
    assert root is not None
    day = _day(root.get("Date", ""))
    if root.tag != _ROOT or day is None:
        faults.add(f"/{root.tag}", "Date", root.get("Date"), "a day as DD.MM.YYYY")
    rows: list[tuple[object, ...]] = []
    for at, one in enumerate(root.findall("Currency"), start=1):
        place = f"/{_ROOT}/Currency[{at}]"
        code = one.get("ISOCode") or ""
        if not re.fullmatch(r"[A-Z]{3}", code):
            faults.add(place, "ISOCode", code, "an ISO 4217 code")
        figures = [_number(one.findtext(name), f"{place}/{name}", name, faults)
                   for name in ("Nominal", "Value")]  # fmt: skip
        rows.append((day, code, *figures, f"{place}/Value"))
    return _frame(rows, faults)


def find_rates(sheets: Mapping[str, Sheet]) -> tuple[Sheet, int, int, int] | None:
    """The sheet with the row of ``Дата`` and ``Курс``, that row, and the two columns."""
    for sheet in sheets.values():
        for at, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
            texts = [folded(cell) if isinstance(cell, str) else "" for cell in row]
            day = next((i for i, text in enumerate(texts) if text in _DATE), None)
            rate = next((i for i, text in enumerate(texts) if text in _RATE), None)
            if day is not None and rate is not None:
                return sheet, at, day, rate
    return None


def read_rates(sheets: Mapping[str, Sheet], faults: Faults) -> pd.DataFrame:
    """Read the workbook of one currency.

    Args:
        sheets: Its sheets, one of which ``find_rates`` finds.
        faults: Takes what is wrong, with the cell.

    Returns:
        A frame with the columns of ``FRAME``.
    """
    found = find_rates(sheets)
    assert found is not None
    sheet, header, day_column, rate_column = found
    nominal, currency = _currency(sheet, header, faults)
    rows: list[tuple[object, ...]] = []
    for at in range(header + 1, len(sheet.rows)):
        row = sheet.rows[at]
        day, rate = (row[one] if one < len(row) else "" for one in (day_column, rate_column))
        if day == "" and rate == "":
            if rows:
                break
            continue
        if not rows and isinstance(rate, str) and cells.label(rate).startswith("("):
            continue  # Explanations in brackets stand below the header.
        when = _day(day)
        if when is None:
            told = "a day as DD.MM.YYYY"
            faults.add(sheet.place(at, day_column), "Дата", cells.label(day), told)
        place = sheet.place(at, rate_column)
        rows.append((when, currency, nominal, _number(rate, place, "Курс", faults), place))
    return _frame(rows, faults)


def _currency(sheet: Sheet, header: int, faults: Faults) -> tuple[float, str]:
    """The nearest text above the header that begins with a number of units: ``1 Доллар США``."""
    for row in reversed(sheet.rows[:header]):
        for cell in row:
            found = _CURRENCY.fullmatch(cells.label(cell)) if isinstance(cell, str) else None
            if found:
                return float(found[1]), found[2]
    faults.add(f"{sheet.name}!{header + 1}", "currency", None, "units and name of the currency")
    return 1.0, ""


def _frame(rows: list[tuple[object, ...]], faults: Faults) -> pd.DataFrame:
    if not rows:
        faults.add(faults.file, None, None, "at least one rate")
    frame = pd.DataFrame(rows, columns=list(FRAME))
    find_repeats(frame, ("date", "currency"), "source_ref", faults)
    return frame


def _day(cell: object) -> datetime.date | None:
    if isinstance(cell, datetime.date):
        return cell
    try:
        return datetime.datetime.strptime(cells.label(cell), "%d.%m.%Y").date()
    except ValueError:
        return None


def _number(cell: object, place: str, column: str, faults: Faults) -> float | None:
    before = faults.total
    value = cells.number_or_fault(cell, place, column, faults)
    if value is None and faults.total == before:
        faults.add(place, column, None if cell is None else str(cell), "a number")
    return value
