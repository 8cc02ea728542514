"""The step from one frame to the next, of frames whose times may have pauses, gaps and jitter."""

from collections.abc import Sequence

import numpy as np

from posespotter.arrays import Float64, Int32

MAX_FPS = 1000.0
"""Frames a second; no camera is faster, and a rate beyond it is damage."""

USUAL_FPS = 30.0
"""Default where the frame rate is unknown, and the rate that cameras are asked for."""

# A step that is left out of the mean is a pause or a dropped frame. The alternating steps of film shown as video
# (3:2 pulldown) are 1.5 apart and belong together; a dropped frame doubles a step.
_ALIKE = 1.75


def typical_step_s(time_s: Float64 | Sequence[float], frame: Int32 | None = None) -> float:
    """The usual step from frame to frame in seconds; 0 where there are fewer than two.

    Args:
        time_s: (N,) ascending times.
        frame: (N,) ascending numbers of their frames, where some are missing in between; None: they are neighbours.

    It is the mean of the steps that are about as long as the median: pauses do not lengthen it as they do the average,
    and times rounded to milliseconds do not round it as they do the median.
    """
    steps_s = np.diff(np.asarray(time_s, np.float64))
    if frame is not None:
        steps_s = steps_s / np.diff(frame)
    steps_s = np.sort(steps_s[steps_s > 0])
    if not len(steps_s):
        return 0.0
    usual_s = steps_s[(len(steps_s) - 1) // 2]
    return float(steps_s[(steps_s > usual_s / _ALIKE) & (steps_s < usual_s * _ALIKE)].mean())
