"""Parts of an overlay as videos of their own: one of each fault, one of each fall."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from posespotter.arrays import Image
from posespotter.drawing.overlay_video import OverlayWriter
from posespotter.media import SourceInfo

_AROUND_S = 0.5  # a clip that begins and ends with what it shows is hard to follow


@dataclass(frozen=True)
class Clip:
    """A part of the overlay to be kept as a video of its own, with half a second before and after."""

    path: Path
    start_s: float
    end_s: float


class Clips:
    """The clips that are being written, each from shortly before its part to shortly after; a context manager.

    Attributes:
        videos: the files that are complete.
    """

    def __init__(self, clips: Iterable[Clip], info: SourceInfo) -> None:
        self.videos: list[Path] = []
        self._waiting, self._info = sorted(clips, key=lambda clip: clip.start_s), info
        self._open: list[tuple[Clip, OverlayWriter]] = []

    def wants(self, time_s: float) -> bool:
        """Whether a clip shows this moment; ends those that are over and begins those that are due."""
        for clip, video in [one for one in self._open if time_s > one[0].end_s + _AROUND_S]:
            self._open.remove((clip, video))
            video.__exit__(None, None, None)
            self.videos.append(video.path)
        while self._waiting and time_s >= self._waiting[0].start_s - _AROUND_S:
            clip = self._waiting.pop(0)
            if time_s <= clip.end_s + _AROUND_S:
                clip.path.parent.mkdir(exist_ok=True)
                self._open.append((clip, OverlayWriter(clip.path, self._info).__enter__()))
        return bool(self._open)

    def add(self, image: Image, time_s: float) -> None:
        """Append a frame of the overlay to the clips that show its moment."""
        for _, video in self._open:
            video.add(image, time_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        while self._open:
            _, video = self._open.pop()
            video.__exit__(None if error is None else type(error), error, None)
            if error is None:
                self.videos.append(video.path)
