"""Who may talk to the application: its own pages, the address bar, programs; no other site, whatever name it takes."""

import pytest
from starlette.responses import PlainTextResponse
from tests.ui.asking import ask

from posespotter.ui.routes.same_origin import SameOrigin, host_allowed

NAMES = frozenset({"localhost", "studio", "poses.example.org"})


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("localhost:8501", True),
        ("LOCALHOST:8501", True),
        ("app.localhost:8501", True),
        ("127.0.0.1:8501", True),
        ("192.168.1.20:8501", True),  # an address is no name that a foreign site could own
        ("[::1]:8501", True),
        ("studio", True),
        ("poses.example.org", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("evil.example#localhost", False),
        ("user@localhost", False),
        ("localhost:port", False),
        ("localhost/..", False),
        ("", False),
        (None, False),
    ],
)
def test_hosts(host, allowed):
    assert host_allowed(host, NAMES) is allowed


OWN = "http://localhost:8501"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # curl
        ({"origin": OWN}, 200),
        ({"origin": "https://localhost:8501"}, 200),  # behind a proxy that speaks HTTPS
        ({"origin": "http://localhost:3000"}, 403),  # another program on this machine
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),  # a page in a sandbox
        ({"sec_fetch_site": "none", "sec_fetch_mode": "navigate"}, 200),  # the address bar
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, 200),  # a link elsewhere
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"}, 403),  # a picture in a foreign page
        ({"sec_fetch_site": "same-site", "sec_fetch_mode": "cors"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": "evil.example", "origin": "http://evil.example"}, 403),  # DNS rebinding
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_origins(kind, headers, status):
    async def behind(scope, receive, send):
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
        else:
            await PlainTextResponse("yes")(scope, receive, send)

    answer = ask(SameOrigin(behind, NAMES), "/files/x", kind=kind, **headers)
    assert (answer.status == 403) == (status == 403)


def test_a_browser_is_told_to_guess_no_types_and_to_frame_nothing():
    answer = ask(SameOrigin(PlainTextResponse("yes"), NAMES), "/")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
