"""The messages of the socket: what is said comes through, what cannot be meant is refused."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sequences import made_sequence

from posespotter.errors import InputError
from posespotter.live.messages import (
    ClientFrame,
    Options,
    Record,
    poses_message,
    read_frame,
    read_message,
    ready_message,
    write_frame,
)
from posespotter.skeletons import BLAZEPOSE33


@given(st.integers(0, 2**32 - 1), st.floats(0, 1e6), st.binary(max_size=100))
def test_a_frame_is_read_as_it_was_written(number: int, time_s: float, jpeg: bytes) -> None:
    frame = ClientFrame(number, time_s, jpeg)
    assert read_frame(write_frame(frame)) == frame


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 11, *(struct.pack("<Id", 1, time_s) for time_s in (-1.0, np.nan, np.inf, 1e300))],
)
def test_a_frame_without_number_or_time_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_frame(data)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('{"type":"options","pose":"movenet-lightning"}', Options(type="options", pose="movenet-lightning")),
        (
            '{"type":"options","pose":"a","exercise":"squat","falls":true}',
            Options(type="options", pose="a", exercise="squat", falls=True),
        ),
        ('{"type":"record","on":true,"time_s":3.5}', Record(type="record", on=True, time_s=3.5)),
        ('{"type":"record","on":true,"id":"abc"}', Record(type="record", on=True, id="abc")),
    ],
)
def test_what_a_page_says(text: str, meant: Options | Record) -> None:
    assert read_message(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '{"type":"options"}',
        '{"type":"shutdown"}',
        '{"type":"options","pose":"a","more":1}',
        '{"type":"record","on":true,"time_s":-1}',
        '{"type":"record","on":true,"time_s":NaN}',
        '{"type":"options","pose":"' + "a" * 5000 + '"}',
        "[" * 4000,
    ],
)
def test_what_no_page_says(text: str) -> None:
    with pytest.raises(InputError):
        read_message(text)


def test_people_are_told_joint_by_joint() -> None:
    poses = made_sequence(seed=3, rows=40).at(5)
    message = json.loads(json.dumps(poses_message(7, poses, 0.0123)))
    assert (message["frame"], message["work_ms"]) == (7, 12.3)
    assert [person["id"] for person in message["people"]] == poses.track_id.tolist()
    for row, person in enumerate(message["people"]):
        unseen = [point is None for point in person["points"]]
        assert unseen == np.isnan(poses.keypoints[row, :, 0]).tolist()
        seen = np.array([point for point in person["points"] if point is not None])
        np.testing.assert_allclose(seen[:, :2], poses.keypoints[row][~np.array(unseen)], atol=0.051)


def test_a_page_can_draw_what_it_is_told_of_the_skeleton() -> None:
    message = json.loads(json.dumps(ready_message("blazepose-full", BLAZEPOSE33)))
    assert len(message["keypoints"]) == len(message["sides"]) == 33
    assert set(message["sides"]) == {"left", "right", "middle"}
    assert all(0 <= end < 33 for limb in message["limbs"] for end in limb)
