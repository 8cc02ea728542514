"""The nginx of the guide, with a login and HTTPS: pages, uploads, videos and the camera's socket come through it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from tests.browser.running import AppPage, RunningApp, free_port
from tests.conftest import ROOT
from tests.library.runs_made import task_folder

from posespotter.library import Library
from posespotter.ui.live.protocol import PATH

CONFIGURATION = ROOT / "docs" / "reverse-proxy" / "nginx.conf"
NAME, PASSWORD = "anna", "a secret"
# Without root, and in a folder of the test; `user` has a meaning for root only.
FRAME = """
daemon off; pid nginx.pid; error_log stderr; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    {server}
}}
"""


@pytest.fixture(scope="module")
def proxied(app: RunningApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The application as it is reached through nginx."""
    if (program := shutil.which("nginx") or shutil.which("/usr/sbin/nginx")) is None or shutil.which("openssl") is None:
        pytest.skip("needs nginx and openssl: tools/system_packages.sh installs them on Debian")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", folder / "own.key", "-out", folder / "own.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "passwords").write_text(f"{NAME}:{{PLAIN}}{PASSWORD}\n")
    server = CONFIGURATION.read_text("utf-8")
    for documented, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server_name poses.example.org": "server_name localhost",
        "/etc/ssl/poses.example.org.pem": str(folder / "own.pem"),
        "/etc/ssl/poses.example.org.key": str(folder / "own.key"),
        "/etc/nginx/poses.htpasswd;": f"{folder / 'passwords'};",
        "http://127.0.0.1:8501": app.url,
    }.items():
        assert documented in server
        server = server.replace(documented, here)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(FRAME.format(user=user, server=server))
    with (folder / "nginx.log").open("w") as log:
        nginx = subprocess.Popen([program, "-p", folder, "-c", "nginx.conf", "-e", "stderr"], stderr=log)
    try:
        until = time.monotonic() + 20
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert nginx.poll() is None, (folder / "nginx.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield replace(app, url=f"https://localhost:{port}")
    finally:
        nginx.terminate()
        nginx.wait(20)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(
        ignore_https_errors=True,
        http_credentials={"username": NAME, "password": PASSWORD},
        viewport={"width": 1280, "height": 900},
    )
    yield opened
    opened.close()


def test_without_the_login_there_is_nothing(proxied: RunningApp, browser: Browser) -> None:
    stranger = browser.new_context(ignore_https_errors=True)
    for path in ("", "_stcore/health", "archives?run=x", PATH.lstrip("/")):
        assert stranger.request.get(f"{proxied.url}/{path}").status == 401
    stranger.close()


def test_a_page_takes_an_upload(proxied: RunningApp, context: BrowserContext, tmp_path: Path) -> None:
    tab = AppPage(proxied, context.new_page()).open("inference")
    fake = tmp_path / "holiday.mp4"
    fake.write_bytes(os.urandom(3_000_000))
    tab.page.set_input_files("input[type=file]", fake)
    tab.button("Find poses in 1 file").click()
    expect(tab.page.get_by_test_id("stAlert").filter(has_text="holiday.mp4")).to_be_visible()
    tab.no_error()


def test_a_video_plays_from_any_moment(
    proxied: RunningApp, context: BrowserContext, demo_clip: Path, tmp_path: Path
) -> None:
    with Library(proxied.library) as library:
        made = task_folder(tmp_path / "recording", {"kind": "recording"})
        run = library.adopt(made, "recording", name="Through nginx", source=demo_clip)
    tab = AppPage(proxied, context.new_page())
    parts: list[int] = []
    tab.page.on("response", lambda answer: parts.append(answer.status) if "/files/" in answer.url else None)
    tab.open(f"outputs?run={run.id}")
    video = tab.page.get_by_test_id("stMain").locator("video")
    tab.plays(video)
    video.evaluate("video => { video.pause(); video.currentTime = 3 }")
    tab.page.wait_for_function(
        "video => video.currentTime === 3 && video.readyState >= 2 && !video.seeking", arg=video.element_handle()
    )
    assert 206 in parts


def test_the_camera_has_its_socket(proxied: RunningApp, context: BrowserContext) -> None:
    page = AppPage(proxied, context.new_page()).open().page
    answer = page.evaluate(
        """path => new Promise((resolve, reject) => {
          const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
          socket.onopen = () => socket.send(JSON.stringify({ type: "options", pose: "blazepose-lite" }));
          socket.onmessage = ({ data }) => resolve(JSON.parse(data).type);
          socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
        })""",
        PATH,
    )
    assert answer == "ready"
