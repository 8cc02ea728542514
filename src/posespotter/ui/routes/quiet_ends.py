"""A tab that is closed is no error: nothing about it is written to the terminal."""

from contextlib import suppress

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected


class QuietEnds:
    """Lets sockets end without a traceback when their browser went away in the middle of something.

    Streamlit 1.67 closes a socket that Starlette 1.10 has found closed already, which raises.

    Args:
        app: whose sockets they are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        with suppress(WebSocketDisconnect, WebSocketDisconnected):
            await self._app(scope, receive, send)
