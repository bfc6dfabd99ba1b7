"""UNHCR's five tables to observations.

Rules of the source: year-end stocks are about 31 December; the interim year of a mid-year
release is about its first half, provisional, and will be overwritten by the year-end release.
``-`` gives no row, ``*`` a suppressed figure. Figures of 1 to 4 are rounded to 0 or 5, so a 0 or
a 5 has precision 5. The country of origin of a *returned* refugee is where the return went to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assets.sources.observations import (
    complete,
    concatenate,
    constant,
    days,
    detail_column,
    with_breakdown,
)
from schemas.facts import OBSERVATIONS, QUALITY_ISSUE
from schemas.sources.unhcr import AGE_GROUPS, DECISION_VALUES, DEMOGRAPHIC_VALUES
from schemas.validate import conform, empty_frame

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


@dataclass(frozen=True)
class Count:
    """What a value column counts, and from where to where."""

    measure: str
    indicator: str
    definition: str
    additive_set: str
    returning: bool = False
    detail: str = "_T"


POPULATION = {
    "refugees": Count("stock", "refugees", "unhcr_refugee", "pairs"),
    "asylum_seekers": Count("stock", "asylum_seekers", "unhcr_asylum_seeker", "pairs"),
    "idps": Count("stock", "idps_conflict", "unhcr_idp", "pairs"),
    "stateless": Count("stock", "stateless", "unhcr_stateless", "pairs"),
    "ooc": Count("stock", "others_of_concern", "unhcr_other_of_concern", "pairs"),
    "oip": Count("stock", "others_in_need_of_protection", "unhcr_oip", "pairs"),
    "hst": Count("stock", "host_community", "unhcr_host_community", "pairs"),
    "returned_refugees": Count(
        "flow", "returns", "unhcr_returned_refugee", "returnee=refugee", True, "returnee=refugee"
    ),
    "returned_idps": Count(
        "flow", "returns", "unhcr_returned_idp", "returnee=idp", True, "returnee=idp"
    ),
}
SOLUTIONS = {
    "returned_refugees": POPULATION["returned_refugees"],
    "returned_idps": POPULATION["returned_idps"],
    "resettlement": Count("flow", "resettlements", "unhcr_resettlement", "pairs"),
    "naturalisation": Count("flow", "naturalisations", "unhcr_naturalisation", "pairs"),
}
POPULATION_TYPES = {
    "REF": POPULATION["refugees"],
    "ROC": POPULATION["refugees"],
    "ASY": POPULATION["asylum_seekers"],
    "IDP": POPULATION["idps"],
    "STA": POPULATION["stateless"],
    "OOC": POPULATION["ooc"],
    "OIP": POPULATION["oip"],
    "VDA": POPULATION["oip"],
    "HST": POPULATION["hst"],
    "RET": POPULATION["returned_refugees"],
    "RDP": POPULATION["returned_idps"],
}
DECISIONS = dict(zip(DECISION_VALUES, ("recognized", "other", "rejected", "closed"), strict=False))
UNITS = {"P": "persons", "C": "cases"}


def harmonise(tables: Mapping[str, pd.DataFrame], releases: pd.DataFrame) -> pd.DataFrame:
    """All of UNHCR's figures as observations.

    Args:
        tables: Source-shaped frames by dataset, in the columns of ``schemas.sources.unhcr``.
        releases: Reference table ``release``; says which year of a release is interim.

    Returns:
        Observations of all datasets and releases, in the columns of
        ``schemas.facts.OBSERVATIONS``.
    """
    parts: list[pd.DataFrame] = []
    for dataset, to_parts in _DATASETS.items():
        frame = tables.get(dataset)
        if frame is not None and len(frame):
            timed = _with_interim(frame, releases[releases["dataset"] == dataset])
            parts += [part for part in to_parts(timed) if len(part)]
    if not parts:
        return empty_frame(OBSERVATIONS)
    return with_breakdown(concatenate(parts))


def population(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Population figures: one observation a value column that is not ``-``."""
    return [_counted(frame, column, count, "population") for column, count in POPULATION.items()]


def solutions(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Solutions: returns, resettlements and naturalisations of the year."""
    return [_counted(frame, column, count, "solutions") for column, count in SOLUTIONS.items()]


def asylum_applications(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Applications by procedure, kind, level and unit.

    A person may stand at two levels, so parts add up within one kind of application only.
    """
    detail = detail_column(
        frame, {"procedure": "procedure_type", "app_type": "app_type", "dec_level": "dec_level"}
    )
    frame = frame.assign(
        detail=detail,
        additive_set=("app_type=" + frame["app_type"].astype("str")).astype("category"),
        unit=_units(frame["app_pc"]),
    )
    count = Count("flow", "asylum_applications", "unhcr_asylum_application", "")
    return [_counted(frame, "applied", count, "asylum_applications")]


def asylum_decisions(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Decisions by procedure, level, unit and outcome; the total has no ``decision``."""
    count = Count("flow", "asylum_decisions", "unhcr_asylum_decision", "")
    level = "dec_level=" + frame["dec_level"].astype("str")
    names = {"procedure": "procedure_type", "dec_level": "dec_level"}
    parts = []
    for column in DECISION_VALUES:
        outcome = DECISIONS.get(column)
        if outcome is None:
            rows = frame.assign(detail=detail_column(frame, names), additive_set=level)
        else:
            detail = detail_column(frame.assign(outcome=outcome), names | {"decision": "outcome"})
            rows = frame.assign(detail=detail, additive_set=level + "+decision")
        rows = rows.assign(
            additive_set=rows["additive_set"].astype("category"), unit=_units(frame["dec_pc"])
        )
        parts.append(_counted(rows, column, count, "asylum_decisions"))
    return parts


def demographics(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Sex and age by place.

    Women and men of no known number (f = m = 0 < total) were not broken down: missing, not zero.
    Where only a part is broken down, what is printed is at least that many and a printed zero is
    missing; no residual row is made.
    """
    detail = detail_column(
        frame, {"acc_type": "acc_type", "loc_type": "loc_type", "place": "location"}
    )
    frame = frame.assign(detail=detail)
    by_sex = frame["f_total"].fillna(0) + frame["m_total"].fillna(0)
    known_age = [f"{sex}_{age}" for sex in "fm" for age in AGE_GROUPS if age != "other"]
    by_age = frame[known_age].fillna(0).sum(axis=1)
    parts = []
    for population_type, count in POPULATION_TYPES.items():
        chosen = (frame["pop_type"] == population_type).to_numpy()
        if chosen.any():
            part = frame[chosen]
            parts.append(_placed(part, "total", count, "_T", "_T", None))
            for sex in "fm":
                code = sex.upper()
                parts.append(_placed(part, f"{sex}_total", count, code, "_T", by_sex[chosen]))
                for age, age_code in AGE_CODES.items():
                    known = by_age[chosen] if age != "other" else None
                    parts.append(_placed(part, f"{sex}_{age}", count, code, age_code, known))
    return [part for part in parts if len(part)]


def _placed(
    frame: pd.DataFrame, column: str, count: Count, sex: str, age: str, known: pd.Series | None
) -> pd.DataFrame:
    suffix = ("+sex" if sex != "_T" else "") + ("+age" if age != "_T" else "")
    total = frame["total"].fillna(0)
    if age == "_U":
        frame = frame[frame[column].fillna(0) > 0]
        known = None
    rows = frame
    if count.returning:
        # The place is where they returned to; where they came from is not printed.
        detail = frame["detail"].astype("str") + f";{count.detail}"
        rows = frame.assign(detail=detail.map(_sorted_detail).astype("category"))
        if count.detail == "returnee=refugee":
            rows = rows.assign(coa_iso=constant("UNK", len(rows)))
    observed = _counted(
        rows, column, count, "demographics", {"sex": sex, "age": age},
        f"places{suffix}" if not count.returning else f"places{suffix}+{count.detail}",
    )  # fmt: skip
    if known is None:
        return observed
    # Rows without a figure ("-") are not in what was counted.
    there = frame[column].notna().to_numpy()
    short = (known < total).to_numpy()[there]
    zero = (observed["value"] == 0).to_numpy()
    missing, at_least = short & zero, short & ~zero
    return observed.assign(
        value=observed["value"].mask(missing),
        precision=observed["precision"].mask(missing),
        obs_status=_chosen(missing, "O", observed["obs_status"]),
        qualifier=_chosen(at_least, "at_least", observed["qualifier"]),
    )


def _sorted_detail(detail: str) -> str:
    return ";".join(sorted(detail.split(";")))


def _chosen(where: np.ndarray, value: str, otherwise: pd.Series) -> pd.Series:
    text = otherwise.astype("str").mask(where, value)
    return text.astype("category")


def _counted(
    frame: pd.DataFrame,
    column: str,
    count: Count,
    dataset: str,
    split: Mapping[str, str] | None = None,
    additive_set: str | None = None,
) -> pd.DataFrame:
    suppressed = frame["suppressed"].str.split(";").map(lambda names: column in names)
    if (frame["suppressed"] == "").all():
        suppressed = pd.Series(False, index=frame.index)
    rows = frame[frame[column].notna() | suppressed]
    length = len(rows)
    value = rows[column].astype("float64").reset_index(drop=True)
    hidden = value.isna().to_numpy()
    precision = np.where(value <= ROUNDED_UP_TO, float(ROUNDED_UP_TO), 0.0)
    interim = rows["interim"].to_numpy()
    origin, destination = ("coa_iso", "coo_iso") if count.returning else ("coo_iso", "coa_iso")
    varying: dict[str, object] = {
        "origin": rows[origin],
        "destination": rows[destination],
        "year": rows["year"],
        "value": value,
        "precision": np.where(hidden, np.nan, precision),
        "obs_status": _by_flag(hidden, interim, ("A", "P", "Q")),
        "release": rows["release"],
        "extract_id": rows["extract_id"],
        "source_ref": _cell(rows["source_ref"], column),
        **_time(rows, count.measure),
    }
    varying |= {name: rows[name] for name in ("detail", "additive_set", "unit") if name in rows}
    constants: dict[str, str | None] = {
        "measure": count.measure,
        "indicator": count.indicator,
        "definition": count.definition,
        "unit": "persons",
        "detail": count.detail,
        "additive_set": additive_set or count.additive_set,
        "producer": SOURCE,
        "source": SOURCE,
        "dataset": dataset,
        **(split or {}),
    }
    if length == 0:
        varying = {name: one for name, one in varying.items() if name != "obs_status"}
        constants["obs_status"] = "A"
    return complete(varying, constants)


def _time(rows: pd.DataFrame, measure: str) -> dict[str, object]:
    last = days(rows["last_day"].to_numpy())
    if measure == "stock":
        return {"reference_date": last, "freq": constant("A", len(rows))}
    first = rows["year"].astype("str").to_numpy().astype("datetime64[Y]").astype("datetime64[D]")
    freq = _by_flag(np.zeros(len(rows), dtype=bool), rows["interim"].to_numpy(), ("A", "_O", "A"))
    return {"period_start": days(first), "period_end": last, "freq": freq}


def _by_flag(
    hidden: np.ndarray, interim: np.ndarray, codes: tuple[str, str, str]
) -> pd.Categorical:
    normal, provisional, suppressed = codes
    chosen = np.where(hidden, suppressed, np.where(interim, provisional, normal))
    categories = sorted(set(codes))
    return pd.Categorical(chosen, categories=pd.Index(categories))


def _cell(places: pd.Series, column: str) -> pd.Series:
    joint = "." if len(places) and str(places.iloc[0]).startswith("$") else ", "
    if places.str.startswith("$").nunique() > 1:
        joints = places.str.startswith("$").map({True: ".", False: ", "})
        return places.str.cat(joints).astype("str") + column
    return places.astype("str") + f"{joint}{column}"


def _with_interim(frame: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    year = frame["year"].astype("int64").to_numpy()
    last_day = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    last_day = last_day + (
        np.array(year - 1969, dtype="datetime64[Y]").astype("datetime64[D]")
        - last_day
        - np.timedelta64(1, "D")
    )
    interim = np.zeros(len(frame), dtype=bool)
    for release in releases.dropna(subset=["interim_year"]).to_dict("records"):
        here = (frame["release"] == release["release"]).to_numpy(copy=True)
        here &= year == int(release["interim_year"])
        interim |= here
        last_day[here] = np.datetime64(release["interim_reference_date"])
    return frame.assign(interim=interim, last_day=last_day)


def _units(column: pd.Series) -> pd.Series:
    return column.cat.rename_categories(UNITS)


_DATASETS = {
    "population": population,
    "demographics": demographics,
    "asylum_applications": asylum_applications,
    "asylum_decisions": asylum_decisions,
    "solutions": solutions,
}


def quality_issues(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What is odd in UNHCR's accepted files.

    Args:
        tables: Source-shaped frames by dataset.

    Returns:
        Issues in the columns of ``schemas.facts.QUALITY_ISSUE``: decisions whose parts do not
        make their total, and demographic totals that differ from the population table.
    """
    found = [
        _decisions_that_do_not_add_up(tables["asylum_decisions"]),
        _demographics_that_differ(tables["demographics"], tables["population"]),
    ]
    rows = [part for part in found if len(part)]
    return (
        conform(pd.concat(rows, ignore_index=True), QUALITY_ISSUE)
        if rows
        else empty_frame(QUALITY_ISSUE)
    )


def _decisions_that_do_not_add_up(frame: pd.DataFrame) -> pd.DataFrame:
    *parts, total = DECISION_VALUES
    made = frame[parts].fillna(0).sum(axis=1)
    odd = frame[made.ne(frame[total]).fillna(False)].assign(made=made)
    text = [
        f"parts make {row['made']}, printed total is {row[total]}"
        for row in odd[["made", total]].to_dict("records")
    ]
    return _issues(odd, "asylum_decisions", "part_sum_differs", text)


def _demographics_that_differ(frame: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Refugees and asylum seekers by place, summed, against the population table."""
    keys = ["year", "coo_iso", "coa_iso", "release"]
    odd_parts = []
    for population_type, column in (("REF", "refugees"), ("ASY", "asylum_seekers")):
        rows = frame[frame["pop_type"] == population_type]
        summed = rows.groupby(keys, observed=True).agg(
            summed=("total", "sum"),
            source_ref=("source_ref", "first"),
            extract_id=("extract_id", "first"),
        )
        printed = population.groupby(keys, observed=True)[column].sum().rename("printed")
        both = summed.join(printed, how="inner").reset_index()
        odd = both[both["summed"] != both["printed"]]
        odd_parts.append(odd.assign(column=column))
    odd = pd.concat(odd_parts, ignore_index=True)
    text = [
        f"{row['column']} by place make {row['summed']}, the population table has {row['printed']}"
        for row in odd.to_dict("records")
    ]
    return _issues(odd, "demographics", "sum_differs_between_datasets", text)


def _issues(odd: pd.DataFrame, dataset: str, kind: str, text: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "source": SOURCE,
            "dataset": dataset,
            "release": odd["release"].astype("str"),
            "kind": kind,
            "year": odd["year"],
            "origin": odd["coo_iso"].astype("str"),
            "destination": odd["coa_iso"].astype("str"),
            "description": text,
            "extract_id": odd["extract_id"].astype("str"),
            "source_ref": odd["source_ref"].astype("str"),
        }
    )


def _column_lineage() -> dict[str, list[tuple[list[str], str]]]:
    tables = list(_DATASETS)
    same = {name: [([SOURCE, table], name) for table in tables] for name in ("release", "extract_id")}
    split = ("demographics",)
    return {
        "year": [([SOURCE, table], "year") for table in tables],
        "origin": [([SOURCE, table], "coo_iso") for table in tables]
        + [([SOURCE, table], "coa_iso") for table in ("population", "solutions", "demographics")],
        "destination": [([SOURCE, table], "coa_iso") for table in tables]
        + [([SOURCE, table], "coo_iso") for table in ("population", "solutions", "demographics")],
        "indicator": [([SOURCE, table], "pop_type") for table in split],
        "detail": [
            ([SOURCE, "demographics"], "location"),
            ([SOURCE, "demographics"], "loc_type"),
            ([SOURCE, "demographics"], "acc_type"),
            ([SOURCE, "asylum_applications"], "procedure_type"),
            ([SOURCE, "asylum_applications"], "app_type"),
            ([SOURCE, "asylum_applications"], "dec_level"),
            ([SOURCE, "asylum_decisions"], "procedure_type"),
            ([SOURCE, "asylum_decisions"], "dec_level"),
        ],
        "unit": [
            ([SOURCE, "asylum_applications"], "app_pc"),
            ([SOURCE, "asylum_decisions"], "dec_pc"),
        ],
        "value": [
            ([SOURCE, dataset], column)
            for dataset, columns in _VALUES.items()
            for column in columns
        ],
        "source_ref": [([SOURCE, table], "source_ref") for table in tables],
        **same,
    }


_VALUES: dict[str, tuple[str, ...]] = {
    "population": tuple(POPULATION),
    "demographics": DEMOGRAPHIC_VALUES,
    "asylum_applications": ("applied",),
    "asylum_decisions": DECISION_VALUES,
    "solutions": tuple(SOLUTIONS),
}
# Upstream asset key and column of each column that is not constant.
COLUMN_LINEAGE = _column_lineage()
