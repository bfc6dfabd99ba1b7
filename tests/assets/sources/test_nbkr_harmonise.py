"""NBKR's remittances as observations: case k, and figures that contradict each other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from assets.sources import gate
from assets.sources.nbkr.harmonise import CHANNEL, harmonise
from assets.sources.nbkr.issues import quality_issues
from schemas.facts import OBSERVATIONS, QUALITY_ISSUE
from schemas.sources.nbkr import REMITTANCES
from schemas.validate import conform, empty_frame, validate
from warehouse.reference_data import Reference


@pytest.fixture(scope="module")
def table(reference: Reference) -> pd.DataFrame:
    (path,) = gate.bundled_files("nbkr")
    return gate.read_checked(path, reference, gate.read_sidecar(path)).frame


@pytest.fixture(scope="module")
def figures(table: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    return validate(harmonise({"remittances": table}, reference), OBSERVATIONS, reference.codes)


def chosen(figures: pd.DataFrame, **wanted: Any) -> pd.DataFrame:
    for name, value in wanted.items():
        figures = figures[figures[name].astype("str") == str(value)]
    return figures


def one(figures: pd.DataFrame, **wanted: Any) -> pd.Series:
    (row,) = [row for _, row in chosen(figures, **wanted).iterrows()]
    return row


@pytest.mark.parametrize(
    ("indicator", "start", "end", "freq", "value", "precision"),
    [
        ("remittance_inflow", "2020-01-01", "2020-12-31", "A", 2_377_160_000, 10_000),
        ("remittance_inflow", "2020-04-01", "2020-04-30", "M", 76_300_000, 100_000),
        ("remittance_inflow", "2020-01-01", "2020-05-31", "_O", 699_300_000, 100_000),
        ("remittance_inflow", "2017-03-01", "2017-03-31", "M", 191_000_000, 1_000_000),
        ("remittance_net", "2018-01-01", "2018-06-30", "_O", 990_400_000, 100_000),
    ],
)
def test_case_k_months_spans_and_years_stand_apart(
    figures: pd.DataFrame, indicator: str, start: str, end: str, freq: str, value: float,
    precision: float,
) -> None:  # fmt: skip
    row = one(figures, indicator=indicator, period_start=start, period_end=end, origin="WLD")
    assert (row["freq"], row["value"], row["precision"]) == (freq, value, precision)
    assert (row["unit"], row["detail"], row["breakdown"]) == ("usd", CHANNEL, "channel")


def test_case_k_nothing_adds_up_with_another(figures: pd.DataFrame) -> None:
    sets = figures[figures["additive_set"].notna()]
    assert set(sets["freq"]) == {"A"}
    assert set(sets["origin"]) == {"WLD"}
    assert not sets.duplicated(["indicator", "year", "additive_set"]).any()
    assert sorted(sets["year"]) == [2019, 2020]
    # No figure of the year is the whole of all transfers: that is another channel.
    assert "total" not in set(figures["breakdown"])


def test_the_partner_sends_or_receives(figures: pd.DataFrame) -> None:
    came = one(figures, indicator="remittance_inflow", period_end="2018-06-30", origin="USA")
    assert (came["destination"], came["value"]) == ("KGZ", 11_800_000)
    left = one(figures, indicator="remittance_outflow", period_end="2023-01-31", destination="TUR")
    assert (left["origin"], left["value"]) == ("KGZ", 29_500_000)
    assert chosen(figures, indicator="remittance_net")["destination"].eq("KGZ").all()


def test_remarks_become_qualifier_and_status(figures: pd.DataFrame) -> None:
    rows = chosen(figures, period_end="2022-11-30").set_index("origin")
    assert rows["qualifier"].astype("str").to_dict() == {
        "KAZ": "about", "RUS": "about", "USA": "about", "TUR": "at_least",
    }  # fmt: skip
    assert rows["precision"].isna().all()
    assert one(figures, indicator="remittance_net", year=2023)["obs_status"] == "P"
    assert set(figures["obs_status"]) == {"A", "P"}


def test_a_figure_printed_in_a_note_is_there_and_implied_ones_are_not(
    figures: pd.DataFrame,
) -> None:
    months = chosen(figures, year=2019, freq="M")
    assert months["value"].tolist() == [200_100_000]
    assert "24.kg 162081" in months["published_in"].iloc[0]


def test_every_figure_says_where_it_was_seen(figures: pd.DataFrame, reference: Reference) -> None:
    assert figures["published_in"].notna().all()
    assert set(figures["definition"]) <= reference.codes["definition"]
    assert len(figures) == 45


def test_conflicts_of_the_press_are_kept(table: pd.DataFrame, reference: Reference) -> None:
    found = quality_issues({"remittances": table}, reference)
    told = validate(found, QUALITY_ISSUE, reference.codes)
    by_kind = told.groupby("kind", observed=True)["description"].apply(list)
    assert len(by_kind["part_sum_differs"]) == 2
    assert any("699.3 million, its months make 695.2" in one for one in by_kind["part_sum_differs"])
    assert any("makes 989.6 million, the printed net inflow is 990.4" in one
               for one in by_kind["part_sum_differs"])  # fmt: skip
    (spans,) = by_kind["spans_disagree"]
    assert "2532" in spans
    assert "1640" in spans
    assert len(by_kind["wording_ambiguous"]) == 4


def spans(*rows: dict[str, Any]) -> pd.DataFrame:
    base: dict[str, Any] = {
        "period": "span", "flow": "inflow", "country": "Total", "rounding": 0.1,
        "qualifier": None, "provisional": False, "remark": None, "published_in": None,
        "release": "r", "extract_id": "one",
    }  # fmt: skip
    placed = [base | row | {"source_ref": f"a!B{at}"} for at, row in enumerate(rows)]
    frame = pd.DataFrame(placed)[REMITTANCES.columns]
    for name in ("period_start", "period_end"):
        frame[name] = pd.to_datetime(frame[name]).dt.date
    return conform(frame, REMITTANCES)


def span(first: str, last: str, value: float, **more: Any) -> dict[str, Any]:
    return {"period_start": first, "period_end": last, "value": value} | more


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        ([span("2020-01-01", "2020-12-31", 1200.0), span("2020-01-01", "2020-06-30", 600.0)], []),
        ([span("2020-01-01", "2020-12-31", 600.0), span("2020-01-01", "2020-06-30", 601.0)],
         ["spans_disagree"]),
        ([span("2020-01-01", "2020-12-31", 1200.0), span("2020-01-01", "2020-06-30", 200.0)],
         ["spans_disagree"]),
        ([span("2020-01-01", "2020-02-29", 3.0), span("2020-01-01", "2020-01-31", 1.4),
          span("2020-02-01", "2020-02-29", 1.7)], []),
        ([span("2020-01-01", "2020-02-29", 3.0), span("2020-01-01", "2020-01-31", 1.4),
          span("2020-02-01", "2020-02-29", 1.9)], ["part_sum_differs"]),
        ([span("2020-01-01", "2020-01-31", 5.0), span("2020-01-01", "2020-01-31", 3.0,
          flow="outflow"), span("2020-01-01", "2020-01-31", 2.2, flow="net")],
         ["part_sum_differs"]),
        ([span("2020-01-01", "2020-01-31", 5.0), span("2020-01-01", "2020-01-31", 3.0,
          flow="outflow"), span("2020-01-01", "2020-01-31", 2.1, flow="net")], []),
    ],
)  # fmt: skip
def test_which_figures_contradict(
    reference: Reference, rows: list[dict[str, Any]], kinds: list[str]
) -> None:
    found = quality_issues({"remittances": spans(*rows)}, reference)
    assert found["kind"].astype("str").tolist() == kinds


def test_frequencies_follow_the_calendar(reference: Reference) -> None:
    frame = spans(
        span("2020-04-01", "2020-06-30", 1.0),
        span("2020-02-01", "2020-04-30", 1.0),
        span("2020-01-01", "2020-12-31", 1.0),
        span("2020-12-01", "2020-12-31", 1.0),
    )
    made = harmonise({"remittances": frame}, reference)
    assert made["freq"].astype("str").tolist() == ["Q", "_O", "A", "M"]


def test_without_remittances_there_is_nothing(reference: Reference) -> None:
    for tables in ({}, {"remittances": empty_frame(REMITTANCES)}):
        assert len(harmonise(tables, reference)) == 0
        assert len(quality_issues(tables, reference)) == 0
