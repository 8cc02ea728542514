"""The own format: Parquet, a column for each number of a row, the metadata as JSON in the key-value schema.

Columns are called what they hold, with the unit: `frame`, `time_s`, `track_id`, `bbox_x0_px`, `left_knee_x_px`,
`left_knee_score`, `left_knee_x_m`, `left_knee_raw_x_px`. The first format had one list a row for all joints instead.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from posespotter.errors import InputError, ShapeError
from posespotter.files import open_plain, whole
from posespotter.poses import ROW_TYPES, PoseSequence
from posespotter.poses.column_names import OF_JOINTS, PLAIN, columns_of, require_different
from posespotter.poses.metadata import checked_metadata, metadata_of
from posespotter.poses.row_types import require_plausible
from posespotter.skeletons import Skeleton

MAGIC = b"PAR1"
_KEY = b"posespotter"
_EXPECTED = "a Parquet file made by PoseSpotter"
_OPTIONAL = ("world", "raw_keypoints")


def write_parquet(poses: PoseSequence, path: Path) -> None:
    """Store `poses`.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: joints have names that would give two columns one name.
    """
    columns = named_columns(poses)
    metadata = json.dumps(metadata_of(poses)).encode()
    table = pa.table(columns).replace_schema_metadata({_KEY: metadata})
    # Files are opened here, as Arrow takes only names in UTF-8.
    with whole(path) as temporary, temporary.open("wb") as file:
        # Rows that are encoded at a time: little memory beside the joints themselves.
        pq.write_table(table, file, compression="zstd", row_group_size=8192, use_dictionary=False)


def named_columns(poses: PoseSequence) -> dict[str, Any]:
    """One array of N numbers for each column, by name.

    Raises:
        SettingsError: joints have names that would give two columns one name.
    """
    arrays = poses.columns()
    require_different([name for attribute in arrays for name in columns_of(attribute, poses.skeleton)])
    columns: dict[str, Any] = {}
    for attribute, array in arrays.items():
        names = columns_of(attribute, poses.skeleton)
        columns.update(zip(names, array.reshape(len(poses), len(names)).T, strict=True))
    return columns


def read_parquet(path: Path) -> PoseSequence:
    """Read what `write_parquet` stored, also in earlier versions.

    Raises:
        InputError: the file is missing, is not Parquet, or holds something else than a `PoseSequence`.
    """
    if not path.is_file():
        raise InputError(f"{path}: expected {_EXPECTED}, there is no such file.")
    try:
        with open_plain(path) as opened, pq.ParquetFile(opened) as file:
            stored = (file.schema_arrow.metadata or {}).get(_KEY)
            metadata = checked_metadata(None if stored is None else json.loads(stored), str(path))
            skeleton = metadata["skeleton"]
            # A column of the first format; those of today end with what they hold.
            read = _read_lists if "keypoints" in file.schema_arrow.names else _read_columns
            arrays = read(file, skeleton, path)
        _require_once(arrays, path)
        poses = PoseSequence(**arrays, **metadata)
        require_plausible(poses)
    except ShapeError as error:
        raise InputError(f"{path}: {error}") from error
    except RecursionError:
        raise InputError(f"{path}: expected {_EXPECTED}, its metadata are nested too deep.") from None
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise InputError(f"{path}: expected {_EXPECTED}, it cannot be read as one.") from error
    return poses


def _read_columns(file: pq.ParquetFile, skeleton: Skeleton, path: Path) -> dict[str, Any]:
    """The arrays by name; one attribute at a time is there twice."""
    came = file.schema_arrow.names
    columns = {name: columns_of(name, skeleton) for name in ROW_TYPES}
    columns = {name: ends for name, ends in columns.items() if name not in _OPTIONAL or ends[0] in came}
    types = {column: pa.from_numpy_dtype(np.dtype(ROW_TYPES[name])) for name in columns for column in columns[name]}
    _check_columns(file.schema_arrow, types, path)
    arrays = {}
    for name, ends in columns.items():
        table = file.read(columns=ends)
        array = np.empty((len(table), len(ends)), ROW_TYPES[name])
        for i, end in enumerate(ends):
            array[:, i] = _numbers(table.column(end), end, path)
        arrays[name] = array.reshape(len(table), *_tail(name, skeleton))
    return arrays


def _read_lists(file: pq.ParquetFile, skeleton: Skeleton, path: Path) -> dict[str, Any]:
    """The arrays of a file of the first format."""
    types: dict[str, pa.DataType] = {}
    for name in ROW_TYPES:
        if name not in _OPTIONAL or name in file.schema_arrow.names:
            one: pa.DataType = pa.from_numpy_dtype(np.dtype(ROW_TYPES[name]))
            tail = _tail(name, skeleton)
            types[name] = pa.list_(one, int(np.prod(tail))) if tail else one
    _check_columns(file.schema_arrow, types, path)
    table = file.read()
    return {
        name: _numbers(table.column(name), name, path).reshape(len(table), *_tail(name, skeleton)) for name in types
    }


def _tail(name: str, skeleton: Skeleton) -> tuple[int, ...]:
    """The shape of one row of an attribute."""
    if name in PLAIN:
        return (len(PLAIN[name]),) if len(PLAIN[name]) > 1 else ()
    ends = len(OF_JOINTS[name])
    return (len(skeleton), ends) if ends > 1 else (len(skeleton),)


def _check_columns(schema: pa.Schema, types: dict[str, pa.DataType], path: Path) -> None:
    """Refuse other columns and types than those of `write_parquet`: a cast would make numbers out of nulls and texts.

    Raises:
        InputError: there are some.
    """
    names = schema.names
    if sorted(names) != sorted(types):
        missing = sorted(set(types) - set(names))
        more = sorted({name for name in names if name not in types or names.count(name) > 1})
        parts = [f"{', '.join(missing):.200} missing"] if missing else []
        parts += [f"{', '.join(more):.200} more than expected"] if more else []
        raise InputError(f"{path}: expected the columns of {_EXPECTED}, got {' and '.join(parts)}.")
    for name, want in types.items():
        came = schema.field(name).type
        if came != want:
            raise InputError(f"{path}: expected column {name} as {want}, got {came}.")


def _numbers(column: "pa.ChunkedArray[Any]", name: str, path: Path) -> Any:
    """The numbers of a column whose type was checked, those of its lists in turn.

    Raises:
        InputError: there are nulls in it.
    """
    whole_column: Any = column.combine_chunks()
    values = whole_column.flatten() if pa.types.is_fixed_size_list(whole_column.type) else whole_column
    if whole_column.null_count or values.null_count:
        raise InputError(f"{path}: expected a number in every cell of {name}, got nulls.")
    return np.ascontiguousarray(values.to_numpy(zero_copy_only=False))


def _require_once(arrays: dict[str, Any], path: Path) -> None:
    """Check that no track id occurs twice in a frame.

    Raises:
        InputError: one does.
    """
    people, counts = np.unique(arrays["frame"].astype(np.int64) << 32 | arrays["track_id"], return_counts=True)
    if (counts > 1).any():
        twice = int(people[np.argmax(counts > 1)])
        raise InputError(
            f"{path}: expected each person once in a frame, got id {twice & 0xFFFFFFFF} twice in frame {twice >> 32}."
        )
