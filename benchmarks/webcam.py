"""How many pictures a second does the webcam page show, and how long after the camera gave them?

The application runs as for a person, with Chromium (no GPU) and a camera that shows a clip on the same machine:
capturing, JPEG, socket, joints, drawing. Printed for each model: pictures with skeletons a second, their median delay
as the page itself tells it (from the camera's time stamp to the drawn picture), the time inside the server, the
processor time of the browser (with its camera) and of the application for each picture, the people in sight, and the
load of the machine before the measurement, which should be near 0. Needs Linux.

Usage: python -m benchmarks.webcam [CLIP] [--seconds 20] [--poses movenet-lightning movenet-thunder]
"""

import argparse
import json
import os
import re
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, WebSocket, sync_playwright
from tests.browser.fake_camera import browser_with_camera, write_y4m
from tests.browser.running import AppPage, RunningApp, running_app

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo" / "two_people.mp4"
WARM_UP_S = 5.0
WAIT_MS = 120_000


def measure(page: Page, app: RunningApp, pose: str, seconds: float) -> dict[str, float]:
    """One model, with the camera on."""
    answers: list[dict[str, Any]] = []

    def listen(socket: WebSocket) -> None:
        if "webcam" in socket.url:
            socket.on("framereceived", lambda data: answers.append(json.loads(data)))

    page.on("websocket", listen)
    page.locator(".model-choice").select_option(pose)
    page.get_by_role("button", name="Start camera").click()
    root = page.locator(".webcam").element_handle()
    page.wait_for_function("root => +root.dataset.frames > 10", arg=root, timeout=WAIT_MS)
    page.wait_for_timeout(1000 * WARM_UP_S)
    answers.clear()
    first, start, delays = drawn(page), time.perf_counter(), []
    before_ms = processor_ms(app)
    while time.perf_counter() - start < seconds:
        page.wait_for_timeout(1000)
        told = re.search(r"\d+", page.locator(".delay").inner_text())
        delays += [float(told[0])] if told else []
    shown = drawn(page) - first
    rate = shown / (time.perf_counter() - start)
    after_ms = processor_ms(app)
    page.get_by_role("button", name="Stop camera").click()
    poses = [answer for answer in answers if answer["type"] == "poses"]
    return {
        "rate": rate,
        "delay_ms": statistics.median(delays),
        "work_ms": statistics.median(answer["work_ms"] for answer in poses),
        "browser_ms": (after_ms[0] - before_ms[0]) / shown,
        "app_ms": (after_ms[1] - before_ms[1]) / shown,
        "people": statistics.mean(len(answer["people"]) for answer in poses),
    }


def drawn(page: Page) -> int:
    """Pictures with skeletons so far."""
    return int(page.locator(".webcam").get_attribute("data-frames") or 0)


def processor_ms(app: RunningApp) -> tuple[float, float]:
    """Processor time so far: of the browser's processes, and of the application's."""
    used, parents = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended since
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
            used[int(folder.name)] = (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def below(root: int) -> set[int]:
        found, new = {root}, {root}
        while new := {pid for pid, parent in parents.items() if parent in new} - found:
            found |= new
        return found

    application = below(app.process.pid)
    browser = below(os.getpid()) - application - {os.getpid()}
    return sum(used[pid] for pid in browser), sum(used[pid] for pid in application)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path, nargs="?", default=DEMO)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument(
        "--poses", nargs="+", default=["movenet-lightning", "movenet-thunder", "movenet-thunder+blazepose-full"]
    )
    arguments = parser.parse_args()
    print("| pose | pictures/s | delay (ms) | of it in the server (ms) | processor ms a picture: browser, application "
          "| people | load before |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        video = write_y4m(arguments.clip, Path(folder) / "camera.y4m", 150)
        with running_app(Path(folder)) as app, browser_with_camera(playwright, video) as browser:
            page = browser.new_page()
            AppPage(app, page).open()
            page.get_by_role("link", name="Webcam").first.click()
            page.get_by_role("button", name="Start camera").wait_for(timeout=WAIT_MS)
            for pose in arguments.poses:
                load = os.getloadavg()[0]
                found = measure(page, app, pose, arguments.seconds)
                cells = [f"{found['rate']:.1f}", f"{found['delay_ms']:.0f}", f"{found['work_ms']:.0f}"]
                cells.append(f"{found['browser_ms']:.0f}, {found['app_ms']:.0f}")
                print(f"| {pose} | {' | '.join(cells)} | {found['people']:.1f} | {load:.1f} |", flush=True)


if __name__ == "__main__":
    main()
