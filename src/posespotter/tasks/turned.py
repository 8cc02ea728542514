"""Estimation in pictures that may have to be turned, and a hint where they should have been turned."""

from collections.abc import Set
from dataclasses import dataclass, replace

import cv2
import numpy as np

from posespotter.arrays import Image
from posespotter.estimation.checkpoint import Checkpoints
from posespotter.estimation.estimator import Estimate, FrameSink, PoseEstimator
from posespotter.estimation.pose_tracker import People
from posespotter.media import WHOLE, Frame, Part, Source
from posespotter.media.sources.turned import Turn, turn_of, turned
from posespotter.poses import PoseSequence
from posespotter.progress import Progress
from posespotter.skeletons import SEEN_SCORE

_TURNS: tuple[Turn, ...] = (90, 180, 270)


@dataclass(frozen=True)
class TurnSigns:
    """Signs by which a picture is taken for a turned one.

    Attributes:
        clear: mean joint score from which a person is seen well: upside-down people have 0.3, upright ones 0.6.
        seldom: share of the frames with a clear person, below which a few pictures are tried in other rotations.
        samples: how many of the pictures without a clear person; up to twice as many are kept at times.
        sure: mean joint score in the turned picture, in more than half of the samples.
        always: share of the poses that lie or stand on their heads, from which a hint is given.
    """

    clear: float = 0.4
    seldom: float = 0.1
    samples: int = 4
    sure: float = 0.5
    always: float = 0.9


_SIGNS = TurnSigns()


def estimate_turned(
    estimator: PoseEstimator,
    source: Source,
    rotate: Turn,
    *,
    part: Part = WHOLE,
    progress: Progress | None = None,
    sink: FrameSink | None = None,
    checkpoints: Checkpoints | None = None,
) -> Estimate:
    """`PoseEstimator.run` on a source that was turned by `rotate` and cut to `part`, as the settings of the poses say.

    Where hardly anybody was found, a few pictures are tried in other rotations, and a warning names the right one.
    """
    unseen = Unseen()

    def see(frame: Frame, people: People) -> None:
        unseen.add(frame, people)
        if sink is not None:
            sink(frame, people)

    result = estimator.run(source, progress=progress, sink=see, checkpoints=checkpoints)
    poses = result.poses
    turned_by: dict[str, float] = {"rotate": rotate} if rotate else {}
    if rotate or part:
        result.poses = replace(poses, settings={**poses.settings, **turned_by, **part.to_settings()})
    if on_their_heads := hint_of_pose(result.poses, {180}):
        result.warnings.append(on_their_heads)
    clear = poses.frame[poses.scores.mean(axis=1) >= _SIGNS.clear] if len(poses) else poses.frame
    seldom = len(np.unique(clear)) < _SIGNS.seldom * poses.n_frames
    if seldom and not result.stopped_early and result.error is None:
        turn = turn_with_people(unseen.images(), estimator)
        if turn:
            right = (rotate + turn) % 360
            result.warnings.append(
                f"{'hardly anybody' if len(poses) else 'nobody'} was found, but people are seen in the picture turned "
                f"by {turn} degrees: {f'try --rotate {right}' if right else 'leave --rotate out'}."
            )
    return result


def hint_of_pose(poses: PoseSequence, turns: Set[Turn] = frozenset(_TURNS)) -> str:
    """A hint that the camera was turned, if people lie or stand on their heads nearly all the time.

    Models that find people at any angle find them in a turned picture too, and then no exercise and no fall is one.

    Args:
        poses: everybody in the video.
        turns: those that may be named: people may as well lie, and seldom stand on their heads.
    """
    names = [f"{side}_{joint}" for joint in ("shoulder", "hip") for side in ("left", "right")]
    if not all(name in poses.skeleton for name in names):
        return ""
    poses = poses[poses.scores.mean(axis=1) >= SEEN_SCORE]  # of people seen worse the trunk is guessed
    if len(poses) < 10:
        return ""
    left_shoulder, right_shoulder, left_hip, right_hip = (poses.keypoint(name) for name in names)
    up = left_shoulder + right_shoulder - left_hip - right_hip
    lean_deg = np.degrees(np.arctan2(up[:, 0], -up[:, 1]))  # clockwise from upright
    lean_deg[~up.any(axis=1)] = np.nan
    for turn in _TURNS:
        off_deg = (lean_deg + turn + 180) % 360 - 180
        with np.errstate(invalid="ignore"):
            share = float((np.abs(off_deg) < 45.0).mean())
        if turn in turns and share >= _SIGNS.always:
            what = "stand on their heads" if turn == 180 else "lie"
            right = (turn_of(poses.settings) + turn) % 360
            how = f"use --rotate {right}" if right else "leave --rotate out"
            return f"people {what} nearly all the time: if it is the camera that was turned, {how}."
    return ""


class Unseen:
    """A few small pictures without a clear person, spread over a source of any length."""

    def __init__(self) -> None:
        """Begin with none."""
        self._images: list[Image] = []
        self._next_s, self._step_s = 0.0, 0.5

    def add(self, frame: Frame, people: People) -> None:
        """Take note of the next frame."""
        if (people.joints.scores.mean(axis=1) >= _SIGNS.clear).any() or frame.time_s < self._next_s:
            return
        scale = min(1.0, 640 / max(frame.image.shape[:2]))
        small = cv2.resize(frame.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._images.append(np.asarray(small, np.uint8))
        if len(self._images) == 2 * _SIGNS.samples:
            self._images = self._images[::2]
            self._step_s *= 2
        self._next_s = frame.time_s + self._step_s

    def images(self) -> list[Image]:
        """The pictures, in order."""
        return self._images[:: max(1, -(-len(self._images) // _SIGNS.samples))]


def turn_with_people(images: list[Image], estimator: PoseEstimator) -> Turn:
    """The rotation that shows people best in most of `images`, which show nobody well as they are; 0 if none does."""
    best, most = 0.0, 0
    turn: Turn = 0
    for degrees in _TURNS:
        scores = [_clearest(turned(image, degrees), estimator) for image in images]
        seen = sum(score >= _SIGNS.sure for score in scores)
        if 2 * seen > len(images) and (seen, sum(scores)) > (most, best):
            turn, most, best = degrees, seen, sum(scores)
    return turn


def _clearest(image: Image, estimator: PoseEstimator) -> float:
    """The mean joint score of the person seen best."""
    poses = estimator.estimate_image(np.ascontiguousarray(image))
    return float(poses.scores.mean(axis=1).max()) if len(poses) else 0.0
