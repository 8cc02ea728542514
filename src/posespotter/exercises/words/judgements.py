"""A therapist's judgements of faults, and an analysis that follows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from posespotter.exercises.analysis import Check, ExerciseAnalysis, Fault, Repetition
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.words.verdicts import repetition_verdict

Finding = tuple[int, str]
"""Index of a repetition, from 1, and name of a check."""


@dataclass(frozen=True)
class Said:
    """The therapist's judgements of one person's findings.

    Attributes:
        dismissed: findings that are no faults.
        confirmed: findings that are.
        comments: on findings.
    """

    dismissed: frozenset[Finding] = frozenset()
    confirmed: frozenset[Finding] = frozenset()
    comments: Mapping[Finding, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.dismissed or self.confirmed or self.comments)


def dismissed_in(repetition: Repetition, said: Said) -> list[Fault]:
    """The faults and notes of a repetition that the therapist says are none."""
    return [fault for fault in repetition.faults if (repetition.index, fault.name) in said.dismissed]


def overruled(analysis: ExerciseAnalysis, said: Said) -> ExerciseAnalysis:
    """The analysis without what was dismissed: such a check is as good as one that found nothing."""
    repetitions = tuple(_overruled(one, said, analysis.definition) for one in analysis.repetitions)
    return replace(analysis, repetitions=repetitions)


def _overruled(repetition: Repetition, said: Said, exercise: ExerciseDefinition) -> Repetition:
    dismissed = {fault.name for fault in dismissed_in(repetition, said)}
    if not dismissed:
        return repetition
    checks = tuple(_without(check) if check.name in dismissed else check for check in repetition.checks)
    return replace(
        repetition,
        faults=tuple(fault for fault in repetition.faults if fault.name not in dismissed),
        checks=checks,
        verdict=repetition_verdict({check.name: check.verdict for check in checks}, exercise),
    )


def _without(check: Check) -> Check:
    return replace(check, verdict="good")
