import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from tests.sequences import made_sequence, sequences

from posespotter.errors import InputError, OutputError, SettingsError
from posespotter.formats import read_poses
from posespotter.formats.openpose import read_openpose, write_openpose, write_openpose_18
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, BODY25, COCO17, H36M17, HALPE26, OPENPOSE18, Skeleton, skeleton_for

NECK, MID_HIP, LEFT_BIG_TOE, LEFT_SMALL_TOE, LEFT_HEEL = 1, 8, 19, 20, 21  # BODY_25, doc/02_output.md


def one_person(skeleton: Skeleton, **places: tuple[float, float, float]) -> PoseSequence:
    """Somebody of whom only the joints `name=(x, y, score)` were seen."""
    keypoints, scores = np.full((len(skeleton), 2), np.nan), np.zeros(len(skeleton))
    for name, (x, y, score) in places.items():
        keypoints[skeleton.index(name)], scores[skeleton.index(name)] = (x, y), score
    row = {
        "frame": 1, "time_s": 0.1, "track_id": 3, "bbox": (0, 0, 9, 9), "bbox_score": 1,
        "keypoints": keypoints, "scores": scores,
    }  # fmt: skip
    return PoseSequence.from_rows([row], skeleton, frame_size=(9, 9), fps=10.0, n_frames=3, source="my clip.mp4")


def body_25(folder: Path, poses: PoseSequence) -> Any:
    """(25, 3) what the files say of the only person."""
    write_openpose(poses, folder / "out")
    data = json.loads((folder / "out" / "my_clip_000000000001_keypoints.json").read_text())
    assert data["version"] == 1.3
    assert data["people"][0]["person_id"] == [3]
    return np.array(data["people"][0]["pose_keypoints_2d"]).reshape(25, 3)


@pytest.mark.parametrize(("skeleton", "seen", "place", "expected"), [
    (COCO17, {"nose": (1, 2, 0.5)}, 0, (1, 2, 0.5)),
    (COCO17, {"right_ankle": (1, 2, 0.5)}, 11, (1, 2, 0.5)),
    (COCO17, {"left_shoulder": (10, 20, 0.9), "right_shoulder": (30, 40, 0.4)}, NECK, (20, 30, 0.4)),
    (COCO17, {"left_hip": (10, 20, 0.9), "right_hip": (30, 40, 0.4)}, MID_HIP, (20, 30, 0.4)),
    (COCO17, {"left_hip": (10, 20, 0.9)}, MID_HIP, (0, 0, 0)),                    # one hip is no middle
    (H36M17, {"right_ankle": (7, 8, 0.3)}, 11, (7, 8, 0.3)),
    (OPENPOSE18, {"neck": (7, 8, 0.3)}, NECK, (7, 8, 0.3)),
    (HALPE26, {"hip": (7, 8, 0.3), "left_hip": (1, 1, 1), "right_hip": (1, 1, 1)}, MID_HIP, (7, 8, 0.3)),
    (HALPE26, {"left_small_toe": (7, 8, 0.3)}, LEFT_SMALL_TOE, (7, 8, 0.3)),
    (BLAZEPOSE33, {"left_foot_index": (7, 8, 0.3)}, LEFT_BIG_TOE, (7, 8, 0.3)),
    (BLAZEPOSE33, {"left_heel": (7, 8, 0.3)}, LEFT_HEEL, (7, 8, 0.3)),
])  # fmt: skip
def test_body_25(tmp_path: Path, skeleton: Skeleton, seen: Any, place: int, expected: Any) -> None:
    assert body_25(tmp_path, one_person(skeleton, **seen))[place] == pytest.approx(expected)


def test_one_file_a_frame_also_without_people(tmp_path: Path) -> None:
    write_openpose(one_person(COCO17, nose=(1, 2, 1)), tmp_path / "out")
    names = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert names == [f"my_clip_{i:012d}_keypoints.json" for i in range(3)]
    assert json.loads((tmp_path / "out" / names[0]).read_text()) == {"version": 1.3, "people": []}


@pytest.mark.parametrize("source", ["../../etc/passwd", "", "a/b\\c:d", "x" * 400, "..", "ü.mp4"])
def test_names_from_the_source_stay_in_the_folder(tmp_path: Path, source: str) -> None:
    write_openpose(made_sequence(source=source, rows=1), tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 30
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError, match=r"more than OpenPose files \(letter.txt\)"):
        write_openpose(made_sequence(), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_an_older_export_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write_openpose(made_sequence(), tmp_path / "out")
    write_openpose(one_person(COCO17, nose=(1, 2, 1)), tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_skeleton_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="points5 has none"):
        write_openpose(made_sequence(skeleton=skeleton_for(5)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@settings(max_examples=15)
@given(sequences())
def test_round_trip(tmp_path_factory: Any, poses: PoseSequence) -> None:
    folder = tmp_path_factory.mktemp("openpose") / "out"
    write_openpose(poses, folder)
    back = read_openpose(folder, fps=poses.fps)
    assert back.skeleton is BODY25
    assert back.n_frames == poses.n_frames
    np.testing.assert_array_equal(back.frame, poses.frame)
    np.testing.assert_array_equal(back.track_id, poses.track_id)
    same, coco = back.to_skeleton(COCO17), poses.to_skeleton(COCO17)
    np.testing.assert_allclose(same.keypoints, coco.keypoints, atol=0.001)
    np.testing.assert_allclose(same.scores, coco.scores, atol=1e-4)


def files(folder: Path, *contents: Any) -> Path:
    for i, content in enumerate(contents):
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"clip_{i:012d}_keypoints.json").write_text(text)
    return folder


def someone(**more: Any) -> dict[str, Any]:
    return {"people": [{"pose_keypoints_2d": [100.0, 200.0, 0.5] * 25} | more]}


@pytest.mark.parametrize(("person_id", "expected"), [([-1], 1), ([0], 1), ([4], 4), (None, 1), (4, 4)])
def test_ids(tmp_path: Path, person_id: Any, expected: int) -> None:
    assert read_openpose(files(tmp_path, someone(person_id=person_id))).track_id.tolist() == [expected]


@pytest.mark.parametrize(("content", "message"), [
    ("{", "damaged or no JSON"),
    ([[]], 'list of "people"'),
    ({"persons": []}, 'list of "people"'),
    ({"people": {}}, 'list of "people"'),
    ({"people": [3]}, "expected keypoints, got int"),
    ({"people": [{"joints": []}]}, "pose_keypoints_2d: expected any numbers, got NoneType"),
    (someone(pose_keypoints_2d=[1.0] * 45), "expected 75 or 54 numbers, got 45"),  # MPI
    (someone(pose_keypoints_2d=["1"] * 75), "expected numbers, got str"),
    (someone(pose_keypoints_2d=[1e6, 1e6, 0.5] * 25), "at most 65535 px a side and 250 megapixels"),
    (someone(person_id=["a"]), "person_id: expected a whole number"),
])  # fmt: skip
def test_malformed_files(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_openpose(files(tmp_path, content), fps=25)


@pytest.mark.parametrize("name", ["{:04d}", "frame{}", "IMG_2026_{:05d}", "clip_{:012d}"])
def test_files_of_pictures_one_by_one(tmp_path: Path, name: str) -> None:
    for number in (3, 4, 12):
        (tmp_path / f"{name.format(number)}_keypoints.json").write_text(json.dumps(someone()))
    assert read_openpose(tmp_path, fps=25).frame.tolist() == [3, 4, 12]


def test_one_file_of_many_asks_for_their_folder(tmp_path: Path) -> None:
    (folder := tmp_path / "files").mkdir()
    with pytest.raises(InputError, match="name the folder"):
        read_poses(next(files(folder, someone()).iterdir()))


def test_folders_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_openpose(tmp_path / "missing")
    with pytest.raises(InputError, match="there are none"):
        read_openpose(tmp_path)
    (tmp_path / "other_000000000000_keypoints.json").write_text("{}")
    with pytest.raises(InputError, match="files of one video"):
        read_openpose(files(tmp_path, someone()))
    (tmp_path / "other_000000000000_keypoints.json").rename(tmp_path / "other_999999999999_keypoints.json")
    with pytest.raises(InputError, match="frame number up to"):
        read_openpose(tmp_path)


def test_a_video_asks_for_its_rate(tmp_path: Path) -> None:
    folder = files(tmp_path, someone(), someone())
    with pytest.raises(InputError, match="give the frame rate"):
        read_openpose(folder)
    assert read_openpose(folder, fps=10).time_s.tolist() == [0, 0.1]


def walker() -> dict[str, Any]:
    """Somebody whose joints are not all at one place, so that overlap tells who it is."""
    return someone(pose_keypoints_2d=[value for i in range(25) for value in (100.0 + 4 * i, 50.0 + 8 * i, 0.5)])


NOBODY = [
    {}, [], {"people": []}, {"people": None}, {"version": 1.3}, {"people": [{}]}, someone(pose_keypoints_2d=[]),
    someone(pose_keypoints_2d=[0] * 75), someone(pose_keypoints_2d=None), someone(pose_keypoints_2d=[0.0] * 54),
    {"people": [{"person_id": [-1], "hand_left_keypoints_2d": [1.0, 2.0, 0.5]}]},
]  # fmt: skip


@pytest.mark.parametrize("content", NOBODY, ids=json.dumps)
def test_frames_with_nobody(tmp_path: Path, content: Any) -> None:
    poses = read_openpose(files(tmp_path, walker(), content, walker()), fps=10)
    assert poses.frame.tolist() == [0, 2]
    assert poses.track_ids == (1,)
    assert poses.n_frames == 3


def test_a_folder_of_nobody(tmp_path: Path) -> None:
    poses = read_openpose(files(tmp_path, *NOBODY), fps=10)
    assert (len(poses), poses.n_frames, poses.skeleton) == (0, len(NOBODY), BODY25)


def test_people_of_zeros_beside_others(tmp_path: Path) -> None:
    one, zeros = walker()["people"], [{"person_id": [-1], "pose_keypoints_2d": [0] * 75}] * 20
    poses = read_openpose(files(tmp_path, {"people": zeros + one}, {"people": one + zeros}), fps=10)
    assert poses.track_ids == (1,)
    assert len(poses) == 2


def test_somebody_of_whom_nothing_was_seen_is_not_written(tmp_path: Path) -> None:
    write_openpose(one_person(COCO17), tmp_path / "out")
    data = json.loads((tmp_path / "out" / "my_clip_000000000001_keypoints.json").read_text())
    assert data["people"] == []


def test_the_older_list_of_18_points_both_ways(tmp_path: Path) -> None:
    numbers = [float(i) for i in range(1, 55)]
    numbers[2::3] = [0.5] * 18
    poses = read_openpose(files(tmp_path, someone(pose_keypoints_2d=numbers)))
    assert poses.skeleton is OPENPOSE18
    assert poses.keypoint("right_ankle").tolist() == [[31, 32]]  # point 10
    assert poses.keypoint("left_ear").tolist() == [[52, 53]]  # point 17
    write_openpose_18(poses, tmp_path / "back")
    (back,) = (tmp_path / "back").iterdir()
    assert json.loads(back.read_text())["people"][0]["pose_keypoints_2d"] == numbers


def test_people_of_both_lists_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="people of 18 and people of 25"):
        read_openpose(files(tmp_path, someone(), someone(pose_keypoints_2d=[1.0] * 54)), fps=10)


@pytest.mark.parametrize("fps", [0, -1, float("inf"), float("nan"), 1e300, 1001])
def test_no_frame_rates(tmp_path: Path, fps: float) -> None:
    with pytest.raises(SettingsError, match="fps: expected more than 0 and at most 1000 frames a second"):
        read_openpose(files(tmp_path, someone(), someone()), fps=fps)
