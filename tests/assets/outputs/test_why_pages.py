"""The pages behind the totals: one a theme, indicator and year, with what `migmap why` prints."""

from __future__ import annotations

import html
import re
from pathlib import Path

import duckdb
import pytest

from assets.outputs.why import evidence, finding, pages
from assets.outputs.why.question import parse


@pytest.fixture(scope="module")
def written(
    published: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("site") / "en" / "why"
    with pytest.MonkeyPatch.context() as patch:
        # One year of all; the site has every one.
        patch.setattr(pages, "_TOTALS", f"{pages._TOTALS} AND f.year = 2022")
        return pages.write_pages(published, "KGZ", folder, "../../", "../theme-{theme}.html")


def test_a_page_says_what_the_command_says(
    written: dict[str, Path], published: duckdb.DuckDBPyConnection
) -> None:
    page = html.unescape(written["refugees_from-refugees-2022.html"].read_text(encoding="utf-8"))
    (found,) = finding.find(published, parse("indicator=refugees origin=KGZ year=2022"))
    told = evidence.answer(published, found)
    assert f"Sum of {len(told.parts)} published figures" in page
    for part in told.parts:
        assert f"<code>{part['source_ref']}</code>" in page
    for file in told.files:
        assert file["extract_id"] in page
        assert file["licence"] in page
    for other in told.other_releases:
        assert f"{other['release']}, known by {other['known_on']}: " in page
    for step in told.way:
        assert step["asset"] in page
    assert told.definitions[0]["text_en"] in page
    assert 'href="../theme-refugees_from.html"' in page
    assert 'href="../../static/site.css"' in page


def test_each_total_has_a_page_of_its_own(
    written: dict[str, Path], published: duckdb.DuckDBPyConnection
) -> None:
    query = """
        SELECT count(*) FROM (
            SELECT theme, indicator, year, 'stock' AS measure FROM country_stock
            WHERE dimension = 'total'
            UNION ALL SELECT theme, indicator, year, 'flow' FROM country_flow
            WHERE dimension = 'total'
        ) JOIN theme_indicator USING (theme, measure, indicator)
        WHERE year = 2022 AND role = 'primary'
    """
    assert published.execute(query).fetchall() == [(len(written),)]
    assert {path.name for path in next(iter(written.values())).parent.iterdir()} == set(written)
    assert all(re.fullmatch(r"[a-z_]+-[a-z_]+-2022[\w-]*\.html", name) for name in written)


def test_a_page_loads_nothing_from_elsewhere(written: dict[str, Path]) -> None:
    for path in written.values():
        page = path.read_text(encoding="utf-8")
        assert re.findall(r"(?:href|src)=\"(?!\.\./)[^#\"]*\"", page) == []
        assert "<script" not in page
        assert path.stat().st_size < 50_000
