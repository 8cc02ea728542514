"""Errors of measures where nobody has measured them: those that follow from joints that are a little off."""

from itertools import pairwise

import numpy as np

from posespotter.exercises.definitions.vocabulary import SEGMENTS, Measure
from posespotter.kinematics.measurement_errors import MeasureError
from posespotter.kinematics.view import EXACT_DEG

_JOINT = 0.01
"""Body lengths that a joint is off by, in each direction, where nobody has measured more: what good models reach."""

_BACK = 0.15
"""Body lengths that hips go back in a squat to level thighs (thigh 0.245, less what the shins lean forward)."""

_LIMB, _ACROSS = 0.15, 0.2
"""Body lengths: the shorter limbs (forearm 0.146, foot 0.152), and from left to right (Winter 2009, figure 4.1)."""


def by_geometry(measure: Measure) -> MeasureError:
    """The error that follows from geometry, without bias."""
    error = geometric_error(measure)
    return MeasureError(0.0, error, 2 * error, 1.0, usable=True, change=error)


def geometric_error(measure: Measure) -> float:
    """Give the error (+-) of a measure when each joint is off by `_JOINT`, in the measure's unit."""
    apart = np.sqrt(2) * _JOINT
    limbs = list(pairwise(measure.joints))
    if measure.kind in {"angle", "lean", "slope"}:
        lengths = [SEGMENTS.get(limb) or SEGMENTS.get(limb[::-1]) or _LIMB for limb in limbs]
        return float(np.degrees(np.hypot.reduce([apart / length for length in lengths])))
    if measure.kind == "tilt":
        return float(np.degrees(apart / _ACROSS))
    if measure.kind == "sideways":  # of who is turned further than thought, hips that go back seem to go sideways
        return float(np.hypot(apart, _BACK * np.sin(np.radians(EXACT_DEG))))
    return float(apart / _ACROSS if measure.kind in {"alignment", "width_ratio"} else apart)
