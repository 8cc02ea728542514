"""Folders as tasks leave them, without the work."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

RECORD: dict[str, Any] = {
    "kind": "estimate",
    "error": None,
    "source": {"name": "walk.mp4", "kind": "video", "frame_size": [160, 120], "fps": 30.0, "frames": 90},
    "models": [{"task": "detector", "name": "movenet-multipose"}, {"task": "pose", "name": "movenet-lightning"}],
    "settings": {"smoothing": "light"},
    "people": [{"track_id": 1}, {"track_id": 2}],
    "timings_s": {"total": 3.0, "decode": 1.0, "overlay": 0.5},
}


def task_folder(folder: Path, record: dict[str, Any] | None = None, **files: bytes | str) -> Path:
    """A folder with run.json and some files; "__" in a name stands for a point, "___" for a slash."""
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(RECORD | (record or {})))
    for name, content in files.items():
        path = folder / name.replace("___", "/").replace("__", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def two_people(n_frames: int = 3) -> PoseSequence:
    """Two people who stand still, in the second half of a 160x120 px clip of `n_frames` frames."""
    frames = np.repeat(np.arange(n_frames // 2, n_frames, dtype=np.int32), 2)
    n, k = len(frames), len(COCO17)
    rng = np.random.default_rng(3)
    keypoints = rng.uniform((20, 20), (140, 100), (n, k, 2)).astype(np.float32)
    return PoseSequence(
        frame=frames,
        time_s=frames / 30.0,
        track_id=np.tile(np.array([1, 2], np.int32), n // 2),
        bbox=np.tile(np.array([10, 10, 150, 110], np.float32), (n, 1)),
        bbox_score=np.ones(n, np.float32),
        keypoints=keypoints,
        scores=np.ones((n, k), np.float32),
        skeleton=COCO17,
        frame_size=(160, 120),
        fps=30.0,
        n_frames=n_frames,
        source="walk.mp4",
    )
