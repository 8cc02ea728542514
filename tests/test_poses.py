from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sequences import made_sequence, sequences, with_world

from posespotter.errors import SettingsError, ShapeError
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, COCO17, HALPE26


def row(frame: int, track_id: int, x: float = 0) -> dict[str, Any]:
    return {
        "frame": frame, "time_s": frame / 10, "track_id": track_id, "bbox": (0, 0, 10, 20), "bbox_score": 0.9,
        "keypoints": np.full((17, 2), x), "scores": np.ones(17),
    }  # fmt: skip


@pytest.fixture
def two_people() -> PoseSequence:
    """Person 1 in frames 0, 1 and 3, person 2 in frames 1 and 3."""
    rows = [row(3, 2, 32), row(0, 1, 1), row(1, 2, 12), row(3, 1, 31), row(1, 1, 11)]
    return PoseSequence.from_rows(rows, COCO17, frame_size=(640, 480), fps=10.0, n_frames=5)


def same_bytes(one: PoseSequence, other: PoseSequence) -> bool:
    columns, others = one.columns(), other.columns()
    return columns.keys() == others.keys() and all(
        columns[name].dtype == others[name].dtype
        and columns[name].shape == others[name].shape
        and columns[name].tobytes() == others[name].tobytes()
        for name in columns
    )


def test_from_rows_orders_by_frame_and_person(two_people: PoseSequence) -> None:
    assert two_people.frame.tolist() == [0, 1, 1, 3, 3]
    assert two_people.track_id.tolist() == [1, 1, 2, 1, 2]
    assert two_people.keypoints[:, 0, 0].tolist() == [1, 11, 12, 31, 32]
    assert two_people.track_ids == (1, 2)
    assert two_people.world is None


def test_from_rows_with_and_without_optional_columns() -> None:
    rows = [row(0, 1) | {"world": np.ones((17, 3))}, row(1, 1) | {"world": np.zeros((17, 3))}]
    poses = PoseSequence.from_rows(rows, COCO17, frame_size=(1, 1), fps=0.0, n_frames=2)
    assert poses.world is not None
    assert poses.world[:, 0, 0].tolist() == [1, 0]


@pytest.mark.parametrize(("frame", "people"), [(0, [1]), (1, [1, 2]), (2, []), (3, [1, 2]), (4, []), (99, [])])
def test_at(two_people: PoseSequence, frame: int, people: list[int]) -> None:
    assert two_people.at(frame).track_id.tolist() == people


@pytest.mark.parametrize(("start_s", "end_s", "frames"), [
    (0, 1, [0, 1, 1, 3, 3]),
    (0.1, 0.3, [1, 1]),      # the end does not belong to it
    (0.3, 0.4, [3, 3]),      # the start does
    (0.15, 0.2, []),
    (1, 0, []),
])  # fmt: skip
def test_between(two_people: PoseSequence, start_s: float, end_s: float, frames: list[int]) -> None:
    assert two_people.between(start_s, end_s).frame.tolist() == frames


@pytest.mark.parametrize(("track_id", "frames"), [(1, [0, 1, 3]), (2, [1, 3]), (3, [])])
def test_person(two_people: PoseSequence, track_id: int, frames: list[int]) -> None:
    person = two_people.person(track_id)
    assert person.frame.tolist() == frames
    assert person.n_frames == 5


@pytest.mark.parametrize(("change", "message"), [
    ({"frame": np.zeros(5, np.int64)}, "frame: expected int32, got int64"),
    ({"frame": np.array([0, 1, 1, 3, 5], np.int32)}, "frame: expected numbers from 0 to 4, got 0 to 5"),
    ({"frame": np.array([-1, 1, 1, 3, 3], np.int32)}, "frame: expected numbers from 0 to 4, got -1"),
    ({"frame": np.array([1, 0, 1, 3, 3], np.int32)}, "ordered by frame"),
    ({"time_s": np.zeros(5, np.float32)}, "time_s: expected float64, got float32"),
    ({"time_s": np.zeros(4)}, r"time_s: expected an array of shape \(5\)"),
    ({"bbox": np.zeros((5, 5), np.float32)}, r"bbox: .*\(5, 4\), got \(5, 5\)"),
    ({"keypoints": np.zeros((5, 17, 3), np.float32)}, r"keypoints: .*\(5, 17, 2\)"),
    ({"scores": np.zeros((5, 26), np.float32)}, r"scores: .*\(5, 17\)"),
    ({"world": np.zeros((5, 17, 2), np.float32)}, r"world: .*\(5, 17, 3\)"),
    ({"skeleton": HALPE26}, r"keypoints: .*\(5, 26, 2\)"),
])  # fmt: skip
def test_wrong_arrays_are_refused(two_people: PoseSequence, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        replace(two_people, **change)


def test_keypoint(two_people: PoseSequence) -> None:
    assert two_people.keypoint("left_knee")[:, 0].tolist() == [1, 11, 12, 31, 32]
    with pytest.raises(SettingsError, match="no keypoint 'tail'"):
        two_people.keypoint("tail")


def test_to_skeleton_matches_by_name() -> None:
    blaze = with_world(made_sequence(1, skeleton=BLAZEPOSE33))
    coco = blaze.to_skeleton(COCO17)
    assert blaze.world is not None
    assert coco.world is not None
    for name in COCO17.keypoints:
        here, there = COCO17.index(name), BLAZEPOSE33.index(name)
        np.testing.assert_array_equal(coco.keypoints[:, here], blaze.keypoints[:, there])
        np.testing.assert_array_equal(coco.scores[:, here], blaze.scores[:, there])
        np.testing.assert_array_equal(coco.world[:, here], blaze.world[:, there])


def test_to_skeleton_gives_nan_and_score_0_to_what_is_not_known(two_people: PoseSequence) -> None:
    halpe = two_people.to_skeleton(HALPE26)
    assert np.isnan(halpe.keypoint("left_heel")).all()
    assert (halpe.scores[:, HALPE26.index("left_heel")] == 0).all()
    assert halpe.raw_keypoints is None


class TestLaws:
    @given(sequences())
    def test_people_are_a_partition(self, poses: PoseSequence) -> None:
        assert sum(len(poses.person(i)) for i in poses.track_ids) == len(poses)

    @given(sequences())
    def test_frames_are_a_partition(self, poses: PoseSequence) -> None:
        assert sum(len(poses.at(frame)) for frame in range(poses.n_frames)) == len(poses)

    @given(sequences(), st.floats(0, 2))
    def test_any_time_divides(self, poses: PoseSequence, cut_s: float) -> None:
        before, after = poses.between(-np.inf, cut_s), poses.between(cut_s, np.inf)
        assert len(before) + len(after) == len(poses)

    @given(sequences())
    def test_there_and_back_to_a_larger_skeleton(self, poses: PoseSequence) -> None:
        coco = poses.to_skeleton(COCO17)
        assert same_bytes(coco.to_skeleton(HALPE26).to_skeleton(COCO17), coco)

    @given(sequences())
    def test_where_leaves_the_original_as_it_was(self, poses: PoseSequence) -> None:
        before = {name: array.tobytes() for name, array in poses.columns().items()}
        poses.where(np.zeros(len(poses), bool))
        poses.to_skeleton(BLAZEPOSE33)
        assert before == {name: array.tobytes() for name, array in poses.columns().items()}

    @settings(max_examples=40)
    @given(sequences(), st.booleans())
    def test_parquet_gives_back_the_same_bytes(self, tmp_path_factory: Any, poses: PoseSequence, world: bool) -> None:
        path = tmp_path_factory.mktemp("parquet") / "poses.parquet"
        poses = replace(with_world(poses) if world else poses, raw_keypoints=poses.keypoints, settings={"a": [1, None]})
        poses.to_parquet(path)
        back = PoseSequence.from_parquet(path)
        assert same_bytes(back, poses)
        assert replace(back, **poses.columns()).__dict__ == poses.__dict__


def test_parquet_of_nobody(tmp_path: Path) -> None:
    nobody = made_sequence(rows=0)
    nobody.to_parquet(tmp_path / "nobody.parquet")
    back = PoseSequence.from_parquet(tmp_path / "nobody.parquet")
    assert len(back) == 0
    assert back.n_frames == 30
    assert back.keypoints.shape == (0, 17, 2)


def test_parquet_in_a_folder_named_like_a_partition(tmp_path: Path) -> None:
    path = tmp_path / "person=3" / "poses.parquet"
    made_sequence().to_parquet(path)
    assert same_bytes(PoseSequence.from_parquet(path), made_sequence())


class TestTime:
    """A sequence knows how far its frames are apart, and when the last one was."""

    STEADY = np.arange(56) / 25
    PAUSED = STEADY + 60.0 * (np.arange(56) >= 30)

    def made(self, time_s: Any, frames: Any, fps: float, **metadata: Any) -> PoseSequence:
        rows = [row(int(k), 1) | {"time_s": time_s[k]} for k in frames]
        return PoseSequence.from_rows(rows, COCO17, frame_size=(9, 9), fps=fps, n_frames=len(time_s), **metadata)

    @pytest.mark.parametrize(
        ("time_s", "frames", "fps", "step_s"),
        [
            (STEADY, range(56), 25.0, 0.04),
            (PAUSED, range(56), 0.9, 0.04),  # a rate that was taken for the average
            (STEADY, range(0, 56, 3), 25.0, 0.04),  # a live source drops frames
            (STEADY, [7], 25.0, 0.04),
            (STEADY, [], 25.0, 0.04),
            (STEADY, [], 0.0, 0.0),
        ],
    )
    def test_usual_step(self, time_s: Any, frames: Any, fps: float, step_s: float) -> None:
        assert self.made(time_s, frames, fps).step_s == pytest.approx(step_s)

    @pytest.mark.parametrize("last_s", [None, 62.2])
    @pytest.mark.parametrize(
        ("frames", "known"), [(range(56), True), (range(36), True), (range(20), False), ([], False)]
    )
    def test_the_end(self, frames: Any, known: bool, last_s: float | None) -> None:
        end_s = self.made(self.PAUSED, frames, 25.0, last_s=last_s).end_s
        assert end_s == pytest.approx(
            62.2 if known or last_s else 2.2
        )  # who does not tell of a pause does not have one

    def test_the_end_is_kept_in_files_and_parts(self, tmp_path: Path) -> None:
        poses = self.made(self.PAUSED, range(56), 25.0, last_s=62.2)
        poses.to_parquet(tmp_path / "poses.parquet")
        for one in (PoseSequence.from_parquet(tmp_path / "poses.parquet"), poses.where(poses.frame < 5)):
            assert (one.last_s, one.end_s) == (62.2, 62.2)
