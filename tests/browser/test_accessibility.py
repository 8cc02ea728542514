"""axe finds nothing on any page, in light and dark."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from tests.browser.running import WAIT_S, AppPage, RunningApp

from posespotter.ui.menu import MENU


@pytest.fixture(scope="module", params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, app: RunningApp, browser: Browser) -> Iterator[AppPage]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    context.set_default_timeout(WAIT_S * 1000)
    yield AppPage(app, context.new_page())
    context.close()


@pytest.mark.parametrize("address", [one.url_path for one in MENU], ids=lambda one: one or "home")
def test_axe_finds_nothing(scheme: AppPage, address: str):
    scheme.open(address).accessible()


def test_an_address_that_is_none_says_so(scheme: AppPage):
    answer = scheme.page.goto(f"{scheme.app.url}/no-such-page")
    assert answer is not None
    assert answer.status == 404
    assert Axe().run(scheme.page).response["violations"] == []
    scheme.page.get_by_role("link", name="Go to Home").click()
    expect(scheme.page.get_by_role("heading", name="See how people move")).to_be_visible()
