"""A server that waits for nobody: slow heads and bodies, big messages, deaf clients, and the end in time."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.browser.running import running_app
from tests.conftest import ROOT
from tests.ui.webcam_server import WebcamServer, webcam_server

from posespotter.ui.limits import LIMITS

SLOW_S = 50.0  # for what takes a moment, on a busy machine; what would not end goes on for longer
UPLOAD = "POST /webcam/recordings?start_s=0&end_s=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n"
UPGRADE = (
    "GET /webcam/socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebcamServer]:
    with webcam_server(tmp_path / "library") as running:
        yield running


@contextmanager
def client(port: int, first: str | bytes = b"") -> Iterator[socket.socket]:
    """A connection over which something was said."""
    with socket.create_connection(("127.0.0.1", port), SLOW_S) as connection:
        connection.sendall(first.encode() if isinstance(first, str) else first)
        yield connection


def all_of(connection: socket.socket) -> bytes:
    """What the server says until it closes."""
    said = b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except ConnectionResetError:
        pass
    return said


def eventually(what: Callable[[], object]) -> None:
    until = time.monotonic() + SLOW_S
    while not what():
        assert time.monotonic() < until
        time.sleep(0.02)


class TestTimes:
    @pytest.mark.parametrize(
        ("said", "answer"),
        [(b"", b""), (b"GET / HTTP/1.1\r\nHost: local", b"HTTP/1.1 408 "), (b"G", b"HTTP/1.1 408 ")],
    )
    def test_a_head_that_does_not_come(self, tmp_path: Path, said: bytes, answer: bytes) -> None:
        with webcam_server(tmp_path / "library", head_s=0.3) as server, client(server.port, said) as waiting:
            assert all_of(waiting).startswith(answer)

    def test_a_head_of_which_a_little_comes_again_and_again(self, tmp_path: Path) -> None:
        asked = "GET /webcam/assets/main.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with webcam_server(tmp_path / "library", head_s=0.5) as server, client(server.port, asked) as slow:
            assert slow.recv(12) == b"HTTP/1.1 200"
            drip = threading.Thread(target=drip_into, args=(slow,), daemon=True)
            drip.start()  # the second one over the same connection
            assert b" 408 " in all_of(slow)

    def test_a_body_that_stands_still(self, tmp_path: Path) -> None:
        said = UPLOAD + "half of it"
        with webcam_server(tmp_path / "library", body_silent_s=0.3) as server, client(server.port, said) as waiting:
            assert all_of(waiting).startswith(b"HTTP/1.1 408 ")

    def test_an_upload_that_is_given_up_is_no_error(
        self, server: WebcamServer, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with client(server.port, UPLOAD + "half of it"):
            eventually(lambda: server.server.server_state.tasks)
        eventually(lambda: not server.server.server_state.tasks)
        assert capfd.readouterr().err == ""


def drip_into(connection: socket.socket) -> None:
    try:
        for byte in b"GET /" + b"x" * 10_000:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)
    except OSError:
        return


class TestSockets:
    def frame(self, size: int, *, first: bool = True, last: bool = True) -> bytes:
        """The head of a binary frame whose content is masked with zeros."""
        return bytes([(0x80 if last else 0) | (2 if first else 0), 0x80 | 127]) + size.to_bytes(8) + bytes(4)

    def test_a_big_message_is_refused_before_it_comes(self, server: WebcamServer) -> None:
        with client(server.port, UPGRADE) as page:
            page.recv(65536)
            page.sendall(self.frame(200_000_000))  # and nothing of it
            assert (1009).to_bytes(2) in all_of(page)

    def test_nor_is_one_taken_in_pieces(self, server: WebcamServer) -> None:
        with client(server.port, UPGRADE) as page:
            page.recv(65536)
            for piece in range(4):
                page.sendall(self.frame(300_000, first=not piece, last=False) + bytes(300_000))
            assert (1009).to_bytes(2) in all_of(page)

    def test_a_client_that_neither_reads_nor_answers_is_let_go(self, tmp_path: Path) -> None:
        with webcam_server(tmp_path / "library", webcams=1, ping_s=0.3) as server, client(server.port, UPGRADE):
            eventually(lambda: server.webcam._clients)
            eventually(lambda: not server.server.server_state.connections)
            eventually(lambda: not server.webcam._clients)


class TestEnd:
    def test_in_five_seconds(self) -> None:
        """What the machine needs for it besides is measured by `benchmarks/endurance.py`."""
        assert LIMITS.end_within_s < 5

    def test_whatever_clients_do(self, tmp_path: Path) -> None:
        said = ["", "GET / HTTP/1.1\r\nHost:", UPLOAD + "half of it", UPGRADE]
        with webcam_server(tmp_path / "library") as server:
            connections = [socket.create_connection(("127.0.0.1", server.port)) for _ in said]
            for connection, words in zip(connections, said, strict=True):
                connection.sendall(words.encode())
            eventually(lambda: len(server.server.server_state.tasks) == 2)
            server.server.should_exit = True
            eventually(lambda: not server.server.server_state.connections)
        for connection in connections:
            connection.close()

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_work_that_cannot_be_ended_does_not_keep_it(self, number: int) -> None:
        program = (
            "import anyio, time\n"
            "from posespotter.ui.limits import ServerLimits\n"
            "from posespotter.ui.server import server_for\n"
            "async def app(scope, receive, send):\n"
            "    if scope['type'] == 'lifespan':\n"
            "        await receive(); await send({'type': 'lifespan.startup.complete'})\n"
            "        await receive(); await anyio.to_thread.run_sync(time.sleep, 600)\n"
            "    print('here', flush=True)\n"
            "    await anyio.to_thread.run_sync(time.sleep, 600)\n"
            "server_for(app, '127.0.0.1', PORT, ServerLimits(end_within_s=1.0)).run()\n"
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-c", program.replace("PORT", str(port))], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        try:
            eventually(lambda: answers(port))
            with client(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"):
                assert process.stdout is not None
                assert process.stdout.readline() == "here\n"
                process.send_signal(number)
                assert process.wait(SLOW_S) == (0 if number == signal.SIGINT else 128 + number)
        finally:
            process.kill()
            process.wait()

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_the_whole_application(self, tmp_path: Path, number: int) -> None:
        with running_app(tmp_path) as app:
            port = int(app.url.rpartition(":")[2])
            log = tmp_path / "app.log"
            with client(port, UPLOAD + "given up"):
                pass
            with client(port, UPLOAD + "half of it"), client(port, "GET / HT"), client(port, UPGRADE) as page:
                assert page.recv(12) == b"HTTP/1.1 101"
                os.kill(app.process.pid, number)
                assert app.process.wait(SLOW_S) in {0, -number, 128 + number}
            assert {line.partition(" ")[0] for line in log.read_text().splitlines()} <= {"PoseSpotter", "posespotter:"}


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
