"""What the columns and the metadata of a sequence may be."""

import numpy as np
import pytest
from tests.sequences import made_sequence

from posespotter.errors import ShapeError
from posespotter.poses.row_types import PLAUSIBLE, ROW_TYPES, checked_columns, require_metadata, tail_of
from posespotter.skeletons import COCO17

POSES = made_sequence(rows=8)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("frame", ()),
        ("bbox", (4,)),
        ("keypoints", (17, 2)),
        ("scores", (17,)),
        ("world", (17, 3)),
        ("raw_keypoints", (17, 2)),
    ],
)
def test_shapes_of_a_row(name: str, expected: tuple[int, ...]) -> None:
    assert tail_of(name, 17) == expected


def test_whole_columns_stay_as_they_are() -> None:
    for name, array in checked_columns(dict(POSES.columns()), 17).items():
        assert array.dtype == ROW_TYPES[name]
        np.testing.assert_array_equal(array, getattr(POSES, name))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("frame", list(POSES.frame), "expected an array, got list"),
        ("frame", POSES.frame.astype(np.int64), "expected int32, got int64"),
        ("keypoints", POSES.keypoints[:, :5], "keypoints"),
        ("scores", POSES.scores[:-1], "scores"),
    ],
)
def test_refused_columns(name: str, value: object, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        checked_columns(dict(POSES.columns()) | {name: value}, 17)


@pytest.mark.parametrize(
    ("name", "strange", "expected"),
    [
        ("keypoints", 2 * PLAUSIBLE.position, np.nan),
        ("keypoints", np.inf, np.nan),
        ("scores", np.nan, 0),
        ("scores", np.inf, 0),
    ],
)
def test_numbers_that_are_none(name: str, strange: float, expected: float) -> None:
    array = getattr(POSES, name).copy()
    array[0, 0] = strange
    checked = checked_columns(dict(POSES.columns()) | {name: array}, 17)[name]
    np.testing.assert_array_equal(checked[0, 0], np.full_like(checked[0, 0], expected))
    np.testing.assert_array_equal(checked[1:], array[1:])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"skeleton": "coco17"}, "expected a Skeleton"),
        ({"size": (640.0, 480)}, "whole px"),
        ({"size": [640, 480]}, "whole px"),
        ({"size": (-1, 480)}, "got -1x480"),
        ({"size": (PLAUSIBLE.side_px + 1, 1)}, "px a side"),
        ({"size": (20_000, 20_000)}, "megapixels"),
        ({"fps": -1.0}, "frame rate"),
        ({"fps": float("nan")}, "frame rate"),
        ({"n_frames": -1}, "n_frames"),
        ({"n_frames": 1.5}, "n_frames"),
        ({"last_s": 2 * PLAUSIBLE.time_s}, "last_s"),
        ({"last_s": "1"}, "last_s"),
    ],
)
def test_refused_metadata(values: dict[str, object], message: str) -> None:
    known = {"skeleton": COCO17, "size": (640, 480), "fps": 25.0, "n_frames": 10, "last_s": None}
    require_metadata(**known)
    with pytest.raises(ShapeError, match=message):
        require_metadata(**(known | values))
