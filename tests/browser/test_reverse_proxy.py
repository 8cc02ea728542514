"""The proxies of the guide, with a login and HTTPS: pages, uploads, videos and the camera's socket come through."""

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
from tests.runs.runs_made import task_folder

from posespotter.live.messages import PATH
from posespotter.runs import Library

GUIDE = ROOT / "docs" / "reverse-proxy"
NAME, PASSWORD = "anna", "a secret"
# Without root, and in a folder of the test; `user` has a meaning for root only.
NGINX = """
daemon off; pid nginx.pid; error_log stderr; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    {server}
}}
"""
# Without its port for changes and for HTTP, and without a certificate from outside.
CADDY = """
{{
	admin off
	auto_https disable_redirects
	default_bind 127.0.0.1
}}
{server}
"""


def adapted(file: Path, changes: dict[str, str]) -> str:
    """A file of the guide with what a person has to change in it."""
    text = file.read_text("utf-8")
    for documented, here in changes.items():
        assert documented in text
        text = text.replace(documented, here)
    return text


def nginx(folder: Path, port: int, app: str) -> list[str | Path]:
    """Write its configuration; how it is started."""
    (folder / "passwords").write_text(f"{NAME}:{{PLAIN}}{PASSWORD}\n")
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server_name poses.example.org": "server_name localhost",
        "/etc/ssl/poses.example.org.pem": str(folder / "own.pem"),
        "/etc/ssl/poses.example.org.key": str(folder / "own.key"),
        "/etc/nginx/poses.htpasswd;": f"{folder / 'passwords'};",
        "http://127.0.0.1:8501": app,
    }
    server, user = adapted(GUIDE / "nginx.conf", changes), "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(user=user, server=server))
    return [program_of("nginx"), "-p", folder, "-c", "nginx.conf", "-e", "stderr"]


def caddy(folder: Path, port: int, app: str) -> list[str | Path]:
    """Write its configuration; how it is started."""
    program = program_of("caddy")
    hashed = subprocess.run(
        [program, "hash-password", "--plaintext", PASSWORD], check=True, capture_output=True, text=True
    )
    changes = {
        "\nposes.example.org {": f"\nhttps://localhost:{port} {{\n\ttls {folder / 'own.pem'} {folder / 'own.key'}",
        "$2a$14$replace.this.with.the.output.of.caddy.hash-password": hashed.stdout.strip(),
        "127.0.0.1:8501": app.removeprefix("http://"),
    }
    (folder / "Caddyfile").write_text(CADDY.format(server=adapted(GUIDE / "Caddyfile", changes)))
    return [program, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]


def program_of(name: str) -> str:
    found = shutil.which(name) or shutil.which(f"/usr/sbin/{name}")
    if found is None or shutil.which("openssl") is None:
        pytest.skip(f"needs {name} and openssl: tools/system_packages.sh installs them on Debian")
    return found


@pytest.fixture(scope="module", params=[nginx, caddy], ids=lambda proxy: proxy.__name__)
def proxied(
    request: pytest.FixtureRequest, app: RunningApp, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """The application as it is reached through a proxy."""
    folder, port = tmp_path_factory.mktemp(request.param.__name__), free_port()
    command = request.param(folder, port, app.url)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "own.key", "-out", folder / "own.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    own = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        proxy = subprocess.Popen(command, stdout=log, stderr=log, env=own)
    try:
        until = time.monotonic() + 60
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert proxy.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield replace(app, url=f"https://localhost:{port}")
    finally:
        proxy.terminate()
        proxy.wait(20)


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
        run = library.adopt(made, "recording", name="Through a proxy", source=demo_clip)
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
          socket.onopen = () => socket.send(JSON.stringify({ type: "options", pose: "movenet-lightning" }));
          socket.onmessage = ({ data }) => resolve(JSON.parse(data).type);
          socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
        })""",
        PATH,
    )
    assert answer == "ready"
