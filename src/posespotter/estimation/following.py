"""The people of one video: found by the detector, followed by their own joints, named by the tracker."""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from posespotter.arrays import Bool, Float32, Image, Int32
from posespotter.boxes import box_iou, near
from posespotter.estimation.cadence import Cadence, DetectEvery, Reason
from posespotter.estimation.early import LONGEST_S, EarlyLook, EarlyLooks, Expected, calm
from posespotter.estimation.followed import Followed
from posespotter.estimation.oks import duplicates
from posespotter.estimation.search import Search, detect_everywhere
from posespotter.estimation.state import State
from posespotter.estimation.tracking import Lost, Tracker, amid
from posespotter.models.people import Detector, Joints, PoseModel, Regions, Rows

_SAME_PERSON_IOU = 0.4  # a detection that overlaps a followed person this much is that person
_SAME_CENTRE = 0.2  # ... or, where both know the body circle, whose centres are this near, in sides of the square
_SAME_SIDE = 1.5  # ... and whose sides differ by less than this factor
_NEAR_LOST = 0.5  # a find this near to where a lost person should be needs no other proof, in diagonals of their box
_DOUBTFUL_ABOVE_LIMIT = 0.15  # a pose this little above the presence limit calls for the detector
# How much of a person's expected motion their crop makes. A pose model that sees little answers with a person in the
# middle of its crop; moved by all of the motion, such crops would confirm it for ever and glide away over the floor.
_TRUSTED = 0.5
_TRUSTED_LONGER = 0.25  # two and three frames ahead
_LAST_CHANCE = 2  # frames ahead: the next frame is looked at when its turn comes
_INSIDE = 0.35  # share of a person's joints that must be in the picture: less is a person who has left
_EDGE = 0.02  # joints this far outside still count as inside, in picture sides
_LEAST_SCORE = 0.35  # mean joint score below which a pose is none, whatever its presence
_PROBATION_SCORE = 0.6  # mean joint score
_KNOWN_S = 0.5  # what looked like a person for less than this is not looked for where it was seen last
_LOOKS_FOR_LOST = frozenset({"doubtful", "lost", "empty"})


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


@dataclass
class _Coming:
    """A frame whose turn has not come.

    Attributes:
        time_s: of the frame.
        image: the frame.
        look: at it, if it has begun.
    """

    time_s: float
    image: Image
    look: EarlyLook | None = None


class Follower:
    """State of one video. Call `step` with its frames in order."""

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
        self._followed = Followed.none()
        self._doubtful = self._damaged = False
        self._last_s = np.inf
        self._early = EarlyLooks(pose)
        self._coming: deque[_Coming] = deque()
        self._resumed: deque[Expected | None] = deque()

    def begin(self, time_s: float, image: Image) -> None:
        """Hand over a frame before its turn, to be looked at early. Optional; if at all, call it with every frame.

        The calls are begin(0), begin(1), begin(2), step(0), begin(3), step(1) and so on, with times and pictures: up to
        `early.AHEAD` frames are handed over before the turn of the first of them.
        """
        self._early.prepare()
        coming = _Coming(time_s, image)
        self._coming.append(coming)
        expected = self._resumed.popleft() if self._resumed else None
        if expected is not None:
            coming.look = self._early.begin(image, expected)
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Begin to look at every frame of which enough is known by now."""
        for ahead, coming in enumerate(self._coming, 1):
            early = ahead >= _LAST_CHANCE and coming.look is None
            expected = self._expected(coming.time_s, ahead) if early else None
            if expected is not None:
                coming.look = self._early.begin(coming.image, expected)

    def _expected(self, time_s: float, ahead: int) -> Expected | None:
        """Who should be where in the frame that is `ahead` frames after the last; None where it is too early to say."""
        if not 0 <= time_s - self._last_s <= LONGEST_S:
            return None
        by_boxes = np.isnan(self._followed.regions.squares).any()
        if by_boxes and any(self._cadence.certain(n) for n in range(1, ahead + 1)):
            return None  # the detector will have given better ones
        motion = self._motion(time_s)
        named = self._followed.ids > 0
        likely = named & calm(ahead, motion, self._followed.regions)
        if not likely.any() or (ahead > _LAST_CHANCE and (named & ~likely).any()):
            return None
        followed = self._followed.take(likely)
        return Expected(followed.ids, followed.regions.shifted(_TRUSTED_LONGER * motion[likely]))

    def ahead(self) -> int:
        """Wait for what has begun; how many poses of it come before their turn."""
        return sum(coming.look.wait() for coming in self._coming if coming.look is not None)

    def close(self) -> None:
        """Look at nothing more."""
        self._early.close()

    def step(self, time_s: float, image: Image, *, damaged: bool = False) -> People:
        """Find, follow and name the people of the next frame; nobody new in one that shows damage."""
        before, self._damaged = self._followed, damaged
        early = self._coming.popleft().look if self._coming else None
        followed = self._predicted(time_s)
        reason = self._cadence.due(
            time_s,
            image,
            followed.regions.boxes,
            doubtful=self._doubtful,
            lost=self._tracker.anyone_lost,
        )
        if reason is not None:
            followed = self._with_detections(time_s, image, followed, reason)
        if early is not None and reason is not None and np.isnan(early.expected.regions.squares).any():
            early = None  # the detector has better boxes now
        followed, joints = self._look(image, followed, early)
        lost = not {int(i) for i in before.ids if i} <= {int(i) for i in followed.ids}
        if lost and reason is None and self._cadence.every == "auto":
            # Someone slipped out of the crop: search in the same frame, so that there is no gap.
            reason = "doubtful"
            followed = self._with_detections(time_s, image, followed, reason)
            followed, joints = self._look(image, followed)
        if reason in _LOOKS_FOR_LOST:
            followed, joints = self._with_fallen(image, followed, joints)
        people = self._name(time_s, image, followed.counted(time_s), joints)
        sure_enough = joints.presence >= self._pose.presence_limit + _DOUBTFUL_ABOVE_LIMIT
        self._doubtful = lost or not bool(sure_enough.all())
        self._last_s = time_s
        self._look_ahead()
        return People(people.ids, people.joints, reason is not None)

    def state(self) -> State:
        """All that decides how it goes on: a follower of the same models and options that restores it does the same."""
        begun = [coming.look.expected.state() if coming.look else None for coming in self._coming]
        return {
            "doubtful": self._doubtful,
            "last_s": self._last_s,
            "begun": {str(i): look for i, look in enumerate(begun)},
            "followed": self._followed.state(),
            "cadence": self._cadence.state(),
            "search": self._search.state(),
            "tracker": self._tracker.state(),
        }

    def restore(self, state: State) -> None:
        """Go on from `state`, with the frame after the one that it was taken at."""
        self._doubtful = state["doubtful"]
        self._last_s = state["last_s"]
        begun = state.get("begun", {})
        looks = [begun[str(i)] for i in range(len(begun))]  # a file does not keep their order
        self._resumed = deque(look and Expected.of_state(look) for look in looks)
        self._followed = Followed.of_state(state["followed"])
        self._cadence.restore(state["cadence"])
        self._search.restore(state["search"])
        self._tracker.restore(state["tracker"])

    def step_still(self, image: Image) -> People:
        """The people of a picture that stands alone: there is time for every tile, and no later look to wait for."""
        found = detect_everywhere(self._detector, image)
        _, joints = self._look(image, Followed.new(found, np.nan))
        return People(np.arange(1, len(joints) + 1, dtype=np.int32), joints, detected=True)

    def _predicted(self, time_s: float) -> Followed:
        """Where the people of the last frame should be now."""
        regions = self._followed.regions.shifted(_TRUSTED * self._motion(time_s))
        return replace(self._followed, regions=regions)

    def _motion(self, time_s: float) -> Float32:
        """(M, 2) px, how far the people of the last frame should have moved by now."""
        moved = self._tracker.predict(time_s)
        place = {int(i): row for row, i in enumerate(moved.ids)}
        motion = np.zeros((len(self._followed.ids), 2), np.float32)
        for row, i in enumerate(self._followed.ids):
            if int(i) in place:
                now, last = moved.boxes[place[int(i)]], self._followed.regions.boxes[row]
                motion[row] = (now[:2] + now[2:] - last[:2] - last[2:]) / 2
        return motion

    def _with_detections(self, time_s: float, image: Image, known: Followed, reason: Reason) -> Followed:
        """The followed people and the newly detected ones; a followed one takes on the box of its detection."""
        lost = self._tracker.lost
        found = self._search.look(image, reason, lost, self._cadence.changed_at)
        self._cadence.detected(time_s, image)
        alike = _alike(known.regions, found)
        people, finds = linear_sum_assignment(alike, maximize=True)
        same = alike[people, finds] > 0
        regions = _refreshed(known.regions, people[same], found.take(finds[same]))
        known = replace(known, regions=regions)
        new = found.take(np.flatnonzero((alike <= 0).all(0)))
        stayed = _stayed(lost, image)
        places = np.concatenate([lost.expected, stayed.seen])
        if self._damaged:  # smears look like people
            new = new.take(np.flatnonzero(near(new.boxes, places, _NEAR_LOST)))
        sure = (new.scores >= self._detector.sure_limit) | near(new.boxes, places, _NEAR_LOST)
        added = Followed.new(new, np.where(sure, np.nan, time_s))
        return known.plus(added)

    def _with_fallen(self, image: Image, seen: Followed, joints: Joints) -> tuple[Followed, Joints]:
        """Those who are seen, and who was lost last, if they are found lying where nobody else is."""
        stayed = _stayed(self._tracker.lost, image)
        if not len(stayed) or len(seen.ids) == self._max_people:
            return seen, joints
        fallen = self._search.look_turned(image, stayed, joints.regions.boxes)
        more, theirs = self._present(image, Followed.new(fallen, np.nan, int(stayed.ids[-1])), None)
        return self._once(seen.plus(more), joints.plus(theirs)) if len(more.ids) else (seen, joints)

    def _look(self, image: Image, followed: Followed, early: EarlyLook | None = None) -> tuple[Followed, Joints]:
        """The joints of everyone who is there, and no one twice; of more than `max_people` those who come first."""
        most = len(followed.ids) if self._max_people is None else self._max_people
        seen, joints = self._present(image, followed.take(slice(most)), early)
        left = followed.take(slice(most, None))
        while len(left.ids) and len(seen.ids) < most:
            places = most - len(seen.ids)
            more, theirs = self._present(image, left.take(slice(places)), early)
            seen, joints = self._once(seen.plus(more), joints.plus(theirs))
            left = left.take(slice(places, None))
        return seen, joints

    def _present(self, image: Image, followed: Followed, early: EarlyLook | None) -> tuple[Followed, Joints]:
        """The joints of all of `followed` but for those who are not there (any more), and no one twice."""
        if not len(followed.ids):
            return followed, _nobody(self._pose)
        joints = self._joints(image, followed, early)
        there = joints.presence >= self._pose.presence_limit
        there &= (joints.scores.mean(1) >= _LEAST_SCORE) & _inside(joints, image)
        doubtful = ~np.isnan(followed.since_s)
        convincing = (joints.presence >= self._pose.sure_presence) & (joints.scores.mean(1) >= _PROBATION_SCORE)
        followed, joints = self._once(*_only(there & (convincing | ~doubtful), followed, joints))
        return replace(followed, regions=joints.regions), joints

    def _once(self, followed: Followed, joints: Joints) -> tuple[Followed, Joints]:
        once = ~duplicates(
            joints.keypoints,
            joints.scores,
            joints.regions.boxes,
            joints.presence,
            self._pose.skeleton,
            prior_ids=followed.priors(),
        )
        return _only(once, followed, joints)

    def _joints(self, image: Image, followed: Followed, early: EarlyLook | None) -> Joints:
        """The joints of everyone followed: of those who were looked at before, as they were seen then."""
        if early is None:
            return self._pose.estimate(image, followed.regions)
        seen, joints = early.joints(followed.ids, followed.regions)
        if len(seen) == len(followed.ids):
            return joints
        left = np.setdiff1d(np.arange(len(followed.ids)), seen)
        joints = joints.plus(self._pose.estimate(image, followed.regions.take(left)))
        return joints.take(np.argsort(np.concatenate([seen, left])))

    def _name(self, time_s: float, image: Image, followed: Followed, joints: Joints) -> People:
        """Ask the tracker for the ids of those who are not doubtful, and take note of everyone for the next frame."""
        sure = np.flatnonzero(np.isnan(followed.since_s))
        named = joints.take(sure)
        priors = followed.take(sure).priors()
        ids = self._tracker.update(
            time_s,
            named.keypoints,
            named.scores,
            named.regions.boxes,
            named.regions.scores,
            priors,
            frame_size=(image.shape[1], image.shape[0]),
        )
        all_ids = followed.ids.copy()
        all_ids[sure] = ids
        self._followed = replace(followed, ids=all_ids)
        order = np.argsort(ids)[np.count_nonzero(ids == 0) :]
        return People(ids[order], named.take(order), detected=False)


def _only(rows: Bool, followed: Followed, joints: Joints) -> tuple[Followed, Joints]:
    """The rows where the mask is true; mostly that is everybody."""
    return (followed, joints) if rows.all() else (followed.take(rows), joints.take(rows))


def _alike(known: Regions, found: Regions) -> Float32:
    """(M, N) how well each find fits each known person; 0 where they are not one person."""
    alike = box_iou(known.boxes, found.boxes)
    alike[alike < _SAME_PERSON_IOU] = 0
    sides = np.minimum(known.squares[:, None, 2], found.squares[None, :, 2])
    apart = np.linalg.norm(known.squares[:, None, :2] - found.squares[None, :, :2], axis=-1) / sides
    larger = np.maximum(known.squares[:, None, 2], found.squares[None, :, 2])
    with np.errstate(invalid="ignore"):
        aligned = (apart < _SAME_CENTRE) & (larger < _SAME_SIDE * sides)
    return np.where(np.isnan(apart), alike, np.where(aligned, 1 - apart, 0)).astype(np.float32)


def _stayed(lost: Lost, image: Image) -> Lost:
    """Those who may still be where they were seen last: not at an edge of the picture, and no mistake of a moment."""
    return lost.where((lost.seen_s >= _KNOWN_S) & amid(lost.seen, (image.shape[1], image.shape[0])))


def _refreshed(known: Regions, people: Rows, found: Regions) -> Regions:
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
    return Joints(empty, empty[..., 0], None, empty[:, 0, 0], Regions.none())
