"""Tilted cameras are told by people who stand; leaning people are not taken for one."""

import numpy as np
import pytest
from tests import figures
from tests.exercises import movements

from posespotter.kinematics.body import Body, body_of
from posespotter.kinematics.tilt import camera_tilt_deg, upright
from posespotter.poses import PoseSequence


def clean(poses: PoseSequence) -> Body:
    return body_of(poses).clean()


@pytest.mark.parametrize("yaw", [0, 20, 180])
@pytest.mark.parametrize("tilt", [-15, -6, 6, 15])
def test_tilt_from_the_front(yaw: float, tilt: float) -> None:
    body = clean(figures.tilted(figures.film(figures.squat(), yaw_deg=yaw, noise=0.005), tilt))
    assert camera_tilt_deg(body) == pytest.approx(tilt, abs=2.5)


@pytest.mark.parametrize("yaw", [90, -90])
@pytest.mark.parametrize("tilt", [-12, 12])
def test_tilt_from_the_side_is_found_in_part(yaw: float, tilt: float) -> None:
    """The line of the feet is known to some degrees only; what is taken away never exceeds the tilt."""
    poses = figures.film(figures.squat(), yaw_deg=yaw, noise=0.005)
    for side in ("left", "right"):  # models see the toes of flat feet a little above the heels
        heel, toe = (poses.skeleton.index(f"{side}_{part}") for part in ("heel", "foot_index"))
        poses.keypoints[:, toe, 1] -= 0.1 * np.abs(poses.keypoints[:, toe, 0] - poses.keypoints[:, heel, 0])
    assert 0.6 < camera_tilt_deg(clean(figures.tilted(poses, tilt))) / tilt < 1.1


@pytest.mark.parametrize("yaw", [0, 30, 45, 90, -90, 180])
def test_a_level_camera_stays_level(yaw: float) -> None:
    for figure in (figures.squat(), figures.squat({"shoulders_uneven", "shift_to_one_side"}), *movements.others()):
        assert camera_tilt_deg(clean(figures.film(figure, yaw_deg=yaw, noise=0.01))) == 0


def test_who_leans_is_no_tilted_camera() -> None:
    assert camera_tilt_deg(clean(figures.film(movements.push_up(), yaw_deg=90))) == 0
    assert camera_tilt_deg(clean(figures.film(movements.push_up(wall=True), yaw_deg=90))) == 0


def test_upright_turns_picture_and_metres_back() -> None:
    straight = clean(figures.film(figures.squat(), noise=0.003))
    back = upright(clean(figures.tilted(figures.film(figures.squat(), noise=0.003), 10)))
    assert back.tilt_deg == pytest.approx(10, abs=2)
    for world in (False, True):
        lean = [body.joint("shoulder", world=world) - body.joint("hip", world=world) for body in (straight, back)]
        angle = [np.degrees(np.arctan2(one[:, 0], -one[:, 1])) for one in lean]
        assert np.abs(angle[0] - angle[1]).max() < 3
