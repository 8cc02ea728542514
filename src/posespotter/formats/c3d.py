"""C3D, the file of motion laboratories, written with ezc3d.

Joints are points in millimetres, their origin in the middle of the person's hips, y up. C3D has a frame rate but no
times.
"""

import tempfile
from pathlib import Path

import numpy as np

from posespotter.errors import OutputError
from posespotter.files import whole
from posespotter.formats.opensim import metres_y_up
from posespotter.optional import needed
from posespotter.poses import PoseSequence
from posespotter.poses.grid import grid_of, labels_of, require_somebody, usual_rate
from posespotter.skeletons import Skeleton


def require_library(_skeleton: Skeleton) -> None:
    """Check that ezc3d is there.

    Raises:
        SettingsError: it is not.
    """
    needed("ezc3d")


def write_c3d(poses: PoseSequence, path: Path) -> None:
    """Store joints as the points of a C3D file; a point that was not seen has the residual -1.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: ezc3d is not installed, there are no people or no metres, or too many people and frames.
    """
    ezc3d = needed("ezc3d")
    require_somebody(poses)
    positions = metres_y_up(poses) * 1000  # mm
    grid = grid_of(poses)
    labels = labels_of(poses, grid)
    points = grid.lines(positions).reshape(len(grid.frame), len(labels), 3).transpose(2, 1, 0).astype(np.float64)
    file = ezc3d.c3d()
    parameters = file["parameters"]["POINT"]
    parameters["RATE"]["value"] = [usual_rate(poses)]
    parameters["UNITS"]["value"] = ["mm"]
    parameters["LABELS"]["value"] = labels
    file["data"]["points"] = np.concatenate([points, np.ones((1, *points.shape[1:]))])
    file["data"]["meta_points"] = {"residuals": np.where(np.isnan(points[:1]), -1.0, 0.0)}
    with whole(path) as temporary, tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "poses.c3d"  # a name that the library can take, whatever the user's is
        try:
            file.write(str(made))
        except (OSError, RuntimeError, ValueError) as error:
            raise OutputError(f"{path} could not be written: {error}.") from error
        temporary.write_bytes(made.read_bytes())
