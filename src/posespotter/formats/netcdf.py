"""NetCDF as the package `movement` has it: arrays with named axes; xarray, MATLAB and R open it too.

The classic format with 64-bit offsets, which scipy writes. Texts are UTF-8 in arrays of characters, as xarray's are.
"""

from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import netcdf_file

from posespotter.files import whole
from posespotter.poses import PoseSequence
from posespotter.poses.grid import require_somebody
from posespotter.poses.labelled import labelled

_UNITS = {"position": "px", "position_m": "m", "time": "seconds"}


def write_netcdf(poses: PoseSequence, path: Path) -> None:
    """Store `poses` as a data set of `movement`.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there are no people, or too many people and frames for a place for each person in each frame.
    """
    require_somebody(poses)
    data = labelled(poses)
    with (
        whole(path) as temporary,
        temporary.open("wb") as raw,  # opened here: scipy takes names in UTF-8 only
        netcdf_file(raw, "w", version=2) as file,
    ):
        for axis, labels in data.coordinates.items():
            if axis != "frame":  # lies on the axis of time
                file.createDimension(axis, len(labels))
        for name, labels in data.coordinates.items():
            _add_coordinate(file, name, labels)
        for name, (axes, array) in data.variables.items():
            variable: Any = file.createVariable(name, "f4", axes)
            variable[:] = array
            variable.coordinates = b"frame"
            if name in _UNITS:
                variable.unit = _UNITS[name].encode()
        for name, value in data.attributes.items():
            setattr(file, name, value.encode() if isinstance(value, str) else value)


def _add_coordinate(file: Any, name: str, labels: Any) -> None:
    if isinstance(labels, np.ndarray):
        file.createVariable(name, labels.dtype.newbyteorder(">"), ("time",))[:] = labels
        return
    texts = [label.encode() for label in labels]
    longest = max(map(len, texts))
    file.createDimension(f"{name}_length", longest)
    variable = file.createVariable(name, "c", (name, f"{name}_length"))
    variable._Encoding = b"utf-8"
    variable[:] = np.array(texts, f"S{longest}").view("S1").reshape(len(texts), longest)
