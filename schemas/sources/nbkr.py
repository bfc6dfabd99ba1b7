"""National Bank of the Kyrgyz Republic: remittances and exchange rates, source-shaped.

The layout of the remittance workbook is assumed: no real one was seen. It is read by its labels.
"""

from __future__ import annotations

import pandas as pd

from schemas import fields as f
from schemas.checks import multiple_of
from schemas.table import Field, RowCheck, TableModel, nullable

FIRST_YEAR = 1995
FLOWS = ("inflow", "outflow", "net")

_PLACE: tuple[Field, ...] = (f.RELEASE, f.EXTRACT_ID, f.SOURCE_REF)
_STAMP = ("release", "extract_id")

REMITTANCES = TableModel(
    "nbkr_remittances",
    "Remittances of individuals through money transfer systems, million US dollars, one row a "
    "span, direction and country; the layout of the workbook is assumed",
    (
        Field("period", "text", "The span as printed"),
        f.PERIOD_START,
        f.PERIOD_END,
        Field("flow", "code", "inflow, outflow or net", "nbkr_flow"),
        Field("country", "code", "Partner country as printed, or the total", "area_name:nbkr"),
        Field("value", "number", "The figure as printed", unit="million US dollars"),
        Field("rounding", "number", "Unit of rounding; missing if not known",
              unit="million US dollars", nullable=True),
        nullable(f.QUALIFIER),
        Field("provisional", "boolean", "Whether the figure is called preliminary"),
        Field("remark", "text", "Remark beside the figure", nullable=True),
        Field("published_in", "text", "Where the figure was seen", nullable=True),
        *_PLACE,
    ),
    ("period_start", "period_end", "flow", "country", *_STAMP),
    (
        RowCheck("year_in_range", f"a year from {FIRST_YEAR} to this one",
                 lambda frame: frame["period_end"].dt.year.astype("Int64").between(
                     FIRST_YEAR, pd.Timestamp.now().year), "period_end"),
        RowCheck("within_a_year", "a span in order, within one calendar year",
                 lambda frame: (frame["period_start"] <= frame["period_end"])
                 & (frame["period_start"].dt.year == frame["period_end"].dt.year),
                 "period_start"),
        RowCheck("whole_months", "from the first day of a month to the last of one",
                 lambda frame: (frame["period_start"].dt.day == 1)
                 & pd.to_datetime(frame["period_end"].astype("datetime64[s]")).dt.is_month_end,
                 "period_end"),
        RowCheck("not_negative", "at least 0; only the net flow may be negative",
                 lambda frame: ~(frame["value"] < 0) | (frame["flow"] == "net"), "value"),
        RowCheck("rounding_not_negative", "a unit of rounding above 0, or none",
                 lambda frame: ~(frame["rounding"] <= 0), "rounding"),
        RowCheck("rounding_or_qualifier",
                 "a unit of rounding, or a remark that the figure is about or at least so",
                 lambda frame: frame["rounding"].notna() | frame["qualifier"].notna(), "rounding"),
        multiple_of("rounding"),
    ),
)  # fmt: skip
EXCHANGE_RATES = TableModel(
    "nbkr_exchange_rates",
    "Official exchange rates of the som, one row a day and currency",
    (
        Field("date", "date", "Day from which the rate holds"),
        Field("currency", "text", "Currency as printed: ISO 4217 code or name"),
        Field("nominal", "number", "Units of the currency that the rate is for"),
        Field("rate", "number", "Soms for them", unit="som"),
        *_PLACE,
    ),
    ("date", "currency", *_STAMP),
    (
        RowCheck("nominal_above_zero", "a nominal above 0", lambda frame: frame["nominal"] > 0,
                 "nominal"),
        RowCheck("rate_above_zero", "a rate above 0", lambda frame: frame["rate"] > 0, "rate"),
    ),
)  # fmt: skip

# Exchange rates are read so that anybody can look at them; no figure is made of them.
MODELS: dict[str, TableModel] = {"remittances": REMITTANCES, "exchange_rates": EXCHANGE_RATES}
