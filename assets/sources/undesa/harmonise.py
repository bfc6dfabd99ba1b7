"""UN DESA's tables, and Abel and Cohen's estimates beside them, to observations.

Rules of the source: stocks are about 1 July. A migrant counts by birth, or by citizenship where
birth is not recorded; refugees are added for some countries. Groups of countries stand among
countries, so only pairs of countries and residuals add up; the world's figures are published totals
and beat any sum. The estimates of Abel and Cohen never add up with anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from assets.sources.observations import (
    ALL,
    WORLD,
    chosen,
    complete,
    concatenate,
    constant,
    days,
    detail_text,
    with_breakdown,
)
from assets.sources.undesa.layout import SOURCE
from schemas.facts import OBSERVATIONS
from schemas.validate import empty_frame
from warehouse.reference_data import Reference

ABEL_COHEN = "abel_cohen"
THOUSAND = 1000
# What the type of data of the destination says of who is counted.
DEFINITIONS = {
    "B": "undesa_foreign_born",
    "BR": "undesa_foreign_born_refugees_added",
    "C": "undesa_foreign_citizens",
    "CR": "undesa_foreign_citizens_refugees_added",
    "BC": "undesa_foreign_born_or_citizens",
    "BCR": "undesa_foreign_born_or_citizens_refugees_added",
    "I": "undesa_imputed",
    "IR": "undesa_imputed_refugees_added",
}
NOT_STATED = "undesa_migrants"
# What a figure is of: a group, which is no part of anything, the world, or a country or residual.
_GROUP, _WHOLE, _PART = range(3)


def harmonise(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """All figures of this publisher's folder as observations.

    Args:
        tables: Source-shaped frames by dataset, in the columns of ``schemas.sources.undesa``.
        reference: Areas, their kinds and names.

    Returns:
        Observations of all datasets and releases, in the columns of
        ``schemas.facts.OBSERVATIONS``.
    """
    parts = [
        to_part(tables[dataset], reference)
        for dataset, to_part in _DATASETS.items()
        if dataset in tables and len(tables[dataset])
    ]
    return with_breakdown(concatenate(parts)) if parts else empty_frame(OBSERVATIONS)


def destination_origin(frame: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Migrants by pair of areas and sex."""
    return _stocks(frame, "destination_origin", reference)


def destination(frame: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Migrants from the whole world by destination and sex."""
    return _stocks(frame, "destination", reference)


def age_sex(frame: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Migrants from the whole world by destination, age and sex."""
    return _stocks(frame, "age_sex", reference)


def wpp_net_migration(frame: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Net migration of calendar years, from thousands to persons."""
    names = {str(code): area for code, area in reference.areas_by_m49().items()}
    first = _first_of_january(frame["year"])
    varying = {
        "destination": _renamed(frame["country_code"], names),
        "period_start": days(first),
        "period_end": days(_first_of_january(frame["year"] + 1) - 1),
        "year": frame["year"],
        # Three decimals of thousands: a figure of one person's precision.
        "value": np.rint(frame["mig"].to_numpy(dtype="float64") * THOUSAND),
        "precision": np.ones(len(frame)),
        **_stamps(frame),
    }
    constants = {
        "measure": "flow", "indicator": "net_migration", "origin": WORLD, "freq": "A",
        "unit": "persons", "obs_status": "E", "definition": "undesa_net_migration",
        "producer": SOURCE, "source": SOURCE, "dataset": "wpp_net_migration",
    }  # fmt: skip
    return complete(varying, constants)


def abel_cohen(frame: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Estimates of moves between two stocks five years apart, by method, sex and kind of move."""
    names = reference.areas_by_name(ABEL_COHEN)
    methods, moves = list(frame["method"].cat.categories), list(frame["type"].cat.categories)
    texts = [
        detail_text(method=method) if move == "all" else detail_text(method=method, move=move)
        for method in methods
        for move in moves
    ]
    which = frame["method"].cat.codes.to_numpy().astype("int64") * len(moves)
    varying = {
        "origin": _renamed(frame["orig"], names),
        "destination": _renamed(frame["dest"], names),
        "sex": frame["sex"],
        "detail": chosen(which + frame["type"].cat.codes.to_numpy(), texts),
        "period_start": days(_first_of_july(frame["year0"])),
        "period_end": days(_first_of_july(frame["year1"]) - 1),
        "year": frame["year1"],
        "value": frame["flow"].to_numpy(dtype="float64"),
        **_stamps(frame),
    }
    constants = {
        "measure": "flow", "indicator": "migration_estimates", "freq": "_O", "unit": "persons",
        "obs_status": "E", "definition": "abel_cohen_flow", "producer": ABEL_COHEN,
        "source": SOURCE, "dataset": "abel_cohen",
    }  # fmt: skip
    return complete(varying, constants)


def _stocks(frame: pd.DataFrame, dataset: str, reference: Reference) -> pd.DataFrame:
    """One observation a printed figure."""
    to_area = area_of(frame, "destination", reference)
    paired = "origin_m49" in frame
    from_area = area_of(frame, "origin", reference) if paired else constant(WORLD, len(frame))
    value = frame["value"].to_numpy(dtype="float64", na_value=np.nan)
    age = frame["age"] if "age" in frame else constant(ALL, len(frame))
    varying = {
        "origin": from_area,
        "destination": to_area,
        "sex": frame["sex"],
        "age": age,
        "reference_date": days(_first_of_july(frame["year"])),
        "year": frame["year"],
        "value": value,
        "precision": np.where(np.isnan(value), np.nan, 0.0),
        "obs_status": chosen(np.isnan(value).astype("int8"), ["A", "O"]),
        "additive_set": _additive_set(from_area, to_area, frame["sex"], pd.Series(age), reference),
        "definition": _definition(frame["data_type"]),
        **_stamps(frame),
    }
    constants = {
        "measure": "stock", "indicator": "migrants", "freq": "A", "unit": "persons",
        "producer": SOURCE, "source": SOURCE, "dataset": dataset,
    }  # fmt: skip
    return _once(complete(varying, constants), frame)


def area_of(frame: pd.DataFrame, side: str, reference: Reference) -> pd.Categorical:
    """Area codes of a side, from location codes and, where there is none, names.

    Args:
        frame: A source-shaped frame of stocks.
        side: ``origin`` or ``destination``.
        reference: Areas by number and by name.
    """
    by_number = {str(code): area for code, area in reference.areas_by_m49().items()}
    by_name = reference.areas_by_name(SOURCE)
    m49, name = (
        frame[f"{side}_{told}"].cat.remove_unused_categories().cat for told in ("m49", "name")
    )
    areas = [by_number[one] for one in m49.categories] + [by_name[one] for one in name.categories]
    numbered, named = m49.codes.to_numpy().astype("int64"), name.codes.to_numpy().astype("int64")
    behind = np.where(named >= 0, named + len(m49.categories), -1)
    return chosen(np.where(numbered >= 0, numbered, behind), areas)


def _additive_set(
    from_area: pd.Categorical, to_area: pd.Categorical, sex: pd.Series, age: pd.Series,
    reference: Reference,
) -> pd.Categorical:  # fmt: skip
    """Pairs of countries add up; so do sexes and ages of one side, the other being the world.

    Figures of one side are sets of their own, for a migrant within the world's figure of a
    destination is also within that of an origin. A published total stands in no set.
    """
    origin, place = _kind(from_area, reference), _kind(to_area, reference)
    split = (sex != ALL).to_numpy().astype("int64") + 2 * (age != ALL).to_numpy().astype("int64")
    sides = np.full((3, 3), -1)
    sides[_PART, _PART], sides[_WHOLE, _PART] = 0, 1
    sides[_PART, _WHOLE], sides[_WHOLE, _WHOLE] = 2, 3
    side = sides[origin, place]
    splits = ["", "sex", "age", "sex+age"]
    names = ["+".join(filter(None, (one, two))) for one in ("pairs", "", "origin", "world")
             for two in splits]  # fmt: skip
    which = np.where((side < 0) | ((side > 0) & (split == 0)), -1, side * len(splits) + split)
    return chosen(which, names)


def _kind(areas: pd.Categorical, reference: Reference) -> np.ndarray:
    kinds = reference.table("area").set_index("area")["kind"].astype("str").to_dict()
    of_kind = {"group": _GROUP, "world": _WHOLE}
    told = np.array([of_kind.get(kinds[area], _PART) for area in areas.categories], dtype="int64")
    return np.take(told, areas.codes)


def _definition(data_type: pd.Series) -> pd.Categorical:
    data_type = data_type.cat.remove_unused_categories()
    types = list(data_type.cat.categories)
    names = [*(DEFINITIONS[one] for one in types), NOT_STATED]
    codes = data_type.cat.codes.to_numpy().astype("int64")
    return chosen(np.where(codes < 0, len(types), codes), names)


def _once(made: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out what two names of one area say twice, as ``Oceania`` and ``OCEANIA`` do."""
    twice = np.zeros(len(made), dtype=bool)
    for side in ("destination", "origin"):
        if f"{side}_name" in frame:
            printed = frame[[f"{side}_m49", f"{side}_name"]].reset_index(drop=True)
            pairs = printed.drop_duplicates().assign(area=made[side]).dropna(subset=["area"])
            doubled = pairs["area"][pairs["area"].duplicated(keep=False)].astype("str").unique()
            twice |= made[side].isin(doubled).to_numpy()
    if not twice.any():
        return made
    same = [name for name in made if name not in ("source_ref", "definition")]
    repeated = np.zeros(len(made), dtype=bool)
    repeated[twice] = made.loc[twice, same].duplicated().to_numpy()
    return made[~repeated].reset_index(drop=True)


def _renamed(column: pd.Series, names: Mapping[str, str]) -> pd.Categorical:
    column = column.cat.remove_unused_categories()
    areas = [names[one] for one in column.cat.categories]
    return chosen(column.cat.codes.to_numpy().astype("int64"), areas)


def _stamps(frame: pd.DataFrame) -> dict[str, pd.Series]:
    return {name: frame[name] for name in ("release", "extract_id", "source_ref")}


def _first_of_january(years: pd.Series) -> np.ndarray:
    counted = years.to_numpy(dtype="int64") - 1970
    return counted.astype("datetime64[Y]").astype("datetime64[D]")


def _first_of_july(years: pd.Series) -> np.ndarray:
    months = (years.to_numpy(dtype="int64") - 1970) * 12 + 6
    return months.astype("datetime64[M]").astype("datetime64[D]")


_DATASETS: dict[str, Callable[[pd.DataFrame, Reference], pd.DataFrame]] = {
    "destination_origin": destination_origin,
    "destination": destination,
    "age_sex": age_sex,
    "wpp_net_migration": wpp_net_migration,
    "abel_cohen": abel_cohen,
}
