"""A plain grey board in place of each picture: where no pixels of people may be kept, skeletons are drawn on it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from posespotter.media import Frame, Source
from posespotter.settings import settings

BOARD_GREY = 46


def to_draw_on(source: Source) -> Source:
    """The source, or boards in its place where the settings say `skeletons_only`."""
    return _Boards(source) if settings().skeletons_only else source


def to_draw_over(frame: Frame) -> Frame:
    """The frame, or a board in its place where the settings say `skeletons_only`."""
    return _board(frame) if settings().skeletons_only else frame


class _Boards(Source):
    """A board for each frame of another source, with its size and its times."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.info, self.warnings = source.info, source.warnings

    def __iter__(self) -> Iterator[Frame]:
        return map(_board, self._source)

    def close(self) -> None:
        self._source.close()


def _board(frame: Frame) -> Frame:
    return replace(frame, image=np.full_like(frame.image, BOARD_GREY))
