"""An exercise over its video: the counter, the angles it measures, and in red what is wrong while it is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from posespotter.arrays import Bool, Float32, Float64, Image
from posespotter.drawing.curves import Curves
from posespotter.drawing.overlay import SCORE_LIMIT, draw_people
from posespotter.drawing.panel import Panel, panel_height, panel_tile, panel_width
from posespotter.drawing.tiles import label, lay
from posespotter.drawing.words import spoken
from posespotter.exercises.analysis import ExerciseAnalysis, Fault, Repetition
from posespotter.exercises.vocabulary import Measure, parse_measure
from posespotter.poses import PoseSequence
from posespotter.skeletons import Skeleton

Rectangle = tuple[int, int, int, int]

_PANELS = 3
"""More exercisers than this would fill the picture with counters; the others have their joints drawn, no counter."""

_SMALLEST_PX, _LINES_A_PICTURE = 9, 32
_ANGLE_SHARE, _ANGLE_LINES = 0.055, 28
_SIDE_VIEWS, _ACROSS_VIEWS = {"left", "right"}, {"front", "rear"}
_KEYPOINTS: Mapping[str, tuple[str, ...]] = {
    "toe": ("foot_index", "big_toe"),
    "foot": ("heel", "foot_index", "big_toe"),
}
_ALONG = 0.7
"""Cosine: a limb within 45° of where a number would stand would be hidden by it."""

_NARROWEST = 0.72
"""Pictures of the report are not narrower than this share of their height, so that they stand well side by side."""

_TOP_BONUS = 0.1
"""A counter goes to the bottom only where at the top it would hide this much more of the people."""


@dataclass(frozen=True)
class _Angle:
    """An angle to write beside its joint: three keypoints, and the values by frame."""

    side: str
    first: int
    vertex: int
    last: int
    values: Float64


@dataclass(frozen=True)
class _Exerciser:
    """What is drawn of one analysis, by frame."""

    analysis: ExerciseAnalysis
    title: str
    row_of: Mapping[int, int]
    angles: tuple[_Angle, ...]
    marks: tuple[tuple[Fault, Bool], ...]
    repetitions: tuple[Repetition, ...] = field(repr=False)


class ExerciseDrawing:
    """Draws everybody's joints and what was found about those who exercise."""

    def __init__(self, poses: PoseSequence, exercisers: Sequence[tuple[ExerciseAnalysis, Curves]]) -> None:
        """Prepare everything that stays the same from frame to frame.

        Args:
            poses: everyone in the clip.
            exercisers: the analyses with their curves, the main one first.
        """
        self._poses = poses
        several = len(exercisers) > 1
        self._people = [_exerciser(poses, analysis, curves, named=several) for analysis, curves in exercisers]
        width, height = poses.frame_size
        self._px = max(_SMALLEST_PX, round(min(width, height) / _LINES_A_PICTURE))
        shown = self._people[:_PANELS]
        faults = [spoken(fault.name) for one in shown for fault, _ in one.marks]
        self._panel_width = panel_width([_title(one, "oblique") for one in shown], faults, self._px)
        self._corner = _corner(poses, (self._panel_width, panel_height(self._px) * max(1, len(shown))), self._px // 2)

    def people(self, image: Image, frame: int) -> None:
        """Draw joints, angles and marks of one frame onto `image`."""
        poses = self._poses.at(frame)
        marked = np.zeros((len(poses), len(poses.skeleton)), np.bool_)
        for one in self._people:
            mine = np.isin(poses.track_id, one.analysis.track_ids)
            for fault, joints in one.marks:
                if fault.start_frame <= frame <= fault.end_frame:
                    marked[mine] |= joints
        draw_people(image, poses.skeleton, poses.keypoints, poses.scores, marked=marked)
        for one in self._people:
            for row in np.flatnonzero(np.isin(poses.track_id, one.analysis.track_ids)):
                _write_angles(image, one, frame, poses.keypoints[row], poses.scores[row])

    def counters(self, image: Image, frame: int) -> None:
        """Draw the counters of one frame onto `image`."""
        height, width = image.shape[:2]
        right, bottom = self._corner
        gap = self._px // 2
        y = gap
        for one in self._people[:_PANELS]:
            tile = panel_tile(_panel(one, frame), self._px, self._panel_width)
            x = width - gap - tile.shape[1] if right else gap
            lay(image, tile, x, height - y - tile.shape[0] if bottom else y)
            y += tile.shape[0] + gap


def crop_around(poses: PoseSequence, frame: int, track_ids: Sequence[int]) -> Rectangle:
    """x0, y0, x1, y1 around a person with some room, inside the picture; the whole picture where nobody is."""
    width, height = poses.frame_size
    rows = poses.at(frame)
    mine = np.isin(rows.track_id, track_ids)
    points = rows.keypoints[mine][rows.scores[mine] >= SCORE_LIMIT]
    points = points[np.isfinite(points).all(1)]
    if not len(points):
        return 0, 0, width, height
    low, high = points.min(0), points.max(0)
    middle, size = (low + high) / 2, (high - low) * 1.24 + 8
    size = np.array([max(size[0], _NARROWEST * size[1]), size[1]])
    x0, y0 = np.floor(np.maximum(middle - size / 2, 0)).astype(int).tolist()
    x1, y1 = np.ceil(np.minimum(middle + size / 2, [width, height])).astype(int).tolist()
    return (x0, y0, x1, y1) if x1 - x0 >= 2 and y1 - y0 >= 2 else (0, 0, width, height)


def _exerciser(poses: PoseSequence, analysis: ExerciseAnalysis, curves: Curves, *, named: bool) -> _Exerciser:
    title = analysis.definition.title + (f" #{analysis.track_id}" if named else "")
    marks = tuple(
        (fault, _marked(poses.skeleton, fault.joints, repetition.side))
        for repetition in analysis.repetitions
        for fault in repetition.faults
        if fault.severity == "fault"
    )
    return _Exerciser(
        analysis=analysis,
        title=title,
        row_of={int(frame): row for row, frame in enumerate(curves.frame)},
        angles=tuple(_angles(poses.skeleton, analysis, curves)),
        marks=marks,
        repetitions=analysis.repetitions,
    )


def _title(one: _Exerciser, view: str) -> str:
    return f"{one.title} · {view}" if view != "unknown" else one.title


def _view(one: _Exerciser, frame: int) -> str:
    parts = one.analysis.stretches
    return next((part.view for part in parts if part.start_frame <= frame <= part.end_frame), "unknown")


def _panel(one: _Exerciser, frame: int) -> Panel:
    series, row = one.analysis.series, one.row_of.get(frame)
    done = [repetition for repetition in one.repetitions if repetition.end_frame <= frame]
    names = (spoken(fault.name) for fault, _ in one.marks if fault.start_frame <= frame <= fault.end_frame)
    return Panel(
        title=_title(one, _view(one, frame)),
        count=len(done),
        phase="" if row is None else str(series.phase[row]),
        last=done[-1].index if done else 0,
        verdict=done[-1].verdict if done else "",
        faults=tuple(dict.fromkeys(names)),
    )


# Joints: which to mark, and where to write angles.


def _indices(skeleton: Skeleton, side: str, part: str) -> list[int]:
    names = [part] if part == "nose" else [f"{side}_{name}" for name in (part, *_KEYPOINTS.get(part, ()))]
    return [skeleton.index(name) for name in names if name in skeleton]


def _marked(skeleton: Skeleton, joints: Sequence[str], side: str) -> Bool:
    mask = np.zeros(len(skeleton), np.bool_)
    for one in ("left", "right") if side == "both" else (side,):
        for part in joints:
            mask[_indices(skeleton, one, part)] = True
    return mask


def _angles(skeleton: Skeleton, analysis: ExerciseAnalysis, curves: Curves) -> Iterator[_Angle]:
    for measure in _measured_angles(analysis):
        for side in ("left", "right"):
            places = [_indices(skeleton, side, part) for part in measure.joints]
            if all(places):
                first, vertex, last = (place[0] for place in places)
                yield _Angle(side, first, vertex, last, curves.values(measure, "left" if side == "left" else "right"))


def _measured_angles(analysis: ExerciseAnalysis) -> list[Measure]:
    """The angles that the exercise file names, one a joint."""
    definition = analysis.definition
    texts = [item.measure for item in (*definition.signal, *definition.metric)]
    texts += [rule.measure for rule in definition.check if rule.measure is not None]
    by_joint: dict[str, Measure] = {}
    for measure in (parse_measure(text) for text in texts):
        if measure.kind == "angle":
            by_joint.setdefault(measure.joints[1], measure)
    return list(by_joint.values())


def _write_angles(image: Image, one: _Exerciser, frame: int, keypoints: Float32, scores: Float32) -> None:
    row = one.row_of.get(frame)
    if row is None:
        return
    view = _view(one, frame)
    seen = (scores >= SCORE_LIMIT) & np.isfinite(keypoints).all(1)
    if not seen.any():
        return
    size_px = float((keypoints[seen].max(0) - keypoints[seen].min(0)).max())
    lines_px = min(image.shape[:2]) / _ANGLE_LINES
    px = round(np.clip(size_px * _ANGLE_SHARE, _SMALLEST_PX, max(_SMALLEST_PX, lines_px)))
    centre = keypoints[seen].mean(0)
    taken: list[Rectangle] = []
    for angle in one.angles:
        places = [angle.first, angle.vertex, angle.last]
        value = angle.values[row]
        hidden_side = view in _SIDE_VIEWS and angle.side != view
        if hidden_side or not np.isfinite(value) or not seen[places].all():
            continue
        tile = label(f"{value:.0f}°", px)
        bend = keypoints[places].astype(np.float64)
        outside = _sideways(bend, centre) if view in _ACROSS_VIEWS else _outside(bend, centre)
        x, y = _beside(bend[1], outside, tile, px)
        box = (x, y, x + tile.shape[1], y + tile.shape[0])
        if not any(_overlap(box, other) for other in taken):
            taken.append(box)
            lay(image, tile, x, y)


def _beside(vertex: Float64, direction: Float64, tile: Image, px: int) -> tuple[int, int]:
    """Where a tile stands that lies next to a joint in some direction."""
    height, width = tile.shape[:2]
    reach = 0.7 * px + abs(direction[0]) * width / 2 + abs(direction[1]) * height / 2
    middle = vertex + direction * reach
    return round(middle[0] - width / 2), round(middle[1] - height / 2)


def _sideways(bend: Float64, centre: Float32) -> Float64:
    """Away from the middle of the body, so that the sides stay apart; outside the bend where a limb points there."""
    sideways = np.array([1.0 if bend[1, 0] >= centre[0] else -1.0, 0.0])
    along = max(float(_unit(limb - bend[1]) @ sideways) for limb in bend[[0, 2]])
    return sideways if along < _ALONG else _outside(bend, centre)


def _outside(bend: Float64, centre: Float32) -> Float64:
    """Outside the bend, so that no limb is hidden; beside a straight limb away from the body."""
    vertex = bend[1]
    one, other = (_unit(limb - vertex) for limb in bend[[0, 2]])
    outside = -(one + other)
    if np.hypot(*outside) < 0.35:
        outside = np.array([one[1], -one[0]])
        outside *= 1.0 if outside @ (vertex - centre) >= 0 else -1.0
    return _unit(outside)


def _unit(vector: Float64) -> Float64:
    return vector / max(float(np.hypot(*vector)), 1e-6)


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _corner(poses: PoseSequence, size: tuple[int, int], gap: int) -> tuple[bool, bool]:
    """(right, bottom) of the corner in which a panel hides least of the people over the whole clip."""
    width, height = poses.frame_size
    points = poses.keypoints[poses.scores >= SCORE_LIMIT]
    if not len(points):
        return False, False

    def hidden(corner: tuple[bool, bool]) -> float:
        right, bottom = corner
        x = points[:, 0] >= width - gap - size[0] if right else points[:, 0] <= gap + size[0]
        y = points[:, 1] >= height - gap - size[1] if bottom else points[:, 1] <= gap + size[1]
        return float((x & y).mean()) + _TOP_BONUS * bottom

    return min(((False, False), (True, False), (False, True), (True, True)), key=hidden)
