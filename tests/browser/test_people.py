"""A person with a clip: entered, found, renamed, and deleted with what is theirs, after a question."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.running import AppPage, RunningApp, new_tab, running_app

from posespotter.runs import Library
from posespotter.ui.samples import squats_run


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An application with two clips, one of them with an analysis beside it."""
    folder = tmp_path_factory.mktemp("peopled")
    with Library(folder / "library") as library:
        squats = library.folder(squats_run(library))
        walk = library.adopt(squats, "estimate", name="IMG_2041.mp4")
        library.adopt(squats, "falls", name="IMG_2041.mp4", parent=walk.id)
    with running_app(folder) as running:
        yield running


@pytest.fixture
def tab(peopled: RunningApp, browser: Browser) -> Iterator[AppPage]:
    with new_tab(peopled, browser) as opened:
        yield opened


def test_a_clip_becomes_somebodys_and_is_found_by_that(tab: AppPage):
    page = tab.open("people").page
    tab.button("New person").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Anna Berg")
    dialog.get_by_label("Notes").fill("A new knee in May")
    dialog.get_by_label("Notes").press("Control+Enter")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No clip is theirs yet")).to_be_visible()

    card = tab.open("outputs").page.locator(".item", has_text="IMG_2041.mp4")
    expect(page.locator("a.card")).to_have_count(2)  # three runs, of two clips
    expect(card.locator("a.analysis")).to_have_count(1)
    card.locator("a.card").click()
    tab.ready().button("Name, person, day, note").click()
    page.get_by_label("Name", exact=True).fill("Squats after 4 weeks")
    tab.choose(
        page.get_by_test_id("stForm").get_by_role("combobox", name="Person"),
        page.get_by_role("option", name="Anna Berg"),
    )
    page.get_by_label("Note", exact=True).fill("without pain")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Squats after 4 weeks")).to_be_visible()
    expect(page.get_by_text("without pain").first).to_be_visible()

    page.go_back()  # to where one was
    expect(page.locator("a.card")).to_have_count(2)
    search = page.get_by_placeholder("Search by name, person, tag or note")
    for words in ("berg", "without"):
        search.fill(words)
        search.press("Enter")
        expect(page.locator("a.card")).to_have_count(1)
    expect(page.locator("a.card")).to_contain_text("Anna Berg")
    tab.no_error()


def test_a_person_is_deleted_with_what_is_theirs_after_asking(tab: AppPage):
    page = tab.open("people").page
    tab.button("Anna Berg").click()
    expect(page.locator("a.card", has_text="Squats after 4 weeks")).to_be_visible()
    tab.button("Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 runs")
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_have_count(0)
    tab.button("Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nobody is here yet")).to_be_visible()
    expect(tab.open("outputs").page.locator("a.card")).to_have_count(1)
    assert not list((tab.app.library / "people").iterdir())
    assert not list((tab.app.library / "sessions").iterdir())
    tab.no_error()
