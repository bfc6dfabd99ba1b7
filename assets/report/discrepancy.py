"""Totals of two producers that claim to count the same, and what of their definitions differs."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from schemas.gaps import DISCREPANCY
from schemas.validate import validate
from warehouse.reference_data import Reference

# How far apart the days of two stocks may lie where no figures of one year meet: UN DESA has a
# stock every few years only. Flows are compared within their year.
YEARS_APART = 2
# Fields of table definition that tell what is counted apart.
STRUCTURED = ("basis", "minimum_stay", "excluded")
_COMPARED = [
    "year", "producer", "indicator", "source", "dataset", "release", "universe", "value",
    "definition", "meaning",
]  # fmt: skip
_GROUP = ["country", "theme", "measure", "concept", "unit"]
# One figure of a producer and year: the producer's own file before another's print of it.
FIGURES = """
WITH totals AS (
    SELECT
        c.country, ti.theme, ti.measure, k.concept, f.unit, f.year, f.producer, f.indicator,
        f.source, f.dataset, f.release, f.universe, f.value, f.definition, r.known_on_to
    FROM (
        SELECT 'stock' AS measure, * EXCLUDE (reference_date) FROM stock
        UNION ALL BY NAME
        SELECT 'flow' AS measure, * EXCLUDE (period_start, period_end) FROM flow
    ) AS f
    JOIN comparable_indicator AS k ON k.indicator = f.indicator AND k.measure = f.measure
    JOIN theme_indicator AS ti
        ON ti.theme = k.theme AND ti.measure = k.measure AND ti.indicator = k.indicator
    JOIN country AS c
        ON c.active
        AND CASE ti.side
            WHEN 'origin' THEN f.origin = c.country AND f.destination = 'WLD'
            WHEN 'destination' THEN f.destination = c.country AND f.origin = 'WLD'
            ELSE f.origin = c.country AND f.destination = c.country
        END
    JOIN release AS r
        ON r.source = f.source AND r.dataset = f.dataset AND r.release = f.release
    JOIN parameter AS p ON p.parameter = 'first_year'
    WHERE f.breakdown = 'total' AND f.freq = 'A' AND f.value IS NOT NULL AND f.year >= p.value
)
SELECT * EXCLUDE (known_on_to)
FROM totals
QUALIFY row_number() OVER (
    PARTITION BY country, theme, measure, concept, unit, producer, indicator, year
    ORDER BY source = producer DESC, known_on_to DESC, dataset
) = 1
"""


def discrepancies(figures: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    """Compare figures of different institutions.

    Args:
        figures: What ``FIGURES`` gives.
        reference: Tables ``source`` and ``definition``.

    Returns:
        One row a pair of producers, indicators and years whose values differ, the larger first,
        in the columns of ``schemas.gaps.DISCREPANCY``.
    """
    definitions = reference.table("definition").astype({"definition": "str"})
    meaning = definitions.set_index("definition")["text_en"]
    institution = reference.table("source").astype({"source": "str"}).set_index("source")
    told = figures.assign(
        meaning=figures["definition"].astype("str").map(meaning),
        institution=figures["producer"].astype("str").map(institution["institution"]),
    )
    other = told.rename(columns={name: f"other_{name}" for name in (*_COMPARED, "institution")})
    pairs = told.merge(other, on=_GROUP, how="inner")
    # Each pair once, the larger figure first; two systems of one institution are one producer.
    pairs = pairs[
        (pairs["institution"] != pairs["other_institution"])
        & (pairs["value"] > pairs["other_value"])
    ]
    pairs = _nearest(pairs)
    ratio = pairs["value"] / pairs["other_value"].where(pairs["other_value"] > 0)
    structured = definitions.set_index("definition")[list(STRUCTURED)].to_dict("index")
    pairs = pairs.assign(
        ratio=ratio,
        differs_in=[
            _differs_in({str(name): value for name, value in one.items()}, structured)
            for one in pairs.to_dict("records")
        ],
    )
    return validate(pairs[DISCREPANCY.columns], DISCREPANCY, reference.codes)


def _nearest(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs of one year; stocks that never meet in a year by their nearest years."""
    apart = (pairs["year"] - pairs["other_year"]).abs()
    allowed = (pairs["measure"] == "stock").map({True: YEARS_APART, False: 0})
    near = pairs.assign(apart=apart)[apart <= allowed]
    two = near[["producer", "other_producer", "indicator", "other_indicator"]].astype("str")
    # The larger may change from year to year: a pair is the same in either order.
    names = [
        "|".join(sorted((f"{one[0]} {one[2]}", f"{one[1]} {one[3]}")))
        for one in two.itertuples(index=False, name=None)
    ]
    near = near.assign(names=names)
    least = near.groupby([*_GROUP, "names"], observed=True)["apart"].transform("min")
    return near[near["apart"] == least].reset_index(drop=True)


def _differs_in(
    one: dict[str, object], structured: Mapping[object, Mapping[object, object]]
) -> str:
    """Which structured fields of the two definitions differ; what else differs where none does."""
    first, second = structured[one["definition"]], structured[one["other_definition"]]
    # An empty field is a missing number, which is not even like itself.
    fields = [name for name in STRUCTURED if _filled(first[name]) != _filled(second[name])]
    fields += ["universe"] if one["universe"] != one["other_universe"] else []
    fields += ["year"] if one["year"] != one["other_year"] else []
    if not fields:
        fields = ["indicator"] if one["indicator"] != one["other_indicator"] else ["method"]
    return "; ".join(fields)


def _filled(value: object) -> object:
    return value if isinstance(value, str) else None
