"""Figures that do the everyday tests: the moments that are told are those of the figure."""

import numpy as np
import pytest

from posespotter.synthetic.everyday import reach, single_leg_squat, sit_to_stand, timed_up_and_go, walk


def height(figure, joint: str, time_s: np.ndarray) -> np.ndarray:
    return (figure.at(time_s)[f"left_{joint}"][:, 2] + figure.at(time_s)[f"right_{joint}"][:, 2]) / 2


@pytest.mark.parametrize("stands", [1, 5])
def test_hips_are_up_when_the_person_stands_and_down_on_the_seat(stands: int) -> None:
    truth = sit_to_stand(stands)
    up, seat = (np.array(truth.times_s[name]) for name in ("up", "seat"))
    assert len(up) == len(seat) == len(truth.times_s["onset"]) == stands
    assert height(truth.figure, "hip", up).min() > 0.5
    assert height(truth.figure, "hip", seat).max() < 0.33


def test_stands_that_stop_on_the_way() -> None:
    truth = sit_to_stand(3, low_at=[2])
    full, low, again = height(truth.figure, "hip", np.array(truth.times_s["up"]))
    assert low < full - 0.05
    assert again == pytest.approx(full)


def test_a_foot_that_strikes_is_on_the_floor_and_ahead() -> None:
    truth = walk()
    for side in ("left", "right"):
        strikes = np.array(truth.times_s[side])
        assert len(strikes) >= 2
        joints = truth.figure.at(strikes)
        assert joints[f"{side}_heel"][:, 2].max() < 0.05
        other = "right" if side == "left" else "left"
        assert (joints[f"{side}_ankle"][:, 0] > joints[f"{other}_ankle"][:, 0]).all()


def test_up_and_go_ends_where_it_began() -> None:
    truth = timed_up_and_go()
    middle = truth.figure.at(np.array([0.0, truth.times_s["turn"][0], truth.figure.seconds]))["left_hip"][:, 0]
    assert abs(middle[0] - middle[2]) < 0.3
    assert abs(middle[1] - middle[0]) > 1.0
    (onset,), (up,), (turn,), (seat,) = (truth.times_s[name] for name in ("onset", "up", "turn", "seat"))
    assert onset < up < turn < seat < truth.figure.seconds


@pytest.mark.parametrize("degrees", [30.0, 90.0, 140.0])
def test_an_arm_reaches_as_far_as_is_said(degrees: float) -> None:
    truth = reach("shoulder_flexion", degrees)
    joints = truth.figure.at(np.linspace(0, truth.figure.seconds, 400))
    arm = joints["left_elbow"] - joints["left_shoulder"]
    angle = np.degrees(np.arccos(-arm[:, 2] / np.linalg.norm(arm, axis=1)))
    assert angle.max() == pytest.approx(degrees, abs=1)


def test_the_knee_of_a_squat_on_one_leg_goes_inwards() -> None:
    straight, inward = (single_leg_squat(degrees) for degrees in (0.0, 20.0))
    bottom = np.array(straight.times_s["bottom"])
    knee = [one.figure.at(bottom)["left_knee"][:, 1] for one in (straight, inward)]
    assert (knee[1] < knee[0] - 0.02).all()
