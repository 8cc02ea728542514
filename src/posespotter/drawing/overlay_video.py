"""Overlay videos: frames are decoded ahead and encoded behind while people are drawn in between."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import av

from posespotter.arrays import Image
from posespotter.drawing.overlay import draw_poses
from posespotter.media import Source, SourceInfo, VideoWriter
from posespotter.media.threads import Background, FrameReader
from posespotter.poses import PoseSequence
from posespotter.progress import Progress


class OverlayWriter:
    """A video that is encoded in a thread of its own while the caller draws the next frame.

    Use as a context manager; after an error in the block no file is left.

    Attributes:
        path: the file, once the block has ended well.
    """

    def __init__(self, path: Path, info: SourceInfo) -> None:
        self._writer = VideoWriter(path, (info.width, info.height), info.fps)
        self._behind: Background[av.VideoFrame]
        self._stack = ExitStack()

    @property
    def path(self) -> Path:
        """The file; its suffix tells the container that could be written."""
        return self._writer.path

    def add(self, image: Image, time_s: float) -> None:
        """Append a frame; `image` is not kept."""
        self._behind.put(self._writer.prepare(image, time_s))

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._writer)
            self._behind = stack.enter_context(Background(self._writer.encode))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)


def render_overlay(source: Source, poses: PoseSequence, path: Path, progress: Progress | None = None) -> Path:
    """Draw `poses` over the frames of `source`, with the source's timing.

    Args:
        source: what the poses were estimated from.
        poses: everyone in it.
        path: the video to write.
        progress: called with "overlay" after each frame.

    Returns:
        the file written: `path`, or with another suffix where no H.264 encoder exists.

    Raises:
        OutputError: the folder cannot be written.
    """
    with FrameReader(source) as reader, OverlayWriter(path, source.info) as video:
        for frame in reader:
            if frame.index >= poses.n_frames:
                break
            draw_poses(frame.image, poses.at(frame.index))
            video.add(frame.image, frame.time_s)
            if progress is not None:
                progress("overlay", frame.index + 1, poses.n_frames)
    return video.path
