"""Judge a test from poses: choose the person, run the procedure, collect the findings."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import numpy as np

from posespotter.assessments.assessment_file import AssessmentDefinition, Procedure, load_assessment
from posespotter.assessments.chair import chair_stands
from posespotter.assessments.checklist import checklist
from posespotter.assessments.gait import Marks, walking
from posespotter.assessments.outcome import Outcome, add_company
from posespotter.assessments.range_of_motion import range_of_motion
from posespotter.assessments.result import Assessment, Status
from posespotter.assessments.single_leg import single_leg_squat
from posespotter.assessments.subject import Subject, subjects_of
from posespotter.assessments.up_and_go import up_and_go
from posespotter.errors import SettingsError
from posespotter.poses import PoseSequence

Side = Literal["left", "right"]
_LEAST_COVERAGE = 0.5  # of the time; who was out of view for longer has no result

TAKES: Mapping[str, frozenset[Procedure]] = MappingProxyType(
    {
        "start": frozenset({"chair", "up-and-go"}),
        "side": frozenset({"range", "single-leg-squat"}),
        "marks": frozenset({"gait"}),
        "distance": frozenset({"gait"}),
        "height": frozenset({"gait", "up-and-go"}),
    }
)
"""The options beside the clip, and the procedures that take them."""


def assess(
    poses: PoseSequence,
    test: str | AssessmentDefinition,
    *,
    start_s: float | None = None,
    person: int | None = None,
    side: Side | None = None,
    marks: tuple[float, float] | None = None,
    distance_m: float | None = None,
    height_m: float | None = None,
) -> Assessment:
    """Carry out one of the everyday tests on poses. Pure: reads no video and writes nothing.

    Args:
        poses: of the whole test.
        test: a name (`assessment_names()`) or a definition.
        start_s: the moment of "Go" in the clip; None for the first movement that is seen.
        person: the track id; None for the one who does most of the test.
        side: for tests of one side; None for the one that is seen to move or stand.
        marks: for gait: two places across the picture, px, between which the time is taken.
        distance_m: between the marks; None for that of the test's file.
        height_m: the person's height, where it serves as a scale.

    Returns:
        The result; without one it says why in `reason`.

    Raises:
        SettingsError: there is no such test or person, or an option that this test does not have.
    """
    definition = test if isinstance(test, AssessmentDefinition) else load_assessment(test)
    _require_options(definition, start_s, side, marks, distance_m, height_m)
    subjects = subjects_of(poses, None)
    chosen = subjects if person is None else subjects_of(poses, person)
    placed = Marks(*marks, distance_m or definition.number("distance_m")) if marks is not None else None
    if not chosen:
        return _result(definition, poses, None, Outcome(reason="Nobody was found in the clip for a second or more."))

    def outcome_of(subject: Subject) -> Outcome:
        match definition.procedure:
            case "chair":
                return chair_stands(subject, definition, start_s)
            case "up-and-go":
                return up_and_go(subject, definition, start_s, height_m)
            case "gait":
                return walking(subject, definition, placed, height_m)
            case "range":
                return range_of_motion(subject, definition, side)
            case "single-leg-squat":
                return single_leg_squat(subject, definition, side)
            case _:
                return checklist(poses, definition, subject.track_ids[0], "auto")

    found = [(outcome_of(subject), subject) for subject in chosen]
    outcome, subject = max(found, key=lambda pair: (pair[0].amount, _size(pair[1])))
    others = [one for one in subjects if not set(one.track_ids) & set(subject.track_ids)]
    add_company(outcome, definition, subject, others)
    return _result(definition, poses, subject, outcome)


def _require_options(  # noqa: PLR0917
    test: AssessmentDefinition,
    start_s: float | None,
    side: str | None,
    marks: Sequence[float] | None,
    distance_m: float | None,
    height_m: float | None,
) -> None:
    told = {"start": start_s, "side": side, "marks": marks, "distance": distance_m, "height": height_m}
    for name, value in told.items():
        if value is not None and test.procedure not in TAKES[name]:
            raise SettingsError(f"{name}: the test {test.name} does not take this; leave it out.")
    if distance_m is not None and marks is None:
        raise SettingsError("distance: expected the two marks that it lies between (--marks X1 X2) beside it.")
    for name, number, low, high in (("height", height_m, 0.5, 2.5), ("distance", distance_m, 0.5, 100.0)):
        if number is not None and not low <= number <= high:
            raise SettingsError(f"{name}: expected {low:g} to {high:g} m, got {number:g}.")
    if side not in {None, "left", "right"}:
        raise SettingsError(f"side: expected left or right, got {side!r}.")
    if start_s is not None and not 0 <= start_s < float("inf"):
        raise SettingsError(f"start: expected seconds from the beginning of the clip, got {start_s:g}.")


def _size(subject: Subject) -> float:
    """Size of the person in the picture; a reflection in a mirror is smaller."""
    return float(np.nanmedian(subject.body.length_px)) * len(subject.body)


def _result(
    definition: AssessmentDefinition, poses: PoseSequence, subject: Subject | None, outcome: Outcome
) -> Assessment:
    rule = definition.result
    if outcome.value is not None and outcome.coverage < _LEAST_COVERAGE:
        outcome.reason = f"The joints this test needs were seen in {outcome.coverage:.0%} of the time only."
        outcome.value = None
    error = outcome.error if outcome.error is not None else (rule.error.value if rule.error else None)
    return Assessment(
        test=definition.name,
        status=_status(outcome),
        value=outcome.value,
        unit=rule.unit,
        error=error if outcome.value is not None else None,
        started_by=outcome.started_by,
        view=subject.view if subject else "unknown",
        view_confidence=subject.view_confidence if subject else 0.0,
        track_ids=subject.track_ids if subject else (),
        coverage=outcome.coverage,
        events=tuple(sorted(outcome.events, key=lambda event: event.time_s)),
        measurements=tuple(outcome.measurements),
        findings=tuple(outcome.findings),
        items=tuple(outcome.items),
        reason=outcome.reason,
        source=poses.source,
        definition=definition,
        curve=outcome.curve,
    )


def _status(outcome: Outcome) -> Status:
    if outcome.value is None:
        return "no_result"
    kinds = {finding.means for finding in outcome.findings}
    return "invalid" if "invalid" in kinds else "look" if "look" in kinds else "valid"
