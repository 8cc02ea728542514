"""An exercise over its video: the counter, the angles it measures, and faults in red while they last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from posespotter.arrays import Bool, Image
from posespotter.drawing.exercise_angles import SMALLEST_PX, Angle, Rectangle, angles_of, keypoints_of, write_angles
from posespotter.drawing.overlay import draw_people
from posespotter.drawing.rep_counter import Panel, panel_height, panel_tile, panel_width
from posespotter.drawing.text import LINES_A_PICTURE, lay
from posespotter.exercises.analysis import ExerciseAnalysis, Fault, Repetition
from posespotter.exercises.curves import Curves
from posespotter.exercises.words.phrases import spoken
from posespotter.poses import PoseSequence
from posespotter.skeletons import SEEN_SCORE, Skeleton

_PANELS = 3
"""More exercisers than this would fill the picture with counters; the others have their joints drawn, no counter."""


@dataclass(frozen=True)
class _Exerciser:
    """The drawing of one analysis, by frame."""

    analysis: ExerciseAnalysis
    title: str
    row_of: Mapping[int, int]
    angles: tuple[Angle, ...]
    marks: tuple[tuple[Fault, Bool], ...]
    repetitions: tuple[Repetition, ...] = field(repr=False)


class ExerciseDrawing:
    """Draws all joints, and the findings about exercisers."""

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
        self._px = max(SMALLEST_PX, round(min(width, height) / LINES_A_PICTURE))
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
            moment = one.row_of.get(frame)
            if moment is None:
                continue
            for i in np.flatnonzero(np.isin(poses.track_id, one.analysis.track_ids)):
                write_angles(
                    image, one.angles, moment, poses.keypoints[i], poses.scores[i],
                    skeleton=poses.skeleton, view=_view(one, frame),
                )  # fmt: skip

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
    """x0, y0, x1, y1 around a person with some room, inside the picture; the whole picture where there is none."""
    width, height = poses.frame_size
    rows = poses.at(frame)
    mine = np.isin(rows.track_id, track_ids)
    points = rows.keypoints[mine][rows.scores[mine] >= SEEN_SCORE]
    points = points[np.isfinite(points).all(1)]
    if not len(points):
        return 0, 0, width, height
    low, high = points.min(0), points.max(0)
    # Around the person there is room for numbers beside the outermost joints.
    middle, size = (low + high) / 2, high - low + 0.3 * (high - low).max()
    # Pictures that are not too narrow stand well side by side.
    size = np.array([max(size[0], 0.72 * size[1]), size[1]])
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
        angles=angles_of(poses.skeleton, analysis, curves),
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


def _marked(skeleton: Skeleton, joints: Sequence[str], side: str) -> Bool:
    mask = np.zeros(len(skeleton), np.bool_)
    for one in ("left", "right") if side == "both" else (side,):
        for part in joints:
            mask[keypoints_of(skeleton, one, part)] = True
    return mask


def _corner(poses: PoseSequence, size: tuple[int, int], gap: int) -> tuple[bool, bool]:
    """(right, bottom) of the corner in which a panel hides least of the people over the whole clip."""
    width, height = poses.frame_size
    points = poses.keypoints[poses.scores >= SEEN_SCORE]
    if not len(points):
        return False, False

    def hidden(corner: tuple[bool, bool]) -> float:
        right, bottom = corner
        x = points[:, 0] >= width - gap - size[0] if right else points[:, 0] <= gap + size[0]
        y = points[:, 1] >= height - gap - size[1] if bottom else points[:, 1] <= gap + size[1]
        # The counter goes to the bottom only where at the top it would hide clearly more of the people.
        return float((x & y).mean()) + 0.1 * bottom

    return min(((False, False), (True, False), (False, True), (True, True)), key=hidden)
