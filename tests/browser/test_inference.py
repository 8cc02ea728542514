"""Files go in, skeletons come out, and a reload on the way loses nothing."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.running import JOB_MS, AppPage
from tests.clips import cut

from posespotter.runs import Library


@pytest.fixture(scope="module")
def finished() -> list[str]:
    """Addresses of runs that a test has finished, for those after it."""
    return []


@pytest.fixture(scope="module")
def long_clip(demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough to be at work still when somebody has reloaded the page, or called it off."""
    return cut(demo_clip, tmp_path_factory.mktemp("long") / "two_people.mp4", 1200)


def choose_fast_model(tab: AppPage) -> None:
    tab.page.get_by_role("radio", name="Fast").click()
    expect(tab.page.get_by_test_id("stCaptionContainer").filter(has_text="weak machines")).to_be_visible()


def test_upload_reload_watch(tab: AppPage, long_clip: Path, finished: list[str]):
    tab.open("inference")
    expect(tab.page.get_by_text("Videos or pictures, up to 500 MB")).to_be_visible()
    choose_fast_model(tab)
    tab.page.set_input_files("input[type=file]", long_clip)
    tab.button("Find poses in 1 file").click()
    tab.page.wait_for_url("**/inference?run=*")
    main = tab.page.get_by_test_id("stMain")
    bar = main.get_by_role("progressbar")
    at_work = re.compile(r"Finding poses · [1-9]\d* %")
    expect(main.get_by_test_id("stProgress")).to_contain_text(at_work, timeout=JOB_MS)
    before = float(bar.get_attribute("aria-valuenow") or 0)

    tab.page.reload()
    tab.ready()
    expect(main.get_by_test_id("stProgress")).to_contain_text(at_work)
    expect(main.get_by_role("button", name="Cancel")).to_be_visible()
    assert float(bar.get_attribute("aria-valuenow") or 0) >= before > 0

    video = main.locator("video")
    expect(video).to_be_visible(timeout=JOB_MS)
    tab.plays(video)
    assert "/files/" in str(video.get_attribute("src"))
    # Two people; the one against the light is lost and found again by the fast model.
    expect(main.get_by_test_id("stMetric").filter(has_text="People")).to_have_text(re.compile("People[2-9]"))
    expect(main.get_by_test_id("stDataFrame")).to_be_visible()
    finished.append(tab.page.url.rpartition("/")[2])
    tab.no_error()


def test_a_second_click_queues_no_second_job(tab: AppPage, demo_clip: Path, tmp_path: Path):
    tab.open("inference")
    choose_fast_model(tab)
    tab.page.set_input_files("input[type=file]", shutil.copyfile(demo_clip, tmp_path / "walk_twice.mp4"))
    tab.button("Find poses in 1 file").click(click_count=2, delay=300)  # the second while the first is at work
    tab.page.wait_for_url("**/inference?run=*")
    expect(tab.page.locator("video")).to_be_visible(timeout=JOB_MS)
    assert tab.page.url.count("run=") == 1
    with Library(tab.app.library) as library:
        assert len(library.runs(text="walk_twice")) == 1
    tab.no_error()


def test_the_joints_are_a_table_and_files(tab: AppPage, finished: list[str], tmp_path: Path):
    if not finished:
        pytest.skip("the run before did not end")
    main = tab.open(finished[0]).page.get_by_test_id("stMain")
    caption = main.get_by_text("200 on a page")
    lines = int(caption.inner_text().partition(" ")[0].replace(",", ""))
    main.get_by_label("Joint", exact=True).fill("left knee")
    tab.page.get_by_role("option", name="Left knee").click()
    expect(caption).to_contain_text(f"{lines // 17:,} lines, ")

    main.get_by_role("tab", name="Downloads").click()
    for title, start in (("poses.parquet", b"PAR1"), ("CSV", b'"source"'), ("overlay.mp4", b"")):
        with tab.page.expect_download() as waiting:
            main.get_by_role("link", name=title).first.click()
        file = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(file)
        assert file.read_bytes().startswith(start)
        assert file.stat().st_size > 1000
        assert file.name.startswith("two_people_")


def test_what_is_no_video_is_refused_in_words(tab: AppPage, tmp_path: Path):
    fake = tmp_path / "holiday.mp4"
    fake.write_bytes(b"<script>alert(1)</script>" * 200)
    tab.open("inference")
    tab.page.set_input_files("input[type=file]", fake)
    tab.button("Find poses in 1 file").click()
    alert = tab.page.get_by_test_id("stAlert").filter(has_text="holiday.mp4")
    expect(alert).to_be_visible()
    assert "run=" not in tab.page.url


def test_too_large_is_said_before_anything_is_sent(tab: AppPage, tmp_path: Path):
    tab.open("inference")
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(501_000_000 + 25_000_000)  # a hole on the disk; Streamlit counts in MiB
    tab.page.set_input_files("input[type=file]", large)
    expect(tab.page.get_by_role("alert").filter(has_text="500.0MB or smaller")).to_be_visible()
    expect(tab.button("Find poses").first).to_be_disabled()


def test_a_job_is_cancelled_and_what_was_refused_beside_it_stays_said(tab: AppPage, long_clip: Path, tmp_path: Path):
    fake = tmp_path / "holiday.mp4"
    fake.write_bytes(b"no video" * 1000)
    tab.open("inference")
    tab.page.set_input_files("input[type=file]", [long_clip, fake])
    tab.button("Find poses in 2 files").click()
    tab.page.wait_for_url("**/inference?run=*")
    tab.button("More files").click()
    expect(tab.page.get_by_text("Videos or pictures, up to 500 MB")).to_be_visible()
    tab.button("Show the jobs").click()  # from the page that shows them
    tab.page.wait_for_url("**/inference?run=*")
    tab.button("Cancel").click()
    expect(tab.page.get_by_text("This run was cancelled")).to_be_visible()
    expect(tab.page.get_by_test_id("stAlert").filter(has_text="holiday.mp4")).to_be_visible()
    tab.button("More files").click()
    expect(tab.page.get_by_text("Videos or pictures, up to 500 MB")).to_be_visible()
    expect(tab.page.get_by_test_id("stAlert")).to_have_count(0)


def test_the_sample_squats_play(tab: AppPage):
    tab.open("inference")
    tab.button("Show them").click()
    video = tab.page.get_by_test_id("stMain").locator("video")
    expect(video).to_be_visible(timeout=JOB_MS)
    tab.plays(video)
