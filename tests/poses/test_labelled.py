"""Poses as arrays with named axes."""

from dataclasses import replace

import numpy as np
import pytest
from tests.sequences import made_sequence

from posespotter.poses.labelled import labelled


def test_every_joint_is_where_its_labels_say() -> None:
    poses = made_sequence(rows=12)
    data = labelled(poses)
    axes, position = data.variables["position"]
    assert axes == ("time", "space", "keypoints", "individuals")
    frames, people = data.coordinates["frame"].tolist(), data.coordinates["individuals"]
    for row in range(len(poses)):
        time, person = frames.index(int(poses.frame[row])), people.index(f"id_{poses.track_id[row]}")
        np.testing.assert_array_equal(position[time, :, :, person].T, poses.keypoints[row])
        np.testing.assert_array_equal(data.variables["confidence"][1][time, :, person], poses.scores[row])


@pytest.mark.parametrize("metres", [False, True])
def test_every_axis_has_as_many_labels_as_places(metres) -> None:
    poses = made_sequence(rows=12)
    if metres:
        poses = replace(poses, world=np.ones((*poses.scores.shape, 3), np.float32))
    data = labelled(poses)
    assert ("position_m" in data.variables) == metres
    for axes, array in data.variables.values():
        assert array.shape == tuple(len(data.coordinates[axis]) for axis in axes)


def test_frames_without_a_person_are_empty() -> None:
    poses = made_sequence(rows=12)
    position = labelled(poses).variables["position"][1]
    assert np.isfinite(position).any((1, 2)).sum() == len(poses)
