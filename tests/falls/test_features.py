from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.falls.movements import (
    BENDS,
    FALLS,
    FRAME_SIZE,
    IMPACT_S,
    LIES_DOWN,
    SITS_DOWN,
    STANDS,
    Actor,
    film,
    mirrored,
    scaled,
)

from posespotter.falls.features import (
    COLUMN,
    FEATURES,
    INDEX,
    LAG,
    N_FEATURES,
    QUICK_TICKS,
    SCALE_TICKS,
    signals,
    stretch_features,
    stretch_signals,
    window_features,
    with_speeds,
)
from posespotter.falls.sampling import POINTS, points_of, ticks_of
from posespotter.poses import PoseSequence


def features_of(poses: PoseSequence) -> tuple[np.ndarray, np.ndarray]:
    """Times and features of the one person's windows."""
    (ticks,) = ticks_of(poses.time_s, points_of(poses))
    ends = np.flatnonzero(ticks.known)
    return ticks.time_s[ends], stretch_features(stretch_signals(ticks.points, poses.frame_size), ends)


def at(poses: PoseSequence, time_s: float) -> dict[str, float]:
    times, features = features_of(poses)
    row = features[np.searchsorted(times, time_s - 1e-6)]
    return {feature.name: float(value) for feature, value in zip(FEATURES, row, strict=True)}


@pytest.mark.parametrize(
    ("keys", "time_s", "name", "low", "high"),
    [
        (STANDS, 8.0, "head_over_low_now", 0.85, 0.93),
        (STANDS, 8.0, "trunk_now", 0, 5),
        (STANDS, 8.0, "head_drop_2", 0, 0.02),
        (STANDS, 8.0, "energy_mean_1", 0, 0.1),
        (STANDS, 8.0, "head_down_high_1", 0, 0.15),
        (STANDS, 8.0, "below_now", 0.2, 0.25),  # 60 px of 260
        (FALLS, IMPACT_S, "head_down_high_1", 1.2, 3.0),  # the head of a falling tree reaches 2 bl/s
        (FALLS, IMPACT_S + 0.3, "trunk_now", 80, 100),
        (FALLS, IMPACT_S + 0.3, "head_over_low_now", -0.1, 0.15),
        (FALLS, IMPACT_S + 0.3, "head_drop_1", 0.6, 0.9),
        (FALLS, IMPACT_S + 3.5, "energy_mean_1", 0, 0.1),
        (SITS_DOWN, 6.0, "trunk_now", 0, 10),
        (SITS_DOWN, 6.0, "head_drop_2", 0.1, 0.35),
        (SITS_DOWN, 6.0, "head_down_high_1", 0.1, 0.5),
        (BENDS, 5.5, "trunk_now", 80, 110),
        (BENDS, 5.5, "hip_drop_1", 0, 0.1),
        (LIES_DOWN, 12.5, "head_down_high_1", 0, 0.5),
        (LIES_DOWN, 14.5, "head_over_low_now", -0.1, 0.15),
    ],
)
def test_what_a_movement_looks_like(keys, time_s: float, name: str, low: float, high: float) -> None:
    assert low <= at(film(Actor(keys), seconds=16), time_s)[name] <= high


@pytest.mark.parametrize("keys", [FALLS, SITS_DOWN, LIES_DOWN])
def test_the_mirrored_picture_gives_the_same_features(keys) -> None:
    poses = film(Actor(keys, walks_px_s=20))
    np.testing.assert_allclose(features_of(mirrored(poses))[1], features_of(poses)[1], atol=2e-3)


@pytest.mark.parametrize("zoom", [0.4, 3.0])
def test_a_scaled_picture_gives_the_same_features(zoom: float) -> None:
    poses = film(Actor(FALLS, walks_px_s=20))
    np.testing.assert_allclose(features_of(scaled(poses, zoom))[1], features_of(poses)[1], atol=2e-2)


@pytest.mark.parametrize("fps", [10, 15, 50])
def test_another_frame_rate_gives_like_features(fps: float) -> None:
    times, expected = features_of(film(Actor(FALLS), fps=25, noise=0))
    other, found = features_of(film(Actor(FALLS), fps=fps, noise=0))
    common, ours, theirs = np.intersect1d(np.round(times * 15), np.round(other * 15), return_indices=True)
    assert len(common) > 100
    difference = np.abs(found[theirs] - expected[ours])
    lengths = [i for i, feature in enumerate(FEATURES) if feature.unit in {"bl", "share"}]
    assert np.percentile(difference[:, lengths], 99) < 0.05


def test_nobody_has_to_be_seen_standing() -> None:
    """Whoever comes into the picture as a fall begins is as tall as before: the limbs say so."""
    whole, late = film(Actor(FALLS), noise=0), film(Actor(FALLS, hidden=(0.0, 4.0)), noise=0)
    names = ["head_over_low_now", "trunk_now", "head_drop_05", "head_down_high_1"]
    for name in names:
        assert at(late, IMPACT_S)[name] == pytest.approx(at(whole, IMPACT_S)[name], abs=0.12), name


def test_feet_are_not_needed() -> None:
    """Below the knees nothing is seen: of the way down all is told that head, shoulders and hips tell."""
    poses = film(Actor(FALLS), noise=0)
    keypoints, scores = poses.keypoints.copy(), poses.scores.copy()
    legs = [poses.skeleton.index(f"{side}_ankle") for side in ("left", "right")]
    keypoints[:, legs] = np.nan
    scores[:, legs] = 0
    without = replace(poses, keypoints=keypoints, scores=scores)
    for name in ("head_drop_1", "hip_drop_1", "head_down_high_1", "trunk_now"):
        assert at(without, IMPACT_S)[name] == pytest.approx(at(poses, IMPACT_S)[name], abs=0.06), name


def test_what_leaves_the_picture_is_told() -> None:
    poses = film(Actor(FALLS, floor_px=500), noise=0)
    after = at(poses, IMPACT_S + 0.3)
    assert after["below_now"] < 0.02
    assert after["hip_below_now"] < 0.1
    assert after["upper_score_now"] < 0.5  # what is beyond the edge has score 0


def test_names_are_unique_and_few() -> None:
    assert len(INDEX) == len(FEATURES) == N_FEATURES <= 60
    assert {feature.unit for feature in FEATURES} == {"bl", "bl/s", "deg", "share", "score"}


@given(st.integers(0, 2**32), st.integers(1, 200))
@settings(max_examples=30)
def test_a_window_by_itself_is_as_in_the_whole(seed: int, n: int) -> None:
    """What a live monitor works out of its memory, and a file of all ticks at once, bit by bit."""
    random = np.random.default_rng(seed)
    points = random.normal(200, 60, (n, len(POINTS), 3))
    points[..., 2] = random.random((n, len(POINTS)))
    points[random.random((n, len(POINTS))) < 0.1, :2] = np.nan
    columns = stretch_signals(points, FRAME_SIZE)
    whole = stretch_features(columns, np.arange(n))
    said = signals(points, FRAME_SIZE)
    live = np.concatenate([with_speeds(said[None, max(0, i - LAG)], said[None, i]) for i in range(n)])
    assert np.array_equal(live, columns)
    alone = np.concatenate([signals(points[i : i + 1], FRAME_SIZE) for i in range(n)])
    assert np.array_equal(alone, said)
    past = np.concatenate([np.repeat(columns[:1], SCALE_TICKS, axis=0), columns])
    past[:SCALE_TICKS, COLUMN["body_scale"]] = np.nan
    for i in random.integers(n, size=5):
        recent = past[None, i + 1 : i + 1 + SCALE_TICKS]
        assert np.array_equal(window_features(recent[:, -QUICK_TICKS:], recent[..., COLUMN["body_scale"]])[0], whole[i])
    assert np.isfinite(whole).all()
