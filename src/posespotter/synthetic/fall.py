"""A figure that falls."""

import numpy as np

from posespotter.synthetic.figure import Figure, Floats, Joints, squat

_STANDS_S, _FALLS_S, _LIES_S = 1.2, 0.9, 4.0  # a free fall from standing height takes 0.6 s


def topple() -> Figure:
    """Somebody who stands, falls over to the left with bent knees, faster and faster, and stays on the floor."""
    standing = squat(repetitions=1, thigh=55.0, down_s=_FALLS_S, rest_s=_STANDS_S, hold_s=2 * _LIES_S)

    def at(t: Floats) -> Joints:
        share = np.clip((t - _STANDS_S) / _FALLS_S, 0, 1) ** 2
        angle = np.radians(86.0) * share
        sin, cos = np.sin(angle), np.cos(angle)
        out = {}
        for name, place in standing.at(t).items():
            x, y, z = np.moveaxis(place, -1, 0)
            # The middle of somebody who lies on the side is 0.1 body lengths above the floor.
            out[name] = np.stack([x, y * cos + z * sin, z * cos - y * sin + 0.1 * sin], -1)
        return out

    return Figure("fall", _STANDS_S + _FALLS_S + _LIES_S, at)
