"""`PoseTracker`: detects people at intervals, follows them by their own joints in between, keeps their ids."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from posespotter.arrays import Array, Bool, Float32, Image, Int32
from posespotter.boxes import apart, areas, box_iou, common_areas
from posespotter.estimation.cadence import Cadence, DetectEvery
from posespotter.estimation.candidates import Candidates
from posespotter.estimation.prefetch import LAST_CHANCE, LONGEST_S, calm
from posespotter.estimation.search import Search, detect_everywhere
from posespotter.models.interfaces import Detector, Joints, PoseModel, Regions
from posespotter.tracking.oks import duplicates
from posespotter.tracking.state import Kept
from posespotter.tracking.tracker import Tracker

# What each brings: docs/results/ablation.md.
_FRESH_S = 0.25  # for this long a detection counts as evidence for a person, beside their pose
_SAME_PERSON_IOU = 0.4  # a detection that overlaps a tracked person this much is that person
_HIDDEN = 0.5  # share of a box that lies in another's
NEAR = 0.5  # largest distance of a detection from a lost person's expected box, in diagonals of the larger
# How much of a person's expected motion their crop makes. A pose model that sees little answers with a person in the
# middle of its crop; moved by all of the motion, such crops would confirm it for ever and glide away over the floor.
_TRUSTED = 0.5
_TRUSTED_LONGER = 0.25  # two and three frames ahead
_INSIDE = 0.35  # least share of a person's joints inside the picture; with fewer the person has left
_EDGE = 0.02  # joints this far outside still count as inside, in picture sides


Indices = npt.NDArray[np.intp]


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


class PoseTracker(Kept):
    """State of one video. Call `step` with its frames in order."""

    kept = ("_unsure", "_last_s", "_known", "_cadence", "_search", "_tracker")

    def __init__(
        self,
        detector: Detector,
        pose: PoseModel,
        every: DetectEvery = "auto",
        max_people: int | None = None,
        *,
        tiles: bool = True,
    ) -> None:
        self._detector = detector
        self._pose = pose
        self._max_people = max_people
        self._cadence = Cadence(every)
        self._search = Search(detector, in_parts=tiles)
        self._tracker = Tracker(pose.skeleton)
        self._known = Candidates.none()
        self._unsure = False
        self._last_s = np.inf

    def expected(self, time_s: float, ahead: int) -> Regions | None:
        """Expected regions of people in a frame that has not had its turn; None where it is too early to predict.

        Args:
            time_s: of the frame.
            ahead: how many frames after the last one it comes.
        """
        if not 0 <= time_s - self._last_s <= LONGEST_S:
            return None
        by_boxes = np.isnan(self._known.regions.squares).any()
        if by_boxes and any(self._cadence.certain(n) for n in range(1, ahead + 1)):
            return None  # the detector will give better ones
        motion = self._motion(time_s)
        named = self._known.ids > 0
        likely = named & calm(ahead, motion, self._known.regions)
        if not likely.any() or (ahead > LAST_CHANCE and (named & ~likely).any()):
            return None
        return self._known.regions.take(likely).shifted(_TRUSTED_LONGER * motion[likely])

    def step(self, time_s: float, image: Image, *, damaged: bool = False) -> People:
        """Detect, follow and identify the people of the next frame; a frame that shows damage adds no new people."""
        before = self._known
        known = self._predicted(time_s)
        lost_before = self._tracker.anyone_lost
        detected = (
            self._cadence.due(time_s, image, known.regions.boxes, unsure=self._unsure, lost=lost_before) is not None
        )
        if detected:
            known = self._with_detections(time_s, image, known, damaged=damaged)
        known, joints = self._estimate(time_s, image, known)
        lost = not {int(i) for i in before.ids if i} <= {int(i) for i in known.ids}
        if lost and not detected and self._may_search():
            # A person moved out of their crop: detect in the same frame, so that the track has no gap.
            detected = True
            known = self._with_detections(time_s, image, known, damaged=damaged)
            known, joints = self._estimate(time_s, image, known)
        people = self._name(time_s, image, known, joints)
        weak = joints.presence < self._pose.presence_limit
        self._unsure = lost or bool((known.unsure | weak).any())
        self._last_s = time_s
        return replace(people, detected=detected)

    def _may_search(self) -> bool:
        """Whether the detector may run outside its interval."""
        return self._cadence.every == "auto"

    def step_still(self, image: Image) -> People:
        """The people of a picture that stands alone."""
        found = detect_everywhere(self._detector, image)
        sure = np.ones(len(found), bool)
        _, joints = self._estimate(
            0.0, image, Candidates.new(found, 0.0, sure, ~sure), new_limit=self._pose.still_limit
        )
        return People(np.arange(1, len(joints) + 1, dtype=np.int32), joints, detected=True)

    def _predicted(self, time_s: float) -> Candidates:
        """Predicted regions of the people of the last frame."""
        return replace(self._known, regions=self._known.regions.shifted(_TRUSTED * self._motion(time_s)))

    def _motion(self, time_s: float) -> Float32:
        """(M, 2) px, how far the people of the last frame should have moved by now."""
        moved = self._tracker.predict(time_s)
        place = {int(i): row for row, i in enumerate(moved.ids)}
        motion = np.zeros((len(self._known), 2), np.float32)
        for row, i in enumerate(self._known.ids):
            if int(i) in place:
                now, last = moved.boxes[place[int(i)]], self._known.regions.boxes[row]
                motion[row] = (now[:2] + now[2:] - last[:2] - last[2:]) / 2
        return motion

    def _with_detections(self, time_s: float, image: Image, known: Candidates, *, damaged: bool) -> Candidates:
        """The known people with the boxes of their detections, without those missed too often, and the new ones."""
        lost = self._tracker.lost
        found = self._search.detect(image, known.regions.boxes[known.unsure], self._cadence.changed_at)
        self._cadence.detected(time_s, image)
        # 1. Detections that overlap the predicted box of a tracked person.
        people, detections = _pairs(box_iou(known.regions.boxes, found.boxes) - _SAME_PERSON_IOU)
        known = known.detected(people, found.take(detections), time_s)
        if self._detector.most_people is None or len(found) < self._detector.most_people:
            known = known.undetected(np.setdiff1d(np.arange(len(known)), people), time_s)
        # 2. Detections near the expected place of a lost person.
        new = found.take(np.setdiff1d(np.arange(len(found)), detections))
        back, _ = _pairs(NEAR - apart(new.boxes, lost.boxes))
        expected = np.isin(np.arange(len(new)), back)
        # 3. New people; not in a damaged picture, whose smears look like people.
        added = Candidates.new(new, time_s, new.scores >= self._detector.sure_limit, expected)
        likely = new.scores >= (np.inf if damaged else self._detector.new_limit)
        return known.plus(added.take(expected | likely))

    def _estimate(
        self, time_s: float, image: Image, candidates: Candidates, *, new_limit: float | None = None
    ) -> tuple[Candidates, Joints]:
        """The joints of all people who are present, each once; of more than `max_people` the first ones."""
        limit = self._pose.new_limit if new_limit is None else new_limit
        most = len(candidates) if self._max_people is None else self._max_people
        seen, joints = self._present(time_s, image, candidates.take(slice(most)), limit)
        left = candidates.take(slice(most, None))
        while len(left) and len(seen) < most:
            places = most - len(seen)
            more, theirs = self._present(time_s, image, left.take(slice(places)), limit)
            seen, joints = self._once(seen.plus(more), joints.plus(theirs))
            left = left.take(slice(places, None))
        return seen, joints

    def _present(
        self, time_s: float, image: Image, candidates: Candidates, new_limit: float
    ) -> tuple[Candidates, Joints]:
        """The joints of those of `candidates` who are (still) present, each person once."""
        if not len(candidates):
            return candidates, _nobody(self._pose)
        joints = self._pose.estimate(image, candidates.regions)
        fresh = time_s - candidates.confirmed_s <= _FRESH_S
        evidence = joints.presence + np.where(fresh, candidates.regions.scores, 0)
        least = np.where(candidates.expected, self._pose.presence_limit, new_limit)
        there = (evidence >= least) & _inside(joints, image)
        candidates, joints = self._once(candidates.take(there), joints.take(there))
        return replace(candidates, regions=joints.regions), joints

    def _once(self, candidates: Candidates, joints: Joints) -> tuple[Candidates, Joints]:
        if len(joints) < 2:
            return candidates, joints
        twice = duplicates(
            joints.keypoints, joints.scores, joints.presence, self._pose.skeleton, prior_ids=candidates.priors()
        )
        once = ~(twice | self._hidden(joints))
        return candidates.take(once), joints.take(once)

    def _hidden(self, joints: Joints) -> Bool:
        """(M,) poses of low presence inside the box of a better one: hidden people, or duplicates of that person."""
        boxes = joints.regions.boxes
        inside = common_areas(boxes, boxes) > _HIDDEN * areas(boxes)[:, None]
        better = joints.presence[None] > joints.presence[:, None]
        weak = joints.presence < self._pose.presence_limit
        return np.asarray(weak & (inside & better).any(1), np.bool_)

    def _name(self, time_s: float, image: Image, known: Candidates, joints: Joints) -> People:
        """Get the ids of confirmed people from the tracker, and keep all candidates for the next frame."""
        sure = np.flatnonzero(~known.tentative | (joints.presence >= self._pose.sure_presence))
        named = joints.take(sure)
        ids = self._tracker.update(
            time_s,
            named.keypoints,
            named.regions.boxes,
            known.take(sure).priors(),
            frame_size=(image.shape[1], image.shape[0]),
        )
        all_ids = known.ids.copy()
        all_ids[sure] = ids
        self._known = replace(known, ids=all_ids, expected=all_ids > 0)
        order = np.argsort(ids)[np.count_nonzero(ids == 0) :]
        return People(ids[order], named.take(order), detected=False)


def _pairs(gain: Array) -> tuple[Indices, Indices]:
    """Rows and columns that are paired with the most gain together; without a gain there is no pair."""
    rows, columns = linear_sum_assignment(np.maximum(gain, 0), maximize=True)
    good = gain[rows, columns] > 0
    return rows[good], columns[good]


def _inside(joints: Joints, image: Image) -> Bool:
    """(M,) whether enough of the person is in the picture."""
    sides = np.array(image.shape[1::-1], np.float32)
    where: Float32 = joints.keypoints / sides
    inside = ((where > -_EDGE) & (where < 1 + _EDGE)).all(-1)
    return np.asarray(inside.mean(1) >= _INSIDE, np.bool_)


def _nobody(pose: PoseModel) -> Joints:
    k = len(pose.skeleton)
    empty = np.empty((0, k, 2), np.float32)
    return Joints(empty, empty[..., 0], None, empty[:, 0, 0], Regions.none())
