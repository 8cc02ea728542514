"""From the sample squats to the fault in the video, without reading anything; two analyses side by side."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests import figures
from tests.browser.running import JOB_MS, WAIT_S, AppPage, RunningApp, new_tab, running_app

from posespotter.exercises import load_exercise
from posespotter.runs import Library
from posespotter.runs.notes.people import People, Person, Session
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
        library.adopt(made.folder, "exercise", name="Squats in June.mp4", settings={"exercise": "squat"})
        wrong = exercise(str(poses), load_exercise("push-up"), folder / "made", overlay=False, report=False)
        library.adopt(wrong.folder, "exercise", name="Push-ups?", parent=squats, settings={"exercise": "push-up"})
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


def wait_until(tab: AppPage, holds: Callable[[], bool]) -> None:
    for _ in range(int(WAIT_S / 0.1)):
        if holds():
            return
        tab.page.wait_for_timeout(100)
    pytest.fail("it did not happen")


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
    expect(main.locator(".drawing svg")).to_be_visible(timeout=JOB_MS)
    # The third repetition is the first with a fault: the video stands at its far end.
    expect(main.get_by_text("The knees came together to")).to_be_visible()
    analysis.page.wait_for_function("one => one.currentTime > 8", arg=video.element_handle())
    chart = main.locator(".chart")  # no box that scrolls alone
    wait_until(analysis, lambda: chart.evaluate("one => one.scrollHeight <= one.clientHeight"))
    before = cursor(main)
    slider = main.get_by_role("slider", name="Moment of the video")
    slider.fill("2")
    analysis.page.wait_for_function("one => Math.abs(one.currentTime - 2) < 0.1", arg=video.element_handle())
    wait_until(analysis, lambda: cursor(main) < before - 20)
    expect(main.locator(".replay output")).to_have_text("0:02.0 · frame 40")
    low = main.locator(".values b").first.inner_text()
    slider.fill("4")  # between two squats
    expect(main.locator(".values b").first).not_to_have_text(low)
    slider.fill("9.5")
    main.get_by_role("button", name="One frame on").click()
    expect(main.locator(".replay output")).to_have_text("0:09.6 · frame 191")
    analysis.page.wait_for_function("one => Math.abs(one.currentTime - 9.575) < 0.01", arg=video.element_handle())
    box = main.locator(".drawing").bounding_box()
    assert box is not None
    main.locator(".drawing").click(position={"x": 0.95 * box["width"], "y": 40})
    analysis.page.wait_for_function("one => one.currentTime > 15", arg=video.element_handle())


def test_the_picture_is_measured_and_saved(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    main.get_by_role("button", name="Measure an angle").click()
    analysis.page.wait_for_function("one => one.readyState > 1", arg=main.locator(".replay video").element_handle())
    marks = main.locator(".marks")
    marks.scroll_into_view_if_needed()
    for position in ({"x": 100, "y": 40}, {"x": 100, "y": 100}, {"x": 160, "y": 100}):
        marks.click(position=position)
    expect(marks.locator("text")).to_have_text("90°")
    with analysis.page.expect_download() as waiting:
        main.get_by_role("button", name="Save this picture").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")
    main.get_by_role("button", name="Remove what was drawn").click()
    expect(marks.locator("text")).to_have_count(0)


def test_a_line_tells_its_tilt_and_a_plumb_line_falls(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    analysis.page.wait_for_function("one => one.readyState > 1", arg=main.locator(".replay video").element_handle())
    marks = main.locator(".marks")
    main.get_by_role("button", name="Draw a line").click()
    for position in ({"x": 100, "y": 160}, {"x": 150, "y": 110}):
        marks.click(position=position)
    expect(marks.locator("text")).to_have_text("45°")
    main.get_by_role("button", name="Draw a plumb line").click()
    marks.click(position={"x": 200, "y": 100})
    points = marks.locator("polyline:not([points=''])").last.get_attribute("points") or ""
    (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in points.split())
    assert (x0, y0) == (x1, 0)
    assert y1 == marks.evaluate("one => one.viewBox.baseVal.height")


def test_moments_lead_there_and_joints_tell_their_angles(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    video = main.locator(".replay video")
    expect(main.locator(".drawing svg")).to_be_visible(timeout=JOB_MS)
    main.locator(".moments").scroll_into_view_if_needed()
    expect(main.locator(".moments canvas[data-taken]")).to_have_count(10, timeout=JOB_MS)
    main.get_by_role("button", name="4, bottom").click()
    analysis.page.wait_for_function("one => Math.abs(one.currentTime - 13.3) < 0.5", arg=video.element_handle())
    main.get_by_role("button", name="4, top").click()
    analysis.page.wait_for_function("one => Math.abs(one.currentTime - 12.4) < 0.5", arg=video.element_handle())
    reading = main.locator(".reading")
    expect(reading).to_have_text("Point at a joint to read its angle")
    video.scroll_into_view_if_needed()
    box = video.bounding_box()
    assert box is not None
    analysis.page.mouse.move(box["x"] + 0.47 * box["width"], box["y"] + 0.6 * box["height"])  # the hips of who stands
    expect(reading).to_have_text(re.compile(r"hip flexion \d+° ± \d+°"))
    analysis.page.mouse.move(box["x"] + 0.03 * box["width"], box["y"] + 0.9 * box["height"])
    expect(reading).to_be_hidden()


def test_on_a_phone_the_video_stays_in_view_while_the_charts_are_read(judged: tuple[RunningApp, str], browser: Browser):
    with new_tab(judged[0], browser, width=400) as tab:
        main = tab.open(f"movement-analyzer?run={judged[1]}").page.get_by_test_id("stMain")
        expect(main.locator(".drawing svg")).to_be_visible(timeout=JOB_MS)
        main.locator(".drawing").evaluate("one => one.scrollIntoView({ block: 'end' })")
        expect(main.locator(".replay video")).to_be_in_viewport(ratio=0.95)
        expect(main.get_by_role("slider", name="Moment of the video")).to_be_in_viewport()


def test_what_a_therapist_dismisses_is_not_in_the_report_for_the_client(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    main.get_by_text("No fault", exact=True).first.click()
    expect(main.get_by_text("1 finding dismissed as no fault.")).to_be_visible()
    main.get_by_role("tab", name="Report and files").click()
    with analysis.page.context.expect_page() as opened:
        main.get_by_role("link", name="Report for the client").click()
    report = opened.value
    expect(report.get_by_text("too shallow").first).to_be_visible()
    expect(report.get_by_text("knees inward")).to_have_count(0)
    report.evaluate("window.print = () => { window.printed = true }")
    report.get_by_role("button", name="Print or save as PDF").click()
    assert report.evaluate("window.printed")


def test_a_limit_is_set_for_a_person_decides_and_is_taken_back(judged: tuple[RunningApp, str], browser: Browser):
    app, run_id = judged
    with Library(app.library) as library:
        people, run = People(app.library), library.run(run_id)
        person = people.add(Person(name="Anna Berg"))
        people.note(run, Session(person=person))
    with new_tab(app, browser) as tab:
        main = tab.open(f"movement-analyzer?run={run_id}").page.get_by_test_id("stMain")
        main.get_by_role("tab", name="Limits").click()
        tab.choose(main.get_by_role("combobox", name="Check"), tab.page.get_by_role("option", name="Too shallow"))
        main.get_by_label("At most, °").fill("150")
        main.get_by_label("Reason").fill("six weeks after surgery")
        main.get_by_role("button", name="Set this limit").click()
        expect(main.get_by_text("limit for this person: 150° instead of 103°").first).to_be_visible()
        tab.button("Analyse again with them").click()
        expect(main.get_by_text("1 with a fault: knees inward")).to_be_visible(timeout=JOB_MS)
        expect(main.get_by_text("limit for this person: 150° instead of 103° (six weeks")).to_be_visible()
        new = parse_qs(urlsplit(tab.page.url).query)["run"][0]
        for address in (f"files/{new}/report.html", f"files/{new}/analysis.json", f"clinic/{new}"):
            assert "six weeks after surgery" in tab.page.request.get(f"{app.url}/{address}").text()
        tab.open(f"people?person={person}")
        tab.button("Take back").click()
        expect(tab.page.get_by_text("Limits of their own")).to_have_count(0)
        tab.open(f"movement-analyzer?run={new}")
        expect(tab.button("Analyse again with them")).to_be_visible()
        tab.no_error()
    People(app.library).note(run, Session())


def test_two_clips_run_side_by_side(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    main.get_by_role("tab", name="Compare").click()
    other = analysis.page.get_by_role("option", name=re.compile("Squats in June"))
    analysis.choose(main.get_by_role("combobox", name="Compare with"), other)
    first, second = main.locator(".pair video").first, main.locator(".pair video").last
    for _ in range(int(WAIT_S / 0.2)):  # both are asked anew each time: a list that closes may make the pair again
        at, other_at = seconds(first), seconds(second)
        if at > 0.5 and abs(other_at - at - 3.7) < 0.5:
            break
        if first.evaluate("video => video.paused"):
            main.get_by_label("Where the second clip begins").select_option(label="Repetition 2")
            main.get_by_role("button", name="Play both").click()
        analysis.page.wait_for_timeout(200)
    else:
        pytest.fail(f"the two clips stand at {at} and {other_at} s")
    analysis.no_error()


def test_another_exercise_is_recognised(judged: tuple[RunningApp, str], browser: Browser):
    with Library(judged[0].library) as library:
        (wrong,) = library.runs(text="Push-ups?")
    with new_tab(judged[0], browser) as tab:
        main = tab.open(f"movement-analyzer?run={wrong.id}").page.get_by_test_id("stMain")
        expect(main.get_by_text("This looks like Squat: 5 repetitions.")).to_be_visible()
        tab.button("Analyse it as Squat").click()
        expect(main.get_by_text("knees inward in repetition 3")).to_be_visible(timeout=JOB_MS)
        tab.no_error()


def test_each_repetition_and_each_chart(analysis: AppPage):
    main = analysis.page.get_by_test_id("stMain")
    video = main.locator(".replay video")
    expect(main.locator(".drawing svg")).to_be_visible(timeout=JOB_MS)
    main.get_by_test_id("stButtonGroup").first.get_by_role("radio", name="5").click()
    expect(main.get_by_text("The knees bent to")).to_be_visible()
    analysis.page.wait_for_function("one => one.currentTime > 16", arg=video.element_handle())
    analysis.button("Show it above").scroll_into_view_if_needed()
    analysis.button("Show it above").click()
    analysis.page.wait_for_function("one => !one.paused || one.currentTime > 16", arg=video.element_handle())
    expect(video).to_be_in_viewport(ratio=0.95)
    analysis.plays(main.locator("video").nth(1))  # the clip of the fault
    for chart, words in (
        ("Joint angles", "Neck angle"), ("Horizontal positions", "to the right of the ankles"),
        ("Vertical positions", "above the ankles"), ("Shoulders over feet", "in front of the middle of the feet"),
    ):  # fmt: skip
        main.get_by_text(chart, exact=True).click()
        expect(main.locator(".drawing svg").get_by_text(words)).to_be_visible(timeout=JOB_MS)
        if chart != "Shoulders over feet":  # which cannot be measured from the front
            expect(main.locator(".values b").first).to_have_text(re.compile(r"\d"))
    analysis.no_error()


def test_axe_finds_nothing_on_an_analysis(analysis: AppPage):
    expect(analysis.page.locator(".drawing svg")).to_be_visible(timeout=JOB_MS)
    analysis.accessible()
    run_id = parse_qs(urlsplit(analysis.page.url).query)["run"][0]
    for report in (f"clinic/{run_id}?language=de", f"files/{run_id}/report.html"):
        analysis.page.goto(f"{analysis.app.url}/{report}")
        analysis.accessible()


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
    analysis.no_error().ready().accessible()


def test_without_runs_the_page_says_what_to_do(tab: AppPage):
    tab.open("movement-analyzer")
    expect(tab.page.get_by_text("No video at hand?")).to_be_visible()
    tab.no_error()


BATCH = ("squat_front_1.mp4", "squat_right_1.mp4", "deadlift_right_2.mp4")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("exercise", "found"),
    [("Squat", ["squat", "squat", "squat"]), ("Find out", ["squat", "squat", "deadlift"])],
    ids=["one for all", "found by the program"],
)
def test_several_uploads_become_one_table(
    tmp_path: Path, browser: Browser, shared: Path, exercise: str, found: list[str]
):
    with running_app(tmp_path) as app, new_tab(app, browser) as tab:
        page = tab.open("movement-analyzer").page
        main = page.get_by_test_id("stMain")
        main.locator("input[type=file]").set_input_files([shared / "data" / "exercise" / name for name in BATCH])
        expect(main.get_by_label("Whose clips are they?")).to_be_visible()
        if exercise != "Squat":  # which stands chosen
            field = main.get_by_role("combobox", name="Exercise")
            tab.choose(field, page.get_by_role("option", name=exercise, exact=True))
        tab.button("Analyse").click()
        expect(main.get_by_text("3 of 3 done")).to_be_visible(timeout=2 * JOB_MS)
        expect(main.get_by_test_id("stDataFrame")).to_be_visible()
        tab.no_error()
        with Library(app.library) as library:
            made = {run.name: run for run in library.runs(kind="exercise")}
        assert [made[name].settings["exercise"] for name in BATCH] == found
        for name in BATCH[:2]:
            assert made[name].counts["repetitions"] == 1
        main.get_by_role("button", name="squat_right_1.mp4").click()
        expect(main.get_by_role("heading", name="1 repetition")).to_be_visible(timeout=JOB_MS)
        page.go_back()  # to the table
        expect(main.get_by_text("3 of 3 done")).to_be_visible()
        tab.no_error()
