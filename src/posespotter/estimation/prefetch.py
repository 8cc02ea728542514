"""Prefetch: the joints of frames before their turn, by a pose model that works on two pictures at a time.

A pose model gains little from a second core, as its threads wait for each other; two frames on one core each gain
all of it. But where to look in a frame is known from the joints of the frame before. So each frame of a file is worked
on where people are expected by what was seen two frames before, as long as that is not long ago. Where nobody moves
much it is three frames before, so that neither core ever waits for the other's frame to be done.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from posespotter.arrays import Bool, Float32, Image
from posespotter.media import Frame
from posespotter.models.interfaces import Joints, PoseModel, Regions
from posespotter.models.session import half_of_the_threads
from posespotter.timing import USUAL_FPS
from posespotter.tracking.state import State, state_of

# How far people may move until a frame so many frames ahead, in sides of their crop: those who move farther would often
# be looked at again (every second one, at 0.07 and 0.05 on real clips). A walk is 0.04 in two frames at 30 a second.
_MOST_MOTION = {2: 0.06, 3: 0.02}
AHEAD = max(_MOST_MOTION)
"""The most frames that joints are estimated ahead of the last finished one."""

LAST_CHANCE = min(_MOST_MOTION)
"""The fewest: the very next frame is estimated when its turn comes."""

LONGEST_S = 1.05 * AHEAD / USUAL_FPS
"""The longest time between a frame and the last finished one: three frames at 30 a second, two at 20."""

# Crops that differ by no more are taken as the same: what that changes is said at the head of docs/results/ablation.md.
_MOST_SHIFT = 0.04  # of the middle and of the size of a crop, in its sides
_MOST_TURN = 0.1  # radians: moves the edge of a crop by 0.05 of its side

Expected = Callable[[float, int], Regions | None]
"""Time of a frame and how many frames after the last one it comes, to where people should be; None: too early to say"""


def calm(ahead: int, motion: Float32, regions: Regions) -> Bool:
    """(M,) who moves little enough to be estimated `ahead` frames after the last finished one.

    Args:
        ahead: 2 to `AHEAD`.
        motion: (M, 2) px, how far they are expected to move until then.
        regions: where they were seen last.
    """
    return np.asarray(np.hypot(*motion.T) <= _MOST_MOTION[ahead] * _sides(regions), np.bool_)


@dataclass
class _Coming:
    """A frame whose turn has not come, and where its people were expected when work on it began."""

    frame: Frame
    regions: Regions | None = None
    joints: Future[Joints] | None = None


class Prefetch:
    """A wrapper around a pose model that has run some inferences before they are requested.

    `add` takes a frame, `start` begins inference on those where people are expected at a known place, `next` gives the
    frame whose turn it is, and `estimate` uses the joints estimated ahead where the regions are still about the same.
    """

    def __init__(self, pose: PoseModel) -> None:
        self._pose = pose
        self.skeleton, self.sessions = pose.skeleton, pose.sessions
        self.presence_limit, self.new_limit = pose.presence_limit, pose.new_limit
        self.still_limit, self.sure_presence = pose.still_limit, pose.sure_presence
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="prefetch")
        self._coming: deque[_Coming] = deque()
        self._now: _Coming | None = None
        self._resumed: deque[Regions | None] = deque()
        # Loading the half-threaded sessions takes a while; it goes on beside the first detection.
        self._pool.submit(lambda: [session.half for session in pose.sessions])

    def __len__(self) -> int:
        """Number of frames that wait for their turn."""
        return len(self._coming)

    def add(self, frame: Frame, expected: Expected) -> None:
        """Take a frame before its turn; all frames come in order."""
        coming = _Coming(frame)
        self._coming.append(coming)
        regions = self._resumed.popleft() if self._resumed else None
        if regions is not None:
            self._begin(coming, regions)
        self.start(expected)

    def start(self, expected: Expected) -> None:
        """Begin inference on every frame whose people are expected at a known place."""
        for ahead, coming in enumerate(self._coming, 1):
            early = ahead >= LAST_CHANCE and coming.regions is None
            regions = expected(coming.frame.time_s, ahead) if early else None
            if regions is not None:
                self._begin(coming, regions)

    def next(self) -> Frame:
        """The frame whose turn it is."""
        self._now = self._coming.popleft()
        return self._now.frame

    def estimate(self, image: Image, regions: Regions) -> Joints:
        """The joints in each of `regions`: those found before their turn where that was about there."""
        started = self._now
        if started is None or started.regions is None or started.joints is None or started.frame.image is not image:
            return self._pose.estimate(image, regions)
        same = _about_the_same(started.regions, regions)
        ready, at = np.asarray(same.any(axis=0)), same.argmax(axis=0)
        joints = started.joints.result().take(at[ready])
        if not ready.all():
            joints = joints.plus(self._pose.estimate(image, regions.take(~ready)))
            joints = joints.take(np.argsort(np.concatenate([np.flatnonzero(ready), np.flatnonzero(~ready)])))
        return replace(joints, regions=replace(joints.regions, scores=regions.scores))

    def pending(self) -> int:
        """Wait for what has started; how many poses of it come before their turn."""
        return sum(len(coming.joints.result()) for coming in self._coming if coming.joints is not None)

    def close(self) -> None:
        """Begin no further inference; what runs ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def state(self) -> State:
        """Regions for which work has started, by the frame's place among those that wait."""
        return {str(place): state_of(coming.regions) for place, coming in enumerate(self._coming)}

    def restore(self, state: State) -> None:
        """Begin again where work had started in the frames that are to be added next."""
        started = [state[str(place)] for place in range(len(state))]  # a file does not keep their order
        self._resumed = deque(regions and Regions(**regions) for regions in started)

    def _begin(self, coming: _Coming, regions: Regions) -> None:
        coming.regions = regions
        coming.joints = self._pool.submit(self._estimate_early, coming.frame.image, regions)

    def _estimate_early(self, image: Image, regions: Regions) -> Joints:
        with half_of_the_threads():
            return self._pose.estimate(image, regions)


def _about_the_same(before: Regions, now: Regions) -> Bool:
    """(B, N) whether two crops are about the same for a pose model; a person who moves fast is estimated again.

    So is who was detected since then: that box is better, and has no margins yet.
    """
    detected = np.isnan(now.margins[:, 0]) & ~np.isnan(before.margins[:, None, 0])
    sides = _sides(now)
    boxes = np.abs(now.boxes - before.boxes[:, None]).max(-1)
    squares = np.abs(now.squares - before.squares[:, None])
    turned = np.abs(np.sin(squares[..., 3] / 2)) > np.sin(_MOST_TURN / 2)
    moved = np.where(np.isnan(squares[..., 2]), boxes, squares[..., :3].max(-1)) > _MOST_SHIFT * sides
    return np.asarray(~(moved | turned | detected), np.bool_)


def _sides(regions: Regions) -> Float32:
    """(M,) px, the side of each person's square, or the longer one of their box where no square is known."""
    sizes = regions.boxes[:, 2:] - regions.boxes[:, :2]
    return np.where(np.isnan(regions.squares[:, 2]), sizes.max(1, initial=0), regions.squares[:, 2])
