"""The frame around the pages: every page opens with a title, and foreign sites are kept out."""

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect
from tests.browser.running import AppPage, RunningApp

from posespotter.ui.menu import MENU


# Home comes last: a server whose first visitor comes by a deep link has to show the frame too.
@pytest.mark.parametrize("entry", MENU[::-1], ids=lambda entry: entry.name)
def test_each_page_opens_from_its_address(tab: AppPage, entry):
    tab.open(entry.url_path).no_error()
    expect(tab.page).to_have_title(f"{entry.title} · PoseSpotter")
    expect(tab.page.locator("h1")).to_have_count(1)
    expect(tab.page.get_by_test_id("stSidebarNavLink")).to_have_count(len(MENU))


def test_nothing_is_fetched_from_elsewhere(tab: AppPage):
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    for entry in MENU:
        tab.open(entry.url_path)
    assert asked
    assert {url for url in asked if not url.startswith((f"{tab.app.url}/", "data:", "blob:"))} == set()


def test_home_leads_to_the_sample(tab: AppPage):
    tab.open().button("Try the sample squats").click()
    tab.page.wait_for_url("**/movement-analyzer?run=*")
    tab.ready().no_error()
    expect(tab.page).to_have_title("Movement analyzer · PoseSpotter")
    expect(tab.page.get_by_role("combobox", name="Run").or_(tab.page.get_by_label("Exercise")).first).to_be_visible()


@pytest.mark.parametrize(
    ("button", "title"), [("Judge an exercise", "Movement analyzer"), ("Look for falls", "Fall detection")]
)
def test_home_leads_to_the_upload(tab: AppPage, button: str, title: str):
    tab.open().button(button).click()
    expect(tab.page).to_have_title(f"{title} · PoseSpotter")
    expect(tab.page.get_by_test_id("stFileUploader")).to_be_visible()
    tab.ready().no_error()


def status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_other_sites_are_refused(app: RunningApp):
    page = f"{app.url}/_stcore/health"
    assert status(page) == 200
    assert status(page, Origin=app.url) == 200
    assert status(page, Origin="https://evil.example") == 403
    assert status(page, Host="evil.example") == 403
    assert status(page, Host="evil.example", Origin="http://evil.example") == 403
