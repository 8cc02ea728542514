"""A worker of the app's own, where nobody else runs one."""

from types import TracebackType
from typing import Self

from posespotter.library.library import Library


class LocalWorker:
    """Sees to it that a worker runs, until `close`: starts one where there is none, and anew if it dies.

    A worker that was started here ends with this process, also when that is killed.
    """

    def __init__(self, library: Library) -> None:
        raise NotImplementedError

    @property
    def running(self) -> bool:
        """Whether some worker, here or elsewhere, has shown itself lately."""
        raise NotImplementedError

    @property
    def own(self) -> bool:
        """Whether the worker that runs was started here."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop looking, and stop the worker if it was started here; its jobs go on after the next start."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start_worker_if_none(library: Library) -> LocalWorker:
    """See to it that a worker runs for as long as this process does; call `close` on what is returned at the end."""
    return LocalWorker(library)
