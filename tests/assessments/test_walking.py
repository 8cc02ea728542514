"""Timed up and go, and gait, on figures whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from tests.figures import film

from posespotter.assessments import assess
from posespotter.errors import SettingsError
from posespotter.poses import PoseSequence
from posespotter.synthetic.everyday import Everyday, sit_to_stand, timed_up_and_go, walk

SIZE, FAR = (2000, 960), 5.0
BODY_PX = 0.62 * SIZE[1]
HEIGHT_M = 1.7


def seen(truth: Everyday, yaw_deg: float = 90.0, *, noise: float = 0.005, fps: float = 30.0) -> PoseSequence:
    return film(
        truth.figure, yaw_deg=yaw_deg, noise=noise, fps=fps, world=False, frame_size=SIZE, distance=FAR, camera_up=0.6
    )


@pytest.mark.parametrize("yaw_deg", [90, -90, 45])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_up_and_go_is_timed_within_a_fifth_of_a_second(yaw_deg: float, noise: float) -> None:
    truth = timed_up_and_go()
    result = assess(seen(truth, yaw_deg, noise=noise), "timed-up-and-go")
    assert result.status == "valid"
    assert result.value == pytest.approx(truth.times_s["seat"][0] - truth.times_s["onset"][0], abs=0.2)


def test_the_turn_is_told_from_the_side_and_not_at_an_angle() -> None:
    truth = timed_up_and_go()
    beside, oblique = (assess(seen(truth, yaw), "timed-up-and-go") for yaw in (90, 45))
    assert beside.moments("turn") == pytest.approx(truth.times_s["turn"], abs=0.3)
    assert oblique.moments("turn") == []


@pytest.mark.parametrize(
    ("truth", "status", "says"),
    [
        (timed_up_and_go(comes_back=False), "no_result", "the test is cut short"),
        (timed_up_and_go(speed=1.5), "invalid", "faster than people walk"),
        (timed_up_and_go(distance=0.9), "look", "away from the chair"),
    ],
)
def test_what_speaks_against_it_is_told(truth: Everyday, status: str, says: str) -> None:
    result = assess(seen(truth), "timed-up-and-go", height_m=HEIGHT_M)
    assert result.status == status
    assert says in " ".join([result.reason, *(one.sentence for one in result.findings)])


@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize("speed", [0.4, 0.75])
def test_gait_between_marks(fps: float, speed: float) -> None:
    truth = walk(speed=speed, stride=0.6 if speed < 0.5 else 0.8)
    marks = (SIZE[0] / 2 - 0.9 * BODY_PX, SIZE[0] / 2 + 0.9 * BODY_PX)
    result = assess(seen(truth, fps=fps), "gait", marks=marks, distance_m=1.8 * HEIGHT_M)
    assert result.error is not None
    assert result.status == "valid"
    assert result.value == pytest.approx(speed * HEIGHT_M, abs=result.error)
    strikes = sorted((*truth.times_s["left"], *truth.times_s["right"]))
    assert result.moments("step") == pytest.approx(strikes, abs=0.2)


def test_without_a_scale_there_are_steps_and_no_metres() -> None:
    result = assess(seen(walk()), "gait")
    assert result.value is None
    assert "Metres need a scale" in result.reason
    assert {one.name: one.value for one in result.measurements}["steps"] == 6
    by_height = assess(seen(walk()), "gait", height_m=HEIGHT_M)
    assert by_height.value == pytest.approx(0.75 * HEIGHT_M, rel=0.1)
    assert by_height.status == "look"


def test_marks_that_nobody_passes() -> None:
    result = assess(seen(walk()), "gait", marks=(-500.0, -900.0))
    assert "do not pass both marks" in result.reason


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"test": "gait", "distance_m": 4.0}, "expected the two marks"),
        ({"test": "gait", "side": "left"}, "does not take this"),
        ({"test": "gait", "height_m": 17.0}, "expected 0.5 to 2.5 m"),
        ({"test": "gaitt"}, "Did you mean gait?"),
        ({"test": "sit-to-stand", "start_s": float("nan")}, "expected seconds"),
        ({"test": "sit-to-stand", "marks": (1.0, 2.0)}, "does not take this"),
    ],
)
def test_options_that_do_not_apply_are_refused(options: dict[str, object], says: str) -> None:
    test = options.pop("test")
    with pytest.raises(SettingsError, match=says):
        assess(seen(walk()), test, **options)  # type: ignore[arg-type]


def test_swapped_ankles_change_no_step() -> None:
    poses = seen(walk())
    left, right = (poses.skeleton.index(f"{side}_ankle") for side in ("left", "right"))
    keypoints = poses.keypoints.copy()
    rows = np.arange(40, 60)
    keypoints[np.ix_(rows, [left, right])] = keypoints[np.ix_(rows, [right, left])]
    swapped = PoseSequence.from_arrays(
        keypoints, skeleton=poses.skeleton, scores=poses.scores, fps=poses.fps, frame_size=poses.frame_size
    )
    assert len(assess(swapped, "gait").moments("step")) == len(assess(poses, "gait").moments("step"))


def test_who_rises_and_sits_without_walking_does_another_test() -> None:
    result = assess(seen(sit_to_stand(2)), "timed-up-and-go")
    assert result.status == "no_result"
    assert "did not walk away from the chair" in result.reason


def test_joints_that_up_and_go_needs_are_named() -> None:
    poses = seen(timed_up_and_go())
    keypoints = poses.keypoints.copy()
    keypoints[:, [poses.skeleton.index(f"{side}_ankle") for side in ("left", "right")]] = np.nan
    assert (
        "The ankles were seen in 0% of the time"
        in assess(replace(poses, keypoints=keypoints), "timed-up-and-go").reason
    )


@pytest.mark.parametrize("speed", [0.4, 0.8])
def test_up_and_go_towards_the_camera(speed: float) -> None:
    truth = timed_up_and_go(speed=speed)
    result = assess(seen(truth, 0.0), "timed-up-and-go")
    assert result.error is not None
    assert result.value == pytest.approx(truth.times_s["seat"][0] - truth.times_s["onset"][0], abs=result.error)
