"""A client that leaves or falls silent is no error: its request ends, and the terminal shows nothing of it."""

import asyncio
from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected

BODY_SILENT_S = 60.0
"""An upload of which nothing comes for so long is given up."""


class QuietEnds:
    """Ends requests and sockets without a traceback when their client went away in the middle of something.

    So does the end of the server, which cancels what is left. Streamlit 1.67 closes a socket that Starlette 1.10 has
    found closed already, which raises.

    Args:
        app: whose requests and sockets they are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] == "http":
            await _Request(receive, send).serve(self._app, scope)
        elif scope["type"] == "websocket":
            with suppress(WebSocketDisconnect, WebSocketDisconnected, asyncio.CancelledError):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Request:
    """One request whose body comes in time, or not at all."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._complete = self._late = self._answered = False

    async def serve(self, app: ASGIApp, scope: Scope) -> None:
        with suppress(ClientDisconnect, asyncio.CancelledError):
            await app(scope, self._received, self._sent)
        if self._late and not self._answered:
            answer = PlainTextResponse("Nothing came for too long.", 408, headers={"Connection": "close"})
            await answer(scope, self._receive, self._send)

    async def _received(self) -> Message:
        if self._complete:  # what is waited for now is the end of the client
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), BODY_SILENT_S)
        except TimeoutError:
            self._late = True
            return {"type": "http.disconnect"}
        self._complete = not message.get("more_body", False)
        return message

    async def _sent(self, message: Message) -> None:
        self._answered = True
        await self._send(message)
