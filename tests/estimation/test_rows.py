"""Collecting people frame by frame."""

import numpy as np
import pytest

from posespotter.estimation.pose_tracker import People
from posespotter.estimation.rows import PeopleRows, _Column
from posespotter.models.interfaces import Joints, Regions
from posespotter.poses import ROW_TYPES
from posespotter.skeletons import BLAZEPOSE33, COCO17

METADATA = {"frame_size": (64, 48), "fps": 30.0, "source": "x.mp4"}


def people(ids, seed=0, skeleton=COCO17, world=False):
    rng = np.random.default_rng(seed)
    m, k = len(ids), len(skeleton)
    boxes, scores = rng.random((m, 4)).astype(np.float32), rng.random(m).astype(np.float32)
    joints = Joints(
        rng.random((m, k, 2)).astype(np.float32),
        rng.random((m, k)).astype(np.float32),
        rng.random((m, k, 3)).astype(np.float32) if world else None,
        scores,
        Regions.from_boxes(boxes, scores),
    )
    return People(np.array(ids, np.int32), joints, detected=True)


@pytest.mark.parametrize("world", [False, True])
@pytest.mark.parametrize("n", [1, 300, 2000])
def test_what_was_added_comes_out(n, world):
    rows = PeopleRows(BLAZEPOSE33)
    added = [people(range(1, 1 + i % 3), i, BLAZEPOSE33, world) for i in range(n)]
    for index, some in enumerate(added):
        rows.add(index, index * 0.04, some)
    poses = rows.sequence(n_frames=n, **METADATA)
    assert set(poses.columns()) == set(ROW_TYPES) - {"raw_keypoints"} - (set() if world and n > 1 else {"world"})
    for index in range(0, n, 97):
        at, expected = poses.at(index), added[index]
        assert at.track_id.tolist() == expected.ids.tolist()
        assert at.time_s == pytest.approx(np.full(len(at), index * 0.04))
        assert np.array_equal(at.keypoints, expected.joints.keypoints)
        assert np.array_equal(at.bbox, expected.joints.regions.boxes)
        assert np.array_equal(at.bbox_score, expected.joints.regions.scores)
        if world and n > 1:
            assert np.array_equal(at.world, expected.joints.world)


def test_the_people_of_one_frame_hold_no_more_memory_than_they_need():
    """Live programs keep many sequences of one frame each."""
    rows = PeopleRows(BLAZEPOSE33)
    rows.add(0, 0.0, people([1, 2], 0, BLAZEPOSE33, world=True))
    for name, column in rows.sequence(n_frames=1, **METADATA).columns().items():
        assert column.base is None or column.base.nbytes == column.nbytes, name


def test_frames_without_people_have_no_rows():
    rows = PeopleRows(COCO17)
    for index in range(5):
        rows.add(index, 0.0, people([1] if index == 3 else []))
    assert rows.sequence(n_frames=5, **METADATA).frame.tolist() == [3]


def test_nobody_at_all():
    rows = PeopleRows(COCO17)
    rows.add(0, 0.0, people([]))
    poses = rows.sequence(n_frames=1, **METADATA)
    assert len(poses) == 0
    assert poses.keypoints.shape == (0, 17, 2)
    assert poses.world is None


def test_an_hour_takes_little_more_than_its_data():
    """108 000 frames of one person with 33 joints are about 100 MB; the columns keep at most half as much spare."""
    rows = PeopleRows(COCO17)
    one = people([1])
    for index in range(20_000):
        rows.add(index, index / 30, one)
    spare = sum(len(column._array) / column._length for column in rows._columns.values()) / len(rows._columns)
    assert spare <= 1.5


@pytest.mark.parametrize("after", range(7))
def test_ctrl_c_amid_a_frame_leaves_the_frames_before(monkeypatch, after):
    rows = PeopleRows(COCO17)
    rows.add(0, 0.0, people([1, 2]))
    extend, calls = _Column.extend, []

    def interrupted(self, values):
        calls.append(1)
        if len(calls) > after:
            raise KeyboardInterrupt
        extend(self, values)

    monkeypatch.setattr(_Column, "extend", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rows.add(1, 0.1, people([1, 2]))
    assert rows.sequence(n_frames=1, **METADATA).frame.tolist() == [0, 0]
