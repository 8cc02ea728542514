"""OpenSim's text files: marker trajectories (TRC) and joint angles (MOT).

Source: OpenSim's documentation, "Marker (.trc) Files" and "Motion (.mot) Files". TRC numbers frames from 1. Both say
`nan` where nothing was seen: OpenSim reads that in every place, an empty cell not at the end of a line. Axes are
right-handed with y up, as OpenSim's: x is the picture's right, z points to the camera.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from posespotter.arrays import Array
from posespotter.errors import SettingsError
from posespotter.files import whole
from posespotter.kinematics.joint_angles import joint_angles
from posespotter.poses import PoseSequence
from posespotter.poses.grid import grid_of, labels_of, require_somebody, usual_rate
from posespotter.texts import printable, storable

_UP = np.array([1, -1, -1], np.float32)
"""From the camera's axes (x right, y down, z away) to those of OpenSim."""

_DECIMALS = 6  # micrometres, and a float32's worth of a px


def require_metres(poses: PoseSequence) -> None:
    """Check that positions in metres are there.

    Raises:
        SettingsError: they are not.
    """
    if poses.world is None:
        raise SettingsError(
            "These poses have no scale: expected positions in metres, got px only. Write trc-px, or estimate with a "
            "model that gives metres (--pose movenet-thunder+blazepose-full)."
        )


def metres_y_up(poses: PoseSequence) -> Array:
    """(N, K, 3) metres from the middle of the hips: x right, y up, z to the camera.

    Raises:
        SettingsError: there are none.
    """
    require_metres(poses)
    assert poses.world is not None  # noqa: S101 - tells mypy what was just made sure of
    return poses.world * _UP


def write_trc(poses: PoseSequence, path: Path) -> None:
    """Store joints as markers in metres, their origin in the middle of the person's hips.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there are no people or no metres, or too many people and frames.
    """
    _write_trc(poses, metres_y_up(poses), "m", path)


def write_trc_px(poses: PoseSequence, path: Path) -> None:
    """Store joints as markers in px: x from the left edge of the picture, y up from its lower edge, z 0.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there are no people, or too many people and frames.
    """
    x, y = poses.keypoints[..., 0], poses.frame_size[1] - poses.keypoints[..., 1]
    _write_trc(poses, np.stack([x, y, np.where(np.isnan(x), np.nan, 0)], axis=-1), "px", path)


def _write_trc(poses: PoseSequence, positions: Array, unit: str, path: Path) -> None:
    require_somebody(poses)
    grid = grid_of(poses)
    labels, rate, n = labels_of(poses, grid), f"{usual_rate(poses):.6g}", len(grid.frame)
    numbered = "\t".join(f"{axis}{marker}" for marker in range(1, len(labels) + 1) for axis in "XYZ")
    header = [
        f"PathFileType\t4\t(X/Y/Z)\t{printable(path.name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{n}\t{len(labels)}\t{unit}\t{rate}\t{grid.frame[0] + 1}\t{n}",
        "Frame#\tTime\t" + "\t\t\t".join(labels) + "\t\t",
        "\t\t" + numbered,
        "",
    ]
    cells = (numbers(line) for line in grid.lines(positions))
    rows = (
        f"{frame + 1}\t{time_s:.{_DECIMALS}f}\t{line}"
        for frame, time_s, line in zip(grid.frame.tolist(), grid.time_s.tolist(), cells, strict=True)
    )
    _write_lines(header, rows, path)


def write_mot(poses: PoseSequence, path: Path) -> None:
    """Store the angles of `joint_angles` in degrees, as the picture shows them; those of several people side by side.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there are no people, or too many people and frames.
    """
    require_somebody(poses)
    grid = grid_of(poses)
    people = {track_id: joint_angles(poses.person(track_id)) for track_id in grid.track_ids}
    names = next(iter(people.values())).names
    degrees = np.full((len(poses), len(names)), np.nan)
    for track_id, angles in people.items():
        degrees[poses.track_id == track_id] = angles.degrees
    columns = [name if len(people) == 1 else f"person{track_id}:{name}" for track_id in people for name in names]
    header = [
        storable(poses.source) or "PoseSpotter",
        "version=1",
        f"nRows={len(grid.frame)}",
        f"nColumns={len(columns) + 1}",
        "inDegrees=yes",
        "endheader",
        "\t".join(["time", *columns]),
    ]
    cells = (numbers(line) for line in grid.lines(degrees))
    rows = (f"{time_s:.{_DECIMALS}f}\t{line}" for time_s, line in zip(grid.time_s.tolist(), cells, strict=True))
    _write_lines(header, rows, path)


def numbers(line: Array) -> str:
    """The numbers of a line, tab-separated."""
    return "\t".join(f"{value:.{_DECIMALS}f}" for value in line.tolist())


def _write_lines(header: Iterable[str], rows: Iterable[str], path: Path) -> None:
    with whole(path) as temporary, temporary.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(f"{line}\n" for lines in (header, rows) for line in lines)
