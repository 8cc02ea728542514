"""Thumbnails of runs for the gallery."""

from pathlib import Path

import cv2
import numpy as np

from posespotter.arrays import Image
from posespotter.drawing.overlay import draw_poses
from posespotter.drawing.privacy import canvas
from posespotter.errors import PoseSpotterError
from posespotter.media import open_source, read_image
from posespotter.poses.parquet import read_parquet
from posespotter.runs.folders import SOURCE_STEM, THUMBNAIL_FILE


def make_thumbnail(folder: Path, *, skeletons_only: bool, most_frames: int = 300) -> None:
    """Write thumbnail.jpg beside a task's results: a frame of the overlay, else of the source, else of the joints.

    A run of which no picture can be made has none.

    Args:
        folder: of the run.
        skeletons_only: do not show the source.
        most_frames: decoded of a video at most.
    """

    def overlay(folder: Path) -> Image | None:
        picture = folder / "overlay.jpg"
        return read_image(picture) if picture.is_file() else _frame(folder, "overlay", most_frames)

    def source(folder: Path) -> Image | None:
        return _frame(folder, SOURCE_STEM, most_frames)

    for make in (overlay, _joints) if skeletons_only else (overlay, source, _joints):
        try:
            image = make(folder)
        except (PoseSpotterError, OSError, ValueError):
            continue
        if image is not None:
            break
    else:
        return
    encoded = cv2.imencode(".jpg", _small(image), [cv2.IMWRITE_JPEG_QUALITY, 82])[1]
    (folder / THUMBNAIL_FILE).write_bytes(encoded.tobytes())


def _joints(folder: Path) -> Image | None:
    """The frame with the most people, drawn on a privacy canvas."""
    poses = read_parquet(folder / "poses.parquet")
    image = canvas(*poses.frame_size)
    if len(poses):
        frames, people = np.unique(poses.frame, return_counts=True)
        fullest = frames[people == people.max()]
        draw_poses(image, poses.at(int(fullest[len(fullest) // 2])))
    return image


def _frame(folder: Path, stem: str, most_frames: int) -> Image | None:
    """A frame of the video of this name."""
    videos = sorted(folder.glob(f"{stem}.*"))
    if not videos:
        return None
    with open_source(videos[0]) as source:
        # The beginning often shows nobody yet.
        wanted = min(most_frames, int((source.info.n_frames or 0) * 0.4))
        image = None
        for frame in source:
            image = frame.image
            if frame.index >= wanted:
                break
        return image


def _small(image: Image) -> Image:
    height, width = image.shape[:2]
    scale = min(1.0, 480 / width, 360 / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
