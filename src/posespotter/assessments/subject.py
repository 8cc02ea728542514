"""Find the person who does the test, over the whole clip, and others beside them: a helper, a mirror image."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from posespotter.arrays import Bool, Float64
from posespotter.assessments.result import Event
from posespotter.exercises.person import people_of
from posespotter.kinematics.body import Body, body_of
from posespotter.kinematics.view import View, mean_yaw_deg, view_confidence, view_of_yaw, yaw_deg
from posespotter.poses import PoseSequence
from posespotter.skeletons import SEEN_SCORE

SIDE_SHARE = 0.87
"""Of what lies across the picture this much is left within 30 degrees of the side view (`kinematics.view`)."""

SEEN_SHARE = 0.9
"""Of a test's time the joints that decide it must be seen: a hidden tenth of a rise is a tenth of a second."""

_FEWEST_S = 1.0  # a person seen for less is a passer-by
_REACH = 0.1
"""Body lengths between a hand of one and the trunk or arms of the other, in the picture: half of a forearm."""

_HELPS_S = 0.5  # shorter is passing by
_ALIKE = 0.95
"""Correlation of the heights of shoulders and hips over the whole test: two people never keep time like that."""

_MOVES = 0.03
"""Body lengths (SD) that heights must vary by, for their correlation to mean something: a third of what they do in a
rise from a chair. With twice as much a real mirror is missed."""
_TOUCHED = ("shoulder", "elbow", "wrist", "hip")


@dataclass(frozen=True, eq=False)
class Subject:
    """One person over the whole clip; in contrast to exercises, a turn or a cut does not end it.

    Attributes:
        body: cleaned; longer gaps are NaN.
        track_ids: of the person.
        cuts_s: when the picture was cut, or the person was away.
        view, view_confidence: from where the camera sees the person most of the time.
        yaw_deg: the direction the person faces most of the time: 0 the camera, 90 the picture's left; NaN if unknown.
        sideways: 0..1, how much of the way the person faces lies across the picture, also of who turns round.
        end_s: time of the last frame of the clip.
    """

    body: Body
    track_ids: tuple[int, ...]
    cuts_s: tuple[float, ...]
    view: View
    view_confidence: float
    yaw_deg: float
    sideways: float
    end_s: float

    @property
    def time_s(self) -> Float64:
        """(N,) seconds."""
        return self.body.time_s

    @property
    def near(self) -> tuple[str, ...]:
        """The sides to measure: the one at the camera where it sees the person from the side, else both."""
        return (self.view,) if self.view in {"left", "right"} else ("left", "right")

    def part(self, name: str, sides: Sequence[str] = ()) -> Float64:
        """(N, 2) px of a joint of the near side, or the middle of both; NaN where it is not seen."""
        places = [self.joint(f"{side}_{name}") for side in sides or self.near]
        with np.errstate(invalid="ignore"):
            return np.asarray(np.mean(places, axis=0), np.float64)

    def joint(self, name: str) -> Float64:
        """(N, 2) px of one joint; NaN where it is not seen."""
        seen = self.body.score(name) >= SEEN_SCORE
        return np.where(seen[:, None], self.body.joint(name), np.nan)

    def frame_at(self, time_s: float) -> int:
        """The frame nearest to a moment."""
        return int(self.body.frame[int(np.argmin(np.abs(self.time_s - time_s)))])

    def rows_of(self, events: Iterable[Event], name: str) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """The rows of the events of a name."""
        frames = [event.frame for event in events if event.name == name]
        return np.asarray(np.searchsorted(self.body.frame, frames), np.intp)

    def rows(self, start_s: float, end_s: float) -> slice:
        """The rows from one moment to another, both included."""
        first, last = np.searchsorted(self.time_s, [start_s - 1e-9, end_s + 1e-9])
        return slice(int(first), int(last))


def subjects_of(poses: PoseSequence, person: int | None) -> list[Subject]:
    """All people who are present for a second or more, or the one of that id alone.

    Raises:
        SettingsError: nobody has that id.
    """
    found = []
    for one in people_of(poses, person):
        rows = poses.where(np.isin(poses.track_id, one.track_ids))
        rows = rows.where(np.diff(rows.time_s, prepend=-np.inf) > 0)
        if len(rows) < 2 or rows.time_s[-1] - rows.time_s[0] < _FEWEST_S:
            continue
        body = body_of(rows).clean()
        if not np.isfinite(body.length_px).any():
            continue  # no limb was ever seen in full
        starts = [float(part.time_s[0]) for part in one.bodies[1:] if len(part)]
        directions = yaw_deg(body)
        yaw, agreement = mean_yaw_deg(directions)
        across = np.abs(np.sin(np.radians(directions[np.isfinite(directions)])))
        sideways = float(np.median(across)) if len(across) else 0.0
        sure = view_confidence(yaw, agreement)
        found.append(Subject(body, one.track_ids, tuple(starts), view_of_yaw(yaw), sure, yaw, sideways, poses.end_s))
    return found


def is_mirrored(subject: Subject, other: Subject) -> bool:
    """Whether the other is the person's picture in a mirror: it rises and sinks at the same moments."""
    common, mine, its = np.intersect1d(subject.body.frame, other.body.frame, return_indices=True)
    if len(common) < 3 or subject.time_s[mine[-1]] - subject.time_s[mine[0]] < 2 * _FEWEST_S:
        return False
    correlations = []
    for part in ("shoulder", "hip"):
        heights = [-one.part(part)[rows, 1] / one.body.length_px[rows] for one, rows in ((subject, mine), (other, its))]
        known = np.isfinite(heights[0]) & np.isfinite(heights[1])
        if known.sum() < 3 or min(float(np.std(height[known])) for height in heights) < _MOVES:
            continue
        correlations.append(float(np.corrcoef(heights[0][known], heights[1][known])[0, 1]))
    return bool(correlations) and min(correlations) >= _ALIKE


def within_reach(subject: Subject, other: Subject, start_s: float, end_s: float) -> tuple[float, float] | None:
    """First time between two moments at which another's hands touch the person; None where none do, or only pass."""
    common, mine, its = np.intersect1d(subject.body.frame, other.body.frame, return_indices=True)
    time_s = subject.time_s[mine]
    inside = (time_s >= start_s) & (time_s <= end_s)
    if not inside.any():
        return None
    near: Bool = np.zeros(len(common), bool)
    length = subject.body.length_px[mine]
    for hand in ("left_wrist", "right_wrist"):
        place = other.joint(hand)[its]
        for part in _TOUCHED:
            for side in ("left", "right"):
                apart = np.linalg.norm(place - subject.joint(f"{side}_{part}")[mine], axis=-1)
                with np.errstate(invalid="ignore"):
                    near |= apart <= _REACH * length
    near &= inside
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    if near.sum() * step_s < _HELPS_S:
        return None
    return float(time_s[near][0]), float(time_s[near][-1])
