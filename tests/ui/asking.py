"""A client for ASGI applications without a server: one request, one answer."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

App = Callable[[dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(app: App, address: str, *, kind: str = "http", **headers: str) -> Answer:
    """GET `address`; underscores in header names stand for hyphens."""
    parts = urlsplit(address)
    given = {"host": "localhost:8501"} | {name.replace("_", "-").lower(): value for name, value in headers.items()}
    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8501),
    }
    sent: list[dict[str, Any]] = []

    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not asked:  # the client neither says more nor leaves
            await asyncio.Event().wait()
        return asked.pop()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    start = next(one for one in sent if one["type"].endswith((".start", ".close", ".accept")))
    body = b"".join(one.get("body", b"") for one in sent)
    found = {name.decode().lower(): value.decode() for name, value in start.get("headers", ())}
    return Answer(start.get("status", 403 if start["type"].endswith("close") else 101), found, body)
