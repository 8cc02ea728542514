"""Analyse poses: choose the person, count in each stretch, judge each repetition."""

from pathlib import Path
from typing import Literal, get_args

import numpy as np

from posespotter.errors import SettingsError
from posespotter.exercises.analysis import (
    ExerciseAnalysis,
    Repetition,
    Series,
    Stretch,
    UncountedMovement,
)
from posespotter.exercises.checks import judge
from posespotter.exercises.counting import Count, Counted, count_repetitions
from posespotter.exercises.definitions.catalog import load_exercise
from posespotter.exercises.definitions.definition import ExerciseDefinition, Metric, Signal
from posespotter.exercises.measures import Moves
from posespotter.exercises.person import Person, people_of
from posespotter.kinematics.body import Body
from posespotter.kinematics.joint_angles import world_source
from posespotter.kinematics.stretches import MAX_GAP_S
from posespotter.kinematics.view import View, view_of_yaw
from posespotter.poses import PoseSequence

ViewOption = Literal["auto", "front", "rear", "left", "right"]
YAW_OF_VIEW = {"front": 0.0, "rear": 180.0, "left": 90.0, "right": -90.0}
"""Degrees as in `yaw_deg`."""

LEAST_RATE = 5.0
_RATE_ROOM = 0.9
"""Pictures a second, with room for inexact clocks: below, a quick repetition has fewer than three of them."""

LEAST_SHARE = 0.5
"""A person tracked for less of the clip may have exercised unseen: "cannot tell" instead of "none"."""

_FEWEST = 3  # rows; of fewer no rate of pictures can be taken


def analyze_exercise(
    poses: PoseSequence,
    exercise: str | Path | ExerciseDefinition,
    *,
    view: ViewOption = "auto",
    person: int | None = None,
) -> ExerciseAnalysis:
    """Count and judge the repetitions of one person. Pure: reads no video and writes nothing.

    Args:
        poses: of any frame rate from 5 to 120 a second, with or without 3-D joints.
        exercise: a name (`exercise_names()`), the path of a .toml file, or a definition.
        view: from where the camera sees the person, where you know it better than the joints do.
        person: the track id; None for the one who does the exercise most.

    Returns:
        The analysis; without repetitions it says why in `reason`.

    Raises:
        SettingsError: the exercise, the view or the person is not one of the possible ones.
        InputError: the exercise file is not valid.

    Example:
        >>> poses = PoseSequence.from_parquet("squats.parquet")  # doctest: +SKIP
        >>> analysis = analyze_exercise(poses, "squat")  # doctest: +SKIP
        >>> [(one.verdict, one.metrics["knee_angle_min_deg"]) for one in analysis.repetitions]  # doctest: +SKIP
        [('good', 84.2), ('fault', 112.7)]
    """
    return max(_everybody(poses, exercise, view, person), key=_amount)


def analyze_all(
    poses: PoseSequence, exercise: str | Path | ExerciseDefinition, *, view: ViewOption = "auto"
) -> list[ExerciseAnalysis]:
    """`analyze_exercise` of everybody who does the exercise, by the time they appear; of one person if nobody does."""
    everybody = _everybody(poses, exercise, view, None)
    return [one for one in everybody if one.count] or [max(everybody, key=_amount)]


def _everybody(
    poses: PoseSequence, exercise: str | Path | ExerciseDefinition, view: ViewOption, person: int | None
) -> list[ExerciseAnalysis]:
    if view not in get_args(ViewOption):
        raise SettingsError(f"view: expected one of {', '.join(get_args(ViewOption))}, got {view!r}.")
    definition = exercise if isinstance(exercise, ExerciseDefinition) else load_exercise(exercise)
    people = people_of(poses, person)
    if not people:
        return [_nobody(poses, definition)]
    return [_analyze(poses, one, definition, view) for one in people]


def _amount(analysis: ExerciseAnalysis) -> tuple[int, int, float]:
    """Sort key by the amount of exercise: repetitions, then similar movements, then time in the picture."""
    seconds = sum(stretch.end_s - stretch.start_s for stretch in analysis.stretches)
    return analysis.count, len(analysis.uncounted), seconds


def _analyze(poses: PoseSequence, person: Person, exercise: ExerciseDefinition, view: ViewOption) -> ExerciseAnalysis:
    repetitions: list[Repetition] = []
    uncounted: list[UncountedMovement] = []
    stretches: list[Stretch] = []
    parts = []
    judged_s = 0.0
    for body in person.bodies:
        moves = Moves(body, exercise.plane, YAW_OF_VIEW.get(view), world_source(poses))
        count = _counted(moves, exercise)
        stretches.append(_stretch(moves, count))
        judged_s += _judged_s(body, count)
        found = [_repetition(moves, one, exercise, len(repetitions) + i) for i, one in enumerate(count.repetitions, 1)]
        parts.append(_series_part(moves, count, exercise, len(repetitions)))
        repetitions += found
        uncounted += [_uncounted(body, movement.cycle.rows, movement.reason) for movement in count.uncounted]
    main, confidence = _main_view(stretches)
    seconds = _length_s(poses)
    return ExerciseAnalysis(
        exercise=exercise.name,
        view=main,
        view_confidence=confidence,
        track_id=person.track_ids[0],
        track_ids=person.track_ids,
        fps=poses.fps,
        repetitions=tuple(repetitions),
        stretches=tuple(stretches),
        uncounted=tuple(uncounted),
        reason="" if repetitions else _why_none(exercise, stretches, uncounted, judged_s / max(seconds, 1e-9)),
        source=poses.source,
        pose_model=poses.pose_model,
        frames=poses.n_frames,
        seconds=seconds,
        judged_s=judged_s,
        definition=exercise,
        series=_joined_series(parts, exercise),
    )


def _nobody(poses: PoseSequence, exercise: ExerciseDefinition) -> ExerciseAnalysis:
    return ExerciseAnalysis(
        exercise=exercise.name,
        view="unknown",
        view_confidence=0.0,
        track_id=None,
        track_ids=(),
        fps=poses.fps,
        repetitions=(),
        stretches=(),
        uncounted=(),
        reason="nobody was found in the clip",
        source=poses.source,
        pose_model=poses.pose_model,
        frames=poses.n_frames,
        seconds=_length_s(poses),
        judged_s=0.0,
        definition=exercise,
        series=_joined_series([], exercise),
    )


def _counted(moves: Moves, exercise: ExerciseDefinition) -> Count:
    body = moves.body
    if len(body) < _FEWEST:
        return Count(reason="too short")
    if reason := too_few_pictures(body.time_s):
        return Count(reason=reason)
    return count_repetitions(moves, exercise)


def too_few_pictures(time_s: np.ndarray) -> str:
    """Reason why movements cannot be tracked at (N,) ascending times, s, N >= 2; empty where they can."""
    rate = 1 / max(float(np.median(np.diff(time_s))), 1e-9)
    if rate >= LEAST_RATE * _RATE_ROOM:
        return ""
    return f"{rate:.1f} pictures a second are too few to follow a movement; it takes {LEAST_RATE:g}"


def _judged_s(body: Body, count: Count) -> float:
    """For how long somebody's movement could be followed."""
    if count.phases is None or len(body) < _FEWEST:
        return 0.0
    steps = np.diff(body.time_s)
    longest = MAX_GAP_S + float(np.median(steps))
    followed = np.minimum(steps, longest)[count.phases[1:] != ""]
    return float(followed.sum()) + float(np.median(steps))


def _length_s(poses: PoseSequence) -> float:
    """Length of a clip, with the time in which nobody was seen."""
    if not len(poses):
        return poses.n_frames * poses.step_s
    start_s = float(poses.time_s[0]) - int(poses.frame[0]) * poses.step_s
    return poses.end_s + poses.step_s - start_s


def _repetition(moves: Moves, one: Counted, exercise: ExerciseDefinition, index: int) -> Repetition:
    body, cycle = moves.body, one.cycle
    yaw, view_confidence = moves.direction(cycle.rows)
    view = view_of_yaw(yaw)
    judged = judge(moves, cycle, one.joining, exercise, view=view, view_confidence=view_confidence)
    frame, time_s = body.frame, body.time_s
    return Repetition(
        index=index,
        start_frame=int(frame[cycle.start]),
        bottom_frame=int(frame[cycle.work]),
        end_frame=int(frame[cycle.end]),
        start_s=float(time_s[cycle.start]),
        bottom_s=float(time_s[cycle.work]),
        end_s=float(time_s[cycle.end]),
        hold_start_s=float(time_s[cycle.hold_start]),
        hold_end_s=float(time_s[cycle.hold_end]),
        side="left" if one.joining == "left" else "right" if one.joining == "right" else "both",
        view=view,
        view_confidence=view_confidence,
        metrics=judged.metrics,
        level=judged.level,
        verdict=judged.verdict,
        faults=judged.faults,
        checks=judged.checks,
    )


def _uncounted(body: Body, rows: slice, reason: str) -> UncountedMovement:
    frame, time_s = body.frame[rows], body.time_s[rows]
    return UncountedMovement(int(frame[0]), int(frame[-1]), float(time_s[0]), float(time_s[-1]), reason)


def _stretch(moves: Moves, count: Count) -> Stretch:
    body = moves.body
    yaw, confidence = moves.direction()
    return Stretch(
        start_frame=int(body.frame[0]),
        end_frame=int(body.frame[-1]),
        start_s=float(body.time_s[0]),
        end_s=float(body.time_s[-1]),
        view=view_of_yaw(yaw),
        view_confidence=confidence,
        yaw_deg=yaw if np.isfinite(yaw) else None,
        camera_tilt_deg=body.tilt_deg,
        reason=count.reason,
    )


def _main_view(stretches: list[Stretch]) -> tuple[View, float]:
    """The view of most of the time, and how sure the stretches with it are on average."""
    seconds: dict[View, float] = {}
    weighted: dict[View, float] = {}
    for stretch in stretches:
        lasts = max(stretch.end_s - stretch.start_s, 1e-6)
        seconds[stretch.view] = seconds.get(stretch.view, 0.0) + lasts
        weighted[stretch.view] = weighted.get(stretch.view, 0.0) + lasts * stretch.view_confidence
    if not seconds:
        return "unknown", 0.0
    main = max(seconds, key=lambda view: seconds[view])
    return main, weighted[main] / seconds[main]


def _why_none(
    exercise: ExerciseDefinition, stretches: list[Stretch], uncounted: list[UncountedMovement], judged_share: float
) -> str:
    seconds = sum(stretch.end_s - stretch.start_s for stretch in stretches)
    if seconds < exercise.shortest_s:
        return f"the clip shows the person for {seconds:.1f} s, too short for one repetition"
    reasons = [stretch.reason for stretch in stretches if stretch.reason and stretch.reason != "too short"]
    if reasons and not uncounted:
        return reasons[0]
    cuts = len(stretches) - 1
    cut = f"; {cuts} cut{'' if cuts == 1 else 's'} in the clip, and what a cut breaks is not counted" if cuts else ""
    if uncounted:
        more = f" (and {len(uncounted) - 1} more)" if len(uncounted) > 1 else ""
        return f"the movement at {uncounted[0].start_s:.1f} s was not counted: {uncounted[0].reason}{more}{cut}"
    if judged_share < LEAST_SHARE:
        return f"it cannot be told: the person could be followed for {judged_share:.0%} of the clip only{cut}"
    return f"no complete repetition of this exercise was found{cut}"


def _series_part(moves: Moves, count: Count, exercise: ExerciseDefinition, before: int) -> Series:
    body = moves.body
    phase = np.full(len(body), "", "U4") if count.phases is None else count.phases
    counts = np.full(len(body), before, np.int32)
    for one in count.repetitions:
        cycle = one.cycle
        phase[cycle.start : cycle.hold_start] = "down"
        phase[cycle.hold_start : cycle.hold_end + 1] = "hold"
        phase[cycle.hold_end + 1 : cycle.end + 1] = "up"
        counts[cycle.end :] += 1
    if (exercise.work == "top") != count.turned:
        phase = np.select([phase == "down", phase == "up"], ["up", "down"], phase)
    curves = {item.measure: moves.measure(item.parsed, item.side).values for item in _curves_of(exercise)}
    return Series(body.frame, body.time_s, phase, counts, curves, {})


def _curves_of(exercise: ExerciseDefinition) -> list[Signal | Metric]:
    wanted: dict[str, Signal | Metric] = {}
    items: list[Signal | Metric] = [*exercise.signal, *exercise.metric]
    for item in items:
        wanted.setdefault(item.measure, item)
    return list(wanted.values())


def _joined_series(parts: list[Series], exercise: ExerciseDefinition) -> Series:
    measures = _curves_of(exercise)
    if not parts:
        empty = {m.measure: np.zeros(0) for m in measures}
        parts = [Series(np.zeros(0, "i4"), np.zeros(0), np.zeros(0, "U4"), np.zeros(0, "i4"), empty, {})]
    return Series(
        frame=np.concatenate([part.frame for part in parts]),
        time_s=np.concatenate([part.time_s for part in parts]),
        phase=np.concatenate([part.phase for part in parts]),
        count=np.concatenate([part.count for part in parts]),
        values={m.measure: np.concatenate([part.values[m.measure] for part in parts]) for m in measures},
        units={m.measure: m.parsed.word.unit for m in measures},
    )
