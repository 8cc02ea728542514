"""A model is fetched from the page: with its progress, from a mirror, and in words where there is no network."""

import hashlib
import io
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, expect
from tests.browser.running import free_port, new_tab, running_app

from posespotter.models.zoo import find_model

NAME = "rtmpose-t"
MODEL = bytes(range(256)) * 2000
LONGEST_S = 25  # until the program takes a server that sends nothing for dead


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as zipped:
        zipped.writestr(f"folder/{find_model(NAME).archive_member}", MODEL)
    return buffer.getvalue()


@contextmanager
def mirror(port: int) -> Iterator[threading.Event]:
    """A web server that has the archive, and sends the second half of it when it is told to."""
    body, go_on = archive(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            go_on.wait(LONGEST_S)
            self.wfile.write(body[half:])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield go_on
    finally:
        go_on.set()
        server.shutdown()
        server.server_close()


def test_fetched_from_a_mirror_once_there_is_a_network(tmp_path: Path, browser: Browser) -> None:
    port = free_port()
    addresses = f"http://127.0.0.1:{free_port()}/models.zip,http://127.0.0.1:{port}/models.zip"
    digest = hashlib.sha256(MODEL).hexdigest()
    program = [sys.executable, "-m", "tests.browser.app_of_small_models", addresses, digest, str(len(MODEL))]
    own = {"POSESPOTTER_MODELS": str(tmp_path / "models"), "NO_PROXY": "127.0.0.1"}
    with running_app(tmp_path / "app", program=program, **own) as app, new_tab(app, browser) as tab:
        tab.open("inference")
        main = tab.page.get_by_test_id("stMain")
        tab.page.get_by_role("radio", name="Other model").click()
        option = tab.page.get_by_role("option", name=f"· {NAME}")
        tab.choose(tab.page.get_by_label("Where the joints are: the pose model"), option)
        tab.button("Fetch it now").click()
        refused = main.get_by_text(f"{NAME} is not on this machine and could not be fetched")
        expect(refused).to_contain_text("choose a model that is built in")
        expect(refused).not_to_contain_text("--pose")
        tab.ready().no_error()
        with mirror(port) as go_on:
            tab.button("Fetch it now").click()
            expect(main.get_by_test_id("stProgress").filter(has_text=f"Fetching {NAME}: ")).to_be_visible()
            go_on.set()
            expect(tab.button("Fetch it now")).to_have_count(0)
            expect(main.get_by_test_id("stProgress")).to_have_count(0)
        tab.ready().no_error()
        expect(main.get_by_text("could not be fetched")).to_have_count(0)
    (model,) = (tmp_path / "models").rglob("*.onnx")
    assert model.read_bytes() == MODEL
