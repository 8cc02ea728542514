"""Browser tests share one application and one Chromium; each test has a tab of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from tests.browser.running import AppPage, RunningApp, chromium, launch, new_tab, running_app

LONGEST_S = 900.0  # a test may wait for more than one job


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop runs to the end of the session, and suffers no other."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here in item.path.parents)
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.timeout(LONGEST_S))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs Chromium: tools/system_packages.sh installs it.")
        pytest.skip("needs Chromium: tools/system_packages.sh installs it on Debian")
    with sync_playwright() as ready:
        yield ready


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    opened = launch(playwright)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The application with an empty library; what a test puts there, later tests see."""
    with running_app(tmp_path_factory.mktemp("app")) as running:
        yield running


@pytest.fixture
def tab(app: RunningApp, browser: Browser) -> Iterator[AppPage]:
    """A tab of 1280 px, closed after the test."""
    with new_tab(app, browser) as opened:
        yield opened
