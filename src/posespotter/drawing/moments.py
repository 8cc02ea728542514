"""Pictures of single moments, and the overlay, in one pass over a video."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from posespotter.drawing.exercise_video import cut_out
from posespotter.drawing.overlay import draw_poses
from posespotter.drawing.overlay_video import OverlayWriter
from posespotter.drawing.privacy import canvas
from posespotter.media import Source
from posespotter.media.threads import FrameReader
from posespotter.poses import PoseSequence
from posespotter.progress import Progress


def render_moments(
    source: Source,
    poses: PoseSequence,
    track_ids: Sequence[int],
    frames: Sequence[int],
    *,
    overlay: Path | None = None,
    progress: Progress | None = None,
) -> dict[int, bytes]:
    """JPEG of one person, with joints, at some frames; and the whole video with all joints.

    Args:
        source: what the poses were estimated from.
        poses: everyone in it.
        track_ids: of the person.
        frames: which.
        overlay: the video to write, or None.
        progress: called with "draw" after each frame.

    Raises:
        OutputError: the video cannot be written.
    """
    made = {}
    with FrameReader(source) as reader, ExitStack() as stack:
        whole = stack.enter_context(OverlayWriter(overlay, source.info)) if overlay is not None else None
        for frame in reader:
            if frame.index >= poses.n_frames:
                break
            if whole is not None or frame.index in frames:
                draw_poses(frame.image, poses.at(frame.index))
            if frame.index in frames:
                made[frame.index] = cut_out(frame.image, poses, (frame.index, tuple(track_ids)))
            if whole is not None:
                whole.add(frame.image, frame.time_s)
            if progress is not None:
                progress("draw", frame.index + 1, poses.n_frames)
    return made


def moments_on_canvas(poses: PoseSequence, track_ids: Sequence[int], frames: Sequence[int]) -> dict[int, bytes]:
    """The same pictures where there is no video: the joints on a grey canvas."""
    made = {}
    for frame in frames:
        image = canvas(*poses.frame_size)
        draw_poses(image, poses.at(frame))
        made[frame] = cut_out(image, poses, (frame, tuple(track_ids)))
    return made
