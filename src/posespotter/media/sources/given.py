"""`GivenFrames`: pictures that a program has already, as a source."""

from collections.abc import Iterable, Iterator, Sized
from itertools import chain, islice
from typing import Any

import numpy as np

from posespotter.arrays import Image, require_image
from posespotter.errors import InputError, SettingsError, ShapeError
from posespotter.media.sources.source import Frame, Source, SourceInfo
from posespotter.timing import typical_step_s


class GivenFrames(Source):
    """The frames of any iterable: pictures, (time in seconds, picture) pairs, or `Frame`s.

    A generator gives its frames once; a list gives them each time anew. What is taken from it is taken in a thread of
    its own.

    Raises:
        InputError: there is no frame.
        SettingsError: there are no times and no `fps`.
        ShapeError: something else than frames, of one size and at ascending times.
    """

    def __init__(self, frames: Iterable[Any], fps: float | None = None, name: str = "frames") -> None:
        if fps is not None and not 0 < fps < np.inf:
            raise SettingsError(f"fps: expected a frame rate above 0, got {fps!r:.40}.")
        if not isinstance(frames, Iterable):
            raise ShapeError(f"Expected a source or an iterable of frames, got {type(frames).__name__}.")
        self._frames, self._fps = frames, fps
        self._iterator = iter(frames)
        # Eight frames say how fast they follow each other, before the first is handed on.
        self._first = list(islice(self._iterator, 8))
        if not self._first:
            raise InputError(f"{name}: expected at least one frame, got none.")
        known = [self._frame(i, item) for i, item in enumerate(self._first)]
        height, width = known[0].image.shape[:2]
        step_s = typical_step_s([frame.time_s for frame in known])
        n_frames = len(frames) if isinstance(frames, Sized) else None
        self.warnings = []
        self.info = SourceInfo(
            name, "frames", width, height, fps or (1 / step_s if step_s else 0.0), n_frames, live=False
        )

    def __iter__(self) -> Iterator[Frame]:
        again = self._frames if iter(self._frames) is not self._frames else None
        items = chain(self._first, self._iterator) if again is None else iter(again)
        if again is None and not self._first:
            raise InputError(
                f"{self.info.name}: expected frames that can be read again, got a generator that is used up."
            )
        if again is None:
            self._first = []
        size, last_s = (self.info.height, self.info.width), -np.inf
        for i, item in enumerate(items):
            frame = self._frame(i, item)
            if frame.image.shape[:2] != size:
                raise ShapeError(f"frame {i}: expected {size[1]}x{size[0]} px as before, got {_size(frame.image)}.")
            if not frame.time_s > last_s:
                raise ShapeError(f"frame {i}: expected a time after {last_s:g} s, got {frame.time_s:g} s.")
            last_s = frame.time_s
            yield frame

    def _frame(self, i: int, item: Any) -> Frame:
        if isinstance(item, Frame):
            return Frame(i, item.time_s, item.image, item.damaged)
        if isinstance(item, tuple | list) and len(item) == 2 and isinstance(item[0], int | float | np.number):
            time_s, image = float(item[0]), item[1]
        else:
            time_s, image = i / (self._fps or 1.0), item
        if not isinstance(image, np.ndarray):
            raise ShapeError(f"frame {i}: expected a picture or a (time, picture) pair, got {type(item).__name__}.")
        try:
            require_image(image)
        except ShapeError as error:
            raise ShapeError(f"frame {i}: {error}") from None
        if image is item and self._fps is None:
            raise SettingsError("fps: expected the frame rate of pictures that come without times.")
        return Frame(i, time_s, image)


def _size(image: Image) -> str:
    return f"{image.shape[1]}x{image.shape[0]} px"
