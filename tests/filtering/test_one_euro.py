"""The live filter: calm at rest, quick in motion, one state for each person."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posespotter.filtering.one_euro import OneEuro

BODY = np.array([[0, 0], [60, 0], [60, 170], [0, 170]], np.float32)[None]


def run(paths: np.ndarray, fps: float) -> np.ndarray:
    live = OneEuro()
    return np.concatenate([live(f / fps, [1], path[None].astype(np.float32)) for f, path in enumerate(paths)])


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_jitter_at_rest_falls_by_60_percent(fps: int) -> None:
    rng = np.random.default_rng(0)
    paths = BODY + rng.normal(size=(8 * fps, 4, 2)) * 1.0
    before, after = (np.diff(p[fps:], axis=0).std() for p in (paths, run(paths, fps)))
    assert after < 0.4 * before


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_motion_lags_less_than_40_ms(fps: int) -> None:
    t = np.arange(8 * fps) / fps
    rng = np.random.default_rng(0)
    swing = 40 * np.sin(2 * np.pi * t)
    paths = BODY + swing[:, None, None] * np.array([1, 0]) + rng.normal(size=(len(t), 4, 2)) * 0.5
    a, b = np.gradient(swing), np.gradient(run(paths, fps)[:, 0, 0])
    shifts = np.arange(-3, 4)
    match = np.array([(a[5:-5] * np.roll(b, -s)[5:-5]).sum() for s in shifts])
    top = int(np.clip(np.argmax(match), 1, 5))
    before, here, after = match[top - 1 : top + 2]
    lag_s = (shifts[top] + 0.5 * (before - after) / (before - 2 * here + after)) / fps
    assert 0 <= lag_s < 0.04


@settings(max_examples=20)
@given(zoom=st.floats(0.3, 3.0), shift=st.floats(-300, 300))
def test_shift_and_zoom_go_through(zoom: float, shift: float) -> None:
    paths = BODY + np.random.default_rng(1).normal(size=(30, 4, 2))
    np.testing.assert_allclose(run(paths * zoom + shift, 30), run(paths, 30) * zoom + shift, atol=0.02)


def test_people_are_filtered_apart_and_in_any_order() -> None:
    live, alone = OneEuro(), OneEuro()
    rng = np.random.default_rng(0)
    for f in range(20):
        one, two = BODY + rng.normal(size=BODY.shape), BODY + 300 + rng.normal(size=BODY.shape)
        ids = [1, 7] if f % 2 else [7, 1]
        both = np.concatenate([one, two] if f % 2 else [two, one]).astype(np.float32)
        np.testing.assert_allclose(
            live(f / 30, ids, both)[ids.index(1)], alone(f / 30, [1], one.astype(np.float32))[0], atol=1e-4
        )


def test_a_joint_not_seen_is_nan_and_begins_anew() -> None:
    live = OneEuro()
    live(0.0, [1], BODY)
    hidden = BODY.copy()
    hidden[0, 2] = np.nan
    assert np.isnan(live(1 / 30, [1], hidden)[0, 2]).all()
    back = BODY + 25
    found = live(2 / 30, [1], back)
    np.testing.assert_array_equal(found[0, 2], back[0, 2])
    assert (found[0, 0] < back[0, 0]).all()


@pytest.mark.parametrize("times", [(0.0, 0.0, 0.0), (5.0, 5.1, 0.0, 0.1)])
def test_times_that_stand_still_or_jump_back(times) -> None:
    live = OneEuro()
    for t in times:
        assert np.isfinite(live(t, [1], BODY)).all()
    assert len(live) == 1


def test_memory_is_bounded() -> None:
    live = OneEuro(max_people=50)
    for f in range(500):
        live(f / 1000, [f + 1], BODY)
    assert len(live) <= 51
    assert live(100.0, [], BODY[:0]).shape == (0, 4, 2)
    assert len(live) == 0
