"""Motion capture of a person made of markers, who goes down on one knee and up again."""

from pathlib import Path

import numpy as np
import pytest

from posespotter.falls.sampling import POINTS
from posespotter.falls.training.mocap import joints_of, mocap_traces

_HEIGHTS = {"HD": 1.7, "SHO": 1.45, "ELB": 1.15, "WR": 0.95, "ASI": 1.0, "PSI": 1.0, "KNE": 0.5, "ANK": 0.1}


def markers(frames: int = 150) -> np.ndarray:
    from posespotter.falls.training.mocap import _MARKERS

    heights = np.array([next((h for part, h in _HEIGHTS.items() if part in name), 1.3) for name in _MARKERS])
    across = np.array([-0.15 if name[0] == "L" else 0.15 if name[0] == "R" else 0.0 for name in _MARKERS])
    sinks = 1 - 0.3 * np.sin(np.linspace(0, np.pi, frames))[:, None]
    places = np.zeros((frames, len(_MARKERS), 3))
    places[..., 0] = across
    places[..., 2] = heights * sinks
    return places


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    places = (markers() * 1000).astype(np.int16)
    np.savez(
        tmp_path / "uiprmd_kneels.npz",
        positions_mm=np.concatenate([places, places]),
        starts=np.array([0, len(places), 2 * len(places)]),
        subject=np.array(["s01", "s01"]),
    )
    return tmp_path


def test_joints_lie_below_their_markers() -> None:
    joints = joints_of(markers())
    height = {name: joints[0, i, 2] for i, name in enumerate(POINTS)}
    assert height["left_shoulder"] == pytest.approx(1.40)
    assert height["right_hip"] == pytest.approx(0.92)
    assert height["nose"] < 1.7
    assert joints[0, POINTS.index("left_knee"), 0] < 0 < joints[0, POINTS.index("right_knee"), 0]


def test_cameras_see_people_the_right_way_up(folder: Path) -> None:
    traces = list(mocap_traces(folder, 8, seed=1))
    assert len(traces) == 8
    for trace in traces:
        assert (np.diff(trace.time_s) > 0).all()
        sure = trace.points[..., 2] > 0.3
        head, foot = POINTS.index("nose"), POINTS.index("left_ankle")
        both = sure[:, head] & sure[:, foot]
        if both.any():
            assert (trace.points[both, head, 1] < trace.points[both, foot, 1]).mean() > 0.9


def test_chance_is_the_same_every_time(folder: Path) -> None:
    first, second = (next(iter(mocap_traces(folder, 1, seed=5))) for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
