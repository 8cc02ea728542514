"""Refusals of routes, as answers."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from posespotter.errors import InputError, ModelError, PoseSpotterError, SettingsError
from posespotter.ui.routes.answers import answering

REQUEST = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""})


@pytest.mark.parametrize(
    ("error", "status"), [(InputError, 404), (SettingsError, 422), (ModelError, 422), (PoseSpotterError, 422)]
)
def test_what_is_refused(error: type[PoseSpotterError], status: int) -> None:
    def refuse(_request: Request) -> Response:
        raise error("There is none.")

    answer = asyncio.run(answering(refuse)(REQUEST))  # type: ignore[arg-type]
    assert (answer.status_code, answer.body) == (status, b"There is none.")


def test_an_answer_is_handed_on() -> None:
    answer = PlainTextResponse("here")
    assert asyncio.run(answering(lambda _: answer)(REQUEST)) is answer  # type: ignore[arg-type]


def test_a_bug_is_no_refusal() -> None:
    def fail(_request: Request) -> Response:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        asyncio.run(answering(fail)(REQUEST))  # type: ignore[arg-type]
