"""`Progress`: progress of any piece of work, reported in one way from the download of a model to a job."""

from typing import Protocol


class Progress(Protocol):
    """Is called now and then while work goes on.

    Example:
        >>> def show(stage: str, done: int, total: int | None) -> None:
        ...     print(f"{stage}: {done} of {total or 'unknown'}")
    """

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        """Note how far the work is.

        Args:
            stage: what is being done, a word or two.
            done: how much of it is done: frames, or bytes of a download.
            total: the amount in all, None where it is unknown; headers of videos may claim a wrong number.
        """


def no_progress(_stage: str, _done: int, _total: int | None, /) -> None:
    """Report nothing."""
