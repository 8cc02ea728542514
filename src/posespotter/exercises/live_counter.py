"""Live counting: the same analysis, repeated on the last minute only."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posespotter.errors import InputError
from posespotter.exercises.analysis import ExerciseAnalysis, Phase, Repetition
from posespotter.exercises.analyze import ViewOption, analyze_exercise, too_few_pictures
from posespotter.exercises.definitions.catalog import load_exercise
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.words.verdicts import Verdict
from posespotter.poses import PoseSequence
from posespotter.poses.frame_time import time_of_frame

WINDOW_S = 60.0
"""How far back the analysis looks: enough for the slowest repetitions to be compared with each other."""

EVERY_S = 0.7
"""Time between two analyses, which take longer than the frame they come after."""

_SETTLED_S = 0.4
"""A repetition counts when it ended this long ago: the curve around its end changes no more."""

_OVERLAP = 0.15
"""Two analyses may set the end of one repetition and the start of the next this share of its length apart."""


@dataclass(frozen=True)
class LiveCount:
    """The count so far.

    Attributes:
        count: complete repetitions since the beginning; never less than before.
        phase: what the person is doing now.
        verdict: of the last repetition; None before the first one.
        advice: what to do better, of the worst fault of the last repetition; empty where it has none.
        reason: why nothing can be counted now, as with too few pictures a second; empty where it can.
    """

    count: int
    phase: Phase
    verdict: Verdict | None
    advice: str
    reason: str = ""


class LiveCounter:
    """Counts one exercise of one person: give `see` one frame after the other, or `update` the last `window_s` seconds.

    A repetition is counted once it lies a moment back, and stays counted: later analyses add only what begins after
    the end of the last one counted. So the number never falls, a repetition that leaves the window is not lost, and
    one that a later analysis cuts out of the movement in another way is not counted twice.
    """

    window_s = WINDOW_S

    def __init__(self, exercise: str | Path | ExerciseDefinition, *, view: ViewOption = "auto") -> None:
        """Start at zero.

        Args:
            exercise: name, file or definition of the exercise.
            view: where the camera stands, if that is known.

        Raises:
            SettingsError: there is no such exercise.
        """
        self._exercise = exercise if isinstance(exercise, ExerciseDefinition) else load_exercise(exercise)
        self._view: ViewOption = view
        self._count = 0
        self._counted_to_s = -float("inf")
        self._last: Repetition | None = None
        self._frames: deque[PoseSequence] = deque()
        self._seen_s = self._analysed_s = -float("inf")
        self._now = LiveCount(0, "", None, "")

    def see(self, poses: PoseSequence, time_s: float | None = None) -> LiveCount:
        """Take note of the people of the next frame; every 0.7 s the last `window_s` seconds are analysed anew.

        Args:
            poses: rows of one frame, as a live source gives them; none when nobody is in the picture.
            time_s: time of the frame, seconds; needed when `poses` do not say it.

        Raises:
            InputError: there is no time, or one that does not ascend.
        """
        now_s = time_of_frame(poses, time_s)
        if not now_s > self._seen_s:
            raise InputError(f"expected a frame after {self._seen_s:.3f} s, got one of {now_s:.3f} s.")
        self._seen_s = now_s
        if self._frames and self._frames[-1].frame_size != poses.frame_size:
            self._frames.clear()  # joints of pictures of two sizes do not fit each other
        if len(poses):
            self._frames.append(poses)
        while self._frames and now_s - self._frames[0].time_s[0] > self.window_s:
            self._frames.popleft()
        if self._frames and now_s - self._analysed_s >= EVERY_S:
            self._analysed_s = now_s
            self._now = self.update(PoseSequence.concat(self._frames), now_s)
        return self._now

    def update(self, poses: PoseSequence, now_s: float) -> LiveCount:
        """Count anew.

        Args:
            poses: the last `window_s` seconds, on one clock from call to call.
            now_s: the present on that clock, also when nobody is seen now.
        """
        analysis = analyze_exercise(poses, self._exercise, view=self._view)
        for repetition in analysis.repetitions:
            overlap_s = _OVERLAP * (repetition.end_s - repetition.start_s)
            begins_after = repetition.start_s >= self._counted_to_s - overlap_s
            if begins_after and repetition.end_s <= now_s - _SETTLED_S:
                self._count += 1
                self._counted_to_s = repetition.end_s
                self._last = repetition
        times_s = np.unique(poses.time_s)
        reason = too_few_pictures(times_s) if len(times_s) > 1 else ""
        return LiveCount(self._count, _phase(analysis), self._verdict(), self._advice(), reason)

    def _verdict(self) -> Verdict | None:
        return None if self._last is None else self._last.verdict

    def _advice(self) -> str:
        faults = [] if self._last is None else [one for one in self._last.faults if one.severity == "fault"]
        return max(faults, key=lambda fault: fault.confidence).advice if faults else ""


def _phase(analysis: ExerciseAnalysis) -> Phase:
    phases = analysis.series.phase
    if not len(phases):
        return ""
    last = str(phases[-1])
    return next((phase for phase in ("rest", "down", "hold", "up") if phase == last), "")
