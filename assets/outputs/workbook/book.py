"""The MDMM workbook as IOM's teams keep it, from a published warehouse."""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.outputs.labels import labels
from assets.outputs.workbook.front import write_front
from assets.outputs.workbook.listings import LISTINGS, write_listing
from assets.outputs.workbook.override_sheet import write_overrides
from assets.outputs.workbook.page import NAVY, Book, sheet_name
from assets.outputs.workbook.texts import Words, texts
from assets.outputs.workbook.themes import write_theme
from warehouse.files import replacing
from warehouse.home import Home


def workbook_path(home: Home, language: str) -> Path:
    """Where a home keeps the workbook of a language."""
    return home.outputs / "workbook" / f"mdmm-{language}.xlsx"


def write_workbook(
    connection: duckdb.DuckDBPyConnection, path: Path, language: str = "en"
) -> dict[str, str]:
    """Write the workbook of a published warehouse.

    A build and a language give the same file, byte for byte.

    Args:
        connection: The published warehouse, read-only.
        path: Where the workbook shall stand; what stands there is replaced when it is whole.
        language: en, ru or ky: of labels and headings. What the warehouse keeps in one language
            stays in it.

    Returns:
        Names of the sheets by theme or by what they list, in order.
    """
    told = texts(language)
    ((build, built_at),) = connection.execute("SELECT build_id, built_at FROM build").fetchall()
    words = Words(told, labels(connection, language), f"{told['title']} · {build}")
    themes = connection.execute("SELECT theme FROM theme ORDER BY position").fetchall()
    with replacing(path) as temporary:
        book = Book(str(temporary), built_at, told["title"], f"build {build}")
        front = book.workbook.add_worksheet(sheet_name(told["front"]))
        sheets = {"front": front.name}
        for number, (theme,) in enumerate(themes, 1):
            title = f"{number} {words.name('theme', theme)}"
            sheets[theme] = sheet_name(title, sheets.values())
        for name in (*(one.name for one in LISTINGS), "overrides", "lists"):
            sheets[name] = sheet_name(told[name], sheets.values())
        made = {
            name: book.workbook.add_worksheet(title)
            for name, title in sheets.items()
            if name != "front"
        }
        others = {name: title for name, title in sheets.items() if name != "front"}
        write_front(book, front, connection, words, others)
        for (theme,) in themes:
            made[theme].set_tab_color(NAVY)
            write_theme(book, made[theme], connection, theme, words, front.name)
        for listing in LISTINGS:
            write_listing(book, made[listing.name], connection, listing, words, front.name)
        write_overrides(book, made["overrides"], made["lists"], connection, words, front.name)
        book.workbook.close()
    return sheets
