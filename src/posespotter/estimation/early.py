"""Looks at frames before their turn: while one frame of a file is looked at, so is the one after it.

A pose model gains little from a second core, as its threads wait for each other; two frames on one core each gain
all of it. But where to look in a frame is known from the joints of the frame before. So each frame is looked at where
people are expected by what was seen two frames before, as long as that is not long ago. Where nobody moves much it is
three frames before, so that neither core ever waits for the other's frame to be done.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from posespotter.arrays import Bool, Float32, Image, Int32
from posespotter.models.interfaces import Joints, PoseModel, Regions
from posespotter.tracking.state import State, regions_of_state, state_of_regions

AHEAD = 3
"""How many frames after the last one done the furthest is that is looked at."""

LONGEST_S = 0.105
"""Between a frame and what was seen last before it is looked at: three frames at 30 a second, two at 20."""

_AT_A_TIME = 2
# How far people may move until a frame so many frames ahead, in sides of their crop: those who move farther would often
# be looked at again (every second one, at 0.07 and 0.05 on real clips). A walk is 0.04 in two frames at 30 a second.
_MOST_MOTION = {2: 0.06, 3: 0.02}
_MOST_SHIFT = 0.04  # of the middle and of the size of a crop, in its sides
_MOST_TURN = 0.1  # radians


@dataclass(frozen=True)
class Expected:
    """Where people who have an id should be in a frame.

    Attributes:
        ids: (M,) track ids.
        regions: where to look, in the same order.
    """

    ids: Int32
    regions: Regions

    def state(self) -> State:
        """All of it, as plain data."""
        return {"ids": self.ids} | state_of_regions(self.regions)

    @classmethod
    def of_state(cls, state: State) -> "Expected":
        """What `state` gave."""
        return cls(state["ids"], regions_of_state(state))


def calm(ahead: int, motion: Float32, regions: Regions) -> Bool:
    """(M,) whether it is known well enough where people will be, `ahead` frames after the last one done.

    Args:
        ahead: 2 to `AHEAD`.
        motion: (M, 2) px, how far they are expected to move until then.
        regions: where they were seen last.
    """
    return np.asarray(np.hypot(*motion.T) <= _MOST_MOTION[ahead] * _sides(regions), np.bool_)


class EarlyLook:
    """One frame that is being looked at.

    Attributes:
        expected: whom, and where.
    """

    def __init__(self, expected: Expected, joints: Future[Joints]) -> None:
        self.expected = expected
        self._joints = joints

    def wait(self) -> int:
        """Wait for it; how many people were looked at."""
        return len(self._joints.result())

    def joints(self, ids: Int32, regions: Regions) -> tuple[Int32, Joints]:
        """Wait for it, and take what holds of it.

        Args:
            ids: (M,) whose joints are asked for; 0 for people without an id.
            regions: where they should be by what was seen since.

        Returns:
            The positions in `ids`, ascending, of those who were looked at about there, and their joints in that order.
        """
        expected = {i: row for row, i in enumerate(self.expected.ids.tolist())}
        both = [(row, expected[i]) for row, i in enumerate(ids.tolist()) if i in expected]
        rows, at = np.array(both, np.int32).reshape(-1, 2).T
        holds = _about_the_same(self.expected.regions.take(at), regions.take(rows))
        return rows[holds], self._joints.result().take(at[holds])


class EarlyLooks:
    """Threads that look, with the model on half of the threads."""

    def __init__(self, pose: PoseModel) -> None:
        self._whole = pose
        self._pool = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="early")

    @cached_property
    def _half(self) -> Future[PoseModel]:
        return self._pool.submit(self._whole.halved)

    def prepare(self) -> None:
        """Begin to load the model, which takes a moment, while somebody is looked for."""
        _ = self._half

    def begin(self, image: Image, expected: Expected) -> EarlyLook:
        """Start to look."""
        half = self._half
        return EarlyLook(expected, self._pool.submit(lambda: half.result().estimate(image, expected.regions)))

    def close(self) -> None:
        """Look no more; what has begun ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _about_the_same(before: Regions, now: Regions) -> Bool:
    """(M,) whether a pose model sees about the same crop; who moves fast is looked at again."""
    boxes = np.abs(now.boxes - before.boxes).max(1)
    squares = np.abs(now.squares - before.squares)
    turned = np.abs(np.sin(squares[:, 3] / 2)) > np.sin(_MOST_TURN / 2)
    moved = np.where(np.isnan(now.squares[:, 2]), boxes, squares[:, :3].max(1)) > _MOST_SHIFT * _sides(now)
    return np.asarray(~(moved | turned), np.bool_)


def _sides(regions: Regions) -> Float32:
    """(M,) px, the side of each person's square, or the longer one of their box where no square is known."""
    sizes = regions.boxes[:, 2:] - regions.boxes[:, :2]
    return np.where(np.isnan(regions.squares[:, 2]), sizes.max(1, initial=0), regions.squares[:, 2])
