"""The matrix as one picture, for the front page of the repository."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import duckdb
import vl_convert
from markupsafe import Markup

from assets.outputs.labels import STATUSES, Labels, labels
from assets.outputs.site.matrix import Cell, Theme, themes
from warehouse import database
from warehouse.files import replacing
from warehouse.home import current

_CELL, _ROW, _GAP, _LABEL = 17, 15, 14, 212
_BLOCK_GAP, _HEAD, _MARGIN = 34, 44, 24
_SCALE = 1.5
_INK, _QUIET = "#1c2530", "#566372"
_PNG = b"\x89PNG\r\n\x1a\n"
_FONT = "DejaVu Sans, Liberation Sans, Arial, sans-serif"
# Dark, middle and white: told apart without colour, and the middle one by its half as well.
_FILLS = {"available": ("#0a5a8c", "#0a5a8c"), "partial": ("#f3cd82", "#b9811b"),
          "not_available": ("#ffffff", "#c3ccd6")}  # fmt: skip


def matrix_svg(connection: duckdb.DuckDBPyConnection, country: str, words: Labels) -> str:
    """The availability matrix of a country as SVG, a block a theme.

    Args:
        connection: The published file.
        country: Alpha-3 code.
        words: Names and texts of the language.
    """
    mapped = themes(connection, country, words)
    years = len(mapped[0].years)
    width = _LABEL + 2 * years * _CELL + _GAP
    columns: list[list[Markup]] = [[], []]
    heights = [_MARGIN + 30, _MARGIN + 30]
    for theme in mapped:
        column = heights.index(min(heights))
        left = _MARGIN + column * (width + _BLOCK_GAP)
        block, height = _block(theme, left, heights[column], words)
        columns[column].append(block)
        heights[column] += height
    whole = _MARGIN * 2 + 2 * width + _BLOCK_GAP
    drawn = Markup("").join([_legend(words), *columns[0], *columns[1]])
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" '
        'font-family="{font}"><rect width="{w}" height="{h}" fill="#fff"/>{drawn}</svg>'
    ).format(w=whole, h=max(heights), font=_FONT, drawn=drawn)


def matrix_png(connection: duckdb.DuckDBPyConnection, country: str, words: Labels) -> bytes:
    """The same as PNG, at half as large again."""
    drawn = matrix_svg(connection, country, words)
    return squeezed(vl_convert.svg_to_png(drawn, scale=_SCALE))


def squeezed(png: bytes) -> bytes:
    """The same picture in a fifth of the bytes: the renderer hardly compresses."""
    chunks, pixels, place = [], b"", len(_PNG)
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        kind, told = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        if kind == b"IDAT":
            pixels += told
        else:
            chunks.append((kind, told))
        place += 12 + length
    chunks.insert(-1, (b"IDAT", zlib.compress(zlib.decompress(pixels), 9)))
    return _PNG + b"".join(
        struct.pack(">I", len(told)) + kind + told + struct.pack(">I", zlib.crc32(kind + told))
        for kind, told in chunks
    )


def _text(left: float, top: float, said: object, size: int = 11, **changes: str) -> Markup:
    style = {"fill": _INK, "font-weight": "400", "text-anchor": "start"} | {
        name.replace("_", "-"): value for name, value in changes.items()
    }
    told = Markup(" ").join(Markup('{}="{}"').format(*one) for one in style.items())
    return Markup('<text x="{}" y="{}" font-size="{}" {}>{}</text>').format(
        left, top, size, told, said
    )


def _legend(words: Labels) -> Markup:
    parts, left = [], float(_MARGIN)
    for status in STATUSES:
        name = words.code("availability_status", status).text
        parts.append(_mark(status, left, _MARGIN - 8))
        parts.append(_text(left + _CELL + 6, _MARGIN + 4, name, 12))
        left += _CELL + 30 + 7.2 * len(name)
    return Markup("").join(parts)


def _block(theme: Theme, left: float, top: float, words: Labels) -> tuple[Markup, int]:
    """One theme: a row a breakdown, stocks on the left and flows on the right."""
    rows: dict[str, dict[str, list[Cell]]] = {}
    for row in theme.rows:
        rows.setdefault(row.breakdown, {})[row.measure] = row.cells
    years = theme.years
    starts = {"stock": left + _LABEL, "flow": left + _LABEL + len(years) * _CELL + _GAP}
    parts = [_text(left, top + 14, theme.name, 13, font_weight="700")]
    for measure in theme.measures:
        name = words.code("measure", measure)
        parts.append(_text(starts[measure], top + 14, name, 11, fill=_QUIET))
        parts += [
            _text(starts[measure] + (place + 0.5) * _CELL, top + 30, f"{year % 100:02d}", 9,
                  fill=_QUIET, text_anchor="middle")
            for place, year in enumerate(years)
        ]  # fmt: skip
    for number, (breakdown, measures) in enumerate(rows.items()):
        line = top + _HEAD - 8 + number * _ROW
        name = words.code("breakdown", breakdown)
        parts.append(_text(left, line + 11, name, 10))
        for measure, cells in measures.items():
            parts += [
                _mark(cell.status, starts[measure] + place * _CELL, line)
                for place, cell in enumerate(cells)
            ]
    return Markup("").join(parts), _HEAD + len(rows) * _ROW + 16


def _mark(status: str, left: float, top: float) -> Markup:
    fill, line = _FILLS[status]
    box = Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}" stroke="{}"/>')
    made = box.format(left + 0.5, top + 0.5, _CELL - 2, _ROW - 2, fill, line)
    if status == "partial":
        made += Markup('<path d="M{} {}v{}h{}z" fill="{}"/>').format(
            left + 0.5, top + 0.5, _ROW - 2, _CELL - 2, line
        )
    return made


if __name__ == "__main__":
    with database.open_read_only(current()) as published:
        ((first,),) = published.sql("SELECT min(country) FROM availability_matrix").fetchall()
        png = matrix_png(published, first, labels(published, "en"))
    with replacing(Path(sys.argv[1])) as temporary:
        temporary.write_bytes(png)
