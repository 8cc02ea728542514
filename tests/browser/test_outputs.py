"""Runs are found, played, packed and deleted; deleting asks."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Browser, expect
from tests.browser.running import JOB_MS, AppPage, RunningApp, new_tab, running_app

from posespotter.media import open_source
from posespotter.runs import Library
from posespotter.ui.samples import squats_run

NAMES = ("Anna's walk.mp4", "Stairs *draft*.mp4", "Garden.mp4")


@pytest.fixture(scope="module")
def filled(demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An application whose library has four runs, and one that failed."""
    folder = tmp_path_factory.mktemp("filled")
    with Library(folder / "library") as library:
        squats = library.folder(squats_run(library))
        for name in NAMES:
            library.adopt(squats, "estimate", name=name)
        failed = library.begin("estimate", "Crowd.jpg", settings={"pose": "rtmpose-t", "detector": "rtmdet-nano"})
        with open_source(demo_clip) as source:
            cv2.imwrite(str(library.workspace(failed.id) / "source.jpg"), next(iter(source)).image)
        library.fail(failed.id, "rtmpose-t is not on this machine and could not be fetched.")
    with running_app(folder) as running:
        yield running


@pytest.fixture
def outputs(filled: RunningApp, browser: Browser) -> Iterator[AppPage]:
    with new_tab(filled, browser) as tab:
        yield tab.open("outputs")


def test_search_open_play_and_come_back(outputs: AppPage):
    page = outputs.page
    cards = page.locator("a.card")
    expect(cards).to_have_count(5)
    page.get_by_label("Search").fill("stairs *")
    page.get_by_label("Search").press("Enter")
    expect(cards).to_have_count(1)
    cards.first.click()
    page.wait_for_url("**/outputs?run=*")
    expect(page.get_by_role("heading", name="Stairs *draft*.mp4")).to_be_visible()
    outputs.plays(page.locator("video"))
    outputs.button("All outputs").click()
    expect(cards.first).to_be_visible()
    outputs.no_error()


def test_a_search_that_finds_nothing_says_so(outputs: AppPage):
    outputs.page.get_by_label("Search").fill("no such thing")
    outputs.page.get_by_label("Search").press("Enter")
    expect(outputs.page.get_by_text("No run fits")).to_be_visible()


def test_what_shows_no_tick_is_not_chosen(outputs: AppPage):
    page = outputs.page
    select, garden = page.get_by_text("Select", exact=True), page.locator("a.card", has_text="Garden.mp4")
    for forget in (select.click, partial(page.get_by_label("Search").fill, "stairs")):
        select.click()
        expect(page.get_by_text("Click on the clips")).to_be_visible()
        garden.click()
        expect(page.get_by_role("link", name="Download 1 run")).to_be_visible()
        forget()
        page.get_by_label("Search").press("Enter")
        expect(page.get_by_role("link", name="Download 1 run")).to_have_count(0)
    page.get_by_label("Search").fill("")
    page.get_by_label("Search").press("Enter")
    expect(garden).to_have_attribute("aria-checked", "false")
    expect(page.get_by_role("link", name="Download 1 run")).to_have_count(0)


def test_several_are_packed_and_deleted_after_asking(outputs: AppPage, tmp_path: Path):
    page = outputs.page
    cards = page.locator("a.card")
    expect(cards).to_have_count(5)
    page.get_by_text("Select", exact=True).click()
    expect(page.get_by_text("Click on the clips")).to_be_visible()
    for name in NAMES[:2]:
        page.locator("a.card", has_text=name).click()
        expect(page.locator("a.card", has_text=name)).to_have_attribute("aria-checked", "true")
    packed = page.get_by_role("link", name="Download 2 runs")
    expect(packed).to_be_visible()
    with page.expect_download() as waiting:
        packed.click()
    assert waiting.value.suggested_filename.endswith(".zip")

    outputs.button("Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(NAMES[0])
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_have_count(0)
    expect(cards).to_have_count(5)

    outputs.button("Delete").click()
    expect(dialog).to_contain_text(NAMES[1])
    dialog.get_by_role("button", name="Delete").click()
    expect(cards).to_have_count(3)
    assert len(list((outputs.app.library / "runs").iterdir())) == 3


def test_an_unknown_run_is_said_in_words(outputs: AppPage):
    outputs.open("outputs?run=20260512-140000000-b36nh2smbs").no_error()
    expect(outputs.page.get_by_text("This run is not there any more")).to_be_visible()
    outputs.button("Show the runs there are").click()
    expect(outputs.page.locator("a.card", has_text="Garden.mp4")).to_be_visible()
    assert "run=" not in outputs.page.url


def test_a_failed_job_is_tried_again_with_the_built_in_models(outputs: AppPage):
    page = outputs.page
    page.locator("a.card", has_text="Crowd.jpg").click()
    expect(page.get_by_role("link", name="Models and limits")).to_be_visible()
    expect(outputs.button("Try again")).to_be_visible()
    outputs.button("Try with the built-in models").click()
    expect(page.get_by_alt_text("People with their skeletons")).to_be_visible(timeout=JOB_MS)
    expect(page.get_by_text("A picture shows no movement")).to_be_visible()
    expect(page.get_by_text("Did somebody fall?")).to_have_count(0)
    outputs.no_error()


def test_everything_is_there_after_a_restart(outputs: AppPage, browser: Browser, filled: RunningApp):
    with running_app(filled.library.parent) as again, new_tab(again, browser) as tab:
        tab.open("outputs")
        expect(tab.page.locator("a.card", has_text="Garden.mp4")).to_be_visible()
