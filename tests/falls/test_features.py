from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.falls.movements import (
    BENDS,
    FALLS,
    IMPACT_S,
    LIES_DOWN,
    SITS_DOWN,
    STANDS,
    Actor,
    film,
    mirrored,
    scaled,
)

from posespotter.falls.features import FEATURES, INDEX, MEMORY_TICKS, N_FEATURES, stretch_features, window_features
from posespotter.falls.sampling import N_NUMBERS, POINTS, points_of, sample
from posespotter.falls.signals import signals
from posespotter.poses import PoseSequence


def features_of(poses: PoseSequence) -> tuple[np.ndarray, np.ndarray]:
    """Times and features of the one person's windows."""
    (ticks,) = sample(poses.time_s, points_of(poses))
    ends = np.flatnonzero(ticks.known)
    return ticks.time_s[ends], stretch_features(signals(ticks.points), ticks.known, ends)


def at(poses: PoseSequence, time_s: float) -> dict[str, float]:
    times, features = features_of(poses)
    row = features[np.searchsorted(times, time_s - 1e-6)]
    return {feature.name: float(value) for feature, value in zip(FEATURES, row, strict=True)}


@pytest.mark.parametrize(
    ("keys", "time_s", "name", "low", "high"),
    [
        (STANDS, 8.0, "head_up_now", 0.85, 0.93),
        (STANDS, 8.0, "trunk_now", 0, 5),
        (STANDS, 8.0, "since_high", 0, 0.1),
        (STANDS, 8.0, "stillness_3s", 0.9, 1),
        (STANDS, 8.0, "head_down_high_3s", -0.1, 0.15),
        (FALLS, IMPACT_S, "head_down_high_1s", 1.2, 3.0),  # the head of a falling tree reaches 2 bl/s
        (FALLS, IMPACT_S + 0.3, "trunk_now", 80, 100),
        (FALLS, IMPACT_S + 0.3, "head_share", -0.1, 0.15),
        (FALLS, IMPACT_S + 0.3, "descent", 0.1, 0.5),  # from 85 to 60 % of the height
        (FALLS, IMPACT_S + 0.3, "since_high", 0.5, 0.9),
        (FALLS, IMPACT_S + 3.5, "stillness_3s", 0.9, 1),
        (SITS_DOWN, 6.0, "trunk_now", 0, 10),
        (SITS_DOWN, 6.0, "head_share", 0.6, 0.85),
        (SITS_DOWN, 6.0, "head_down_high_3s", 0.1, 0.5),
        (BENDS, 5.5, "trunk_now", 80, 110),
        (BENDS, 5.5, "hip_share", 0.9, 1.1),
        (LIES_DOWN, 12.5, "head_down_high_3s", 0, 0.5),
        (LIES_DOWN, 12.5, "descent", 1.0, 6.0),
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
    other_times, features = features_of(film(Actor(FALLS), fps=fps, noise=0))
    _, here, there = np.intersect1d(np.round(times * 15), np.round(other_times * 15), return_indices=True)
    columns = [INDEX[name] for name in ("head_up_now", "head_share", "trunk_now", "head_down_high_1s", "hip_down_now")]
    scale = [1, 1, 90, 2, 2]
    difference = np.abs(features[there][:, columns] - expected[here][:, columns]) / scale
    assert difference.max() < 0.12
    assert np.percentile(difference, 95) < 0.03


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=25)
def test_a_window_does_not_depend_on_the_windows_beside_it(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    columns = signals(random.normal(200, 40, (n, len(POINTS), N_NUMBERS)))
    known = random.random(n) < 0.8
    together = stretch_features(columns, known, np.arange(n))
    end = int(random.integers(n))
    alone = stretch_features(columns[: end + 1], known[: end + 1], np.array([end]))
    assert np.array_equal(together[end], alone[0])
    memory = np.repeat(columns[:1], MEMORY_TICKS, axis=0)
    memory[MEMORY_TICKS - end - 1 :] = columns[: end + 1]
    seen = np.zeros(MEMORY_TICKS, bool)
    seen[MEMORY_TICKS - end - 1 :] = known[: end + 1]
    live = window_features(memory[None], np.array([end + 1]), seen[None])
    assert np.array_equal(live[0], alone[0])


@pytest.mark.parametrize(
    ("tilt_deg", "turn_deg", "lies_away", "lies_rise"),
    [
        (0, 0, 0.0, 0.0),  # across the picture
        (0, -90, 1.0, 0.0),  # with the head away from the camera
        (0, 90, -1.0, 0.0),
        (25, -90, 1.0, 0.0),  # seen by a camera that looks down: its tilt is known from the person who stood before
    ],
)
def test_metres_are_as_a_level_camera_would_see_them(
    tilt_deg: float, turn_deg: float, lies_away: float, lies_rise: float
) -> None:
    poses = film(Actor(FALLS), noise=0, metres=True, tilt_deg=tilt_deg, turn_deg=turn_deg)
    stands, lies = at(poses, 3.5), at(poses, 6.0)
    assert stands["camera_tilt"] == pytest.approx(tilt_deg, abs=3)
    assert stands["trunk_rise_now"] == pytest.approx(1, abs=0.01)
    assert lies["camera_tilt"] == pytest.approx(tilt_deg, abs=3)
    for name in ("trunk", "body"):
        assert lies[f"{name}_away_now"] == pytest.approx(lies_away, abs=0.1)
        assert lies[f"{name}_rise_now"] == pytest.approx(lies_rise, abs=0.2)


def test_without_metres_they_are_those_of_standing() -> None:
    lies = at(film(Actor(FALLS)), 6.0)
    assert (lies["camera_tilt"], lies["trunk_rise_now"], lies["trunk_away_now"]) == (0, 1, 0)


def walking_away(time_s: np.ndarray, points: np.ndarray, farther: float) -> np.ndarray:
    """The points of somebody who gets smaller, with feet that go up in the picture as the floor does."""
    shrinks = (1 - (1 - 1 / farther) * time_s / time_s[-1])[:, None]
    out = points.copy()
    out[..., 0] = 300 + (points[..., 0] - 300) * shrinks
    out[..., 1] = 100 + (points[..., 1] - 100) * shrinks
    return out


def test_who_walks_away_looks_smaller_but_not_where_the_feet_are() -> None:
    poses = film(Actor(STANDS), seconds=12, noise=0)
    points = walking_away(poses.time_s, points_of(poses), farther=2.0)
    (ticks,) = sample(poses.time_s, points)
    row = stretch_features(signals(ticks.points), ticks.known, np.array([len(ticks.number) - 1]))[0]
    assert row[INDEX["stature_share"]] < 0.7
    assert row[INDEX["stature_here"]] == pytest.approx(1, abs=0.05)
    assert row[INDEX["head_here"]] == pytest.approx(1, abs=0.05)
    lies = at(film(Actor(FALLS), noise=0), 6.0)
    assert lies["head_here"] < 0.2


def test_joints_that_were_never_seen_give_the_values_of_standing() -> None:
    points = np.full((30, len(POINTS), N_NUMBERS), np.nan)
    points[..., 2] = 0
    features = stretch_features(signals(points), np.ones(30, bool), np.array([29]))
    assert np.isfinite(features).all()
    assert features[0, INDEX["head_up_now"]] == np.float32(FEATURES[INDEX["head_up_now"]].absent)


def test_every_feature_has_a_name_of_its_own_and_says_what_it_is() -> None:
    assert len({feature.name for feature in FEATURES}) == N_FEATURES
    assert all(feature.unit and feature.meaning for feature in FEATURES)


def test_the_page_of_features_is_up_to_date() -> None:
    root = Path(__file__).resolve().parents[2]
    page = (root / "docs" / "falls-features.md").read_text("utf-8")
    for feature in FEATURES:
        assert f"| `{feature.name}` | {feature.unit} | {feature.meaning} | {feature.absent:g} |" in page
    assert page.count("| `") == N_FEATURES
