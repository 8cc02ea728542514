import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.sequences import made_sequence

from posespotter.errors import SettingsError
from posespotter.formats.coco import coco_results, write_coco, write_coco_dataset
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, COCO17, skeleton_for, skeleton_of


def one_person(scores: list[float], bbox_score: float) -> PoseSequence:
    row = {
        "frame": 4, "time_s": 0.2, "track_id": 1, "bbox": (0, 0, 9, 9), "bbox_score": bbox_score,
        "keypoints": np.arange(34.0).reshape(17, 2), "scores": scores,
    }  # fmt: skip
    return PoseSequence.from_rows([row], COCO17, frame_size=(9, 9), fps=20.0, n_frames=5)


@pytest.mark.parametrize(("scores", "bbox_score", "expected"), [
    ([1.0] * 17, 0.5, 0.5),
    ([0.6] * 17, 0.5, 0.3),
    ([0.8] * 8 + [0.1] * 9, 0.5, 0.4),   # joints up to 0.2 do not count
    ([0.2] * 17, 0.5, 0.0),
])  # fmt: skip
def test_score(scores: list[float], bbox_score: float, expected: float) -> None:
    assert coco_results(one_person(scores, bbox_score))[0]["score"] == pytest.approx(expected, abs=1e-4)


def test_layout() -> None:
    result = coco_results(one_person([0.5] * 17, 1.0))[0]
    assert result["image_id"] == 4
    assert result["category_id"] == 1
    assert result["keypoints"] == [value for i in range(17) for value in (2 * i, 2 * i + 1, 0.5)]


def test_image_ids() -> None:
    poses = one_person([0.5] * 17, 1.0)
    assert coco_results(poses, {4: 397133})[0]["image_id"] == 397133
    with pytest.raises(SettingsError, match="none for frame 4"):
        coco_results(poses, {3: 1})


def test_joints_that_were_not_seen_are_zero() -> None:
    poses = made_sequence(skeleton=BLAZEPOSE33)
    triplets = np.array([result["keypoints"] for result in coco_results(poses)]).reshape(len(poses), 17, 3)
    unseen = np.isnan(poses.to_skeleton(COCO17).keypoints).any(axis=2)
    assert unseen.any()
    assert (triplets[unseen] == 0).all()
    assert (triplets[~unseen] > 0).all()


def test_skeleton_without_names_is_refused() -> None:
    with pytest.raises(SettingsError, match="points5 has none"):
        coco_results(made_sequence(skeleton=skeleton_for(5)))


def test_nobody(tmp_path: Path) -> None:
    write_coco(made_sequence(rows=0), tmp_path / "nobody.json")
    assert json.loads((tmp_path / "nobody.json").read_text()) == []


def test_pycocotools_finds_the_truth_to_be_true(tmp_path: Path) -> None:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    rng = np.random.default_rng(0)
    n = 5
    poses = PoseSequence(
        frame=np.arange(n, dtype=np.int32),
        time_s=np.arange(n) / 25,
        track_id=np.ones(n, np.int32),
        bbox=np.tile(np.array([0, 0, 200, 200], np.float32), (n, 1)),
        bbox_score=np.ones(n, np.float32),
        keypoints=rng.uniform(1, 200, (n, 17, 2)).astype(np.float32),
        scores=np.ones((n, 17), np.float32),
        skeleton=COCO17, frame_size=(200, 200), fps=25.0, n_frames=n,
    )  # fmt: skip
    results = coco_results(poses)
    truth = {
        "info": {}, "images": [{"id": i} for i in range(n)], "categories": [{"id": 1, "name": "person"}],
        "annotations": [
            {
                "id": i + 1, "image_id": i, "category_id": 1, "iscrowd": 0, "area": 40000, "num_keypoints": 17,
                "bbox": [0, 0, 200, 200], "keypoints": np.array(results[i]["keypoints"]).tolist(),
            }
            for i in range(n)
        ],
    }  # fmt: skip
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    write_coco(poses, tmp_path / "results.json")
    with redirect_stdout(StringIO()):
        coco = COCO(str(tmp_path / "truth.json"))
        evaluation = COCOeval(coco, coco.loadRes(str(tmp_path / "results.json")), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1.0)


def picture(source: str) -> PoseSequence:
    row = {
        "frame": 0, "time_s": 0.0, "track_id": 1, "bbox": (10, 20, 40, 80), "bbox_score": 0.9,
        "keypoints": np.arange(1.0, 35.0).reshape(17, 2), "scores": [0.9] * 16 + [0.1],
    }  # fmt: skip
    return PoseSequence.from_rows([row], COCO17, frame_size=(100, 90), fps=0.0, n_frames=1, source=source)


@pytest.mark.parametrize(("source", "image_id"), [
    ("000000000785.jpg", 785),
    ("COCO_val2014_000000000785.jpg", 785),
    ("7.png", 7),
    ("", 0),
])  # fmt: skip
def test_image_ids_of_pictures_are_the_numbers_of_their_names(source: str, image_id: int) -> None:
    assert coco_results(picture(source))[0]["image_id"] == image_id


def test_every_picture_has_its_own_image_id() -> None:
    names = [
        "a.jpg",
        "b.jpg",
        "IMG_1.jpg",
        "img_1.jpg",
        "1.jpg",
        "DSC 1.jpg",
        "\ud83d\ude00.jpg",
        "\udce9.jpg",
        "1" * 13 + ".jpg",
    ]
    ids = [coco_results(picture(name))[0]["image_id"] for name in names]
    assert len(set(ids)) == len(names)
    assert all(0 <= one < 2**53 for one in ids)
    assert ids == [coco_results(picture(name))[0]["image_id"] for name in names]


def stored_dataset(folder: Path, poses: PoseSequence) -> dict[str, Any]:
    write_coco_dataset(poses, folder / "dataset.json")
    content: dict[str, Any] = json.loads((folder / "dataset.json").read_text())
    return content


def test_a_data_set_of_a_picture(tmp_path: Path) -> None:
    content = stored_dataset(tmp_path, picture("000000000785.jpg"))
    assert content["images"] == [
        {"id": 785, "file_name": "000000000785.jpg", "width": 100, "height": 90, "time_s": 0.0}
    ]
    (one,) = content["annotations"]
    assert (one["id"], one["image_id"], one["category_id"], one["iscrowd"]) == (1, 785, 1, 0)
    assert (one["bbox"], one["area"], one["num_keypoints"]) == ([10, 20, 30, 60], 1800, 17)
    assert one["keypoints"][:6] == [1, 2, 2, 3, 4, 2]
    assert one["keypoints"][-1] == 1  # doubtful
    (category,) = content["categories"]
    assert category["keypoints"] == list(COCO17.keypoints)
    assert [6, 7] in category["skeleton"]  # the shoulders, counted from 1


def test_a_data_set_of_a_video_has_frames_without_people_too(tmp_path: Path) -> None:
    poses = made_sequence(skeleton=skeleton_of(["snout", "left_hip", "tail"]), source="dog.mp4")
    content = stored_dataset(tmp_path, poses)
    assert [image["id"] for image in content["images"]] == list(range(30))
    assert content["images"][3]["file_name"] == "dog_000003.jpg"
    assert [one["image_id"] for one in content["annotations"]] == poses.frame.tolist()
    assert [one["track_id"] for one in content["annotations"]] == poses.track_id.tolist()
    assert content["categories"][0]["keypoints"] == ["snout", "left_hip", "tail"]
    flags = np.array([one["keypoints"] for one in content["annotations"]])[:, 2::3]
    assert ((flags == 0) == np.isnan(poses.keypoints[..., 0])).all()


def test_a_data_set_of_nobody(tmp_path: Path) -> None:
    content = stored_dataset(tmp_path, made_sequence(rows=0))
    assert (len(content["images"]), content["annotations"]) == (30, [])


def test_billions_of_frames_are_not_listed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at most 10000000 frames"):
        write_coco_dataset(made_sequence(n_frames=2**31 - 2), tmp_path / "dataset.json")
    assert list(tmp_path.iterdir()) == []


def test_pycocotools_reads_a_data_set(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    poses = made_sequence(source="walk.mp4")
    write_coco_dataset(poses, tmp_path / "dataset.json")
    with redirect_stdout(StringIO()):
        coco = COCO(str(tmp_path / "dataset.json"))
        (tmp_path / "results.json").write_text(json.dumps(coco_results(poses)))
        found = coco.loadRes(str(tmp_path / "results.json"))
    assert sorted(coco.getImgIds()) == list(range(30))
    assert len(coco.getAnnIds(catIds=[1])) == len(found.getAnnIds()) == len(poses)
