"""UNHCR's figures of one additive set may be summed: no two of them overlap."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assets.sources.unhcr.harmonise import harmonise
from schemas.facts import OBSERVATIONS
from schemas.sources.unhcr import MODELS
from tests.assets.sources.frames import some
from tests.assets.sources.unhcr_files import place
from warehouse.reference_data import Reference

Rows = Callable[..., pd.DataFrame]

SAME = ("measure", "indicator", "universe", "freq", "year", "reference_date", "period_start",
        "period_end", "unit", "source", "dataset", "release", "additive_set")  # fmt: skip
SPLITS = {"origin": "WLD", "destination": "WLD", "sex": "_T", "age": "_T", "education": "_T",
          "employment": "_T", "reason": "_T"}  # fmt: skip


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether somebody may be counted in both: no dimension tells them apart."""
    for name, everybody in SPLITS.items():
        if one[name] != other[name] and everybody not in (one[name], other[name]):
            return False
    first, second = (
        dict(pair.split("=", 1) for pair in row["detail"].split(";") if "=" in pair)
        for row in (one, other)
    )
    return all(first[name] == second[name] for name in first.keys() & second.keys())


def overlaps(frame: pd.DataFrame) -> list[tuple[str, str]]:
    columns = [*SAME, *SPLITS, "detail", "source_ref"]
    rows = frame.loc[frame["additive_set"].notna(), columns].astype(object).to_dict("records")
    sets: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        sets.setdefault(tuple(str(row[name]) for name in SAME), []).append(row)
    return [
        (one["source_ref"], other["source_ref"])
        for members in sets.values()
        for one, other in combinations(members, 2)
        if overlap(one, other)
    ]


def test_an_overlap_is_found(observations: Rows) -> None:
    assert overlaps(observations({}, {"origin": "UZB"})) == []
    assert overlaps(observations({}, {})) == [("line 2", "line 3")]
    assert overlaps(observations({}, {"sex": "F"})) == [("line 2", "line 3")]
    assert overlaps(observations({"sex": "M"}, {"sex": "F"})) == []
    assert overlaps(observations({}, {"origin": "WLD"})) == [("line 2", "line 3")]
    assert overlaps(observations({}, {"detail": "place=a"})) == [("line 2", "line 3")]
    assert overlaps(observations({"detail": "place=b"}, {"detail": "place=a"})) == []
    assert overlaps(observations({}, {"additive_set": "places"})) == []
    assert overlaps(observations({"additive_set": None}, {"additive_set": None})) == []
    assert overlaps(observations({}, {"year": 2021})) == []


areas = st.sampled_from(["KGZ", "AFG", "UNK"])
figures = st.one_of(st.none(), st.integers(0, 9))
CODES = {
    "pop_type": ["REF", "ASY", "IDP", "STA", "OIP", "RET", "RDP"],
    "location": ["Osh", "Bishkek; Osh", "a=b"], "loc_type": ["U", "V"], "acc_type": ["I", "U"],
    "procedure_type": ["G", "U"], "app_type": ["N", "R"], "dec_level": ["FI", "AR"],
    "app_pc": ["P", "C"], "dec_pc": ["P", "C"],
}  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Rows of each dataset with keys that do not repeat, as the gate lets them through."""
    made: dict[str, list[dict[str, Any]]] = {}
    for dataset, model in MODELS.items():
        rows = []
        for _ in range(draw(st.integers(0, 4))):
            row: dict[str, Any] = {"coo_iso": draw(areas), "coa_iso": draw(areas)}
            row["release"] = draw(st.sampled_from(["2023-mid", "2023-end"]))
            row["year"] = draw(st.sampled_from([2022, 2023]))
            for one in model.fields:
                if one.name in CODES:
                    row[one.name] = draw(st.sampled_from(CODES[one.name]))
                elif one.kind == "integer" and one.name != "year":
                    row[one.name] = draw(figures)
            # What came home stands under the country itself.
            if row.get("pop_type") in ("RET", "RDP", "IDP"):
                row["coa_iso"] = row["coo_iso"]
            rows.append(row)
        key = [name for name in model.key if name != "extract_id"]
        assume(len({tuple(row[name] for name in key) for row in rows}) == len(rows))
        made[dataset] = rows
    return made


@given(rows=tables())
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_no_two_figures_of_an_additive_set_overlap(
    rows: dict[str, list[dict[str, Any]]], unhcr_rows: Rows, reference: Reference
) -> None:
    frames = {name: unhcr_rows(name, *some) for name, some in rows.items() if some}
    frame = harmonise(frames, reference)
    assert overlaps(frame) == []
    assert not frame.duplicated(list(OBSERVATIONS.key)).any()


def test_no_two_bundled_figures_of_an_additive_set_overlap(
    bundled_observations: pd.DataFrame,
) -> None:
    """Of the newest release and a few years: all pairs of all years would take minutes."""
    frame = some(bundled_observations, release="2025-end")
    frame = frame[frame["year"].isin([2012, 2022, 2025]) & (frame["value"] > 0)]
    assert len(frame) > 500
    assert overlaps(frame) == []


@pytest.mark.parametrize(("one", "other"), [("REF", "ROC"), ("OIP", "VDA")])
def test_two_population_types_of_one_indicator_do_not_collide(
    one: str, other: str, observed: Rows
) -> None:
    frame = observed(
        "demographics", place(f_0_4=9) | {"pop_type": one}, place(f_0_4=8) | {"pop_type": other}
    )
    assert overlaps(frame) == []


@pytest.mark.parametrize("population_type", ["IOC", "NAT", "RST"])
def test_no_population_type_of_the_code_list_is_lost(population_type: str, observed: Rows) -> None:
    assert len(observed("demographics", place(f_0_4=9) | {"pop_type": population_type})) > 0


def test_every_other_population_type_of_the_code_list_gives_figures(
    observed: Rows, reference: Reference
) -> None:
    for population_type in reference.codes["unhcr_population_type"] - {"IOC", "NAT", "RST"}:
        frame = observed("demographics", place(f_0_4=9) | {"pop_type": population_type})
        assert some(frame, sex="_T")["value"].tolist() == [9.0], population_type
