"""Base of the routes over a library: the current library, and refusals as answers."""

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from posespotter.errors import InputError, PoseSpotterError
from posespotter.runs import Library

LibraryOf = Callable[[], Library]


class LibraryRoutes:
    """Routes over one library.

    Args:
        library: gives it; asked for at each request.
    """

    def __init__(self, library: LibraryOf) -> None:
        self._library = library


def answering(work: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
    """`work` as an endpoint: it runs in a thread, and what it refuses is answered in words.

    What is not there is a 404; what is there but cannot be had in the form that was asked for is a 422.
    """

    async def endpoint(request: Request) -> Response:
        try:
            return await run_in_threadpool(work, request)
        except InputError as error:
            return PlainTextResponse(str(error), 404)
        except PoseSpotterError as error:
            return PlainTextResponse(str(error), 422)

    return endpoint
