import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.sequences import made_sequence, with_world

from posespotter.errors import SettingsError
from posespotter.poses import PoseSequence, dataframes
from posespotter.skeletons import COCO17, skeleton_of


def test_a_table_of_poses_and_the_parquet_file_have_the_same_columns(tmp_path: Path) -> None:
    poses = with_world(made_sequence(source="gym.mp4"))
    poses.to_parquet(tmp_path / "poses.parquet")
    table = poses.to_dataframe("pandas")
    stored = pd.read_parquet(tmp_path / "poses.parquet")
    pd.testing.assert_frame_equal(table, stored)
    knee = COCO17.index("left_knee")
    np.testing.assert_array_equal(table["left_knee_x_px"], poses.keypoints[:, knee, 0])
    np.testing.assert_array_equal(table["left_knee_score"], poses.scores[:, knee])
    np.testing.assert_array_equal(table["left_knee_z_m"], poses.world[:, knee, 2])  # type: ignore[index]
    np.testing.assert_array_equal(table["bbox_y1_px"], poses.bbox[:, 3])
    assert list(table.columns[:4]) == ["frame", "time_s", "track_id", "bbox_x0_px"]
    assert "raw_x_px" not in " ".join(table.columns)


def test_a_table_of_nobody() -> None:
    table = made_sequence(rows=0).to_dataframe()
    assert len(table) == 0
    assert "nose_x_px" in table.columns


def test_columns_with_one_name_are_refused(tmp_path: Path) -> None:
    poses = PoseSequence.from_arrays(np.ones((1, 2, 2)), skeleton=skeleton_of(["bbox", "tail"]))
    with pytest.raises(SettingsError, match="got 'bbox_score' twice; rename a joint"):
        poses.to_dataframe()
    with pytest.raises(SettingsError, match="got 'bbox_score' twice; rename a joint"):
        poses.to_parquet(tmp_path / "poses.parquet")
    assert list(tmp_path.iterdir()) == []


def test_names_of_joints_stand_in_the_schema(tmp_path: Path) -> None:
    poses = PoseSequence.from_arrays(np.ones((1, 2, 2)), skeleton=["snout", "tail \u2192 tip"])
    poses.to_parquet(tmp_path / "poses.parquet")
    assert "tail \u2192 tip_x_px" in pq.ParquetFile(tmp_path / "poses.parquet").schema_arrow.names
    assert PoseSequence.from_parquet(tmp_path / "poses.parquet").skeleton == poses.skeleton


@pytest.mark.parametrize(("name", "call"), [
    ("polars", lambda poses: poses.to_dataframe("polars")),
    ("xarray", lambda poses: poses.to_xarray()),
])  # fmt: skip
def test_libraries_that_are_not_there(monkeypatch: pytest.MonkeyPatch, name: str, call: Any) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SettingsError, match=f"Expected {name} to be installed, it is not: pip install {name}"):
        call(made_sequence())


def test_libraries_that_are_not_known() -> None:
    with pytest.raises(SettingsError, match="expected pandas or polars, got 'excel'"):
        made_sequence().to_dataframe("excel")  # type: ignore[arg-type]


class FakeDataset:
    """What `xarray.Dataset` is given, where xarray is not installed."""

    def __init__(self, variables: Any, coordinates: Any, attributes: Any) -> None:
        self.variables, self.coords, self.attrs = variables, coordinates, attributes


def test_a_dataset_has_a_place_for_everybody_in_every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataframes, "_installed", lambda _name: type("xarray", (), {"Dataset": FakeDataset}))
    poses = with_world(made_sequence())
    dataset = poses.to_xarray()
    frames, people = np.unique(poses.frame), poses.track_ids
    axes, position = dataset.variables["position"]
    assert axes == ("time", "space", "keypoints", "individuals")
    assert position.shape == (len(frames), 2, 17, len(people))
    assert dataset.variables["confidence"][1].shape == (len(frames), 17, len(people))
    assert dataset.variables["position_m"][1].shape == (len(frames), 3, 17, len(people))
    assert dataset.coords["individuals"] == [f"id_{i}" for i in people]
    for one in poses:
        time, person = int(np.searchsorted(frames, one.frame)), people.index(one.track_id)
        np.testing.assert_array_equal(position[time, :, :, person], one.keypoints.T)
        np.testing.assert_array_equal(dataset.variables["confidence"][1][time, :, person], one.scores)
        assert dataset.coords["time"][time] == one.time_s
    assert np.isfinite(position).any(axis=(1, 2)).sum() == len(poses)


def test_too_many_people_for_a_dataset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataframes, "_installed", lambda _name: None)
    monkeypatch.setattr(dataframes, "_MOST_NUMBERS", 1000)
    with pytest.raises(SettingsError, match=r"4 people in .* take some of them"):
        made_sequence().to_xarray()
