"""A search for falls in a real clip: zones over its picture, the curve, the events that move the video."""

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.running import JOB_MS, AppPage, RunningApp, new_tab, running_app

from posespotter.falls.classifier import FallClassifier
from posespotter.runs import Library
from posespotter.tasks.falls import find_falls
from posespotter.ui.samples import fall_run, squats_run


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An application with the sample squats, in which nobody falls."""
    folder = tmp_path_factory.mktemp("searched")
    os.environ["POSESPOTTER_LIBRARY"] = str(folder / "library")
    with Library(folder / "library") as library:
        squats_run(library)
    with running_app(folder) as running:
        yield running


@pytest.fixture
def falls_page(searched: RunningApp, browser: Browser) -> Iterator[AppPage]:
    with new_tab(searched, browser) as tab:
        yield tab.open("fall-detection")


def choose_squats(tab: AppPage) -> None:
    runs = tab.page.get_by_test_id("stMain").get_by_label("The clip")
    tab.choose(runs, tab.page.get_by_role("option").first)
    expect(tab.button("Look for falls")).to_be_enabled()
    tab.ready()  # or what is opened next would be drawn anew, closed


def draw_zone(tab: AppPage) -> None:
    """A triangle, by the mouse."""
    picture = tab.ready().page.locator(".zones .picture")
    expect(picture.locator("image")).to_be_visible()
    picture.scroll_into_view_if_needed()
    before, box = None, picture.bounding_box()
    while box is None or box != before:  # its place is still growing
        tab.page.wait_for_timeout(200)
        before, box = box, picture.bounding_box()
    for x, y in ((0.25, 0.5), (0.75, 0.5), (0.5, 0.75)):
        picture.click(position={"x": x * box["width"], "y": y * box["height"]})
    tab.page.get_by_role("button", name="Finish the zone").click()


def test_zones_are_drawn_saved_and_taken_back(falls_page: AppPage, tmp_path: Path):
    choose_squats(falls_page)
    main = falls_page.page.get_by_test_id("stMain")
    main.get_by_text("Beds, sofas and places not to look at").click()
    draw_zone(falls_page)
    expect(main.get_by_text("bed (bed)")).to_be_visible()
    main.get_by_text("As a file, for the command line").click()
    with falls_page.page.expect_download() as waiting:
        falls_page.button("Save as zones.toml").click()
    file = tmp_path / "zones.toml"
    waiting.value.save_as(file)
    (zone,) = tomllib.loads(file.read_text())["zone"]
    assert (zone["name"], zone["kind"]) == ("bed", "bed")
    corners = [value for corner in zone["polygon"] for value in corner]
    assert corners == pytest.approx([0.25, 0.5, 0.75, 0.5, 0.5, 0.75], abs=0.01)

    place = falls_page.page.get_by_role("combobox", name="Camera or place")
    place.fill("Room 4")
    place.press("Enter")
    falls_page.button("Keep for Room 4").click()
    expect(falls_page.page.get_by_text("Kept for Room 4.")).to_be_visible()
    expect(falls_page.button("Save as zones.toml")).to_be_visible()  # what stands below stays as it was
    falls_page.button("Remove bed").click()
    expect(main.get_by_text("bed (bed)")).to_have_count(0)
    falls_page.page.set_input_files("input[type=file]", file)
    expect(main.get_by_text("bed (bed)")).to_be_visible()
    falls_page.no_error()

    falls_page.open("fall-detection")  # a new visit: the place brings its zones
    choose_squats(falls_page)
    main.get_by_text("Beds, sofas and places not to look at").click()
    falls_page.choose(place, falls_page.page.get_by_role("option", name="Room 4"))
    expect(main.get_by_text("bed (bed)")).to_be_visible()


def test_squats_are_no_falls(falls_page: AppPage):
    choose_squats(falls_page)
    falls_page.button("Look for falls").click()
    main = falls_page.page.get_by_test_id("stMain")
    expect(main.get_by_text("No fall was found.")).to_be_visible(timeout=JOB_MS)
    expect(main.locator(".drawing svg")).to_be_visible(timeout=JOB_MS)
    falls_page.plays(main.locator(".replay video"))
    falls_page.no_error()


def test_the_sample_fall_is_found_and_searched_again_with_zones(falls_page: AppPage):
    falls_page.button("Take the sample fall").click()
    main = falls_page.page.get_by_test_id("stMain")
    expect(main.get_by_text("Which of the two is a fall?")).to_be_visible()
    falls_page.plays(main.locator("video"))
    falls_page.button("Look for falls").click()
    expect(main.get_by_role("heading", name="1 fall found.")).to_be_visible(timeout=JOB_MS)
    first = falls_page.page.url
    main.get_by_text("Search again, with beds and sofas marked").click()
    draw_zone(falls_page)
    expect(main.get_by_text("bed (bed)")).to_be_visible()
    falls_page.button("Search again").click()
    expect(main.get_by_text("sensitivity normal, 1 zone.")).to_be_visible(timeout=JOB_MS)
    assert falls_page.page.url != first
    falls_page.no_error()


def test_an_event_takes_the_video_there(searched: RunningApp, tmp_path: Path, browser: Browser):
    with Library(searched.library) as library:
        fall = fall_run(library)
        poses, video = library.artefact(fall, "poses.parquet"), library.source(fall)
        made = find_falls(str(poses), FallClassifier.load(), tmp_path / "made", video=str(video))
        (event,) = made.analysis.events
        run = library.adopt(made.folder, "falls", name="Room.mp4", parent=fall)
    with new_tab(searched, browser) as tab:
        tab.open(f"fall-detection?run={run.id}")
        main, video = tab.page.get_by_test_id("stMain"), tab.page.locator(".replay video")
        expect(main.get_by_text("found.", exact=False).first).to_be_visible()
        tab.page.wait_for_function(
            f"one => Math.abs(one.currentTime - {event.impact_s}) < 0.1", arg=video.element_handle()
        )
        expect(main.locator(".drawing svg").get_by_text("fall 1")).to_be_visible(timeout=JOB_MS)
        tab.button("Play this event").click()
        tab.page.wait_for_function(
            f"one => one.paused && one.currentTime > {event.alert_s}", arg=video.element_handle()
        )
        tab.no_error().ready().accessible()
