"""A Rerun recording (.rrd): joints, boxes and metres on the timelines `frame` and `time`, for Rerun's viewer.

Entities: `picture/person_1/joints` and `picture/person_1/box` in px, `body/person_1` in metres. Where a person is not
in a frame, theirs are empty, so that nobody stays behind in the viewer.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Array, Bool
from posespotter.files import whole
from posespotter.optional import needed
from posespotter.poses import PoseSequence
from posespotter.poses.grid import Grid, grid_of
from posespotter.skeletons import Skeleton


def require_library(_skeleton: Skeleton) -> None:
    """Check that Rerun is there.

    Raises:
        SettingsError: it is not.
    """
    needed("rerun", package="rerun-sdk")


def write_rerun(poses: PoseSequence, path: Path) -> None:
    """Store `poses` as a recording.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: Rerun is not installed, or there are too many people and frames.
    """
    rr = needed("rerun", package="rerun-sdk")
    grid = grid_of(poses)
    with whole(path) as temporary, tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "poses.rrd"  # a name that the library can take, whatever the user's is
        recording = rr.RecordingStream("posespotter", recording_id=poses.source or "poses")
        recording.save(str(made))
        recording.log("/", _skeleton(rr, poses.skeleton), static=True)
        for place in range(len(grid.track_ids)):
            _send(rr, recording, poses, grid, place)
        recording.disconnect()
        temporary.write_bytes(made.read_bytes())


def _skeleton(rr: Any, skeleton: Skeleton) -> Any:
    """The names of the joints, and which are joined by a line."""
    names = [rr.AnnotationInfo(id=i, label=name) for i, name in enumerate(skeleton.keypoints)]
    person = rr.ClassDescription(
        info=rr.AnnotationInfo(id=0, label="person"),
        keypoint_annotations=names,
        keypoint_connections=[(int(first), int(last)) for first, last in skeleton.limb_indices],
    )
    return rr.AnnotationContext([person])


def _send(rr: Any, recording: Any, poses: PoseSequence, grid: Grid, place: int) -> None:
    """Everything of the person at `place`, in one message for each entity."""
    times = [rr.TimeColumn("frame", sequence=grid.frame), rr.TimeColumn("time", duration=grid.time_s)]
    entity = f"person_{grid.track_ids[place]}"

    def send_points(archetype: Any, entity: str, array: Array) -> None:
        positions = grid.spread(array)[:, place]
        seen = np.isfinite(positions[..., 0])
        joints = np.broadcast_to(np.arange(len(poses.skeleton)), seen.shape)
        columns = archetype.columns(
            positions=positions[seen], keypoint_ids=joints[seen], class_ids=np.zeros(int(seen.sum()), np.uint16)
        )
        recording.send_columns(entity, indexes=times, columns=[*columns.partition(_lengths(seen))])

    send_points(rr.Points2D, f"picture/{entity}/joints", poses.keypoints)
    box = grid.spread(poses.bbox)[:, place]
    known = np.isfinite(box[:, 0])
    corner, size = box[known, :2], box[known, 2:] - box[known, :2]
    boxes = rr.Boxes2D.columns(centers=corner + size / 2, half_sizes=size / 2)
    recording.send_columns(f"picture/{entity}/box", indexes=times, columns=[*boxes.partition(_lengths(known[:, None]))])
    if poses.world is not None:
        send_points(rr.Points3D, f"body/{entity}", poses.world)


def _lengths(seen: Bool) -> list[int]:
    """Number of entries of each frame."""
    lengths: list[int] = seen.sum(axis=1).tolist()
    return lengths
