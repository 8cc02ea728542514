"""The people of one video: found by the detector, followed by their own joints, named by the tracker."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from posespotter.arrays import Bool, Float32, Image, Int32
from posespotter.estimation.cadence import Cadence, DetectEvery
from posespotter.estimation.oks import duplicates
from posespotter.estimation.tiles import TilesInTurn, detect_in, windows
from posespotter.estimation.tracking import Tracker
from posespotter.models.geometry import box_iou
from posespotter.models.people import Detector, Joints, PoseModel, Regions

_SAME_PERSON_IOU = 0.4  # a detection that overlaps a followed person this much is that person
_SAME_CENTRE = 0.2  # ... or, where both know the body circle, whose centres are this near, in sides of the square
_SAME_SIDE = 1.5  # ... and whose sides differ by less than this factor
_DOUBTFUL_ABOVE_LIMIT = 0.15  # a pose this little above the presence limit calls for the detector
_INSIDE = 0.35  # share of a person's joints that must be in the picture: less is a person who has left
_EDGE = 0.02  # joints this far outside still count as inside, in picture sides


@dataclass(frozen=True)
class People:
    """The people of one frame.

    Attributes:
        ids: (M,) int32 track ids, ascending.
        joints: their joints, in the same order.
        detected: whether the detector ran on this frame.
    """

    ids: Int32
    joints: Joints
    detected: bool


class Follower:
    """State of one video. Call `step` with its frames in order."""

    def __init__(
        self, detector: Detector, pose: PoseModel, every: DetectEvery = "auto", max_people: int | None = None
    ) -> None:
        self._detector = detector
        self._pose = pose
        self._max_people = max_people
        self._cadence = Cadence(every)
        self._tiles = TilesInTurn(detector)
        self._tracker = Tracker(pose.skeleton)
        self._ids = np.empty(0, np.int32)
        self._regions = Regions.none()
        self._doubtful = False

    def step(self, time_s: float, image: Image) -> People:
        """Find, follow and name the people of the next frame."""
        regions = self._predicted(time_s)
        priors: list[int | None] = [int(i) for i in self._ids]
        detect = self._cadence.due(time_s, image, regions.boxes, doubtful=self._doubtful)
        if detect:
            regions, priors = self._with_detections(time_s, image, regions, priors)
        joints, priors = self._look(image, regions, priors)
        lost = len(self._ids) > sum(prior is not None for prior in priors)
        if lost and not detect and self._cadence.every == "auto":
            # Someone slipped out of the crop: look again in the same frame, so that there is no gap.
            detect = True
            regions, again = self._with_detections(time_s, image, joints.regions, list(priors))
            joints, priors = self._look(image, regions, again)
        ids = self._tracker.update(
            time_s, joints.keypoints, joints.scores, joints.regions.boxes, joints.regions.scores, priors
        )
        order = np.argsort(ids)
        ids, joints = ids[order], joints.take(order)
        self._ids, self._regions = ids, joints.regions
        self._doubtful = lost or bool((joints.presence < self._pose.presence_limit + _DOUBTFUL_ABOVE_LIMIT).any())
        return People(ids, joints, detect)

    def step_still(self, image: Image) -> People:
        """The people of a picture that stands alone: there is time to look at every tile."""
        found = self._detector.detect(image)
        if not len(found):
            for window in windows(image.shape[1], image.shape[0], self._detector.input_size):
                found = found.plus(detect_in(self._detector, image, window))
        joints, _ = self._look(image, found, [None] * len(found))
        return People(np.arange(1, len(joints) + 1, dtype=np.int32), joints, detected=True)

    def _predicted(self, time_s: float) -> Regions:
        """Where the people of the last frame should be now."""
        if not len(self._ids):
            return self._regions
        moved = self._tracker.predict(time_s)
        place = {int(i): row for row, i in enumerate(moved.ids)}
        rows = [place[int(i)] for i in self._ids]
        before = (self._regions.boxes[:, :2] + self._regions.boxes[:, 2:]) / 2
        after = (moved.boxes[rows, :2] + moved.boxes[rows, 2:]) / 2
        return self._regions.shifted((after - before).astype(np.float32))

    def _with_detections(
        self, time_s: float, image: Image, known: Regions, priors: list[int | None]
    ) -> tuple[Regions, list[int | None]]:
        """The followed people and the newly detected ones; a followed one takes on the box of its detection."""
        found = self._detector.detect(image)
        if not len(found) and not len(known) and self._tiles.due(time_s, image):
            found = self._tiles.detect(time_s, image)
        self._cadence.detected(time_s, image)
        people, finds = _same_people(known, found)
        if len(people):
            known = _refreshed(known, people, found.take(finds))
        new = np.setdiff1d(np.arange(len(found)), finds)
        return known.plus(found.take(new)), priors + [None] * len(new)

    def _look(self, image: Image, regions: Regions, priors: list[int | None]) -> tuple[Joints, list[int | None]]:
        """The joints in each region, without those where nobody is, and no one twice."""
        if self._max_people is not None and len(regions) > self._max_people:
            regions, priors = regions.take(np.arange(self._max_people)), priors[: self._max_people]
        joints = self._pose.estimate(image, regions) if len(regions) else _nobody(self._pose)
        there = (joints.presence >= self._pose.presence_limit) & _inside(joints, image)
        rows = np.flatnonzero(there)
        joints = joints.take(rows)
        once = ~duplicates(joints.keypoints, joints.scores, joints.regions.boxes, joints.presence, self._pose.skeleton)
        return joints.take(once), [priors[row] for row in rows[once]]


def _same_people(known: Regions, found: Regions) -> tuple[Int32, Int32]:
    """Pairs (known, found) that are one person, each at most once."""
    if not len(known) or not len(found):
        return np.empty(0, np.int32), np.empty(0, np.int32)
    alike = box_iou(known.boxes, found.boxes)
    alike[alike < _SAME_PERSON_IOU] = 0
    sides = np.minimum(known.squares[:, None, 2], found.squares[None, :, 2])
    apart = np.linalg.norm(known.squares[:, None, :2] - found.squares[None, :, :2], axis=-1) / sides
    larger = np.maximum(known.squares[:, None, 2], found.squares[None, :, 2])
    with np.errstate(invalid="ignore"):
        aligned = (apart < _SAME_CENTRE) & (larger < _SAME_SIDE * sides)
    alike = np.where(np.isnan(apart), alike, np.where(aligned, 1 - apart, 0))
    people, finds = linear_sum_assignment(alike, maximize=True)
    same = alike[people, finds] > 0
    return people[same].astype(np.int32), finds[same].astype(np.int32)


def _refreshed(known: Regions, people: Int32, found: Regions) -> Regions:
    """`known` with the detected boxes of `people`; turned squares stay those of their landmarks, which know better."""
    boxes, scores, margins = known.boxes.copy(), known.scores.copy(), known.margins.copy()
    boxes[people], scores[people], margins[people] = found.boxes, found.scores, found.margins
    return Regions(boxes, scores, known.squares, margins)


def _inside(joints: Joints, image: Image) -> Bool:
    """(M,) whether enough of the person is in the picture."""
    sides = np.array(image.shape[1::-1], np.float32)
    where: Float32 = joints.keypoints / sides
    inside = ((where > -_EDGE) & (where < 1 + _EDGE)).all(-1)
    return np.asarray(inside.mean(1) >= _INSIDE, np.bool_)


def _nobody(pose: PoseModel) -> Joints:
    k = len(pose.skeleton)
    empty = np.empty((0, k, 2), np.float32)
    return Joints(empty, empty[..., 0], np.empty((0, k, 3), np.float32), empty[:, 0, 0], Regions.none())
