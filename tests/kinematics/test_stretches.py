"""Where a video is cut: a person who moves as people do has one stretch, and each cut begins another."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.kinematics.body import Body, body_of
from posespotter.kinematics.stretches import find_stretches
from posespotter.synthetic.camera import film
from posespotter.synthetic.figure import squat

FPS = 30.0


def body(yaw_deg: float = 0.0, noise: float = 0.002) -> Body:
    """Somebody who squats three times."""
    return body_of(film(squat(repetitions=3), yaw_deg=yaw_deg, fps=FPS, noise=noise, seed=1))


def cut_at(first: Body, second: Body, row: int) -> Body:
    """`first` until the row, and `second` from there on."""
    until = np.arange(len(first)) < row
    joined = {
        name: np.where(
            until.reshape(-1, *[1] * (getattr(first, name).ndim - 1)), getattr(first, name), getattr(second, name)
        )
        for name in ("places", "scores", "length_px")
    }
    return replace(first, **joined)


@given(st.sampled_from([0, 30, 60, 90, 180, 270]), st.sampled_from([0.0, 0.003]))
def test_who_squats_has_one_stretch(yaw_deg: float, noise: float) -> None:
    made = body(yaw_deg, noise)
    assert find_stretches(made) == [slice(0, len(made))]


@pytest.mark.parametrize(("away_s", "stretches"), [(0.5, 1), (1.5, 2)])
def test_who_was_away_for_long_begins_a_new_one(away_s: float, stretches: int) -> None:
    made = body()
    time_s = made.time_s + np.where(np.arange(len(made)) >= 40, away_s, 0)
    found = find_stretches(replace(made, time_s=time_s))
    assert len(found) == stretches
    assert found[-1].start == (40 if stretches == 2 else 0)


@pytest.mark.parametrize("shift", [(300, 0), (0, 200)])
def test_a_jump_of_the_whole_body_is_a_cut(shift: tuple[float, float]) -> None:
    made = body()
    moved = replace(made, places=made.places + shift)
    assert find_stretches(cut_at(made, moved, 50)) == [slice(0, 50), slice(50, len(made))]


def test_one_arm_that_jumps_is_none() -> None:
    made = body()
    places = made.places.copy()
    places[50:, 7:9] += 300
    assert len(find_stretches(replace(made, places=places))) == 1


def test_a_nearer_camera_is_a_cut() -> None:
    first = body()
    hips = first.joint("hip")[:, None]
    nearer = replace(first, places=hips + 1.4 * (first.places - hips), length_px=1.4 * first.length_px)
    assert find_stretches(cut_at(first, nearer, 60)) == [slice(0, 60), slice(60, len(first))]


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_anything(n: int) -> None:
    assert find_stretches(body().rows(slice(0, n))) == [slice(0, n)] * n
