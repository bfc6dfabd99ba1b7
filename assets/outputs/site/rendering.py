"""How templates become pages: escaping, labels in their language, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from assets.outputs.labels import FALLBACK, Label, Labels

TEMPLATES_FOLDER = Path(__file__).parent / "templates"
LANGUAGE_NAMES = {"en": "English", "ru": "Русский", "ky": "Кыргызча"}
# Pages load their own style sheet, script and pictures, and nothing else from anywhere.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
_BAR_WIDTH = 200


@dataclass(frozen=True)
class Build:
    """The published build that a site shows.

    Attributes:
        build_id: Its name.
        built_at: When it was made, UTC.
        contract_version: Version of the tables.
    """

    build_id: str
    built_at: datetime
    contract_version: str


def published_build(connection: duckdb.DuckDBPyConnection) -> Build:
    """The build of the published file."""
    query = "SELECT build_id, built_at, contract_version FROM build"
    ((build_id, built_at, version),) = connection.sql(query).fetchall()
    return Build(build_id, built_at, version)


class _Compiled(BytecodeCache):
    """Templates compiled once for all languages; Jinja looks whether their text is the same."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def environment(labels: Labels, **everywhere: object) -> Environment:
    """The templates in one language; whatever they print is escaped.

    Args:
        labels: Names and texts of the language.
        everywhere: What every page may print.

    Returns:
        Templates with ``t(key)`` for texts, ``said(label)`` for labels and ``english(text)`` for
        what is English only, all marked where they are not in the page's language; ``plain(key)``
        for attributes; ``number`` and ``share_bar``. Nothing (None) is printed as not told.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
        # What the reference data do not tell is said to be not told, wherever it is printed.
        finalize=lambda value: said(labels.text("site.not_told")) if value is None else value,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}

    def said(label: Label) -> Markup:
        if label.language == labels.language:
            return escape(label.text)
        # Markup.format takes four times as long, and this is called fifty thousand times.
        return Markup(f'<span lang="{escape(label.language)}">{escape(label.text)}</span>')

    made.globals.update(
        labels=labels,
        language=labels.language,
        languages=LANGUAGE_NAMES,
        policy=POLICY,
        said=said,
        english=lambda text: None if text is None else said(Label(str(text), FALLBACK)),
        t=lambda key, **values: said(labels.text(key, **values)),
        plain=lambda key, **values: labels.text(key, **values).text,
        number=labels.number,
        share_bar=lambda counts: share_bar(counts, labels),
        **everywhere,
    )
    return made


def share_bar(counts: Mapping[str, int], labels: Labels) -> Markup:
    """Shares of the statuses as one bar.

    Args:
        counts: Cells by status, available first.
        labels: Names and texts of the language.
    """
    total = sum(counts.values()) or 1
    parts, left = [], 0.0
    for status, count in counts.items():
        width = _BAR_WIDTH * count / total
        parts.append(
            Markup('<rect class="{}" x="{:.1f}" y="0.5" width="{:.1f}" height="13"/>').format(
                status, left, width
            )
        )
        left += width
    available, partial, none = counts.values()
    told = labels.text("site.index.bar", available=available, partial=partial, none=none)
    svg = (
        '<svg class="share" viewBox="0 0 {} 14" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>'
    )
    return Markup(svg).format(_BAR_WIDTH, told.text, Markup("").join(parts))
