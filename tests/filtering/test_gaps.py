"""Gaps that are bridged, joints that stand alone, and rows of people who were missed: tables to check by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sequences import made_sequence, sequences

from posespotter.filtering.gaps import MAX_GAP_S, add_missing_rows, fill_gaps, outliers

NAN = np.nan


@pytest.mark.parametrize(("values", "expected"), [
    ([0, NAN, 2, 3], [0, 1, 2, 3]),                  # a straight line
    ([0, NAN, NAN, 3], [0, 1, 2, 3]),                # 0.3 s from value to value
    ([0, NAN, NAN, NAN, 4], [0, NAN, NAN, NAN, 4]),  # 0.4 s: too long
    ([NAN, 1, 2, NAN], [NAN, 1, 2, NAN]),            # nothing before the first or after the last
    ([NAN, NAN, 2, NAN], [NAN, NAN, 2, NAN]),
])  # fmt: skip
def test_short_gaps_are_bridged(values: list[float], expected: list[float]) -> None:
    time_s = np.arange(len(values)) / 10
    np.testing.assert_allclose(fill_gaps(time_s, np.array(values)[:, None], MAX_GAP_S)[:, 0], expected)


@given(st.integers(0, 1000), st.floats(0.01, 1))
def test_what_is_known_stays(seed: int, max_gap_s: float) -> None:
    rng = np.random.default_rng(seed)
    values = np.where(rng.random((30, 2)) < 0.4, NAN, rng.normal(size=(30, 2)))
    filled = fill_gaps(np.cumsum(rng.uniform(0.01, 0.2, 30)), values, max_gap_s)
    known = np.isfinite(values)
    assert (filled[known] == values[known]).all()


def wave(fps: float, seconds: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """(N,) seconds and (N, 1, 2) px of a hand that goes up and down by half a box, once a second."""
    time_s = np.arange(round(seconds * fps)) / fps
    return time_s, np.stack([np.zeros_like(time_s), 100 * np.sin(2 * np.pi * time_s)], -1)[:, None]


@pytest.mark.parametrize(("off_px", "found"), [(0, False), (5, False), (60, True)])
def test_a_joint_that_stands_alone_is_an_outlier(off_px: float, found: bool) -> None:
    time_s, keypoints = wave(30)
    keypoints[30, 0, 0] += off_px
    wild = outliers(time_s, keypoints, np.full(len(time_s), 400.0))
    assert wild[30, 0] == found
    assert wild.sum() == int(found)  # no stroke of the arm is one


def test_at_a_low_frame_rate_nothing_is_called_an_outlier() -> None:
    time_s, keypoints = wave(10)
    keypoints[10] += 200
    assert not outliers(time_s, keypoints, np.full(len(time_s), 400.0)).any()


def test_who_was_missed_for_a_moment_gets_the_rows_in_between() -> None:
    whole = made_sequence(rows=200)
    person = whole.where((whole.track_id == whole.track_ids[0]) & (whole.frame < 12))
    frames = person.frame.tolist()
    first, last = frames[0], frames[-1]
    added = add_missing_rows(person)
    assert set(frames) <= set(added.frame.tolist()) <= set(range(first, last + 1))
    new = ~np.isin(added.frame, person.frame)
    assert np.isnan(added.keypoints[new]).all()
    assert np.isfinite(added.bbox[new]).all()


@given(sequences())
def test_rows_that_were_there_stay_in_order(poses) -> None:  # type: ignore[no-untyped-def]
    added = add_missing_rows(poses)
    kept = np.isin(added.frame * 100 + added.track_id, poses.frame * 100 + poses.track_id)
    assert kept.sum() == len(poses)
    assert (np.diff(added.frame) >= 0).all()
    assert added.keypoints[kept].tobytes() == poses.keypoints.tobytes()
