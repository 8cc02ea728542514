"""Repetitions counted while somebody exercises: the same analysis, over and over, of the last minute only."""

from dataclasses import dataclass

from posespotter.exercises.analysis import ExerciseAnalysis, Phase, Repetition, Verdict
from posespotter.exercises.analyze import ViewOption, analyze_exercise
from posespotter.exercises.definition import ExerciseDefinition
from posespotter.poses import PoseSequence

WINDOW_S = 60.0
"""How far back the analysis looks: enough for the slowest repetitions to be compared with each other."""

_SETTLED_S = 0.4
"""A repetition counts when it ended this long ago: the curve around its end changes no more."""

_OVERLAP = 0.15
"""Two analyses may set the end of one repetition and the start of the next this share of its length apart."""


@dataclass(frozen=True)
class LiveCount:
    """What was counted so far.

    Attributes:
        count: complete repetitions since the beginning; never less than before.
        phase: what the person is doing now.
        verdict: of the last repetition; None before the first one.
        advice: what to do better, of the worst fault of the last repetition; empty where it has none.
    """

    count: int
    phase: Phase
    verdict: Verdict | None
    advice: str


class LiveCounter:
    """Counts one exercise of one person; give it the joints of the last `window_s` seconds again and again.

    A repetition is counted once it lies a moment back, and stays counted: later analyses add only what begins after
    the end of the last one counted. So the number never falls, a repetition that leaves the window is not lost, and
    one that a later analysis cuts out of the movement in another way is not counted twice.
    """

    window_s = WINDOW_S

    def __init__(self, exercise: ExerciseDefinition, *, view: ViewOption = "auto") -> None:
        self._exercise = exercise
        self._view: ViewOption = view
        self._count = 0
        self._counted_to_s = -float("inf")
        self._last: Repetition | None = None

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
        return LiveCount(self._count, _phase(analysis), self._verdict(), self._advice())

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
