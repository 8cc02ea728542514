"""Addresses that lead nowhere: a page says so, where Streamlit would show Home as if nothing were wrong."""

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>No such page · PoseSpotter</title>
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
  body { margin: 15vh auto; max-width: 30rem; padding: 0 1rem; line-height: 1.5;
    color: light-dark(#16211f, #e7eeec); background: light-dark(#ffffff, #0f1514); }
  a { color: light-dark(#0f766e, #4fd1c1); }
</style>
<main><h1>There is no such page</h1>
<p>The address is not one of this application: it may be mistyped, or of another version.</p>
<p><a href="/">Go to Home</a></p></main></html>
"""


class UnknownPages:
    """Answers 404 to a browser that opens a page that does not exist.

    Args:
        app: what serves those that do.
        pages: their addresses, without the slash; other parts of the server have a folder or a point in theirs.
    """

    def __init__(self, app: ASGIApp, pages: Iterable[str]) -> None:
        self._app = app
        self._pages = frozenset(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, socket or the start and end of the server."""
        if scope["type"] == "http" and self._is_no_page(scope):
            await HTMLResponse(_PAGE, 404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_no_page(self, scope: Scope) -> bool:
        name = scope["path"].strip("/")
        opened = Headers(scope=scope).get("sec-fetch-mode") == "navigate"
        return opened and "/" not in name and "." not in name and not name.startswith("_") and name not in self._pages
