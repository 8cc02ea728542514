"""Clips that nobody uploads at this computer: from a watched folder, and from a phone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.running import AppPage, RunningApp, new_tab, running_app


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a camera."""
    return tmp_path_factory.mktemp("camera")


@pytest.fixture(scope="module")
def watching(tmp_path_factory: pytest.TempPathFactory, camera: Path) -> Iterator[RunningApp]:
    with running_app(tmp_path_factory.mktemp("watching"), POSESPOTTER_WATCH=str(camera)) as running:
        yield running


def test_a_video_that_comes_into_the_folder_is_on_the_page(
    watching: RunningApp, browser: Browser, camera: Path, demo_clip: Path
) -> None:
    with new_tab(watching, browser) as tab:
        tab.open()
        expect(tab.page.get_by_text("None has come yet.")).to_be_visible()
        shutil.copyfile(demo_clip, camera / "at the door.mp4")
        (camera / "torn.mp4").write_bytes(demo_clip.read_bytes()[:30_000])
        expect(tab.page.get_by_text("torn.mp4 · not taken in")).to_be_visible()
        expect(tab.page.get_by_text("1 video taken in.")).to_be_visible()
        tab.accessible()
        tab.page.get_by_role("link", name="at the door.mp4").click()
        expect(tab.ready().page.get_by_role("heading", name="at the door.mp4")).to_be_visible()
        tab.open("settings")
        expect(tab.page.get_by_label("Folder whose new videos are taken in")).to_be_disabled()  # the environment has it
        tab.no_error()


@pytest.mark.parametrize(("page", "button"), [("webcam", "Use a phone"), ("fall-detection?new=1", "From a phone")])
def test_a_phone_is_told_how_to_come_here(tab: AppPage, page: str, button: str) -> None:
    tab.open(page).button(button).click()
    expect(tab.page.get_by_text("posespotter app --host 0.0.0.0")).to_be_visible()
