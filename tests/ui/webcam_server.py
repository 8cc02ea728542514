"""The webcam's routes on a real server, guarded as in the application, and a client that says what the page says."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import cv2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from posespotter.live.messages import PATH, ClientFrame, write_frame
from posespotter.media import open_source
from posespotter.runs import Library
from posespotter.ui.limits import ServerLimits
from posespotter.ui.routes.quiet_ends import QuietEnds
from posespotter.ui.routes.same_origin import SameOrigin, own_names
from posespotter.ui.routes.webcam import Webcam
from posespotter.ui.server import Server, server_for

MODEL = "movenet-lightning"
WAIT_S = 60.0


@dataclass(frozen=True)
class WebcamServer:
    """A server that answers.

    Attributes:
        port: it listens at, on 127.0.0.1.
        webcam: what its routes share.
        library: where its recordings go.
        server: what serves them; in a thread.
    """

    port: int
    webcam: Webcam
    library: Library
    server: Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def page(self, origin: str | None = "own", **options: Any) -> "Page":
        """A page with its own socket, which has said its options."""
        given = self.url if origin == "own" else origin
        return Page(f"ws://127.0.0.1:{self.port}{PATH}", given).asks(**options)


class Page:
    """One page's socket."""

    def __init__(self, url: str, origin: str | None) -> None:
        self._stack = ExitStack()
        self.socket: ClientConnection = self._stack.enter_context(connect(url, origin=origin, open_timeout=WAIT_S))
        self.number = 0
        self.news: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ConnectionClosed):  # by the server, with a reason
            self._stack.close()

    def asks(self, **options: Any) -> Self:
        with suppress(ConnectionClosed):  # a server without room may have closed already
            self.tell({"type": "options", "pose": MODEL} | options)
        return self

    def tell(self, message: dict[str, Any] | str) -> None:
        self.socket.send(message if isinstance(message, str) else json.dumps(message))

    def hear(self, *types: str) -> dict[str, Any]:
        """The next message of one of these types; those before it are added to `news`."""
        until = time.monotonic() + WAIT_S
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv(timeout=until - time.monotonic()))
            if message["type"] in types:
                return message
            self.news.append(message)

    def show(self, jpeg: bytes, time_s: float | None = None) -> dict[str, Any]:
        """Send a picture and wait for its answer."""
        self.number += 1
        given = self.number / 15 if time_s is None else time_s
        self.socket.send(write_frame(ClientFrame(self.number, given, jpeg)))
        while True:
            answer = self.hear("poses", "refused", "dropped")
            if answer["frame"] in {self.number, None}:
                return answer


@contextmanager
def webcam_server(folder: Path, **limits: float) -> Iterator[WebcamServer]:
    """A server on a free port with a library in `folder`, until the end of the block; with other `ServerLimits`."""
    given = ServerLimits(**limits)  # type: ignore[arg-type]
    with Library(folder) as library:
        webcam = Webcam(lambda: library, given)
        guards = [
            Middleware(SameOrigin, names=own_names()),
            Middleware(QuietEnds, body_silent_s=given.body_silent_s),
        ]
        server = server_for(Starlette(routes=webcam.routes(), middleware=guards), "127.0.0.1", 0, given)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield WebcamServer(port, webcam, library, server)
        finally:
            server.should_exit = True
            thread.join(10)


@cache
def pictures(clip: Path, n: int, width: int = 480, first: int = 40) -> tuple[bytes, ...]:
    """`n` frames of a clip from frame `first`, as a page sends them."""
    with open_source(clip) as source:
        images = [frame.image for frame in source if first <= frame.index < first + n]
    height = round(width * images[0].shape[0] / images[0].shape[1])
    small = [cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA) for image in images]
    return tuple(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes() for image in small)
