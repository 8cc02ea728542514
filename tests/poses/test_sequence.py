from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sequences import made_sequence, sequences, with_world

from posespotter.errors import PoseSpotterError, RowError, SettingsError, ShapeError
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


@pytest.mark.parametrize(
    ("frame", "people"), [(0, [1]), (1, [1, 2]), (2, []), (3, [1, 2]), (4, []), (99, []), (-1, []), (2**40, [])]
)
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
    ({"track_id": np.array([1, 1, 0, 1, 2], np.int32)}, "track_id: expected numbers from 1, got 0"),
    ({"time_s": [0.0] * 5}, "time_s: expected an array, got list; `from_arrays` takes others"),
    ({"time_s": np.full(5, np.nan)}, "time_s: expected finite seconds"),
    ({"time_s": np.array([0, 0.1, 0.1, 0.3, np.inf])}, "time_s: expected finite seconds"),
    ({"time_s": np.full(5, 1e11)}, "time_s: expected finite seconds of at most 1e.10"),
    ({"frame_size": (10**6, 10**6)}, "at most 65535 px a side and 250 megapixels, got 1000000x1000000"),
    ({"frame_size": (65535, 65535)}, "250 megapixels"),
    ({"frame_size": (-1, 2)}, "frame_size"),
    ({"frame_size": (640.5, 480)}, "frame_size: expected a width and a height in whole px"),
    ({"frame_size": "640x480"}, "frame_size: expected a width and a height in whole px"),
    ({"fps": float("nan")}, "fps: expected a finite frame rate"),
    ({"fps": "30"}, "fps: expected a finite frame rate"),
    ({"fps": -1.0}, "fps: expected a finite frame rate"),
    ({"n_frames": "five"}, "n_frames: expected a whole number"),
    ({"skeleton": "coco17"}, "skeleton: expected a Skeleton, got str"),
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


@pytest.mark.parametrize("value", [np.inf, -np.inf, 3e38])
def test_infinite_positions_count_as_not_seen(two_people: PoseSequence, value: float) -> None:
    places = two_people.keypoints.copy()
    places[0, 3] = value
    poses = replace(two_people, keypoints=places, scores=np.full((5, 17), np.inf, np.float32))
    assert np.isnan(poses.keypoints[0, 3]).all()
    assert np.isfinite(poses.keypoints[1:]).all()
    assert (poses.scores == 0).all()
    assert not np.isnan(places[0, 3]).any()  # the caller's array is left alone


def test_arguments_of_other_types(two_people: PoseSequence) -> None:
    with pytest.raises(ShapeError, match="frame: expected a whole number, got str"):
        two_people.at("first")  # type: ignore[arg-type]
    assert len(two_people.where([True, False, False, False, True])) == 2  # type: ignore[arg-type]
    assert two_people.to_skeleton(["left_knee", "tail"]).scores.tolist() == [[1, 0]] * 5
    with pytest.raises(SettingsError, match="short printable text"):
        two_people.to_skeleton(["left_knee", 3])  # type: ignore[list-item]


@pytest.mark.parametrize(("change", "message"), [
    ({"bbox": None}, "Expected rows of numbers for 17 keypoints"),
    ({"keypoints": np.ones((17, 3))}, "Expected rows of numbers for 17 keypoints"),
    ({"scores": "high"}, "Expected rows of numbers for 17 keypoints"),
    ({"frame": 2**40}, "Expected rows of numbers for 17 keypoints"),
    ({"frame": "0"}, "Expected rows of numbers for 17 keypoints"),
])  # fmt: skip
def test_rows_that_are_none(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        PoseSequence.from_rows([row(0, 1), row(1, 1) | change], COCO17, frame_size=(1, 1), fps=0.0, n_frames=2)


def test_rows_without_a_column() -> None:
    short = row(0, 1)
    del short["scores"]
    with pytest.raises(ShapeError, match="one without 'scores'"):
        PoseSequence.from_rows([short], COCO17, frame_size=(1, 1), fps=0.0, n_frames=2)


def test_repr_is_a_line(two_people: PoseSequence) -> None:
    assert repr(replace(two_people, source="gym.mp4")) == (
        "<PoseSequence gym.mp4: 5 poses of 2 people in 5 frames, 0.00 to 0.30 s, coco17, 640x480 px, 10 frames/s>"
    )
    nobody = two_people.person(3)
    assert repr(nobody) == "<PoseSequence 0 poses of 0 people in 5 frames, coco17, 640x480 px, 10 frames/s>"


class TestRows:
    def test_iteration_goes_by_pose(self, two_people: PoseSequence) -> None:
        poses = list(two_people)
        assert [(one.frame, one.track_id) for one in poses] == [(0, 1), (1, 1), (1, 2), (3, 1), (3, 2)]
        assert poses[2].time_s == 0.1
        assert poses[2].keypoint("nose").tolist() == [12, 12]
        assert poses[2].world is None
        with pytest.raises(SettingsError, match="no keypoint 'tail'"):
            poses[2].keypoint("tail")

    def test_by_frame_and_by_person(self, two_people: PoseSequence) -> None:
        assert [(int(one.frame[0]), one.track_ids) for one in two_people.by_frame()] == [
            (0, (1,)),
            (1, (1, 2)),
            (3, (1, 2)),
        ]
        assert [one.frame.tolist() for one in two_people.by_person()] == [[0, 1, 3], [1, 3]]

    @pytest.mark.parametrize(("rows", "taken"), [
        (slice(1, 3), [11, 12]),
        (slice(None, None, 2), [1, 12, 32]),
        (slice(-2, None), [31, 32]),
        (slice(9, 99), []),
        ([0, 4], [1, 32]),
        ([], []),
        (np.array([True, False, False, True, False]), [1, 31]),
        ([True, False, False, True, False], [1, 31]),
    ])  # fmt: skip
    def test_slices_are_sequences(self, two_people: PoseSequence, rows: Any, taken: list[int]) -> None:
        part = two_people[rows]
        assert part.keypoints[:, 0, 0].tolist() == taken
        assert part.n_frames == 5

    def test_one_row(self, two_people: PoseSequence) -> None:
        assert two_people[-1].track_id == two_people[np.int64(4)].track_id == 2

    @pytest.mark.parametrize("rows", [5, -6, [0, 9], [True]])
    def test_rows_that_are_not_there(self, two_people: PoseSequence, rows: Any) -> None:
        with pytest.raises(RowError, match="Expected"):
            two_people[rows]

    @pytest.mark.parametrize("rows", ["nose", 1.5, None, slice("a", "b"), slice(None, None, -1), [3, 0], [[1]], 1 + 1j])
    def test_what_is_no_row(self, two_people: PoseSequence, rows: Any) -> None:
        with pytest.raises(PoseSpotterError):
            two_people[rows]

    def test_masks_of_another_length(self, two_people: PoseSequence) -> None:
        with pytest.raises(ShapeError, match="rows: expected an array of shape"):
            two_people.where(np.ones(4, bool))


class TestFromArrays:
    def test_the_least(self) -> None:
        poses = PoseSequence.from_arrays(
            [[[1, 2], [3, 4]], [[5, 6], [np.nan, np.nan]]], skeleton=["snout", "tail"], fps=10
        )
        assert (poses.frame.tolist(), poses.time_s.tolist(), poses.track_id.tolist()) == ([0, 1], [0, 0.1], [1, 1])
        assert poses.scores.tolist() == [[1, 1], [1, 0]]
        assert poses.bbox.tolist() == [[1, 2, 3, 4], [5, 6, 5, 6]]
        assert (poses.frame_size, poses.n_frames, poses.skeleton.keypoints) == ((5, 6), 2, ("snout", "tail"))

    def test_other_types_are_cast_and_rows_ordered(self, two_people: PoseSequence) -> None:
        backwards = {
            name: array[::-1].astype(np.int64 if array.dtype.kind == "i" else np.float64).tolist()
            for name, array in two_people.columns().items()
        }
        back = PoseSequence.from_arrays(
            **backwards, skeleton=COCO17, frame_size=np.array([640, 480]), fps=10.0, n_frames=5
        )
        assert same_bytes(back, two_people)
        assert back.frame_size == (640, 480)

    def test_a_picture_needs_no_times(self) -> None:
        assert PoseSequence.from_arrays(np.ones((1, 17, 2)), skeleton=COCO17).time_s.tolist() == [0]

    def test_nobody(self) -> None:
        assert len(PoseSequence.from_arrays(np.zeros((0, 17, 2)), skeleton=COCO17, fps=25, n_frames=9)) == 0

    @pytest.mark.parametrize(("change", "message"), [
        ({"keypoints": "nose"}, "keypoints: expected numbers"),
        ({"keypoints": [[1, 2], [3]]}, "lists of different lengths"),
        ({"keypoints": np.ones((2, 17, 3))}, r"keypoints: expected an array of shape \(any, 17, 2\), got \(2, 17, 3\)"),
        ({"keypoints": 3}, r"keypoints: expected an array of shape"),
        ({"frame": [0.5, 1]}, "frame: expected whole numbers"),
        ({"frame": [0, 2**40]}, "frame: expected whole numbers"),
        ({"frame": [0, np.nan]}, "frame: expected whole numbers"),
        ({"frame": [0, 1, 2]}, "one row a pose"),
        ({"frame": [0, 0]}, "each person once in a frame, got id 1 twice in frame 0"),
        ({"scores": np.ones((2, 5))}, r"scores: expected an array of shape \(2, 17\)"),
        ({"time_s": [np.nan, 1]}, "time_s: expected finite seconds"),
        ({"time_s": [0.4, 0.3]}, r"never descend, got 0\.4 s and then 0\.3 s"),
        ({"time_s": [0, 1], "frame": [0, 0], "track_id": [1, 2]}, "one time for all people of a frame"),
        ({"time_s": ["0:01", "0:02"]}, "time_s: expected numbers"),
        ({"fps": 0}, "expected time_s, or the frame rate"),
        ({"fps": "30"}, "frame rate"),
        ({"frame_size": 640}, "frame_size: expected a width and a height"),
        ({"scoers": [1, 2]}, "Unknown attribute 'scoers'"),
        ({"skeleton": ["a", "a"]}, "each keypoint of a skeleton once"),
        ({"skeleton": 17}, "skeleton: expected a Skeleton"),
    ])  # fmt: skip
    def test_what_cannot_be_cast(self, change: dict[str, Any], message: str) -> None:
        arguments: dict[str, Any] = {"keypoints": np.ones((2, 17, 2)), "skeleton": COCO17, "fps": 10.0} | change
        with pytest.raises(PoseSpotterError, match=message):
            PoseSequence.from_arrays(**arguments)


class TestConcat:
    @given(sequences(), st.floats(0, 2))
    def test_parts_give_the_whole(self, poses: PoseSequence, cut_s: float) -> None:
        in_time = [poses.between(-np.inf, cut_s), poses.between(cut_s, np.inf)]
        assert same_bytes(PoseSequence.concat(in_time), poses)
        if len(poses):
            assert same_bytes(PoseSequence.concat(poses.by_person()), poses)

    def test_clips_one_after_another(self, two_people: PoseSequence) -> None:
        both = PoseSequence.concat([two_people, replace(two_people, source="b.mp4")], one_after_another=True)
        assert both.frame.tolist() == [0, 1, 1, 3, 3, 5, 6, 6, 8, 8]
        assert both.time_s.tolist() == pytest.approx([0, 0.1, 0.1, 0.3, 0.3, 0.5, 0.6, 0.6, 0.8, 0.8])
        assert both.track_id.tolist() == [1, 1, 2, 1, 2, 3, 3, 4, 3, 4]
        assert (both.n_frames, both.source) == (10, "b.mp4")

    def test_what_only_some_parts_have(self, two_people: PoseSequence) -> None:
        both = PoseSequence.concat([with_world(two_people.person(1)), two_people.person(2)])
        assert both.world is not None
        assert np.isnan(both.world[both.track_id == 2]).all()
        assert np.isfinite(both.world[both.track_id == 1]).all()

    def test_what_does_not_fit(self, two_people: PoseSequence) -> None:
        with pytest.raises(ShapeError, match="one sequence or more"):
            PoseSequence.concat([])
        with pytest.raises(ShapeError, match="one skeleton, got coco17 and halpe26"):
            PoseSequence.concat([two_people, two_people.to_skeleton(HALPE26)])
        with pytest.raises(ShapeError, match=r"one fps, got 10\.0 and 25\.0"):
            PoseSequence.concat([two_people, replace(two_people, fps=25.0)])
        with pytest.raises(ShapeError, match=r"id 1 twice in frame 0.*one_after_another=True"):
            PoseSequence.concat([two_people, two_people])
