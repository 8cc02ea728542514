import numpy as np
import pytest

from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17
from posespotter.tracking.relinking import FORGOTTEN_S, Relinker, relink_tracks

BOX = (100.0, 100.0, 160.0, 260.0)  # a person of 170 px from corner to corner


def beside(px: float) -> tuple[float, float, float, float]:
    return (BOX[0] + px, BOX[1], BOX[2] + px, BOX[3])


Frame = tuple[float, dict[int, tuple[float, float, float, float]]]


def people_of(frames: list[Frame]) -> list[list[int]]:
    people = Relinker()
    return [
        people.update(time_s, np.array(list(boxes), np.int32), np.array(list(boxes.values())).reshape(-1, 4))
        for time_s, boxes in frames
    ]


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([(0, {1: BOX}), (1, {1: BOX})], [[0], [0]]),
        ([(0, {1: BOX}), (2, {5: beside(50)})], [[0], [0]]),  # a new id nearby, soon: the same person
        ([(0, {1: BOX}), (2, {5: beside(300)})], [[0], [1]]),  # far away: somebody else
        ([(0, {1: BOX}), (9, {5: beside(50)})], [[0], [1]]),  # too late
        ([(0, {1: BOX}), (1, {1: BOX, 5: beside(50)})], [[0], [0, 1]]),  # both are there
        ([(0, {1: BOX, 2: beside(60)}), (1, {3: beside(50)})], [[0, 1], [1]]),  # the nearer of two
        # The lost track comes back beside its successor: one of them is somebody else.
        ([(0, {1: BOX}), (1, {2: beside(20)}), (2, {1: BOX, 2: beside(20)})], [[0], [0], [0, 1]]),
        ([(0, {1: BOX}), (1, {}), (FORGOTTEN_S + 2, {1: BOX})], [[0], [], [1]]),
    ],
)
def test_people(frames: list[Frame], expected: list[list[int]]) -> None:
    assert people_of(frames) == expected


def test_an_id_of_a_whole_video_is_one_person_after_any_time() -> None:
    poses = PoseSequence.from_arrays(
        np.zeros((2, 17, 2)), skeleton=COCO17, time_s=[0.0, 1e9], track_id=[1, 1], frame=[0, 1]
    )
    assert relink_tracks(poses).tolist() == [0, 0]
    assert relink_tracks(poses, FORGOTTEN_S).tolist() == [0, 1]
