"""What IDMC's figures count, and how that is named in the warehouse."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.sources.idmc import AGE_BANDS

SOURCE = "idmc"


@dataclass(frozen=True)
class Count:
    """What a figure counts.

    Attributes:
        indicator: The warehouse's name.
        measure: stock or flow.
        definition: How IDMC defines it.
    """

    indicator: str
    measure: str
    definition: str


_CONFLICT_STOCK = Count("idps_conflict", "stock", "idmc_idp_conflict")
_DISASTER_STOCK = Count("idps_disaster", "stock", "idmc_idp_disaster")
_CONFLICT_FLOW = Count("displacements_conflict", "flow", "idmc_displacement_conflict")
_DISASTER_FLOW = Count("displacements_disaster", "flow", "idmc_displacement_disaster")
# What a column counts, without the ending that says whether it is rounded, by dataset.
COLUMNS: dict[str, dict[str, Count]] = {
    "displacements": {
        "conflict_stock": _CONFLICT_STOCK,
        "conflict_displacements": _CONFLICT_FLOW,
        "disaster_displacements": _DISASTER_FLOW,
        "disaster_stock": _DISASTER_STOCK,
    },
    "conflicts": {"displacements": _CONFLICT_FLOW, "stock": _CONFLICT_STOCK},
    "disasters": {"displacements": _DISASTER_FLOW, "stock": _DISASTER_STOCK},
}
# What a figure counts, by its cause and category.
BY_CATEGORY: dict[tuple[str, str], Count] = {
    ("Conflict", "IDPs"): _CONFLICT_STOCK,
    ("Disaster", "IDPs"): _DISASTER_STOCK,
    ("Conflict", "Internal Displacements"): _CONFLICT_FLOW,
    ("Disaster", "Internal Displacements"): _DISASTER_FLOW,
}
SEXES = {"Male": "M", "Female": "F", "Both sexes": "_T"}
# Bands that do not overlap and hold all ages, by the releases that print them. The first make
# IDMC's own stock exactly where it is given; other choices lose a person to rounding.
DISJOINT_BANDS: tuple[tuple[str, ...], ...] = (
    ("age_0_14", "age_15_24", "age_25_64", "age_65_plus"),
    ("age_0_4", "age_5_11", "age_12_17", "age_18_59", "age_60_plus"),
)


def _age_code(band: str) -> str:
    if band.endswith("+"):
        return f"Y_GE{band[:-1]}"
    first, last = band.split("-")
    return f"Y{first}T{last}"


AGES: dict[str, str] = {column: _age_code(band) for band, column in AGE_BANDS.items()}
