"""An openness score of each ingested dataset, after the Open Data Inventory's criteria."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from schemas.gaps import OPENNESS
from schemas.validate import validate
from warehouse.reference_data import Reference

Score = tuple[float, str | None]

# What a dataset holds of a country: its figures touch the country on one side.
HOLDINGS = """
WITH figures AS (
    SELECT source, dataset, definition, year, origin, destination, sex, age, detail FROM stock
    UNION ALL
    SELECT source, dataset, definition, year, origin, destination, sex, age, detail FROM flow
    UNION ALL
    SELECT source, dataset, definition, year, origin, destination, sex, age, detail FROM profile
),
own AS (
    SELECT area, coalesce(CASE WHEN kind = 'subdivision' THEN parent END, area) AS country,
        kind = 'subdivision' AS is_oblast
    FROM area
),
touched AS (
    SELECT c.country, f.*, o.is_oblast OR d.is_oblast AS by_oblast,
        CASE WHEN o.country = c.country THEN f.destination ELSE f.origin END AS partner
    FROM figures AS f
    JOIN own AS o ON o.area = f.origin
    JOIN own AS d ON d.area = f.destination
    JOIN country AS c ON c.active AND (o.country = c.country OR d.country = c.country)
)
SELECT country, source, dataset,
    bool_or(sex IN ('F', 'M')) AS by_sex,
    bool_or(age NOT IN ('_T', '_U')) AS by_age,
    bool_or(a.kind = 'country' AND partner <> touched.country) AS by_country,
    bool_or(by_oblast) AS by_oblast,
    bool_or(detail LIKE '%place=%') AS by_place,
    list(DISTINCT year) AS years,
    list(DISTINCT definition) AS definitions
FROM touched
JOIN area AS a ON a.area = touched.partner
GROUP BY ALL
"""
_PROPRIETARY_ONLY = "(.xls)"
_OPEN_FORMATS = ("CSV", "JSON", "XLSX")
# Files of the project's own making: the publisher gives no file, or in another layout.
_OWN_LAYOUT = ("of our own", "of the project", "layout assumed")
_OPEN_LICENCES = ("CC BY 4.0", "CC BY 3.0 IGO", "CC0 1.0")


@dataclass(frozen=True)
class _Holding:
    """A dataset as the criteria look at it."""

    figures: dict[str, object]
    format: str
    assumed: bool
    link: str
    licence: str
    documents: list[str]
    newest_year: int

    def years(self, last: int) -> int:
        """How many of the last years have figures."""
        years = self.figures["years"]
        assert isinstance(years, list)
        return sum(self.newest_year - last < int(year) <= self.newest_year for year in years)


def openness(holdings: pd.DataFrame, newest_year: int, reference: Reference) -> pd.DataFrame:
    """Score the datasets that hold figures of a country.

    Args:
        holdings: What ``HOLDINGS`` gives.
        newest_year: The last year of the map.
        reference: Tables ``dataset``, ``source``, ``definition`` and ``openness_criterion``.

    Returns:
        One row a country, dataset and criterion, in the columns of ``schemas.gaps.OPENNESS``.
    """
    datasets = reference.table("dataset").astype({"source": "str", "dataset": "str"})
    of_dataset = datasets.set_index(["source", "dataset"]).to_dict("index")
    licences = reference.table("source").astype({"source": "str"}).set_index("source")["licence"]
    documents = reference.table("definition").astype({"definition": "str"})
    document_of = documents.set_index("definition")["document"]
    criteria = reference.table("openness_criterion").sort_values("position")["criterion"]
    rows = []
    for one in holdings.to_dict("records"):
        dataset = of_dataset[(one["source"], one["dataset"])]
        form = _text(dataset["format"])
        holding = _Holding(
            figures={str(name): _plain(value) for name, value in one.items()},
            format=form,
            assumed=any(word in _text(dataset["description"]) + form for word in _OWN_LAYOUT),
            link=_text(dataset["link"]),
            licence=_text(licences[one["source"]]),
            documents=[_text(document_of.get(name)) for name in _plain(one["definitions"])],
            newest_year=newest_year,
        )
        for criterion in criteria.astype("str"):
            points, why = _SCORES[criterion](holding)
            keys = {name: one[name] for name in ("country", "source", "dataset")}
            rows.append(keys | {"criterion": criterion, "points": points, "lost_because": why})
    made = pd.DataFrame(rows, columns=OPENNESS.columns)
    return validate(made, OPENNESS, reference.codes)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _plain(value: object) -> list[object]:
    """A list of DuckDB as a list, whatever pandas made of it."""
    return list(value) if hasattr(value, "__iter__") and not isinstance(value, str) else value  # type: ignore[return-value]


def _breakdowns(one: _Holding) -> Score:
    missing = [name for name in ("sex", "age", "country") if not one.figures[f"by_{name}"]]
    if not missing:
        return 1.0, None
    return (0.5 if len(missing) < 3 else 0.0), f"Not split by {', '.join(missing)}."


def _years(last: int, whole: int, half: int) -> Callable[[_Holding], Score]:
    def score(one: _Holding) -> Score:
        count = one.years(last)
        if count >= whole:
            return 1.0, None
        why = f"Figures of {count} of the {last} years up to {one.newest_year}."
        return (0.5 if count >= half else 0.0), why

    return score


def _first_level(one: _Holding) -> Score:
    if one.figures["by_oblast"]:
        return 1.0, None
    if one.figures["by_place"]:
        return 0.5, "Places are named in words, not by code."
    return 0.0, "Not split by oblast."


def _second_level(one: _Holding) -> Score:
    return 0.0, "Not split by district."


def _machine_readable(one: _Holding) -> Score:
    if one.assumed:
        return 0.0, "The publisher's own file is not known; the figures were typed from print."
    return 1.0, None


def _non_proprietary(one: _Holding) -> Score:
    if one.assumed:
        return 0.0, "The publisher's own file is not known."
    if _PROPRIETARY_ONLY in one.format and not any(word in one.format for word in _OPEN_FORMATS):
        return 0.0, f"The only format is {one.format}."
    return 1.0, None


def _download_options(one: _Holding) -> Score:
    if one.assumed or not one.link:
        return 0.0, "There is nothing to download."
    # An interface can be asked for a part; what it gives is JSON.
    if "JSON of the API" in one.format:
        return 1.0, None
    return 0.5, "Whole files only; no interface can be asked for a part."


def _metadata(one: _Holding) -> Score:
    documented = sum("http" in text for text in one.documents)
    if documented == len(one.documents):
        return 1.0, None
    why = f"{len(one.documents) - documented} of {len(one.documents)} definitions name no address."
    return (0.5 if documented else 0.0), why


def _terms(one: _Holding) -> Score:
    if one.licence in _OPEN_LICENCES:
        return 1.0, None
    if one.licence.startswith("CC "):
        return 0.5, f"{one.licence} has further restrictions."
    return 0.0, "No terms of reuse are stated."


_SCORES: dict[str, Callable[[_Holding], Score]] = {
    "breakdowns": _breakdowns,
    "five_years": _years(5, 3, 1),
    "ten_years": _years(10, 6, 3),
    "first_level": _first_level,
    "second_level": _second_level,
    "machine_readable": _machine_readable,
    "non_proprietary": _non_proprietary,
    "download_options": _download_options,
    "metadata": _metadata,
    "terms": _terms,
}
