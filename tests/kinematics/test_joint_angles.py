"""Angles by one convention: tables that can be checked by hand, and what holds for everybody from everywhere."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import figures, walks

import posespotter
from posespotter.errors import SettingsError
from posespotter.kinematics import joint_angles as module
from posespotter.kinematics.joint_angles import ANGLE_NAMES, joint_angles
from posespotter.kinematics.measurement_errors import MeasureError
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

SIDE_VIEW = ("left_hip_flexion", "left_knee_flexion", "left_shoulder_flexion", "left_elbow_flexion")
IN_SPACE = ("hip_flexion", "knee_flexion", "ankle_dorsiflexion", "elbow_flexion")


@pytest.fixture(autouse=True)
def _every_view_shown(monkeypatch) -> None:
    """What the table of errors leaves out is another question."""
    monkeypatch.setattr(module, "measure_error", lambda *_: None)


def standing(facing: float = 1.0, **moved: tuple[float, float]) -> PoseSequence:
    """Somebody of 100 px who stands upright in a side view and faces the picture's right (1) or left (-1).

    `moved` places joints of both sides, as if facing right; x, y px.
    """
    places = {
        "nose": (6, 10), "eye": (5, 8), "ear": (0, 9), "shoulder": (0, 20), "elbow": (0, 38), "wrist": (0, 53),
        "hip": (0, 49), "knee": (0, 74), "ankle": (0, 98),
    } | moved  # fmt: skip
    points = np.array([places[name.split("_")[-1]] for name in COCO17.keypoints], float)
    points[:, 0] = 100 + facing * points[:, 0]
    return PoseSequence.from_arrays(np.repeat(points[None], 5, 0), skeleton=COCO17, fps=30.0)


@pytest.mark.parametrize("facing", [1.0, -1.0])
@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({}, {}),
        ({"ankle": (-24, 74)}, {"left_knee_flexion": 90}),  # heel to the back
        ({"knee": (25, 49), "ankle": (25, 73)}, {"left_hip_flexion": 90, "left_knee_flexion": 90}),  # seated
        ({"knee": (-7, 73), "ankle": (-7, 97)}, {"left_hip_flexion": -16.3, "left_knee_flexion": -16.3}),  # over-
        ({"elbow": (18, 20), "wrist": (18, 35)}, {"left_shoulder_flexion": 90, "left_elbow_flexion": 90}),
        ({"elbow": (0, 2), "wrist": (0, -13)}, {"left_shoulder_flexion": 180}),  # overhead
        ({"elbow": (-12, 33), "wrist": (-22, 43.8)}, {"left_shoulder_flexion": -42.7}),  # arm behind the back
        ({"wrist": (0, 23)}, {"left_elbow_flexion": 180}),
    ],
)  # fmt: skip
def test_from_the_side(facing, moved, expected) -> None:
    angles = joint_angles(standing(facing, **moved), plane="sagittal")
    for name in SIDE_VIEW:
        np.testing.assert_allclose(angles[name], expected.get(name, 0), atol=0.6, err_msg=name)
    np.testing.assert_allclose(angles["trunk_forward_lean"], 0, atol=1e-6)


@pytest.mark.parametrize(("facing", "lean"), [(1.0, 40.0), (-1.0, 40.0), (1.0, -15.0)])
def test_trunk_leans_forward(facing, lean) -> None:
    sine, cosine = 29 * np.sin(np.radians(lean)), 29 * np.cos(np.radians(lean))
    upper = {"shoulder": (sine, 49 - cosine), "ear": (sine, 38 - cosine), "nose": (sine + 6, 39 - cosine)}
    angles = joint_angles(standing(facing, **upper))
    np.testing.assert_allclose(angles["trunk_forward_lean"], lean, atol=1e-4)
    np.testing.assert_allclose(angles["left_hip_flexion"], lean, atol=1e-4)


@pytest.mark.parametrize("rear", [False, True])
def test_from_the_front(rear) -> None:
    places = {
        "nose": (0, 10), "left_eye": (2, 8), "left_ear": (5, 9), "left_shoulder": (11, 20), "left_elbow": (29, 20),
        "left_wrist": (43, 20), "left_hip": (6, 49), "left_knee": (2, 74), "left_ankle": (6, 98),
        "right_eye": (-2, 8), "right_ear": (-5, 9), "right_shoulder": (-11, 20), "right_elbow": (-11, 38),
        "right_wrist": (-11, 52), "right_hip": (-6, 49), "right_knee": (-10, 74), "right_ankle": (-6, 98),
    }  # fmt: skip
    points = np.array([places[name] for name in COCO17.keypoints], float) * [-1 if rear else 1, 1] + 200
    angles = joint_angles(PoseSequence.from_arrays(points[None], skeleton=COCO17, fps=30.0), plane="frontal")
    assert angles.views == ("rear" if rear else "front",)
    expected = {"left_shoulder_abduction": 90, "right_shoulder_abduction": 0, "trunk_side_lean": 0}
    expected |= {"left_knee_valgus": 18.6, "right_knee_valgus": -18.6}  # one knee in, one out: 4 px of 25 and of 24
    assert {name: float(angles[name][0]) for name in angles.names} == pytest.approx(expected, abs=0.2)


@given(yaw=st.floats(-180, 180), up=st.floats(0.2, 1.0))
def test_in_space_the_view_makes_no_difference(yaw, up) -> None:
    figure = figures.squat(repetitions=1)
    seen = joint_angles(figures.film(figure, yaw_deg=yaw, fps=8, camera_up=up), world=True)
    reference = joint_angles(figures.film(figure, yaw_deg=90, fps=8), world=True)
    np.testing.assert_allclose(seen.degrees, reference.degrees, atol=0.05)


@given(yaw=st.sampled_from([0.0, 30, 75, 90, 110, 180, -70, -90]), world=st.booleans())
def test_mirrored(yaw, world) -> None:
    poses = figures.film(figures.squat({"knees_inward"}, repetitions=1), yaw_deg=yaw, fps=10)
    angles, mirrored = (joint_angles(one, world=world) for one in (poses, figures.mirrored(poses)))
    swap = {"left": "right", "right": "left"}
    for name in angles.names:
        side, _, rest = name.partition("_")
        there = mirrored[f"{swap[side]}_{rest}"] if side in swap else mirrored[name]
        sign = -1 if name == "trunk_side_lean" else 1
        np.testing.assert_allclose(there, sign * angles[name], atol=0.05, err_msg=name)


@given(zoom=st.floats(0.3, 3), x=st.floats(0, 900), y=st.floats(0, 500))
def test_size_and_place_in_the_picture_make_no_difference(zoom, x, y) -> None:
    poses = figures.film(figures.squat(repetitions=1), yaw_deg=80, fps=10)
    moved = figures.moved(poses, zoom, (x, y))
    np.testing.assert_allclose(joint_angles(moved).degrees, joint_angles(poses).degrees, atol=0.05)


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0, 120.0])
@pytest.mark.parametrize("world", [False, True])
def test_frame_rates_see_the_same(fps, world) -> None:
    figure = figures.squat(repetitions=2)
    poses = figures.film(figure, yaw_deg=75, fps=fps)
    reference = joint_angles(figures.film(figure, yaw_deg=75, fps=240), world=world)
    angles = joint_angles(poses, world=world)
    for name in ("left_knee_flexion", "left_hip_flexion", "trunk_forward_lean"):
        np.testing.assert_allclose(
            angles[name], np.interp(angles.time_s, reference.time_s, reference[name]), atol=0.5, err_msg=name
        )


def walking(path, turn=None, fps: float = 30.0, seconds: float = 4.0) -> PoseSequence:
    scene = walks.scene("walk", [walks.Walker(path, turn=turn)], seconds=seconds, fps=fps)
    return PoseSequence.from_arrays(scene.keypoints[:, 0], skeleton=COCO17, fps=fps, frame_size=walks.FRAME_SIZE)


def test_treadmill() -> None:
    """Who walks on the spot has the knees of who walks by."""
    across = joint_angles(walking(walks.line(-2.0, 5.0, 1.0)), plane="sagittal")
    on_the_spot = joint_angles(walking(walks.line(0.0, 5.0, 0.0), turn=np.zeros_like), plane="sagittal")
    for name in ("left_knee_flexion", "right_knee_flexion"):
        assert on_the_spot[name].min() > -10
        assert on_the_spot[name].max() == pytest.approx(across[name].max(), abs=4)


@pytest.mark.parametrize("fps", [15.0, 30.0, 120.0])
def test_turning_round_flips_nothing(fps) -> None:
    """There, round and back: no knee ever bends forward, and no angle jumps."""
    there = walks.through((0, -1.5, 5), (2.5, 1.5, 5), (5, -1.5, 5))
    angles = joint_angles(walking(there, fps=fps, seconds=5.0), plane="sagittal")
    for name in ("left_knee_flexion", "right_knee_flexion"):
        values = angles[name][np.isfinite(angles[name])]
        assert len(values) > 0.6 * len(angles.time_s)
        assert values.min() > -20
    for name in angles.names:
        # A joint turns by less than 900° a second.
        steps = np.diff(angles[name])
        assert np.nanmax(np.abs(steps), initial=0) < max(30, 900 / fps), name


@pytest.mark.parametrize(("fps", "seed"), [(15.0, 0), (30.0, 1), (120.0, 2)])
def test_swapped_sides_flip_nothing(fps, seed) -> None:
    """1 % of the frames have left and right exchanged."""
    poses = walking(walks.line(-2.0, 5.0, 1.0), fps=fps)
    wrong = np.random.default_rng(seed).random(len(poses)) < 0.01
    wrong[len(poses) // 2] = True
    keypoints = np.where(wrong[:, None, None], poses.keypoints[:, list(COCO17.mirror)], poses.keypoints)
    angles, straight = joint_angles(replace(poses, keypoints=keypoints)), joint_angles(poses)
    np.testing.assert_allclose(angles["left_knee_flexion"], straight["left_knee_flexion"], atol=5)


def test_arms_that_circle_go_on_counting() -> None:
    turn = np.radians(np.linspace(0, 720, 73))
    parts = [standing(elbow=(18 * np.sin(a), 20 + 18 * np.cos(a))).keypoints[:1] for a in turn]
    poses = PoseSequence.from_arrays(np.concatenate(parts), skeleton=COCO17, fps=30.0)
    np.testing.assert_allclose(joint_angles(poses)["left_shoulder_flexion"], np.degrees(turn), atol=0.5)


def test_unseen_joints_have_no_angle() -> None:
    poses = standing(ankle=(np.nan, np.nan))
    angles = joint_angles(poses)
    assert np.isnan(angles["left_knee_flexion"]).all()
    assert np.isnan(angles["left_ankle_dorsiflexion"]).all()
    assert np.isfinite(angles["left_hip_flexion"]).all()
    assert len(joint_angles(poses[:0]).degrees) == 0


def test_a_view_that_gives_no_number_gives_none(monkeypatch) -> None:
    errors = {"knee_flexion": MeasureError(1.0, 5.0, 9.0, 1.0, True), "hip_flexion": MeasureError(0, 30, 60, 1, False)}
    monkeypatch.setattr(module, "measure_error", lambda name, *_: errors.get(name.split("_", 1)[1]))
    angles = joint_angles(standing(), plane="sagittal")
    assert np.isnan(angles["left_hip_flexion"]).all()
    at = angles.names.index("left_knee_flexion")
    assert (angles.plus_minus[:, at] == 5).all()
    assert np.isnan(angles.plus_minus[:, angles.names.index("left_hip_flexion")]).all()


def test_arguments_are_checked() -> None:
    poses = standing()
    with pytest.raises(SettingsError, match="no positions in metres"):
        joint_angles(poses, world=True)
    with pytest.raises(SettingsError, match="expected sagittal, frontal or None"):
        joint_angles(poses, plane="coronal")
    with pytest.raises(SettingsError, match="no angle 'knee'"):
        joint_angles(poses)["knee"]
    two = PoseSequence.concat([poses, replace(poses, track_id=poses.track_id + 1)])
    with pytest.raises(SettingsError, match="of one person"):
        joint_angles(two)
    assert posespotter.joint_angles is joint_angles
    assert len(set(ANGLE_NAMES["sagittal"]) | set(ANGLE_NAMES["frontal"])) == 16
