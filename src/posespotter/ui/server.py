"""The HTTP server of the application: it gives up on slow clients, and ends in time.

Uvicorn, with what it leaves open: the time that a client may take for the head of a request, the size of a message over
a socket before it is taken apart, and the end of connections whose client neither reads nor leaves.
"""

import asyncio
import os
import signal
import sys
import threading
from types import FrameType

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from posespotter.ui.limits import LIMITS, ServerLimits


class _Http(H11Protocol):
    """HTTP whose heads come in time: `head_s` of `ServerLimits`."""

    head_s: float
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Begin to count the time, unless a request is at work or that was begun already."""
        at_work = self.cycle is not None and not self.cycle.response_complete
        is_socket_now = self.transport.get_protocol() is not self
        if at_work or is_socket_now or self.transport.is_closing():
            self._unwatch()
        elif self._late is None:
            self._late = self.loop.call_later(self.head_s, self._refuse)

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self) -> None:
        self._late = None
        if self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]:
            self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        self.transport.close()


class _Socket(WebSocketsSansIOProtocol):
    """A socket that ends when its client does not answer, also if that does not read either."""

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()


class Server(uvicorn.Server):
    """Uvicorn that ends in time.

    Uvicorn waits for every connection: an upload that stands still, or somebody who does not read what was asked for,
    would keep it from ending for ever.

    Args:
        config: of uvicorn.
        end_within_s: from Ctrl-C or SIGTERM to the end of the process.
    """

    def __init__(self, config: uvicorn.Config, end_within_s: float) -> None:
        super().__init__(config)
        self._end_within_s = end_within_s

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end, and see to it that this comes to an end."""
        if not self.should_exit:
            last_resort = threading.Timer(self._end_within_s, _end_process, args=(sig,))
            last_resort.daemon = True
            last_resort.start()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Let answers that are on their way arrive, and then end what is left."""
        ending = asyncio.create_task(self._end_connections())
        await super().shutdown(sockets)  # type: ignore[arg-type]
        ending.cancel()

    async def _end_connections(self) -> None:
        await asyncio.sleep(1.0)  # at the end, for answers that are on their way
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0.3)  # what has not seen by then that its client is gone
        for task in list(self.server_state.tasks):
            task.cancel()


def server_for(app: ASGIApp, host: str, port: int, limits: ServerLimits = LIMITS) -> Server:
    """A server that is not running yet.

    Args:
        app: what it serves.
        host: address to listen at.
        port: that it listens at; 0 for any.
        limits: for each client.
    """
    return Server(
        uvicorn.Config(
            app,
            host,
            port,
            http=type("_Http", (_Http,), {"head_s": limits.head_s}),
            ws=_Socket,
            ws_max_size=limits.message_bytes,
            ws_ping_interval=limits.ping_s,
            ws_ping_timeout=limits.ping_s,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=2,
            log_level="error",
            access_log=False,
            use_colors=False,
        ),
        limits.end_within_s,
    )


def _end_process(sig: int) -> None:
    """End now: something neither ends nor can be ended, such as a thread that waits for a disk."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0 if sig == signal.SIGINT else 128 + sig)
