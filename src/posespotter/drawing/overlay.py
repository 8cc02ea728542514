"""Skeletons over pictures: sides told apart by colour, legible on any background, from 320x240 to 4K.

Everything is drawn in place and without blending, so that it costs little beside the pose model. Each colour of a
person is one call of OpenCV for all of its lines and one for all of its dots.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from posespotter.arrays import Bool, Float32, Float64, Image, Int32, require_image, require_shape
from posespotter.errors import ShapeError
from posespotter.skeletons import SEEN_SCORE, Skeleton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posespotter.poses import PoseSequence

Colour = tuple[int, int, int]
"""Blue, green, red, each 0..255."""


_SHIFT = 4  # OpenCV takes fixed-point positions: 4 bits are 1/16 px
_FAR = 3.0  # a joint this many picture sizes away is no estimate any more
_SIDES = ("middle", "left", "right")
# Points of the hands, the mouth and the corners of the eyes: clutter on people who are small in the picture.
_DETAILS = {"inner", "outer", "mouth", "pinky", "index", "thumb", "face", "hand", "finger", "forefinger"}
_WORDS = re.compile(r"[a-z]+")
_FINE = {"nose", "eye", "ear", "mouth", "heel", "toe", "foot"}
_FONT = cv2.FONT_HERSHEY_DUPLEX


@dataclass(frozen=True)
class OverlayStyle:
    """Colours and widths of drawn people.

    Attributes:
        left: colour of the person's left side; sky blue and orange differ for every kind of colour vision (Okabe, Ito).
        right: colour of the person's right side.
        middle: colour of what is neither, and of boxes.
        outline: colour under all lines, and of the ids' labels.
        marked: colour of joints and limbs that are marked; they are wider too, for people who cannot see red.
        line_scale: 1 is the usual line width.
    """

    left: Colour = (255, 178, 56)
    right: Colour = (20, 140, 255)
    middle: Colour = (245, 245, 245)
    outline: Colour = (28, 22, 18)
    marked: Colour = (48, 28, 225)
    line_scale: float = 1.0


DEFAULT_STYLE = OverlayStyle()


class HasPoses(Protocol):
    """An estimator's result for a frame of a live source, or for a source: poses, and more about them."""

    @property
    def poses(self) -> "PoseSequence":
        """The people."""
        ...


def draw_poses(
    image: Image,
    poses: "PoseSequence | HasPoses",
    *,
    score_limit: float = SEEN_SCORE,
    style: OverlayStyle = DEFAULT_STYLE,
) -> Image:
    """Draw the people of one frame onto `image`.

    Args:
        image: (H, W, 3) uint8, BGR; changed in place.
        poses: the people of one frame, in px of `image`: what `estimate_image` gives, `sequence.at(frame)`, or a result
            of a live source that has them as `poses`.
        score_limit: joints with a lower score are left out, and the limbs that end there.
        style: the colours and line width.

    Returns:
        `image`, drawn on.

    Raises:
        ShapeError: `image` is no BGR picture, or the poses are those of several frames.
    """
    from posespotter.poses import PoseSequence

    poses = poses if isinstance(poses, PoseSequence) else poses.poses
    if len(poses) and poses.frame[0] != poses.frame[-1]:
        raise ShapeError(
            f"poses: expected the people of one frame, got those of frames {poses.frame[0]} to {poses.frame[-1]}; "
            "take those of one with `at`."
        )
    draw_people(
        image, poses.skeleton, poses.keypoints, poses.scores, boxes=poses.bbox, ids=poses.track_id,
        score_limit=score_limit, style=style,
    )  # fmt: skip
    return image


def draw_people(
    image: Image,
    skeleton: Skeleton,
    keypoints: Float32,
    scores: Float32,
    *,
    boxes: Float32 | None = None,
    ids: "Sequence[int] | Int32 | None" = None,
    marked: Bool | None = None,
    score_limit: float = SEEN_SCORE,
    style: OverlayStyle = DEFAULT_STYLE,
) -> None:
    """Draw N people given as arrays onto `image`; small ones first, so that near people stay on top.

    Args:
        image: (H, W, 3) uint8, BGR; changed in place.
        skeleton: the meaning of the K axis.
        keypoints: (N, K, 2) px; NaN, infinite and far-away ones are left out.
        scores: (N, K) 0..1.
        boxes: (N, 4) x0, y0, x1, y1 in px, or None for no boxes.
        ids: N numbers for the labels, or None for no labels.
        marked: (N, K) the joints to mark, with the limbs between two of them; of a joint without such a limb all limbs.
        score_limit: joints with a lower score are left out, and the limbs that end there.
        style: the colours and line width.

    Raises:
        ShapeError: `image` is no BGR picture, or the arrays do not fit each other.
    """
    require_image(image)
    n, k = len(keypoints), len(skeleton)
    require_shape("keypoints", keypoints, (n, k, 2))
    require_shape("scores", scores, (n, k))
    if boxes is not None:
        require_shape("boxes", boxes, (n, 4))
    if marked is not None:
        require_shape("marked", marked, (n, k))
    height, width = image.shape[:2]
    middle = np.array([width, height]) / 2
    visible = (scores >= score_limit) & (np.abs(keypoints - middle) <= 2 * _FAR * middle).all(axis=2)
    plan = _plan(skeleton)
    frames = [
        _frame_of(keypoints[i][visible[i]], None if boxes is None else boxes[i], np.array([width, height]) * _FAR)
        for i in range(n)
    ]
    order = sorted(range(n), key=lambda i: _size_px(frames[i]))
    for i in order:
        pen = _pen_for(_size_px(frames[i]), min(height, width), style)
        if boxes is not None and np.isfinite(boxes[i]).all():
            _draw_box(image, frames[i], pen)
        _draw_skeleton(image, plan, keypoints[i], visible[i], pen)
        if marked is not None and marked[i].any():
            _draw_marks(image, plan, keypoints[i], visible[i], marked=marked[i], pen=pen)
    if ids is not None:
        for i in order:
            _draw_label(image, f"#{int(ids[i])}", frames[i], style)


@dataclass(frozen=True)
class _Plan:
    """The drawable parts of a skeleton: limbs (L, 2) as joint numbers, sides as positions in `_SIDES`."""

    limbs: npt.NDArray[np.intp]
    limb_side: Int32
    limb_fine: Bool
    limb_detail: Bool
    joint_side: Int32
    joint_fine: Bool
    joint_detail: Bool


@lru_cache(maxsize=16)
def _plan(skeleton: Skeleton) -> _Plan:
    words = [set(_WORDS.findall(name)) for name in skeleton.keypoints]
    detail = np.array([bool(w & _DETAILS) and "foot" not in w for w in words], bool)
    fine = detail | np.array([bool(w & _FINE) for w in words], bool)
    side = np.array([_SIDES.index(side) for side in skeleton.sides], np.int32)
    limbs = np.array(skeleton.limb_indices, np.intp).reshape(-1, 2)
    first, last = side[limbs[:, 0]], side[limbs[:, 1]]
    # A limb from the middle of the body to a side is that side's; one from side to side is the middle's.
    limb_side = np.where((first != last) & (first * last > 0), 0, np.maximum(first, last)).astype(np.int32)
    either = np.logical_or.reduce
    limb_fine, limb_detail = either(fine[limbs], axis=1), either(detail[limbs], axis=1)
    return _Plan(limbs, limb_side, limb_fine, limb_detail, side, fine, detail)


@dataclass(frozen=True)
class _Pen:
    """Colours, and widths in px, for one person."""

    style: OverlayStyle
    line: int
    fine: int
    edge: int
    dot: int
    fine_dot: int
    details: bool


def _pen_for(size_px: float, picture_px: int, style: OverlayStyle) -> _Pen:
    """The pen for a person of `size_px` in a picture whose shorter side is `picture_px`."""
    line = float(np.clip(size_px * 0.012, 1, max(2, picture_px / 110))) * style.line_scale
    return _Pen(
        style=style,
        line=max(1, round(line)),
        fine=max(1, round(line * 0.5)),
        edge=max(1, round(line * 0.3)),
        dot=max(2, round(line * 2.0)),
        fine_dot=max(1, round(line * 0.95)),
        details=size_px >= 240,
    )


def _frame_of(seen: Float32, box: Float32 | None, reach: Float64) -> Float32:
    """(4,) the box of a person, or else the one around the seen joints; NaN where neither is known."""
    if box is not None and np.isfinite(box).all():
        limit = np.tile(reach, 2)
        return np.clip(box, -limit, limit).astype(np.float32)
    if not len(seen):
        return np.full(4, np.nan, np.float32)
    return np.concatenate([seen.min(axis=0), seen.max(axis=0)])


def _size_px(frame: Float32) -> float:
    """The longer side of a box, 0 for none."""
    size = float(max(frame[2] - frame[0], frame[3] - frame[1]))
    return size if size > 0 else 0.0


def _draw_skeleton(image: Image, plan: _Plan, keypoints: Float32, visible: Bool, pen: _Pen) -> None:
    shown = visible if pen.details else visible & ~plan.joint_detail
    points = (np.where(shown[:, None], keypoints, 0) * (1 << _SHIFT)).round().astype(np.int32)
    limbs, limb_shown = points[plan.limbs], shown[plan.limbs].all(axis=1)
    dots = np.repeat(points[:, None], 2, axis=1)
    outline, colours = pen.style.outline, (pen.style.middle, pen.style.left, pen.style.right)

    for fine, width in ((True, pen.fine), (False, pen.line)):
        _lines(image, limbs[limb_shown & (plan.limb_fine == fine)], outline, width + 2 * pen.edge)
    for fine, width in ((True, pen.fine_dot), (False, pen.dot)):
        _lines(image, dots[shown & (plan.joint_fine == fine)], outline, width + 2 * pen.edge)
    for side, colour in enumerate(colours):
        for fine, width in ((True, pen.fine), (False, pen.line)):
            chosen = limb_shown & (plan.limb_fine == fine) & (plan.limb_side == side)
            _lines(image, limbs[chosen], colour, width)
    for side, colour in enumerate(colours):
        for fine, width in ((True, pen.fine_dot), (False, pen.dot)):
            _lines(image, dots[shown & (plan.joint_fine == fine) & (plan.joint_side == side)], colour, width)
    if pen.line >= 4:
        _lines(image, dots[shown & ~plan.joint_fine], pen.style.middle, round(pen.dot * 0.4))


def _draw_marks(image: Image, plan: _Plan, keypoints: Float32, visible: Bool, *, marked: Bool, pen: _Pen) -> None:
    """Draw marked joints and limbs once more over the skeleton: wider, with a light edge."""
    points = (np.where(visible[:, None], keypoints, 0) * (1 << _SHIFT)).round().astype(np.int32)
    first, last = plan.limbs[:, 0], plan.limbs[:, 1]
    between = marked[first] & marked[last]
    alone = marked.copy()
    alone[plan.limbs[between].ravel()] = False
    chosen = (between | ((alone[first] | alone[last]) & ~plan.limb_fine)) & visible[plan.limbs].all(axis=1)
    limbs = points[plan.limbs[chosen]]
    dots = np.repeat(points[marked & visible][:, None], 2, axis=1)
    line, dot, edge = round(pen.line * 1.4) + 1, round(pen.dot * 1.3) + 1, max(2, 2 * pen.edge)
    _lines(image, limbs, pen.style.middle, line + edge)
    _lines(image, dots, pen.style.middle, dot + edge)
    _lines(image, limbs, pen.style.marked, line)
    _lines(image, dots, pen.style.marked, dot)


def _lines(image: Image, lines: npt.NDArray[np.int32], colour: Colour, width: int) -> None:
    """Draw (L, P, 2) lines of P points in 1/16 px with round ends; a line of no length is a dot."""
    if len(lines):
        cv2.polylines(image, list(lines), False, colour, width, cv2.LINE_AA, _SHIFT)


def _draw_box(image: Image, frame: Float32, pen: _Pen) -> None:
    """The four corners of a box, which say as much as the whole of it and hide less; all of it around tiny people."""
    x0, y0, x1, y1 = (int(value) for value in (frame * (1 << _SHIFT)).round())
    if _size_px(frame) < 48:
        edges = np.array([[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]], np.int32)
        _lines(image, edges, pen.style.middle, 1)
        return
    d = max(0, min(x1 - x0, y1 - y0)) // 6
    corners = np.array([
        [[x0, y0 + d], [x0, y0], [x0 + d, y0]], [[x1 - d, y0], [x1, y0], [x1, y0 + d]],
        [[x1, y1 - d], [x1, y1], [x1 - d, y1]], [[x0 + d, y1], [x0, y1], [x0, y1 - d]],
    ], np.int32)  # fmt: skip
    width = max(1, round(pen.line * 0.35))
    _lines(image, corners, pen.style.outline, width + 2 * max(1, round(width * 0.4)))
    _lines(image, corners, pen.style.middle, width)


def _draw_label(image: Image, text: str, frame: Float32, style: OverlayStyle) -> None:
    """A small filled label above the box, moved to lie inside the picture."""
    if not np.isfinite(frame).all():
        return
    height, width = image.shape[:2]
    text_px = max(7, min(min(height, width) / 45, _size_px(frame) * 0.12))
    scale, stroke = text_px / 21, max(1, round(text_px / 11))  # capitals are 21 px high at scale 1
    (text_width, text_height), _ = cv2.getTextSize(text, _FONT, scale, stroke)
    pad = max(2, round(text_px * 0.35))
    below = round(text_px * 0.2)  # the number sign reaches under the line
    label_width, label_height = text_width + 2 * pad, text_height + 2 * pad + below
    x = int(np.clip(frame[0], 0, max(0, width - label_width)))
    y = int(np.clip(frame[1] - label_height - pad, 0, max(0, height - label_height)))
    cv2.rectangle(image, (x, y), (x + label_width - 1, y + label_height - 1), style.outline, cv2.FILLED)
    cv2.putText(image, text, (x + pad, y + pad + text_height), _FONT, scale, style.middle, stroke, cv2.LINE_AA)
