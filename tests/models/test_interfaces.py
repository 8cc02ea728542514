"""People as arrays, put together."""

import numpy as np
import pytest

from posespotter.models.interfaces import Joints, Regions


def joints(m: int, *, world: bool) -> Joints:
    boxes, scores = np.full((m, 4), m, np.float32), np.ones(m, np.float32)
    metres = np.ones((m, 17, 3), np.float32) if world else None
    return Joints(
        np.ones((m, 17, 2), np.float32), np.ones((m, 17), np.float32), metres, scores, Regions.from_boxes(boxes, scores)
    )


@pytest.mark.parametrize(("first", "second"), [(0, 2), (2, 0), (1, 2), (0, 0)])
def test_nobody_takes_no_metres_away(first: int, second: int) -> None:
    """Where nobody is, it may not be known whether the model gives metres."""
    both = joints(first, world=first > 0).plus(joints(second, world=second > 0))
    assert len(both) == len(both.regions) == first + second
    assert both.world is None if first + second == 0 else both.world.shape == (first + second, 17, 3)
    assert both.regions.boxes[:, 0].tolist() == [first] * first + [second] * second
