"""What the workbook says that no table has, in three languages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.outputs.labels import Labels, texts_in

_FOLDER = Path(__file__).parent / "texts"
# Lists that are tables of their own; the others are lists of table code.
_TABLES = ("area", "theme", "indicator")


def texts(language: str) -> dict[str, Any]:
    """Texts of the workbook in a language, as ``texts/<language>.toml`` nests them."""
    return texts_in(_FOLDER, language)


@dataclass(frozen=True)
class Words:
    """What a workbook is written with.

    Attributes:
        texts: Its own texts.
        labels: Names of codes, in the same language.
        footer: What stands at the foot of each page.
    """

    texts: dict[str, Any]
    labels: Labels
    footer: str

    def name(self, codes: str, code: object) -> str:
        """The label of a code of a list: ``area``, ``theme``, ``indicator`` or one of ``code``."""
        return label_of(self.labels, codes, str(code))

    def heading(self, measure: str, breakdown: str) -> str:
        """The heading of an availability column, as the report words it: Stock by sex."""
        short = str(self.texts[measure])
        if breakdown == "total":
            return short
        split = self.name("breakdown", breakdown)
        pattern = str(self.texts["measure_of_breakdown"])
        return pattern.format(measure=short, breakdown=split[:1].lower() + split[1:])


def label_of(labels: Labels, codes: str, code: str) -> str:
    """The label of a code of a list, an unknown code itself."""
    named = labels.names.get((codes if codes in _TABLES else f"code:{codes}", code))
    return code if named is None else str(named)
