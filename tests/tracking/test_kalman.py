"""Where people are going: laws of the motion filters, and cases that a person can check."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.tracking.kalman import Motion, MotionModel
from posespotter.tracking.tracker_settings import TrackerSettings

MODEL = MotionModel(TrackerSettings())
SIZE_PX = 300.0


def at(x: float, y: float, size_px: float = SIZE_PX) -> np.ndarray:
    """(1, 3) what is measured of one person."""
    return np.array([[x, y, np.log(size_px)]])


def walked(speed_px_s: float, seconds: float = 2.0, fps: float = 30.0, scale: float = 1.0) -> Motion:
    """Somebody who walks to the right, and was measured in every frame."""
    motion = Motion.new(scale * at(0, 0) + [0, 0, (1 - scale) * np.log(SIZE_PX) + np.log(scale)], MODEL)
    for i in range(1, round(seconds * fps) + 1):
        measured = at(scale * speed_px_s * i / fps, 0, scale * SIZE_PX)
        motion = motion.advanced(1 / fps, MODEL).corrected(measured, MODEL)
    return motion


def test_who_is_new_stands_still() -> None:
    later = Motion.new(at(10, 20), MODEL).advanced(1.0, MODEL)
    np.testing.assert_allclose(later.mean[0, :, :2], [[10, 20], [10, 20]])
    assert later.size == pytest.approx(SIZE_PX)


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_who_walks_is_expected_further_on_at_any_frame_rate(fps: float) -> None:
    later = walked(150, fps=fps).advanced(0.5, MODEL)
    np.testing.assert_allclose(later.mean[0, :, 0], 150 * 2.5, atol=3)


@given(st.floats(0.2, 5))
def test_near_and_far_people_are_filtered_alike(scale: float) -> None:
    near, far = walked(150), walked(150, scale=scale)
    np.testing.assert_allclose(far.mean[..., :2], scale * near.mean[..., :2], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(far.mean_var, near.mean_var)


def test_uncertainty_grows_while_nobody_is_seen_and_shrinks_when_they_are() -> None:
    motion = walked(0)
    lost = motion.advanced(1.0, MODEL)
    assert (lost.mean_var > motion.mean_var).all()
    assert (lost.corrected(at(0, 0), MODEL).mean_var < lost.mean_var).all()


def test_the_nearer_measurement_costs_less() -> None:
    cost = walked(0).cost(np.concatenate([at(0, 0), at(30, 0), at(90, 0), at(90, 0, 400)]), MODEL)[0]
    assert (np.diff(cost) > 0).all()


def test_another_size_costs_up_to_a_limit() -> None:
    sizes = [SIZE_PX, 1.03 * SIZE_PX, 2 * SIZE_PX, 9 * SIZE_PX]
    cost = walked(0).size_cost(np.concatenate([at(0, 0, size) for size in sizes]), MODEL)[0]
    assert cost[0] == pytest.approx(0, abs=1e-3)
    assert cost[0] < cost[1] < cost[2] == cost[3]


def test_a_wild_measurement_moves_nobody_far() -> None:
    motion = walked(0).advanced(1 / 30, MODEL)
    assert abs(motion.corrected(at(3000, 0), MODEL).mean[0, 0, 0]) < 30
    assert motion.corrected(at(6, 0), MODEL).mean[0, 1, 0] > 0.5
