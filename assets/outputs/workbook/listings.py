"""Sheets that list a table: definitions, discrepancies, gaps, the report check, issues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
from xlsxwriter.worksheet import Worksheet

from assets.outputs.queries import records
from assets.outputs.workbook.page import Book
from assets.outputs.workbook.texts import Words

HEAD_ROW = 2


@dataclass(frozen=True)
class Column:
    """A column of a listing.

    Attributes:
        name: Its name in the query, and of its heading among the texts.
        width: Its width in characters.
        style: How its values are written; number is whole or decimal as each value is.
        codes: The list whose labels stand for its codes.
    """

    name: str
    width: float
    style: str = "text"
    codes: str | None = None


@dataclass(frozen=True)
class Listing:
    """A sheet that lists the rows of a query.

    Attributes:
        name: Its name among the texts.
        query: The rows, in order.
        columns: Its columns, named as in the query.
    """

    name: str
    query: str
    columns: tuple[Column, ...]


_COUNTRY = Column("country", 14, codes="area")
_THEME = Column("theme", 18, codes="theme")
_MEASURE = Column("measure", 12, codes="measure")

LISTINGS: tuple[Listing, ...] = (
    Listing(
        "definitions",
        """
        SELECT d.term, coalesce(s.institution, d.producer) AS producer, d.text_en, d.basis,
            d.minimum_stay, d.excluded, d.document
        FROM definition AS d LEFT JOIN source AS s ON s.source = d.producer
        ORDER BY d.term, d.definition
        """,
        (
            Column("term", 26), Column("producer", 28, codes="institution"), Column("text_en", 60),
            Column("basis", 18, codes="definition_basis"), Column("minimum_stay", 20),
            Column("excluded", 30), Column("document", 44),
        ),
    ),
    Listing(
        "discrepancies",
        """
        SELECT d.* FROM discrepancy AS d JOIN theme AS t USING (theme)
        ORDER BY d.country, t.position, d.measure DESC, d.concept, d.year DESC, d.producer,
            d.other_producer, d.indicator, d.other_indicator, d.other_year
        """,
        (
            _COUNTRY, _THEME, _MEASURE, Column("year", 8, "year"), Column("producer", 13),
            Column("indicator", 20, codes="indicator"), Column("value", 13, "number"),
            Column("release", 12), Column("meaning", 40), Column("other_year", 8, "year"),
            Column("other_producer", 13), Column("other_indicator", 20, codes="indicator"),
            Column("other_value", 13, "number"), Column("other_release", 12),
            Column("other_meaning", 40), Column("ratio", 10, "number"), Column("differs_in", 16),
        ),
    ),
    Listing(
        "gaps",
        """
        SELECT g.*, s.institution
        FROM gap AS g JOIN theme AS t USING (theme)
        JOIN theme_breakdown AS b USING (theme, measure, breakdown)
        LEFT JOIN source AS s ON s.source = g.source
        ORDER BY g.country, t.position, g.measure DESC, b.position, g.year_from DESC
        """,
        (
            _COUNTRY, _THEME, _MEASURE, Column("breakdown", 20, codes="breakdown"),
            Column("year_from", 8, "year"), Column("year_to", 8, "year"),
            Column("status", 15, "status"), Column("rule", 16, codes="rule"),
            Column("missing", 64), Column("institution", 28, codes="institution"),
            Column("access", 14, codes="access"), Column("request_route", 24),
            Column("languages", 14), Column("recommended", 52), Column("section", 10),
            Column("sdg_indicators", 24),
        ),
    ),
    Listing(
        "report_check",
        """
        SELECT r.claim_id, c.section, c.statement, c.printed_value, c.unit, c.rounding,
            r.value AS warehouse_value, r.status, r.cause, d.explanation, r.evidence
        FROM report_check AS r JOIN report_claim AS c USING (claim_id)
        JOIN claim_derivation AS d USING (claim_id)
        ORDER BY r.claim_id
        """,
        (
            Column("claim_id", 12), Column("section", 9), Column("statement", 40),
            Column("printed_value", 13, "number"), Column("unit", 11), Column("rounding", 11),
            Column("warehouse_value", 13, "number"), Column("status", 15, codes="claim_status"),
            Column("cause", 18, codes="claim_cause"), Column("explanation", 56),
            Column("evidence", 110),
        ),
    ),
    Listing(
        "issues",
        """
        SELECT q.source, q.dataset, q.release, q.kind, q.year, q.origin, q.destination,
            q.description, e.file, q.source_ref
        FROM quality_issue AS q LEFT JOIN extract AS e USING (extract_id)
        ORDER BY q.source, q.dataset, q.release, q.kind, q.year, q.description, q.source_ref
        """,
        (
            Column("source", 12), Column("dataset", 18), Column("release", 12),
            Column("kind", 24, codes="issue_kind"), Column("year", 8, "year"),
            Column("origin", 18, codes="area"), Column("destination", 18, codes="area"),
            Column("description", 60), Column("file", 24), Column("source_ref", 20),
        ),
    ),
)  # fmt: skip


def write_listing(
    book: Book,
    sheet: Worksheet,
    connection: duckdb.DuckDBPyConnection,
    listing: Listing,
    words: Words,
    front: str,
) -> None:
    """Write a sheet that lists a query: heading, what it is, a table with a filter.

    Args:
        book: The workbook.
        sheet: An empty sheet of it.
        connection: The published warehouse.
        listing: What is listed.
        words: Texts and labels.
        front: Name of the first sheet, to lead back to.
    """
    rows = records(connection, listing.query)
    about = words.texts["about"]["sheet"][listing.name]
    head_of(book, sheet, words.texts[listing.name], about, words, front)
    for column, one in enumerate(listing.columns):
        sheet.set_column(column, column, one.width)
        book.put(sheet, HEAD_ROW, column, words.texts["columns"][one.name], "head")
    sheet.set_row(HEAD_ROW, 34)
    for row, told in enumerate(rows, HEAD_ROW + 1):
        for column, one in enumerate(listing.columns):
            _put(book, sheet, row, column, one, told[one.name], words)
        texts = [one for one in listing.columns if one.style == "text" and one.codes is None]
        book.fit_row(sheet, row, [(told[one.name], one.width) for one in texts])
    sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + max(len(rows), 1), len(listing.columns) - 1)
    sheet.freeze_panes(HEAD_ROW + 1, 1)
    sheet.repeat_rows(HEAD_ROW)
    book.set_page(sheet, words.footer, wide=sum(one.width for one in listing.columns) > 180)


def head_of(book: Book, sheet: Worksheet, title: str, about: str, words: Words, front: str) -> None:
    """Write title, way back and what a sheet is about, in its first two rows."""
    book.put(sheet, 0, 0, title, "title")
    sheet.set_row(0, 28)
    sheet.write_url(1, 0, f"internal:'{front}'!A1", book.style("link"), words.texts["back"])
    book.put(sheet, 1, 2, about, "faint")


def _put(
    book: Book, sheet: Worksheet, row: int, column: int, one: Column, value: Any, words: Words
) -> None:
    if one.codes is not None:
        book.put(
            sheet, row, column, None if value is None else words.name(one.codes, value), "text"
        )
    elif one.style == "status":
        book.put(sheet, row, column, words.texts["signs"][value], value)
    elif one.style == "number":
        put_number(book, sheet, row, column, value)
    else:
        book.put(sheet, row, column, value, one.style)


def put_number(book: Book, sheet: Worksheet, row: int, column: int, value: float | None) -> None:
    """Write a figure: a count without decimals, else with as many as it needs up to three."""
    if value is None or value != value:
        book.put(sheet, row, column, None, "text")
    elif float(value).is_integer():
        book.put(sheet, row, column, int(value), "whole")
    else:
        book.put(sheet, row, column, value, "decimal")
