"""A figure that falls."""

import numpy as np

from posespotter.synthetic.figure import Figure, Floats, Joints, squat


def topple(stands_s: float = 1.2, falls_s: float = 0.9, lies_s: float = 4.0) -> Figure:
    """A person who stands, falls over to the left with bent knees, faster and faster, and stays on the floor.

    Args:
        stands_s: before the fall.
        falls_s: how long it takes; a free fall from standing height takes 0.6 s.
        lies_s: after it.
    """
    standing = squat(repetitions=1, thigh=55.0, down_s=falls_s, rest_s=stands_s, hold_s=2 * lies_s)

    def at(t: Floats) -> Joints:
        share = np.clip((t - stands_s) / falls_s, 0, 1) ** 2
        angle = np.radians(86.0) * share
        sin, cos = np.sin(angle), np.cos(angle)
        out = {}
        for name, place in standing.at(t).items():
            x, y, z = np.moveaxis(place, -1, 0)
            # The middle of somebody who lies on the side is 0.1 body lengths above the floor.
            out[name] = np.stack([x, y * cos + z * sin, z * cos - y * sin + 0.1 * sin], -1)
        return out

    return Figure("fall", stands_s + falls_s + lies_s, at)
