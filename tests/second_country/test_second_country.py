"""A second country is reference data and files: country.csv names it, and one build holds both.

The files are UNHCR's of one country, end-2023, and UN DESA's of revision 2020, as the scripts
``warehouse.extracts.write_unhcr`` and ``write_undesa_flat`` take them out of the tables of the
world; no demographics are among them.
"""

from __future__ import annotations

import csv
import json
import re
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.outputs.labels import LANGUAGES
from assets.outputs.site import build
from tests.extended import FIRST, FIXTURE, PACKAGES, PUBLISHER, ROOT, SECOND, Ask, Extended

# What belongs to one country by its nature: its publishers, and the scripts that wrote extracts.
NATIONAL = (
    "assets/sources/nsc/", "assets/sources/nbkr/", "assets/sources/iom_report/",
    "schemas/sources/nsc.py", "schemas/sources/nbkr.py", "schemas/sources/iom_report.py",
    "warehouse/extracts/",
)  # fmt: skip
NAMED = re.compile(rf"\b(?:{FIRST}|{SECOND}|KG-[A-Z]{{1,2}}|Kyrgyzstan|Kazakhstan)\b")

pytestmark = [pytest.mark.xdist_group("extended"), pytest.mark.meanwhile]


@pytest.fixture(scope="module")
def alone(published: duckdb.DuckDBPyConnection) -> Ask:
    """Ask the build of the first country alone."""
    return lambda query: published.execute(query).fetchall()


@pytest.fixture(scope="module")
def both(extended: Extended) -> Ask:
    """Ask a build of both: of a copy of the project whose country.csv has the second too."""
    return extended.ask


def fixture_items(dataset: str) -> list[dict[str, Any]]:
    pages = json.loads((FIXTURE / dataset / "2023-end.json").read_text(encoding="utf-8"))
    return [item for page in pages for item in page["items"]]


def fixture_total(column: str, side: str, year: int) -> int:
    return sum(
        int(item[column])
        for item in fixture_items("population")
        if item[side] == SECOND and item["year"] == year and item[column] != "-"
    )


@pytest.mark.slow
def test_both_countries_have_every_cell_once(both: Ask) -> None:
    counted: dict[str, int] = dict(
        both("SELECT country, count(*) FROM availability_matrix GROUP BY ALL")
    )
    assert set(counted) == {FIRST, SECOND}
    assert counted[FIRST] == counted[SECOND] > 1000


@pytest.mark.slow
def test_the_first_country_is_unchanged(alone: Ask, both: Ask) -> None:
    """But for the figures of the sixth publisher, which are in that build too."""
    cells = (
        "SELECT theme, measure, breakdown, year, status, status_national, rule, evidence, "
        f"observations FROM availability_matrix WHERE country = '{FIRST}'"
    )
    before, after = set(alone(cells)), set(both(cells))
    assert len(before) == len(after) > 1000
    spoken_to = both(
        f"SELECT DISTINCT theme, measure FROM cell_evidence WHERE source = '{PUBLISHER}'"
    )
    assert {row[:2] for row in before ^ after} <= {*spoken_to}
    for view in ("country_stock", "country_flow"):
        figures = (
            f"SELECT * FROM {view} WHERE country = '{FIRST}' AND producer <> '{PUBLISHER}' "
            "ORDER BY ALL"
        )
        assert alone(figures) == both(figures)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("theme", "side", "year"),
    [("refugees_hosted", "coa_iso", 2022), ("refugees_from", "coo_iso", 2023)],
)
def test_the_second_country_has_its_totals(theme: str, side: str, year: int, both: Ask) -> None:
    """Pairs of the two countries too, which a newer extract of the first supersedes for it."""
    (found,) = both(
        "SELECT value, release, derived FROM country_stock "
        f"WHERE country = '{SECOND}' AND theme = '{theme}' AND indicator = 'refugees' "
        f"AND breakdown = 'total' AND year = {year}"
    )
    assert found == (fixture_total("refugees", side, year), "2023-end", True)
    assert found[0] > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("theme", "side", "other"), [("immigration", "dest", "orig"), ("emigration", "orig", "dest")]
)
def test_undesa_covers_the_second_country_in_the_year_it_holds(
    theme: str, side: str, other: str, both: Ask
) -> None:
    """The extract of the first country is not complete for the second: only its own counts."""
    lines = (FIXTURE / "destination_origin" / "2020.csv").read_text(encoding="utf-8").splitlines()
    (printed,) = [
        int(row["value"])
        for row in csv.DictReader(lines)
        if row[f"{side}_iso3"] == SECOND and row[f"{other}_code"] == "900" and row["sex"] == "both"
    ]
    (found,) = both(
        "SELECT year, value, release FROM country_stock "
        f"WHERE country = '{SECOND}' AND theme = '{theme}' AND indicator = 'migrants' "
        "AND breakdown = 'total'"
    )
    assert found == (2020, printed, "2020")
    cells = both(
        f"SELECT year FROM availability_matrix WHERE country = '{SECOND}' AND theme = '{theme}' "
        "AND measure = 'stock' AND breakdown IN ('total', 'sex') AND status = 'available'"
    )
    assert cells == [(2020,), (2020,)]


@pytest.mark.slow
def test_a_pair_of_both_is_of_the_release_of_each(both: Ask) -> None:
    applications = (
        "SELECT country, release, value FROM country_flow WHERE theme = 'refugees_{}' "
        "AND indicator = 'asylum_applications' AND breakdown LIKE 'country_of_%' "
        "AND year = 2023 AND country = '{}' AND partner = '{}'"
    )
    (item,) = [
        one for one in fixture_items("asylum_applications")
        if one["coo_iso"] == FIRST and one["coa_iso"] == SECOND
    ]  # fmt: skip
    assert both(applications.format("hosted", SECOND, FIRST)) == [
        (SECOND, "2023-end", item["applied"])
    ]
    ((_, release, _),) = both(applications.format("from", FIRST, SECOND))
    assert release == "2025-end"
    current = both(
        "SELECT release FROM flow WHERE indicator = 'asylum_applications' AND year = 2023 "
        f"AND origin = '{FIRST}' AND destination = '{SECOND}'"
    )
    assert current == [("2025-end",)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("theme", "measure", "breakdown", "status", "rule"),
    [
        ("refugees_hosted", "stock", "total", "available", "public_complete"),
        ("refugees_hosted", "stock", "country_of_origin", "available", "public_complete"),
        ("refugees_hosted", "stock", "sex", "not_available", "nothing"),
        ("refugees_hosted", "stock", "age", "not_available", "nothing"),
        ("refugees_from", "stock", "total", "available", "public_complete"),
        ("refugees_from", "stock", "sex", "not_available", "nothing"),
        ("refugees_from", "flow", "decision", "available", "public_complete"),
        ("immigration", "stock", "age", "not_available", "nothing"),
        ("remittances", "flow", "total", "not_available", "nothing"),
    ],
)
def test_the_second_country_has_the_cells_that_its_files_hold(
    theme: str, measure: str, breakdown: str, status: str, rule: str, both: Ask
) -> None:
    cells = both(
        f"SELECT DISTINCT status, rule FROM availability_matrix WHERE country = '{SECOND}' "
        f"AND theme = '{theme}' AND measure = '{measure}' AND breakdown = '{breakdown}' "
        "AND year BETWEEN 2020 AND 2022"
    )
    assert cells == [(status, rule)]


@pytest.mark.slow
def test_the_second_country_has_no_national_source(both: Ask) -> None:
    national = both(
        f"SELECT DISTINCT status_national FROM availability_matrix WHERE country = '{SECOND}'"
    )
    assert national == [("not_available",)]
    sources = both(f"SELECT DISTINCT source FROM sources_by_year WHERE country = '{SECOND}'")
    assert sorted(sources) == [("undesa",), ("unhcr",)]


@pytest.mark.slow
def test_the_figures_of_the_first_countrys_extract_speak_to_no_cell_of_the_second(
    both: Ask,
) -> None:
    """Of the second country the extracts of 2024 and 2025 hold single pairs."""
    held = both(
        "SELECT count(*) FROM stock WHERE source = 'undesa' AND release = '2024' "
        f"AND origin = '{SECOND}'"
    )
    assert held[0][0] > 0
    told = both(f"SELECT DISTINCT source, release FROM cell_evidence WHERE country = '{SECOND}'")
    assert sorted(told) == [("undesa", "2020"), ("unhcr", "2023-end")]


def code_that_names(path: Path) -> list[str]:
    """Places of a module that name a country, in code, text or comment."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if NAMED.search(line)
    ]


def test_no_line_of_python_names_a_country_but_national_sources() -> None:
    found = [
        place
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(NATIONAL)
        for place in code_that_names(path)
    ]
    assert found == []


def test_no_view_names_a_country_but_those_of_the_report() -> None:
    """The report's tables and figures are of its own country."""
    found = [
        path.name
        for path in sorted((ROOT / "warehouse" / "views").glob("*.sql"))
        if not path.name.startswith("report_") and NAMED.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "names"),
    [("COUNTRY = 'KGZ'", True), ("# of Kyrgyzstan", True), ('"KG-GB"', True), ("# KAZ", True),
     ("x = KGZONE", False), ('Field("name_ky", "Label in Kyrgyz")', False)],
)  # fmt: skip
def test_a_line_that_names_a_country_is_found(line: str, names: bool) -> None:
    assert bool(NAMED.search(line)) == names


def test_the_fixture_is_small_and_says_where_it_is_from() -> None:
    manifests = sorted(FIXTURE.glob("*/*.manifest.json"))
    assert [path.parent.name for path in manifests] == [
        "asylum_applications", "asylum_decisions", "destination_origin", "population", "solutions",
    ]  # fmt: skip
    for path in manifests:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        assert manifest["scope"] == [SECOND]
        assert manifest["figures_from"]
        (file,) = path.parent.glob(f"{manifest['release']}.[cj]s*[vn]")
        assert file.stat().st_size < 200_000
        if manifest["publisher"] == "unhcr":
            assert manifest["release"] == "2023-end"
            assert manifest["rows"] == len(fixture_items(path.parent.name))
        else:
            lines = file.read_text(encoding="utf-8").splitlines()
            assert manifest["rows"] == len(lines) - 1


def test_the_site_has_a_folder_a_country(
    extended: Extended, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the map alone: what differs by country is where the pages stand."""
    every_page = build.pages
    monkeypatch.setattr(build, "pages", lambda *asked: islice(every_page(*asked), 1))
    styled = []

    def write_pages(_: object, country: str, folder: Path, root: str, back: str) -> list[str]:
        styled.append((country, (folder / root / "static" / "site.css").resolve().is_file()))
        return []

    monkeypatch.setattr(build, "write_pages", write_pages)
    site = build.build_site(extended.connection, tmp_path / "site").index.parent
    assert styled == [(SECOND, True), (FIRST, True)]
    chosen = _links(site / "index.html", "href")
    start = (site / "index.html").read_text(encoding="utf-8")
    assert [re.findall("<span[^>]*>([^<]*)", one) for one in start.split("</h2>")[:2]] == [
        ["Kazakhstan", "Казахстан", "Казакстан"],
        ["Kyrgyzstan", "Кыргызстан"],
    ]
    languages = [f"{country}/{language}" for country in (SECOND, FIRST) for language in LANGUAGES]
    assert chosen == ["static/site.css", *(f"{one}/index.html" for one in languages)]
    for one in languages:
        page = site / one / "index.html"
        static = [link for link in _links(page, "href|src") if "static/" in link]
        others = [link for link in _links(page, "href") if link.startswith("../")]
        assert len(static) > 1
        assert all((page.parent / link).is_file() for link in [*static, *others])
    for country, name in ((SECOND, "Kazakhstan"), (FIRST, "Kyrgyzstan")):
        told = (site / country / "en" / "index.html").read_text(encoding="utf-8")
        assert f"for {name}</h1>" in told


def _links(page: Path, attribute: str) -> list[str]:
    return re.findall(rf'(?:{attribute})="([^"#]+)"', page.read_text(encoding="utf-8"))
