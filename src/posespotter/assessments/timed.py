"""Parts that the timed tests from a chair share: the start of their time, and what interrupts it."""

import numpy as np

from posespotter.arrays import Bool
from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.outcome import Outcome
from posespotter.assessments.result import Event
from posespotter.assessments.sitting import Level, Rise, onset_s, rises_of
from posespotter.assessments.subject import SEEN_SHARE, Subject


def started(
    outcome: Outcome, subject: Subject, level: Level, go_s: float | None, without_rise: str
) -> tuple[Rise, ...]:
    """The rises of a test, whose start is put into `outcome`: the moment of Go, or the first movement of the trunk.

    Args:
        outcome: takes the start, its event, how much of the test it is, and the reason where there is no start.
        subject: who.
        level: how far up they are.
        go_s: the moment of Go; None for the first movement.
        without_rise: the reason where nobody rises after the start.

    Returns:
        Those that are half way up after Go; none where the test has no start.
    """
    rises = tuple(rise for rise in rises_of(subject, level) if go_s is None or rise.half_s > go_s)
    outcome.amount, outcome.coverage = float(len(rises)), level.coverage
    if not rises:
        outcome.reason = without_rise
        return ()
    outcome.started_by = "go" if go_s is not None else "movement"
    start_s = go_s if go_s is not None else onset_s(subject, level, rises[0])
    if not np.isfinite(start_s):
        outcome.reason = (
            "The person already moves when the clip begins: expected a second of quiet sitting before the first "
            "stand, or the moment of Go (--start SECONDS)."
        )
        return ()
    outcome.start_s = start_s
    outcome.events.append(Event("onset", start_s, subject.frame_at(start_s)))
    return rises


def tell_unseen(outcome: Outcome, subject: Subject, test: AssessmentDefinition, seen: Bool) -> None:
    """Tell of joints that were out of view while the test ran; `seen` is (N,)."""
    inside = seen[subject.rows(outcome.start_s, outcome.end_s)]
    share = float(inside.mean()) if len(inside) else 0.0
    if share < SEEN_SHARE:
        outcome.found(test, "not_seen", f"{1 - share:.0%} of the time")
