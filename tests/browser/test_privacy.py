"""Skeletons only: once that is set, whatever a person does in the browser, no pixel of anybody is left on the disk."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Playwright, expect
from tests.browser.fake_camera import browser_with_camera, write_y4m
from tests.browser.running import JOB_MS, AppPage, RunningApp, new_tab, running_app
from tests.clips import cut

from posespotter.drawing.colours import PALETTE
from posespotter.media import open_source
from posespotter.media.sources.frames import PICTURE_SUFFIXES
from posespotter.media.sources.video import VIDEO_SUFFIXES
from posespotter.runs import Library, RunKind, RunState

MOST_DRAWN = 0.25  # of a canvas's pixels: skeletons, their labels, and the panel of an analysis


@pytest.fixture(scope="module")
def clip(demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut(demo_clip, tmp_path_factory.mktemp("clip") / "walk.mp4", 36)


@pytest.fixture(scope="module")
def private(playwright: Playwright, demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppPage]:
    """A tab with a camera, of an application whose settings say so since a moment."""
    folder = tmp_path_factory.mktemp("private")
    video = write_y4m(demo_clip, folder / "two_people.y4m", 60)
    with (
        running_app(folder / "app") as app,
        browser_with_camera(playwright, video) as browser,
        new_tab(app, browser) as tab,
    ):
        tab.open("settings")
        tab.page.get_by_role("tab", name="Privacy").click()
        tab.page.get_by_text("Keep skeletons only").click()
        expect(tab.page.get_by_text("Saved.")).to_be_visible()
        yield tab


def only_run(app: RunningApp, kind: RunKind) -> str:
    with Library(app.library) as library:
        (run,) = library.runs(kind=kind)
        assert (run.state, run.error) == (RunState.DONE, "")
    return run.id


def test_an_upload_leaves_its_joints(private: AppPage, clip: Path) -> None:
    private.open("inference")
    private.page.get_by_role("radio", name="Fast").click()
    private.page.set_input_files("input[type=file]", clip)
    private.button("Find poses in 1 file").click()
    private.plays(private.page.get_by_test_id("stMain").locator("video"))
    private.no_error()


def test_its_movement_is_analysed(private: AppPage) -> None:
    private.open(f"movement-analyzer?run={only_run(private.app, 'estimate')}")
    private.button("Analyse").click()
    expect(private.button("New analysis")).to_be_visible(timeout=JOB_MS)
    expect(private.page.get_by_role("tab", name="Files")).to_be_visible(timeout=JOB_MS)
    private.ready().no_error()


def test_it_is_searched_for_falls(private: AppPage) -> None:
    private.open(f"fall-detection?run={only_run(private.app, 'estimate')}")
    private.button("Look for falls").click()
    expect(private.page.get_by_text("No fall was found.")).to_be_visible(timeout=JOB_MS)
    private.ready().no_error()


def test_the_camera_leaves_its_joints(private: AppPage) -> None:
    private.open("webcam")
    private.button("Start camera").click()
    root = private.page.locator(".webcam").element_handle()
    private.page.wait_for_function("root => +root.dataset.frames > 5", arg=root, timeout=JOB_MS)
    private.button("Record").click()
    private.records(2)
    private.button("End recording").click()
    expect(private.page.get_by_text("Only the skeletons are kept")).to_be_visible(timeout=JOB_MS)
    private.button("Keep").click()
    expect(private.page.get_by_text("is kept").first).to_be_visible(timeout=JOB_MS)


@pytest.mark.parametrize("page", ["", "outputs", "outputs?run={}", "movement-analyzer?run={}", "fall-detection?run={}"])
def test_every_page_lives_with_a_recording_without_a_picture(private: AppPage, page: str) -> None:
    private.open(page.format(only_run(private.app, "recording"))).no_error()


def test_no_pixel_is_on_the_disk(private: AppPage) -> None:
    """Every picture and video, whatever it is called, is a canvas with skeletons."""
    kinds = ("estimate", "exercise", "falls", "recording")
    assert all(only_run(private.app, kind) for kind in kinds)
    files = [path for path in (private.app.library.parent).rglob("*") if path.is_file()]
    assert not [path for path in files if path.stem == "source" or "uploads" in path.parts]
    seen = [path for path in files if path.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES]
    assert len([path for path in seen if path.name == "thumbnail.jpg"]) == len(kinds)
    for path in seen:
        with open_source(path) as source:
            for frame in source:
                drawn = (np.abs(frame.image.astype(int) - PALETTE.canvas).max(-1) > 8).mean()
                assert drawn < MOST_DRAWN, path
