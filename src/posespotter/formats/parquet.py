"""The own format: Parquet, one column a field of `PoseSequence`, the metadata as JSON in the key-value schema."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from posespotter.errors import InputError, ShapeError
from posespotter.files import open_plain, whole
from posespotter.formats.metadata import checked_metadata, metadata_of
from posespotter.poses import ROW_TYPES, PoseSequence

MAGIC = b"PAR1"
_KEY = b"posespotter"
_EXPECTED = "a Parquet file made by PoseSpotter"
_OPTIONAL = {"world", "raw_keypoints"}
_ROWS_A_GROUP = 8192  # what is encoded at a time: little memory beside the joints themselves


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
    metadata = json.dumps(metadata_of(poses)).encode()
    table = pa.table(columns).replace_schema_metadata({_KEY: metadata})
    # Files are opened here, as Arrow takes only names in UTF-8.
    with whole(path) as temporary, temporary.open("wb") as file:
        pq.write_table(table, file, compression="zstd", row_group_size=_ROWS_A_GROUP)


def read_parquet(path: Path) -> PoseSequence:
    """Read what `write_parquet` stored.

    Raises:
        InputError: the file is missing, is not Parquet, or holds something else than a `PoseSequence`.
    """
    if not path.is_file():
        raise InputError(f"{path}: expected {_EXPECTED}, there is no such file.")
    try:
        with open_plain(path) as opened, pq.ParquetFile(opened) as file:
            stored = (file.schema_arrow.metadata or {}).get(_KEY)
            metadata = checked_metadata(None if stored is None else json.loads(stored), str(path))
            k = len(metadata["skeleton"])
            shapes: dict[str, tuple[int, ...]] = {
                "bbox": (4,), "keypoints": (k, 2), "scores": (k,), "world": (k, 3), "raw_keypoints": (k, 2),
            }  # fmt: skip
            _check_columns(file.schema_arrow, shapes, path)
            table = file.read()
        arrays = {name: _array(table.column(name), name, shapes.get(name, ()), path) for name in table.column_names}
        return PoseSequence(**arrays, **metadata)
    except ShapeError as error:
        raise InputError(f"{path}: {error}") from error
    except RecursionError:
        raise InputError(f"{path}: expected {_EXPECTED}, its metadata are nested too deep.") from None
    except InputError:
        raise
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise InputError(f"{path}: expected {_EXPECTED}, it cannot be read as one.") from error


def _check_columns(schema: pa.Schema, shapes: dict[str, tuple[int, ...]], path: Path) -> None:
    """Refuse other columns and types than those of `write_parquet`: a cast would make numbers out of nulls and texts.

    Raises:
        InputError: there are some.
    """
    names = schema.names
    wanted = set(ROW_TYPES) - (_OPTIONAL - set(names))
    if sorted(names) != sorted(wanted):
        missing, more = sorted(wanted - set(names)), sorted({n for n in names if n not in wanted or names.count(n) > 1})
        parts = [f"{', '.join(missing)} missing"] if missing else []
        parts += [f"{', '.join(more)[:200]} more than expected"] if more else []
        raise InputError(f"{path}: expected the columns of {_EXPECTED}, got {' and '.join(parts)}.")
    for name in names:
        came = schema.field(name).type
        want: pa.DataType = pa.from_numpy_dtype(np.dtype(ROW_TYPES[name]))
        if name in shapes:
            want = pa.list_(want, int(np.prod(shapes[name])))
        if came != want:
            raise InputError(f"{path}: expected column {name} as {want}, got {came}.")


def _array(column: "pa.ChunkedArray[Any]", name: str, shape: tuple[int, ...], path: Path) -> Any:
    """The (N, *shape) array of a column whose type was checked.

    Raises:
        InputError: there are nulls in it.
    """
    whole_column: Any = column.combine_chunks()
    values = whole_column.flatten() if shape else whole_column
    if whole_column.null_count or values.null_count:
        raise InputError(f"{path}: expected a number in every cell of {name}, got nulls.")
    return np.ascontiguousarray(values.to_numpy(zero_copy_only=False)).reshape(len(whole_column), *shape)
