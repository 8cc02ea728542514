import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sequences import made_sequence, sequences

from posespotter.errors import InputError, SettingsError
from posespotter.formats import read_poses
from posespotter.formats.coco import write_coco, write_coco_dataset
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17, H36M17


def person(image_id: int | str = 7, k: int = 17, **more: Any) -> dict[str, Any]:
    """Somebody as cocodataset.org has people: joint i is at (i, 2 i)."""
    keypoints = [value for i in range(1, k + 1) for value in (i, 2 * i, 2)]
    return {"id": 1, "image_id": image_id, "category_id": 1, "keypoints": keypoints, "bbox": [5, 6, 20, 40]} | more


def dataset(*people: dict[str, Any], names: Any = COCO17.keypoints, images: Any = (7,), **more: Any) -> dict[str, Any]:
    return {
        "images": [{"id": i, "file_name": f"{i}.jpg", "width": 90, "height": 80} for i in images],
        "annotations": list(people),
        "categories": [{"id": 1, "name": "person", "keypoints": list(names), "skeleton": []}],
    } | more


def read(folder: Path, data: Any, **more: Any) -> PoseSequence:
    (folder / "coco.json").write_text(json.dumps(data))
    return read_poses(folder / "coco.json", **more)


def test_a_picture(tmp_path: Path) -> None:
    poses = read(tmp_path, dataset(person()))
    assert (poses.frame.tolist(), poses.n_frames, poses.source, poses.frame_size) == ([0], 1, "7.jpg", (90, 80))
    assert poses.bbox.tolist() == [[5, 6, 25, 46]]
    assert poses.keypoint("right_ankle").tolist() == [[17, 34]]
    assert poses.skeleton is COCO17


def test_flags_become_scores_and_joints_that_are_not_labelled_nan(tmp_path: Path) -> None:
    keypoints = [1, 2, 2, 3, 4, 1, 0, 0, 0] * 5 + [1, 2, 2] * 2
    poses = read(tmp_path, dataset(person(keypoints=keypoints)))
    assert poses.scores[0, :3].tolist() == [1, 0.5, 0]
    assert np.isnan(poses.keypoints[0, 2]).all()


def test_boxes_without_joints_and_crowds_are_left_out(tmp_path: Path) -> None:
    box = person()
    del box["keypoints"]
    people = [box, person(keypoints=[0] * 51), person(keypoints=[]), person()]
    assert len(read(tmp_path, dataset(*people))) == 1


@pytest.mark.parametrize(("names", "frames"), [
    (("0.jpg", "1.jpg", "5.jpg"), [0, 1, 5]),  # as AlphaPose calls them
    (("clip1_0003.png", "clip1_0004.png", "clip1_0009.png"), [3, 4, 9]),
    (("007", "8", "0010"), [7, 8, 10]),
])  # fmt: skip
def test_pictures_by_their_names(tmp_path: Path, names: Any, frames: list[int]) -> None:
    assert read(tmp_path, [person(name, score=2.7) for name in names], fps=10).frame.tolist() == frames
    images = [{"id": name} for name in names]
    assert read(tmp_path, dataset(*map(person, names)) | {"images": images}, fps=10).frame.tolist() == [0, 1, 2]


def test_people_among_animals(tmp_path: Path) -> None:
    kinds = [{"id": 2, "name": "dog", "keypoints": ["nose", "tail"]}, *dataset()["categories"]]
    dog = person(k=2, category_id=2)
    assert len(read(tmp_path, dataset(dog, person(), dog) | {"categories": kinds})) == 1


def test_joints_are_what_the_category_says(tmp_path: Path) -> None:
    names = ["root" if name == "hip" else name.replace("ankle", "foot") for name in H36M17.keypoints]
    poses = read(tmp_path, dataset(person(), names=names))
    assert poses.skeleton is H36M17
    assert poses.keypoint("right_ankle").tolist() == [[4, 8]]
    other = read(tmp_path, dataset(person(k=2), names=["snout", "tail"]))
    assert other.skeleton.keypoints == ("snout", "tail")


def test_results_of_a_video_and_of_a_picture(tmp_path: Path) -> None:
    results = [person(i, score=0.5, keypoints=[1, 2, 0.25] * 17) for i in (0, 3, 9)]
    poses = read(tmp_path, results, fps=10)
    assert (poses.frame.tolist(), poses.n_frames) == ([0, 3, 9], 10)
    assert (poses.scores == 0.25).all()
    assert read(tmp_path, results[2:]).frame.tolist() == [0]
    named = [person(2**40 + i, score=0.5) for i in range(2)]
    assert read(tmp_path, named, fps=10).frame.tolist() == [0, 1]


@settings(max_examples=25)
@given(sequences())
def test_round_trip(tmp_path_factory: Any, poses: PoseSequence) -> None:
    path = tmp_path_factory.mktemp("coco") / "dataset.json"
    write_coco_dataset(poses, path)
    back = read_poses(path)
    assert (back.skeleton, back.n_frames, back.frame_size) == (
        poses.skeleton if len(poses) else back.skeleton, poses.n_frames, poses.frame_size,
    )  # fmt: skip
    for name in ("frame", "track_id", "time_s"):
        np.testing.assert_array_equal(getattr(back, name), getattr(poses, name))
    np.testing.assert_allclose(back.keypoints, poses.to_skeleton(back.skeleton).keypoints, atol=0.001)
    np.testing.assert_allclose(back.scores, poses.to_skeleton(back.skeleton).scores, atol=1e-4)
    np.testing.assert_allclose(back.bbox, poses.bbox, atol=0.003)


def test_results_that_were_written_here(tmp_path: Path) -> None:
    poses = made_sequence()
    write_coco(poses, tmp_path / "results.json")
    back = read_poses(tmp_path / "results.json", fps=25)
    np.testing.assert_array_equal(back.frame, poses.frame)


@pytest.mark.parametrize(("data", "message"), [
    (dataset(person(8), images=(7, 8)), "holds no times: give the frame rate"),
    (dataset(person(8)), "annotation 0: expected the id of one of the images, got 8"),
    (dataset(person(image_id="seven")), "image_id: expected a whole number"),
    (dataset(person(), images=(7, 7)), "each image id once"),
    (dataset(person(), annotations={}), "COCO annotations as a list"),
    (dataset(annotations=[3]), "annotation 0: expected keypoints, got int"),
    (dataset(person()) | {"images": 3}, "COCO images as a list"),
    (dataset(person(keypoints=[1, 2])), "expected 51 numbers, got 2"),
    (dataset(person(keypoints="nose")), "keypoints: expected 51 numbers"),
    (dataset(person(bbox=[1, 2])), "bbox: expected 4 numbers, got 2"),
    (dataset(person(track_id="anna")), "track_id: expected a whole number"),
    (dataset(person(keypoint_scores=[1])), "keypoint_scores: expected 17 numbers, got 1"),
    (dataset(person(), names=["a", "a"]), "each keypoint of a skeleton once"),
    (dataset(person(k=2), person(k=3), categories=[]), r"one number of keypoints, got \[2, 3\]"),
    (dataset(person(keypoints=[1, 2, 2, 3]), categories=None), "three numbers for each joint, got 4 numbers"),
    ([person(score=1), 3], "image_id: expected a whole number"),
    ([person("a/2.jpg"), person("b/2.jpg")], r"one video, got 'a/2\.jpg' and 'b/2\.jpg' of one number"),
])  # fmt: skip
def test_malformed_files(tmp_path: Path, data: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, data)


def test_no_frame_rate(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at most 1000 frames a second"):
        read(tmp_path, dataset(person()), fps=float("inf"))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "image_id", "category_id", "keypoints", "bbox", "score", "time_s"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON_VALUES, JSON_VALUES, JSON_VALUES)
def test_any_json_is_read_or_refused(tmp_path_factory: Any, images: Any, annotations: Any, categories: Any) -> None:
    folder = tmp_path_factory.mktemp("any")
    with suppress(InputError):
        read(folder, {"images": images, "annotations": annotations, "categories": categories}, fps=25)
    with suppress(InputError):
        read(folder, [{"image_id": images, "keypoints": annotations}], fps=25)
