"""Stands from a chair: counts, times, and what makes a test invalid, on figures whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from tests.figures import film, mirrored

from posespotter.assessments import Assessment, assess
from posespotter.poses import PoseSequence
from posespotter.synthetic.everyday import Everyday, sit_to_stand, walk

WITHIN_S = 0.2


def seen(truth: Everyday, yaw_deg: float = 90.0, *, noise: float = 0.005, fps: float = 30.0) -> PoseSequence:
    return film(truth.figure, yaw_deg=yaw_deg, noise=noise, fps=fps, world=False)


def names(result: Assessment) -> list[str]:
    return [finding.name for finding in result.findings]


def together(one: PoseSequence, other: PoseSequence) -> PoseSequence:
    """Two people in one clip, the second as person 2."""
    return PoseSequence.concat([one, replace(other, track_id=np.full(len(other), 2, np.int32))])


def placed(poses: PoseSequence, scale: float, shift: tuple[float, float]) -> PoseSequence:
    """The same person elsewhere and of another size, in a frame of the same size."""
    keypoints = (poses.keypoints * scale + np.array(shift)).astype(np.float32)
    return replace(poses, keypoints=keypoints, bbox=(poses.bbox * scale + np.tile(shift, 2)).astype(np.float32))


@pytest.mark.parametrize("yaw_deg", [90, -90, 60, -45])
@pytest.mark.parametrize("fps", [15, 30, 60])
def test_five_stands_are_timed_within_a_fifth_of_a_second(yaw_deg: float, fps: float) -> None:
    truth = sit_to_stand(5)
    result = assess(seen(truth, yaw_deg, fps=fps), "sit-to-stand")
    expected = truth.times_s["seat"][4] - truth.times_s["onset"][0]
    assert result.status == "valid"
    assert result.reason == ""
    assert result.value == pytest.approx(expected, abs=WITHIN_S)
    assert result.moments("seat") == pytest.approx(truth.times_s["seat"], abs=WITHIN_S)


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_the_time_runs_from_go_where_it_is_given(noise: float) -> None:
    truth = sit_to_stand(5)
    go_s = truth.times_s["onset"][0] - 0.4
    result = assess(seen(truth, noise=noise), "sit-to-stand", start_s=go_s)
    assert result.started_by == "go"
    assert result.value == pytest.approx(truth.times_s["seat"][4] - go_s, abs=WITHIN_S)


def test_seen_from_the_front_the_start_is_later_and_the_error_says_so() -> None:
    truth = sit_to_stand(5)
    result = assess(seen(truth, 0.0), "sit-to-stand")
    assert result.error is not None
    assert result.value == pytest.approx(truth.times_s["seat"][4] - truth.times_s["onset"][0], abs=result.error)
    assert {"view", "hands_unknown"} <= set(names(result))
    assert result.status == "look"


def test_what_speaks_against_a_stand_tells_its_moment() -> None:
    truth = sit_to_stand(5, hands_at=[4], low_at=[2])
    found = {one.name: one for one in assess(seen(truth), "sit-to-stand").findings}
    assert set(found) == {"hands_used", "not_upright"}
    for name, stand in (("hands_used", 4), ("not_upright", 2)):
        assert found[name].start_s <= truth.times_s["onset"][stand - 1] + 0.5 < found[name].end_s
        assert found[name].end_s <= truth.times_s["up"][stand - 1]


@pytest.mark.parametrize("stands", [1, 8, 11])
def test_stands_in_30_seconds(stands: int) -> None:
    truth = sit_to_stand(stands, after_s=30.0)
    result = assess(seen(truth, 60.0), "chair-stand")
    start_s = truth.times_s["onset"][0]
    assert result.value == sum(up <= start_s + 30 for up in truth.times_s["up"])
    assert result.status == "valid"


@pytest.mark.parametrize(("before_s", "more"), [(0.3, 1), (0.6, 0)])
def test_more_than_half_up_at_the_end_counts(before_s: float, more: int) -> None:
    truth = sit_to_stand(12, sat_s=0.5, after_s=30.0)
    end_s = truth.times_s["up"][11] - before_s
    result = assess(seen(truth), "chair-stand", start_s=end_s - 30.0)
    assert result.value == sum(end_s - 30 < up <= end_s for up in truth.times_s["up"]) + more
    assert [one.value for one in result.measurements if one.name == "half_up_at_end"] == [more]


@pytest.mark.parametrize(
    ("faults", "found", "where"),
    [
        ({"hands_at": [4]}, "hands_used", "stand 4"),
        ({"hands_at": [1, 3]}, "hands_used", "stands 1 and 3"),
        ({"low_at": [2]}, "not_upright", "stand 2"),
        ({"hovers_at": [3]}, "not_sat", "stand 3"),
    ],
)
@pytest.mark.parametrize("yaw_deg", [90, 50])
def test_what_makes_it_invalid_is_named(faults: dict[str, list[int]], found: str, where: str, yaw_deg: float) -> None:
    result = assess(seen(sit_to_stand(5, **faults), yaw_deg), "sit-to-stand")
    assert names(result) == [found]
    assert where in result.findings[0].sentence
    assert result.status == "invalid"
    assert result.value is not None


@pytest.mark.parametrize(
    ("poses", "test", "says"),
    [
        (seen(walk(1.0, start=-0.5)), "sit-to-stand", "never rose from a seat"),
        (seen(sit_to_stand(3)), "sit-to-stand", "3 of 5 stands"),
        (seen(sit_to_stand(5, after_s=0.0)).between(0, 15.1), "sit-to-stand", "was not touched after stand 5"),
        (seen(sit_to_stand(7)), "chair-stand", "7 full stands were seen until then"),
        (seen(sit_to_stand(5, rest_s=0.0)), "sit-to-stand", "already moves when the clip begins"),
        (seen(sit_to_stand(5))[:0], "sit-to-stand", "Nobody was found"),
    ],
)
def test_without_a_result_one_sentence_says_why(poses: PoseSequence, test: str, says: str) -> None:
    result = assess(poses, test)
    assert result.status == "no_result"
    assert result.value is None
    assert result.error is None
    assert says in result.reason
    assert result.reason.endswith(".")


def test_a_gap_is_not_called_an_early_end() -> None:
    poses = seen(sit_to_stand(5))
    result = assess(poses.where((poses.time_s < 5) | (poses.time_s > 8)), "sit-to-stand")
    assert result.value is None or result.status == "invalid"
    assert any("out of sight" in text for text in [result.reason, *(one.sentence for one in result.findings)])


def test_a_chair_out_of_the_picture_is_told() -> None:
    poses = seen(sit_to_stand(5))
    low = poses.keypoints[..., 1] > np.quantile(poses.keypoints[:, poses.skeleton.index("left_hip"), 1], 0.3)
    hidden = replace(poses, keypoints=np.where(low[..., None], np.nan, poses.keypoints).astype(np.float32))
    assert "expected chair, hips and feet in the picture" in assess(hidden, "sit-to-stand").reason


def test_somebody_within_reach_has_to_be_looked_at_and_somebody_far_not() -> None:
    test, helper = seen(sit_to_stand(5)), placed(seen(sit_to_stand(1, rest_s=17.0)), 1.0, (60.0, 0.0))
    near = assess(together(test, helper), "sit-to-stand", person=1)
    far = assess(together(test, placed(helper, 1.0, (400.0, 0.0))), "sit-to-stand", person=1)
    assert near.status == "look"
    assert names(near) == ["helper"]
    assert far.status == "valid"


def test_a_mirror_is_no_second_person() -> None:
    test = seen(sit_to_stand(5))
    result = assess(together(placed(mirrored(test), 0.5, (10.0, 100.0)), test), "sit-to-stand")
    assert result.track_ids == (2,)  # the larger one
    assert names(result) == ["mirror"]
    assert result.status == "valid"
