"""The angles that an exercise measures, as numbers beside their joints, in the colour of their side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posespotter.arrays import Float32, Float64, Image
from posespotter.drawing.overlay import DEFAULT_STYLE
from posespotter.drawing.text import label, lay
from posespotter.exercises.analysis import ExerciseAnalysis
from posespotter.exercises.curves import Curves
from posespotter.exercises.definitions.vocabulary import Measure, parse_measure
from posespotter.exercises.sides import Side
from posespotter.skeletons import SEEN_SCORE, Skeleton

Rectangle = tuple[int, int, int, int]

SMALLEST_PX = 9  # smaller digits are not legible
_ACROSS_VIEWS = {"front", "rear"}
_OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "toe": ("foot_index", "big_toe"),
    "foot": ("heel", "foot_index", "big_toe"),
}

_INKS = {"left": DEFAULT_STYLE.left[::-1], "right": DEFAULT_STYLE.right[::-1]}


@dataclass(frozen=True)
class Angle:
    """An angle to write beside its joint: three keypoints, and the values by moment; NaN where the side has no say."""

    side: Side
    first: int
    vertex: int
    last: int
    values: Float64


def angles_of(skeleton: Skeleton, analysis: ExerciseAnalysis, curves: Curves) -> tuple[Angle, ...]:
    """Choose the angles to write: those that the exercise file names, one a joint, left and right."""
    found = []
    sides: tuple[Side, Side] = ("left", "right")
    for measure in _measured_angles(analysis):
        for side in sides:
            places = [keypoints_of(skeleton, side, part) for part in measure.joints]
            if all(places):
                first, vertex, last = (place[0] for place in places)
                found.append(Angle(side, first, vertex, last, curves.of_side(measure, side)))
    return tuple(found)


def keypoints_of(skeleton: Skeleton, side: str, part: str) -> list[int]:
    """The keypoints that a joint of an exercise file stands for."""
    names = [part] if part == "nose" else [f"{side}_{name}" for name in (part, *_OTHER_NAMES.get(part, ()))]
    return [skeleton.index(name) for name in names if name in skeleton]


def write_angles(
    image: Image,
    angles: Sequence[Angle],
    moment: int,
    keypoints: Float32,
    scores: Float32,
    *,
    skeleton: Skeleton,
    view: str,
) -> None:
    """Write the angles of one person at one moment onto `image`, where they hide least of the person.

    Args:
        image: (H, W, 3) BGR, changed in place.
        angles: of that person.
        moment: place in the values of the angles.
        keypoints: (K, 2) px.
        scores: (K,) 0..1.
        skeleton: of the keypoints.
        view: from where the camera sees the person.
    """
    seen = (scores >= SEEN_SCORE) & np.isfinite(keypoints).all(1)
    if not seen.any():
        return
    size_px = float((keypoints[seen].max(0) - keypoints[seen].min(0)).max())
    px = round(np.clip(size_px * 0.055, SMALLEST_PX, max(SMALLEST_PX, min(image.shape[:2]) / 28)))
    centre, dots = keypoints[seen].mean(0), _dots(skeleton, keypoints, seen)
    taken: list[Rectangle] = []
    for angle in angles:
        places = [angle.first, angle.vertex, angle.last]
        value = angle.values[moment]
        if not np.isfinite(value) or not seen[places].all():
            continue
        tile = label(f"{value:.0f}°", px, _INKS[angle.side])
        bend = keypoints[places].astype(np.float64)
        outside = _sideways(bend, centre) if view in _ACROSS_VIEWS else _outside(bend, centre)
        boxes = [_beside(bend[1], _turned(outside, turn), tile, px) for turn in (0, 40, -40, 80, -80, 120, -120)]
        free = [box for box in boxes if not any(_overlap(box, other) for other in taken)]
        if free:
            box = min(free, key=lambda box: _hidden(box, dots))
            taken.append(box)
            lay(image, tile, box[0], box[1])


def _measured_angles(analysis: ExerciseAnalysis) -> list[Measure]:
    definition = analysis.definition
    texts = [item.measure for item in (*definition.signal, *definition.metric)]
    texts += [rule.measure for rule in definition.check if rule.measure is not None]
    by_joint: dict[str, Measure] = {}
    for measure in (parse_measure(text) for text in texts):
        if measure.kind == "angle":
            by_joint.setdefault(measure.joints[1], measure)
    return list(by_joint.values())


def _dots(skeleton: Skeleton, keypoints: Float32, seen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Float64:
    """(M, 2) px along the limbs that are seen."""
    limbs = np.array([limb for limb in skeleton.limb_indices if seen[list(limb)].all()], np.intp).reshape(-1, 2)
    share = np.linspace(0, 1, 9)[:, None, None]
    lines = keypoints[limbs[:, 0]] * (1 - share) + keypoints[limbs[:, 1]] * share
    return np.asarray(lines.reshape(-1, 2), np.float64)


def _hidden(box: Rectangle, dots: Float64) -> int:
    """Count the dots that a box covers."""
    x0, y0, x1, y1 = box
    return int(((dots[:, 0] >= x0) & (dots[:, 0] <= x1) & (dots[:, 1] >= y0) & (dots[:, 1] <= y1)).sum())


def _beside(vertex: Float64, direction: Float64, tile: Image, px: int) -> Rectangle:
    """The place of a tile that lies next to a joint in some direction."""
    height, width = tile.shape[:2]
    reach = 0.7 * px + abs(direction[0]) * width / 2 + abs(direction[1]) * height / 2
    middle = vertex + direction * reach
    x, y = round(middle[0] - width / 2), round(middle[1] - height / 2)
    return x, y, x + width, y + height


def _sideways(bend: Float64, centre: Float32) -> Float64:
    """Away from the middle of the body, so that the sides stay apart; outside the bend where a limb points there."""
    sideways = np.array([1.0 if bend[1, 0] >= centre[0] else -1.0, 0.0])
    along = max(float(_unit(limb - bend[1]) @ sideways) for limb in bend[[0, 2]])
    # A limb within 45° of where the number would stand would be hidden by it.
    return sideways if along < 0.7 else _outside(bend, centre)


def _outside(bend: Float64, centre: Float32) -> Float64:
    """Outside the bend, so that no limb is hidden; beside a straight limb away from the body."""
    vertex = bend[1]
    one, other = (_unit(limb - vertex) for limb in bend[[0, 2]])
    outside = -(one + other)
    if np.hypot(*outside) < 0.35:
        outside = np.array([one[1], -one[0]])
        outside *= 1.0 if outside @ (vertex - centre) >= 0 else -1.0
    return _unit(outside)


def _turned(direction: Float64, turn_deg: float) -> Float64:
    cosine, sine = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    return np.array([cosine * direction[0] - sine * direction[1], sine * direction[0] + cosine * direction[1]])


def _unit(vector: Float64) -> Float64:
    return vector / max(float(np.hypot(*vector)), 1e-6)


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
