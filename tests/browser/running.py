"""The application as a person meets it: a process of its own with a private library, and Debian's Chromium in front."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Playwright, expect
from playwright.sync_api import TimeoutError as NotInTime

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
WAIT_S = 90.0  # two cores, shared with a worker that estimates, and in CI with other tests
JOB_MS = 400_000  # a job with its drawing, where other programs want the cores as well
# What Streamlit draws itself and gives no hold on: sections in the menu, the place for uploads, "Running… Stop".
NOT_OURS = {
    "exclude": [[f"[data-testid={one}]"] for one in ("stSidebarNav", "stFileUploaderDropzone", "stStatusWidget")]
}
expect.set_options(timeout=WAIT_S * 1000)


def chromium() -> str | None:
    """The system's Chromium; POSESPOTTER_CHROMIUM names another one."""
    named = os.environ.get("POSESPOTTER_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def launch(playwright: Playwright, *more_flags: str) -> Browser:
    """Chromium without a window; `more_flags` as for a fake camera."""
    return playwright.chromium.launch(executable_path=chromium(), args=[*CHROMIUM_FLAGS, *more_flags])


@dataclass(frozen=True)
class RunningApp:
    """A server that answers.

    Attributes:
        url: its root, without a slash at the end.
        library: the folder of its runs.
        home: the home folder of its process; nothing of the user's is read or written.
        process: stop it with SIGINT or kill it.
    """

    url: str
    library: Path
    home: Path
    process: subprocess.Popen[str]

    def stop(self) -> int:
        """Ctrl-C, as a person ends it; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_app(folder: Path, program: Sequence[str] = (), **environment: str) -> Iterator[RunningApp]:
    """`posespotter app` on a free port, with library and home under `folder`; stopped at the end.

    Args:
        folder: made if it is not there.
        program: in place of `posespotter`.
        environment: further variables.
    """
    home, library, log = folder / "home", folder / "library", folder / "app.log"
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    settings = {"POSESPOTTER_LIBRARY": str(library), "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
    program = program or [str(Path(sys.executable).with_name("posespotter"))]
    with log.open("a") as output:
        process = subprocess.Popen(
            [*program, "app", "--no-browser", "--port", str(port)],
            env=os.environ | settings | environment,
            stdout=output,
            stderr=output,
            text=True,
        )
    app = RunningApp(f"http://127.0.0.1:{port}", library, home, process)
    try:
        _wait_for(app, log)
        yield app
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(app: RunningApp, log: Path) -> None:
    until = time.monotonic() + 2 * WAIT_S
    while time.monotonic() < until:
        assert app.process.poll() is None, f"the application ended: {log.read_text()}"
        try:
            with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the application does not answer: {log.read_text()}")


@dataclass(frozen=True)
class AppPage:
    """One tab of the application."""

    app: RunningApp
    page: Page

    def open(self, path: str = "") -> "AppPage":
        """Go to a page ("inference", "outputs?run=..."), and wait until it stands still."""
        self.page.goto(f"{self.app.url}/{path}")
        return self.ready()

    def ready(self) -> "AppPage":
        """Wait until the script of the page has run and all its parts are there; polled parts go on.

        A part whose program is still to be loaded is lower than it will be: a button under it moves away from a click.
        """
        expect(self.page.locator("h1").first).to_be_visible()
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        return self

    def no_error(self) -> "AppPage":
        """No exception is shown."""
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        return self

    def accessible(self) -> "AppPage":
        """Axe finds nothing on the page as it is now."""
        found = Axe().run(self.page, context=NOT_OURS).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
        return self

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=name)

    def choose(self, field: Locator, option: Locator) -> None:
        """Choose an option of a list by keyboard, opening the list again where a move of the page closed it."""
        end = time.monotonic() + WAIT_S
        while True:
            if field.get_attribute("aria-expanded") != "true":
                field.scroll_into_view_if_needed()  # an open list keeps the page from being scrolled
                field.press("ArrowDown")
            try:
                option.click(timeout=2000)
                return
            except NotInTime:
                if time.monotonic() > end:
                    raise
                field.press("Escape")

    def plays(self, video: Locator) -> None:
        """The video is shown and its time moves."""
        expect(video).to_be_visible()
        video.evaluate("video => { video.muted = true; return video.play() }")
        self.page.wait_for_function("video => video.currentTime > 0.2", arg=video.element_handle())

    def records(self, seconds: int) -> None:
        """The webcam page records, for so long at least: its clock may leave out seconds on a busy machine."""
        self.page.wait_for_function(
            """([clock, least]) => {
              const [minutes, seconds] = clock.textContent.split(":");
              return 60 * minutes + Number(seconds) >= least;
            }""",
            arg=[self.page.locator(".recording b").element_handle(), seconds],
        )

    def screenshot(self, file: Path) -> Path:
        """The whole page as a PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=file, full_page=True)
        return file


@contextmanager
def new_tab(app: RunningApp, browser: Browser, width: int = 1280) -> Iterator[AppPage]:
    """A tab with a memory of its own; closed at the end."""
    context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
    context.set_default_timeout(WAIT_S * 1000)
    try:
        yield AppPage(app, context.new_page())
    finally:
        context.close()
