"""NSC's tables to observations.

Rules of the source: arrivals, departures and their balance are flows of a calendar year, with the
world on the other side; the press also has single partners, which are no whole list and so make no
set. Population is a stock of 1 January. Victims by oblast stand on both sides of the figure: the
place is where the crime was registered. Investment is printed in thousands of dollars.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from assets.sources.nsc.labels import (
    EMIGRANTS,
    IMMIGRANTS,
    NET,
    POPULATION,
    in_thousands,
    names_a_unit,
)
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
from schemas.facts import OBSERVATIONS
from schemas.validate import empty_frame
from warehouse.reference_data import Reference

SOURCE = "nsc"
COUNTRY = "KGZ"
THOUSAND = 1000.0
DEFINITIONS = {
    IMMIGRANTS: "nsc_immigrant",
    EMIGRANTS: "nsc_emigrant",
    NET: "nsc_net_migration",
    POPULATION: "nsc_population",
}
PLACES = "places"
ACTIVITIES = "activities"


def harmonise(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """All of NSC's figures about migration as observations.

    Args:
        tables: Source-shaped frames by dataset, in the columns of ``schemas.sources.nsc``; those
            of other topics are not needed.
        reference: Codes of the oblasts by the platform's codes.

    Returns:
        Observations of all datasets and releases, in the columns of
        ``schemas.facts.OBSERVATIONS``: persons, or US dollars of investment. A cell that NSC has
        not published yet gives no row.
    """
    parts = []
    for dataset, to_parts in _DATASETS.items():
        frame = tables.get(dataset)
        if frame is not None and len(frame):
            parts += [part for part in to_parts(frame, reference) if len(part)]
    return with_breakdown(concatenate(parts)) if parts else empty_frame(OBSERVATIONS)


def opendata(frame: pd.DataFrame, reference: Reference) -> list[pd.DataFrame]:
    """Open data: rows of migration and population; a row may be in thousands of persons."""
    rows = frame[frame["indicator"].notna() & frame["value"].notna()]
    factor = [
        # What a row's own label says counts before the unit of the category.
        THOUSAND if in_thousands(one["title_en"], one["title_ru"], one["title_kg"])
        or (in_thousands(one["units"]) and not _has_unit(one)) else 1.0
        for one in rows.to_dict("records")
    ]  # fmt: skip
    rows = rows.assign(partner=WORLD, factor=factor)
    # A row shows as many decimals as the cell of it that has most.
    decimals = rows["value"].map(_decimals).groupby([rows["extract_id"], rows["pk"]], observed=True)
    unit = 10.0 ** -decimals.transform("max")
    rows["precision"] = np.where(rows["factor"] > 1, rows["factor"] * unit, 0.0)
    return _people(rows, "opendata", rows["category"])


def dynamic(frame: pd.DataFrame, reference: Reference) -> list[pd.DataFrame]:
    """Dynamic tables: arrivals, departures and their balance, unrounded."""
    rows = frame[frame["indicator"].notna()]
    factor = [
        THOUSAND
        if in_thousands(*(one[f"{kind}_{language}"] for kind in ("title", "label")
                          for language in ("ky", "ru", "en")))
        else 1.0
        for one in rows.to_dict("records")
    ]  # fmt: skip
    rows = rows.assign(partner=WORLD, factor=factor)
    unit = 10.0 ** -rows["value"].map(_decimals)
    rows["precision"] = np.where(rows["factor"] > 1, rows["factor"] * unit, 0.0)
    return _people(rows, "dynamic", rows["table_code"])


def press(frame: pd.DataFrame, reference: Reference) -> list[pd.DataFrame]:
    """Press figures, exact or rounded, of all countries or of one partner."""
    factor = np.where(frame["unit"] == "thousand persons", THOUSAND, 1.0)
    rows = frame.assign(factor=factor, precision=frame["precision"] * factor)
    return _people(rows, "press", rows["published_in"])


def trafficking(frame: pd.DataFrame, reference: Reference) -> list[pd.DataFrame]:
    """Victims of trafficking in the country and by oblast; the oblasts make one set."""
    areas = reference.areas_by_name(SOURCE)
    place = frame["geo_code"].astype("object").map(areas).where(frame["geo_code"].notna(), COUNTRY)
    varying = {
        **_figures(frame, frame["value"], np.zeros(len(frame))),
        **_year_flow(frame),
        "origin": _codes(place),
        "destination": _codes(place),
        "additive_set": _marked(frame["geo_code"].notna(), PLACES),
    }
    constants = {"indicator": "trafficking_victims", "definition": "nsc_trafficking_victim"}
    return [complete(varying, _constants("sdg_16_2_2") | constants)]


def investment(frame: pd.DataFrame, reference: Reference) -> list[pd.DataFrame]:
    """Inflow of foreign direct investment, in all and by economic activity."""
    is_part = frame["section"].notna()
    detail = [
        detail_text(activity=str(section)) if part else ALL
        for section, part in zip(frame["section"].astype("object"), is_part, strict=True)
    ]
    # A tenth of a thousand is a hundred dollars; sums of dollars are whole.
    precision = THOUSAND * 10.0 ** -frame["decimals"].astype("float64")
    value = (frame["value"] * THOUSAND).round(2)
    varying = {
        **_figures(frame, value, precision),
        **_year_flow(frame),
        "detail": _codes(pd.Series(detail)),
        "additive_set": _marked(is_part, ACTIVITIES),
    }
    constants = {
        "indicator": "fdi_inflow", "definition": "nsc_fdi_inflow", "unit": "usd", "origin": WORLD,
        "destination": COUNTRY,
    }  # fmt: skip
    return [complete(varying, _constants("sdg_17_3_1_1a") | constants)]


def _people(rows: pd.DataFrame, dataset: str, printed_in: pd.Series) -> list[pd.DataFrame]:
    """Persons of known indicators, stocks and flows apart."""
    parts = []
    is_stock = rows["indicator"] == POPULATION
    for measure, kept in (("flow", ~is_stock), ("stock", is_stock)):
        own = rows[kept]
        if own.empty:
            continue
        indicator = own["indicator"].astype("str")
        leaving = (indicator == EMIGRANTS) | (measure == "stock")
        entering = (indicator != EMIGRANTS) | (measure == "stock")
        partner = own["partner"].astype("str")
        varying = {
            **_figures(own, (own["value"] * own["factor"]).round(6), own["precision"]),
            **(_year_flow(own) if measure == "flow" else _new_year(own)),
            "indicator": _codes(indicator),
            "definition": _codes(indicator.map(DEFINITIONS)),
            "origin": _codes(pd.Series(np.where(leaving, COUNTRY, partner))),
            "destination": _codes(pd.Series(np.where(entering, COUNTRY, partner))),
            "published_in": printed_in[kept].astype("str"),
        }
        parts.append(complete(varying, _constants(dataset) | {"measure": measure}))
    return parts


def _figures(
    rows: pd.DataFrame, value: pd.Series, precision: pd.Series | np.ndarray
) -> dict[str, object]:
    return {
        "value": value.to_numpy(dtype="float64"),
        "precision": np.asarray(precision, dtype="float64"),
        "year": rows["year"],
        "release": rows["release"],
        "extract_id": rows["extract_id"],
        "source_ref": rows["source_ref"],
    }


def _year_flow(rows: pd.DataFrame) -> dict[str, object]:
    first = (rows["year"].to_numpy(dtype="int64") - 1970).astype("datetime64[Y]")
    last = (first + 1).astype("datetime64[D]") - 1
    return {
        "period_start": days(first.astype("datetime64[D]")),
        "period_end": days(last),
        "freq": constant("A", len(rows)),
    }


def _new_year(rows: pd.DataFrame) -> dict[str, object]:
    first = (rows["year"].to_numpy(dtype="int64") - 1970).astype("datetime64[Y]")
    return {
        "reference_date": days(first.astype("datetime64[D]")),
        "freq": constant("A", len(rows)),
    }


def _constants(dataset: str) -> dict[str, str | None]:
    return {
        "measure": "flow", "unit": "persons", "obs_status": "A", "producer": SOURCE,
        "source": SOURCE, "dataset": dataset,
    }  # fmt: skip


def _marked(rows: pd.Series, value: str) -> pd.Categorical:
    return chosen(np.where(rows, 0, -1), [value])


def _codes(values: pd.Series) -> pd.Categorical:
    positions, names = pd.factorize(values.astype("object"))
    return chosen(positions, [str(one) for one in names])


def _has_unit(row: Mapping[object, object]) -> bool:
    return any(names_a_unit(row[name]) for name in ("title_en", "title_ru", "title_kg"))


def _decimals(value: float) -> int:
    """Decimals that a number shows; a whole number shows none."""
    return 0 if value == int(value) else len(repr(float(value)).partition(".")[2])


_DATASETS = {
    "opendata": opendata,
    "dynamic": dynamic,
    "sdg_16_2_2": trafficking,
    "sdg_17_3_1_1a": investment,
    "press": press,
}
