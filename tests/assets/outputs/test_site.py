"""The pages of the report site, read as text: what is on them, and what may never be."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from assets.outputs.assets import PublishedHome
from assets.outputs.assets import site as site_asset
from assets.outputs.labels import LANGUAGES, STATUSES, labels
from assets.outputs.site import findings, series
from assets.outputs.site.build import build_site
from assets.outputs.site.picture import matrix_png, matrix_svg, squeezed
from assets.outputs.site.rendering import environment
from assets.outputs.site.wording import figure
from warehouse.files import NotOurs

# The site is made once, so its tests stay with one worker.
pytestmark = pytest.mark.xdist_group("report-site")

PAGE_BYTES = 1_500_000
VOID = {"meta", "link", "br", "img", "input", "rect", "line", "path"}
LOADING = {("link", "href"), ("script", "src"), ("img", "src")}


class Page(HTMLParser):
    """What a page has: tags with their attributes, ids, and whether its tags are balanced."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{self.getpos()}: </{tag}>")

    def ids(self) -> list[str]:
        return [one["id"] for _, one in self.tags if one.get("id")]  # type: ignore[misc]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {path.relative_to(site).as_posix(): Page(path) for path in site.rglob("*.html")}


def test_every_language_has_the_same_pages(site: Path) -> None:
    names = {
        language: sorted(p.name for p in (site / language).iterdir() if p.name != "why")
        for language in LANGUAGES
    }
    assert names["en"] == names["ru"] == names["ky"]
    assert {"index.html", "figures.html", "report-check.html", "theme-remittances.html"} <= set(
        names["en"]
    )


def test_pages_are_small(site: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in site.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size > PAGE_BYTES} == {}


def test_nothing_is_loaded_from_outside(pages: dict[str, Page], site: Path) -> None:
    loaded = {
        (name, str(attributes[attribute]))
        for name, page in pages.items()
        for tag, attributes in page.tags
        for wanted, attribute in LOADING
        if tag == wanted and attribute in attributes
    }
    assert len(loaded) > len(pages)
    missing = [one for one in loaded if not (site / one[0]).parent.joinpath(one[1]).is_file()]
    assert missing == []
    style = (site / "static" / "site.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style
    script = (site / "static" / "site.js").read_text(encoding="utf-8")
    assert not re.search(r"fetch\(|XMLHttpRequest|import |https?:|innerHTML|eval\(", script)


def test_pictures_load_nothing(site: Path) -> None:
    for path in site.rglob("*.svg"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:href|src)=|url\(|<script|<foreignObject|@import", text), path.name


def test_pages_allow_their_own_files_only(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        (policy,) = [
            one["content"] for tag, one in page.tags
            if tag == "meta" and one.get("http-equiv") == "Content-Security-Policy"
        ]  # fmt: skip
        assert policy is not None
        assert policy.startswith("default-src 'none'"), name
        assert not re.search(r"unsafe|\*|https?:|data:", policy), name


def test_no_page_has_code_or_style_of_its_own(pages: dict[str, Page]) -> None:
    found = [
        f"{name}: {tag} {attribute}"
        for name, page in pages.items()
        for tag, attributes in page.tags
        for attribute in attributes
        if attribute.startswith("on") or attribute == "style" or tag == "style"
    ]
    assert found == []


def test_pages_are_well_formed(pages: dict[str, Page]) -> None:
    assert {name: page.faults or page.open for name, page in pages.items()
            if page.faults or page.open} == {}  # fmt: skip
    repeated = {
        name: sorted({one for one in page.ids() if page.ids().count(one) > 1})
        for name, page in pages.items()
        if len(set(page.ids())) != len(page.ids())
    }
    assert repeated == {}


def test_every_link_within_the_site_has_its_end(pages: dict[str, Page], site: Path) -> None:
    ids = {name: set(page.ids()) for name, page in pages.items()}
    root = site.resolve()

    @cache
    def target_of(folder: Path, file: str) -> str:
        return (folder / file).resolve().relative_to(root).as_posix()

    broken = []
    for name, page in pages.items():
        folder = (site / name).parent
        for tag, attributes in page.tags:
            link = attributes.get("href")
            if tag != "a" or link is None or link.startswith(("https://", "http://")):
                continue
            file, _, anchor = link.partition("#")
            target = target_of(folder, file) if file else name
            if target not in ids or (anchor and anchor not in ids[target]):
                broken.append(f"{name}: {link}")
    assert broken == []


def test_the_language_switch_leads_to_the_same_page(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        if name.count("/") != 1:
            continue
        language, file = name.split("/")
        switch = {
            one["data-language"]: one["href"] for _, one in page.tags if "data-language" in one
        }
        assert switch == {other: f"../{other}/{file}" for other in LANGUAGES}
        assert dict(page.tags[0][1])["lang"] == language


def cells_of(site: Path, page: str) -> dict[str, Any]:
    text = (site / page).read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="cell-data">(.*?)</script>', text)
    assert found is not None
    return dict(json.loads(found[1]))


def test_every_cell_of_the_matrix_is_on_the_map(
    site: Path, published: duckdb.DuckDBPyConnection
) -> None:
    told = cells_of(site, "ky/index.html")
    shown = {
        (*told["rows"][row][:3], year): (status, national, rule, told["reasons"][reason])
        for row, year, status, national, rule, reason, *_ in told["cells"].values()
    }
    held = published.sql(
        "SELECT theme, measure, breakdown, year, status, status_national, rule, reason "
        "FROM availability_matrix WHERE country = 'KGZ'"
    ).fetchall()
    assert shown == {tuple(row[:4]): tuple(row[4:]) for row in held}


def test_a_cell_shows_the_figures_of_the_warehouse(
    site: Path, published: duckdb.DuckDBPyConnection
) -> None:
    told = cells_of(site, "en/theme-refugees_hosted.html")
    figures = told["cells"]["refugees_hosted-stock-total-2025"][9]
    ((value, source),) = published.sql(
        "SELECT value, concat_ws(' · ', source, dataset, release) FROM country_stock "
        "WHERE country = 'KGZ' AND theme = 'refugees_hosted' AND indicator = 'refugees' "
        "AND breakdown = 'total' AND year = 2025"
    ).fetchall()
    assert [f"{value:,.0f}", "Refugees"] == figures[0][:2]
    assert figures[0][2].startswith(source)


def test_revisions_are_those_of_the_newest_releases(
    published: duckdb.DuckDBPyConnection,
) -> None:
    told = {(one["source"], one["dataset"]): one for one in findings.revisions(published, "KGZ")}
    assert told["unhcr", "population"]["release_after"] == "2025-end"
    ((changed,),) = published.sql(
        "SELECT count(*) FROM revision WHERE source = 'unhcr' AND dataset = 'demographics' "
        "AND release_after = '2025-end' AND change = 'changed' AND 'KGZ' IN (origin, destination)"
    ).fetchall()
    assert told["unhcr", "demographics"]["changed"] == changed > 0


def test_a_site_takes_only_its_own_folder(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(NotOurs):
        build_site(published, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_asset_builds_the_site(
    refreshed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "migration.duckdb").symlink_to(refreshed_home / "migration.duckdb")
    monkeypatch.setattr("assets.outputs.site.build.build_site", built := Recorder())
    done = dg.materialize(
        [site_asset], resources={"published_home": PublishedHome(root=str(tmp_path))}
    )
    (made,) = done.asset_materializations_for_node(site_asset.node_def.name)
    assert built.target == tmp_path / "var" / "outputs" / "site"
    assert made.metadata["internal_files"].value == 0


class Recorder:
    """Stands for the building, which has been tested."""

    target: Path | None = None

    def __call__(self, connection: duckdb.DuckDBPyConnection, target: Path) -> Any:
        self.target = target
        return type("Built", (), {"pages": 1, "bytes": 2, "build_id": "b", "index": target})


# --- small parts


FIGURE = {
    "indicator": "refugees", "partner": "AFG", "breakdown": "country_of_origin", "sex": "F",
    "age": "_T", "education": "_T", "employment": "_T", "reason": "_T", "detail": "_T",
    "theme": "refugees_hosted", "year": 2022, "unit": "persons", "universe": "_T",
    "value": 12.0, "qualifier": "at_least", "obs_status": "E", "derived": True,
    "source": "unhcr", "dataset": "population", "release": "2025-end",
}  # fmt: skip


def test_a_figure_in_words(published: duckdb.DuckDBPyConnection) -> None:
    said = figure(FIGURE, labels(published, "en"))
    assert said.what == "Refugees · Afghanistan · Women"
    assert said.value == "≥\u00a012"
    assert said.remarks == ("Estimated", "derived from published parts")
    missing = figure(FIGURE | {"value": None, "obs_status": "Q"}, labels(published, "en"))
    assert missing.value == labels(published, "en").code("obs_status", "Q").text
    zero = figure(FIGURE | {"value": 0.0, "qualifier": None}, labels(published, "en"))
    assert zero.value == "0"


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("place=KG-GB", "Bishkek"),
        ("place=Osh%3B%20city", "Osh; city"),
        ("level=inter_oblast", "inter oblast"),
    ],
)
def test_a_place_has_its_name(detail: str, said: str, published: duckdb.DuckDBPyConnection) -> None:
    assert said in figure(FIGURE | {"detail": detail}, labels(published, "en")).what


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Extreme temperature"), ("ru", "Экстремальная температура"),
     ("ky", "Экстремалдуу температура")],
)  # fmt: skip
def test_a_hazard_has_its_name(
    language: str, said: str, published: duckdb.DuckDBPyConnection
) -> None:
    row = FIGURE | {"detail": "hazard=Extreme Temperature"}
    assert said in figure(row, labels(published, language)).what


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "National Bank of the Kyrgyz Republic"),
     ("ru", "Национальный банк Кыргызской Республики"),
     ("ky", "Кыргыз Республикасынын Улуттук банкы")],
)  # fmt: skip
@pytest.mark.parametrize("page", ["sources", "about", "theme-remittances"])
def test_institutions_have_their_names(language: str, said: str, page: str, site: Path) -> None:
    text = (site / language / f"{page}.html").read_text(encoding="utf-8")
    assert f">{said}<" in text
    # How the bank wants to be cited is its name in English.
    if language != "en" and page != "about":
        assert "National Bank of the Kyrgyz Republic<" not in text


def points(*numbers: float | None) -> series.Series:
    label = labels_of_nothing().text("site.close")
    made = series.Series("series-1", "x", "stock", label, "", None, label, None)
    made.points.extend(
        series.Point(2000 + place, number, "", [], "a", "a.html")
        for place, number in enumerate(numbers)
    )
    return made


def labels_of_nothing() -> Any:
    from assets.outputs.labels import Labels

    return Labels("en", {})


def test_a_chart_has_a_column_for_each_figure_and_none_for_a_missing_one() -> None:
    drawn = series.chart(points(1.0, None, 0.0, 4.0), labels_of_nothing())
    assert drawn is not None
    assert drawn.count("<rect") == 3
    heights = [float(one) for one in re.findall(r'height="([\d.]+)"/>', drawn)]
    assert heights[2] == pytest.approx(4 * heights[0], rel=0.01)
    assert 0 < heights[1] < 2


@pytest.mark.parametrize("numbers", [(1.0,), (None, None), (0.0, 0.0), (None, 3.0)])
def test_no_chart_of_nothing(numbers: tuple[float | None, ...]) -> None:
    assert series.chart(points(*numbers), labels_of_nothing()) is None


def test_what_is_not_told_is_said_to_be_not_told(
    site: Path, published: duckdb.DuckDBPyConnection
) -> None:
    templates = environment(labels(published, "ru"))
    for printed in ("{{ x }}", "{{ english(x) }}"):
        assert templates.from_string(printed).render(x=None) == "не указано"
        assert "0" in templates.from_string(printed).render(x=0)
    for page in site.rglob("*.html"):
        shown = page.read_text(encoding="utf-8")
        assert [one for one in (">None<", ">nan<", ">NaT<", "&lt;NA&gt;") if one in shown] == []


def test_what_templates_print_is_escaped() -> None:
    made = environment(labels_of_nothing(), page_names=())
    text = made.from_string("{{ said(labels.area(x)) }}{{ english(x) }}{{ x }}").render(
        x="<script>alert(1)</script>"
    )
    assert text.count("&lt;script&gt;") == 3
    assert "<script" not in text
    data = made.from_string("{{ x|tojson }}").render(x="</script><b>")
    assert "<" not in data


def test_a_total_links_to_the_page_that_says_where_it_comes_from(
    pages: dict[str, Page], site: Path
) -> None:
    name = "refugees_hosted-refugees-2022.html"
    for language, way in (("en", "why/"), ("ky", "../en/why/")):
        links = [one.get("href") for _, one in pages[f"{language}/theme-refugees_hosted.html"].tags]
        assert f"{way}{name}" in links
        told = cells_of(site, f"{language}/index.html")
        assert told["why"] == way
        assert told["cells"]["refugees_hosted-stock-total-2022"][9][0][3] == name
        assert len(told["cells"]["refugees_hosted-stock-sex-2022"][9][0]) == 3


def test_the_picture_has_every_cell(published: duckdb.DuckDBPyConnection) -> None:
    drawn = matrix_svg(published, "KGZ", labels(published, "ru"))
    ((cells,),) = published.sql(
        "SELECT count(*) FROM availability_matrix WHERE country = 'KGZ'"
    ).fetchall()
    assert drawn.count("<rect") == cells + len(STATUSES) + 1
    png = matrix_png(published, "KGZ", labels(published, "en"))
    assert png.startswith(b"\x89PNG")
    assert squeezed(png) == png
