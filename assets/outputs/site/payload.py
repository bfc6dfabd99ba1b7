"""What the script needs to show a cell without leaving the page: the cells as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assets.outputs.labels import FALLBACK, STATUSES, Label, Labels
from assets.outputs.site.matrix import Cell, Theme

_WORDS = ("status", "rule", "national", "evidence", "completeness", "sources", "public", "figures",
          "no_figures", "sql", "theme")  # fmt: skip


def payload(
    themes: Iterable[Theme],
    country: str,
    labels: Labels,
    sources: Mapping[str, tuple[Label, str]],
    why: frozenset[str],
) -> dict[str, Any]:
    """The cells of some themes as the script reads them.

    Args:
        themes: The themes on the page.
        country: Alpha-3 code.
        labels: Names and texts of the language.
        sources: Institution of each source, and its English title.
        why: File names of the pages that say where a total comes from.

    Returns:
        Words, names of codes and, by its name, each cell: status, national status, rule, place of
        its reason, evidence, completeness, sources, figures and how many more there are; a figure
        has the name of its page where there is one.
        A sentence is told once, however many cells share it.
    """
    reasons: dict[str, int] = {}
    cells: dict[str, list[Any]] = {}
    rows: dict[str, list[str]] = {}
    used: set[str] = set()
    for theme in themes:
        for row in theme.rows:
            measure = labels.code("measure", row.measure)
            rows[row.id] = [theme.theme, row.measure, row.breakdown,
                            f"{theme.name} · {measure} · {row.name}"]  # fmt: skip
            for cell in row.cells:
                cells[cell.id] = [row.id, cell.year, *_told(cell, reasons, why)]
                used.update(code for code, _ in cell.sources)
    rules = {cell[4] for cell in cells.values()}
    evidence = {cell[6] for cell in cells.values()}
    return {
        "country": country,
        "words": {name: labels.text(f"site.cell.{name}").text for name in _WORDS}
        | {
            "more": labels.text("site.cell.more", number="#").text,
            "why": labels.text("site.why").text,
        },
        "statuses": {one: _pair(labels.code("availability_status", one)) for one in STATUSES},
        "rules": {one: _pair(labels.code("rule", one)) for one in sorted(rules)},
        "evidence": {one: _pair(labels.code("evidence", one)) for one in sorted(evidence)},
        "sources": {
            code: [*_pair(institution), title]
            for code, (institution, title) in sorted(sources.items())
            if code in used
        },
        "reasons": list(reasons),
        "rows": rows,
        "cells": cells,
        "why": why_folder(labels),
    }


def why_folder(labels: Labels) -> str:
    """The way from a page to those that say where a total comes from; they are English only."""
    return "why/" if labels.language == FALLBACK else f"../{FALLBACK}/why/"


def _told(cell: Cell, reasons: dict[str, int], why: frozenset[str]) -> list[Any]:
    figures = [
        [one.value, one.what, "; ".join([one.source, *one.remarks]), *({one.page} & why)]
        for one in cell.figures
    ]
    return [
        cell.status,
        cell.national,
        cell.rule,
        reasons.setdefault(cell.reason, len(reasons)),
        cell.evidence,
        cell.completeness,
        cell.sources,
        figures,
        cell.more,
    ]


def _pair(label: Label) -> list[str]:
    return [label.text, label.language]
