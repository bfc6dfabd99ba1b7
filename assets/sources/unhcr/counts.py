"""What UNHCR's value columns count, and how that is named in the warehouse."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assets.sources.observations import ALL

SOURCE = "unhcr"
ROUNDED_UP_TO = 5
AGE_CODES = {
    "0_4": "Y0T4",
    "5_11": "Y5T11",
    "12_17": "Y12T17",
    "18_59": "Y18T59",
    "60": "Y_GE60",
    "other": "_U",
}
UNITS = {"P": "persons", "C": "cases"}


@dataclass(frozen=True)
class Count:
    """What a value column counts.

    Attributes:
        column: The value column.
        measure: stock or flow.
        indicator: What is counted.
        definition: How UNHCR defines it.
        additive_set: Name of the set of parts, behind what the row itself says.
        returning: Whether people went from the country of asylum to the country of origin.
        detail: Detail beside what the row itself says.
        sex: SDMX sex code.
        age: Age code.
    """

    column: str
    measure: str
    indicator: str
    definition: str
    additive_set: str
    returning: bool = False
    detail: tuple[tuple[str, str], ...] = ()
    sex: str = ALL
    age: str = ALL


_REFUGEES_BACK = Count(
    "returned_refugees", "flow", "returns", "unhcr_returned_refugee", "returnee=refugee", True,
    (("returnee", "refugee"),),
)  # fmt: skip
_IDPS_BACK = Count(
    "returned_idps", "flow", "returns", "unhcr_returned_idp", "returnee=idp", True,
    (("returnee", "idp"),),
)  # fmt: skip
POPULATION = (
    Count("refugees", "stock", "refugees", "unhcr_refugee", "pairs"),
    Count("asylum_seekers", "stock", "asylum_seekers", "unhcr_asylum_seeker", "pairs"),
    Count("idps", "stock", "idps_conflict", "unhcr_idp", "pairs"),
    Count("stateless", "stock", "stateless", "unhcr_stateless", "pairs"),
    Count("ooc", "stock", "others_of_concern", "unhcr_other_of_concern", "pairs"),
    Count("oip", "stock", "others_in_need_of_protection", "unhcr_oip", "pairs"),
    Count("hst", "stock", "host_community", "unhcr_host_community", "pairs"),
    _REFUGEES_BACK,
    _IDPS_BACK,
)
SOLUTIONS = (
    _REFUGEES_BACK,
    _IDPS_BACK,
    Count("resettlement", "flow", "resettlements", "unhcr_resettlement", "pairs"),
    Count("naturalisation", "flow", "naturalisations", "unhcr_naturalisation", "pairs"),
)
APPLICATIONS = (Count("applied", "flow", "asylum_applications", "unhcr_asylum_application", ""),)
_DECISION = Count("dec_total", "flow", "asylum_decisions", "unhcr_asylum_decision", "")
DECISIONS = (
    _DECISION,
    *(
        replace(_DECISION, column=f"dec_{outcome}", additive_set="+decision",
                detail=(("decision", outcome),))
        for outcome in ("recognized", "other", "rejected", "closed")
    ),
)  # fmt: skip
_OF_POPULATION = {one.column: one for one in POPULATION}
_OF_SOLUTIONS = {one.column: one for one in SOLUTIONS}


def _of_old_type(code: str, count: Count) -> Count:
    """A type that old exports print beside its successor: told apart in the detail."""
    return replace(count, detail=(*count.detail, ("population_type", code)))


# Population types of the demographics.
POPULATION_TYPES = {
    "REF": _OF_POPULATION["refugees"],
    "ROC": _of_old_type("ROC", _OF_POPULATION["refugees"]),
    "ASY": _OF_POPULATION["asylum_seekers"],
    "IDP": _OF_POPULATION["idps"],
    "IOC": _of_old_type("IOC", _OF_POPULATION["idps"]),
    "STA": _OF_POPULATION["stateless"],
    "OOC": _OF_POPULATION["ooc"],
    "OIP": _OF_POPULATION["oip"],
    "VDA": _of_old_type("VDA", _OF_POPULATION["oip"]),
    "NAT": _OF_SOLUTIONS["naturalisation"],
    "RST": _OF_SOLUTIONS["resettlement"],
    "HST": _OF_POPULATION["hst"],
    "RET": _REFUGEES_BACK,
    "RDP": _IDPS_BACK,
}
