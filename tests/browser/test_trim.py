"""A part of an uploaded video: set before the work begins, and all that is looked at."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.running import JOB_MS, AppPage

from posespotter.runs import Library, RunState


@pytest.mark.parametrize("address", ["inference", "movement-analyzer"])
def test_start_and_end_are_set_before_the_work_begins(tab: AppPage, demo_clip: Path, address: str) -> None:
    page = tab.open(address).page
    if address == "movement-analyzer" and page.get_by_text("New videos").is_visible():
        page.get_by_text("New videos").click()
    page.locator("input[type=file]").set_input_files(demo_clip)
    page.get_by_text("Use only a part of a video").click()
    trim = page.locator(".trim")
    expect(trim.locator(".length")).to_have_text("4.0 of 4.0 s")
    trim.get_by_label("Start of the part").fill("1")
    trim.get_by_label("End of the part").fill("2.5")
    expect(trim.locator(".length")).to_have_text("1.5 of 4.0 s")
    tab.plays(trim.locator("video"))
    trim.locator("video").evaluate("video => video.pause()")
    tab.ready()
    button = "Find poses in 1 file" if address == "inference" else "Analyse"
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**run=*")
    tab_shown = "Joints" if address == "inference" else "Report and files"
    expect(page.get_by_role("tab", name=tab_shown)).to_be_visible(timeout=JOB_MS)
    with Library(tab.app.library) as library:
        run = library.runs(state=RunState.DONE, kind="estimate" if address == "inference" else "exercise")[0]
        assert (run.settings["from_s"], run.settings["to_s"]) == (1.0, 2.5)
        assert run.counts["video_s"] == pytest.approx(1.5, abs=0.1)
        assert not list((tab.app.library / "uploads").iterdir())
    tab.no_error()
