"""How tall people appear: a table that a person can check, and what must not change it."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import walks

from posespotter.kinematics.body_scale import body_scale_px, limbs_of, pose_scale_px
from posespotter.skeletons import BLAZEPOSE33, COCO17, HALPE26, SEGMENT_SHARES, skeleton_for

COCO_LIMBS = limbs_of(COCO17.keypoints)


def upright(height_px: float) -> np.ndarray:
    """(1, 17, 2) px: somebody with straight limbs and the table's proportions."""
    keypoints = np.full((1, 17, 2), np.nan)
    y = {"shoulder": 0.0}
    for (a, b), share in SEGMENT_SHARES.items():
        y[b] = y[a] + share * height_px
    for part, down in y.items():
        for x, side in ((0, "left"), (20, "right")):
            keypoints[0, COCO17.index(f"{side}_{part}")] = x, down
    return keypoints


@pytest.mark.parametrize(
    ("unseen", "expected"),
    [
        ((), 400),
        (("left_wrist", "right_ankle"), 400),  # what is left has the same proportions
        (tuple(name for name in COCO17.keypoints if "left_hip" != name != "left_knee"), 400),  # one thigh
        (tuple(name for name in COCO17.keypoints if name != "left_hip"), np.nan),
        (COCO17.keypoints, np.nan),
    ],
)
def test_the_seen_limbs_speak_for_the_whole(unseen, expected):
    keypoints = upright(400)
    keypoints[0, [COCO17.index(name) for name in unseen]] = np.nan
    np.testing.assert_allclose(pose_scale_px(keypoints, COCO_LIMBS), [expected], rtol=1e-6)


@given(turn=st.floats(0, 6.28), zoom=st.floats(0.1, 10), x=st.floats(-1e3, 1e3), y=st.floats(-1e3, 1e3))
def test_place_and_attitude_do_not_matter_and_distance_does(turn, zoom, x, y):
    cos, sin = np.cos(turn), np.sin(turn)
    moved = zoom * upright(300) @ np.array([[cos, sin], [-sin, cos]]) + [x, y]
    np.testing.assert_allclose(pose_scale_px(moved, COCO_LIMBS), [300 * zoom], rtol=1e-6)


@pytest.mark.parametrize("skeleton", [COCO17, BLAZEPOSE33, HALPE26])
def test_walking_changes_it_less_than_the_box(skeleton):
    scene = walks.scene("one", [walks.Walker(walks.line(-2, 6, 1.2))], seconds=3, skeleton=skeleton)
    scale = pose_scale_px(scene.keypoints[:, 0], limbs_of(skeleton.keypoints))
    diagonal = np.hypot(*(scene.boxes[:, 0, 2:] - scene.boxes[:, 0, :2]).T)
    assert scale.mean() == pytest.approx(walks.BODY_M * walks.FOCAL_PX / 6, rel=0.02)
    assert scale.std() / scale.mean() < 0.01 < diagonal.std() / diagonal.mean()


def test_points_without_names_tell_nothing():
    assert np.isnan(pose_scale_px(np.zeros((3, 5, 2)), limbs_of(skeleton_for(5).keypoints))).all()
    assert pose_scale_px(np.zeros((0, 17, 2)), COCO_LIMBS).shape == (0,)


@pytest.mark.parametrize(("quantile", "expected"), [(0.0, 100), (0.5, 400), (0.99, 400)])
def test_a_quantile_of_the_limbs_is_no_nearer_to_the_shortened_ones(quantile, expected):
    keypoints = upright(400)
    elbow, wrist = (COCO17.index(f"left_{part}") for part in ("elbow", "wrist"))
    keypoints[0, wrist] = keypoints[0, elbow] + [0, 0.146 * 100]  # the forearm points at the camera
    seen = np.isfinite(COCO_LIMBS.lengths(keypoints))
    np.testing.assert_allclose(pose_scale_px(keypoints, COCO_LIMBS, seen, quantile), [expected], rtol=1e-6)
    assert np.isnan(pose_scale_px(keypoints, COCO_LIMBS, seen & False, quantile)).all()


def test_a_kind_of_limb_is_left_out():
    assert len(limbs_of(COCO17.keypoints, without=("elbow", "wrist")).ends) == len(COCO_LIMBS.ends) - 2


def standing(time_s: np.ndarray, height_px: float) -> np.ndarray:
    """(N,) px that are found of somebody who stands upright throughout."""
    places, scores = np.full((len(time_s), 17, 2), np.nan), np.zeros((len(time_s), 17))
    for part, up in (("shoulder", 0.288 + 0.245 + 0.246), ("hip", 0.245 + 0.246), ("knee", 0.246), ("ankle", 0)):
        for side in ("left", "right"):
            places[:, COCO17.index(f"{side}_{part}")] = (100, 900 - up * height_px)
            scores[:, COCO17.index(f"{side}_{part}")] = 1
    return body_scale_px(time_s, places, scores, COCO_LIMBS)


@pytest.mark.parametrize("time_s", [
    np.arange(300) / 30,
    np.arange(300) / 30 + 1e7,
    np.arange(300) * 1e7,                                       # a frame in four months
    np.concatenate([np.arange(150) / 30, 1e9 + np.arange(150) / 30]),
    np.arange(300) * 1e-12,
    np.zeros(300),
], ids=["usual", "late", "months", "years between", "at once", "no time"])  # fmt: skip
def test_size_and_memory_do_not_depend_on_the_span_of_time(time_s: np.ndarray) -> None:
    tracemalloc.start()
    lengths = standing(time_s, 700)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    np.testing.assert_allclose(lengths, 700)
    assert peak < 20e6
