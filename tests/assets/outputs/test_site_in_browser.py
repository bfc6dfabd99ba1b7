"""The report site in a real browser, from disk: what people see, and what it asks nobody for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import InvalidSessionIdException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from assets.outputs.labels import LANGUAGES

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / ".axe" / "node_modules" / "axe-core" / "axe.min.js"
MAY_DIE = 1  # times; once in many whole runs Chromium itself died
PATIENCE = 30  # seconds; a page needs one, but a busy machine may take its time
CELL = "refugees_hosted-stock-total-2022"
GRAVE = ("serious", "critical")
# One of each template, and each language at least once.
TEMPLATES = [
    "en/index.html", "ru/theme-refugees_hosted.html", "en/figures.html", "en/report-check.html",
    "ky/sources.html", "en/searches.html", "ru/conventions.html", "ky/about.html",
    "index.html#choose",
]  # fmt: skip
WIDTHS = {"phone": 390, "tablet": 820, "desktop": 1400}

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("report-site")]


class Reader:
    """A browser that reads the site from disk.

    A Chromium that dies under a page is started again once for all tests: a page that kills it
    each time fails its test.
    """

    def __init__(self, start: Callable[[], webdriver.Chrome], site: Path) -> None:
        self.start = start
        self.driver = start()
        self.site = site
        self.died = 0

    def open(self, page: str) -> None:
        # From a blank page, so that a page of the same name with another anchor is read anew.
        self._get("about:blank")
        self.turn_to(page)

    def turn_to(self, page: str) -> None:
        """Open another page than this one."""
        self._get(f"{self.site.as_uri()}/{page}")

    def _get(self, address: str) -> None:
        try:
            self.driver.get(address)
        except InvalidSessionIdException:
            self.died += 1
            if self.died > MAY_DIE:
                raise
            self.driver = self.start()
            self.driver.get(address)

    def find(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def press(self, *keys: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self) -> Any:
        return self.driver.switch_to.active_element

    def until(self, condition: Callable[[], bool]) -> None:
        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(lambda _: condition())

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses that pages asked for since the last call; the browser's own parts aside."""
        told = (json.loads(one["message"])["message"] for one in self.driver.get_log("performance"))
        return [
            one["params"]["request"]["url"]
            for one in told
            if one["method"] == "Network.requestWillBeSent"
            and not one["params"]["request"]["url"].startswith(("chrome:", "about:", "data:"))
        ]


@pytest.fixture(scope="module")
def reader(start_browser: Callable[..., webdriver.Chrome], site: Path) -> Reader:
    def start() -> webdriver.Chrome:
        driver = start_browser(browser="ALL", performance="ALL")
        driver.set_page_load_timeout(PATIENCE)
        return driver

    return Reader(start, site)


@pytest.fixture
def wide(reader: Reader) -> Iterator[Reader]:
    set_width(reader, WIDTHS["desktop"])
    yield reader
    reader.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def set_width(reader: Reader, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    reader.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def every_page(site: Path) -> list[str]:
    """Every page in one of its languages, in turn, and two of those behind the totals."""
    pages = sorted((site / LANGUAGES[0]).glob("why/*.html"))[:2]
    for at, language in enumerate(LANGUAGES):
        pages += sorted((site / language).glob("*.html"))[at :: len(LANGUAGES)]
    return [*(path.relative_to(site).as_posix() for path in pages), "index.html#choose"]


def test_every_page_loads_quietly_and_asks_nobody(reader: Reader, site: Path) -> None:
    reader.complaints(), reader.requests()
    pages = every_page(site)
    names = {path.name for path in site.rglob("*.html") if path.parent.name != "why"}
    assert {Path(page.partition("#")[0]).name for page in pages} >= names
    for page in pages:
        reader.turn_to(page)
        assert reader.complaints() == [], page
        asked = reader.requests()
        assert asked, page
        assert [one for one in asked if not one.startswith(f"{site.as_uri()}/")] == [], page
        assert (
            reader.driver.execute_script("return getComputedStyle(document.body).margin") == "0px"
        )


class Dying:
    """A browser that is gone."""

    def get(self, address: str) -> None:
        raise InvalidSessionIdException(f"session deleted at {address}")


def test_a_browser_that_dies_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    opened: list[str] = []
    living = SimpleNamespace(get=opened.append)
    drivers = iter([Dying(), living])
    reader = Reader(lambda: next(drivers), tmp_path)
    reader.turn_to("a.html")
    assert opened == [f"{tmp_path.as_uri()}/a.html"]
    reader.driver = Dying()
    with pytest.raises(InvalidSessionIdException):
        reader.turn_to("a.html")


def test_a_complaint_and_a_request_would_be_seen(reader: Reader, tmp_path: Path) -> None:
    policy = "<meta http-equiv='Content-Security-Policy' content=\"script-src 'self'\">"
    page = tmp_path / "bad.html"
    page.write_text(f"{policy}<script>1</script><img src='http://127.0.0.1:9/outside.png'>")
    reader.complaints(), reader.requests()
    reader.driver.get(page.as_uri())
    assert any("Content Security Policy" in one for one in reader.complaints())
    assert "http://127.0.0.1:9/outside.png" in reader.requests()


def test_the_language_switch_stays_on_the_page_and_is_remembered(wide: Reader) -> None:
    wide.open("en/theme-remittances.html#gaps")
    wide.find('[data-language="ru"]').click()
    wide.until(lambda: "/ru/theme-remittances.html#gaps" in wide.driver.current_url)
    assert wide.find("h1").text == "Денежные переводы"
    assert wide.find("html").get_attribute("lang") == "ru"
    wide.find('[data-language="ky"]').click()
    wide.until(lambda: wide.find("h1").text == "Акча которуулар")
    wide.open("index.html")
    wide.until(lambda: wide.driver.current_url.endswith("/ky/index.html"))
    wide.open("index.html#choose")
    assert [one.text for one in wide.driver.find_elements(By.CSS_SELECTOR, ".choose a")] == [
        "English", "Русский", "Кыргызча"
    ]  # fmt: skip


def hover(reader: Reader, link: Any) -> bool:
    webdriver.ActionChains(reader.driver).move_to_element(link).move_by_offset(0, -40).perform()
    webdriver.ActionChains(reader.driver).move_to_element(link).perform()
    return True


def test_a_cell_opens_its_evidence_by_mouse(wide: Reader) -> None:
    wide.open("ru/index.html")
    link = wide.find(f'[data-cell="{CELL}"]')
    # The first move scrolls the cell into view, and scrolling hides what is said of it.
    wide.until(lambda: hover(wide, link) and wide.find(".hint").is_displayed())
    assert "Открытые и полные данные" in wide.find(".hint").text
    link.click()
    panel = wide.find("#evidence")
    assert panel.is_displayed()
    assert "2022" in wide.find("#evidence-title").text
    shown = panel.text
    unhcr = "Управление Верховного комиссара ООН по делам беженцев: Refugee Population Statistics"
    for told in ("Доступны", "Открытые и полные данные", unhcr, "274", "Беженцы"):
        assert told in shown, told
    own, title = wide.driver.find_elements(By.CSS_SELECTOR, "#evidence .named a span")[:2]
    assert (own.get_attribute("lang"), title.get_attribute("lang")) == ("", "en")
    assert wide.find(".reason").get_attribute("lang") == "en"
    wide.find("#evidence summary").click()
    assert "SELECT * FROM country_stock" in panel.text
    assert link.get_attribute("aria-current") == "true"
    wide.find("[data-close]").click()
    assert not panel.is_displayed()
    assert wide.focused() == link


def test_a_cell_opens_its_evidence_by_keyboard(wide: Reader) -> None:
    wide.open("en/theme-refugees_hosted.html")
    wide.press(Keys.TAB)
    assert wide.focused().get_attribute("class") == "skip"
    wide.press(Keys.ENTER)
    assert wide.focused().get_attribute("id") == "content"
    for _ in range(40):
        wide.press(Keys.TAB)
        if wide.focused().get_attribute("data-cell"):
            break
    first = wide.focused().get_attribute("data-cell")
    assert first == "refugees_hosted-stock-total-2018"
    wide.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    assert wide.focused().get_attribute("data-cell") == "refugees_hosted-stock-sex-2020"
    wide.press(Keys.ENTER)
    assert wide.find("#evidence").is_displayed()
    assert wide.focused().get_attribute("id") == "evidence-title"
    # Nothing traps: the tab key leads on, out of the panel, and Escape back to the cell.
    wide.press(Keys.TAB)
    assert wide.focused().get_attribute("data-close") is not None
    wide.press(Keys.ESCAPE)
    assert not wide.find("#evidence").is_displayed()
    assert wide.focused().get_attribute("data-cell") == "refugees_hosted-stock-sex-2020"


def test_a_cell_is_a_link_to_its_evidence_without_the_script(wide: Reader) -> None:
    wide.open("en/theme-refugees_hosted.html#refugees_hosted-stock-total")
    details = wide.find('details[id="refugees_hosted-stock-total"]')
    assert details.get_attribute("open") is not None
    assert "public and for the whole reference time" in details.text


def test_the_report_check_can_be_filtered(wide: Reader) -> None:
    wide.open("en/report-check.html")
    rows = "return document.querySelectorAll('tr[data-status]:not([hidden])').length"
    everything = wide.driver.execute_script(rows)
    wide.find('input[value="differs"]').click()
    differing = wide.driver.execute_script(rows)
    assert 0 < differing < everything
    assert wide.find("[data-shown]").text == f"Shown: {differing}"
    wide.find('input[value=""]').click()
    assert wide.driver.execute_script(rows) == everything


@pytest.fixture(scope="module", params=TEMPLATES)
def template(request: pytest.FixtureRequest, reader: Reader) -> str:
    """A page of each template, open in the browser."""
    page: str = request.param
    reader.open(page)
    return page


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_no_page_is_wider_than_the_screen(reader: Reader, template: str, width: int) -> None:
    set_width(reader, width)
    overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert reader.driver.execute_script(overflow) == 0, template
    reader.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def faults(reader: Reader, within: str = "html", without: str | None = None) -> list[str]:
    """Serious and critical findings of axe-core on the page that is open, or a part of it."""
    reader.driver.execute_script(AXE.read_text(encoding="utf-8"))
    run = (
        "const [include, exclude, done] = arguments;"
        "axe.run({include, exclude}, {resultTypes: ['violations']})"
        ".then((told) => done(told.violations))"
    )
    parts = [[within]], [[without]] if without else []
    return [
        f"{one['impact']} {one['id']}: {node['target']}"
        for one in reader.driver.execute_async_script(run, *parts)
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not here: `make axe` fetches it from the npm registry"
)


@needs_axe
def test_no_serious_fault_of_accessibility(wide: Reader, template: str) -> None:
    wide.driver.set_script_timeout(2 * PATIENCE)
    if template == "en/report-check.html":
        # The rows are of one shape; axe-core takes its time over six hundred of them.
        wide.find('input[value="differs"]').click()
    # So are the maps of the themes: two of them stand for all.
    assert faults(wide, without=".theme ~ .theme ~ .theme") == [], template
    if template == "en/index.html":
        wide.find(f'[data-cell="{CELL}"]').click()
        assert faults(wide, "#evidence") == []


@needs_axe
def test_a_serious_fault_would_be_seen(wide: Reader, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<!doctype html><html lang='en'><title>x</title><main><h1>x</h1><img src='x.png'>"
    )
    wide.driver.get(page.as_uri())
    assert any("image-alt" in one for one in faults(wide))


def test_all_languages_are_looked_at() -> None:
    assert {page.partition("/")[0] for page in TEMPLATES} >= set(LANGUAGES)
