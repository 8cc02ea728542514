"""What closed tabs had uploaded is given back, without anybody doing anything."""

import os
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.running import JOB_MS, WAIT_S, RunningApp, new_tab, running_app

UPLOAD_MB, TABS = 60, 3
SOON = """
from functools import partial
from posespotter.ui import asgi
# instead of the 40 s in which a tab that comes back finds everything as it was
asgi.forget_closed_tabs = partial(asgi.forget_closed_tabs, 10.0)
from posespotter.cli import main
main()
"""


def resident_mb(app: RunningApp) -> float:
    status = Path(f"/proc/{app.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_uploads_of_closed_tabs_are_given_back(tmp_path: Path, browser: Browser) -> None:
    big = tmp_path / "big.mp4"
    big.write_bytes(os.urandom(UPLOAD_MB * 1_000_000))
    with running_app(tmp_path / "app", program=[sys.executable, "-c", SOON]) as app:
        tabs = [new_tab(app, browser) for _ in range(TABS)]
        for opening in tabs:
            tab = opening.__enter__().open("inference")
            tab.page.locator("input[type=file]").first.set_input_files(big)
            expect(tab.button("Find poses in 1 file")).to_be_visible(timeout=JOB_MS)
        full_mb = resident_mb(app)
        for opening in tabs:
            opening.__exit__(None, None, None)
        until = time.monotonic() + WAIT_S
        while resident_mb(app) > full_mb - TABS * UPLOAD_MB * 0.9:
            assert time.monotonic() < until, f"{resident_mb(app):.0f} MB of {full_mb:.0f} MB are left"
            time.sleep(0.2)
        assert app.stop() == 0
