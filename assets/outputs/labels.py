"""What codes and the outputs' own texts are called in English, Russian and Kyrgyz.

Names of codes come from the reference tables of the published file, all other texts from
``texts/<language>.toml``. What is not translated falls back to English, and a label says in
which language it is, so that a page can mark it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from babel.numbers import format_decimal

LANGUAGES = ("en", "ru", "ky")
FALLBACK = "en"
# In the order of legends.
STATUSES = ("available", "partial", "not_available")
SIGNS = {"about": "≈", "at_least": "≥", "at_most": "≤"}
TEXTS_FOLDER = Path(__file__).parent / "texts"
_NAMES = """
SELECT 'area', area, name_en, name_{language} FROM area
UNION ALL SELECT 'theme', theme, name_en, name_{language} FROM theme
UNION ALL SELECT 'indicator', indicator, name_en, name_{language} FROM indicator
UNION ALL SELECT 'criterion', criterion, name_en, name_{language} FROM openness_criterion
UNION ALL SELECT 'code:' || list, code, name_en, name_{language} FROM code
"""


@dataclass(frozen=True)
class Label:
    """A text and the language that it is in.

    Attributes:
        text: The text.
        language: ``en``, ``ru`` or ``ky``; English where a translation is missing.
    """

    text: str
    language: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Labels:
    """Names of codes and texts in one language.

    Attributes:
        language: ``en``, ``ru`` or ``ky``.
        names: Label by kind (``area``, ``theme``, ``indicator``, ``criterion``, ``code:<list>``)
            and code.
    """

    language: str
    names: dict[tuple[str, str], Label] = field(repr=False)

    def area(self, code: str) -> Label:
        """Name of an area; an unknown code names itself."""
        return self._name("area", code)

    def theme(self, code: str) -> Label:
        """Name of a theme; an unknown code names itself."""
        return self._name("theme", code)

    def indicator(self, code: str) -> Label:
        """Name of an indicator; an unknown code names itself."""
        return self._name("indicator", code)

    def criterion(self, code: str) -> Label:
        """Name of a criterion of openness; an unknown code names itself."""
        return self._name("criterion", code)

    def code(self, list_name: str, code: str) -> Label:
        """Name of a code of a list of table ``code``; an unknown code names itself."""
        return self._name(f"code:{list_name}", code)

    def text(self, key: str, **values: object) -> Label:
        """A text of ``texts/<language>.toml``.

        Args:
            key: Section and name, e.g. ``site.skip``.
            values: What stands for ``{name}`` in it.

        Raises:
            KeyError: No such text in English.
        """
        own = texts(self.language).get(key)
        label = Label(own, self.language) if own else Label(texts(FALLBACK)[key], FALLBACK)
        return Label(label.text.format(**values), label.language) if values else label

    def number(self, value: float, digits: int | None = None) -> str:
        """A number as the language writes it, with all its digits.

        Args:
            value: The number.
            digits: Digits after the point; as many as it has (three at most) if not given.
        """
        pattern = "#,##0.###" if digits is None else f"#,##0.{'0' * digits}".rstrip(".")
        return format_decimal(value, format=pattern, locale=self.language)

    def _name(self, kind: str, code: str) -> Label:
        return self.names.get((kind, code), Label(code, FALLBACK))


def labels(connection: duckdb.DuckDBPyConnection, language: str) -> Labels:
    """All labels in one language.

    Args:
        connection: The published file.
        language: ``en``, ``ru`` or ``ky``.

    Raises:
        ValueError: There is no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}; known: {', '.join(LANGUAGES)}")
    rows = connection.execute(_NAMES.format(language=language)).fetchall()
    names = {
        (kind, code): Label(own, language) if own else Label(english or code, FALLBACK)
        for kind, code, english, own in rows
    }
    return Labels(language, names)


@cache
def texts(language: str) -> dict[str, str]:
    """The texts of a language's file by dotted key, e.g. ``site.skip``."""
    return dict(_flat(texts_in(TEXTS_FOLDER, language)))


@cache
def texts_in(folder: Path, language: str) -> dict[str, Any]:
    """The texts of an output's own file, as ``<language>.toml`` in its folder nests them.

    Args:
        folder: The folder of its texts.
        language: ``en``, ``ru`` or ``ky``.

    Raises:
        KeyError: There are no texts in that language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    return tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))


def _flat(table: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((before + name, str(value)))
    return found
