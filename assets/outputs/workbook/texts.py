"""What the workbook says that no table has, and the labels of codes, in three languages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

LANGUAGES = ("en", "ru", "ky")
_FOLDER = Path(__file__).parent / "texts"
_NAMES = """
SELECT list, code, name_en, name_ru, name_ky FROM code
UNION ALL BY NAME
SELECT 'theme' AS list, theme AS code, name_en, name_ru, name_ky FROM theme
UNION ALL BY NAME
SELECT 'area' AS list, area AS code, name_en, name_ru, name_ky FROM area
UNION ALL BY NAME
SELECT 'indicator' AS list, indicator AS code, name_en, name_ru, name_ky FROM indicator
"""


@lru_cache
def texts(language: str) -> dict[str, Any]:
    """Texts of the workbook in a language, as ``texts/<language>.toml`` nests them."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Names:
    """Labels of codes.

    Attributes:
        labels: By list and code, the label of each language of ``LANGUAGES``.
    """

    labels: dict[tuple[str, str], tuple[str | None, ...]]

    def of(self, codes: str, code: str, language: str) -> str:
        """The label of a code, in English where the language has none, else the code."""
        told = self.labels.get((codes, code))
        if told is None:
            return code
        return told[LANGUAGES.index(language)] or told[0] or code

    def codes_of(self, codes: str) -> list[str]:
        """The codes of a list, in the order of the tables."""
        return [code for told, code in self.labels if told == codes]

    def codes_called(self, codes: str, text: str) -> list[str]:
        """The codes of a list that a text may mean: a code, or a label in any language."""
        wanted = " ".join(text.split()).casefold()
        return [
            code
            for (told, code), names in self.labels.items()
            if told == codes and wanted in {one.casefold() for one in (code, *names) if one}
        ]


def names(connection: duckdb.DuckDBPyConnection) -> Names:
    """Labels of the codes, themes, areas and indicators of a warehouse."""
    rows = connection.execute(f"SELECT * FROM ({_NAMES})").fetchall()
    return Names({(codes, code): tuple(told) for codes, code, *told in rows})
