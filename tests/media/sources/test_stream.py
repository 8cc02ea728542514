"""Real servers on the loopback: HTTP (MP4, MPEG-TS, MJPEG, HLS) and RTSP over TCP."""

import http.server
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np
import pytest

from posespotter.errors import InputError
from posespotter.media import open_source, redact
from posespotter.media.containers import container
from posespotter.media.sources import stream
from posespotter.settings import settings

LONG_S = 120.0  # so long does a server say nothing; who waits for it has not looked at the time


@pytest.fixture(autouse=True)
def _short_timeout(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("POSESPOTTER_STREAM_TIMEOUT_S", "1")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def serve() -> Iterator:
    """Start a server of a handler class on a free port of the loopback; gives the port."""
    servers = []

    def start(handler: type, kind: type = http.server.ThreadingHTTPServer) -> int:
        kind.daemon_threads = True
        kind.block_on_close = False
        server = kind(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server.server_address[1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def send_jpegs(handler: http.server.BaseHTTPRequestHandler, good: int) -> None:
    """Some pictures; then, if there are fewer than 12, what only looks like one, for ever."""
    handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
    handler.end_headers()
    for index in range(12 if good >= 12 else 10_000):
        jpeg = cv2.imencode(".jpg", np.full((48, 64, 3), index * 10 % 255, np.uint8))[1].tobytes()
        if index >= good:
            jpeg = jpeg[:2] + bytes(len(jpeg) - 4) + jpeg[-2:]
        head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
        try:
            handler.wfile.write(head + jpeg + b"\r\n")
        except OSError:
            return
        time.sleep(0.05)


def http_handler(folder: Path) -> type:
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            action, _, name = self.path.partition("?")[0].lstrip("/").partition("/")
            if action == "denied":
                self.send_error(401)
                return
            self.send_response(200)
            if action == "mjpeg":
                send_jpegs(self, int(name or 12))
                return
            data = (folder / name).read_bytes()
            if action != "silent":
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data if action == "whole" else data[: len(data) * 7 // 10])
            self.wfile.flush()
            if action == "silent":
                time.sleep(LONG_S)

    return Handler


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.mkv"])
def test_http_whole(make_video, serve, name):
    port = serve(http_handler(make_video(name, 30).parent))
    with open_source(f"http://user:secret@127.0.0.1:{port}/whole/{name}?key=1") as source:
        times = [frame.time_s for frame in source]
        assert source.info.name == f"http://***@127.0.0.1:{port}/whole/{name}?***"
        # A file like any other: nothing may be dropped, and it can be read again.
        assert (source.info.kind, source.info.live) == ("video", False)
        assert source.info.n_frames == (30 if name == "a.mp4" else None)  # only its index can be had without the rest
        assert [frame.time_s for frame in source] == times
        assert source.warnings == []
    assert times == pytest.approx([k / 30 for k in range(30)], abs=1e-3)


@pytest.mark.parametrize(
    ("action", "what", "why"),
    [
        ("silent", "the stream stopped", "no picture came for 1 s"),
        ("cut", "truncated", "input/output error"),  # its length was told: a file
    ],
)
def test_http_that_stops_keeps_what_came(make_video, serve, action, what, why):
    noise = np.random.default_rng(0)
    clip = make_video("a.ts", 40, picture=lambda _, w, h: noise.integers(0, 255, (h, w, 3), np.uint8))
    port = serve(http_handler(clip.parent))
    began = time.monotonic()
    with open_source(f"http://127.0.0.1:{port}/{action}/a.ts") as source:
        n = len(list(source))
        assert 20 < n < 40
        assert len(source.warnings) == 1
        assert source.warnings[0].startswith(f"{what} after {n} frames")
        assert why in source.warnings[0]
        assert source.info.live == (action == "silent")
    assert time.monotonic() - began < LONG_S / 2


def test_http_mjpeg_has_times_of_arrival(serve, tmp_path):
    port = serve(http_handler(tmp_path))
    began = time.monotonic()
    with open_source(f"http://127.0.0.1:{port}/mjpeg") as source:
        times = [frame.time_s for frame in source]
    assert len(times) >= 11
    assert 0.3 < times[-1] < time.monotonic() - began
    assert min(np.diff(times)) > 0


def test_a_camera_that_sends_what_is_no_picture_has_stopped(serve, tmp_path):
    """What counts is the time since the last picture, not since the last byte."""
    port = serve(http_handler(tmp_path))
    began = time.monotonic()
    with open_source(f"http://127.0.0.1:{port}/mjpeg/4") as source:
        n = len(list(source))
        assert 3 <= n <= 4
        assert "the stream stopped after" in source.warnings[0]
        assert "what came for 1 s could not be decoded" in source.warnings[0]
    with pytest.raises(InputError, match=r"without a frame that can be decoded \(what came for 1 s could not"):
        open_source(f"http://127.0.0.1:{port}/mjpeg/0")
    assert time.monotonic() - began < LONG_S / 2


def test_the_time_that_a_picture_is_looked_at_is_no_silence(serve, tmp_path):
    port = serve(http_handler(tmp_path))
    with open_source(f"http://127.0.0.1:{port}/mjpeg") as source:
        n = 0
        for n, _ in enumerate(source, 1):
            time.sleep(1.2 if n == 2 else 0)
        assert not any(" 1 s" in warning for warning in source.warnings)
    assert n >= 11


def test_hls_over_http_and_no_local_file_through_it(make_video, serve, tmp_path):
    segment = make_video("a.ts", 30)
    head, tail = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\n", "\n#EXT-X-ENDLIST\n"
    (tmp_path / "good.m3u8").write_text(head + "a.ts" + tail)
    (tmp_path / "evil.m3u8").write_text(head + f"file://{segment}" + tail)
    port = serve(http_handler(tmp_path))
    with open_source(f"http://127.0.0.1:{port}/whole/good.m3u8") as source:
        assert len(list(source)) == 30
        assert source.info.live is False  # its list ends
    with pytest.raises(InputError, match=r"stream|video"):
        open_source(f"http://127.0.0.1:{port}/whole/evil.m3u8")


class RtspCamera(socketserver.StreamRequestHandler):
    """The least RTSP server that a real client accepts: one H.264 track, interleaved on TCP."""

    frames = 20
    hang_s = 0.0

    def handle(self) -> None:
        while line := self.rfile.readline().decode():
            headers = {}
            while (header := self.rfile.readline().decode().strip()) != "":
                key, _, value = header.partition(":")
                headers[key.lower()] = value.strip()
            method = line.split()[0]
            self._answer(method, line.split()[1], headers)
            if method == "PLAY":
                self._play()
                return

    def _answer(self, method: str, url: str, headers: dict[str, str]) -> None:
        body = ""
        extra = {"OPTIONS": "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n", "PLAY": "Session: 7\r\n"}.get(
            method, ""
        )
        if method == "SETUP":
            assert "TCP" in headers["transport"]  # never UDP
            extra = f"Transport: {headers['transport']}\r\nSession: 7\r\n"
        if method == "DESCRIBE":
            body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
            body += "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
            extra = f"Content-Type: application/sdp\r\nContent-Base: {url}/\r\nContent-Length: {len(body)}\r\n"
        self.wfile.write(f"RTSP/1.0 200 OK\r\nCSeq: {headers['cseq']}\r\n{extra}\r\n{body}".encode())

    def _play(self) -> None:
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuv420p"
        encoder.time_base = Fraction(1, 20)
        encoder.options = {"tune": "zerolatency", "preset": "ultrafast", "g": "5"}
        sequence = 0
        for index in range(self.frames):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 40 + index * 5 % 200, np.uint8), "bgr24")
            frame.pts = index
            for packet in encoder.encode(frame):
                units = [unit for unit in bytes(packet).replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if unit]
                for unit in units:
                    mark = 0x80 if unit is units[-1] else 0
                    rtp = struct.pack(">BBHII", 0x80, mark | 96, sequence, 90_000 + index * 4500, 1) + unit
                    self.wfile.write(struct.pack(">cBH", b"$", 0, len(rtp)) + rtp)
                    sequence += 1
            time.sleep(0.02)
        time.sleep(self.hang_s)


@pytest.mark.parametrize("hang_s", [0.0, LONG_S])
def test_rtsp(serve, hang_s):
    port = serve(type("Camera", (RtspCamera,), {"hang_s": hang_s}), socketserver.ThreadingTCPServer)
    began = time.monotonic()
    with open_source(f"rtsp://admin:pass@127.0.0.1:{port}/live") as source:
        times = [frame.time_s for frame in source]
        assert source.info.name == f"rtsp://***@127.0.0.1:{port}/live"
        assert (source.info.width, source.info.height) == (64, 48)
        if hang_s:
            assert "no picture came for 1 s" in source.warnings[0]
    assert len(times) >= 18
    assert np.diff(times) == pytest.approx(0.05, abs=2e-3)
    assert time.monotonic() - began < LONG_S / 2


def test_closing_from_another_thread_ends_the_iteration(serve):
    port = serve(type("Camera", (RtspCamera,), {"frames": 5000}), socketserver.ThreadingTCPServer)
    source = open_source(f"rtsp://127.0.0.1:{port}/live")
    threading.Timer(0.3, source.close).start()
    assert 0 < len(list(source)) < 2500
    with pytest.raises(InputError, match="closed"):
        list(source)


class Mute(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        time.sleep(LONG_S)


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_says_nothing(serve, scheme):
    port = serve(Mute, socketserver.ThreadingTCPServer)
    began = time.monotonic()
    with pytest.raises(InputError, match=r"no answer within 1 s") as caught:
        open_source(f"{scheme}://u:hunter2@127.0.0.1:{port}/x")
    assert "hunter2" not in str(caught.value)
    assert time.monotonic() - began < LONG_S / 2


@pytest.mark.parametrize(
    "url", ["http://u:hunter2@127.0.0.1:1/x", "rtsp://u:hunter2@127.0.0.1:1/x", "rtsp://", "http://?"]
)
def test_nobody_there(url):
    with pytest.raises(InputError, match="could not be opened as a stream") as caught:
        open_source(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_denied(serve, tmp_path):
    with pytest.raises(InputError, match="could not be opened as a stream"):
        open_source(f"http://127.0.0.1:{serve(http_handler(tmp_path))}/denied")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://u:hunter2@h/x", "concat://a", "udp://1.2.3.4:5", "data://x"]
)
def test_other_schemes_are_refused(url):
    with pytest.raises(InputError, match=r"expected an address that starts with") as caught:
        open_source(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("rtsp://cam/live", "rtsp://cam/live"),
        ("rtsp://user:pass@cam:554/live", "rtsp://***@cam:554/live"),
        ("rtsp://user@cam/live", "rtsp://***@cam/live"),
        ("RTSP://user:p@ss@cam/live", "RTSP://***@cam/live"),
        ("rtsp://user:pa/ss@cam/live", "rtsp://***@cam/live"),
        ("rtsp://user:pa?ss#x@cam/live", "rtsp://***@cam/live"),
        ("http://cam/video?user=admin&password=secret", "http://cam/video?***"),
        ("http://cam/video#secret", "http://cam/video#***"),
        (
            "rtsp://host:554/user=admin&password=tlJwpbo6&channel=1&stream=0.sdp",
            "rtsp://host:554/user=***&password=***&channel=1&stream=0.sdp",
        ),
        (
            "rtsp://host/user=admin_password=a_b_channel=1_stream=0.sdp?real_stream",
            "rtsp://host/user=***_password=***_channel=1_stream=0.sdp?***",
        ),
        ("rtsp://host/USERNAME=admin&pwd=a@b/c&d&channel=1", "rtsp://host/USERNAME=***&pwd=***&channel=1"),
        ("rtsp://user_1:pass@host/live", "rtsp://***@host/live"),
        ("rtsp://host/superuser=1/passage", "rtsp://host/superuser=1/passage"),
        ("walk.mp4", "walk.mp4"),
        ("mail@home.mp4", "mail@home.mp4"),
    ],
)
def test_redact(address, expected):
    assert redact(address) == expected


def test_no_camera():
    with pytest.raises(InputError, match=r"camera 97"):
        open_source(97)
    with pytest.raises(InputError, match=r"camera -1: expected a number from 0"):
        open_source(-1)


@pytest.mark.parametrize("spec", [0, "0"])
def test_camera(monkeypatch, spec):
    """FFmpeg's own test picture stands for the device, as the machine that tests has no camera."""
    monkeypatch.setattr(container, "CODECS", ("wrapped_avframe",))
    monkeypatch.setattr(stream, "camera_device", lambda _: ("testsrc=size=64x48:rate=30:duration=1", "lavfi", {}))
    with open_source(spec) as source:
        assert source.info.kind == "camera"
        assert source.info.name == "camera 0"
        assert (source.info.width, source.info.height, source.info.live) == (64, 48, True)
        assert len(list(source)) == 30


@pytest.mark.parametrize(
    ("platform", "number", "expected"),
    [
        ("linux", 2, ("/dev/video2", "v4l2")),
        ("darwin", 1, ("1:none", "avfoundation")),
        ("win32", 1, ("video=Back camera", "dshow")),
    ],
)
def test_camera_names_of_each_system(monkeypatch, platform, number, expected):
    devices = [SimpleNamespace(name=name, media_types=[kind]) for name, kind in
               [("Front camera", "video"), ("Microphone", "audio"), ("Back camera", "video")]]  # fmt: skip
    monkeypatch.setattr(stream, "enumerate_input_devices", lambda _: devices)
    monkeypatch.setattr(stream.sys, "platform", platform)
    assert stream.camera_device(number)[:2] == expected
