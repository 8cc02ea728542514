"""A person's own norm from sessions that were good, and what later sessions are against it.

A change is one only beyond its minimal detectable change, MDC95 = 1.96 * sqrt(2) * SEM (Weir 2005, J Strength Cond Res
19:231). Every person's numbers have a spread of their own, which no limit for all people can know
(docs/results/baseline.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np

from posespotter.errors import InputError
from posespotter.exercises.comparison import StoredAnalysis, StoredRepetition
from posespotter.exercises.words.wording import VIEW_WORDS
from posespotter.poses.checked_json import json_values

Finding = Literal["changed", "within", "cannot_tell"]

_FEWEST = 5
"""Repetitions that a norm needs: a standard deviation of fewer is off by more than a third (chi square, 4 degrees)."""

_MDC95 = 1.96 * sqrt(2)
_STEPS = {"s": 0.1, "deg": 1.0, "ratio": 0.01, "bl": 0.001}
"""The step in which a number is printed, by the unit at the end of its name: no change is smaller."""

DURATION = "duration_s"


@dataclass(frozen=True)
class MetricNorm:
    """The person's usual value of one metric.

    Attributes:
        name: of the metric, its unit at the end.
        mean: of all repetitions.
        spread: standard deviation between repetitions within a session.
        sem: standard error of measurement of a session's mean: the larger of the standard deviation between the
            sessions' means, and `spread` by the root of the repetitions in a session.
        mdc: the least change of a session's mean that is one: 1.96 * sqrt(2) * `sem`, and one step as it is printed.
        sessions, repetitions: how many it was taken from.
    """

    name: str
    mean: float
    spread: float
    sem: float
    mdc: float
    sessions: int
    repetitions: int


@dataclass(frozen=True)
class Baseline:
    """A person's norm in one exercise, seen from one side.

    Attributes:
        exercise, view: of all sessions.
        sources: names of their clips.
        metrics: by name; those that could be measured in the norm's repetitions.
    """

    exercise: str
    view: str
    sources: tuple[str, ...]
    metrics: Mapping[str, MetricNorm]

    @property
    def one_day(self) -> bool:
        """Whether there is one session only, so that what changes from day to day is not known."""
        return len(self.sources) == 1


@dataclass(frozen=True)
class Change:
    """One number of a session against the norm.

    Attributes:
        name: of the metric.
        mean: of the session; None where it could not be measured.
        spread: standard deviation between its repetitions; None below two.
        change: from the norm's mean.
        mdc: see `MetricNorm`.
        finding: `changed` beyond the MDC, `within` it, or `cannot_tell`.
    """

    name: str
    mean: float | None
    spread: float | None
    change: float | None
    mdc: float
    finding: Finding


@dataclass(frozen=True)
class SessionChange:
    """A session against the norm.

    Attributes:
        source: name of its clip.
        repetitions: how many.
        changes: one a metric of the norm.
        distances: one a repetition: how many of the person's own standard deviations it is away (root mean square over
            the metrics); None where nothing could be measured.
    """

    source: str
    repetitions: int
    changes: tuple[Change, ...]
    distances: tuple[float | None, ...]


@dataclass(frozen=True)
class Progress:
    """Many sessions against one norm, in the order in which they were given.

    Attributes:
        baseline: the norm.
        sessions: those of the norm first, then the others.
        in_norm: of each session, whether it belongs to the norm.
        cautions: sentences on why they may not be comparable.
    """

    baseline: Baseline
    sessions: tuple[SessionChange, ...]
    in_norm: tuple[bool, ...]
    cautions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The content as JSON values."""
        content: dict[str, Any] = json_values(asdict(self))
        return content


def baseline_of(sessions: Sequence[StoredAnalysis]) -> Baseline:
    """The norm of a person from sessions that were good.

    Raises:
        InputError: they are of different exercises or views, or hold too few repetitions.
    """
    if not sessions:
        raise InputError("Expected at least one session for a baseline, got none.")
    for other in sessions[1:]:
        require_alike(sessions[0].exercise, sessions[0].view, other)
    found = [one for session in sessions for one in session.repetitions]
    if len(found) < _FEWEST:
        raise InputError(
            f"Expected at least {_FEWEST} repetitions for a baseline, got {len(found)}; add a session that was good."
        )
    metrics = {}
    for name in metric_names(found):
        values = [_values(session.repetitions, name) for session in sessions]
        norm = _norm(name, [one for one in values if one])
        if norm is not None:
            metrics[name] = norm
    return Baseline(sessions[0].exercise, sessions[0].view, tuple(one.source for one in sessions), metrics)


def against(baseline: Baseline, session: StoredAnalysis) -> SessionChange:
    """Compare a session with the norm.

    Raises:
        InputError: it is of another exercise or view.
    """
    require_alike(baseline.exercise, baseline.view, session)
    changes = []
    for name, norm in baseline.metrics.items():
        values = _values(session.repetitions, name)
        if not values:
            changes.append(Change(name, None, None, None, norm.mdc, "cannot_tell"))
            continue
        mean, spread = float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None
        finding: Finding = "changed" if abs(mean - norm.mean) > norm.mdc else "within"
        changes.append(Change(name, mean, spread, mean - norm.mean, norm.mdc, finding))
    distances = tuple(distance(baseline, one) for one in session.repetitions)
    return SessionChange(session.source, len(session.repetitions), tuple(changes), distances)


def progress(
    good: Sequence[StoredAnalysis], later: Sequence[StoredAnalysis] = (), cautions: Sequence[str] = ()
) -> Progress:
    """All sessions against the norm of those that were good; `cautions` are passed on.

    Raises:
        InputError: they are of different exercises or views, or hold too few repetitions.
    """
    norm = baseline_of(good)
    sessions = tuple(against(norm, one) for one in (*good, *later))
    return Progress(norm, sessions, (True,) * len(good) + (False,) * len(later), tuple(cautions))


def distance(baseline: Baseline, repetition: StoredRepetition) -> float | None:
    """Distance of a repetition from the norm, in the person's own standard deviations over all metrics."""
    squares = []
    for name, norm in baseline.metrics.items():
        value = _value(repetition, name)
        if value is not None and norm.spread > 0:
            squares.append(((value - norm.mean) / norm.spread) ** 2)
    return sqrt(float(np.mean(squares))) if squares else None


def require_alike(exercise: str, view: str, session: StoredAnalysis) -> None:
    """Check that a session can be compared with others.

    Raises:
        InputError: it is of another exercise, or seen from another side.
    """
    name = session.source or "a session"
    if session.exercise != exercise:
        raise InputError(f"{name}: expected a session of {exercise} as in the baseline, got {session.exercise}.")
    if session.view != view:
        seen, wanted = (VIEW_WORDS.get(one, "an unknown side") for one in (session.view, view))
        raise InputError(
            f"{name}: expected a session seen from {wanted} as in the baseline, got one seen from {seen}; numbers of "
            "different views are not the same."
        )


def metric_names(repetitions: Sequence[StoredRepetition]) -> list[str]:
    """The numbers of some repetitions: the duration, then the metrics of the exercise file."""
    return [DURATION, *dict.fromkeys(name for one in repetitions for name in one.metrics)]


def _norm(name: str, sessions: Sequence[Sequence[float]]) -> MetricNorm | None:
    values = [value for session in sessions for value in session]
    if len(values) < _FEWEST:
        return None
    freedom = len(values) - len(sessions)
    within = sum(float(np.var(session)) * len(session) for session in sessions)
    spread = sqrt(within / freedom) if freedom else 0.0
    sem = spread / sqrt(len(values) / len(sessions))
    if len(sessions) > 1:
        sem = max(sem, float(np.std([np.mean(session) for session in sessions], ddof=1)))
    mdc = max(_MDC95 * sem, _STEPS.get(name.rpartition("_")[2], 0.0))
    return MetricNorm(name, float(np.mean(values)), spread, sem, mdc, len(sessions), len(values))


def _values(repetitions: Sequence[StoredRepetition], name: str) -> list[float]:
    return [value for one in repetitions if (value := _value(one, name)) is not None]


def _value(repetition: StoredRepetition, name: str) -> float | None:
    return repetition.end_s - repetition.start_s if name == DURATION else repetition.metrics.get(name)
