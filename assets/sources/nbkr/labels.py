"""What the labels of NBKR's remittance tables mean: spans, directions, remarks, headers.

No real workbook of remittances was seen. These are the words of the bank's pages and of the press
that quotes them, in Russian and English.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from assets.sources import cells
from assets.sources.workbooks import folded

FLOWS: dict[str, str] = {
    "приток": "inflow", "inflow": "inflow", "inflows": "inflow", "поступления": "inflow",
    "отток": "outflow", "outflow": "outflow", "outflows": "outflow",
    "чистый приток": "net", "net inflow": "net", "net": "net", "сальдо": "net",
}  # fmt: skip
COLUMNS: dict[str, str] = {
    "период": "period", "period": "period",
    "страна": "country", "страны": "country", "country": "country", "countries": "country",
    "точность": "rounding", "rounding": "rounding",
    "примечание": "remark", "remark": "remark", "note": "remark",
    "где опубликовано": "published_in", "published in": "published_in",
}  # fmt: skip
TOTAL = "Total"

_MONTHS_RU = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр",
              "октябр", "ноябр", "декабр")  # fmt: skip
_MONTHS_EN = ("january", "february", "march", "april", "may", "june", "july", "august",
              "september", "october", "november", "december")  # fmt: skip
_ENDINGS = ("", "ь", "я", "а", "й", "е")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_NOISE = {"г", "гг", "год", "года", "году", "за", "year", "в"}
_UNIT = re.compile(r"\s*[,(].*(млн|million|mln|долл|usd).*$")
_MILLION = re.compile(r"млн\.?\s*(долл|usd|\$)|(million|mln)\s+(of\s+)?(us\s+dollars|usd|dollars)"
                      r"|(us\s+dollars|usd)[,\s]+(million|mln)")  # fmt: skip
_THOUSAND = re.compile(
    r"тыс\w*\.?\s*(долл|usd|\$)|thousand\w*\s+(of\s+)?(us\s+dollars|usd|dollars)"
)
_REMITTANCES = re.compile(r"перевод|remittance|transfer")


@dataclass(frozen=True)
class Span:
    """What a label says of a span; what it does not say is None.

    Attributes:
        year: The year.
        months: First and last month.
    """

    year: int | None = None
    months: tuple[int, int] | None = None

    def joined(self, other: Span) -> Span | None:
        """Both together; None if they contradict each other."""
        if None not in (self.year, other.year) and self.year != other.year:
            return None
        if None not in (self.months, other.months) and self.months != other.months:
            return None
        return Span(self.year or other.year, self.months or other.months)

    def days(self) -> tuple[datetime.date, datetime.date]:
        """First and last day; without months, of the whole year.

        Raises:
            ValueError: The year is not known.
        """
        if self.year is None:
            raise ValueError("no year")
        first, last = self.months or (1, 12)
        after = datetime.date(self.year + last // 12, last % 12 + 1, 1)
        return datetime.date(self.year, first, 1), after - datetime.timedelta(days=1)


def _month_names() -> dict[str, int]:
    names: dict[str, int] = {}
    for number, (russian, english) in enumerate(zip(_MONTHS_RU, _MONTHS_EN, strict=True), start=1):
        names |= {f"{russian}{ending}": number for ending in _ENDINGS}
        names |= {english: number, english[:3]: number, russian[:3]: number}
    del names["ма"]
    return names | {"sept": 9, "нояб": 11, "сент": 9, "февр": 2, "окт": 10}


_MONTHS = _month_names()


def span(cell: object) -> Span | None:
    """What a cell says of a span; None if it is no span.

    Args:
        cell: A year, a month (also as a date), a quarter or a span of months, as in ``2019``,
            ``январь 2020``, ``Jan-May 2020``, ``2020-01/05``, ``I квартал 2020``.
    """
    if isinstance(cell, datetime.date):
        return Span(cell.year, (cell.month, cell.month))
    if (year := cells.year(cell)) is not None:
        return Span(year)
    if not isinstance(cell, str):
        return None
    text = folded(cell)
    if found := re.fullmatch(r"((?:19|20)\d\d)-(\d{1,2})(?:/(\d{1,2}))?", text):
        return _numbered(int(found[1]), int(found[2]), int(found[3] or found[2]))
    if found := re.fullmatch(r"(\d{1,2})[./]((?:19|20)\d\d)", text):
        return _numbered(int(found[2]), int(found[1]), int(found[1]))
    return _named([one for one in re.findall(r"\w+", text) if one not in _NOISE])


def _numbered(year: int, first: int, last: int) -> Span | None:
    return Span(year, (first, last)) if 1 <= first <= last <= 12 else None


def _named(words: list[str]) -> Span | None:
    years = [year for word in words if (year := cells.year(word)) is not None]
    rest = [word for word in words if cells.year(word) is None]
    if len(set(years)) > 1 or (not years and not rest):
        return None
    year = years[0] if years else None
    if len(rest) == 2 and (rest[1].startswith("кв") or rest[1] == "quarter"):
        quarter = _QUARTERS.get(rest[0])
        return Span(year, (3 * quarter - 2, 3 * quarter)) if quarter else None
    if len(rest) == 1 and re.fullmatch(r"q[1-4]", rest[0]):
        return Span(year, (3 * int(rest[0][1]) - 2, 3 * int(rest[0][1])))
    months = [_MONTHS.get(word) for word in rest]
    if not months:
        return Span(year)
    first, last = months[0], months[-1]
    if len(months) > 2 or first is None or last is None or first > last:
        return None
    return Span(year, (first, last))


def flow(cell: object) -> str | None:
    """The direction that a label names: inflow, outflow, net; None if it is none."""
    return FLOWS.get(_UNIT.sub("", folded(cell))) if isinstance(cell, str) else None


def column(cell: object) -> str | None:
    """What a header says that its column holds; None if it is none of the known."""
    return COLUMNS.get(_UNIT.sub("", folded(cell))) if isinstance(cell, str) else None


def in_millions(texts: list[str]) -> bool:
    """Whether a sheet says that its figures are in millions of US dollars, and nothing else."""
    found = [folded(text) for text in texts]
    return any(map(_MILLION.search, found)) and not any(map(_THOUSAND.search, found))


def speaks_of_remittances(texts: list[str]) -> bool:
    """Whether one of the texts names transfers or remittances."""
    return any(_REMITTANCES.search(folded(text)) for text in texts)


def qualifier(remark: str) -> str | None:
    """The qualifier that a remark makes of a figure: about, at_least; None if none."""
    text = folded(remark)
    if re.search(r"не менее|at least|lower bound", text):
        return "at_least"
    return "about" if re.search(r"около|примерно|about|approx", text) else None


def is_preliminary(remark: str) -> bool:
    """Whether a remark calls the figure preliminary."""
    return bool(re.search(r"предварительн|preliminary", folded(remark)))


def is_ambiguous(remark: str) -> bool:
    """Whether a remark says that the wording of the source can be read in two ways."""
    return bool(re.search(r"неоднозначн|ambiguous", folded(remark)))
