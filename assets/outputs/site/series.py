"""A theme's totals over the years, each with a small chart."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
from babel.numbers import format_compact_decimal
from markupsafe import Markup

from assets.outputs.labels import Label, Labels
from assets.outputs.queries import Record, records
from assets.outputs.site.wording import detail, remarks, value
from assets.outputs.why.pages import page_name

# Money has no total of its own where publishers give it by channel; its channels never add up.
_SERIES = """
SELECT f.theme, '{measure}' AS measure, f.indicator, f.breakdown, f.detail, f.unit, f.universe,
    f.year, f.value, f.qualifier, f.obs_status, f.derived, f.source, f.dataset, f.release,
    i.role
FROM country_{measure} AS f
LEFT JOIN theme_indicator AS i
    ON i.theme = f.theme AND i.measure = '{measure}' AND i.indicator = f.indicator
WHERE f.country = ? AND f.theme = ? AND f.breakdown IN ('total', 'channel')
ORDER BY i.role <> 'primary', f.indicator, f.detail, f.unit, f.universe, f.year
"""
_WIDTH, _HEIGHT, _TOP, _FOOT = 360, 132, 18, 18
_LONG_NUMBER = 1e7


@dataclass(frozen=True)
class Point:
    """A year of a series: its figure as it is said, its number for the chart, whose it is.

    ``page`` is the file name of the page that says where it comes from, if there is one.
    """

    year: int
    number: float | None
    said: str
    remarks: list[Label]
    source: str
    page: str


@dataclass(frozen=True)
class Series:
    """The totals of one indicator, oldest first."""

    id: str
    indicator: str
    measure: str
    name: Label
    split: str
    role: str | None
    unit: Label
    universe: Label | None
    points: list[Point] = field(default_factory=list)

    @property
    def sources(self) -> list[str]:
        """Publisher, dataset and release, each once, the newest first."""
        return list(dict.fromkeys(point.source for point in reversed(self.points)))


def of_theme(
    connection: duckdb.DuckDBPyConnection, country: str, theme: str, labels: Labels
) -> list[Series]:
    """The series of a theme, those that decide its cells first."""
    found: dict[tuple[str, ...], Series] = {}
    for measure in ("stock", "flow"):
        for row in records(connection, _SERIES.format(measure=measure), country, theme):
            key = (measure, row["indicator"], row["detail"], row["unit"], row["universe"])
            if key not in found:
                found[key] = _series(row, labels, len(found))
            found[key].points.append(_point(row, labels))
    return list(found.values())


def _series(row: Record, labels: Labels, place: int) -> Series:
    whole = row["universe"] == "_T"
    return Series(
        id=f"series-{place + 1}",
        indicator=row["indicator"],
        measure=row["measure"],
        name=labels.indicator(row["indicator"]),
        split=", ".join(detail(row["detail"], labels)),
        role=row["role"],
        unit=labels.code("unit", row["unit"]),
        universe=None if whole else labels.code("universe", row["universe"]),
    )


def _point(row: Record, labels: Labels) -> Point:
    source = f"{row['source']} · {row['dataset']} · {row['release']}"
    said, page = value(row, labels), page_name(row)
    return Point(row["year"], row["value"], said, remarks(row, labels), source, page)


def chart(series: Series, labels: Labels) -> Markup | None:
    """Columns over the years as SVG; None for fewer than two figures, or for nothing but zeros.

    A year without a figure has no column, a figure of zero a line on the axis.
    """
    held = [(point.year, point.number) for point in series.points if point.number is not None]
    if len(held) < 2 or not any(number for _, number in held):
        return None
    first, last = held[0][0], held[-1][0]
    largest = max(max(number for _, number in held), 0.0)
    smallest = min(min(number for _, number in held), 0.0)
    room, span = _HEIGHT - _TOP - _FOOT, (largest - smallest) or 1.0
    step = _WIDTH / (last - first + 1)
    zero = _TOP + room * largest / span
    parts = [Markup('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>').format(
        _WIDTH, _short(zero), _short(zero))]  # fmt: skip
    for year, number in held:
        height = max(room * abs(number) / span, 1.5)
        top = zero - height if number >= 0 else zero
        parts.append(
            Markup('<rect x="{}" y="{}" width="{}" height="{}"/>').format(
                _short((year - first) * step + step * 0.12), _short(top),
                _short(step * 0.76), _short(height),
            )
        )  # fmt: skip
    parts += _words(held, step, zero, room / span, labels)
    said = labels.text(
        "site.series.chart", name=series.name, first=first, last=last,
        largest=labels.number(largest), latest=labels.number(held[-1][1]),
    )  # fmt: skip
    return Markup(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(_WIDTH, _HEIGHT, said.text, Markup("").join(parts))


def _words(
    held: list[tuple[int, float]], step: float, zero: float, scale: float, labels: Labels
) -> list[Markup]:
    """The first and the last year, and the number of the largest column."""
    first, last = held[0], held[-1]
    text = Markup('<text class="{}" x="{}" y="{}">{}</text>')
    parts = [
        text.format("from", 0, _HEIGHT - 4, first[0]),
        text.format("to", _WIDTH, _HEIGHT - 4, last[0]),
    ]
    year, number = max(held, key=lambda one: one[1])
    middle = (year - first[0] + 0.5) * step
    at = "to" if middle > _WIDTH * 0.85 else "from" if middle < _WIDTH * 0.15 else "middle"
    where = {"to": _WIDTH, "from": 0, "middle": middle}[at]
    top = zero - max(number, 0) * scale - 5
    parts.append(text.format(f"{at} value", _short(where), _short(top), _brief(number, labels)))
    return parts


def _brief(number: float, labels: Labels) -> str:
    if abs(number) < _LONG_NUMBER:
        return labels.number(round(number, 1))
    return str(format_compact_decimal(number, locale=labels.language, fraction_digits=1))


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
