"""How many clicks and seconds somebody needs who never saw the program, walked in Chromium.

    python benchmarks/walk.py [--clip VIDEO] [--pictures FOLDER]

Three ways: to the fault of the sample; with an upload to a judged, named, compared and printed analysis; and a clip of
10 s at 960x544 from the upload to the analysis. The seconds are those of program and browser: who reads needs more.
VIDEO shows squats; it is cut, or repeated, to 10 s of 960x544. With a FOLDER a picture is kept of where each way ends.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, repeat
from pathlib import Path

import common
import cv2
import numpy as np
from playwright.sync_api import Browser, Locator, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.running import AppPage, RunningApp, launch, new_tab, running_app  # noqa: E402

from posespotter.arrays import Image  # noqa: E402
from posespotter.exercises import load_exercise  # noqa: E402
from posespotter.media import VideoWriter, open_source  # noqa: E402
from posespotter.runs import Library  # noqa: E402
from posespotter.runs.notes.people import People, Person, Session  # noqa: E402
from posespotter.synthetic.sample import sample_squats  # noqa: E402
from posespotter.tasks.exercise import exercise  # noqa: E402

CLIP = ROOT.parent / "shared" / "data" / "exercise_more" / "dillonloh_quarter_squats.mp4"
SIZE, FPS, LENGTH_S = (960, 544), 30, 10.0
WORKER_S = 8.0  # until the worker of a fresh application has shown itself
WHO = "Anna Berg"
JOB_MS = 1_200_000  # where other programs want the cores as well


@dataclass
class Walk:
    """One way through the application.

    Attributes:
        name: of the way.
        tab: where it goes.
        clicks, entries: presses, and fields filled in or files chosen.
        seconds: from its first page to its end.
    """

    name: str
    tab: AppPage
    clicks: int = 0
    entries: int = 0
    seconds: float = 0.0

    def click(self, place: Locator) -> None:
        """Press something."""
        place.click()
        self.clicks += 1

    def fill(self, place: Locator, text: str) -> None:
        """Write into a field."""
        place.fill(text)
        self.entries += 1

    def upload(self, file: Path) -> None:
        """Choose a file."""
        self.tab.page.locator("input[type=file]").set_input_files(file)
        self.entries += 1


@contextmanager
def walking(name: str, app: RunningApp, browser: Browser, pictures: Path | None) -> Iterator[Walk]:
    """A way from Home in a tab of its own, its time taken."""
    with new_tab(app, browser) as tab:
        walk = Walk(name, tab)
        start = time.perf_counter()
        try:
            tab.open()
            yield walk
            walk.seconds = time.perf_counter() - start
            tab.no_error()
        finally:
            if pictures is not None:
                tab.screenshot(pictures / f"{name.replace(' ', '-')}.png")


def to_the_fault(walk: Walk) -> None:
    """From Home to the sentence that says what is wrong, and the moment in the video."""
    walk.click(walk.tab.button("Try the sample squats"))
    walk.tab.page.wait_for_url("**/movement-analyzer?run=*")
    expect(walk.tab.ready().button("Analyse")).to_be_enabled()
    walk.click(walk.tab.button("Analyse"))
    expect(walk.tab.page.get_by_text("The knees came together to")).to_be_visible(timeout=JOB_MS)
    walk.click(walk.tab.button("Show it above"))
    walk.tab.page.wait_for_function(
        "video => !video.paused", arg=walk.tab.page.locator(".replay video").element_handle()
    )


def analysed(walk: Walk, clip: Path, *, person: str = "") -> float:
    """An upload as far as its result; the seconds from the choice of the file."""
    page = walk.tab.page
    walk.click(page.get_by_role("link", name="Movement analyzer"))
    walk.tab.ready()
    new = page.get_by_test_id("stMain").get_by_role("radio", name="New videos")
    if not new.is_checked():
        walk.click(new)
    start = time.perf_counter()
    walk.upload(clip)
    expect(walk.tab.button("Analyse")).to_be_enabled()
    if person:
        field = page.get_by_role("combobox", name="Whose clip is it?")
        walk.fill(field, person)
        field.press("Enter")
    walk.click(walk.tab.button("Analyse"))
    expect(page.get_by_role("heading", name=re.compile(r"\d repetitions?,"))).to_be_visible(timeout=JOB_MS)
    return time.perf_counter() - start


def to_the_print(walk: Walk, clip: Path) -> None:
    """An upload judged, named, compared with last month's and printed."""
    page = walk.tab.page
    analysed(walk, clip, person=WHO)
    main = page.get_by_test_id("stMain")
    verdicts = main.get_by_text("Right", exact=True)
    if verdicts.count():
        walk.click(verdicts.first)
        expect(main.get_by_text("1 finding confirmed")).to_be_visible()
    walk.click(walk.tab.button("Change name, person, day, note"))
    walk.fill(page.get_by_label("Name", exact=True), "Squats after four weeks")
    walk.fill(page.get_by_label("Note", exact=True), "without pain")
    walk.click(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("heading", name="Squats after four weeks")).to_be_visible()
    walk.click(main.get_by_role("tab", name="Compare"))
    walk.tab.choose(
        main.get_by_role("combobox", name="Compare with"), page.get_by_role("option", name=re.compile("last month"))
    )  # fmt: skip
    walk.clicks += 2
    expect(main.get_by_text(re.compile("^Then: ")).first).to_be_visible(timeout=JOB_MS)
    walk.click(main.get_by_role("tab", name="Report and files"))
    with page.context.expect_page() as opened:
        walk.click(main.get_by_role("link", name="Report for the client"))
    report = opened.value
    report.evaluate("window.print = () => { window.printed = true }")
    walk.click(report.get_by_role("button", name="Print or save as PDF"))
    assert report.evaluate("window.printed")


def ten_seconds(video: Path, target: Path) -> Path:
    """The clip of the figure: 10 s of 960x544 from the beginning of a video, again and again where it is shorter."""
    with open_source(video) as source:
        step = max(1, round(source.info.fps / FPS))
        pictures = [fitted(frame.image) for frame in source if frame.index % step == 0]
    endless = chain.from_iterable(repeat(pictures))
    with VideoWriter(target, SIZE, FPS) as writer:
        for number in range(round(LENGTH_S * FPS)):
            writer.write(next(endless), number / FPS)
    return target


def fitted(image: Image) -> Image:
    """The picture in 960x544, with black beside it where its shape is another."""
    height, width = image.shape[:2]
    scale = min(SIZE[0] / width, SIZE[1] / height)
    small = cv2.resize(image, (round(scale * width), round(scale * height)), interpolation=cv2.INTER_AREA)
    beside, below = SIZE[0] - small.shape[1], SIZE[1] - small.shape[0]
    return np.pad(small, ((below // 2, below - below // 2), (beside // 2, beside - beside // 2), (0, 0)))


def spent_s(root: int) -> float:
    """Processor seconds of a process and all that it has started (Linux)."""
    parents, ticks = {}, {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            fields = file.read_text().rpartition(")")[2].split()
            process = int(file.parent.name)
            parents[process], ticks[process] = int(fields[1]), sum(map(int, fields[11:15]))  # with those it waited for
    family = {root}
    while new := {one for one, parent in parents.items() if parent in family} - family:
        family |= new
    return sum(ticks.get(one, 0) for one in family) / os.sysconf("SC_CLK_TCK")


def remember_last_month(root: Path) -> None:
    """A person with an analysis of a month ago."""
    with Library(root) as library, tempfile.TemporaryDirectory() as scratch:
        sample_squats().to_parquet(Path(scratch) / "poses.parquet")
        made = exercise(str(Path(scratch) / "poses.parquet"), load_exercise("squat"), Path(scratch) / "made")
        run = library.adopt(made.folder, "exercise", name="Squats of last month", settings={"exercise": "squat"})
        people = People(root)
        day = date.today() - timedelta(days=30)
        people.note(run, Session(person=people.add(Person(name=WHO)), day=day))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, default=CLIP, help="a video of squats")
    parser.add_argument("--pictures", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        remember_last_month(folder / "library")
        clip = ten_seconds(arguments.clip, folder / "clip.mp4")
        with running_app(folder) as app:
            browser = launch(playwright)
            time.sleep(WORKER_S)
            with walking("sample to its fault", app, browser, arguments.pictures) as first:
                to_the_fault(first)
            with walking("upload to print", app, browser, arguments.pictures) as second:
                to_the_print(second, clip)
            with walking("10 s clip to analysis", app, browser, arguments.pictures) as third:
                before_s = spent_s(app.process.pid)
                took_s = analysed(third, clip)
                processor_s = spent_s(app.process.pid) - before_s
            browser.close()
    rows = [(one.name, one.clicks, one.entries, f"{one.seconds:.0f}") for one in (first, second, third)]
    least = processor_s / len(os.sched_getaffinity(0)) / LENGTH_S
    common.report(
        common.table(["way", "clicks", "fields and files", "seconds"], rows),
        f"{LENGTH_S:.0f} s of 960x544 from upload to analysis: {took_s:.1f} s, {took_s / LENGTH_S:.1f} x its length; "
        f"{processor_s:.1f} s of the processor for the application, so at best {least:.1f} x on this machine's cores",
    )


if __name__ == "__main__":
    main()
