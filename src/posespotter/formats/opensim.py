"""OpenSim's text files: marker trajectories (TRC) and joint angles (MOT).

Source: OpenSim's documentation, "Marker (.trc) Files" and "Motion (.mot) Files". TRC is tab-separated, counts frames from
1, and leaves cells empty where a marker was not seen. MOT says `nan` there. Axes are right-handed with y up, as OpenSim's:
x is the picture's right, z points to the camera.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from posespotter.arrays import Array
from posespotter.errors import SettingsError
from posespotter.files import whole
from posespotter.poses import PoseSequence
from posespotter.poses.grid import Grid, grid_of, labels_of, usual_rate
from posespotter.texts import printable

_UP = np.array([1, -1, -1], np.float32)
"""From the camera's axes (x right, y down, z away) to those of OpenSim."""

_DECIMALS = 6  # micrometres, and a float32's worth of a px
_TIME_DECIMALS = 6


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
        SettingsError: there are no metres, or too many people and frames.
    """
    _write_trc(poses, metres_y_up(poses), "m", path)


def write_trc_px(poses: PoseSequence, path: Path) -> None:
    """Store joints as markers in px: x from the left edge of the picture, y up from its lower edge, z 0.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there are too many people and frames.
    """
    x, y = poses.keypoints[..., 0], poses.frame_size[1] - poses.keypoints[..., 1]
    _write_trc(poses, np.stack([x, y, np.where(np.isnan(x), np.nan, 0)], axis=-1), "px", path)


def _write_trc(poses: PoseSequence, positions: Array, unit: str, path: Path) -> None:
    grid = grid_of(poses)
    labels, rate, n = labels_of(poses, grid), f"{usual_rate(poses):.6g}", len(grid.frame)
    first = int(grid.frame[0]) + 1 if n else 1
    numbered = "\t".join(f"{axis}{marker}" for marker in range(1, len(labels) + 1) for axis in "XYZ")
    header = [
        f"PathFileType\t4\t(X/Y/Z)\t{printable(path.name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{n}\t{len(labels)}\t{unit}\t{rate}\t{first}\t{n}",
        "Frame#\tTime\t" + "\t\t\t".join(labels) + "\t\t",
        "\t\t" + numbered,
        "",
    ]
    cells = _rows(grid, positions, empty="")
    rows = (
        f"{frame + 1}\t{time_s:.{_TIME_DECIMALS}f}\t{line}"
        for frame, time_s, line in zip(grid.frame.tolist(), grid.time_s.tolist(), cells, strict=True)
    )
    _write_lines(header, rows, path)


def _rows(grid: Grid, values: Array, empty: str) -> Iterator[str]:
    """The (N, ...) values as one line a frame, tab-separated, those of one person after those of the other."""
    for row in grid.lines(values).astype(np.float64):
        yield "\t".join(empty if value != value else f"{value:.{_DECIMALS}f}" for value in row.tolist())  # noqa: PLR0124


def _write_lines(header: Iterable[str], rows: Iterable[str], path: Path) -> None:
    with whole(path) as temporary, temporary.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(f"{line}\n" for lines in (header, rows) for line in lines)
