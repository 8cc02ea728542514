"""A client that leaves or falls silent is no error: its request ends, and the terminal shows nothing of it."""

import asyncio
from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect, WebSocketDisconnected

from posespotter.ui.limits import LIMITS


class QuietEnds:
    """Ends requests and sockets without a traceback when their client went away in the middle of something.

    So does the end of the server, which cancels what is left. Streamlit 1.67 closes a socket that Starlette 1.10 has
    found closed already, which raises.

    Args:
        app: whose requests and sockets they are.
        body_silent_s: an upload of which nothing comes for so long is given up.
    """

    def __init__(self, app: ASGIApp, body_silent_s: float = LIMITS.body_silent_s) -> None:
        self._app, self._body_silent_s = app, body_silent_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] == "http":
            await _Request(receive, send, self._body_silent_s).serve(self._app, scope)
        elif scope["type"] == "websocket":
            with suppress(WebSocketDisconnect, WebSocketDisconnected, asyncio.CancelledError):
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class _Request:
    """One request, whose body must arrive in time."""

    def __init__(self, receive: Receive, send: Send, silent_s: float) -> None:
        self._receive, self._send, self._silent_s = receive, send, silent_s
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
            message = await asyncio.wait_for(self._receive(), self._silent_s)
        except TimeoutError:
            self._late = True
            return {"type": "http.disconnect"}
        self._complete = not message.get("more_body", False)
        return message

    async def _sent(self, message: Message) -> None:
        self._answered = True
        await self._send(message)
