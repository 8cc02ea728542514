"""The privacy canvas: a plain grey canvas in place of each picture, where no pixels of people may be written.

Whether that is so is the caller's to say: `skeletons_only` of the settings, or of whoever runs a task.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from posespotter.arrays import Image
from posespotter.drawing.colours import PALETTE
from posespotter.media import Frame, Source, SourceInfo
from posespotter.poses import PoseSequence


def canvas(width: int, height: int) -> Image:
    """(height, width, 3) of nothing but grey."""
    return np.full((height, width, 3), PALETTE.canvas, np.uint8)


def to_draw_on(source: Source, *, skeletons_only: bool) -> Source:
    """The source, or canvases in its place."""
    return _Canvases(source) if skeletons_only else source


def to_draw_over(frame: Frame, *, skeletons_only: bool) -> Frame:
    """The frame, or a canvas in its place."""
    return _blank(frame) if skeletons_only else frame


def canvases_for(poses: PoseSequence, *, skeletons_only: bool) -> Source | None:
    """Canvases for all frames of `poses` where no video was kept, as it shows people. Else None."""
    return _CanvasesOfPoses(poses) if skeletons_only else None


class _Canvases(Source):
    """A canvas for each frame of another source, with its size and its times."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.info, self.warnings = source.info, source.warnings

    def __iter__(self) -> Iterator[Frame]:
        return map(_blank, self._source)

    def close(self) -> None:
        self._source.close()


class _CanvasesOfPoses(Source):
    """A canvas for each processed frame; frames without people have times between those around them.

    Those before the first and after the last with people are the usual step apart, up to the end that the poses tell.
    """

    def __init__(self, poses: PoseSequence) -> None:
        width, height = poses.frame_size
        self._poses, self.warnings = poses, []
        self.info = SourceInfo(poses.source, "video", width, height, poses.fps, poses.n_frames, live=False)

    def __iter__(self) -> Iterator[Frame]:
        numbers = np.arange(self._poses.n_frames)
        known, rows = np.unique(self._poses.frame, return_index=True)
        at_s = self._poses.time_s[rows]
        if not len(known):
            known, at_s = np.zeros(1, np.int32), np.zeros(1)
        if known[-1] < self._poses.n_frames - 1:
            known, at_s = np.append(known, self._poses.n_frames - 1), np.append(at_s, self._poses.end_s)
        before_s = np.minimum(numbers - known[0], 0) * self._poses.step_s
        times_s = np.interp(numbers, known, at_s) + before_s
        for number, time_s in zip(numbers.tolist(), times_s.tolist(), strict=True):
            yield Frame(number, time_s, canvas(self.info.width, self.info.height))


def _blank(frame: Frame) -> Frame:
    return replace(frame, image=np.full_like(frame.image, PALETTE.canvas))
