"""The result of an analysis, as frozen data and as the JSON of analysis.json."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.words.verdicts import Outcome, Verdict
from posespotter.kinematics.view import View
from posespotter.poses.checked_json import json_values

Phase = Literal["", "rest", "down", "hold", "up"]


@dataclass(frozen=True)
class Fault:
    """A fault of a repetition, with the evidence.

    Attributes:
        name: of the check.
        start_frame, end_frame: the first and last frame of it.
        start_s, end_s: their times.
        value: the worst value.
        limit: what it should not have passed.
        unit: of both.
        rest: the person's own value at rest, where `value` is the change from it; else 0.
        confirmed_rest: the same of the measure that confirms it.
        confidence: 0..1: how well the joints were seen, times how sure the view is.
        finding: one plain sentence on what was seen, with the value and the limit.
        advice: one line for the person.
        joints: what to mark, without sides where both are meant.
        severity: `fault`, or `note`: told, and no fault.
        borderline: a note, because the value is within its error of the limit.
        error: as in `Check`.
    """

    name: str
    start_frame: int
    end_frame: int
    start_s: float
    end_s: float
    value: float
    limit: float
    unit: str
    rest: float
    confidence: float
    finding: str
    advice: str
    joints: tuple[str, ...]
    severity: Literal["fault", "note"]
    borderline: bool = False
    error: float = 0.0
    confirmed_rest: float = 0.0


@dataclass(frozen=True)
class Check:
    """The outcome of one check of one repetition.

    Attributes:
        name: of the check.
        verdict: `good`, `fault`, `note`, `borderline` or `cannot_tell`.
        value: the worst value, or None where it cannot be told.
        limit, unit: as in `Fault`.
        reason: why it cannot be told; else empty.
        error: what one camera's value is off by (+-), in the same unit; 0 where nobody measured it.
    """

    name: str
    verdict: Outcome
    value: float | None
    limit: float
    unit: str
    reason: str = ""
    error: float = 0.0


@dataclass(frozen=True)
class Repetition:
    """One complete repetition.

    Attributes:
        index: from 1.
        start_frame, bottom_frame, end_frame: when it leaves rest, turns (at the top, for presses and raises), is back.
        start_s, bottom_s, end_s: the times of these frames.
        hold_start_s, hold_end_s: from when to when the far end is held.
        side: the arm or leg that did it, or `both`.
        view, view_confidence: how the camera saw it.
        metrics: numbers by name, the unit at the end of the name; None where it cannot be told.
        level: how far it went, in words; empty where the exercise has no levels or it cannot be told.
        verdict: see `verdicts.Verdict`.
        faults: faults and notes, in order of time.
        checks: the outcome of every check.
    """

    index: int
    start_frame: int
    bottom_frame: int
    end_frame: int
    start_s: float
    bottom_s: float
    end_s: float
    hold_start_s: float
    hold_end_s: float
    side: Literal["both", "left", "right"]
    view: View
    view_confidence: float
    metrics: Mapping[str, float | None]
    level: str
    verdict: Verdict
    faults: tuple[Fault, ...]
    checks: tuple[Check, ...]

    @property
    def judged(self) -> int:
        """Number of checks that could be judged."""
        return sum(check.verdict != "cannot_tell" for check in self.checks)

    @property
    def borderline(self) -> int:
        """Number of the checks whose value is too near to its limit to tell."""
        return sum(check.verdict == "borderline" for check in self.checks)


@dataclass(frozen=True)
class Stretch:
    """Part of the clip without a cut.

    Attributes:
        start_frame, end_frame, start_s, end_s: its first and last frame.
        view, view_confidence: from which side the camera sees the person.
        yaw_deg: the direction the person faces: 0 the camera, 90 the picture's left, 180 away; None if unknown.
        camera_tilt_deg: how far upright people lean clockwise in the picture; 0 where it is little or cannot be told.
            Everything was measured in the picture turned upright.
        reason: why no repetition could be looked for; else empty.
    """

    start_frame: int
    end_frame: int
    start_s: float
    end_s: float
    view: View
    view_confidence: float
    yaw_deg: float | None
    camera_tilt_deg: float
    reason: str


@dataclass(frozen=True)
class UncountedMovement:
    """A movement that looked like a repetition, and why it was not counted."""

    start_frame: int
    end_frame: int
    start_s: float
    end_s: float
    reason: str


@dataclass(frozen=True, eq=False)
class Series:
    """Curves over all frames of the person, for charts and overlays; not part of the JSON.

    Attributes:
        frame: (N,) frame numbers.
        time_s: (N,) seconds.
        phase: (N,) `rest`, `down`, `hold` or `up`, as one sees it, also in movements that are not counted; empty where
            nothing could be looked for.
        count: (N,) complete repetitions by then.
        values: (N,) by measure as the exercise file writes it; NaN where it cannot be measured.
        units: of `values`.
    """

    frame: Int32
    time_s: Float64
    phase: "np.ndarray[tuple[int], np.dtype[np.str_]]"
    count: Int32
    values: Mapping[str, Float64]
    units: Mapping[str, str]


@dataclass(frozen=True, eq=False, repr=False)
class ExerciseAnalysis:
    """One person's repetitions of one exercise.

    Attributes:
        exercise: name of the exercise.
        view, view_confidence: the view of most of the time with the person.
        track_id: the person; None if nobody was found.
        track_ids: all ids that this person has in the poses, for trackers lose people at cuts.
        fps: nominal frames a second.
        repetitions: in order of time.
        stretches: parts without a cut.
        uncounted: movements that are no repetitions, with the reason.
        reason: why there are no repetitions; empty if there are.
        source: name of the clip.
        pose_model: what the joints come from.
        frames: frames of the clip.
        seconds: how long the clip is.
        judged_s: for how much of it the person's movement could be followed.
        definition: the exercise file.
        series: curves.
    """

    exercise: str
    view: View
    view_confidence: float
    track_id: int | None
    track_ids: tuple[int, ...]
    fps: float
    repetitions: tuple[Repetition, ...]
    stretches: tuple[Stretch, ...]
    uncounted: tuple[UncountedMovement, ...]
    reason: str
    source: str
    pose_model: str
    frames: int
    seconds: float
    judged_s: float
    definition: ExerciseDefinition
    series: Series

    def __repr__(self) -> str:
        """One line, for interpreters: exercise, person, view, repetitions, verdicts."""
        who = "nobody" if self.track_id is None else f"person {self.track_id}"
        good = sum(one.verdict == "good" for one in self.repetitions)
        repetitions = "1 repetition" if self.count == 1 else f"{self.count} repetitions"
        found = f"{repetitions}, {good} good" if self.count else f"no repetitions: {self.reason}"
        return f"<ExerciseAnalysis of {self.exercise}, {who}, view {self.view}: {found}>"

    @property
    def count(self) -> int:
        """Number of complete repetitions."""
        return len(self.repetitions)

    @property
    def judged_share(self) -> float:
        """0..1: share of the clip in which the person's movement could be followed."""
        return min(1.0, self.judged_s / self.seconds) if self.seconds > 0 else 0.0

    def to_json(self) -> dict[str, Any]:
        """The content of analysis.json, as JSON values: all attributes but `definition` and `series`."""
        head = {name: getattr(self, name) for name in _HEAD}
        content: dict[str, Any] = json_values(
            {
                **head,
                "count": self.count,
                "repetitions": [asdict(one) | {"judged": one.judged} for one in self.repetitions],
                "stretches": [asdict(stretch) for stretch in self.stretches],
                "uncounted": [asdict(movement) for movement in self.uncounted],
                "person_limits": [
                    {
                        "check": rule.name,
                        "limit": rule.limit,
                        "instead_of": rule.instead_of,
                        "unit": rule.unit,
                        "reason": rule.reason,
                    }
                    for rule in self.definition.of_person
                ],
                "reason": self.reason,
                "source": self.source,
                "pose_model": self.pose_model,
                "frames": self.frames,
                "seconds": self.seconds,
                "judged_share": self.judged_share,
            }
        )
        return content


def to_document(analyses: Sequence[ExerciseAnalysis]) -> dict[str, Any]:
    """The content of analysis.json: who does the exercise most, and under `others` everybody else who does it."""
    first = max(analyses, key=lambda analysis: analysis.count)
    return {**first.to_json(), "others": [one.to_json() for one in analyses if one is not first]}


_HEAD = ("exercise", "view", "view_confidence", "track_id", "track_ids", "fps")
