"""Two analyses of one exercise, last month's and today's: what changed, and whether by more than the usual spread."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from scipy import stats

from posespotter.errors import InputError
from posespotter.exercises.analysis import ExerciseAnalysis
from posespotter.exercises.definitions.catalog import exercise_names
from posespotter.exercises.words.verdicts import Verdict
from posespotter.exercises.words.wording import VIEW_WORDS, listed, quantity, spoken
from posespotter.files import open_plain, reason
from posespotter.poses.checked_json import json_values

ANALYSIS_FILE = "analysis.json"
_CONFIDENCE = 0.95  # of the interval of a change

Finding = Literal["changed", "within the spread", "too few repetitions"]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class StoredFault(_Stored):
    """See `Fault`."""

    name: str
    severity: Literal["fault", "note"] = "fault"


class StoredCheck(_Stored):
    """See `Check`."""

    name: str
    verdict: str
    limit: float | None = None
    unit: str = ""


class StoredRepetition(_Stored):
    """See `Repetition`."""

    start_s: float
    end_s: float
    view: str = ""
    verdict: Verdict
    metrics: dict[str, float | None]
    faults: tuple[StoredFault, ...] = ()
    checks: tuple[StoredCheck, ...] = ()


class StoredAnalysis(_Stored):
    """The part of analysis.json that a comparison needs."""

    exercise: str
    view: str
    source: str = ""
    track_ids: tuple[int, ...] = ()
    pose_model: str = ""
    repetitions: tuple[StoredRepetition, ...]


@dataclass(frozen=True)
class Sample:
    """One number of all repetitions of an analysis.

    Attributes:
        mean: None without a repetition in which it could be measured.
        spread: standard deviation between the repetitions; None below two of them.
        repetitions: in how many it could be measured.
    """

    mean: float | None
    spread: float | None
    repetitions: int


@dataclass(frozen=True)
class MetricChange:
    """The change of one metric.

    Attributes:
        name: of the metric, its unit at the end.
        first, second: the two analyses.
        change: second minus first mean; None where one is missing.
        margin: half the width of the 95 % confidence interval of the change (Welch); None below two repetitions.
        finding: `changed` where the interval leaves out 0.
    """

    name: str
    first: Sample
    second: Sample
    change: float | None
    margin: float | None
    finding: Finding


@dataclass(frozen=True)
class FaultChange:
    """Number of repetitions with a fault, before and now.

    Attributes:
        name, severity: of the fault.
        first, second: repetitions with it.
        first_judged, second_judged: repetitions in which it could be judged: none is not the same as none found. None
            where the file does not say.
    """

    name: str
    severity: Literal["fault", "note"]
    first: int
    second: int
    first_judged: int | None = None
    second_judged: int | None = None


@dataclass(frozen=True)
class Comparison:
    """Two analyses side by side.

    Attributes:
        exercise: of both.
        sources: names of the two clips.
        views: the two views.
        repetitions: the two counts.
        good: how many of them were good.
        nothing_wrong_seen: in how many nothing wrong was seen, of which not enough was judged to call them good.
        metrics: in the order of the exercise file; the duration first.
        faults: those found in either.
        cautions: sentences on why the two may not be comparable.
    """

    exercise: str
    sources: tuple[str, str]
    views: tuple[str, str]
    repetitions: tuple[int, int]
    good: tuple[int, int]
    nothing_wrong_seen: tuple[int, int]
    metrics: tuple[MetricChange, ...]
    faults: tuple[FaultChange, ...]
    cautions: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The content as JSON values."""
        content: dict[str, Any] = json_values(asdict(self))
        return content


def read_analysis(path: str | Path) -> StoredAnalysis:
    """Read an analysis.json, or the one in a result folder.

    Raises:
        InputError: there is none, or it is something else.
    """
    path = Path(path)
    file = path / ANALYSIS_FILE if path.is_dir() else path
    try:
        with open_plain(file) as opened:
            return StoredAnalysis.model_validate(json.loads(opened.read()))
    except OSError as error:
        raise InputError(
            f"{file}: expected the analysis of an exercise, it cannot be read: {reason(error)}."
        ) from error
    except (ValueError, ValidationError, RecursionError) as error:
        detail = f" ({_first(error)})" if isinstance(error, ValidationError) else ""
        raise InputError(f"{file}: expected an analysis.json of PoseSpotter, it is none{detail}.") from error


def stored(analysis: ExerciseAnalysis) -> StoredAnalysis:
    """An analysis as it would be read back from its file."""
    return StoredAnalysis.model_validate(analysis.to_json())


def compare(first: StoredAnalysis, second: StoredAnalysis, *, one_person: bool = False) -> Comparison:
    """Compare two analyses: the change from the first to the second.

    Args:
        first, second: two analyses of one exercise.
        one_person: both clips are known to show the same person.

    Raises:
        InputError: they are of different exercises.
    """
    if first.exercise != second.exercise:
        raise InputError(f"Expected two analyses of one exercise, got {first.exercise} and {second.exercise}.")
    names = list(dict.fromkeys(name for one in (first, second) for rep in one.repetitions for name in rep.metrics))
    durations = tuple([rep.end_s - rep.start_s for rep in one.repetitions] for one in (first, second))
    changes = [_change("duration_s", durations[0], durations[1])]
    changes += [_change(name, _values(first, name), _values(second, name)) for name in names]
    return Comparison(
        exercise=first.exercise,
        sources=(first.source, second.source),
        views=(first.view, second.view),
        repetitions=(len(first.repetitions), len(second.repetitions)),
        good=(_verdicts(first, "good"), _verdicts(second, "good")),
        nothing_wrong_seen=(_verdicts(first, "nothing_wrong_seen"), _verdicts(second, "nothing_wrong_seen")),
        metrics=tuple(changes),
        faults=tuple(_faults(first, second)),
        cautions=tuple(_cautions(first, second, one_person=one_person)),
    )


def _values(analysis: StoredAnalysis, name: str) -> list[float]:
    found = (repetition.metrics.get(name) for repetition in analysis.repetitions)
    return [value for value in found if value is not None]


def _change(name: str, first: Sequence[float], second: Sequence[float]) -> MetricChange:
    one, other = _sample(first), _sample(second)
    if one.mean is None or other.mean is None:
        return MetricChange(name, one, other, None, None, "too few repetitions")
    change = other.mean - one.mean
    if one.spread is None or other.spread is None:
        return MetricChange(name, one, other, change, None, "too few repetitions")
    margin = _margin(one.spread**2 / one.repetitions, other.spread**2 / other.repetitions, one, other)
    return MetricChange(name, one, other, change, margin, "changed" if abs(change) > margin else "within the spread")


def _margin(first: float, second: float, one: Sample, other: Sample) -> float:
    """Welch's interval for the difference of two means, from their squared standard errors."""
    if first + second == 0:
        return 0.0
    degrees = (first + second) ** 2 / (first**2 / (one.repetitions - 1) + second**2 / (other.repetitions - 1))
    return float(stats.t.ppf((1 + _CONFIDENCE) / 2, degrees) * np.sqrt(first + second))


def _sample(values: Sequence[float]) -> Sample:
    mean = float(np.mean(values)) if values else None
    return Sample(mean, float(np.std(values, ddof=1)) if len(values) > 1 else None, len(values))


def _verdicts(analysis: StoredAnalysis, verdict: Verdict) -> int:
    return sum(repetition.verdict == verdict for repetition in analysis.repetitions)


def _faults(first: StoredAnalysis, second: StoredAnalysis) -> list[FaultChange]:
    counts: dict[tuple[Literal["fault", "note"], str], list[int]] = {}
    for i, analysis in enumerate((first, second)):
        for repetition in analysis.repetitions:
            for name, severity in {(fault.name, fault.severity) for fault in repetition.faults}:
                counts.setdefault((severity, name), [0, 0])[i] += 1
    return [
        FaultChange(name, severity, before, now, _judged(first, name), _judged(second, name))
        for (severity, name), (before, now) in sorted(counts.items())
    ]


def _judged(analysis: StoredAnalysis, name: str) -> int | None:
    """Number of repetitions in which a check could be judged; None where none is stored."""
    stored_checks = [[check.verdict for check in one.checks if check.name == name] for one in analysis.repetitions]
    if not any(stored_checks):
        return None
    return sum("cannot_tell" not in verdicts for verdicts in stored_checks if verdicts)


def _cautions(first: StoredAnalysis, second: StoredAnalysis, *, one_person: bool) -> list[str]:
    cautions = []
    views = [sorted({rep.view or one.view for rep in one.repetitions}) for one in (first, second)]
    if {*views[0], *views[1]} == {"left", "right"} and views[0] != views[1]:
        cautions.append("The clips show different sides: each tells of the leg and the arm nearer to the camera.")
    elif all(views) and (views[0] != views[1] or len(views[0]) > 1):
        told = [listed([VIEW_WORDS.get(view, "an unknown side") for view in seen]) for seen in views]
        cautions.append(
            f"The first clip is seen from {told[0]}, the second from {told[1]}: angles and widths of different views "
            "are not the same numbers, and not the same checks can be made. Film from the same place."
        )
    for which, analysis in (("first", first), ("second", second)):
        if not analysis.repetitions:
            cautions.append(f"The {which} analysis holds no repetition.")
    if first.source and first.source == second.source and first.track_ids != second.track_ids:
        cautions.append("The two are different people of one clip.")
    elif first.source != second.source and not one_person:
        cautions.append("Two clips: that both show the same person is taken on trust.")
    if first.pose_model and second.pose_model and first.pose_model != second.pose_model:
        cautions.append(
            f"The joints come from different models ({first.pose_model}, {second.pose_model}), which differ by degrees."
        )
    unequal = [spoken(fault.name) for fault in _faults(first, second) if _unequally_judged(fault)]
    if unequal:
        cautions.append(
            f"In one of the two {listed(unequal)} could not be judged: that it was not found there is no improvement."
        )
    cautions += [
        f"The limit of {spoken(name)} was {quantity(before, unit)} in the first, {quantity(now, unit)} in the second."
        for name, (before, unit) in _limits(first).items()
        if (now := _limits(second).get(name, (before, unit))[0]) != before
    ]
    if first.exercise not in exercise_names():
        cautions.append("This exercise has a file of its own: the same limits must have been in it both times.")
    return cautions


def _limits(analysis: StoredAnalysis) -> dict[str, tuple[float, str]]:
    """The limit of each check with its unit, as far as the file says it."""
    checks = (check for one in analysis.repetitions for check in one.checks)
    return {check.name: (check.limit, check.unit) for check in checks if check.limit is not None}


def _unequally_judged(fault: FaultChange) -> bool:
    return (fault.first_judged == 0) != (fault.second_judged == 0)


def _first(error: ValidationError) -> str:
    entry = error.errors()[0]
    return f"{'.'.join(str(part) for part in entry['loc']) or 'the file'}: {entry['msg']}"
