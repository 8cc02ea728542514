"""The outcome of a procedure, before it becomes an `Assessment`: the same for every test."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.result import Curve, Event, Finding, Item, Measurement
from posespotter.assessments.subject import Subject, is_mirrored, within_reach

EMPTY = Curve("", np.zeros(0), np.zeros(0))


@dataclass
class Outcome:
    """The performance of one person, as far as a procedure can tell.

    Attributes:
        amount: how much of the test it is: among several people, who has most does the test.
        value: the result; None where there is none.
        reason: one sentence on why there is none.
        error: +- of the result; None for that of the test's file.
        started_by: see `Assessment`.
        start_s, end_s: the time of the test.
        coverage: 0..1.
        events, measurements, findings, items, curve: see `Assessment`.
    """

    amount: float = 0.0
    value: float | None = None
    reason: str = ""
    error: float | None = None
    started_by: Literal["go", "movement", ""] = ""
    start_s: float = float("nan")
    end_s: float = float("nan")
    coverage: float = 1.0
    events: list[Event] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    curve: Curve = EMPTY

    def found(
        self, test: AssessmentDefinition, name: str, where: str = "", start_s: float = np.nan, end_s: float = np.nan
    ) -> None:
        """Tell that a condition of the test's file was seen."""
        rule = next((one for one in test.condition if one.name == name), None)
        if rule is not None:
            sentence = rule.says.replace("{where}", where)
            self.findings.append(Finding(name, rule.means, sentence, start_s, end_s))


def add_company(outcome: Outcome, test: AssessmentDefinition, subject: Subject, others: Sequence[Subject]) -> None:
    """Tell of other people who were at the person, and of mirrors."""
    if not np.isfinite(outcome.start_s) or not np.isfinite(outcome.end_s):
        return
    for other in others:
        if is_mirrored(subject, other):
            outcome.found(test, "mirror")
        elif (near := within_reach(subject, other, outcome.start_s, outcome.end_s)) is not None:
            outcome.found(test, "helper", span(*near), *near)


def span(start_s: float, end_s: float) -> str:
    """`from 3.1 to 4.0 s`, or `at 3.1 s`."""
    return f"at {start_s:.1f} s" if f"{start_s:.1f}" == f"{end_s:.1f}" else f"from {start_s:.1f} to {end_s:.1f} s"


def numbered(word: str, numbers: Sequence[int]) -> str:
    """`stand 4`, `stands 2 and 4`, `stands 1, 2 and 4`."""
    if len(numbers) == 1:
        return f"{word} {numbers[0]}"
    return f"{word}s {', '.join(str(one) for one in numbers[:-1])} and {numbers[-1]}"
