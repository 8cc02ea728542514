import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from tests.sequences import made_sequence

from posespotter.errors import SettingsError
from posespotter.formats.coco import coco_results, write_coco
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, COCO17, skeleton_for


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
