"""Composite pose models: the first one's joints as they are, and feet, hands and metres that hang on them."""

from functools import cache

import numpy as np
import pytest
from tests.models.tiny import FakeSession, pose_model

from posespotter.errors import ModelError
from posespotter.media import open_source
from posespotter.models.families.blazepose import BlazePose
from posespotter.models.families.composite import CompositePose
from posespotter.models.families.movenet import MoveNet
from posespotter.models.interfaces import Regions
from posespotter.models.load import load_detector, load_pose_model, model_sha256
from posespotter.skeletons import BLAZEPOSE33, COCO17

COMMON = np.array([BLAZEPOSE33.index(name) for name in COCO17.keypoints])
HOLDERS = {
    "left_heel": "left_ankle", "right_heel": "right_ankle", "left_foot_index": "left_ankle",
    "right_foot_index": "right_ankle", "left_pinky": "left_wrist", "right_index": "right_wrist",
    "left_thumb": "left_wrist", "left_mouth": "nose", "right_mouth": "nose", "left_eye_inner": "left_eye",
    "right_eye_outer": "right_eye",
}  # fmt: skip
STANDING = np.array(
    [(0.5, 0.05), (0.55, 0.03), (0.45, 0.03), (0.6, 0.05), (0.4, 0.05), (0.7, 0.2), (0.3, 0.2), (0.75, 0.35),
     (0.25, 0.35), (0.75, 0.5), (0.25, 0.5), (0.6, 0.52), (0.4, 0.52), (0.6, 0.75), (0.4, 0.75), (0.6, 0.95),
     (0.4, 0.95)],
    np.float32,
)  # fmt: skip
PLACES = np.random.default_rng(0).uniform(40, 216, (39, 2)).astype(np.float32)
IMAGE = np.zeros((480, 640, 3), np.uint8)
BOX = Regions.from_boxes(np.array([[200, 100, 300, 400]], np.float32), np.ones(1, np.float32))


def composite(joints=STANDING, scores=0.9, visible=0.99):
    """Of fake models: MoveNet answers `joints` (shares of the crop), BlazePose always `PLACES` (px of its crop)."""
    first = np.empty((1, 1, 17, 3), np.float32)
    first[0, 0, :, 1::-1] = joints
    first[..., 2] = scores
    rest = np.zeros((39, 5), np.float32)
    rest[:, :2] = PLACES
    rest[:, 3:] = np.log(visible / (1 - visible))
    answer = [rest.reshape(1, 195), np.ones((1, 1), np.float32), np.zeros((1, 117), np.float32)]
    movenet = MoveNet(FakeSession(lambda _: [first], (1, 192, 192, 3), "image"))
    return CompositePose(movenet, BlazePose(FakeSession(lambda _: answer, (1, 256, 256, 3)))), movenet


@pytest.mark.parametrize("seed", range(10))
def test_the_joints_of_coco_are_exactly_those_of_the_first_model(seed):
    random = np.random.default_rng(seed)
    joints, scores = random.uniform(0, 1, (17, 2)), random.uniform(0, 1, 17)
    model, movenet = composite(np.array(joints, np.float32), np.array(scores, np.float32))
    both, alone = model.estimate(IMAGE, BOX), movenet.estimate(IMAGE, BOX)
    assert both.keypoints.shape == (1, 33, 2)
    assert both.keypoints[:, COMMON].tobytes() == alone.keypoints.tobytes()
    assert both.scores[:, COMMON].tobytes() == alone.scores.tobytes()
    assert both.presence.tobytes() == alone.presence.tobytes()
    assert both.regions.boxes.tobytes() == alone.regions.boxes.tobytes()
    assert np.isfinite(both.keypoints).all()


@pytest.mark.parametrize(("point", "holder"), HOLDERS.items())
def test_a_further_point_moves_with_the_joint_it_hangs_on(point, holder):
    """Wherever the first model puts the joint: from it, the point lies where BlazePose sees it."""
    at, on = BLAZEPOSE33.index(point), BLAZEPOSE33.index(holder)
    offsets = []
    for shift in (0.0, 0.04):
        moved = STANDING.copy()
        moved[COCO17.index(holder), 0] += shift
        found = composite(moved)[0].estimate(IMAGE, BOX).keypoints[0]
        offsets.append(found[at] - found[on])
    turned = PLACES[at] - PLACES[on]
    assert np.hypot(*offsets[0]) > 0
    # The square is BlazePose's crop: longer or shorter, it has one scale for all.
    assert offsets[0] / np.hypot(*offsets[0]) == pytest.approx(turned / np.hypot(*turned), abs=0.01)
    assert offsets[1] / np.hypot(*offsets[1]) == pytest.approx(turned / np.hypot(*turned), abs=0.01)


@pytest.mark.parametrize(("joint", "visible", "expected"), [(0.3, 0.99, 0.3), (0.9, 0.5, 0.5), (0.0, 0.99, 0.0)])
def test_a_further_point_is_no_surer_than_its_joint(joint, visible, expected):
    found = composite(scores=joint, visible=visible)[0].estimate(IMAGE, BOX)
    further = np.setdiff1d(np.arange(33), COMMON)
    assert found.scores[0, further] == pytest.approx(np.full(16, expected), abs=1e-3)


@pytest.mark.parametrize("angle", [0.0, 0.7, np.pi / 2, -2.0])
def test_blazepose_is_shown_the_person_upright(angle):
    """The square is turned with the line from the hips to the shoulders, and holds the farthest joint."""
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    joints = ((STANDING - 0.5) @ turn * 0.8 + 0.5).astype(np.float32)
    model, movenet = composite(joints)
    points = movenet.estimate(IMAGE, BOX).keypoints
    (x, y, side, turned) = model._squares(points, BOX.boxes)[0]
    hips = points[0, [11, 12]].mean(0)
    assert (x, y) == pytest.approx(tuple(hips), abs=1e-2)
    assert np.cos(turned - angle) == pytest.approx(1, abs=1e-3)
    assert side == pytest.approx(2.5 * np.hypot(*(points[0] - hips).T).max(), rel=1e-3)


def test_joints_that_have_no_place_do_no_harm():
    """RTMPose gives NaN for joints it does not see; here hips and shoulders."""
    points = np.full((1, 17, 2), np.nan, np.float32)
    points[0, 0] = 250, 120
    square = CompositePose._squares(points, BOX.boxes)[0]
    assert square == pytest.approx([250, 250, 2.5 * np.hypot(50, 150), 0], abs=0.1)
    points[0, [5, 6, 11, 12]] = [(240, 150), (260, 150), (240, 250), (260, 250)]
    assert np.isfinite(CompositePose._squares(points, BOX.boxes)).all()


def test_shoulders_on_the_hips_do_no_harm():
    """The line between them, which turns the square, has no direction then."""
    for place in (0.0, 0.5):
        found = composite(np.full((17, 2), place, np.float32))[0].estimate(IMAGE, BOX)
        assert np.isfinite(found.keypoints).all()


def test_nobody():
    found = composite()[0].estimate(IMAGE, Regions.none())
    assert found.keypoints.shape == (0, 33, 2)
    assert found.world.shape == (0, 33, 3)


@cache
def real(name):
    return load_pose_model(name)


def test_of_the_embedded_models(demo_clip):
    loaded = real("movenet-lightning+blazepose-full")
    assert loaded.name == "movenet-lightning+blazepose-full"
    assert loaded.sha256 == model_sha256(loaded.name, ("pose",))
    assert loaded.sha256 not in {model_sha256(name, ("pose",)) for name in loaded.name.split("+")}
    assert len(loaded.model.sessions) == 2
    with open_source(demo_clip) as source:
        image = next(frame.image for frame in source if frame.index == 75)
    person = load_detector("movenet-multipose").model.detect(image).take(np.array([0]))
    both, alone = loaded.model.estimate(image, person), real("movenet-lightning").model.estimate(image, person)
    assert both.keypoints[:, COMMON].tobytes() == alone.keypoints.tobytes()
    height = np.ptp(alone.keypoints[0, :, 1])
    for side in ("left", "right"):
        ankle, heel, toe = (
            both.keypoints[0, BLAZEPOSE33.index(f"{side}_{p}")] for p in ("ankle", "heel", "foot_index")
        )
        assert np.hypot(*(heel - ankle)) < 0.1 * height
        assert np.hypot(*(toe - ankle)) < 0.2 * height
        assert toe[1] > ankle[1] - 0.02 * height
    assert 1.2 < np.ptp(both.world[0, :, 1]) < 2.2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("movenet-thundr+blazepose-full", ["'movenet-thundr'", "Did you mean movenet-thunder"]),
        ("movenet-thunder+blazepose-ful", ["'blazepose-ful'", "Did you mean blazepose-full"]),
        ("movenet-thunder+rtmpose-t", ["expected a BlazePose model after the +", "got rtmpose-t"]),
        ("movenet-thunder+movenet-lightning", ["expected a BlazePose model after the +", "got movenet-lightning"]),
        ("movenet-multipose+blazepose-full", ["movenet-multipose is a one-stage model; expected a pose model"]),
        ("movenet-thunder+", ["no pose model called ''"]),
        ("+blazepose-full", ["no pose model called ''"]),
        ("a+b+c", ["expected two pose models joined by +, got 3"]),
        ("movenet-thunder+blazepose-heavy", ["blazepose-heavy does not come with PoseSpotter any more"]),
    ],
)
def test_a_name_that_is_none(name, words):
    with pytest.raises(ModelError) as refused:
        load_pose_model(name)
    for word in words:
        assert word in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_first_model_without_the_joints_of_coco_is_refused(tmp_path, monkeypatch):
    pose_model(tmp_path / "five.onnx", [(10, 10)] * 5)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match="begins with one that gives the joints of COCO-17"):
        load_pose_model("five.onnx+blazepose-full")


def test_the_first_model_may_be_a_file_anywhere(tmp_path):
    file = tmp_path / "mine.onnx"
    file.write_bytes(load_pose_model("movenet-lightning").model.session.path.read_bytes())
    loaded = load_pose_model(f"{file}+blazepose-full")
    assert len(loaded.model.skeleton) == 33
    with pytest.raises(ModelError, match=r"other\.onnx: expected an ONNX file, there is no such file"):
        load_pose_model(f"{tmp_path / 'other.onnx'}+blazepose-full")
