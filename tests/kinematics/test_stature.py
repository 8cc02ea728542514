"""How tall people appear: a table that a person can check, and what must not change it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import walks

from posespotter.kinematics.stature import stature_px
from posespotter.skeletons import BLAZEPOSE33, COCO17, HALPE26, SEGMENT_SHARES, skeleton_for


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
    np.testing.assert_allclose(stature_px(keypoints, COCO17), [expected], rtol=1e-6)


@given(turn=st.floats(0, 6.28), zoom=st.floats(0.1, 10), x=st.floats(-1e3, 1e3), y=st.floats(-1e3, 1e3))
def test_place_and_attitude_do_not_matter_and_distance_does(turn, zoom, x, y):
    cos, sin = np.cos(turn), np.sin(turn)
    moved = zoom * upright(300) @ np.array([[cos, sin], [-sin, cos]]) + [x, y]
    np.testing.assert_allclose(stature_px(moved, COCO17), [300 * zoom], rtol=1e-6)


@pytest.mark.parametrize("skeleton", [COCO17, BLAZEPOSE33, HALPE26])
def test_walking_changes_it_less_than_the_box(skeleton):
    scene = walks.scene("one", [walks.Walker(walks.line(-2, 6, 1.2))], seconds=3, skeleton=skeleton)
    stature = stature_px(scene.keypoints[:, 0], skeleton)
    diagonal = np.hypot(*(scene.boxes[:, 0, 2:] - scene.boxes[:, 0, :2]).T)
    assert stature.mean() == pytest.approx(walks.BODY_M * walks.FOCAL_PX / 6, rel=0.02)
    assert stature.std() / stature.mean() < 0.01 < diagonal.std() / diagonal.mean()


def test_points_without_names_tell_nothing():
    assert np.isnan(stature_px(np.zeros((3, 5, 2)), skeleton_for(5))).all()
    assert stature_px(np.zeros((0, 17, 2)), COCO17).shape == (0,)
