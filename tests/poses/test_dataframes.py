import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray
from tests.sequences import made_sequence, with_world

from posespotter.errors import SettingsError, ShapeError
from posespotter.formats import export
from posespotter.poses import PoseSequence
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
    ("supervision", lambda poses: poses.to_supervision()),
])  # fmt: skip
def test_libraries_that_are_not_there(monkeypatch: pytest.MonkeyPatch, name: str, call: Any) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SettingsError, match=f"Expected {name} to be installed, it is not: pip install {name}"):
        call(made_sequence())


def test_libraries_that_are_not_known() -> None:
    with pytest.raises(SettingsError, match="expected pandas or polars, got 'excel'"):
        made_sequence().to_dataframe("excel")  # type: ignore[arg-type]


def test_a_dataset_has_a_place_for_everybody_in_every_frame() -> None:
    poses = with_world(made_sequence())
    dataset = poses.to_xarray()
    frames, people = np.arange(poses.frame[0], poses.frame[-1] + 1), poses.track_ids
    assert dataset.sizes == {
        "time": len(frames), "space": 2, "keypoints": 17, "individuals": len(people), "space_m": 3
    }  # fmt: skip
    assert dataset.position.dims == ("time", "space", "keypoints", "individuals")
    assert (dataset.time.diff("time") > 0).all()
    by_frame = dataset.swap_dims(time="frame")
    for one in poses:
        here = by_frame.sel(frame=one.frame, individuals=f"id_{one.track_id}")
        np.testing.assert_array_equal(here.position.T, one.keypoints)
        np.testing.assert_array_equal(here.confidence, one.scores)
        np.testing.assert_array_equal(here.position_m.T, one.world)
        assert here.time == one.time_s
    assert int(dataset.position.notnull().any(("space", "keypoints")).sum()) == len(poses)
    nose = dataset.position.sel(keypoints="nose", individuals="id_2", space="x")
    np.testing.assert_array_equal(nose.dropna("time"), poses.person(2).keypoint("nose")[:, 0].compress(
        np.isfinite(poses.person(2).keypoint("nose")[:, 0])))  # fmt: skip
    assert dataset.attrs["fps"] == 25


def test_the_dataset_and_the_netcdf_file_are_the_same(tmp_path: Path) -> None:
    poses = with_world(made_sequence())
    export(poses, "netcdf", tmp_path / "poses.nc")
    with xarray.open_dataset(tmp_path / "poses.nc", engine="scipy") as stored:
        xarray.testing.assert_equal(stored.load(), poses.to_xarray())


def test_a_dataset_of_nobody() -> None:
    assert made_sequence(rows=0).to_xarray().position.shape == (0, 2, 17, 0)


def test_too_many_people_for_a_dataset() -> None:
    poses = made_sequence(n_frames=2**30)
    poses = replace(poses, frame=np.where(poses.frame == poses.frame[-1], 2**29, poses.frame).astype(np.int32))
    with pytest.raises(SettingsError, match=r"4 people over \d+ frames; take some of them"):
        poses.to_xarray()


def test_key_points_are_those_of_one_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """`test_readers` has the rest, with the library itself."""
    monkeypatch.setitem(sys.modules, "supervision", ModuleType("supervision"))
    with pytest.raises(ShapeError, match=r"got those of frames \d+ to \d+; take those of one with `at`"):
        made_sequence().to_supervision()
