"""Draw a figure with Vega-Lite, and render it to SVG or PNG without a browser or a network."""

from __future__ import annotations

import math
import textwrap
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, TypeAlias

import altair as alt
import duckdb
import pandas as pd

from assets.outputs.charts.figures import FIGURES, rows, sources
from assets.outputs.labels import SIGNS, Labels, labels, texts_in

_Drawn: TypeAlias = alt.LayerChart | alt.FacetChart
_TEXTS = Path(__file__).parent / "texts"
# Okabe and Ito's colours, apart for the colour-blind; their lightness differs too, so that they
# stay apart in black and white.
_COLOURS = ["#0072B2", "#E69F00", "#999999", "#CC79A7", "#009E73", "#56B4E9", "#D55E00", "#000000"]
_INK, _QUIET = "#1a1a1a", "#5f5f5f"
_FONT = "Noto Sans, Segoe UI, DejaVu Sans, Arial, sans-serif"
_WIDTH, _HEIGHT, _BAR = 640, 280, 26
# More columns than this have no room for a number above each.
_ROOM = 24
_SCALE = 2.0
# From here on a picture has no room for decimals; the table beside it has them.
_WHOLE = 10_000
_LONG = 8
_THOUSANDS = {
    True: "format(datum.value, ',')",
    False: "replace(format(datum.value, ','), ',', '\u00a0')",
}


def texts(language: str) -> dict[str, Any]:
    """Titles, units and names of series in a language.

    Args:
        language: en, ru or ky.

    Raises:
        KeyError: There are no texts in that language.
    """
    return texts_in(_TEXTS, language)


def title(number: int, language: str) -> str:
    """The title of a figure."""
    return str(texts(language)["title"][str(number)])


def svg(connection: duckdb.DuckDBPyConnection, number: int, language: str) -> str:
    """A figure as SVG, with title, legend and source.

    Args:
        connection: The published warehouse.
        number: Number of the figure in the report, 1 to 15.
        language: en, ru or ky.
    """
    drawn = StringIO()
    figure(connection, number, language).save(drawn, format="svg")
    return drawn.getvalue()


def png(connection: duckdb.DuckDBPyConnection, number: int, language: str) -> bytes:
    """A figure as PNG, at twice the size of the SVG; arguments as in ``svg``."""
    drawn = BytesIO()
    figure(connection, number, language).save(drawn, format="png", scale_factor=_SCALE)
    return drawn.getvalue()


def figure(connection: duckdb.DuckDBPyConnection, number: int, language: str) -> alt.VConcatChart:
    """A figure as a Vega-Lite chart; arguments as in ``svg``."""
    said = texts(language)
    shape = FIGURES[number].shape
    frame = _labelled(rows(connection, number), connection, language)
    draw = {"columns": _columns, "bars": _bars, "lines": _lines}[shape]
    chart = draw(frame, language).properties(
        title=alt.TitleParams(
            textwrap.wrap(title(number, language), 76),
            subtitle=_subtitle(frame, FIGURES[number].unit, said),
            anchor="start", offset=14, fontSize=16, subtitleFontSize=12,
            color=_INK, subtitleColor=_QUIET, subtitlePadding=6,
        )
    )  # fmt: skip
    named = "; ".join(sources(connection, number)) or said["no_source"]
    source = alt.TitleParams(
        textwrap.wrap(f"{said['source']}: {named}", 110),
        orient="bottom", anchor="start", offset=12, fontSize=11, fontWeight="normal", color=_QUIET,
    )  # fmt: skip
    whole: alt.VConcatChart = (
        alt.vconcat(chart, title=source, usermeta={"embedOptions": {"actions": False}})
        .configure(font=_FONT, aria=False, background="white", padding=12)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, labelColor=_INK, domainColor=_QUIET, tickColor=_QUIET)
        .configure_legend(labelFontSize=12, labelColor=_INK, symbolSize=110, labelLimit=320)
    )
    return whole


def _labelled(
    frame: pd.DataFrame, connection: duckdb.DuckDBPyConnection, language: str
) -> pd.DataFrame:
    """Put names for codes, and the text that stands at each mark."""
    said = texts(language)
    words = labels(connection, language)
    areas = {code: str(name) for (kind, code), name in words.names.items() if kind == "area"}
    named, named_series = areas | said["place"], areas | said["series"]
    return frame.assign(
        place=[
            named.get(area, place) if area is not None and pd.notna(area) else place
            for place, area in zip(frame["place"], frame["area"], strict=True)
        ],
        series=frame["series"].map(named_series).astype("object"),
        text=[
            _number(value, words, qualifier)
            for value, qualifier in zip(frame["value"], frame["qualifier"], strict=True)
        ],
    )


def _number(value: float, words: Labels, qualifier: object) -> str:
    """A figure as it is read in a language; a dash where there is none, never a zero."""
    if math.isnan(value):
        return "–"
    sign = SIGNS.get(str(qualifier))
    number = words.number(round(value, 0 if abs(value) >= _WHOLE else 1))
    return f"{sign} {number}" if sign else number


def _subtitle(frame: pd.DataFrame, unit: str, said: dict[str, Any]) -> list[str]:
    signs = [said["missing"]] if frame["value"].isna().any() else []
    signs += [said["partial"]] if frame["partial"].any() else []
    return [said["unit"][unit], *(["; ".join(signs)] if signs else [])]


def _columns(frame: pd.DataFrame, _: str) -> _Drawn:
    """Columns over the years, side by side where there are several series."""
    series = frame["series"].dropna().unique().tolist()
    years = sorted(frame["place"].unique())
    base = alt.Chart(frame).encode(
        x=alt.X(
            "place:N", title=None, sort=years,
            axis=alt.Axis(labelAngle=0 if len(years) <= 16 else -90, ticks=False),
            scale=alt.Scale(paddingInner=0.25),
        ),
        y=alt.Y(
            "value:Q", title=None, scale=_from_zero(frame),
            axis=alt.Axis(grid=False, labels=False, ticks=False, domain=False),
        ),
        **_side_by_side(series),
    )  # fmt: skip
    bars = base.transform_filter("isValid(datum.value)").mark_bar(color=_COLOURS[0])
    bars = bars.encode(
        opacity=alt.condition("datum.partial", alt.value(0.45), alt.value(1)), **_coloured(series)
    )
    crowded = len(years) > _ROOM
    numbers = base.transform_filter("isValid(datum.value)").mark_text(
        dy=-7, fontSize=_number_size(frame, crowded or len(series) > 1), color=_INK
    )
    dashes = (
        base.transform_filter("!isValid(datum.value)")
        .transform_calculate(value="0")
        .mark_text(dy=-7, fontSize=12, color=_QUIET)
    )
    return alt.layer(bars, numbers.encode(text="text:N"), dashes.encode(text="text:N")).properties(
        width=_WIDTH, height=_HEIGHT
    )


def _from_zero(frame: pd.DataFrame) -> alt.Scale:
    """From zero to the largest; with no figure at all, to any end, so that dashes stand at zero."""
    if frame["value"].isna().all():
        return alt.Scale(domain=[0, 1])
    return alt.Scale(domainMin=0)


def _number_size(frame: pd.DataFrame, close: bool) -> int:
    """Size of the numbers above columns: small where the columns are close and the numbers long."""
    if not close:
        return 11
    return 8 if frame["text"].str.len().max() > _LONG else 9


def _side_by_side(series: list[str]) -> dict[str, Any]:
    return {"xOffset": alt.XOffset("series:N", sort=series)} if series else {}


def _coloured(series: list[str]) -> dict[str, Any]:
    if not series:
        return {}
    scale = alt.Scale(domain=series, range=_COLOURS[: len(series)])
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal")
    return {"color": alt.Color("series:N", scale=scale, legend=legend)}


def _bars(frame: pd.DataFrame, _: str) -> _Drawn:
    """Horizontal bars over places, in the order of the view."""
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "place:N", title=None, sort=frame["place"].tolist(),
            axis=alt.Axis(ticks=False, labelLimit=260),
        ),
        x=alt.X(
            "value:Q", title=None, scale=_from_zero(frame),
            axis=alt.Axis(grid=False, labels=False, ticks=False, domain=False),
        ),
        text="text:N",
    )  # fmt: skip
    held = base.transform_filter("isValid(datum.value)")
    dashes = base.transform_filter("!isValid(datum.value)").transform_calculate(value="0")
    return alt.layer(
        held.mark_bar(color=_COLOURS[0], height=_BAR - 8),
        held.mark_text(align="left", dx=5, fontSize=11, color=_INK),
        dashes.mark_text(align="left", dx=5, fontSize=12, color=_QUIET),
    ).properties(width=_WIDTH - 160, height=_BAR * frame["place"].nunique())


def _lines(frame: pd.DataFrame, language: str) -> _Drawn:
    """A line a series, told apart by colour and by the shape of its points."""
    last = frame[frame["place"] == frame["place"].max()].sort_values("value", ascending=False)
    names = last["series"].tolist()
    scale = alt.Scale(domain=names, range=_COLOURS[: len(names)])
    legend = alt.Legend(title=None, orient="bottom", columns=4)
    base = alt.Chart(frame).encode(
        x=alt.X("place:O", title=None, axis=alt.Axis(labelAngle=0, ticks=False)),
        y=alt.Y(
            "value:Q", title=None, scale=alt.Scale(domainMin=0),
            axis=alt.Axis(
                grid=True, gridColor="#e6e6e6", domain=False, ticks=False, tickCount=5,
                labelExpr=_THOUSANDS[language == "en"],
            ),
        ),
        color=alt.Color("series:N", scale=scale, legend=legend),
        shape=alt.Shape("series:N", scale=alt.Scale(domain=names), legend=legend),
    )  # fmt: skip
    # The largest has its numbers written: on its scale the others can't be read off.
    largest = base.transform_filter(alt.datum.series == names[0])
    return alt.layer(
        base.mark_line(strokeWidth=1.6),
        base.mark_point(filled=True, size=55, opacity=1),
        largest.mark_text(dy=-12, fontSize=11, color=_INK).encode(
            text="text:N", color=alt.value(_INK), shape=alt.Undefined
        ),
    ).properties(width=_WIDTH, height=_HEIGHT + 40)
