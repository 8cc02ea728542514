"""An everyday test from the sample to the person's progress, without reading anything."""

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.running import JOB_MS, AppPage, RunningApp, new_tab, running_app
from tests.figures import film

from posespotter.assessments import load_assessment
from posespotter.runs import Library
from posespotter.runs.notes.people import People, Person, Session
from posespotter.synthetic.everyday import sit_to_stand
from posespotter.tasks.assessment import run_assessment


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An application in which Anna has stood up five times on two days, 3 seconds faster on the second."""
    folder = tmp_path_factory.mktemp("tested")
    os.environ["POSESPOTTER_LIBRARY"] = str(folder / "library")
    with Library(folder / "library") as library:
        people = People(library.root)
        anna = people.add(Person(name="Anna Berg"))
        for month, sat_s in ((3, 1.3), (5, 0.5)):
            file = folder / f"stands-{month}.parquet"
            film(sit_to_stand(5, sat_s=sat_s).figure, yaw_deg=90, world=False).to_parquet(file)
            made = run_assessment(str(file), load_assessment("sit-to-stand"), folder / "made")
            run = library.adopt(made.folder, "test", name=f"Stands in month {month}")
            people.note(run, Session(person=anna, day=date(2026, month, 1)))
    with running_app(folder) as running:
        yield running


@pytest.fixture
def tests_page(tested: RunningApp, browser: Browser) -> Iterator[AppPage]:
    with new_tab(tested, browser) as tab:
        yield tab.open("everyday-tests")


def test_from_the_sample_to_what_speaks_against_it(tests_page: AppPage) -> None:
    page = tests_page.page
    expect(page.get_by_text("arms crossed on the chest").first).to_be_visible()  # the instruction
    expect(page.get_by_text("Bohannon 2006").first).to_be_visible()  # the published numbers
    tests_page.button("Take the sample stands").click()
    expect(page.get_by_text("In which?")).to_be_visible()
    tests_page.button("Carry out the test").click()
    expect(page.get_by_text(re.compile(r"Time for five stands: \d+\.\d s ± 0\.2 s"))).to_be_visible(timeout=JOB_MS)
    expect(page.get_by_text("Hands used at stand 4")).to_be_visible()
    video = page.locator(".replay video")
    tests_page.button("Show it").click()
    page.wait_for_function("one => one.currentTime > 9 && one.currentTime < 13.5", arg=video.element_handle())
    page.get_by_role("tab", name="Report and files").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the report").click()
    expect(opened.value.get_by_text("Hands used at stand 4").first).to_be_visible()
    AppPage(tests_page.app, opened.value).accessible()
    tests_page.no_error().ready().accessible()


def test_another_moment_of_go_is_judged_again(tests_page: AppPage, tested: RunningApp) -> None:
    with Library(tested.library) as library:
        run = library.runs(kind="test", text="Stands in month 5")[0]
    page = tests_page.open(f"everyday-tests?run={run.id}").page
    expect(page.get_by_text("Timed from the first movement")).to_be_visible()
    page.get_by_text("Judge it again").click()
    go = page.get_by_role("spinbutton", name="Go")
    go.fill("1")
    go.press("Enter")
    tests_page.ready().button("Judge again").click()
    expect(page.get_by_text("Timed from the moment of Go")).to_be_visible(timeout=JOB_MS)
    tests_page.no_error()


def test_the_results_of_a_person_are_their_progress(tests_page: AppPage) -> None:
    page = tests_page.open("people").page
    tests_page.button("Anna Berg").click()
    expect(page.get_by_role("heading", name="Progress in tests")).to_be_visible()
    expect(page.get_by_text("1 Mar 2026 to 1 May 2026")).to_contain_text("a change beyond what the test")
    expect(page.get_by_text("MDC95")).to_be_visible()
    with page.expect_download() as waiting:
        tests_page.button("Save as CSV").click()
    lines = Path(waiting.value.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) >= 3
    assert lines[1].startswith("1 Mar 2026,Stands in month 3,")
    tests_page.no_error().ready().accessible()
