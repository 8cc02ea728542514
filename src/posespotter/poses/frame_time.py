"""The time of one frame, also of one without people."""

from posespotter.errors import InputError
from posespotter.poses.sequence import PoseSequence


def time_of_frame(poses: PoseSequence, time_s: float | None = None) -> float:
    """Time of the frame in which these people were seen, seconds.

    Args:
        poses: rows of one frame; none when nobody was in the picture.
        time_s: the time, if it is known.

    Raises:
        InputError: rows of several frames, or no time.
    """
    if len(poses) and poses.frame[0] != poses.frame[-1]:
        raise InputError(f"expected the people of one frame, got frames {poses.frame[0]} to {poses.frame[-1]}.")
    if time_s is not None:
        return float(time_s)
    if len(poses):
        return float(poses.time_s[0])
    if poses.last_s is None:
        raise InputError("expected time_s with a frame without people, got none.")
    return poses.last_s
