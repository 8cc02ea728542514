"""The people whom a tracker follows, as one table."""

import numpy as np

from posespotter.tracking.kalman import Motion, MotionModel
from posespotter.tracking.tracker_settings import TrackerSettings
from posespotter.tracking.tracks import Tracks

MODEL = MotionModel(TrackerSettings())


def tracks(*ids: int) -> Tracks:
    n = len(ids)
    motion = Motion.new(np.zeros((n, 3)), MODEL)
    keypoints = np.arange(n * 4, dtype=np.float32).reshape(n, 2, 2)
    return Tracks.seen(np.array(ids, np.int32), keypoints, np.zeros((n, 4), np.float32), motion)


def test_nobody_plus_somebody() -> None:
    both = Tracks.none(2, MODEL).plus(tracks(4, 7)).plus(tracks(9))
    assert both.ids.tolist() == [4, 7, 9]
    assert len(both.motion) == 3
    assert not both.lost.any()


def test_some_of_them() -> None:
    some = tracks(4, 7, 9).take(np.array([True, False, True]))
    assert some.ids.tolist() == [4, 9]
    assert some.keypoints[1, 0].tolist() == [8, 9]
    assert some.motion.mean.shape == (2, 2, 3)


def test_everything_of_a_person_moves_with_them() -> None:
    keypoints, boxes = tracks(4, 7).moved(np.array([[10.0, 0.0], [0.0, -20.0]]), 0.5)
    assert (keypoints - tracks(4, 7).keypoints)[:, 0].tolist() == [[5, 0], [0, -10]]
    assert boxes.tolist() == [[5, 0, 5, 0], [0, -10, 0, -10]]
