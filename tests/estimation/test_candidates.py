"""Who is followed: doubtful finds become people, and all of it survives a checkpoint."""

import numpy as np
import pytest

from posespotter.estimation.followed import Followed
from posespotter.models.people import Regions

BOXES = np.array([[0, 0, 10, 20], [30, 5, 50, 60]], np.float32)


def found(since_s):
    return Followed.new(Regions.from_boxes(BOXES, np.array([0.9, 0.4], np.float32)), since_s)


@pytest.mark.parametrize(
    ("frame_rate", "frames"),
    [(5, 3), (10, 4), (30, 10), (60, 19)],  # three looks, and 0.3 s
)
def test_a_doubtful_find_is_a_person_after_a_while(frame_rate, frames):
    followed = found(np.array([np.nan, 0.0]))
    doubtful = 0
    for index in range(frame_rate):
        followed = followed.counted(index / frame_rate)
        assert np.isnan(followed.since_s[0])
        doubtful += bool(np.isfinite(followed.since_s[1]))
    assert doubtful == frames - 1


def test_a_checkpoint_keeps_everything():
    followed = found(np.array([np.nan, 1.5])).plus(Followed.new(Regions.none(), np.empty(0))).counted(1.6)
    again = Followed.of_state(followed.state())
    assert again.ids.tolist() == [0, 0]
    assert again.since_s.tolist() == pytest.approx([np.nan, 1.5], nan_ok=True)
    assert again.looks.tolist() == [1, 1]
    assert again.regions.boxes.tolist() == BOXES.tolist()
    assert again.take(slice(1, None)).priors() == [None]
