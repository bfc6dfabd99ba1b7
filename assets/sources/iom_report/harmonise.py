"""The report's figures to observations and to profile.

Rules: the producer is who made a figure, the source is the report. A figure got by a formal
request is of a producer whose access says so, and being printed here does not make it public.
Reprinted tables of UNHCR and UN DESA are a dataset of their own, held to be compared with the
agencies' own figures and preferred to none. Shares, means, medians and rates never become
observations.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from assets.sources.iom_report.read import SOURCE
from assets.sources.observations import complete, concatenate, with_breakdown
from schemas.facts import OBSERVATIONS, PROFILE
from schemas.faults import Fault
from schemas.validate import SchemaRefused, conform, empty_frame
from warehouse.reference_data import Reference

_AS_TYPED = (
    "measure", "indicator", "origin", "destination", "sex", "age", "education", "employment",
    "reason", "detail", "universe", "freq", "reference_date", "period_start", "period_end",
    "value", "unit", "precision", "qualifier", "obs_status", "additive_set", "producer",
    "definition", "release", "extract_id",
)  # fmt: skip


def harmonise(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """The report's stocks and flows as observations.

    Args:
        tables: Source-shaped frames by dataset, in the columns of
            ``schemas.sources.iom_report``.
        reference: Table ``indicator`` says whether an indicator is a stock or a flow.

    Returns:
        Observations of the datasets ``figures`` and ``tables``, in the columns of
        ``schemas.facts.OBSERVATIONS``; ``published_in`` names section and document cited.

    Raises:
        SchemaRefused: A figure's measure is not that of its indicator.
    """
    parts = [
        _observations(tables[dataset], dataset, reference)
        for dataset in ("figures", "tables")
        if dataset in tables and len(tables[dataset])
    ]
    return with_breakdown(concatenate(parts)) if parts else empty_frame(OBSERVATIONS)


def profile(tables: Mapping[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    """The report's shares, means, medians and rates.

    Args:
        tables: Source-shaped frames by dataset; ``profiles`` is the one that is read.
        reference: Not needed; all publishers' functions take the same.

    Returns:
        Rows in the columns of ``schemas.facts.PROFILE``; values in per cent, years or times, as
        ``unit`` says.
    """
    frame = tables.get("profiles")
    if frame is None or frame.empty:
        return empty_frame(PROFILE)
    named = frame.assign(
        published_in=_published_in(frame),
        source=SOURCE,
        dataset="profiles",
        source_ref=_cell(frame),
    )
    return conform(named[PROFILE.columns], PROFILE)


def _observations(frame: pd.DataFrame, dataset: str, reference: Reference) -> pd.DataFrame:
    _refuse_other_measure(frame, reference)
    last = frame["reference_date"].fillna(frame["period_end"]).astype("datetime64[s]")
    rows = {name: _plain(frame[name]) for name in _AS_TYPED} | {
        "year": last.dt.year.astype("Int64"),
        "published_in": _published_in(frame),
        "source_ref": _cell(frame),
    }
    return complete(rows, {"source": SOURCE, "dataset": dataset})


def _plain(column: pd.Series) -> pd.Series:
    """Categories as text: a column without any value comes back from Parquet without a type."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype("str").astype("category")
    return column


def _refuse_other_measure(frame: pd.DataFrame, reference: Reference) -> None:
    measures = reference.table("indicator").astype("str").set_index("indicator")["measure"]
    wanted = frame["indicator"].astype("str").map(measures)
    faults = [
        Fault(str(row["source_ref"]), "measure", str(row["measure"]), f"{row['wanted']}, as "
              f"table indicator says of {row['indicator']}")
        for row in frame.assign(wanted=wanted).to_dict("records")
        if str(row["measure"]) != row["wanted"]
    ]  # fmt: skip
    if faults:
        raise SchemaRefused("the report's figures", faults)


def _published_in(frame: pd.DataFrame) -> pd.Series:
    """Section or table of the report, and the document that it cites there."""
    section = frame["section"].astype("str")
    named = section.where(section.str.startswith("Table"), "Section " + section)
    return named + " (" + frame["cited_source"].astype("str") + ")"


def _cell(frame: pd.DataFrame) -> pd.Series:
    return frame["source_ref"].astype("str") + ", value"
