"""Only this application's own pages may talk to it: the Host and the Origin of every request are checked.

A page of another site that the user has open can send requests to 127.0.0.1 too, and a name of another site can be made
to point there (DNS rebinding). Streamlit checks the Origin of its own socket only.
"""

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette import status
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}


def own_names() -> frozenset[str]:
    """The host names that are allowed without an option."""
    name = socket.gethostname().lower()
    return frozenset({"localhost", name, f"{name}.local"})


def host_allowed(host: str | None, names: Iterable[str]) -> bool:
    """Whether a Host header names this machine: one of `names`, or any address, which no foreign name can be."""
    name = _name_of(f"//{host}") if host else None
    if name is None:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in names or name.endswith(".localhost")
    return True


def origin_allowed(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from a page of this application, from the address bar, or from no browser at all."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    foreign = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    return not foreign or headers.get("sec-fetch-mode") == "navigate"


def _name_of(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # a port that is none raises
        return None if parts.username is not None or parts.path else parts.hostname
    except ValueError:
        return None


class SameOrigin:
    """Answers 403 to requests and sockets from elsewhere, and sets the headers that a browser's own guards need.

    Args:
        app: what it guards.
        names: host names, lower case, that are this machine beside its addresses.
    """

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, socket or the start and end of the server."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not host_allowed(headers.get("host"), self._names):
            await _refuse(scope, receive, send, "This is not a name of this server; see --allow-host.")
        elif not origin_allowed(headers):
            await _refuse(scope, receive, send, "Another site asked for this.")
        else:
            await self._app(scope, receive, _with_headers(send))


async def _refuse(scope: Scope, receive: Receive, send: Send, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": status.WS_1008_POLICY_VIOLATION, "reason": reason})
        return
    await PlainTextResponse(reason, 403)(scope, receive, send)


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sender
