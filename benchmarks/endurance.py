"""Does the application give its memory back, and does Ctrl-C end it within 5 s, whatever is going on?

The application runs as for a person, with Chromium in front: 250 page loads, 50 sockets of the webcam that stay open,
and three tabs that upload 400 MB each. Then all of them close. Printed: the memory of the application's processes
(without what they share) at each step and 60 s after the last has gone; target: within 100 MB of before. Then, in each
of five situations, an application is sent SIGINT; target: it has ended 5 s later. Needs Linux.

Usage: python -m benchmarks.endurance [--loads 250] [--sockets 50] [--upload-mb 400]
"""

import argparse
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from benchmarks.common import machine, note, report, table, verdict
from playwright.sync_api import Browser, expect, sync_playwright
from tests.browser.running import AppPage, RunningApp, launch, new_tab, running_app
from websockets.sync.client import ClientConnection, connect

from posespotter.jobs.submit import JobRequest, submit
from posespotter.live.messages import PATH
from posespotter.runs import Library
from posespotter.ui.menu import MENU

DEMO = Path(__file__).resolve().parents[1] / "docs" / "demo" / "two_people.mp4"
UPLOADS = 3
BACK_AFTER_S, BACK_WITHIN_MB, ENDS_WITHIN_S = 60.0, 100.0, 5.0


def memory_mb(app: RunningApp) -> float:
    """What the application and its worker hold for themselves."""
    parents, held = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):  # it has ended since
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            lines = (folder / "smaps_rollup").read_text().splitlines()
            held[int(folder.name)] = sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1000
    ours, new = set(), {app.process.pid}
    while new:
        ours |= new
        new = {pid for pid, parent in parents.items() if parent in new}
    return sum(held.get(pid, 0.0) for pid in ours)


def open_sockets(app: RunningApp, n: int, stack: ExitStack) -> list[ClientConnection]:
    """Sockets of the webcam that stay open; the server may refuse those that it has no room for."""
    opened = []
    for _ in range(n):
        with suppress(Exception):
            address = f"{app.url.replace('http', 'ws')}{PATH}"
            opened.append(stack.enter_context(connect(address, origin=app.url, open_timeout=30)))  # type: ignore[arg-type]
    return opened


def upload(app: RunningApp, browser: Browser, file: Path, stack: ExitStack) -> AppPage:
    tab = stack.enter_context(new_tab(app, browser))
    tab.page.set_default_timeout(300_000)
    tab.open("inference").page.locator("input[type=file]").first.set_input_files(file)
    expect(tab.button("Find poses in 1 file")).to_be_visible(timeout=300_000)
    return tab


def memory(folder: Path, browser: Browser, file: Path, loads: int, sockets: int) -> list[list[object]]:
    rows: list[list[object]] = []
    with running_app(folder) as app:
        with new_tab(app, browser) as tab:
            for one in MENU:
                tab.open(one.url_path)
        before_mb = memory_mb(app)
        rows.append(["before, after each page was opened once", f"{before_mb:.0f}", "", ""])
        with ExitStack() as stack:
            with new_tab(app, browser) as tab:
                for number in range(loads):
                    tab.open(MENU[number % len(MENU)].url_path)
                    if number % 25 == 24:
                        note(f"{number + 1} page loads: {memory_mb(app):.0f} MB")
            rows.append([f"after {loads} page loads", f"{memory_mb(app):.0f}", "", ""])
            opened = open_sockets(app, sockets, stack)
            rows.append([f"with {len(opened)} sockets", f"{memory_mb(app):.0f}", "", ""])
            for _ in range(UPLOADS):
                upload(app, browser, file, stack)
                note(f"an upload is in: {memory_mb(app):.0f} MB")
            rows.append(
                [f"with {UPLOADS} uploads of {file.stat().st_size / 1e6:.0f} MB", f"{memory_mb(app):.0f}", "", ""]
            )
        time.sleep(BACK_AFTER_S)
        more_mb = memory_mb(app) - before_mb
        ends_s = seconds_to_end(app)
        rows.append([f"{BACK_AFTER_S:.0f} s after all had closed", f"{more_mb + before_mb:.0f}", f"{more_mb:+.0f}",
                     verdict(more_mb, BACK_WITHIN_MB, at_least=False)])  # fmt: skip
    return [*rows, ["Ctrl-C after all of it", f"{ends_s:.1f} s", "", verdict(ends_s, ENDS_WITHIN_S, at_least=False)]]


def seconds_to_end(app: RunningApp) -> float:
    began_s = time.monotonic()
    os.kill(app.process.pid, signal.SIGINT)
    app.process.wait(60)
    return time.monotonic() - began_s


def nothing(_app: RunningApp, _browser: Browser, _file: Path, _stack: ExitStack) -> None:
    """Nobody is there."""


def sockets_open(app: RunningApp, _browser: Browser, _file: Path, stack: ExitStack) -> None:
    open_sockets(app, 50, stack)


def upload_under_way(app: RunningApp, _browser: Browser, _file: Path, stack: ExitStack) -> None:
    head = "POST /webcam/recordings?start_s=0&end_s=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400000000\r\n\r\n"
    sending = stack.enter_context(socket.create_connection(("127.0.0.1", int(app.url.rpartition(":")[2]))))
    sending.sendall(head.encode() + bytes(1_000_000))


def job_at_work(app: RunningApp, _browser: Browser, _file: Path, _stack: ExitStack) -> None:
    with Library(app.library) as library:
        run_id = submit(library, JobRequest("estimate", DEMO))
        until_s = time.monotonic() + 120
        while library.run(run_id).percent <= 0 and time.monotonic() < until_s:
            time.sleep(0.1)


def page_loads(app: RunningApp, browser: Browser, _file: Path, stack: ExitStack) -> None:
    for one in MENU:  # none of them is waited for
        stack.enter_context(new_tab(app, browser)).page.goto(f"{app.url}/{one.url_path}", wait_until="commit")


SITUATIONS: dict[str, Callable[[RunningApp, Browser, Path, ExitStack], None]] = {
    "nobody is there": nothing,
    "50 sockets are open": sockets_open,
    "an upload is under way": upload_under_way,
    "a job is at work": job_at_work,
    "a tab of each page is loading": page_loads,
}


@contextmanager
def big_file(folder: Path, megabytes: int) -> Iterator[Path]:
    file = folder / "big.mp4"
    with file.open("wb") as out:
        for _ in range(megabytes):
            out.write(os.urandom(1_000_000))
    yield file
    file.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loads", type=int, default=250)
    parser.add_argument("--sockets", type=int, default=50)
    parser.add_argument("--upload-mb", type=int, default=400)
    asked = parser.parse_args()
    note(machine())
    ends = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, browser = Path(name), launch(playwright)
        with big_file(folder, asked.upload_mb) as file:
            held = memory(folder / "memory", browser, file, asked.loads, asked.sockets)
            for number, (words, begin) in enumerate(SITUATIONS.items()):
                with running_app(folder / str(number)) as app, ExitStack() as stack:
                    begin(app, browser, file, stack)
                    ends_s = seconds_to_end(app)
                ends.append([words, f"{ends_s:.1f}", verdict(ends_s, ENDS_WITHIN_S, at_least=False)])
                note(str(ends[-1]))
        browser.close()
    report(
        table(["", "MB", "more than before, MB", f"target {BACK_WITHIN_MB:.0f}"], held),
        table(["Ctrl-C while", "s to the end", f"target {ENDS_WITHIN_S:.0f}"], ends),
    )


if __name__ == "__main__":
    main()
