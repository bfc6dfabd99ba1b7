"""UNHCR's five tables to observations.

Rules of the source: year-end stocks are about 31 December; the interim year of a mid-year
release is about its first half, provisional, and will be overwritten by the year-end release.
``-`` gives no row, ``*`` a suppressed figure. Figures of 1 to 4 are rounded to 0 or 5, so a 0 or
a 5 has precision 5. The country of origin of a *returned* refugee is where the return went to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from assets.sources.observations import (
    ALL,
    chosen,
    complete,
    concatenate,
    days,
    detail_column,
    detail_text,
    with_breakdown,
)
from assets.sources.unhcr.counts import (
    AGE_CODES,
    APPLICATIONS,
    DECISIONS,
    POPULATION,
    POPULATION_TYPES,
    ROUNDED_UP_TO,
    SOLUTIONS,
    SOURCE,
    UNITS,
    Count,
)
from schemas.facts import OBSERVATIONS
from schemas.sources.unhcr import AGE_GROUPS
from schemas.validate import empty_frame
from warehouse.reference_data import Reference


def harmonise(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """All of UNHCR's figures as observations.

    Args:
        tables: Source-shaped frames by dataset, in the columns of ``schemas.sources.unhcr``.
        reference: Table ``release`` says which year of a release is interim.

    Returns:
        Observations of all datasets and releases, in the columns of
        ``schemas.facts.OBSERVATIONS``.
    """
    releases = reference.table("release")
    releases = releases[releases["source"] == SOURCE]
    parts: list[pd.DataFrame] = []
    for dataset, to_parts in _DATASETS.items():
        frame = tables.get(dataset)
        if frame is not None and len(frame):
            timed = _with_last_day(frame, releases[releases["dataset"] == dataset])
            parts += [part for part in to_parts(timed) if len(part)]
    if not parts:
        return empty_frame(OBSERVATIONS)
    return with_breakdown(concatenate(parts))


def population(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Population figures: one observation a value column that is not ``-``."""
    return _unpivot(frame, POPULATION, "population")


def solutions(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Solutions: returns, resettlements and naturalisations of the year."""
    return _unpivot(frame, SOLUTIONS, "solutions")


def asylum_applications(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Applications by procedure, kind, level and unit.

    A person may stand at two levels, so parts add up within one kind of application only.
    """
    rows = frame.assign(
        detail=detail_column(
            frame, {"procedure": "procedure_type", "app_type": "app_type", "dec_level": "dec_level"}
        ),
        additive_set=_prefixed("app_type=", frame["app_type"]),
        unit=frame["app_pc"].cat.rename_categories(UNITS),
    )
    return _unpivot(rows, APPLICATIONS, "asylum_applications")


def asylum_decisions(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Decisions by procedure, level, unit and outcome; the total has no ``decision``."""
    rows = frame.assign(
        detail=detail_column(frame, {"procedure": "procedure_type", "dec_level": "dec_level"}),
        additive_set=_prefixed("dec_level=", frame["dec_level"]),
        unit=frame["dec_pc"].cat.rename_categories(UNITS),
    )
    return _unpivot(rows, DECISIONS, "asylum_decisions")


def demographics(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Sex and age by place.

    Women and men of no known number (f = m = 0 < total) were not broken down: missing, not zero.
    Where only a part is broken down, what is printed is at least that many and a printed zero is
    missing; no residual row is made.
    """
    rows = frame.assign(
        detail=detail_column(
            frame, {"acc_type": "acc_type", "loc_type": "loc_type", "place": "location"}
        )
    )
    parts = []
    for population_type, count in POPULATION_TYPES.items():
        of_type = rows[rows["pop_type"] == population_type]
        if len(of_type):
            parts += _unpivot(of_type, _by_sex_and_age(count), "demographics")
    return parts


def _by_sex_and_age(count: Count) -> tuple[Count, ...]:
    # Returns and the types of old exports are sets of their own beside the others.
    suffix = "".join(f"+{name}={value}" for name, value in count.detail)
    found = [replace(count, column="total", additive_set=f"places{suffix}")]
    for sex in "fm":
        by_sex = replace(count, column=f"{sex}_total", sex=sex.upper())
        found.append(replace(by_sex, additive_set=f"places+sex{suffix}"))
        found += [
            replace(by_sex, column=f"{sex}_{age}", age=code, additive_set=f"places+sex+age{suffix}")
            for age, code in AGE_CODES.items()
        ]
    return tuple(found)


def _unpivot(frame: pd.DataFrame, counts: Sequence[Count], dataset: str) -> list[pd.DataFrame]:
    """One observation a row and value column, but for ``-``; stocks and flows apart."""
    parts = []
    for measure in ("stock", "flow"):
        of_measure = [one for one in counts if one.measure == measure]
        if of_measure:
            parts.append(_observations(frame, of_measure, measure, dataset))
    return parts


def _observations(
    frame: pd.DataFrame, counts: Sequence[Count], measure: str, dataset: str
) -> pd.DataFrame:
    columns = [one.column for one in counts]
    values = frame[columns].to_numpy(dtype="float64", na_value=np.nan)
    hidden = _suppressed(frame, columns)
    values[hidden] = np.nan
    missing, at_least = (
        _not_broken_down(frame, counts, values)
        if dataset == "demographics"
        else (np.zeros_like(hidden), np.zeros_like(hidden))
    )
    kept = ~np.isnan(values) | hidden
    for position, one in enumerate(counts):
        if one.age == "_U":
            # People of unknown age are printed only where there are some.
            kept[:, position] &= values[:, position] > 0
    row, which = np.nonzero(kept)
    rows = frame.iloc[row]
    flags = (hidden[kept], missing[kept], at_least[kept])
    value = np.where(missing[kept], np.nan, values[kept])
    varying = {
        **_named(rows, counts, which),
        **_figures(value, flags, rows["interim"].to_numpy()),
        **_time(rows, measure),
        "year": rows["year"],
        "release": rows["release"],
        "extract_id": rows["extract_id"],
        "source_ref": _cells(rows["source_ref"], which, columns),
    }
    constants = {
        "measure": measure, "unit": "persons", "producer": SOURCE, "source": SOURCE,
        "dataset": dataset,
    }  # fmt: skip
    return complete(varying, constants)


def _named(rows: pd.DataFrame, counts: Sequence[Count], which: np.ndarray) -> dict[str, object]:
    """What is counted of each figure, from where to where, and in which set of parts."""
    origin, destination = _sides(rows, counts, which)
    named: dict[str, object] = {
        "indicator": chosen(which, [one.indicator for one in counts]),
        "definition": chosen(which, [one.definition for one in counts]),
        "sex": chosen(which, [one.sex for one in counts]),
        "age": chosen(which, [one.age for one in counts]),
        "detail": _joined(rows, "detail", which, [dict(one.detail) for one in counts]),
        "additive_set": _joined_sets(rows, which, [one.additive_set for one in counts]),
        "origin": origin,
        "destination": destination,
    }
    if "unit" in rows:
        named["unit"] = rows["unit"]
    return named


def _figures(
    value: np.ndarray, flags: tuple[np.ndarray, np.ndarray, np.ndarray], interim: np.ndarray
) -> dict[str, object]:
    """Value, precision, qualifier and status, from what is hidden, missing or a lower bound."""
    hidden, missing, at_least = flags
    precision = np.where(value <= ROUNDED_UP_TO, float(ROUNDED_UP_TO), 0.0)
    status = np.select([hidden, missing, interim], [3, 2, 1], 0)
    return {
        "value": value,
        "precision": np.where(np.isnan(value), np.nan, precision),
        "qualifier": chosen(np.where(at_least, 0, -1), ["at_least"]),
        "obs_status": chosen(status, ["A", "P", "O", "Q"]),
    }


def _not_broken_down(
    frame: pd.DataFrame, counts: Sequence[Count], values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which printed cells are missing in truth, and which are only a lower bound."""
    total = frame["total"].to_numpy(dtype="float64", na_value=0.0)
    ages = [f"{sex}_{age}" for sex in "fm" for age in AGE_GROUPS if age != "other"]
    by_sex = frame[["f_total", "m_total"]].fillna(0).sum(axis=1).to_numpy(dtype="float64")
    by_age = frame[ages].fillna(0).sum(axis=1).to_numpy(dtype="float64")
    short = np.zeros(values.shape, dtype=bool)
    for position, one in enumerate(counts):
        if one.sex != ALL and one.age != "_U":
            short[:, position] = (by_sex if one.age == ALL else by_age) < total
    return short & (values == 0), short & (values > 0)


def _sides(
    rows: pd.DataFrame, counts: Sequence[Count], which: np.ndarray
) -> tuple[pd.Series, pd.Series]:
    """Origin and destination: a return goes from the country of asylum to that of origin.

    Demographics print the place of return under the country itself: where people came from is
    unknown there, unless they were displaced within it.
    """
    both = concatenate([rows[["coo_iso"]].set_axis(["area"], axis=1),
                        rows[["coa_iso"]].set_axis(["area"], axis=1)])["area"]  # fmt: skip
    categories = both.cat.categories
    if "UNK" not in categories:
        categories = categories.append(pd.Index(["UNK"]))
    coo, coa = both.cat.codes.to_numpy()[: len(rows)], both.cat.codes.to_numpy()[len(rows) :]
    returning = np.array([one.returning for one in counts])[which]
    came_from = coa
    if "pop_type" in rows and counts[0].definition == "unhcr_returned_refugee":
        came_from = np.full(len(rows), categories.get_loc("UNK"), dtype=coa.dtype)
    origin = pd.Categorical.from_codes(np.where(returning, came_from, coo), categories=categories)
    destination = pd.Categorical.from_codes(np.where(returning, coo, coa), categories=categories)
    return pd.Series(origin), pd.Series(destination)


def _joined(
    rows: pd.DataFrame, column: str, which: np.ndarray, details: Sequence[dict[str, str]]
) -> pd.Categorical:
    """The row's own detail with that of the column."""
    if column not in rows:
        return chosen(which, [detail_text(**one) if one else ALL for one in details])
    if not any(details):
        return pd.Categorical(rows[column])
    own = rows[column].cat
    texts = []
    for text in own.categories:
        pairs = dict(pair.split("=", 1) for pair in text.split(";"))
        for more in details:
            both = {**pairs, **more}
            texts.append(";".join(f"{name}={both[name]}" for name in sorted(both)))
    return chosen(own.codes.to_numpy().astype("int64") * len(details) + which, texts)


def _joined_sets(rows: pd.DataFrame, which: np.ndarray, sets: Sequence[str]) -> pd.Categorical:
    if "additive_set" not in rows:
        return chosen(which, list(sets))
    own = rows["additive_set"].cat
    texts = [f"{name}{more}" for name in own.categories for more in sets]
    return chosen(own.codes.to_numpy().astype("int64") * len(sets) + which, texts)


def _suppressed(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    hidden = np.zeros((len(frame), len(columns)), dtype=bool)
    named = frame["suppressed"].to_numpy(dtype=object)
    for row in np.flatnonzero(named != ""):
        names = named[row].split(";")
        hidden[row] = [column in names for column in columns]
    return hidden


def _time(rows: pd.DataFrame, measure: str) -> dict[str, object]:
    last = days(rows["last_day"].to_numpy())
    if measure == "stock":
        return {"reference_date": last, "freq": chosen(np.zeros(len(rows), dtype=int), ["A"])}
    first = (rows["year"].to_numpy(dtype="int64") - 1970).astype("datetime64[Y]")
    freq = chosen(rows["interim"].to_numpy().astype(int), ["A", "_O"])
    return {"period_start": days(first.astype("datetime64[D]")), "period_end": last, "freq": freq}


def _cells(places: pd.Series, which: np.ndarray, columns: Sequence[str]) -> pd.Series:
    """The place of a cell: a JSON path goes on with a dot, a line with a comma."""
    in_json = places.str.startswith("$").to_numpy(dtype=bool).astype("int64")
    texts = [f"{joint}{column}" for joint in (", ", ".") for column in columns]
    ends = chosen(in_json * len(columns) + which, texts)
    return places.reset_index(drop=True).astype("str") + pd.Series(ends).astype("str")


def _with_last_day(frame: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """The last day that each row is about, and whether that is an interim day."""
    year = frame["year"].to_numpy(dtype="int64")
    last_day = (year - 1969).astype("datetime64[Y]").astype("datetime64[D]") - 1
    interim = np.zeros(len(frame), dtype=bool)
    for release in releases.dropna(subset=["interim_year"]).to_dict("records"):
        here = (frame["release"] == release["release"]).to_numpy(copy=True)
        here &= year == int(release["interim_year"])
        interim |= here
        last_day[here] = np.datetime64(release["interim_reference_date"])
    return frame.assign(interim=interim, last_day=last_day)


def _prefixed(prefix: str, column: pd.Series) -> pd.Series:
    return column.cat.rename_categories([f"{prefix}{one}" for one in column.cat.categories])


_DATASETS = {
    "population": population,
    "demographics": demographics,
    "asylum_applications": asylum_applications,
    "asylum_decisions": asylum_decisions,
    "solutions": solutions,
}
