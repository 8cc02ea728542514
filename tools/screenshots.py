"""Take a picture of every page of the application, light and dark, wide and narrow, with a few runs in its library.

Usage: python tools/screenshots.py FOLDER [--page NAME]... [--width PX]... [--scheme light|dark]...
It starts an application of its own with a private library, and needs Chromium (tools/system_packages.sh).
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.fake_camera import browser_with_camera, write_y4m  # noqa: E402
from tests.browser.running import AppPage, RunningApp, running_app  # noqa: E402
from tests.falls.movements import FALLS, FRAME_SIZE, Actor, film  # noqa: E402

from posespotter.ui.menu import MENU, entry  # noqa: E402

WIDTHS = (1280, 400)
SCHEMES = ("light", "dark")
TALLEST_PX = 4000
WORKER_S = 8  # until the worker has shown itself, as it has when a person looks
WAIT_MS = 120_000


@dataclass(frozen=True)
class Place:
    """What is looked at.

    Attributes:
        address: of the page.
        ready: done there before the picture is taken.
    """

    address: str
    ready: Callable[[Page], None] = lambda page: page.wait_for_timeout(1500)


def fill(library: Path) -> dict[str, str]:
    """Put runs into an empty library; their ids by name."""
    os.environ["POSESPOTTER_LIBRARY"] = str(library)
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.exercises import load_exercise
    from posespotter.falls.classifier import FallClassifier
    from posespotter.falls.zones import Zone
    from posespotter.runs import Library
    from posespotter.runs.notes.people import People, Person, Session
    from posespotter.tasks.estimate import estimate
    from posespotter.tasks.exercise import exercise
    from posespotter.tasks.falls import find_falls
    from posespotter.ui.samples import TWO_PEOPLE, squats_run

    with Library(library) as shelf, tempfile.TemporaryDirectory() as scratch:
        made = estimate(str(TWO_PEOPLE), PoseEstimator(), Path(scratch))
        people = shelf.adopt(made.folder, "estimate", name="Two people.mp4", source=TWO_PEOPLE).id
        squats = squats_run(shelf)
        poses, video = shelf.artefact(squats, "poses.parquet"), shelf.source(squats)
        judged = exercise(str(poses), load_exercise("squat"), Path(scratch), video=str(video))
        movement = shelf.adopt(judged.folder, "exercise", name="Sample: squats", parent=squats).id
        people_of = People(library)
        person = people_of.add(Person(name="Anna Berg", tags=("knee", "Monday group"), notes="A new knee in May."))
        people_of.note(shelf.run(squats), Session(person=person, note="without pain"))
        before = shelf.adopt(judged.folder, "exercise", name="Squats in June.mp4", settings={"exercise": "squat"})
        people_of.note(before, Session(person=person, day=date(2026, 6, 3)))
        room = room_with_a_fall(Path(scratch))
        bed = Zone("bed", "bed", ((0.02, 0.6), (0.25, 0.6), (0.25, 0.95), (0.02, 0.95)))
        found = find_falls(
            str(room.with_suffix(".parquet")), FallClassifier.load(), Path(scratch), video=str(room), zones=[bed]
        )
        falls = shelf.adopt(found.folder, "falls", name="Living room.mp4", source=room).id
        failed = shelf.begin("estimate", "Half a video.mov")
        shelf.fail(failed.id, "Half a video.mov: expected a video, its end is missing. Copy it from the camera again.")
    return {"people": people, "person": person, "squats": squats, "movement": movement, "falls": falls}


def room_with_a_fall(folder: Path) -> Path:
    """A grey video in which a person of sticks is going to be drawn, with that person's poses beside it."""
    from posespotter.drawing.privacy import canvas
    from posespotter.media import VideoWriter

    poses = replace(film(Actor(FALLS, height_px=300)), detector="movenet-multipose", pose_model="movenet-thunder")
    video = folder / "room.mp4"
    poses.to_parquet(video.with_suffix(".parquet"))
    with VideoWriter(video, FRAME_SIZE, poses.fps) as writer:
        for frame in range(poses.n_frames):
            writer.write(canvas(*FRAME_SIZE), frame / poses.fps)
    return video


def places(runs: Mapping[str, str]) -> dict[str, Place]:
    """What is looked at, by the name of its picture."""
    movement, falls = entry("movement_analyzer").url_path, entry("fall_detection").url_path
    return {one.name: Place(one.url_path) for one in MENU} | {
        "inference-result": Place(f"inference?run={runs['people']}"),
        "outputs-run": Place(f"outputs?run={runs['movement']}"),
        "outputs-selecting": Place("outputs", select_two),
        "movement_analyzer-ask": Place(f"{movement}?run={runs['squats']}"),
        "movement_analyzer-run": Place(f"{movement}?run={runs['movement']}", charts_drawn),
        "fall_detection-ask": Place(f"{falls}?run={runs['people']}", zones_opened),
        "fall_detection-run": Place(f"{falls}?run={runs['falls']}", charts_drawn),
        "people-person": Place(f"people?person={runs['person']}"),
        "movement_analyzer-compare": Place(f"{movement}?run={runs['movement']}", compared),
        "webcam-live": Place("webcam", camera_started),
        **{
            f"settings-{title.lower()}": Place("settings", tab_opened(title))
            for title in ("Models", "Worker", "Privacy", "Clinic", "About")
        },
    }


def charts_drawn(page: Page) -> None:
    page.locator(".drawing svg").first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(2500)


def compared(page: Page) -> None:
    charts_drawn(page)
    page.get_by_role("tab", name="Compare").click()
    page.get_by_role("combobox", name="Compare with").press("ArrowDown")
    page.get_by_role("option").first.click()
    page.locator(".pair video").first.wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(2500)


def camera_started(page: Page) -> None:
    page.get_by_role("button", name="Start camera").click(timeout=WAIT_MS)
    root = page.locator(".webcam").element_handle()
    page.wait_for_function("root => +root.dataset.frames > 40", arg=root, timeout=WAIT_MS)


def select_two(page: Page) -> None:
    page.get_by_text("Select", exact=True).click()
    page.wait_for_timeout(1500)
    for card in page.locator(".card").all()[:2]:
        card.click()
    page.wait_for_timeout(1500)


def zones_opened(page: Page) -> None:
    page.get_by_text("Beds, sofas and places not to look at").click()
    page.wait_for_timeout(2500)


def tab_opened(title: str) -> Callable[[Page], None]:
    def ready(page: Page) -> None:
        page.get_by_role("tab", name=title).click()
        page.wait_for_timeout(1000)

    return ready


def whole(page: Page, width: int) -> None:
    """Make the window as high as the page."""
    for _ in range(2):  # what is drawn when it comes into view makes the page higher
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": max(900, min(int(height), TALLEST_PX))})
        page.wait_for_timeout(800)


def too_wide(page: Page) -> bool:
    """Whether one has to scroll sideways."""
    return bool(
        page.evaluate("(one => one.scrollWidth > one.clientWidth + 1)(document.querySelector('[data-testid=stMain]'))")
    )


def shoot(
    app: RunningApp, browser: Browser, wanted: dict[str, Place], folder: Path, *, width: int, scheme: str
) -> None:
    """All pages in one width and one scheme."""
    for name, place in wanted.items():
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        tab = AppPage(app, context.new_page()).open(place.address)
        place.ready(tab.page)
        whole(tab.page, width)
        tab.ready()
        file = tab.screenshot(folder / f"{name}-{scheme}-{width}.png")
        print(file, "is wider than its window" if too_wide(tab.page) else "")
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", action="append", help="only pictures of this name; all by default")
    parser.add_argument("--width", type=int, action="append", help=f"px; {WIDTHS} by default")
    parser.add_argument("--scheme", choices=SCHEMES, action="append", help="both by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        from posespotter.ui.samples import TWO_PEOPLE

        runs = fill(Path(scratch) / "library")
        wanted = {name: place for name, place in places(runs).items() if not arguments.page or name in arguments.page}
        camera = write_y4m(TWO_PEOPLE, Path(scratch) / "camera.y4m", 120)
        with running_app(Path(scratch)) as app, browser_with_camera(playwright, camera) as browser:
            time.sleep(WORKER_S)
            for width in arguments.width or WIDTHS:
                for scheme in arguments.scheme or SCHEMES:
                    shoot(app, browser, wanted, arguments.folder, width=width, scheme=scheme)


if __name__ == "__main__":
    main()
