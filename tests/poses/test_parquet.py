import json
import math
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sequences import made_sequence

from posespotter.errors import InputError
from posespotter.poses.metadata import metadata_of
from posespotter.poses.parquet import read_parquet, write_parquet


@pytest.fixture
def stored(tmp_path: Path) -> tuple[pa.Table, Path]:
    path = tmp_path / "poses.parquet"
    write_parquet(made_sequence(), path)
    return pq.ParquetFile(path).read(), path


def refused(path: Path, match: str = "expected") -> None:
    with pytest.raises(InputError, match=match) as caught:
        read_parquet(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(("change", "message"), [
    ({"fps": "25"}, "fps: expected a number, got '25'"),
    ({"fps": None}, "fps: expected a number"),
    ({"fps": -1}, "frame rate of 0 or more"),
    ({"fps": float("nan")}, "fps: expected a number"),
    ({"n_frames": 2.5}, "n_frames: expected a whole number"),
    ({"n_frames": -1}, "n_frames: expected a whole number"),
    ({"n_frames": 3}, "frame: expected numbers from 0 to 2"),
    ({"n_frames": 10**30}, "n_frames: .*got a huge number"),
    ({"frame_size": [640]}, "frame size of two numbers"),
    ({"frame_size": "640x480"}, "frame size of two numbers"),
    ({"frame_size": [640, True]}, "frame size: expected a whole number"),
    ({"skeleton": 17}, "expected a text as skeleton, got int"),
    ({"skeleton": ["coco17"]}, "expected a text as skeleton, got list"),
    ({"skeleton": "lizard", "keypoints": None}, "Unknown skeleton 'lizard'"),
    ({"skeleton": "halpe26"}, "keypoints of halpe26, got those of coco17"),
    ({"skeleton": "halpe26", "keypoints": None}, "got .*left_big_toe_x_px.* missing"),
    ({"keypoints": "nose"}, "keypoints of the skeleton, their limbs and sigmas as lists"),
    ({"keypoints": ["nose"] * 17}, "each keypoint of a skeleton once"),
    ({"keypoints": [3] * 17}, "short printable text"),
    ({"keypoints": [f"p{i}" for i in range(17)], "limbs": [["p1"]]}, "pairs of keypoints as limbs"),
    ({"keypoints": [f"p{i}" for i in range(17)], "limbs": [["p1", "tail"]]}, "limbs between keypoints"),
    ({"keypoints": [f"p{i}" for i in range(17)], "limbs": [], "sigmas": ["a"] * 17}, "numbers as sigmas"),
    ({"keypoints": [f"p{i}" for i in range(17)]}, "limbs between keypoints"),
    ({"frame_size": [1_000_000, 1_000_000]}, "at most 65535 px a side and 250 megapixels, got 1000000x1000000"),
    ({"frame_size": [0, 480]}, "frame_size: expected the width and height of a picture, got 0x480"),
    ({"frame_size": [60_000, 60_000]}, "at most 65535 px a side and 250 megapixels"),
    ({"source": 3}, "expected a text as source"),
    ({"settings": [1]}, "expected settings by name"),
    ({"format": 3}, "newer PoseSpotter"),
    ({"format": "1"}, "format: expected a whole number"),
])  # fmt: skip
def test_hostile_metadata(stored: tuple[pa.Table, Path], change: dict[str, Any], message: str) -> None:
    table, path = stored
    metadata = metadata_of(made_sequence()) | change
    pq.write_table(table.replace_schema_metadata({"posespotter": json.dumps(metadata)}), path)
    refused(path, message)


@pytest.mark.parametrize("metadata", ["", "[]", "null", "3", '"text"', "{", "[" * 100_000, "\x00", "{}"])
def test_metadata_of_another_kind(stored: tuple[pa.Table, Path], metadata: str) -> None:
    table, path = stored
    pq.write_table(table.replace_schema_metadata({"posespotter": metadata}), path)
    refused(path)


def test_keys_of_a_later_program_are_left_out(stored: tuple[pa.Table, Path]) -> None:
    table, path = stored
    metadata = metadata_of(made_sequence()) | {"weather": "rain"}
    pq.write_table(table.replace_schema_metadata({"posespotter": json.dumps(metadata)}), path)
    assert len(read_parquet(path)) == len(table)


def _cast(kind: pa.DataType) -> Any:
    return lambda column: column.cast(kind)


def _with_null(column: Any) -> Any:
    return pa.array([None, *column.to_pylist()[1:]], column.type)


@pytest.mark.parametrize(("name", "change", "message"), [
    ("frame", _cast(pa.int64()), "column frame as int32, got int64"),
    ("frame", _cast(pa.string()), "column frame as int32, got string"),
    ("frame", _cast(pa.float64()), "column frame as int32, got double"),
    ("frame", lambda column: pa.nulls(len(column)), "column frame as int32, got null"),
    ("frame", _with_null, "every cell of frame, got nulls"),
    ("time_s", _with_null, "every cell of time_s, got nulls"),
    ("nose_x_px", _with_null, "every cell of nose_x_px, got nulls"),
    ("nose_x_px", _cast(pa.float64()), "column nose_x_px as float, got double"),
    ("time_s", lambda column: pa.array([math.nan] * len(column)), "time_s: expected finite seconds"),
    ("time_s", lambda column: pa.array([1e300] * len(column)), "time_s: expected finite seconds"),
    ("time_s", lambda column: pa.array(column.to_pylist()[::-1]), "time_s: expected times that never descend"),
    ("time_s", lambda column: pa.array([i * 1e-12 for i in range(len(column))]), "one time for all people of a frame"),
    ("track_id", lambda column: pa.array([1] * len(column), pa.int32()), "each person once in a frame, got id 1 twice"),
    ("bbox_score", lambda column: pa.array([[1]] * len(column)), "column bbox_score as float, got list"),
    ("frame", lambda column: pa.array(list(range(len(column)))[::-1], pa.int32()), "ordered by frame"),
])  # fmt: skip
def test_hostile_columns(stored: tuple[pa.Table, Path], name: str, change: Any, message: str) -> None:
    table, path = stored
    column = change(table.column(name).combine_chunks())
    table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, path)
    refused(path, message)


@pytest.mark.parametrize(("change", "message"), [
    (lambda table: table.drop_columns(["nose_score"]), "got nose_score missing"),
    (lambda table: table.append_column("extra", table.column("frame")), "got extra more"),
    (lambda table: table.append_column("frame", table.column("frame")), "got frame more"),
    (lambda table: table.append_column("skeleton", table.column("frame")), "got skeleton more"),
    (lambda table: table.replace_schema_metadata({}), "expected metadata of PoseSpotter"),
])  # fmt: skip
def test_other_columns(stored: tuple[pa.Table, Path], change: Any, message: str) -> None:
    table, path = stored
    pq.write_table(change(table), path)
    refused(path, message)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"text", b"\x00" * 1000, b"PAR1" * 100])
def test_garbage(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "garbage.parquet"
    path.write_bytes(content)
    refused(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    refused(tmp_path / "missing.parquet", "no such file")
    refused(tmp_path, "no such file")


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(tmp_path_factory: Any, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("damaged") / "poses.parquet"
    write_parquet(made_sequence(rows=3), path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))] if data.draw(st.booleans()) else content)
    with suppress(InputError):
        read_parquet(path)
