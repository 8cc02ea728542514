"""How fast the application is with many runs: finding clips, and changing pages in Chromium until they stand still.

    python benchmarks/many_runs.py [--runs 1000] [--people 50] [--rounds 3]

The library is made for it: each clip with one analysis, two of three clips somebody's. Prints a table of medians.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.running import launch, new_tab, running_app  # noqa: E402
from tests.runs.runs_made import task_folder  # noqa: E402

from posespotter.runs import Library  # noqa: E402
from posespotter.runs.clips import Wanted, clips_of  # noqa: E402
from posespotter.runs.notes.people import People, Person, Session  # noqa: E402

HOME = "See how people move"
FIRST_DAY = date(2026, 1, 1)


def fill(root: Path, n_runs: int, n_people: int) -> None:
    """Make the library."""
    people = People(root)
    ids = [people.add(Person(name=f"Client {i:02d}", tags=("knee",) if i % 2 else ("hip",))) for i in range(n_people)]
    with Library(root) as library:
        for i in range(n_runs // 2):
            clip = library.adopt(task_folder(root / "made" / str(i)), "estimate", name=f"IMG_{i:04d}.mp4")
            library.adopt(
                task_folder(root / "made" / f"{i}a"), "exercise", name=clip.name, parent=clip.id,
                settings={"exercise": "squat"},
            )  # fmt: skip
            if i % 3:
                people.note(clip, Session(person=ids[i % n_people], day=FIRST_DAY + timedelta(days=i % 300)))


def median_s(work: Callable[[], object], rounds: int) -> float:
    """Seconds that `work` takes, the median of some rounds."""
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def search_s(root: Path, rounds: int) -> float:
    """Finding the clips of one tag by a part of a name, as the page does it, by a process that knows them already."""
    people = People(root)
    with Library(root) as library:

        def find() -> None:
            clips = clips_of(library.runs(), people.sessions(), people.all())
            wanted = Wanted(text="client 07", tag="knee")
            assert [clip for clip in clips if wanted.fits(clip)]

        find()
        return median_s(find, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        root = Path(scratch) / "library"
        fill(root, arguments.runs, arguments.people)
        print(f"| search among {arguments.runs} runs | {search_s(root, arguments.rounds):.3f} s |")
        browser = launch(playwright)
        with running_app(Path(scratch)) as app, new_tab(app, browser) as tab:
            tab.open()
            links = tab.page.get_by_test_id("stSidebarNavLink")
            titles = [one.strip().splitlines()[-1] for one in links.all_inner_texts()]
            for title in titles:

                def change(title: str = title) -> None:
                    links.filter(has_text=title).click()
                    heading = HOME if title == titles[0] else title
                    expect(tab.page.locator("h1")).to_have_text(heading)
                    tab.ready()
                    expect(tab.page.locator('[data-stale="true"]')).to_have_count(0)

                change()  # the first time a page also fetches its parts
                elsewhere = links.last if title == titles[0] else links.first
                spent = []
                for _ in range(arguments.rounds):
                    elsewhere.click()
                    expect(tab.page.locator("h1")).to_have_text("Settings" if title == titles[0] else HOME)
                    tab.ready()
                    spent.append(median_s(change, 1))
                print(f"| {title} | {statistics.median(spent):.2f} s |")
        browser.close()


if __name__ == "__main__":
    main()
