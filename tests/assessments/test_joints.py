"""Range of motion, single-leg squat and the overhead squat's checklist, on figures whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from tests.figures import film, mirrored

from posespotter.assessments import assess, assessment_names, load_assessment
from posespotter.assessments.checklist import exercise_of
from posespotter.poses import PoseSequence
from posespotter.synthetic.everyday import Everyday, reach, single_leg_squat


def seen(truth: Everyday, yaw_deg: float, *, noise: float = 0.003) -> PoseSequence:
    return film(truth.figure, yaw_deg=yaw_deg, noise=noise, world=False)


@pytest.mark.parametrize(
    ("joint", "degrees", "yaw_deg"),
    [
        ("shoulder_flexion", 150, 90),
        ("shoulder_flexion", 80, 90),
        ("shoulder_abduction", 140, 0),
        ("elbow_flexion", 130, 90),
        ("hip_flexion", 100, 90),
        ("knee_flexion", 115, 90),
    ],
)
def test_the_best_of_three(joint: str, degrees: float, yaw_deg: float) -> None:
    result = assess(seen(reach(joint, degrees), yaw_deg), joint.replace("_", "-"))
    assert result.status == "valid"
    assert [event.side for event in result.events] == ["left"] * 3
    assert result.value == pytest.approx(degrees, abs=5)


def test_mirrored_it_is_the_other_side() -> None:
    result = assess(mirrored(seen(reach("knee_flexion", 115), 90)), "knee-flexion")
    assert result.events[0].side == "right"
    assert result.value == pytest.approx(115, abs=5)


@pytest.mark.parametrize(
    ("truth", "yaw_deg", "test", "status", "says"),
    [
        (reach("shoulder_flexion", 150, lean_deg=20), 90, "shoulder-flexion", "invalid", "the trunk gave way by 2"),
        (reach("elbow_flexion", 130, tries=2), 90, "elbow-flexion", "look", "2 of 3 tries"),
        (reach("elbow_flexion", 130), 0, "elbow-flexion", "no_result", "measured from left or right"),
        (reach("elbow_flexion", 5), 90, "elbow-flexion", "no_result", "as far as it goes"),
        (single_leg_squat(10, hop=0.2), 0, "single-leg-squat", "invalid", "the foot moved at squats 2 and 3"),
        (single_leg_squat(10), 18, "single-leg-squat", "look", "turned by 1"),
        (single_leg_squat(10, repetitions=2), 0, "single-leg-squat", "no_result", "2 of 3 squats"),
        (single_leg_squat(10), 90, "single-leg-squat", "no_result", "in front of the person"),
    ],
)
def test_what_speaks_against_it_is_told(truth: Everyday, yaw_deg: float, test: str, status: str, says: str) -> None:
    result = assess(seen(truth, yaw_deg), test)
    assert result.status == status
    assert says in " ".join([result.reason, *(one.sentence for one in result.findings)])


@pytest.mark.parametrize("part", ["hip", "knee", "ankle"])
def test_hidden_legs_of_a_single_leg_squat_are_named(part: str) -> None:
    poses = seen(single_leg_squat(10), 0)
    joints = [poses.skeleton.index(f"{side}_{part}") for side in ("left", "right")]
    keypoints = poses.keypoints.copy()
    keypoints[:, joints] = np.nan
    result = assess(replace(poses, keypoints=keypoints), "single-leg-squat")
    assert result.status == "no_result"
    assert result.reason.startswith(f"The {part}s were seen in 0% of the time")


def test_joints_that_are_not_seen_are_named() -> None:
    poses = seen(reach("knee_flexion", 115), 90)
    ankles = [poses.skeleton.index(f"{side}_ankle") for side in ("left", "right")]
    keypoints = poses.keypoints.copy()
    keypoints[:, ankles] = np.nan
    result = assess(replace(poses, keypoints=keypoints), "knee-flexion")
    assert result.reason == "The angle was never seen: expected hip, knee and ankle of the left side in the picture."


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("fppa_deg", [12.0, 0.0, -8.0])
def test_knee_in_the_frontal_plane(side: str, fppa_deg: float) -> None:
    result = assess(seen(single_leg_squat(fppa_deg, side=side), 0, noise=0.0), "single-leg-squat")
    assert result.status == "valid"
    assert {event.side for event in result.events} == {side}
    assert result.value == pytest.approx(fppa_deg, abs=2.5)


@pytest.mark.parametrize("name", assessment_names())
def test_every_test_says_what_it_needs_and_its_sources(name: str) -> None:
    test = load_assessment(name)
    assert test.name == name
    for text in (test.title, test.about, test.camera, test.room, test.person, test.starts, test.protocol):
        assert text.strip().endswith(
            (".", "squat", "stand", "go", "Gait", "assessment", "knee", "flexion", "abduction")
        )
    assert all(reference.source and reference.population for reference in test.reference)
    assert "at risk" not in test.model_dump_json()
    if test.procedure == "checklist":
        assert exercise_of(test).check
