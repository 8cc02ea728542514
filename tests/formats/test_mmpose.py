import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sequences import made_sequence, sequences

from posespotter.arrays import Int32
from posespotter.errors import InputError, SettingsError
from posespotter.formats.mmpose import read_mmpose, write_mmpose
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, COCO17, H36M17, HALPE26, WHOLEBODY133


def person(x: float = 100, k: int = 17, **more: Any) -> dict[str, Any]:
    """Somebody 100 px wide and 200 px high, as MMPose's `split_instances` writes them."""
    keypoints = [[x + 100 * i / k, 50 + 200 * i / k] for i in range(k)]
    box = [[x, 50.0, x + 100, 250.0]]
    return {"keypoints": keypoints, "keypoint_scores": [0.8] * k, "bbox": box, "bbox_score": 0.9} | more


def frames(*people: list[dict[str, Any]], first: int = 0) -> list[dict[str, Any]]:
    return [{"frame_id": i, "instances": list(one)} for i, one in enumerate(people, first)]


def stored(folder: Path, data: Any) -> Path:
    path = folder / "predictions.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


INFERENCER_VIDEO = frames([person(100), person(400)], [], [person(105)])
DEMO_VIDEO = {"meta_info": {"dataset_name": "coco"}, "instance_info": frames([person()], [], [person()], first=1)}
PICTURE = [person(100), person(400)]
MANY_PICTURES = [[person(100)], [], [person(100), person(400)]]


@pytest.mark.parametrize(("data", "frame", "n_frames"), [
    (INFERENCER_VIDEO, [0, 0, 2], 3),
    (DEMO_VIDEO, [0, 2], 3),
    (PICTURE, [0, 0], 1),
    (MANY_PICTURES, [0, 2, 2], 3),
    ({"instance_info": PICTURE}, [0, 0], 1),                     # the demo's picture
    ({"instance_info": frames([person()], [person()])}, [0, 1], 2),  # frames counted from 0 all the same
    ([], [], 1),                                                 # a picture without people
    (frames([], []), [], 2),
    (frames([person()], first=7), [7], 8),
])  # fmt: skip
def test_every_shape_in_the_wild(tmp_path: Path, data: Any, frame: list[int], n_frames: int) -> None:
    poses = read_mmpose(stored(tmp_path, data), fps=10)
    assert poses.frame.tolist() == frame
    assert poses.time_s.tolist() == [f / 10 for f in frame]
    assert poses.n_frames == n_frames
    assert poses.skeleton.name == "coco17"


def test_values(tmp_path: Path) -> None:
    poses = read_mmpose(stored(tmp_path, [person(100, bbox_score=0.75)]))
    assert poses.bbox.tolist() == [[100, 50, 200, 250]]
    assert poses.bbox_score.tolist() == [0.75]
    assert poses.keypoints[0, 0].tolist() == [100, 50]
    assert poses.frame_size == (200, 250)
    assert (poses.fps, poses.source) == (0, "predictions")


@pytest.mark.parametrize(("k", "skeleton"), [(17, "coco17"), (26, "halpe26"), (133, "wholebody133"), (5, "points5")])
def test_skeleton_from_the_number_of_keypoints(tmp_path: Path, k: int, skeleton: str) -> None:
    assert read_mmpose(stored(tmp_path, [person(k=k)])).skeleton.name == skeleton


@pytest.mark.parametrize("null", [False, True])
def test_box_from_the_joints_where_there_is_none(tmp_path: Path, null: bool) -> None:
    one = person(keypoints=[[0, 0], [10, 20], [30, 5]], keypoint_scores=[0, 0.5, 1.5], bbox=None, bbox_score=None)
    if not null:
        del one["bbox"], one["bbox_score"]
    poses = read_mmpose(stored(tmp_path, [one]))
    assert np.isnan(poses.keypoints[0, 0]).all()
    assert poses.bbox.tolist() == [[10, 5, 30, 20]]
    assert poses.scores.tolist() == [[0, 0.5, 1]]
    assert poses.bbox_score.tolist() == [0.75]


def test_flat_box(tmp_path: Path) -> None:
    assert read_mmpose(stored(tmp_path, [person(bbox=[1, 2, 3, 4])])).bbox.tolist() == [[1, 2, 3, 4]]


class TestIds:
    @pytest.mark.parametrize(("people", "ids"), [
        ([person(track_id=7), person(track_id=3)], [3, 7]),
        ([person(instance_id=2)], [2]),
        ([person(track_id=0), person(track_id=4)], [1, 5]),          # from 0: one more each
        ([person(track_id=-1), person(track_id=4)], [4, 5]),         # -1 is nobody's id
        ([person(track_id=None), person()], [1, 2]),
    ])  # fmt: skip
    def test_of_the_file(self, tmp_path: Path, people: list[Any], ids: list[int]) -> None:
        assert read_mmpose(stored(tmp_path, people)).track_id.tolist() == ids

    def test_by_overlap_follows_people_and_not_their_order(self, tmp_path: Path) -> None:
        data = frames([person(100), person(400)], [person(402), person(104)], [], [person(110), person(404)])
        poses = read_mmpose(stored(tmp_path, data), fps=25)
        assert [float(x) for x in poses.person(1).bbox[:, 0]] == [100, 104, 110]
        assert [float(x) for x in poses.person(2).bbox[:, 0]] == [400, 402, 404]

    def test_by_overlap_forgets_after_a_second(self, tmp_path: Path) -> None:
        data = [{"frame_id": i, "instances": [person()]} for i in (0, 1, 40)]
        assert read_mmpose(stored(tmp_path, data), fps=25).track_id.tolist() == [1, 1, 2]

    def test_by_a_tracker(self, tmp_path: Path) -> None:
        def tracker(poses: PoseSequence) -> Int32:
            assert poses.track_id.tolist() == [1, 2, 1]
            return np.array([5, 6, 6], np.int32)

        data = frames([person(100), person(400)], [person(400)])
        assert read_mmpose(stored(tmp_path, data), fps=25, assign_ids=tracker).track_id.tolist() == [5, 6, 6]

    def test_twice_in_a_frame(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="each person once in a frame, got id 3 twice in frame 0"):
            read_mmpose(stored(tmp_path, [person(track_id=3), person(track_id=3)]))


def test_a_video_without_times_asks_for_its_rate(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no times: give the frame rate of its video \(fps, --fps\)"):
        read_mmpose(stored(tmp_path, INFERENCER_VIDEO))


@pytest.mark.parametrize(("data", "message"), [
    ("", "damaged or no JSON"),
    (json.dumps(INFERENCER_VIDEO)[:-40], "damaged or no JSON"),
    ("\x00\xff", "damaged or no JSON"),
    ("[" * 200_000, "nested too deep"),
    ('{"a":' * 200_000, "nested too deep"),
    ("[NaN]", "NaN is no JSON number"),
    ('[{"keypoints": [[Infinity, 1]], "keypoint_scores": [1]}]', "Infinity is no JSON number"),
    ("[" + "9" * 5000 + "]", "damaged or no JSON"),
    (3, "a list of frames"),
    ({}, "a list of frames"),
    ({"instances": []}, "a list of frames"),
    ({"instance_info": {"0": []}}, "a list of frames"),
    ([3], "expected a list of people"),
    ([[3]], "expected keypoints and scores, got int"),
    ([{"frame_id": 0, "instances": None}], "expected a list of people"),
    ([{"frame_id": "0", "instances": []}], "frame_id: expected a whole number"),
    ([{"frame_id": 1.5, "instances": []}], "frame_id: expected a whole number"),
    ([{"frame_id": -1, "instances": []}], "frame_id: expected a whole number"),
    ([{"frame_id": 2**31, "instances": []}], "frame_id: expected a whole number"),
    (frames([], []) + frames([]), "each frame once, got frame_id 0 twice"),
    ([{"frame_id": 0, "time_s": "0:01", "instances": []}], "time_s: expected a number"),
    ([{"joints": [1, 2]}], "keypoints: expected any x 2 numbers, got NoneType"),
    ([person(keypoints=[1, 2, 3])], "keypoints: expected any x 2 numbers, got 3"),
    ([person(keypoints=[[1, 2, 3]])], "keypoints: expected any x 2 numbers, got 1 x 3"),
    ([person(keypoints=[[1, 2], [3]])], "lists of different lengths"),
    ([person(keypoints=[["1", "2"]] * 17)], "keypoints: expected numbers, got str values"),
    ([person(keypoints=[[None, 2]] * 17)], "keypoints: expected numbers, got object values"),
    ([person(keypoints=[[1e300, 2]] * 17)], "keypoints: expected finite numbers"),
    ([person(keypoints=[[10**400, 2]] * 17)], "keypoints: expected"),
    ([person(keypoint_scores=[1] * 16)], "keypoint_scores: expected 17 numbers, got 16"),
    ([person(bbox=[[1, 2, 3]])], "bbox: expected 4 numbers, got 3"),
    ([person(bbox={})], "bbox: expected 4 numbers"),
    ([person(bbox_score="high")], "bbox_score: expected a number, got 'high'"),
    ([person(track_id="anna")], "track_id: expected a whole number"),
    ([person(track_id=2**40)], "track_id: expected a whole number"),
    ([{"frame_id": i, "time_s": 1 - i, "instances": [person()]} for i in range(2)], "times that never descend"),
    ([person(bbox=[0, 0, 1e6, 1e6])], "at most 65535 px a side and 250 megapixels"),
    ([person(k=17), person(k=26)], r"one number of keypoints, got \[17, 26\]"),
    ({"meta_info": {"posespotter": 3}, "instance_info": []}, "expected metadata of PoseSpotter"),
    ({"meta_info": {"posespotter": {"format": 9}}, "instance_info": []}, "newer PoseSpotter"),
])  # fmt: skip
def test_malformed_files(tmp_path: Path, data: Any, message: str) -> None:
    path = stored(tmp_path, data)
    with pytest.raises(InputError, match=message) as caught:
        read_mmpose(path, fps=25)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < len(str(path)) + 300


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_mmpose(tmp_path / "missing.json")


def test_what_is_written_looks_like_the_demo_s(tmp_path: Path) -> None:
    write_mmpose(made_sequence(), tmp_path / "out.json")
    data = json.loads((tmp_path / "out.json").read_text())
    assert data["meta_info"]["keypoint_id2name"]["0"] == "nose"
    assert [frame["frame_id"] for frame in data["instance_info"]] == list(range(1, 31))
    someone = next(frame for frame in data["instance_info"] if frame["instances"])["instances"][0]
    assert np.shape(someone["keypoints"]) == (17, 2)
    assert np.shape(someone["keypoint_scores"]) == (17,)
    assert np.shape(someone["bbox"]) == (1, 4)
    assert isinstance(someone["bbox_score"], float)


def close(got: PoseSequence, want: PoseSequence) -> None:
    np.testing.assert_array_equal(got.frame, want.frame)
    np.testing.assert_array_equal(got.track_id, want.track_id)
    np.testing.assert_array_equal(got.time_s, want.time_s)
    np.testing.assert_allclose(got.keypoints, want.keypoints, atol=0.001)
    np.testing.assert_allclose(got.bbox, want.bbox, atol=0.001)
    np.testing.assert_allclose(got.scores, want.scores, atol=1e-4)
    np.testing.assert_allclose(got.bbox_score, want.bbox_score, atol=1e-4)


@settings(max_examples=40)
@given(sequences())
def test_round_trip(tmp_path_factory: Any, poses: PoseSequence) -> None:
    path = tmp_path_factory.mktemp("mmpose") / "poses.json"
    write_mmpose(poses, path)
    back = read_mmpose(path)
    close(back, poses)
    for name in ("skeleton", "frame_size", "fps", "n_frames", "source", "detector", "settings"):
        assert getattr(back, name) == getattr(poses, name)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["instances", "frame_id", "keypoints", "keypoint_scores", "bbox"]), inner)
    ),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_any_json_is_read_or_refused(tmp_path_factory: Any, data: Any) -> None:
    path = stored(tmp_path_factory.mktemp("any"), data)
    with suppress(InputError):
        read_mmpose(path, fps=25)


H36M = (
    "root", "right_hip", "right_knee", "right_foot", "left_hip", "left_knee", "left_foot", "spine", "thorax",
    "neck_base", "head", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow", "right_wrist",
)  # fmt: skip
H36M_OF_ITS_AUTHORS = (
    "Hip", "RHip", "RKnee", "RFoot", "LHip", "LKnee", "LFoot", "Spine", "Thorax", "Neck/Nose", "Head", "LShoulder",
    "LElbow", "LWrist", "RShoulder", "RElbow", "RWrist",
)  # fmt: skip
BODY_25 = (
    "Nose", "Neck", "RShoulder", "RElbow", "RWrist", "LShoulder", "LElbow", "LWrist", "MidHip", "RHip", "RKnee",
    "RAnkle", "LHip", "LKnee", "LAnkle", "REye", "LEye", "REar", "LEar", "LBigToe", "LSmallToe", "LHeel", "RBigToe",
    "RSmallToe", "RHeel",
)  # fmt: skip
MPII = (
    "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle", "pelvis", "thorax", "upper_neck",
    "head_top", "right_wrist", "right_elbow", "right_shoulder", "left_shoulder", "left_elbow", "left_wrist",
)  # fmt: skip
HORSE = ("nose", "left_eye", "right_eye", "neck", "root_of_tail", "left_shoulder", "left_elbow", "left_front_paw")


def named(names: Any, **meta: Any) -> dict[str, Any]:
    """Joint i of somebody is at (i, 2 i); `meta` replaces what the file says of the joints."""
    meta = {"dataset_name": "some", "keypoint_id2name": {str(i): name for i, name in enumerate(names)}} | meta
    who = {"keypoints": [[i, 2 * i] for i in range(1, len(names) + 1)], "keypoint_scores": [0.9] * len(names)}
    return {"meta_info": meta, "instance_info": frames([who])}


@pytest.mark.parametrize(("names", "skeleton", "joint", "place"), [
    (COCO17.keypoints, "coco17", "right_ankle", 17),
    (COCO17.keypoints[::-1], "coco17", "right_ankle", 1),             # in an order of their own
    ([name.replace("_", " ").title() for name in COCO17.keypoints], "coco17", "right_ankle", 17),
    (H36M, "h36m17", "right_ankle", 4),
    (H36M, "h36m17", "left_wrist", 14),
    (("root", *(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "foot")), *H36M[7:]),
     "h36m17", "right_ankle", 7),                                     # MMPose's config has the left side first
    (H36M_OF_ITS_AUTHORS, "h36m17", "right_ankle", 4),
    (HALPE26.keypoints, "halpe26", "left_heel", 25),
    (WHOLEBODY133.keypoints, "wholebody133", "left_thumb1", 93),
    (BODY_25, "body25", "right_ankle", 12),
    (BODY_25, "body25", "hip", 9),
    ([name.upper() for name in BLAZEPOSE33.keypoints], "blazepose33", "left_foot_index", 32),
    (MPII, "some", "right_ankle", 1),
    (HORSE, "some", "root_of_tail", 5),
    (COCO17.keypoints[:12], "some", "left_hip", 12),
    (("RShoulder", "tail"), "some", "RShoulder", 1),                  # of another list, nothing is renamed
])  # fmt: skip
def test_joints_are_what_the_file_says(tmp_path: Path, names: Any, skeleton: str, joint: str, place: int) -> None:
    poses = read_mmpose(stored(tmp_path, named(names)))
    assert poses.skeleton.name == skeleton
    assert poses.keypoint(joint).tolist() == [[place, 2 * place]]
    if skeleton == "some":
        assert poses.skeleton.keypoints == tuple(names)
    write_mmpose(poses, tmp_path / "back.json")
    assert read_mmpose(tmp_path / "back.json").skeleton == poses.skeleton


def test_other_ways_to_name_joints(tmp_path: Path) -> None:
    by_name = named(H36M, keypoint_id2name=None, keypoint_name2id={name: i for i, name in enumerate(H36M)})
    del by_name["meta_info"]["keypoint_id2name"]
    assert read_mmpose(stored(tmp_path, by_name)).skeleton is H36M17
    assert read_mmpose(stored(tmp_path, named(H36M, keypoint_id2name=list(H36M)))).skeleton is H36M17
    only_set = named(H36M) | {"meta_info": {"dataset_name": "h36m"}}
    assert read_mmpose(stored(tmp_path, only_set)).skeleton is H36M17
    silent = named(COCO17.keypoints) | {"meta_info": {"dataset_name": "some"}}
    assert read_mmpose(stored(tmp_path, silent)).skeleton is COCO17


def test_lines_of_the_file_s_own_skeleton(tmp_path: Path) -> None:
    links = [[0, 3], [3, 4], [4, 99], "x", [1]]
    poses = read_mmpose(stored(tmp_path, named(HORSE, skeleton_links=links)))
    assert poses.skeleton.limbs == (("nose", "neck"), ("neck", "root_of_tail"))


@pytest.mark.parametrize(("meta", "message"), [
    ({"keypoint_id2name": {"0": "a", "2": "b"}}, "names of the keypoints by their numbers"),
    ({"keypoint_id2name": "a"}, "names of the keypoints by their numbers"),
    ({"keypoint_id2name": {"0": "a", "1": "a"}}, "each keypoint of a skeleton once"),
    ({"keypoint_id2name": {"0": "a", "1": 3}}, "short printable text"),
    ({"keypoint_id2name": {"0": "a", "1": "b", "2": "c"}}, "expected 3 x 2 numbers, got 2 x 2"),
])  # fmt: skip
def test_names_that_are_none(tmp_path: Path, meta: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_mmpose(stored(tmp_path, named(("a", "b"), **meta)))


def test_people_of_zeros_and_of_nothing_are_nobody(tmp_path: Path) -> None:
    zeros = {"keypoints": [[0, 0]] * 17, "keypoint_scores": [0] * 17, "bbox": [[0, 0, 0, 0]], "bbox_score": 0}
    nothing = {"keypoints": [], "keypoint_scores": []}
    poses = read_mmpose(stored(tmp_path, frames([zeros, person()], [nothing], [person(), zeros])), fps=10)
    assert poses.frame.tolist() == [0, 2]
    assert poses.track_ids == (1,)


@pytest.mark.parametrize("fps", [0, -1, float("inf"), float("nan"), 1e300])
def test_no_frame_rates(tmp_path: Path, fps: float) -> None:
    with pytest.raises(SettingsError, match="fps: expected more than 0 and at most 1000 frames a second"):
        read_mmpose(stored(tmp_path, INFERENCER_VIDEO), fps=fps)
