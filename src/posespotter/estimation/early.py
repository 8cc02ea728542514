"""Looks at a frame before its turn: while one frame of a file is looked at, so is the one after it.

A pose model gains little from a second core, as its threads wait for each other; two frames on one core each gain
all of it. But where to look in a frame is known from the joints of the frame before. So each frame is looked at where
people are expected by what was seen two frames before, as long as that is not long ago.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from posespotter.arrays import Bool, Image, Int32
from posespotter.estimation.state import State, regions_of_state, state_of_regions
from posespotter.models.people import Joints, PoseModel, Regions

LONGEST_S = 0.07
"""Between a frame and what was seen last before it is looked at: two frames at 30 a second."""

_AT_A_TIME = 2
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
            The positions in `ids` of those who were looked at about there, and their joints in that order.
        """
        _, rows, at = np.intersect1d(ids, self.expected.ids, return_indices=True)
        holds = _about_the_same(self.expected.regions.take(at), regions.take(rows))
        return rows[holds].astype(np.int32), self._joints.result().take(at[holds])


class EarlyLooks:
    """Threads that look; the model on half of the threads is made when it is first needed."""

    def __init__(self, pose: PoseModel) -> None:
        self._whole = pose
        self._pool = ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="early")

    @cached_property
    def _pose(self) -> PoseModel:
        return self._whole.halved()

    def begin(self, image: Image, expected: Expected) -> EarlyLook:
        """Start to look."""
        return EarlyLook(expected, self._pool.submit(self._pose.estimate, image, expected.regions))

    def close(self) -> None:
        """Look no more; what has begun ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _about_the_same(before: Regions, now: Regions) -> Bool:
    """(M,) whether a pose model sees about the same crop; who moves fast is looked at again."""
    side = np.where(np.isnan(now.squares[:, 2]), (now.boxes[:, 2:] - now.boxes[:, :2]).max(1), now.squares[:, 2])
    boxes = np.abs(now.boxes - before.boxes).max(1)
    squares = np.abs(now.squares - before.squares)
    turned = np.abs(np.sin(squares[:, 3] / 2)) > np.sin(_MOST_TURN / 2)
    moved = np.where(np.isnan(now.squares[:, 2]), boxes, squares[:, :3].max(1)) > _MOST_SHIFT * side
    return np.asarray(~(moved | turned), np.bool_)
