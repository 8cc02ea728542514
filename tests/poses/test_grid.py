"""A place for every person in every frame."""

import numpy as np
import pytest
from tests.sequences import made_sequence

from posespotter.errors import SettingsError
from posespotter.poses.grid import grid_of, labels_of, require_somebody, usual_rate


def test_every_row_has_its_place_and_the_other_places_are_empty() -> None:
    poses = made_sequence(rows=12)
    grid = grid_of(poses)
    spread = grid.spread(poses.scores)
    assert spread.shape == (len(grid.frame), len(poses.track_ids), len(poses.skeleton))
    for row in range(len(poses)):
        frame, person = int(poses.frame[row] - grid.frame[0]), grid.track_ids.index(int(poses.track_id[row]))
        np.testing.assert_array_equal(spread[frame, person], poses.scores[row])
    assert np.isfinite(spread).all(-1).sum() == len(poses)


def test_frames_without_people_lie_evenly_between_the_others() -> None:
    poses = made_sequence(rows=12)
    grid = grid_of(poses)
    assert grid.frame.tolist() == list(range(int(poses.frame[0]), int(poses.frame[-1]) + 1))
    assert (np.diff(grid.time_s) > 0).all()
    np.testing.assert_allclose(grid.time_s[poses.frame - grid.frame[0]], poses.time_s)


def test_labels_name_the_person_only_where_there_are_several() -> None:
    poses = made_sequence(rows=12)
    one = poses.person(poses.track_ids[0])
    assert labels_of(one, grid_of(one)) == list(poses.skeleton.keypoints)
    assert labels_of(poses, grid_of(poses))[0] == f"person{poses.track_ids[0]}:nose"


def test_nobody() -> None:
    nobody = made_sequence(rows=0)
    assert grid_of(nobody).frame.shape == (0,)
    with pytest.raises(SettingsError, match="nothing to write"):
        require_somebody(nobody)


@pytest.mark.parametrize(("fps", "expected"), [(25.0, 25.0), (0.0, None)])
def test_usual_rate(fps: float, expected: float | None) -> None:
    poses = made_sequence(rows=20, fps=fps)
    assert usual_rate(poses) == (expected or pytest.approx(1 / poses.step_s))


def test_too_many_people_and_frames_for_one_table() -> None:
    poses = made_sequence(rows=2, n_frames=2**31 - 1)
    frame = poses.frame.copy()
    frame[-1] = 2**30
    from dataclasses import replace

    with pytest.raises(SettingsError, match="fit into one table"):
        grid_of(replace(poses, frame=frame))
