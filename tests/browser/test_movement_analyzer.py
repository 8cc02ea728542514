"""From the sample squats to the fault in the video, without reading anything; two analyses side by side."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests import figures
from tests.browser.running import JOB_MS, AppPage, RunningApp, new_tab, running_app

from posespotter.exercises import load_exercise
from posespotter.runs import Library
from posespotter.tasks.exercise import exercise
from posespotter.ui.samples import squats_run


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningApp, str]]:
    """An application with the sample squats and two analyses: of them, and of a figure; with the id of the former."""
    folder = tmp_path_factory.mktemp("judged")
    os.environ["POSESPOTTER_LIBRARY"] = str(folder / "library")
    with Library(folder / "library") as library:
        squats = squats_run(library)
        poses, video = library.artefact(squats, "poses.parquet"), library.source(squats)
        figure = folder / "figure.parquet"
        figures.film(figures.squat({"heels_lift"}), yaw_deg=90, noise=0.002).to_parquet(figure)
        for name, spec, film in (("Figure.mp4", figure, None), ("Sample: squats", poses, video)):
            made = exercise(str(spec), load_exercise("squat"), folder / "made", video=film and str(film))
            run = library.adopt(made.folder, "exercise", name=name, settings={"exercise": "squat"})
    with running_app(folder) as running:
        yield running, run.id


@pytest.fixture
def analysis(judged: tuple[RunningApp, str], browser: Browser) -> Iterator[AppPage]:
    app, run_id = judged
    with new_tab(app, browser) as tab:
        yield tab.open(f"movement-analyzer?run={run_id}")


def seconds(video: Locator) -> float:
    return float(video.evaluate("video => video.currentTime"))


def cursor(page: Locator) -> float:
    return float(page.locator(".cursor").evaluate("one => parseFloat(one.style.left)"))


def test_sample_to_verdict(judged: tuple[RunningApp, str], browser: Browser):
    with new_tab(judged[0], browser) as tab:
        tab.open("movement-analyzer").button("Take the sample squats").click()
        expect(tab.button("Analyse")).to_be_enabled()
        tab.button("Analyse").click()
        expect(tab.page.get_by_text("2 with faults: knees inward in repetition 3")).to_be_visible(timeout=JOB_MS)
        tab.plays(tab.page.locator(".replay video"))
        tab.no_error()


def test_one_slider_moves_the_video_and_the_chart(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    video = main.locator(".replay video")
    expect(main.locator(".replay svg")).to_be_visible(timeout=JOB_MS)
    # The third repetition is the first with a fault: the video stands at its far end.
    expect(main.get_by_text("The knees came together to")).to_be_visible()
    analysis.page.wait_for_function("one => one.currentTime > 8", arg=video.element_handle())
    # Of six curves four are in sight; that which shows the fault is one of them.
    in_sight = "one => { const { top, bottom } = one.getBoundingClientRect(); return [top, bottom]; }"
    top, bottom = main.locator(".chart").evaluate(in_sight)
    mark = main.locator('.drawing path[style*="--fault"]').last.evaluate(in_sight)
    assert top <= mark[0] < mark[1] <= bottom
    before = cursor(main)
    slider = main.get_by_role("slider", name="Moment of the video")
    slider.fill("2")
    analysis.page.wait_for_function("one => Math.abs(one.currentTime - 2) < 0.1", arg=video.element_handle())
    assert cursor(main) < before - 20
    expect(main.locator(".replay output")).to_contain_text("0:02.0")
    box = main.locator(".drawing").bounding_box()
    assert box is not None
    main.locator(".drawing").click(position={"x": 0.95 * box["width"], "y": 40})
    analysis.page.wait_for_function("one => one.currentTime > 15", arg=video.element_handle())


def test_each_repetition_and_each_chart(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    video = main.locator(".replay video")
    expect(main.locator(".replay svg")).to_be_visible(timeout=JOB_MS)
    main.get_by_test_id("stButtonGroup").first.get_by_role("radio", name="5").click()
    expect(main.get_by_text("The thighs stopped")).to_be_visible()
    analysis.page.wait_for_function("one => one.currentTime > 16", arg=video.element_handle())
    analysis.button("Show it above").click()
    analysis.page.wait_for_function("one => !one.paused || one.currentTime > 16", arg=video.element_handle())
    analysis.plays(main.locator("video").nth(1))  # the clip of the fault
    for chart, words in (
        ("Joint angles", "Neck angle"), ("Horizontal positions", "to the right of the ankles"),
        ("Vertical positions", "above the ankles"), ("Shoulders over feet", "in front of the middle of the feet"),
    ):  # fmt: skip
        main.get_by_text(chart, exact=True).click()
        expect(main.locator(".replay svg").get_by_text(words)).to_be_visible(timeout=JOB_MS)
    analysis.no_error()


def test_report_and_comparison(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    main.get_by_role("tab", name="Report and files").click()
    with analysis.page.expect_download() as waiting:
        main.get_by_role("link", name="report.html").click()
    assert waiting.value.suggested_filename.endswith("report.html")
    assert "knees inward" in Path(waiting.value.path()).read_text("utf-8").lower()
    main.get_by_role("tab", name="Compare").click()
    other = analysis.page.get_by_role("option", name=re.compile("Figure.mp4"))
    analysis.choose(main.get_by_label("Compare with"), other)
    expect(main.get_by_text("3 of 5 good")).to_be_visible(timeout=JOB_MS)
    expect(main.get_by_text("0 of 3 good")).to_be_visible()
    expect(main.get_by_text("Then: Figure.mp4")).to_be_visible()
    expect(main.get_by_text("seen from", exact=False).first).to_be_visible()
    analysis.no_error()


def test_without_runs_the_page_says_what_to_do(tab: AppPage):
    tab.open("movement-analyzer")
    expect(tab.page.get_by_text("No video at hand?")).to_be_visible()
    tab.no_error()
