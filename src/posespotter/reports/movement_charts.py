"""Charts of the joints of one exerciser over time: angles, positions, and the shoulders against the feet."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from posespotter.arrays import Float64
from posespotter.exercises.analysis import ExerciseAnalysis
from posespotter.exercises.analyze import ViewOption
from posespotter.exercises.curves import Curves
from posespotter.exercises.definitions.vocabulary import parse_measure
from posespotter.exercises.person import people_of
from posespotter.kinematics.body import Body
from posespotter.kinematics.stretches import MAX_GAP_S
from posespotter.poses import PoseSequence
from posespotter.reports.chart_style import BAND, INCHES, INK, LIMIT, LINE, Width, chart_style, new_figure
from posespotter.skeletons import SEEN_SCORE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Along = Literal["horizontal", "vertical"]

ANGLES = ("ankle_angle", "knee_angle", "hip_angle", "shoulder_angle", "elbow_angle", "neck_angle")
PARTS = ("shoulder", "wrist", "hip", "knee", "ankle")
FOOT_TOLERANCE = 0.1
"""Body lengths: from the middle of the foot to its toes, and a little; the limit of the squat file, for files that have
none of their own."""

_SHOULDERS_OVER_FEET = "ahead(shoulder, foot)"
_RIGHT = "#d55e00"  # the orange of right sides in overlays, dark enough for paper
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00")  # Okabe and Ito, told apart by most eyes


def angles_chart(poses: PoseSequence, analysis: ExerciseAnalysis, view: ViewOption, width: Width = "wide") -> "Figure":
    """The joint angles, a row each, left and right; `view` as it was given to the analysis."""
    curves = Curves(poses, analysis, view)
    with chart_style():
        figure = new_figure(INCHES[width], 0.7 + 1.2 * len(ANGLES))
        axes = figure.subplots(len(ANGLES), 1, sharex=True, squeeze=False)[:, 0]
        for axis, name in zip(axes, ANGLES, strict=True):
            _repetitions(axis, analysis)
            measure = parse_measure(name)
            _line(axis, curves.time_s, curves.values(measure, "left"), LINE, "left")
            _line(axis, curves.time_s, curves.values(measure, "right"), _RIGHT, "right")
            _title(axis, f"{name.replace('_', ' ').capitalize()}, °")
        _legend(axes[0])
        axes[-1].set_xlabel("time, s")
    return figure


def places_chart(poses: PoseSequence, analysis: ExerciseAnalysis, along: Along, width: Width = "wide") -> "Figure":
    """Chart of the joints in the picture, percent of the body height from the mean place of the ankles."""
    bodies = _bodies(poses, analysis)
    with chart_style():
        figure = new_figure(INCHES[width], 4.6)
        axis = figure.subplots()
        _repetitions(axis, analysis)
        for part, colour in zip(PARTS, _COLOURS, strict=True):
            pieces = [_places(body, part, along) for body in bodies]
            time_s = np.concatenate([np.zeros(0), *(body.time_s for body in bodies)])
            _line(axis, time_s, np.concatenate([np.zeros(0), *pieces]), colour, f"{part}s")
        where = "to the right of" if along == "horizontal" else "above"
        _title(axis, f"Joints {where} the ankles, % of height")
        _legend(axis)
        axis.set_xlabel("time, s")
    return figure


def shoulder_chart(
    poses: PoseSequence, analysis: ExerciseAnalysis, view: ViewOption, width: Width = "wide"
) -> "Figure":
    """Chart of the shoulders' distance in front of the feet, with the band within which they count as over them.

    `view` is the one that was given to the analysis.
    """
    curves = Curves(poses, analysis, view)
    values = curves.values(parse_measure(_SHOULDERS_OVER_FEET), "mean") * 100.0
    tolerance = _tolerance(analysis) * 100.0
    with chart_style():
        figure = new_figure(INCHES[width], 3.6)
        axis = figure.subplots()
        _repetitions(axis, analysis)
        axis.axhspan(-tolerance, tolerance, color=LIMIT, alpha=0.12, linewidth=0)
        for edge in (-tolerance, tolerance):
            axis.axhline(edge, color=LIMIT, dashes=(5, 3), linewidth=1.2)
        _line(axis, curves.time_s, values, LINE, "shoulders")
        _title(axis, "Shoulders in front of the middle of the feet, % of height")
        if not np.isfinite(values).any():
            axis.text(
                0.5, 0.5, "Only the side shows this", transform=axis.transAxes, ha="center", va="center", color=INK
            )
        axis.set_xlabel("time, s")
    return figure


def _bodies(poses: PoseSequence, analysis: ExerciseAnalysis) -> tuple[Body, ...]:
    if not analysis.track_ids:
        return ()
    people = people_of(poses, None) + people_of(poses, analysis.track_ids[0])
    return next((one.bodies for one in people if one.track_ids == analysis.track_ids), ())


def _places(body: Body, part: str, along: Along) -> Float64:
    """(N,) percent of the body height; NaN where the joint is not seen."""
    ankles, place = body.joint("ankle"), body.joint(part)
    with np.errstate(invalid="ignore"):
        origin = np.nanmedian(np.where(np.isfinite(ankles), ankles, np.nan), axis=0) if len(ankles) else np.zeros(2)
        apart = (place - origin) / body.length_px[:, None] * 100.0
    values = apart[:, 0] if along == "horizontal" else -apart[:, 1]
    return np.where(body.score(part) >= SEEN_SCORE, values, np.nan)


def _tolerance(analysis: ExerciseAnalysis) -> float:
    wanted = parse_measure(_SHOULDERS_OVER_FEET)
    limits = [rule.limit for rule in analysis.definition.check if rule.measure is not None and rule.parsed == wanted]
    return limits[0] if limits else FOOT_TOLERANCE


def _repetitions(axis: "Axes", analysis: ExerciseAnalysis) -> None:
    for one in analysis.repetitions:
        axis.axvspan(one.start_s, one.end_s, color=BAND, linewidth=0)


def _line(axis: "Axes", time_s: Float64, values: Float64, colour: str, label: str) -> None:
    """A line with gaps where nothing was measured or the person was away."""
    away = np.flatnonzero(np.diff(time_s) > MAX_GAP_S) + 1
    axis.plot(
        np.insert(time_s, away, np.nan), np.insert(values, away, np.nan), color=colour, linewidth=1.8, label=label,
        solid_capstyle="round",
    )  # fmt: skip


def _title(axis: "Axes", title: str) -> None:
    import seaborn as sns

    axis.set_title(title, loc="left", color=INK, fontsize=10.5)
    axis.margins(x=0.01, y=0.08)
    sns.despine(ax=axis, left=True)


def _legend(axis: "Axes") -> None:
    axis.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=len(_names(axis.get_legend_handles_labels()[1])), frameon=False,
        fontsize=9, handlelength=1.2, columnspacing=1, borderaxespad=0, borderpad=0.2,
    )  # fmt: skip


def _names(labels: Iterable[str]) -> Sequence[str]:
    return list(dict.fromkeys(labels))
