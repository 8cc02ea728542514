"""Take a picture of every page of the application, light and dark, wide and narrow, with a few runs in its library.

Usage: python tools/screenshots.py FOLDER [--page NAME]... [--width PX]... [--scheme light|dark]...
It starts an application of its own with a private library, and needs Chromium (tools/system_packages.sh).
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.running import AppPage, RunningApp, launch, running_app  # noqa: E402

from posespotter.ui.menu import MENU, entry  # noqa: E402

WIDTHS = (1280, 400)
SCHEMES = ("light", "dark")
TALLEST_PX = 4000
WORKER_S = 8  # until the worker has shown itself, as it has when a person looks


def fill(library: Path) -> dict[str, str]:
    """Put runs into an empty library; their ids by name."""
    os.environ["POSESPOTTER_LIBRARY"] = str(library)
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.exercises import load_exercise
    from posespotter.library import Library
    from posespotter.tasks.estimate import estimate
    from posespotter.tasks.exercise import exercise
    from posespotter.ui.samples import TWO_PEOPLE, squats_run

    with Library(library) as shelf, tempfile.TemporaryDirectory() as scratch:
        made = estimate(str(TWO_PEOPLE), PoseEstimator(), Path(scratch))
        people = shelf.adopt(made.folder, "estimate", name="Two people.mp4", source=TWO_PEOPLE).id
        squats = squats_run(shelf)
        poses, video = shelf.artefact(squats, "poses.parquet"), shelf.source(squats)
        judged = exercise(str(poses), load_exercise("squat"), Path(scratch), video=str(video))
        movement = shelf.adopt(judged.folder, "exercise", name="Sample: squats", parent=squats).id
        failed = shelf.begin("estimate", "Half a video.mov")
        shelf.fail(failed.id, "Half a video.mov: expected a video, its end is missing. Copy it from the camera again.")
    return {"people": people, "squats": squats, "movement": movement}


def places(runs: dict[str, str]) -> dict[str, str]:
    """The addresses that are looked at, by the name of their picture."""
    pages = {one.name: one.url_path for one in MENU}
    return pages | {
        "inference-result": f"inference?run={runs['people']}",
        "outputs-run": f"outputs?run={runs['movement']}",
        "movement_analyzer-run": f"{entry('movement_analyzer').url_path}?run={runs['squats']}",
        "fall_detection-run": f"{entry('fall_detection').url_path}?run={runs['people']}",
    }


def whole(page: Page, width: int) -> None:
    """Make the window as high as the page."""
    for _ in range(2):  # what is drawn when it comes into view makes the page higher
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": max(900, min(int(height), TALLEST_PX))})
        page.wait_for_timeout(800)


def shoot(app: RunningApp, browser: Browser, wanted: dict[str, str], folder: Path, *, width: int, scheme: str) -> None:
    """All pages in one width and one scheme."""
    for name, address in wanted.items():
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        tab = AppPage(app, context.new_page()).open(address)
        tab.page.wait_for_timeout(1500)
        whole(tab.page, width)
        file = tab.screenshot(folder / f"{name}-{scheme}-{width}.png")
        print(file)
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", action="append", help="only pictures of this name; all by default")
    parser.add_argument("--width", type=int, action="append", help=f"px; {WIDTHS} by default")
    parser.add_argument("--scheme", choices=SCHEMES, action="append", help="both by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        runs = fill(Path(scratch) / "library")
        wanted = {
            name: address for name, address in places(runs).items() if not arguments.page or name in arguments.page
        }
        browser = launch(playwright)
        with running_app(Path(scratch)) as app:
            time.sleep(WORKER_S)
            for width in arguments.width or WIDTHS:
                for scheme in arguments.scheme or SCHEMES:
                    shoot(app, browser, wanted, arguments.folder, width=width, scheme=scheme)
        browser.close()


if __name__ == "__main__":
    main()
