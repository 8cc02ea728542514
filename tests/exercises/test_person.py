"""The people of a clip: their tracks, and stretches without a cut."""

from dataclasses import replace

import numpy as np
import pytest
from tests import figures

from posespotter.errors import SettingsError
from posespotter.exercises.person import people_of
from posespotter.poses import PoseSequence


@pytest.fixture(scope="module")
def poses() -> PoseSequence:
    return figures.film(figures.squat(repetitions=2))


def of_two(poses: PoseSequence) -> PoseSequence:
    """The same person twice, the second one beside the first."""
    other = replace(figures.moved(poses, 1.0, (400.0, 0.0)), track_id=np.full(len(poses), 2, np.int32))
    first = replace(poses, frame_size=other.frame_size)
    order = np.argsort(np.concatenate([first.frame, other.frame]), kind="stable")
    columns = {name: np.concatenate([array, getattr(other, name)])[order] for name, array in first.columns().items()}
    return replace(first, **columns)


def test_one_stretch_of_one_person(poses: PoseSequence) -> None:
    (person,) = people_of(poses, None)
    assert person.track_ids == (1,)
    assert [len(body) for body in person.bodies] == [len(poses)]


def test_two_people_and_one_of_them(poses: PoseSequence) -> None:
    both = of_two(poses)
    assert [one.track_ids for one in people_of(both, None)] == [(1,), (2,)]
    assert [one.track_ids for one in people_of(both, 2)] == [(2,)]


@pytest.mark.parametrize("person", [0, 3])
def test_an_id_that_nobody_has(poses: PoseSequence, person: int) -> None:
    with pytest.raises(SettingsError, match=r"expected one of the ids in the poses \(1\)"):
        people_of(poses, person)


def test_nobody(poses: PoseSequence) -> None:
    nobody = poses.where(np.zeros(len(poses), bool))
    assert people_of(nobody, None) == []
    with pytest.raises(SettingsError, match="nobody was found"):
        people_of(nobody, 1)


def test_a_cut_ends_a_stretch_and_its_edges_are_left_out(poses: PoseSequence) -> None:
    """Smoothing has mixed the pictures before and after a cut for a tenth of a second."""
    cut = len(poses) // 2
    keypoints = poses.keypoints.copy()
    keypoints[cut:] = (keypoints[cut:] - (640, 480)) * 0.5 + (300, 300)
    box = np.concatenate([keypoints.min(1), keypoints.max(1)], 1).astype(np.float32)
    (person,) = people_of(replace(poses, keypoints=keypoints, bbox=box), None)
    before, after = person.bodies
    cut_s = float(poses.time_s[cut])
    assert before.time_s[-1] <= cut_s - 0.1 + 0.05
    assert after.time_s[0] >= cut_s + 0.1 - 1e-6
    assert (before.time_s[0], after.time_s[-1]) == (poses.time_s[0], poses.time_s[-1])


def test_rows_of_one_moment_count_once(poses: PoseSequence) -> None:
    time_s = poses.time_s.copy()
    time_s[10] = time_s[9] + 1e-5
    (person,) = people_of(replace(poses, time_s=time_s), None)
    assert sum(len(body) for body in person.bodies) == len(poses) - 1
