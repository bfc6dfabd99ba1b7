"""The SDMX structure: concepts, code lists, one data structure, a dataflow for each measure.

REF_AREA is always where people or money go or are (destination), COUNTERPART_AREA where they come
from (origin): the two say the same in every row, whichever country is looked at. SDMX has no
place for superseded releases, so the current figures are given, and RELEASE is an attribute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.model import (
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    ItemReference,
    Role,
)

from assets.outputs.labels import LANGUAGES
from schemas import fields as f
from schemas.table import Field

AGENCY = "MIGMAP"
VERSION = "1.0"
SCHEME, STRUCTURE = "CS_MIGRATION", "DSD_MIGRATION"
DATAFLOWS = {"stock": "DF_STOCK", "flow": "DF_FLOW"}
_CODELIST = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist"


@dataclass(frozen=True)
class Part:
    """A component of the data structure.

    Attributes:
        id: Its SDMX name.
        field: The column of the warehouse.
        role: Dimension, measure or attribute.
        codelist: Name of its code list, None where values are free text or numbers.
        kind: Type of its values.
        required: Whether an attribute must have a value.
    """

    id: str
    field: Field
    role: Role
    codelist: str | None = None
    kind: DataType = DataType.STRING
    required: bool = True


def _dimension(name: str, field: Field, codelist: str | None) -> Part:
    return Part(name, field, Role.DIMENSION, codelist)


def _attribute(name: str, field: Field, codelist: str | None = None) -> Part:
    return Part(name, field, Role.ATTRIBUTE, codelist, required=not field.nullable)


_TIME = Field("time_period", "text", "The day of a stock; the year, quarter, month or span of a "
              "flow")  # fmt: skip
PARTS: tuple[Part, ...] = (
    _dimension("FREQ", f.FREQ, "CL_FREQ"),
    _dimension("REF_AREA", f.DESTINATION, "CL_AREA"),
    _dimension("COUNTERPART_AREA", f.ORIGIN, "CL_AREA"),
    _dimension("INDICATOR", f.INDICATOR, "CL_INDICATOR"),
    _dimension("SEX", f.SEX, "CL_SEX"),
    _dimension("AGE", f.AGE, "CL_AGE"),
    _dimension("EDUCATION", f.EDUCATION, "CL_EDUCATION"),
    _dimension("EMPLOYMENT", f.EMPLOYMENT, "CL_EMPLOYMENT"),
    _dimension("REASON", f.REASON, "CL_REASON"),
    _dimension("DETAIL", f.DETAIL, None),
    _dimension("UNIVERSE", f.UNIVERSE, "CL_UNIVERSE"),
    _dimension("UNIT_MEASURE", f.UNIT, "CL_UNIT"),
    _dimension("PRODUCER", f.PRODUCER, "CL_SOURCE"),
    _dimension("SOURCE", f.SOURCE, "CL_SOURCE"),
    _dimension("DATASET", f.DATASET, "CL_DATASET"),
    Part("TIME_PERIOD", _TIME, Role.DIMENSION, None, DataType.PERIOD),
    Part("OBS_VALUE", f.VALUE, Role.MEASURE, None, DataType.DOUBLE, required=False),
    _attribute("OBS_STATUS", f.OBS_STATUS, "CL_OBS_STATUS"),
    Part("PRECISION", f.PRECISION, Role.ATTRIBUTE, None, DataType.DOUBLE, required=False),
    _attribute("QUALIFIER", f.QUALIFIER, "CL_QUALIFIER"),
    _attribute("BREAKDOWN", f.BREAKDOWN),
    _attribute("ADDITIVE_SET", f.ADDITIVE_SET),
    _attribute("RELEASE", f.RELEASE),
    _attribute("DEFINITION", f.DEFINITION, "CL_DEFINITION"),
    _attribute("PUBLISHED_IN", f.PUBLISHED_IN),
    _attribute("EXTRACT_ID", f.EXTRACT_ID),
    _attribute("SOURCE_REF", f.SOURCE_REF),
)
# Free text may hold a colon, which readers of SDMX-CSV take for the end of a code.
FREE_TEXT = tuple(
    part.id for part in PARTS if part.codelist is None and part.kind == DataType.STRING
)
DIMENSIONS = tuple(part.id for part in PARTS if part.role == Role.DIMENSION)

_OF_CODE = (
    "SELECT code, name_en, name_ru, name_ky FROM code WHERE list = '{name}' ORDER BY position"
)
_CODES: dict[str, tuple[str, str]] = {
    "CL_FREQ": ("Frequency", _OF_CODE.format(name="freq")),
    "CL_AREA": ("Areas", "SELECT area, name_en, name_ru, name_ky FROM area ORDER BY area"),
    "CL_INDICATOR": (
        "Indicators",
        "SELECT indicator, name_en, name_ru, name_ky FROM indicator ORDER BY indicator",
    ),
    "CL_SEX": ("Sex", _OF_CODE.format(name="sex")),
    "CL_AGE": ("Age groups", _OF_CODE.format(name="age")),
    "CL_EDUCATION": ("Level of education", _OF_CODE.format(name="education")),
    "CL_EMPLOYMENT": ("Employment or occupation", _OF_CODE.format(name="employment")),
    "CL_REASON": ("Reasons", _OF_CODE.format(name="reason")),
    "CL_UNIVERSE": ("Populations that figures are about", _OF_CODE.format(name="universe")),
    "CL_UNIT": ("Units of measure", _OF_CODE.format(name="unit")),
    "CL_OBS_STATUS": ("Status of an observation", _OF_CODE.format(name="obs_status")),
    "CL_QUALIFIER": ("Qualifiers", _OF_CODE.format(name="qualifier")),
    "CL_SOURCE": (
        "Producers and sources", "SELECT source, title, NULL, NULL FROM source ORDER BY source",
    ),
    "CL_DATASET": (
        "Tables of the publishers",
        "SELECT dataset, string_agg(source || ': ' || title, '; ' ORDER BY source), NULL, NULL "
        "FROM dataset GROUP BY dataset ORDER BY 1",
    ),
    "CL_DEFINITION": (
        "Definitions",
        "SELECT definition, term || ': ' || text_en, NULL, NULL FROM definition ORDER BY 1",
    ),
}  # fmt: skip
Names = dict[str, dict[str, dict[str, str]]]


@dataclass(frozen=True)
class Structure:
    """Everything that a structure message says.

    Attributes:
        codelists: Code lists by name.
        names: Name by language, by code, by code list; Russian and Kyrgyz where we have them.
        concepts: The concept scheme.
        definition: The data structure.
        dataflows: A dataflow a measure.
    """

    codelists: Mapping[str, Codelist]
    names: Names
    concepts: ConceptScheme
    definition: DataStructureDefinition
    dataflows: Sequence[Dataflow]

    def codes(self, name: str) -> set[str]:
        """The codes of a code list."""
        return {code.id for code in self.codelists[name].items}


def structure(connection: duckdb.DuckDBPyConnection) -> Structure:
    """The structure of the published figures, code lists from the reference tables.

    Args:
        connection: The published file.
    """
    names: Names = {}
    codelists = {}
    for name, (title, query) in _CODES.items():
        rows = connection.execute(query).fetchall()
        names[name] = {
            code: {lang: text for lang, text in zip(LANGUAGES, told, strict=True) if text}
            for code, *told in rows
        }
        items = [Code(code, name=told["en"]) for code, told in names[name].items()]
        codelists[name] = Codelist(name, name=title, agency=AGENCY, version=VERSION, items=items)
    concepts = ConceptScheme(
        SCHEME, name="Concepts of migration figures", agency=AGENCY, version=VERSION,
        items=[Concept(part.id, name=_title(part), description=part.field.description,
                       dtype=part.kind) for part in PARTS],
    )  # fmt: skip
    definition = DataStructureDefinition(
        STRUCTURE, name="Stocks and flows of people and money", agency=AGENCY, version=VERSION,
        components=Components([_component(part, codelists) for part in PARTS]),
    )  # fmt: skip
    dataflows = [
        Dataflow(name, name=f"Current {measure}s as published", agency=AGENCY, version=VERSION,
                 structure=definition)
        for measure, name in DATAFLOWS.items()
    ]  # fmt: skip
    return Structure(codelists, names, concepts, definition, dataflows)


def write_structure(told: Structure, path: Path) -> None:
    """Write the structure message as SDMX-JSON 2.0, names in all languages that we have.

    Args:
        told: The structure.
        path: The file.
    """
    artefacts = [*told.codelists.values(), told.concepts, told.definition, *told.dataflows]
    write_sdmx(artefacts, Format.STRUCTURE_SDMX_JSON_2_0_0, str(path))
    message: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    message["meta"] |= {"id": AGENCY, "sender": {"id": AGENCY}}
    # The library writes an empty list of groups, which the format forbids, and knows one
    # language, where the format has `names` beside `name`.
    for definition in message["data"]["dataStructures"]:
        if not definition["dataStructureComponents"].get("groups"):
            definition["dataStructureComponents"].pop("groups", None)
    for codelist in message["data"]["codelists"]:
        for code in codelist["codes"]:
            code["names"] = told.names[codelist["id"]][code["id"]]
    text = json.dumps(message, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _title(part: Part) -> str:
    return part.id.replace("_", " ").capitalize()


def _component(part: Part, codelists: Mapping[str, Codelist]) -> Component:
    concept = ItemReference("Concept", AGENCY, SCHEME, VERSION, part.id)
    return Component(
        part.id,
        required=part.required,
        role=part.role,
        concept=concept,
        local_dtype=None if part.codelist else part.kind,
        local_codes=codelists[part.codelist] if part.codelist else None,
        local_enum_ref=f"{_CODELIST}={AGENCY}:{part.codelist}({VERSION})"
        if part.codelist
        else None,
        attachment_level="O" if part.role == Role.ATTRIBUTE else None,
    )
