"""Dagster's pages, looked at in a real browser after a real refresh."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = Path(__file__).resolve().parents[2]
GROUPS = {"publishers", "sources", "observations", "combined", "availability", "published"}
PATIENCE = 30  # seconds; a page needs two, but a busy machine may take its time

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("lineage-page"),
]


@pytest.fixture(scope="module")
def dagster_home(refreshed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dagster's home after one refresh, in a copy that the web server may write to."""
    home = tmp_path_factory.mktemp("pages") / "home"
    shutil.copytree(refreshed_home, home)
    return home / "var" / "dagster"


@pytest.fixture(scope="module")
def browser(start_browser: Callable[..., webdriver.Chrome]) -> webdriver.Chrome:
    driver = start_browser()
    driver.set_page_load_timeout(PATIENCE)
    return driver


@pytest.fixture(scope="module")
def pages(
    dagster_home: Path, browser: webdriver.Chrome, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a web server for that home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("log") / "webserver.log"
    arguments = ["-m", "pipelines.definitions", "-h", "127.0.0.1", "-p", str(port)]
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "dagster_webserver", *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "DAGSTER_HOME": str(dagster_home),
                "MIGMAP_HOME": str(dagster_home.parents[1]),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        # The browser is only lent for its patience: nobody looks at a page yet.
        WebDriverWait(browser, PATIENCE, poll_frequency=0.2).until(
            lambda _: server.poll() is not None or answers(f"{address}/server_info")
        )
        assert server.poll() is None, log.read_text()
        yield address
    finally:
        stop(server)


def answers(address: str) -> bool:
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with directly.open(address, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def stop(server: subprocess.Popen[Any]) -> None:
    """End the web server, and the code server that it started."""
    server.terminate()
    try:
        server.wait(timeout=20)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait_for_words(browser: webdriver.Chrome, wanted: set[str]) -> None:
    """Wait until every wanted word stands on the page, as a word of its own."""

    def missing() -> set[str]:
        shown = browser.find_element(By.TAG_NAME, "body").text
        return wanted - set(re.findall(r"\w+", shown))

    wait = WebDriverWait(
        browser, PATIENCE, ignored_exceptions=[StaleElementReferenceException], poll_frequency=0.2
    )
    try:
        wait.until(lambda _: not missing())
    except TimeoutException:
        shown = browser.find_element(By.TAG_NAME, "body").text
        pytest.fail(f"{sorted(missing())} not on {browser.current_url}, which shows:\n{shown}")


def test_the_lineage_page_shows_every_stage(browser: webdriver.Chrome, pages: str) -> None:
    browser.get(f"{pages}/asset-groups")
    wait_for_words(browser, GROUPS)
    # The title comes after the words.
    wait = WebDriverWait(browser, PATIENCE, poll_frequency=0.2)
    assert wait.until(lambda _: "lineage" in browser.title.lower(), browser.title)


def test_the_page_of_stock_shows_its_columns(browser: webdriver.Chrome, pages: str) -> None:
    browser.get(f"{pages}/assets/published/stock")
    wait_for_words(browser, {"Columns", "obs_status", "reference_date", "origin", "destination"})


def test_the_runs_page_shows_the_refresh(browser: webdriver.Chrome, pages: str) -> None:
    browser.get(f"{pages}/runs")
    wait_for_words(browser, {"refresh", "Success"})
