"""Our models against the answers of rtmlib 0.0.16 and MediaPipe 0.10.21, recorded by benchmarks/parity_*.py."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest

from posespotter.models.families.blazepose import BlazePose
from posespotter.models.interfaces import Regions
from posespotter.models.load import load_detector, load_pose_model

pytestmark = pytest.mark.shared

DATA = Path(__file__).resolve().parents[1] / "data"
BOX_PX, JOINT_PX, SCORE, HEIGHT_SHARE = 1.0, 0.5, 1e-3, 0.015
DECIDED = 1e-3  # how far a joint's peak stands out; two peaks of one height are decided by rounding


def recorded(name: str) -> dict[str, Any]:
    return json.loads((DATA / name).read_text("utf-8"))


RTMLIB, MEDIAPIPE = recorded("rtmlib_parity.json"), recorded("mediapipe_parity.json")


def picture(shared: Path, name: str) -> Any:
    return cv2.imread(str(shared / "data" / "coco" / "images" / name))


def regions(boxes: Any, squares: Any = None) -> Regions:
    array = np.array(boxes, np.float32)
    return Regions.from_boxes(array, np.ones(len(array), np.float32), squares)


@pytest.fixture(scope="module")
def scaled_rtmpose(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RTMPose-t with its outputs divided by 10, as it was recorded: its random weights give scores around 9."""
    model = onnx.load(shared / "models" / "test" / "rtmpose_t_coco17_256x192_random_weights.onnx")
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.float32(0.1), "scale"))
    for output in model.graph.output:
        for node in model.graph.node:
            node.output[:] = [f"{name}_raw" if name == output.name else name for name in node.output]
        model.graph.node.append(onnx.helper.make_node("Mul", [f"{output.name}_raw", "scale"], [output.name]))
    path = tmp_path_factory.mktemp("models") / "rtmpose_t_scaled.onnx"
    onnx.save(model, path)
    return path


@pytest.mark.parametrize("name", RTMLIB)
def test_rtmdet_boxes_are_those_of_rtmlib(shared: Path, name: str) -> None:
    image, theirs = picture(shared, name), RTMLIB[name]
    found = load_detector(str(shared / "models" / "test" / "rtmdet_nano_person_320.onnx")).model.detect(image)
    found = found.take(found.scores > 0.3)  # rtmlib's limit; ours is lower
    height, width = image.shape[:2]
    # rtmlib leaves boxes that reach beyond the picture as they are.
    np.testing.assert_allclose(found.boxes, np.clip(theirs["boxes"], 0, [width, height] * 2), atol=BOX_PX)
    np.testing.assert_allclose(found.scores, theirs["box_scores"], atol=SCORE)


@pytest.mark.parametrize("name", RTMLIB)
def test_rtmpose_joints_are_those_of_rtmlib(shared: Path, scaled_rtmpose: Path, name: str) -> None:
    # Recorded from pictures with red and blue swapped: rtmlib 0.0.16 forgets that the model takes RGB.
    theirs = RTMLIB[name]
    joints = load_pose_model(str(scaled_rtmpose)).model.estimate(picture(shared, name), regions(theirs["boxes"]))
    decided = np.array(theirs["stand_out"]) > DECIDED
    assert decided.mean() > 0.9
    apart = np.linalg.norm(joints.keypoints - np.array(theirs["keypoints"]), axis=-1)
    assert apart[decided].max() < JOINT_PX
    np.testing.assert_allclose(joints.scores, theirs["scores"], atol=2 * SCORE)


def test_blazepose_landmarks_are_those_of_mediapipe(shared: Path) -> None:
    pose = load_pose_model("blazepose-full").model
    assert isinstance(pose, BlazePose)
    shares = []
    for name, theirs in MEDIAPIPE["full"].items():
        square = np.array([theirs["square"]], np.float32)
        joints = pose.estimate(picture(shared, name), regions(np.zeros((1, 4)), square))
        points = np.array(theirs["points"])
        height = np.ptp(points, axis=0).max()
        shares.append(np.median(np.linalg.norm(joints.keypoints[0] - points, axis=-1)) / height)
    # MediaPipe moves its landmarks towards the peaks of a heat map, which our files leave out for speed.
    assert np.median(shares) < HEIGHT_SHARE
    assert max(shares) < 2 * HEIGHT_SHARE
