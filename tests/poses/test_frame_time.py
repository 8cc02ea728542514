"""The time of one frame, with people and without."""

import pytest
from tests.sequences import made_sequence

from posespotter.errors import InputError
from posespotter.poses.frame_time import time_of_frame


def test_the_time_that_is_given_goes_first_and_else_that_of_the_rows() -> None:
    poses = made_sequence(rows=20)
    one = poses.at(int(poses.frame[0]))
    assert time_of_frame(one) == one.time_s[0]
    assert time_of_frame(one, 7.5) == 7.5


def test_several_frames_are_refused() -> None:
    with pytest.raises(InputError, match="expected the people of one frame"):
        time_of_frame(made_sequence(rows=20))


def test_a_frame_without_people_needs_a_time() -> None:
    nobody = made_sequence(rows=0)
    assert time_of_frame(nobody, 0.0) == 0
    assert time_of_frame(made_sequence(rows=0, last_s=3.0)) == 3
    with pytest.raises(InputError, match="expected time_s"):
        time_of_frame(nobody)
