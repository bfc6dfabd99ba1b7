"""Pages that say where the totals of each theme and year come from, for the report site."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assets.outputs.queries import Record, records, remembering
from assets.outputs.why.evidence import Views, answer, releases_of
from assets.outputs.why.finding import Candidate
from assets.outputs.why.text import amount

TEMPLATES_FOLDER = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
_MEASURES = ("stock", "flow")
# Totals of what a theme is about; what stands beside it has its cells, not its pages.
_TOTALS = """
SELECT '{measure}' AS measure,
    CASE ti.side WHEN 'destination' THEN f.partner ELSE f.country END AS origin,
    CASE ti.side WHEN 'origin' THEN f.partner ELSE f.country END AS destination, f.*
FROM why_{measure}_now AS f
JOIN theme_indicator AS ti
    ON ti.theme = f.theme AND ti.indicator = f.indicator AND ti.measure = '{measure}'
WHERE ti.role = 'primary' AND f.country = ?
"""
_FACTS = """
CREATE TEMP TABLE why_{measure}_facts AS
FROM {measure}_history SEMI JOIN why_{measure}_parts USING (extract_id, source_ref)
"""


def page_name(row: Record) -> str:
    """File name of the page of a total: theme, indicator, year, and what tells it from others."""
    further = [str(row["unit"])] if row["unit"] not in ("persons", "usd") else []
    further += [str(row["universe"])] if row["universe"] != "_T" else []
    return "-".join([row["theme"], row["indicator"], str(row["year"]), *further]) + ".html"


def write_pages(
    connection: duckdb.DuckDBPyConnection, country: str, folder: Path, root: str, back: str
) -> dict[str, Path]:
    """Write a page for each current total of a country.

    Args:
        connection: The published file; temporary tables are made beside it.
        country: The country.
        folder: Where the pages go; it is made.
        root: The way from there to the site's root.
        back: The way from there to a theme's page, ``{theme}`` for its code.

    Returns:
        The page of each total by its name (see ``page_name``).
    """
    template = Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER), autoescape=True, undefined=StrictUndefined
    ).get_template("why.html")
    template.environment.globals.update(amount=amount, policy=POLICY)
    own = connection.cursor()
    views = _kept_at_hand(own)
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    query = " UNION ALL BY NAME ".join(_TOTALS.format(measure=one) for one in _MEASURES)
    asked = remembering(own)
    for row in records(own, query, *[country] * len(_MEASURES)):
        told = answer(asked, Candidate("country", row, None, (row["theme"],)), views)
        name = page_name(row)
        title = f"{row['indicator_en']}, {row['year']}"
        page = template.render(
            one=told, title=title, root=root, back=back.format(theme=row["theme"])
        )
        written[name] = folder / name
        written[name].write_text(page, encoding="utf-8")
    return written


def _kept_at_hand(connection: duckdb.DuckDBPyConnection) -> Views:
    """Totals now and as each release made them known, and their parts, worked out once."""
    for measure in _MEASURES:
        for name, relation in (
            ("now", f"country_{measure}"),
            ("parts", f"country_{measure}_parts"),
        ):
            connection.execute(
                f"CREATE TEMP TABLE why_{measure}_{name} AS FROM main.{relation} "
                "WHERE dimension = 'total'"
            )
        connection.execute(_FACTS.format(measure=measure))
        asked = f"SELECT DISTINCT source, dataset FROM why_{measure}_now"
        held = [releases_of(connection, *one) for one in connection.execute(asked).fetchall()]
        for day in {day for days in held if len(days) > 1 for day in days.values()}:
            connection.execute(
                f"CREATE TEMP TABLE {_table(measure, day)} AS "
                f"FROM country_{measure}_known_on(DATE '{day}') WHERE dimension = 'total'"
            )
    return Views(
        _table, lambda measure, _: f"why_{measure}_parts", lambda measure: f"why_{measure}_facts"
    )


def _table(measure: str, day: date | None) -> str:
    return f"why_{measure}_{day:%Y%m%d}" if day else f"why_{measure}_now"
