import numpy as np
import pytest
from tests.falls.movements import FALL_S, FALLS, FRAME_SIZE, STANDS, Actor, film

from posespotter.falls.sampling import POINTS, points_of
from posespotter.falls.training.augmentation import NAMES, Trace, changed, cut_off, jittered


def trace_of(keys=FALLS) -> Trace:
    poses = film(Actor(keys), noise=0)
    return Trace(poses.time_s, points_of(poses), poses.frame_size)


def test_changed_copies_are_the_same_every_time_and_like_the_person() -> None:
    trace = trace_of(STANDS)
    first, second = (changed(trace, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
    assert (np.diff(first.time_s) > 0).all()
    assert first.points.shape[1:] == trace.points.shape[1:]
    assert first.clock == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("without", NAMES)
def test_a_change_can_be_left_out(without: str) -> None:
    copies = [changed(trace_of(), np.random.default_rng(k), FALL_S, without) for k in range(12)]
    kept = {
        "pace": all(copy.clock == 1 for copy in copies),
        "edge": all(copy.frame_size == FRAME_SIZE for copy in copies),
        "rate": all(np.diff(copy.time_s).max() < 0.06 for copy in copies),
    }
    assert kept.get(without, True)
    for name in set(kept) - {without}:
        assert not kept[name], f"{name} was left out too"


def test_some_begin_shortly_before_the_fall() -> None:
    def late(without: str) -> int:
        copies = (changed(trace_of(), np.random.default_rng(k), FALL_S, without) for k in range(40))
        return sum(bool(copy.time_s[0] / copy.clock > FALL_S - 1) for copy in copies)

    assert late("") > late("late") + 5


def test_what_is_cut_off_is_guessed_at_the_edge() -> None:
    """Of a standing person all below the knees is beyond the picture; of a fallen one so much that nobody is found."""
    trace = trace_of()
    knee = trace.points[0, POINTS.index("left_knee"), 1]
    edges = np.array([[0.0, 0.0], [FRAME_SIZE[0], knee - 20]])
    cut = cut_off(trace, edges, np.random.default_rng(0))
    legs = [i for i, name in enumerate(POINTS) if name.endswith(("knee", "ankle"))]
    assert cut.frame_size == (FRAME_SIZE[0], pytest.approx(knee - 20))
    assert (cut.points[:50, legs, 2] <= 0.25).all()
    assert (cut.points[..., 1] <= knee - 20).all()
    assert (cut.points[:50, 0] == trace.points[:50, 0]).all()  # the nose is seen as before
    assert cut.time_s[-1] < trace.time_s[-1]


@pytest.mark.parametrize("size", [0.0, 0.01])
def test_jitter_is_of_the_size_that_is_asked_for(size: float) -> None:
    trace = trace_of(STANDS)
    error = jittered(trace, np.random.default_rng(0), size).points[..., :2] - trace.points[..., :2]
    assert error.std() == pytest.approx(size * trace.body_scale_px, rel=0.15)
