"""Numbers to JSON, and JSON from elsewhere."""

import json

import numpy as np
import pytest

from posespotter.errors import InputError
from posespotter.poses.checked_json import (
    LARGEST_FRAME,
    json_values,
    load_json,
    number,
    numbers,
    rounded,
    whole_number,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.23456, 1.2346),
        (np.float32(0.5), 0.5),
        (float("nan"), None),
        (float("inf"), None),
        (7, 7),
        (True, True),
        ("nan", "nan"),
        (None, None),
        ((1.00001, [2.0, {"a": float("nan")}]), [1.0, [2.0, {"a": None}]]),
    ],
)
def test_json_values(value: object, expected: object) -> None:
    given = json_values(value)
    assert given == expected
    assert json.loads(json.dumps(given, allow_nan=False)) == expected


def test_decimals() -> None:
    assert json_values({"s": [1.23456]}, 3) == {"s": [1.235]}
    assert rounded(np.array([1.23456, np.nan], np.float32), 3).tolist() == [1.235, 0.0]


@pytest.mark.parametrize("text", ["", "{", "[NaN]", "[Infinity]", "[" * 100_000, "\0"])
def test_what_is_no_json(tmp_path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError, match=r"a.json: expected a list of people, it"):
        load_json(tmp_path / "a.json", "a list of people")


def test_no_file(tmp_path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        load_json(tmp_path / "a.json", "a list of people")


@pytest.mark.parametrize(
    ("value", "shape", "message"),
    [
        ([[1, 2], [3]], (None, 2), "lists of different lengths"),
        ([[1, 2, 3]], (None, 2), "expected any x 2 numbers, got 1 x 3"),
        ("three", (None,), "expected any numbers, got str"),
        ([True, False], (2,), "got bool values"),
        ([1, float("nan")], (2,), "expected finite numbers"),
        ([1e300, 0], (2,), "expected finite numbers"),  # beyond float32
    ],
)
def test_refused_arrays(value: object, shape: tuple[int | None, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        numbers(value, shape, "a.json")


@pytest.mark.parametrize("value", ["1", None, True, float("nan"), [1], 10**400])
def test_refused_numbers(value: object) -> None:
    with pytest.raises(InputError, match="expected a number"):
        number(value, "a.json")


@pytest.mark.parametrize("value", [-1, 1.0, True, "1", LARGEST_FRAME + 1, 10**30])
def test_refused_whole_numbers(value: object) -> None:
    with pytest.raises(InputError, match=f"whole number from 0 to {LARGEST_FRAME}"):
        whole_number(value, "a.json")


def test_the_largest_frame_leaves_room_for_their_number() -> None:
    assert whole_number(LARGEST_FRAME, "frame") + 1 == np.iinfo(np.int32).max
