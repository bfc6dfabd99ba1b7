"""IDMC's tables to observations.

Rules of the source: a stock is about 31 December, movements are of the whole year and count the
same person as often as it moved. The figure is the one that is not rounded; zero is a figure,
nothing is not: it is missing, status O. Country totals are published and are not parts of a sum;
events and single figures are disjoint parts of their country's year. A row that the disaster
export holds twice counts twice, as in IDMC's own country totals, and bears a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from assets.sources.idmc.counts import (
    AGES,
    BY_CATEGORY,
    COLUMNS,
    DISJOINT_BANDS,
    SEXES,
    SOURCE,
    Count,
)
from assets.sources.idmc.layout import label_of
from assets.sources.observations import (
    chosen,
    complete,
    concatenate,
    days,
    detail_text,
    with_breakdown,
)
from schemas.facts import OBSERVATIONS
from schemas.validate import empty_frame
from warehouse.reference_data import Reference

EVENTS = "events"
FIGURES = "figures"
SEX_AND_AGE = "sex+age"


def harmonise(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """All of IDMC's figures as observations, but for the movements of single figures.

    Args:
        tables: Source-shaped frames by dataset, in the columns of ``schemas.sources.idmc``.
        reference: Not needed; all publishers' functions take the same.

    Returns:
        Observations of all datasets and releases, in the columns of
        ``schemas.facts.OBSERVATIONS``; persons.
    """
    parts: list[pd.DataFrame] = []
    for dataset, to_parts in _DATASETS.items():
        frame = tables.get(dataset)
        if frame is not None and len(frame):
            parts += [part for part in to_parts(frame, dataset) if len(part)]
    return with_breakdown(concatenate(parts)) if parts else empty_frame(OBSERVATIONS)


def country_totals(frame: pd.DataFrame, dataset: str) -> list[pd.DataFrame]:
    """Published totals of a country and year, one observation a row and count."""
    return [_counted(frame, name, count, dataset) for name, count in COLUMNS[dataset].items()]


def events(frame: pd.DataFrame, dataset: str) -> list[pd.DataFrame]:
    """Movements and stocks by event, parts of the country's year; hazard in the detail."""
    rows = frame.assign(
        detail=[
            detail_text(event=one[0], hazard=one[1], **({"row": str(one[2])} if one[2] else {}))
            for one in zip(event_names(frame), frame["hazard_type"], _repeats(frame), strict=True)
        ]
    )
    return [
        _counted(rows, name, count, dataset, EVENTS) for name, count in COLUMNS[dataset].items()
    ]


def event_names(frame: pd.DataFrame) -> list[str]:
    """IDMC's number of each event, else its name with its first day.

    Args:
        frame: Rows with event_id, event_name and start_date.
    """
    numbers = frame["event_id"].to_numpy(dtype=object)
    names = frame["event_name"].fillna("").to_numpy(dtype=object)
    firsts = frame["start_date"].to_numpy(dtype=object)
    return [
        str(number) if pd.notna(number) else f"{name} {'' if pd.isna(first) else first}".strip()
        for number, name, first in zip(numbers, names, firsts, strict=True)
    ]


def _repeats(frame: pd.DataFrame) -> np.ndarray:
    """0 for the first row of an event, year and hazard in its extract, 2 for the second."""
    named = frame[["iso3", "year", "hazard_type", "extract_id"]].assign(event=event_names(frame))
    number = named.groupby(list(named.columns), observed=True, dropna=False).cumcount().to_numpy()
    return np.where(number > 0, number + 1, 0)


def sex_and_age(frame: pd.DataFrame, dataset: str) -> list[pd.DataFrame]:
    """IDMC's estimates by sex and age; only bands that do not overlap are parts of a sum."""
    parts = []
    for (cause, _), count in BY_CATEGORY.items():
        if count.measure != "stock":
            continue
        rows = frame[(frame["cause"] == cause).to_numpy(dtype=bool)]
        disjoint = _disjoint_bands(rows)
        for band, age in AGES.items():
            held = rows[band].notna().to_numpy()
            # Most bands of most files are empty.
            if not held.any():
                continue
            part = rows[held]
            both = (part["sex"] == "Both sexes").to_numpy(dtype=bool)
            in_set = np.array([band in bands for bands in disjoint], dtype=bool)[held] & ~both
            varying = {
                "sex": pd.Categorical(part["sex"].astype("str").map(SEXES)),
                "additive_set": chosen(np.where(in_set, 0, -1), [SEX_AND_AGE]),
                "value": part[band].to_numpy(dtype="float64", na_value=np.nan),
                "precision": np.zeros(len(part)),
                "source_ref": cell_place(part, dataset, band),
                **_of_row(part, count),
            }
            constants = {**_named(count, dataset), "age": age, "obs_status": "E"}
            parts.append(complete(varying, constants | {"definition": f"{count.definition}_sadd"}))
    return parts


def _disjoint_bands(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    """For each row the bands that hold all ages once: the first set that is whole in it."""
    found: list[tuple[str, ...]] = [()] * len(rows)
    for bands in reversed(DISJOINT_BANDS):
        whole = rows[list(bands)].notna().all(axis=1).to_numpy()
        found = [bands if one else held for one, held in zip(whole, found, strict=True)]
    return found


def by_category(frame: pd.DataFrame, dataset: str) -> list[pd.DataFrame]:
    """Figures whose cause and category stand in the row.

    Movements of single figures are left to table ``displacement_event``, where the country's
    lists of events would be counted a second time.
    """
    parts = []
    for (cause, category), count in BY_CATEGORY.items():
        wanted = (frame["cause"] == cause) & (frame["figure_category"] == category)
        rows = frame[wanted.to_numpy(dtype=bool)]
        if rows.empty:
            continue
        if dataset == "figure_analyses":
            parts.append(_counted(rows, "figures", count, dataset))
        elif count.measure == "stock":
            single = replace(count, definition="idmc_figure_stock")
            parts.append(_counted(_figure_rows(rows), "total_figures", single, dataset, FIGURES))
    return parts


def _figure_rows(rows: pd.DataFrame) -> pd.DataFrame:
    named = zip(rows["event_id"].fillna("").astype("str"), rows["figure_id"].astype("str"),
                rows["hazard_type"], strict=True)  # fmt: skip
    detail = [
        detail_text(event=event, figure=figure, **({"hazard": hazard} if pd.notna(hazard) else {}))
        for event, figure, hazard in named
    ]
    return rows.assign(detail=detail, total_figures_raw=rows["total_figures"])


def _counted(
    frame: pd.DataFrame, name: str, count: Count, dataset: str, additive_set: str | None = None
) -> pd.DataFrame:
    """One observation a row of extracts that have the column; nothing printed is missing."""
    raw = frame[f"{name}_raw"]
    printed = frame.get(f"{name}_rounded", raw)
    either = raw.fillna(printed)
    in_file = either.notna().groupby(frame["extract_id"].astype("str")).transform("any")
    rows = frame[in_file.to_numpy(dtype=bool)]
    value = either[in_file.to_numpy(dtype=bool)].to_numpy(dtype="float64", na_value=np.nan)
    # Old exports print rounded figures alone, and not how they are rounded.
    exact = rows[f"{name}_raw"].notna().to_numpy() | np.isnan(value)
    column = name if dataset == "disaggregated" else f"{name}_raw"
    places = cell_place(rows, dataset, column)
    if not exact.all():
        places = places.where(exact, cell_place(rows, dataset, f"{name}_rounded"))
    varying = {
        "value": value,
        "precision": np.where(exact & ~np.isnan(value), 0.0, np.nan),
        "obs_status": chosen(np.isnan(value).astype(int), ["A", "O"]),
        "source_ref": places,
        **_of_row(rows, count),
    }
    if "detail" in rows:
        varying["detail"] = pd.Categorical(rows["detail"])
    return complete(varying, {**_named(count, dataset), "additive_set": additive_set})


def _named(count: Count, dataset: str) -> dict[str, str | None]:
    return {
        "measure": count.measure, "indicator": count.indicator, "definition": count.definition,
        "freq": "A", "unit": "persons", "producer": SOURCE, "source": SOURCE, "dataset": dataset,
    }  # fmt: skip


def _of_row(rows: pd.DataFrame, count: Count) -> dict[str, object]:
    """Area, time and provenance: people were displaced within their country."""
    first = (rows["year"].to_numpy(dtype="int64") - 1970).astype("datetime64[Y]")
    last = (first + 1).astype("datetime64[D]") - 1
    area = rows["iso3"].astype("str").astype("category")
    time = (
        {"reference_date": days(last)}
        if count.measure == "stock"
        else {"period_start": days(first.astype("datetime64[D]")), "period_end": days(last)}
    )
    return {
        "origin": area,
        "destination": area,
        "year": rows["year"],
        "release": rows["release"],
        "extract_id": rows["extract_id"],
        **time,
    }


def cell_place(rows: pd.DataFrame, dataset: str, column: str) -> pd.Series:
    """The place of a figure: the row's, with the key in JSON or the label in a table."""
    places = rows["source_ref"].reset_index(drop=True).astype("str")
    in_json = places.str.startswith("$")
    ends = {form: label_of(dataset, form, column) for form in ("api", "table")}
    return places + np.where(in_json, f".{ends['api']}", f", {ends['table']}")


_DATASETS = {
    "displacements": country_totals,
    "conflicts": country_totals,
    "disasters": events,
    "sex_age": sex_and_age,
    "figure_analyses": by_category,
    "disaggregated": by_category,
}
