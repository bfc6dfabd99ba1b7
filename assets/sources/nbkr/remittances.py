"""Remittances in a workbook whose layout is assumed: every figure is found by its labels.

Two shapes are read. A list: a header with ``Период`` and the directions (``Приток``, ``Отток``,
``Чистый приток``), a row a span and country. A cross table: countries down, spans across, under
lines that name the direction; the year may stand above months or in the name of the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from assets.sources import cells
from assets.sources.nbkr import labels
from assets.sources.nbkr.labels import Span
from assets.sources.reading import Faults, find_repeats
from assets.sources.workbooks import Sheet

_HEADER_WITHIN = 40
_LABELS = ("period", "country")
# Columns of figures that were seen in the press: together, or not at all.
_PRESS = frozenset(("rounding", "remark", "published_in"))
FRAME = ("period", "period_start", "period_end", "flow", "country", "value", "rounding",
         "qualifier", "provisional", "remark", "published_in", "source_ref")  # fmt: skip

NO_SPAN = Span()


@dataclass(frozen=True)
class Context:
    """What labels say of a figure.

    Attributes:
        span: The span.
        flow: The direction.
        country: The partner as printed.
        printed: The label of the span as printed.
    """

    span: Span = NO_SPAN
    flow: str | None = None
    country: str | None = None
    printed: str = ""


@dataclass(frozen=True)
class Layout:
    """Where the columns of a sheet stand.

    Attributes:
        first_row: First row below the header.
        label_columns: Columns of labels and remarks, by what they hold.
        figures: What the header says of each column of figures.
    """

    first_row: int
    label_columns: Mapping[str, int]
    figures: Mapping[int, Context]


def is_remittances(sheet: Sheet) -> bool:
    """Whether a sheet speaks of remittances and has a header or lines of directions."""
    # Of a sheet of another publisher with a million cells only the top is looked at.
    top = sheet.rows[:_HEADER_WITHIN]
    texts = [cell for row in top for cell in row if isinstance(cell, str)]
    directions = {found for text in texts if (found := labels.flow(text))}
    return labels.speaks_of_remittances(texts) and bool(directions)


def read_remittances(sheets: Mapping[str, Sheet], faults: Faults) -> pd.DataFrame:
    """Read the remittances of a workbook.

    Args:
        sheets: Its sheets.
        faults: Takes what is wrong, with the cell.

    Returns:
        A frame with the columns of ``FRAME``, one row a figure: value and rounding in million US
        dollars, days as ``date``.
    """
    rows: list[dict[str, object]] = []
    for sheet in sheets.values():
        if not is_remittances(sheet):
            continue
        texts = [cell for row in sheet.rows for cell in row if isinstance(cell, str)]
        if not labels.in_millions(texts):
            faults.add(sheet.name, "unit", None, "a label that says: million US dollars")
        layout = _layout(sheet, faults)
        if layout is not None:
            rows += _figures(sheet, layout, faults)
    if not rows:
        faults.add(faults.file, None, None, "figures below the header")
    frame = pd.DataFrame(rows, columns=list(FRAME))
    find_repeats(frame, ("period_start", "period_end", "flow", "country"), "source_ref", faults)
    return frame


def _layout(sheet: Sheet, faults: Faults) -> Layout | None:
    """The header: the first row with a column of spans or countries and columns of figures."""
    for at, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        named = {name: column for column, cell in enumerate(row)
                 if (name := labels.column(cell)) is not None}  # fmt: skip
        if not set(named) & set(_LABELS):
            continue
        below = sheet.rows[at + 1] if at + 1 < len(sheet.rows) else []
        two_rows = _has_no_labels(below, named) and any(_told(cell) for cell in below)
        figures: dict[int, Context] = {}
        above = Context()
        for column, cell in enumerate(row):
            if column in named.values():
                continue
            # A merged cell says for the columns to its right what it says for its own.
            above = _told(cell) or (above if two_rows and cell == "" else Context())
            told = (
                _joined(above, _told(below[column])) if two_rows and column < len(below) else above
            )
            if told is None or (cells.label(cell) and _told(cell) is None):
                expected = "a direction (Приток, Отток, Чистый приток), a span, or a known header"
                faults.add(sheet.place(at, column), "header", cells.label(cell), expected)
            elif told != Context():
                figures[column] = told
        if not figures:
            faults.add(f"{sheet.name}!{at + 1}", "header", None, "columns of directions or spans")
        if 0 < len(lacking := _PRESS - named.keys()) < len(_PRESS):
            # Without one of them, a figure would lose what is said of it and nobody would know.
            expected = f"the column of {', '.join(sorted(lacking))} too, or none of these three"
            faults.add(f"{sheet.name}!{at + 1}", "header", None, expected)
        return Layout(at + 1 + two_rows, named, figures)
    expected = "a header with Период (Period) or Страна (Country)"
    faults.add(sheet.name, "header", None, expected)
    return None


def _has_no_labels(row: Sequence[object], named: Mapping[str, int]) -> bool:
    return all(column >= len(row) or row[column] == "" for column in named.values())


def _figures(sheet: Sheet, layout: Layout, faults: Faults) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    year = re.search(r"\b(19|20)\d\d\b", sheet.name)
    section = Context(span=Span(int(year[0])) if year else NO_SPAN)
    for at in range(layout.first_row, len(sheet.rows)):
        row = sheet.rows[at]
        own = _row_context(sheet, at, layout, faults, section)
        filled = [column for column in layout.figures if column < len(row) and row[column] != ""]
        if not filled:
            # A line with a direction or a span alone speaks for the rows below it.
            if own.flow or own.span != NO_SPAN:
                section = _replaced(section, own)
            continue
        for column in filled:
            place = sheet.place(at, column)
            value = cells.number_or_fault(row[column], place, "value", faults)
            context = _joined(layout.figures[column], own, keep=section)
            if value is not None:
                found += _figure(value, context, sheet, at, layout, place, faults)
    return _with_rounding(found, layout)


def _figure(
    value: float, context: Context | None, sheet: Sheet, at: int, layout: Layout, place: str,
    faults: Faults,
) -> list[dict[str, object]]:  # fmt: skip
    if context is None or context.flow is None or context.span.year is None:
        lacking = "labels that do not contradict each other" if context is None else (
            "a direction: Приток, Отток or Чистый приток" if context.flow is None else "a year"
        )  # fmt: skip
        faults.add(place, "labels", None, lacking)
        return []
    first, last = context.span.days()
    remark = _text(sheet, at, layout, "remark")
    rounding = None
    if "rounding" in layout.label_columns:
        column = layout.label_columns["rounding"]
        where = sheet.place(at, column)
        cell = sheet.rows[at][column] if column < len(sheet.rows[at]) else ""
        rounding = cells.number_or_fault(cell, where, "rounding", faults)
    return [
        {
            "period": context.printed or str(context.span.year),
            "period_start": first,
            "period_end": last,
            "flow": context.flow,
            "country": context.country or labels.TOTAL,
            "value": value,
            "rounding": rounding,
            "qualifier": labels.qualifier(remark) if remark else None,
            "provisional": bool(remark) and labels.is_preliminary(remark or ""),
            "remark": remark,
            "published_in": _text(sheet, at, layout, "published_in"),
            "source_ref": place,
        }
    ]


def _with_rounding(found: list[dict[str, object]], layout: Layout) -> list[dict[str, object]]:
    """Where no column says it, figures are rounded to the smallest unit that any of them shows."""
    if "rounding" in layout.label_columns or not found:
        return found
    texts = [repr(round(float(str(one["value"])), 6)).removesuffix(".0") for one in found]
    decimals = max(len(text.partition(".")[2]) for text in texts)
    return [one | {"rounding": 10.0**-decimals} for one in found]


def _row_context(
    sheet: Sheet, at: int, layout: Layout, faults: Faults, section: Context
) -> Context:
    """What the label cells of a row say."""
    row = sheet.rows[at]
    own = Context()
    for name in _LABELS:
        column = layout.label_columns.get(name)
        cell = row[column] if column is not None and column < len(row) else ""
        if column is None or cell == "":
            continue
        told = _told(cell)
        if told is not None:
            own = _joined(own, told) or own
        elif name == "country":
            own = replace(own, country=cells.label(cell))
        elif any(one < len(row) and row[one] != "" for one in layout.figures):
            expected = "a span: a year, a month, a quarter, or a span of months"
            faults.add(sheet.place(at, column), "period", cells.label(cell), expected)
    return own


def _told(cell: object) -> Context | None:
    """What a cell says as a direction or a span; None if it is neither."""
    if (flow := labels.flow(cell)) is not None:
        return Context(flow=flow)
    if (span := labels.span(cell)) is not None:
        return Context(span=span, printed=_printed(cell))
    return None


def _printed(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) else cells.label(cell)


def _joined(one: Context, other: Context | None, keep: Context | None = None) -> Context | None:
    """Both together, filled from ``keep`` where they are silent; None if they contradict."""
    if other is None:
        return one
    span = one.span.joined(other.span)
    if span is None or (one.flow and other.flow and one.flow != other.flow):
        return None
    printed = " ".join(dict.fromkeys(text for text in (one.printed, other.printed) if text))
    joined = Context(span, one.flow or other.flow, one.country or other.country, printed)
    if keep is None:
        return joined
    full = Span(joined.span.year or keep.span.year, joined.span.months or keep.span.months)
    if joined.span.year and joined.span.year != keep.span.year:
        full = joined.span
    told = joined.printed if full == joined.span else f"{keep.printed} {joined.printed}".strip()
    return Context(full, joined.flow or keep.flow, joined.country or keep.country, told)


def _replaced(section: Context, own: Context) -> Context:
    """A new line of a section: what it says takes the place of what stood before."""
    return Context(
        own.span if own.span != NO_SPAN else section.span,
        own.flow or section.flow,
        None,
        own.printed or section.printed,
    )


def _text(sheet: Sheet, at: int, layout: Layout, name: str) -> str | None:
    column = layout.label_columns.get(name)
    row = sheet.rows[at]
    return (cells.label(row[column]) or None) if column is not None and column < len(row) else None
