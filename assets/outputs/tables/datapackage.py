"""A Data Package (version 2): the published tables as CSV with a description of each column."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import duckdb

from assets.outputs.tables.files import (
    Exported,
    count,
    marker_of,
    table_names,
    write_csv,
    write_marker,
)
from schemas.generate import PUBLISHED_TABLES
from schemas.table import Field, TableModel
from warehouse.files import replacing_folder

NAME = "migration-data-map"
DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/"
_TYPES = {
    "code": "string", "text": "string", "integer": "integer", "number": "number", "date": "date",
    "boolean": "boolean", "timestamp": "datetime",
    "VARCHAR": "string", "BIGINT": "integer", "DOUBLE": "number", "DATE": "date",
    "BOOLEAN": "boolean", "TIMESTAMP": "datetime",
}  # fmt: skip
_MODELS: dict[str, TableModel] = {model.name: model for model in PUBLISHED_TABLES}
_FIELDS: dict[str, Field] = {
    one.name: one for model in reversed(PUBLISHED_TABLES) for one in model.fields
}
# Tables whose key is one column, to which columns with codes of that name lead.
_VOCABULARIES = ("area", "indicator", "theme", "source", "definition")
_OF_FILES = ("stock", "flow", "stock_superseded", "flow_superseded", "profile",
             "displacement_event", "quality_issue")  # fmt: skip
_PUBLISHERS = """
SELECT
    s.source, s.title, s.institution, s.link,
    list(DISTINCT e.licence) FILTER (e.licence IS NOT NULL),
    list(DISTINCT e.citation) FILTER (e.citation IS NOT NULL),
    list(DISTINCT e.dataset || ' ' || e.release)
FROM source AS s JOIN extract AS e USING (source)
WHERE e.accepted
GROUP BY ALL
ORDER BY s.source
"""
_LICENCES = """
SELECT DISTINCT licence, licence_link FROM extract
WHERE accepted AND licence IS NOT NULL ORDER BY ALL
"""


def export_datapackage(connection: duckdb.DuckDBPyConnection, target: Path) -> Exported:
    """Write ``datapackage.json`` and ``data/<table>.csv``.

    Args:
        connection: The published file.
        target: The folder; an earlier package there is replaced when the new one is complete.

    Raises:
        warehouse.files.NotOurs: The folder holds something else.
    """
    rows = {}
    with replacing_folder(target, marker_of("datapackage")) as folder:
        (folder / "data").mkdir()
        resources = []
        for name in table_names(connection):
            path = folder / "data" / f"{name}.csv"
            write_csv(connection, name, path)
            resources.append(resource(connection, name, path))
            rows[name] = count(connection, name)
        told = json.dumps(descriptor(connection, resources), ensure_ascii=False, indent=1)
        (folder / DESCRIPTOR).write_text(told + "\n", encoding="utf-8")
        write_marker(connection, folder / marker_of("datapackage"), rows)
    return Exported(target, rows)


def descriptor(
    connection: duckdb.DuckDBPyConnection, resources: list[dict[str, Any]]
) -> dict[str, Any]:
    """The package's description: version, licences and citations of every source, resources.

    Args:
        connection: The published file.
        resources: Descriptions of the tables.
    """
    query = "SELECT build_id, built_at, contract_version FROM build"
    ((build, built_at, contract),) = connection.execute(query).fetchall()
    publishers = connection.execute(_PUBLISHERS).fetchall()
    return {
        "$schema": f"{PROFILE}datapackage.json",
        "name": NAME,
        "title": "Migration data map: stocks and flows, and which of them are available",
        "description": "Figures on migration as their publishers print them, in one shape, and "
        "the map of what is available. Figures keep their publisher's licence: see `sources`.",
        "version": build,
        "contractVersion": contract,
        "created": f"{built_at:%Y-%m-%dT%H:%M:%SZ}",
        "licenses": [_licence(*row) for row in connection.execute(_LICENCES).fetchall()],
        "sources": [
            _without_nothing(
                {
                    "title": f"{source}: {title}",
                    "path": link if str(link).startswith("http") else None,
                    "version": "; ".join(sorted(releases)),
                    "citation": "; ".join(sorted(citations or [])),
                    "licence": "; ".join(sorted(licences or [])) or "no terms found",
                }
            )
            for source, title, _, link, licences, citations, releases in publishers
        ],
        "contributors": [
            {"title": "the migration-data-map authors", "roles": ["creator"]},
            *(
                {"title": institution, "roles": ["rightsHolder"]}
                for institution in dict.fromkeys(row[2] for row in publishers)
            ),
        ],
        "resources": resources,
    }


def resource(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> dict[str, Any]:
    """The description of a table: its file and its schema.

    Args:
        connection: The published file.
        name: Table or view.
        path: Its CSV file.
    """
    model = _MODELS.get(name)
    return {
        "name": name,
        "type": "table",
        "title": name.replace("_", " "),
        "description": model.description if model else _comment(connection, name),
        "path": f"data/{path.name}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}",
        "schema": table_schema(model) if model else _view_schema(connection, name),
    }


def table_schema(model: TableModel) -> dict[str, Any]:
    """The Table Schema of a model: fields, primary key, keys to the vocabularies."""
    told: dict[str, Any] = {
        "$schema": f"{PROFILE}tableschema.json",
        "fields": [_field(one) for one in model.fields],
        "missingValues": [""],
        "primaryKey": list(model.key),
    }
    keys = [
        _foreign_key([one.name], one.codes, [one.codes])
        for one in model.fields
        if one.codes in _VOCABULARIES and one.codes != model.name
    ]
    if model.name in _OF_FILES:
        keys.append(_foreign_key(["extract_id"], "extract"))
        keys.append(_foreign_key(["source", "dataset"], "dataset"))
        keys.append(_foreign_key(["source", "dataset", "release"], "release"))
    if keys:
        told["foreignKeys"] = keys
    return told


def _field(one: Field, *, required: bool | None = None) -> dict[str, Any]:
    description = one.description
    description += f" (unit: {one.unit})" if one.unit else ""
    description += f" (codes: {one.codes})" if one.codes else ""
    told: dict[str, Any] = {
        "name": one.name,
        "type": _TYPES[one.kind],
        "description": description,
    }
    if not one.nullable if required is None else required:
        told["constraints"] = {"required": True}
    return told


def _view_schema(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, Any]:
    """The Table Schema of a view: types as DuckDB has them, meanings of columns that we know."""
    described = connection.execute(f'DESCRIBE SELECT * FROM "{name}"').fetchall()
    fields = []
    for column, kind, *_ in described:
        told = {"name": column, "type": _TYPES[kind]}
        if column in _FIELDS:
            told["description"] = _FIELDS[column].description
        fields.append(told)
    return {
        "$schema": f"{PROFILE}tableschema.json",
        "fields": fields,
        "missingValues": [""],
        "foreignKeys": [
            _foreign_key([column], table, [table])
            for column, table in (("country", "area"), ("partner", "area"), ("theme", "theme"),
                                  ("indicator", "indicator"), ("source", "source"))
        ],
    }  # fmt: skip


def _foreign_key(
    fields: list[str], table: str | None, there: list[str] | None = None
) -> dict[str, Any]:
    return {"fields": fields, "reference": {"resource": table, "fields": there or fields}}


def _comment(connection: duckdb.DuckDBPyConnection, view: str) -> str:
    query = "SELECT comment FROM duckdb_views() WHERE view_name = ?"
    found = connection.execute(query, [view]).fetchall()
    return str(found[0][0]) if found and found[0][0] else f"View {view}"


def _licence(licence: str, link: str | None) -> dict[str, Any]:
    """A licence: its code where it is an open one, and what its publisher calls it."""
    is_open = re.fullmatch(r"CC[\w. -]+", licence)
    name = licence.replace(" ", "-") if is_open else "other-closed"
    return _without_nothing({"name": name, "path": link, "title": licence})


def _without_nothing(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value}
