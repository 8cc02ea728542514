"""The webcam page in a real browser, with a camera that shows a clip: skeletons, recordings, and what goes wrong."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, WebSocketRoute, expect
from tests.browser.fake_camera import browser_with_camera, pictures, write_y4m
from tests.browser.running import JOB_MS, WAIT_S, AppPage, RunningApp, launch

from posespotter.jobs.submit import cancel
from posespotter.runs import Library

SECONDS = 1000
LONG = WAIT_S * SECONDS
LEFT, RIGHT = (56, 178, 255), (255, 140, 20)  # the overlay's colours, red green blue
ALARM = (225, 28, 48)
# Keeps the streams that the page gets, to look at afterwards whether they were let go.
WATCH_STREAMS = """
window.streams = [];
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (...wish) => {
  const stream = await ask(...wish);
  window.streams.push(stream);
  return stream;
};
"""
# Of the cameras that were opened.
STATES = "window.streams.flatMap(stream => stream.getTracks().map(track => track.readyState))"
# Whether the browser would ask before it leaves.
ASKS = "!dispatchEvent(new Event('beforeunload', { cancelable: true }))"
# Keeps what an element says, also what is gone before anybody looks.
WATCH_WORDS = """
element => {
  window.words = [];
  new MutationObserver(() => window.words.push(element.textContent)).observe(element, { childList: true });
}
"""
# A camera that shows nobody, and falls silent while `window.frozen`.
PAINTED_CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const context = canvas.getContext("2d");
  setInterval(() => {
    if (window.frozen) return;
    context.fillStyle = `hsl(${performance.now() / 10} 50% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 100);
  const stream = canvas.captureStream();
  window.unplug = () => {
    const [track] = stream.getVideoTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
  };
  return stream;
};
"""
# The lightest model, until the test chooses another one.
LITE = """
localStorage["posespotter-webcam"] ??= JSON.stringify({ model: "movenet-lightning" });
"""


@pytest.fixture(scope="module")
def with_camera(playwright: Playwright, demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    video = write_y4m(demo_clip, tmp_path_factory.mktemp("camera") / "two_people.y4m", 120)
    with browser_with_camera(playwright, video) as browser:
        yield browser


@contextmanager
def webcam_tab(app: RunningApp, browser: Browser, script: str = "", **options: Any) -> Iterator[AppPage]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)
    page = context.new_page()
    page.add_init_script(LITE + script)
    tab = AppPage(app, page).open()
    page.get_by_role("link", name="Webcam").first.click()
    expect(page.get_by_role("button", name="Start camera")).to_be_enabled(timeout=LONG)
    try:
        yield tab
    finally:
        context.close()


@pytest.fixture
def webcam(app: RunningApp, with_camera: Browser) -> Iterator[Page]:
    """The page, with the camera still off."""
    with webcam_tab(app, with_camera, WATCH_STREAMS) as tab:
        yield tab.page


def drawn(page: Page) -> int:
    """How many pictures with skeletons were shown so far."""
    return int(page.locator(".webcam").get_attribute("data-frames") or 0)


def start(page: Page, least: int = 5) -> None:
    """Start the camera and wait for the first pictures."""
    page.get_by_role("button", name="Start camera").click()
    wait_for(page, lambda: drawn(page) >= least)


def wait_for(page: Page, holds: Callable[[], bool], seconds: float = 2 * WAIT_S) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not happen"
        page.wait_for_timeout(100)


def near(pixels: Any, colour: tuple[int, int, int]) -> int:
    """How many of (..., 3) pixels have about this colour."""
    return int((abs(pixels.astype(int) - colour).max(-1) < 12).sum())


COUNT_COLOURS = """
(canvas, colours) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const counts = colours.map(() => 0);
  for (let i = 0; i < data.length; i += 4) {
    colours.forEach(([r, g, b], k) => {
      const off = Math.max(Math.abs(data[i] - r), Math.abs(data[i + 1] - g), Math.abs(data[i + 2] - b));
      if (off < 12) counts[k] += 1;
    });
  }
  return counts;
}
"""


def test_skeletons_are_drawn_over_the_camera(webcam: Page, demo_clip: Path) -> None:
    bare = [pixels[..., ::-1] for pixels in pictures(demo_clip, 4, every=30)]
    start(webcam)
    least = [max(200, 4 * max(near(pixels, colour) for pixels in bare)) for colour in (LEFT, RIGHT)]

    def both_sides() -> bool:
        counts = webcam.locator(".picture").evaluate(COUNT_COLOURS, [LEFT, RIGHT])
        return all(count > enough for count, enough in zip(counts, least, strict=True))

    wait_for(webcam, both_sides)
    expect(webcam.locator(".rate")).to_contain_text("pictures/s")
    expect(webcam.locator(".delay")).to_contain_text("ms behind")


def test_record_cut_and_keep(webcam: Page, app: RunningApp) -> None:
    start(webcam)
    webcam.get_by_role("button", name="Record").click()
    AppPage(app, webcam).records(3)
    webcam.get_by_role("button", name="End recording").click()
    expect(webcam.locator(".cut")).to_be_visible(timeout=LONG)
    expect(webcam.locator(".length")).to_contain_text(re.compile(r"keeps \d\.\d s of \d"), timeout=LONG)
    expect(webcam.locator(".to")).to_be_enabled(timeout=LONG)  # once the browser knows the length
    length_s = float(webcam.locator(".to").input_value())
    start_s, end_s = 0.25 * length_s, 0.75 * length_s
    for handle, value in (("from", start_s), ("to", end_s)):
        webcam.locator(f".{handle}").evaluate("(e, s) => { e.value = s; e.dispatchEvent(new Event('input')) }", value)
    expect(webcam.locator(".length")).to_contain_text(f"keeps {end_s - start_s:.1f} s")
    expect(webcam.get_by_role("button", name="Play")).to_be_enabled()
    webcam.locator(".preview").evaluate("video => video.play()")
    preview = webcam.locator(".preview").element_handle()
    webcam.wait_for_function("video => video.played.length > 0", arg=preview, timeout=LONG)
    webcam.get_by_label("Name").fill("Two people")
    webcam.get_by_role("button", name="Keep").click()
    expect(webcam.get_by_text("is kept").first).to_be_visible(timeout=2 * LONG)
    with Library(app.library) as library:
        recording = library.runs(kind="recording", text="Two people")[0]
        frames, kept_s = recording.counts["frames"], recording.counts["video_s"]
        one_s = kept_s / frames  # long, where the browser has no time to record every picture
        assert kept_s - one_s <= end_s - start_s + 0.1  # from the first picture to the last
        assert kept_s > 0.7 * (end_s - start_s) - 2 * one_s
        assert library.source(recording.id) is not None
        (job,) = library.children(recording.id)
        assert job.kind == "estimate"
        if not job.state.over:
            cancel(library, job.id)
    expect(webcam.locator(".webcam")).to_have_attribute("data-phase", "live")
    goes_on = drawn(webcam)
    wait_for(webcam, lambda: drawn(webcam) > goes_on)


def test_discard_leaves_nothing(webcam: Page, app: RunningApp) -> None:
    with Library(app.library) as library:
        before = [run.id for run in library.runs(kind="recording")]
        start(webcam)
        webcam.get_by_role("button", name="Record").click()
        AppPage(app, webcam).records(1)
        webcam.get_by_role("button", name="End recording").click()
        webcam.get_by_role("button", name="Discard").click()
        expect(webcam.locator(".webcam")).to_have_attribute("data-phase", "live", timeout=LONG)
        assert [run.id for run in library.runs(kind="recording")] == before


def test_leaving_the_page_lets_go_of_the_camera(webcam: Page) -> None:
    start(webcam)
    webcam.get_by_role("button", name="Record").click()
    webcam.get_by_role("link", name="Home").first.click()
    expect(webcam.locator("h1")).not_to_have_text("Webcam", timeout=LONG)
    wait_for(webcam, lambda: set(webcam.evaluate(STATES)) == {"ended"})


def keeps_the_recording(page: Page, app: RunningApp, why: str) -> None:
    """What was recorded is shown with the reason for its end, can be played, and kept."""
    expect(page.locator(".cut")).to_be_visible(timeout=LONG)
    expect(page.locator(".why")).to_contain_text(why)
    expect(page.locator(".to")).to_be_enabled(timeout=LONG)
    assert float(page.locator(".to").input_value()) > 0.5
    page.get_by_label("Name").fill(why)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("is kept").first).to_be_visible(timeout=2 * LONG)
    with Library(app.library) as library:
        recording = library.runs(kind="recording", text=why)[0]
        cancel(library, library.children(recording.id)[0].id)


def test_stopping_the_camera_keeps_what_was_recorded(webcam: Page, app: RunningApp) -> None:
    start(webcam)
    webcam.get_by_role("button", name="Record").click()
    AppPage(app, webcam).records(2)
    webcam.get_by_role("button", name="Stop camera").click()
    expect(webcam.locator(".cut")).to_be_visible(timeout=LONG)
    assert set(webcam.evaluate(STATES)) == {"ended"}
    keeps_the_recording(webcam, app, "The camera was stopped while it recorded")
    expect(webcam.locator(".webcam")).to_have_attribute("data-phase", "off")
    start(webcam)  # and it can be started again
    webcam.get_by_role("button", name="Stop camera").click()
    expect(webcam.locator(".webcam")).to_have_attribute("data-phase", "off")


@pytest.mark.parametrize("ended", [False, True])
def test_another_page_keeps_what_was_recorded(webcam: Page, app: RunningApp, ended: bool) -> None:
    start(webcam)
    webcam.get_by_role("button", name="Record").click()
    AppPage(app, webcam).records(2)
    if ended:
        webcam.get_by_role("button", name="End recording").click()
        expect(webcam.locator(".cut")).to_be_visible(timeout=LONG)
    for page in ("Home", "Outputs"):
        webcam.get_by_role("link", name=page).first.click()
        expect(webcam.locator("h1")).not_to_have_text("Webcam", timeout=LONG)
        wait_for(webcam, lambda: set(webcam.evaluate(STATES)) == {"ended"})
        assert webcam.evaluate(ASKS)  # who closes the tab now is asked
        webcam.get_by_role("link", name="Webcam").first.click()
        expect(webcam.locator(".cut")).to_be_visible(timeout=LONG)
    keeps_the_recording(webcam, app, "The page was left while this waited")
    expect(webcam.locator(".webcam")).to_have_attribute("data-phase", "off")
    assert not webcam.evaluate(ASKS)
    webcam.get_by_role("link", name="Home").first.click()
    webcam.get_by_role("link", name="Webcam").first.click()
    expect(webcam.get_by_role("button", name="Start camera")).to_be_enabled(timeout=LONG)  # it is not there again


def test_a_recording_outlives_the_connection_of_the_page(app: RunningApp, with_camera: Browser) -> None:
    """Of Streamlit's own socket, and of the camera's."""
    with webcam_tab(app, with_camera, PAINTED_CAMERA) as tab:
        page = tab.page
        sockets: list[WebSocketRoute] = []

        def pass_on(socket: WebSocketRoute) -> None:
            socket.connect_to_server()
            sockets.append(socket)

        page.route_web_socket(re.compile("/_stcore/stream|/webcam/socket"), pass_on)
        page.reload()
        start(page)
        page.get_by_role("button", name="Record").click()
        tab.records(2)
        for socket in sockets[:]:
            socket.close(code=1001)
        n = len(sockets)
        wait_for(page, lambda: len(sockets) >= n + 2)
        end, cut = page.get_by_role("button", name="End recording"), page.locator(".cut")
        wait_for(page, lambda: end.is_visible() or cut.is_visible())
        if end.is_visible():
            end.click()
        expect(cut).to_be_visible(timeout=LONG)
        expect(page.locator(".to")).to_be_enabled(timeout=LONG)
        assert float(page.locator(".to").input_value()) > 1


def test_for_somebody_far_away_it_fills_the_screen_and_counts_down(webcam: Page) -> None:
    start(webcam)
    webcam.evaluate("() => { window.said = []; speechSynthesis.speak = (one) => { said.push(one.text); }; }")
    webcam.get_by_role("button", name="Full screen").click()
    wait_for(webcam, lambda: webcam.locator(".webcam").evaluate("one => one.matches(':fullscreen')"))
    stage = webcam.locator(".stage").bounding_box()
    assert stage is not None
    assert stage["height"] > 0.8 * webcam.evaluate("innerHeight")
    expect(webcam.get_by_role("button", name="Stop camera")).to_be_in_viewport()
    webcam.get_by_role("button", name="Full screen").click()
    wait_for(webcam, lambda: not webcam.locator(".webcam").evaluate("one => one.matches(':fullscreen')"))

    webcam.get_by_text("Say the count").click()
    webcam.get_by_text("Count down before recording").click()
    webcam.get_by_role("button", name="Record", exact=True).click()
    expect(webcam.locator(".recording")).to_be_visible()
    assert webcam.evaluate("said")[:5] == ["5", "4", "3", "2", "1"]
    webcam.get_by_role("button", name="End recording").click()
    webcam.get_by_role("button", name="Discard").click()


def test_mirroring_turns_the_picture_and_not_the_words(webcam: Page) -> None:
    start(webcam)
    expect(webcam.get_by_label("Mirror")).to_be_checked()
    webcam.get_by_label("Mirror").uncheck()
    webcam.get_by_role("button", name="Stop camera").click()
    expect(webcam.get_by_text("The camera is off")).to_be_visible()
    webcam.reload()
    expect(webcam.get_by_label("Mirror")).not_to_be_checked(timeout=LONG)  # choices are remembered


def routed_sockets(page: Page) -> list[WebSocketRoute]:
    """The page's sockets, as they come: what is sent to one, the page takes for the server's."""
    sockets: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/webcam/socket", pass_on)
    return sockets


def test_an_everyday_test_is_timed_judged_and_kept(webcam: Page, app: RunningApp) -> None:
    webcam.evaluate("() => { window.said = []; speechSynthesis.speak = (one) => { said.push(one.text); }; }")
    webcam.get_by_label("Everyday test").select_option("sit-to-stand")
    expect(webcam.get_by_text("arms crossed on the chest")).to_be_visible()  # the instruction
    webcam.get_by_text("Say the count").click()
    start(webcam)
    webcam.get_by_role("button", name="Start the test").click()
    expect(webcam.locator(".clock")).to_have_text("Ready", timeout=LONG)  # the camera records by now
    expect(webcam.get_by_role("button", name="Record", exact=True)).to_be_hidden()
    recorded = drawn(webcam)
    wait_for(webcam, lambda: drawn(webcam) > recorded + 3)  # a busy browser's first recorded picture comes late
    webcam.keyboard.press("g")
    expect(webcam.get_by_role("button", name="End the test")).to_be_visible()
    assert "Go" in webcam.evaluate("said")
    wait_for(webcam, lambda: float(webcam.locator(".clock").inner_text()) > 2)
    webcam.get_by_role("button", name="End the test").click()
    verdict = webcam.locator(".verdict")
    expect(verdict).to_contain_text("Five times sit-to-stand", timeout=LONG)
    expect(verdict).to_contain_text(re.compile("a person who sits|Nobody was found|w(?:as|ere) seen|could not"))
    webcam.get_by_label("Name").fill("Two who do not sit")
    webcam.get_by_role("button", name="Keep").click()
    webcam.get_by_role("link", name="See the result").click(timeout=JOB_MS)
    expect(webcam.get_by_role("heading", name="Two who do not sit")).to_be_visible(timeout=LONG)
    expect(webcam.get_by_text("no result").first).to_be_visible()
    with Library(app.library) as library:
        run = library.runs(kind="test", text="Two who do not sit")[0]
        assert run.settings["test"] == "sit-to-stand"
        assert 0 <= run.settings["start_s"] < 30


def test_the_stands_of_a_test_are_counted_and_its_end_ends_it(app: RunningApp, with_camera: Browser) -> None:
    with webcam_tab(app, with_camera, PAINTED_CAMERA) as tab:
        page = tab.page
        sockets = routed_sockets(page)
        page.get_by_label("Everyday test").select_option("sit-to-stand")
        start(page)
        page.get_by_role("button", name="Start the test").click()
        expect(page.locator(".clock")).to_have_text("Ready", timeout=LONG)
        now_s = page.evaluate("performance.now() / 1000")
        for count in (0, 3):  # somebody moves, without Go
            sockets[-1].send(json.dumps({"type": "test", "count": count, "started_s": now_s - 4, "over": False}))
        expect(page.locator(".counter b")).to_have_text("3")
        assert float(page.locator(".clock").inner_text()) >= 4
        sockets[-1].send(json.dumps({"type": "test", "count": 5, "started_s": now_s - 4, "over": True}))
        expect(page.locator(".verdict")).to_contain_text("Nobody was found", timeout=LONG)
        page.get_by_role("button", name="Discard").click()
        expect(page.get_by_role("button", name="Start the test")).to_be_visible()


def test_the_way_to_a_target_depth_is_shown_and_its_end_told(app: RunningApp, with_camera: Browser) -> None:
    with webcam_tab(app, with_camera, PAINTED_CAMERA) as tab:
        page = tab.page
        sockets = routed_sockets(page)
        page.evaluate("() => { window.said = []; speechSynthesis.speak = (one) => { said.push(one.text); }; }")
        page.get_by_text("Say the count").click()
        page.get_by_label("Count repetitions").select_option("biceps-curl")
        expect(page.get_by_label("Target depth")).to_be_hidden()
        page.get_by_label("Count repetitions").select_option("squat")
        expect(page.get_by_label("Target depth")).to_have_text(re.compile(r"^The exercise's limit, \d+°$"))
        start(page)
        bar = page.locator(".depth")
        for share, reached, first in ((0.5, False, False), (1.1, True, True), (1.2, True, False)):
            sockets[-1].send(json.dumps({"type": "depth", "share": share, "reached": reached, "first": first}))
            expect(bar).to_have_attribute("style", re.compile(f"--share: {share}"))
        expect(bar).to_have_class(re.compile("reached"))
        assert page.evaluate("said") == ["Deep enough"]


def test_a_lost_connection_is_said_and_mended(app: RunningApp, with_camera: Browser) -> None:
    with webcam_tab(app, with_camera) as tab:
        sockets = routed_sockets(tab.page)
        start(tab.page)
        tab.page.locator(".notice").evaluate(WATCH_WORDS)
        sockets[-1].close(code=1001)
        wait_for(tab.page, lambda: any("connection is lost" in words for words in tab.page.evaluate("window.words")))
        goes_on = drawn(tab.page)
        wait_for(tab.page, lambda: drawn(tab.page) > goes_on)
        assert len(sockets) >= 2
        expect(tab.page.locator(".notice")).to_be_hidden(timeout=LONG)


def test_a_camera_that_falls_silent_is_told(app: RunningApp, with_camera: Browser) -> None:
    with webcam_tab(app, with_camera, PAINTED_CAMERA) as tab:
        page = tab.page
        start(page)
        expect(page.locator(".rate")).to_contain_text("pictures/s")
        page.evaluate("window.frozen = true")
        expect(page.locator(".notice")).to_contain_text("No picture comes from the camera", timeout=LONG)
        expect(page.locator(".rate")).to_have_text("–")
        page.evaluate("window.frozen = false")
        expect(page.locator(".notice")).to_be_hidden()
        expect(page.locator(".rate")).to_contain_text("pictures/s")
        page.evaluate("""() => {
          const found = { kind: "videoinput", deviceId: "new", label: "A new camera" };
          navigator.mediaDevices.enumerateDevices = async () => [found];
          navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
        }""")
        expect(page.locator(".camera-choice")).to_have_text("A new camera")


def test_falls_stay_told_until_seen_and_a_recording_outlives_its_camera(app: RunningApp, with_camera: Browser) -> None:
    with webcam_tab(app, with_camera, PAINTED_CAMERA) as tab:
        page = tab.page
        sockets = routed_sockets(page)
        start(page)
        for person in (1, 2):
            sockets[-1].send(json.dumps({"type": "fall", "id": person}))
        alarm, problem = page.locator(".fall"), page.locator(".problem")
        expect(alarm).to_contain_text(re.compile(r"Person 1 fell at .*\nPerson 2 fell at"))
        page.get_by_role("button", name="Record").click()
        tab.records(1)
        page.get_by_role("button", name="End recording").click()
        expect(page.locator(".cut")).to_be_visible(timeout=LONG)
        expect(alarm).to_be_visible()
        page.evaluate("window.unplug()")
        expect(problem).to_be_hidden()
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_text("is kept").first).to_be_visible(timeout=2 * LONG)
        expect(problem).to_contain_text("The camera stopped")
        alarm.get_by_role("button", name="Seen").click()
        expect(alarm).to_be_hidden()
        with Library(app.library) as library:
            cancel(library, library.children(library.runs(kind="recording")[0].id)[0].id)


def test_a_recording_ends_before_it_is_too_large_or_too_long(app: RunningApp, with_camera: Browser) -> None:
    too_large = """
    const begin = MediaRecorder.prototype.start;
    MediaRecorder.prototype.start = function (...options) {
      begin.apply(this, options);
      const piece = { data: { size: 499e6 } }; // of the 500 MB that the settings allow
      setTimeout(() => this.dispatchEvent(Object.assign(new Event("dataavailable"), piece)), 1500);
    };
    """
    too_long = """
    const later = window.setTimeout;
    window.setTimeout = (work, wait, ...more) => later(work, wait === 600_000 ? 1500 : wait, ...more);
    """
    for script, words in ((too_large, "more than 500 MB"), (too_long, "more than 10:00 minutes")):
        with webcam_tab(app, with_camera, PAINTED_CAMERA + script) as tab:
            start(tab.page)
            tab.page.get_by_role("button", name="Record").click()
            expect(tab.page.locator(".why")).to_contain_text(f"ended by itself: {words}", timeout=LONG)


def test_closing_the_tab_discards_a_recording(app: RunningApp, with_camera: Browser) -> None:
    with webcam_tab(app, with_camera, PAINTED_CAMERA) as tab:
        sockets = routed_sockets(tab.page)
        start(tab.page)
        tab.page.get_by_role("button", name="Record").click()
        tab.records(1)
        sockets[-1].send(json.dumps({"type": "recording", "on": True, "id": "joints"}))  # as with skeletons only
        tab.page.get_by_role("button", name="End recording").click()
        expect(tab.page.locator(".cut")).to_be_visible(timeout=LONG)
        with tab.page.expect_request("**/webcam/skeletons/joints") as discarded:
            tab.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")  # as a browser does at the end
        assert discarded.value.method == "DELETE"
        expect(tab.page.locator(".cut")).to_be_hidden()
        expect(tab.page.locator(".webcam")).to_have_attribute("data-phase", "off")


def test_a_camera_that_is_not_allowed_or_not_there(app: RunningApp, playwright: Playwright) -> None:
    browser = launch(playwright, "--use-fake-device-for-media-stream")
    try:
        with webcam_tab(app, browser) as tab:  # there is one, and nobody allows it
            tab.page.get_by_role("button", name="Start camera").click()
            expect(tab.page.locator(".problem")).to_contain_text("not allowed", timeout=LONG)
    finally:
        browser.close()
    browser = launch(playwright, "--use-fake-ui-for-media-stream")
    try:
        with webcam_tab(app, browser) as tab:  # allowed, and there is none
            tab.page.get_by_role("button", name="Start camera").click()
            expect(tab.page.locator(".problem")).to_contain_text("No camera was found", timeout=LONG)
    finally:
        browser.close()


def test_every_other_refusal_says_what_to_do(webcam: Page) -> None:
    webcam.evaluate("""() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException(window.words ?? "", window.refusal));
    }""")
    webcam.evaluate("window.refusal = 'NotReadableError'")
    webcam.get_by_role("button", name="Start camera").click()
    alert = webcam.locator(".problem")
    for refusal, words, title, advice in (
        ("NotReadableError", "", "in use", "Close other programs"),
        ("NotAllowedError", "Permission denied", "not allowed", "beside the address"),
        ("NotAllowedError", "Permission denied by system", "operating system", "privacy settings"),
        ("NotFoundError", "", "No camera", "Plug one in"),
        ("TypeError", "strange", "could not be started", "TypeError, strange"),
    ):
        webcam.evaluate("([refusal, words]) => Object.assign(window, { refusal, words })", [refusal, words])
        webcam.get_by_role("button", name="Try again").click()
        expect(alert).to_contain_text(title)
        expect(alert).to_contain_text(advice)
    webcam.evaluate("Object.defineProperty(navigator, 'mediaDevices', { value: undefined, configurable: true })")
    webcam.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("over HTTPS")  # what plain HTTP from another computer looks like
    expect(alert).to_contain_text("http://localhost:")


@pytest.mark.shared
def test_squats_in_front_of_the_camera_are_counted(
    app: RunningApp, playwright: Playwright, shared: Path, tmp_path: Path
) -> None:
    video = write_y4m(
        shared / "data" / "exercise" / "squat_wall_slide_5.mp4", tmp_path / "squats.y4m", 330, 15, every=2
    )
    with browser_with_camera(playwright, video) as browser, webcam_tab(app, browser) as tab:
        tab.page.get_by_label("Count repetitions").select_option("squat")
        start(tab.page)
        counter = tab.page.locator(".counter")
        expect(counter).to_contain_text("Squat", timeout=LONG)

        def counted_or_too_slow() -> bool:  # other programs may leave so little time that it must say so
            said = counter.locator(".how").inner_text()
            return int(counter.locator("b").inner_text()) >= 2 or "are too few to follow a movement" in said

        wait_for(tab.page, counted_or_too_slow)


@pytest.mark.shared
def test_a_fall_in_front_of_the_camera_is_announced(
    app: RunningApp, playwright: Playwright, shared: Path, tmp_path: Path
) -> None:
    clip = shared / "data" / "falls" / "videos" / "le2i_002.mp4"
    video = write_y4m(clip, tmp_path / "fall.y4m", 153, 12, every=2)
    with browser_with_camera(playwright, video) as browser, webcam_tab(app, browser) as tab:
        tab.page.get_by_label("Watch for falls").check()
        start(tab.page)
        alarm = tab.page.locator(".fall")
        expect(alarm).to_contain_text(re.compile(r"Person \d+ fell at \d"), timeout=LONG)
        picture = tab.page.locator(".picture")
        wait_for(tab.page, lambda: picture.evaluate(COUNT_COLOURS, [ALARM])[0] > 200)  # beside the person on the floor
        alarm.get_by_role("button", name="Seen").click()
        expect(alarm).to_be_hidden()
