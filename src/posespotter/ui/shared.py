"""What pages and routes of one server share: the library, and the worker that was started with the application."""

from functools import cache

from posespotter.library import Library
from posespotter.library.local_worker import LocalWorker, start_worker_if_none


@cache
def library() -> Library:
    """The library of the settings, opened once; another folder in the settings needs a restart."""
    return Library()


class WorkerKeeper:
    """The server's hold on its worker, from the server's start to its end."""

    def __init__(self) -> None:
        self._worker: LocalWorker | None = None

    def start(self) -> None:
        """See to it that a worker runs."""
        self._worker = start_worker_if_none(library())

    def stop(self) -> None:
        """Stop the worker that was started here."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    @property
    def state(self) -> tuple[bool, bool]:
        """Whether some worker runs, and whether it is one of our own."""
        if self._worker is None:
            return False, False
        return self._worker.running, self._worker.own


worker = WorkerKeeper()
