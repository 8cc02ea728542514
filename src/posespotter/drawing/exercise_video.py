"""One pass over a video for all that shows an exercise: the overlay, a clip of each fault, pictures for the report."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from posespotter.arrays import Image
from posespotter.drawing.event_clips import Clip, Clips
from posespotter.drawing.exercise import ExerciseDrawing, crop_around
from posespotter.drawing.overlay_video import OverlayWriter
from posespotter.drawing.privacy import canvas
from posespotter.media import Source
from posespotter.media.threads import FrameReader
from posespotter.poses import PoseSequence
from posespotter.progress import Progress

Wanted = tuple[int, tuple[int, ...]]
"""A picture for the report: the frame, and the track ids of the person it shows."""


@dataclass
class Rendered:
    """The files and pictures made in the pass.

    Attributes:
        videos: the files written.
        pictures: JPEG by what was wanted.
    """

    videos: list[Path] = field(default_factory=list)
    pictures: dict[Wanted, bytes] = field(default_factory=dict)


def render_exercise(
    source: Source,
    poses: PoseSequence,
    drawing: ExerciseDrawing,
    *,
    overlay: Path | None,
    clips: Sequence[Clip],
    pictures: Sequence[Wanted],
    progress: Progress | None = None,
) -> Rendered:
    """Draw an exercise over its video. Memory does not grow with the length of the video.

    Args:
        source: what the poses were estimated from.
        poses: everyone in it.
        drawing: made of the same poses.
        overlay: the video to write, or None.
        clips: parts of it to write too.
        pictures: what to cut out as JPEG.
        progress: called with "draw" after each frame.

    Raises:
        OutputError: the folder cannot be written.
    """
    rendered = Rendered()
    wanted = _by_frame(pictures)
    everything = overlay is not None
    last = max(wanted, default=-1)
    with FrameReader(source) as reader, ExitStack() as stack:
        whole = stack.enter_context(OverlayWriter(overlay, source.info)) if overlay is not None else None
        running = stack.enter_context(Clips(clips, source.info))
        for frame in reader:
            if frame.index >= poses.n_frames or (frame.index > last and not everything and not clips):
                break
            in_clip = running.wants(frame.time_s)
            if everything or in_clip or frame.index in wanted:
                drawing.people(frame.image, frame.index)
                for one in wanted.get(frame.index, ()):
                    rendered.pictures[one] = cut_out(frame.image, poses, one)
            if everything or in_clip:
                drawing.counters(frame.image, frame.index)
                running.add(frame.image, frame.time_s)
            if whole is not None:
                whole.add(frame.image, frame.time_s)
            if progress is not None:
                progress("draw", frame.index + 1, poses.n_frames)
    rendered.videos += running.videos
    if whole is not None:
        rendered.videos.append(whole.path)
    return rendered


def draw_on_canvas(poses: PoseSequence, drawing: ExerciseDrawing, pictures: Sequence[Wanted]) -> dict[Wanted, bytes]:
    """The same pictures where there is no video: the joints on a grey canvas."""
    width, height = poses.frame_size
    made = {}
    for one in pictures:
        image = canvas(width, height)
        drawing.people(image, one[0])
        made[one] = cut_out(image, poses, one)
    return made


def _by_frame(pictures: Sequence[Wanted]) -> Mapping[int, list[Wanted]]:
    frames: dict[int, list[Wanted]] = {}
    for one in pictures:
        frames.setdefault(one[0], []).append(one)
    return frames


def cut_out(image: Image, poses: PoseSequence, wanted: Wanted) -> bytes:
    """JPEG of the person in a frame that is drawn already."""
    x0, y0, x1, y1 = crop_around(poses, *wanted)
    part = image[y0:y1, x0:x1]
    scale = min(1.0, 420 / part.shape[0], 640 / part.shape[1])
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA) if scale < 1 else part
    return bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 84])[1].tobytes())
