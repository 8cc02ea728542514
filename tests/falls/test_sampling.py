import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sequences import made_sequence

from posespotter.errors import InputError
from posespotter.falls.sampling import MEMORY_S, POINTS, RATE_HZ, Sampler, points_of, ticks_of
from posespotter.skeletons import BLAZEPOSE33, COCO17, HALPE26, skeleton_for


def moving(time_s: np.ndarray) -> np.ndarray:
    """(N, P, 3): x grows by 100 px a second, y by 10 px with every point."""
    points = np.zeros((len(time_s), len(POINTS), 3))
    points[..., 0] = 100 * time_s[:, None]
    points[..., 1] = 10 * np.arange(len(POINTS))
    points[..., 2] = 0.9
    return points


@pytest.mark.parametrize("fps", [10, 15, 24, 25, 29.97, 50, 60])
def test_ticks_are_where_the_person_was_at_any_frame_rate(fps: float) -> None:
    time_s = np.arange(round(3 * fps)) / fps
    (ticks,) = ticks_of(time_s, moving(time_s))
    assert np.array_equal(ticks.number, np.arange(ticks.number[0], ticks.number[-1] + 1))
    np.testing.assert_allclose(ticks.points[:, 0, 0], 100 * ticks.time_s, atol=1e-3)
    assert ticks.known.all()
    assert len(ticks.number) == pytest.approx(3 * RATE_HZ, abs=2)


@pytest.mark.parametrize(
    ("gap_s", "stretches", "known"),
    [
        (0.2, 1, True),  # a few frames dropped: judged throughout
        (1.0, 1, False),  # bridged, not judged
        (MEMORY_S + 0.5, 2, False),  # begins anew
    ],
)
def test_a_gap(gap_s: float, stretches: int, known: bool) -> None:
    first = np.arange(25) / 25
    time_s = np.concatenate([first, first[-1] + gap_s + np.arange(25) / 25])
    parts = list(ticks_of(time_s, moving(time_s)))
    assert len(parts) == stretches
    assert (len(parts) == 1 and parts[0].known.all()) == known
    for ticks in parts:
        np.testing.assert_allclose(ticks.points[:, 0, 0], 100 * ticks.time_s, atol=1e-3)


def test_a_joint_that_is_lost_stays_where_it_was_with_score_0() -> None:
    time_s = np.arange(10) / 15
    points = moving(time_s)
    points[4:, 3] = np.nan
    (ticks,) = ticks_of(time_s, points)
    np.testing.assert_allclose(ticks.points[5:, 3, 0], points[3, 3, 0], atol=1e-3)
    assert (ticks.points[5:, 3, 2] == 0).all()


@given(st.integers(0, 2**32), st.integers(20, 60))
@settings(max_examples=50)
def test_frame_by_frame_gives_the_same_ticks(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    time_s = np.cumsum(random.choice([0.02, 0.04, 1 / 15, 0.3, 1.5], n) + random.random(n) * 0.01)
    points = random.normal(300, 50, (n, len(POINTS), 3))
    points[random.random((n, len(POINTS))) < 0.1, :2] = np.nan
    (whole,) = ticks_of(time_s, points)
    sampler = Sampler()
    parts = [part for t, p in zip(time_s, points, strict=True) if (part := sampler.add(float(t), p)) is not None]
    assert np.array_equal(whole.number, np.concatenate([part.number for part in parts]))
    assert np.array_equal(whole.points, np.concatenate([part.points for part in parts]), equal_nan=True)
    assert np.array_equal(whole.known, np.concatenate([part.known for part in parts]))


@pytest.mark.parametrize("skeleton", [COCO17, HALPE26, BLAZEPOSE33])
def test_every_known_skeleton_has_the_points(skeleton) -> None:
    poses = made_sequence(1, skeleton=skeleton)
    points = points_of(poses)
    assert points.shape == (len(poses), len(POINTS), 3)
    for i, name in enumerate(POINTS):
        np.testing.assert_array_equal(points[:, i, :2], poses.keypoint(name))


def test_points_without_names_are_refused() -> None:
    with pytest.raises(InputError, match=r"expected a skeleton with shoulders and hips by name .* got points5 without"):
        points_of(made_sequence(1, skeleton=skeleton_for(5)))
