"""The own format: Parquet, one column a field of `PoseSequence`, the metadata as JSON in the file's key-value schema."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from posespotter.errors import InputError, PoseSpotterError
from posespotter.files import whole
from posespotter.poses import ROW_TYPES, PoseSequence
from posespotter.skeletons import skeleton_named

_KEY = b"posespotter"
_FORMAT = 1
_METADATA = ("fps", "n_frames", "source", "detector", "pose_model", "settings", "version")


def write_parquet(poses: PoseSequence, path: Path) -> None:
    """Store `poses`; arrays of more than one axis become fixed-size lists of each row's numbers.

    Raises:
        OutputError: the folder cannot be written.
    """
    columns: dict[str, pa.Array[Any]] = {}
    for name, array in poses.columns().items():
        flat = pa.array(np.ascontiguousarray(array).reshape(-1))
        width = int(np.prod(array.shape[1:]))
        columns[name] = flat if array.ndim == 1 else pa.FixedSizeListArray.from_arrays(flat, width)
    metadata: dict[str, Any] = {name: getattr(poses, name) for name in _METADATA}
    metadata |= {"format": _FORMAT, "skeleton": poses.skeleton.name, "frame_size": list(poses.frame_size)}
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(metadata).encode()})
    with whole(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_parquet(path: Path) -> PoseSequence:
    """Read what `write_parquet` stored.

    Raises:
        InputError: the file is missing, is not Parquet, or holds something else than a `PoseSequence`.
    """
    if not path.is_file():
        raise InputError(f"{path}: expected a PoseSpotter Parquet file, there is no such file.")
    try:
        table = pq.read_table(path)
        metadata = json.loads((table.schema.metadata or {})[_KEY])
        if metadata.pop("format") != _FORMAT:
            raise InputError(f"{path} was made by a newer PoseSpotter; update this one to read it.")
        skeleton = skeleton_named(metadata.pop("skeleton"))
        frame_size = tuple(metadata.pop("frame_size"))
        axes = {"keypoints": 2, "world": 3, "raw_keypoints": 2}
        arrays: dict[str, Any] = {}
        for name in table.column_names:
            column = table.column(name).combine_chunks()
            if pa.types.is_fixed_size_list(column.type):
                values = pc.list_flatten(column).to_numpy(zero_copy_only=False)
                width, last = column.type.list_size, axes.get(name)
                array = values.reshape(len(column), *((width // last, last) if last else (width,)))
            else:
                array = column.to_numpy(zero_copy_only=False)
            arrays[name] = np.ascontiguousarray(array, ROW_TYPES[name])
        return PoseSequence(skeleton=skeleton, frame_size=frame_size, **arrays, **metadata)
    except InputError:
        raise
    except (pa.ArrowException, KeyError, TypeError, ValueError, PoseSpotterError) as error:
        raise InputError(f"{path}: expected a Parquet file made by PoseSpotter, it cannot be read as one.") from error
