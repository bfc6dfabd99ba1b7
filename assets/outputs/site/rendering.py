"""How templates become pages: escaping, labels in their language, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assets.outputs.labels import Label, Labels

TEMPLATES_FOLDER = Path(__file__).parent / "templates"


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


def environment(labels: Labels, **everywhere: object) -> Environment:
    """The templates in one language; whatever they print is escaped.

    Args:
        labels: Names and texts of the language.
        everywhere: What every page may print.

    Returns:
        Templates with ``t(key)`` for texts, ``said(label)`` for labels (both marked where they
        fell back to English) and ``number``.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def said(label: Label) -> Markup:
        if label.language == labels.language:
            return Markup("{}").format(label.text)
        return Markup('<span lang="{}">{}</span>').format(label.language, label.text)

    made.globals.update(
        labels=labels,
        language=labels.language,
        said=said,
        t=lambda key, **values: said(labels.text(key, **values)),
        plain=lambda key, **values: labels.text(key, **values).text,
        number=labels.number,
        **everywhere,
    )
    return made
