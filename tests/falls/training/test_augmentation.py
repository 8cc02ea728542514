import numpy as np
import pytest
from tests.falls.movements import FALLS, STANDS, Actor, film

from posespotter.falls.training.augmentation import Trace, changed, mirrored, turned
from posespotter.falls.sampling import METRES, POINTS, points_of

HIPS = [POINTS.index("left_hip"), POINTS.index("right_hip")]


def trace_of(keys=FALLS, **camera) -> Trace:
    poses = film(Actor(keys), noise=0, metres=True, **camera)
    return Trace(poses.time_s, points_of(poses))


def test_what_is_mirrored_twice_is_as_before() -> None:
    trace = trace_of()
    np.testing.assert_allclose(mirrored(mirrored(trace, 640), 640).points, trace.points)


@pytest.mark.parametrize(("turn_deg", "look_down_deg"), [(0, 0), (90, 0), (-90, 30), (180, 20)])
def test_a_camera_elsewhere_sees_the_same_body_in_both_kinds_of_place(turn_deg: float, look_down_deg: float) -> None:
    points = trace_of().points
    seen = turned(points, turn_deg, look_down_deg)
    lengths = [np.linalg.norm(one[..., METRES], axis=-1) for one in (points, seen)]
    np.testing.assert_allclose(lengths[1], lengths[0], atol=1e-9)
    hips = seen[:, HIPS].mean(axis=1)
    np.testing.assert_allclose(hips[:, :2], points[:, HIPS, :2].mean(axis=1), atol=1e-6)
    moved = seen[..., :2] - hips[:, None, :2]
    metres = seen[..., METRES.start : METRES.start + 2]
    np.testing.assert_allclose(moved, metres * 260 / 1.7, atol=2.0)


def test_who_lies_across_one_picture_lies_along_the_other() -> None:
    lies = turned(trace_of().points, -90, 25)[-1]
    body = lies[POINTS.index("nose"), METRES] - lies[HIPS, METRES].mean(axis=0)
    assert abs(body[0]) < 0.05
    assert abs(body[2]) > 0.5


def test_changed_copies_are_the_same_every_time_and_like_the_person() -> None:
    trace = trace_of(STANDS)
    first, second = (changed(trace, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
    assert (np.diff(first.time_s) > 0).all()
    assert first.points.shape[1:] == trace.points.shape[1:]
    assert first.clock == pytest.approx(1, abs=0.25)


def test_some_copies_have_no_metres() -> None:
    random = np.random.default_rng(0)
    copies = [changed(trace_of(STANDS), random) for _ in range(30)]
    without = sum(bool(np.isnan(copy.points[..., METRES]).all()) for copy in copies)
    assert 1 <= without <= 15
