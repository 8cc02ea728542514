"""Pictures from a run's video: one of its frames, and each person in it."""

from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from posespotter.arrays import Image
from posespotter.drawing.overlay import draw_poses
from posespotter.drawing.privacy import canvas
from posespotter.errors import PoseSpotterError
from posespotter.media import open_again
from posespotter.poses import PoseSequence
from posespotter.ui.parts.result.joints import poses_of
from posespotter.ui.shared import library

POSES_FILE = "poses.parquet"

_FURTHEST = 240  # frames decoded on the way to a picture: a page answers within a second


@st.cache_data(max_entries=16, show_spinner=False)
def frame_of(run_id: str) -> Image:
    """(H, W, 3) RGB: a frame from the beginning of the run's video, or its joints on a canvas where there is none."""
    poses, source = _poses(run_id), library().source(run_id)
    middle = int(poses.n_frames * 0.4) if poses is not None else _FURTHEST
    images = _decoded(source, {min(middle, _FURTHEST)}, poses) if source is not None else {}
    if images:
        return _rgb(next(iter(images.values())))
    return _rgb(_blank(poses, middle)) if poses is not None else canvas(640, 360)


@st.cache_data(max_entries=16, show_spinner=False)
def faces_of(run_id: str, most: int) -> dict[int, Image]:
    """(H, W, 3) RGB pictures of the people of a run by track id: of those who are seen longest."""
    poses, source = _poses(run_id), library().source(run_id)
    if poses is None:
        return {}
    ids, counts = np.unique(poses.track_id, return_counts=True)
    chosen = sorted(ids[np.argsort(-counts)][:most].tolist())
    rows = {track: _clearest(poses, track) for track in chosen}
    wanted = {int(poses.frame[row]) for row in rows.values() if poses.frame[row] <= _FURTHEST}
    images = _decoded(source, wanted, poses) if source is not None else {}
    faces = {}
    for track, row in rows.items():
        frame = int(poses.frame[row])
        image = images.get(frame)
        faces[track] = _rgb(_cropped(_blank(poses, frame) if image is None else image, poses.bbox[row].tolist()))
    return faces


def _poses(run_id: str) -> PoseSequence | None:
    file = library().folder(run_id) / POSES_FILE
    return poses_of(file) if file.is_file() else None


def _clearest(poses: PoseSequence, track: int) -> int:
    """The row of a person that shows most joints, of those that are soon reached if there are any."""
    rows = np.flatnonzero(poses.track_id == track)
    soon = rows[poses.frame[rows] <= _FURTHEST]
    rows = soon if len(soon) else rows
    return int(rows[np.argmax(poses.scores[rows].mean(axis=1))])


def _decoded(video: Path, wanted: set[int], poses: PoseSequence | None) -> dict[int, Image]:
    """The frames of these numbers, as far as they can be read, turned as the poses have them."""
    images: dict[int, Image] = {}
    if not wanted:
        return images
    try:
        with open_again(video, poses.settings if poses is not None else {}) as source:
            for frame in source:
                if frame.index in wanted:
                    images[frame.index] = frame.image.copy()
                if frame.index >= max(wanted):
                    break
    except PoseSpotterError:  # a damaged end; what was read counts
        return images
    return images


def _blank(poses: PoseSequence, frame: int) -> Image:
    image = canvas(*poses.frame_size)
    draw_poses(image, poses.at(frame))
    return image


def _cropped(image: Image, box: list[float]) -> Image:
    """A person with a little around them, small, in the middle of a picture of one size for all."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = box
    mx, my = 0.15 * (x1 - x0), 0.15 * (y1 - y0)
    left, top = max(0, int(x0 - mx)), max(0, int(y0 - my))
    crop = image[top : max(top + 2, min(height, int(y1 + my))), left : max(left + 2, min(width, int(x1 + mx)))]
    wide, high = 180, 240
    scale = min(wide / crop.shape[1], high / crop.shape[0])
    size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
    face, left, top = canvas(wide, high), (wide - size[0]) // 2, (high - size[1]) // 2
    face[top : top + size[1], left : left + size[0]] = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    return face


def _rgb(image: Image) -> Image:
    return np.ascontiguousarray(image[:, :, ::-1])
