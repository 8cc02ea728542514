from pathlib import Path

import pytest
from tests.sequences import made_sequence, with_world
from typer.testing import CliRunner, Result

from posespotter.cli import app
from posespotter.errors import InputError, OutputError, SettingsError
from posespotter.formats import FORMATS, read_poses


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    with_world(made_sequence()).to_parquet(tmp_path / "poses.parquet")
    return tmp_path / "poses.parquet"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["export", *map(str, arguments)])


READ = ("csv", "mmpose", "coco", "coco-dataset", "openpose", "openpose18", "parquet")


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"c3d", "rerun"}])
def test_every_format(poses: Path, tmp_path: Path, name: str) -> None:
    result = run(poses, "--to", name, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert "poses of 4 people" in result.output
    assert (tmp_path / "out").is_dir() == name.startswith("openpose")


def test_poses_are_not_written_over_themselves(poses: Path) -> None:
    before = poses.read_bytes()
    result = run(poses, "--to", "csv", "-o", poses, "--overwrite")
    assert isinstance(result.exception, OutputError)
    assert "give another name" in str(result.exception)
    assert poses.read_bytes() == before


def test_what_is_lost_is_said(poses: Path, tmp_path: Path) -> None:
    assert "coco cannot hold: images, ids, times" in run(poses, "--to", "coco", "-o", tmp_path / "a").output
    assert "cannot hold" not in run(poses, "--to", "parquet", "-o", tmp_path / "b").output


def test_unknown_format_names_the_known(poses: Path, tmp_path: Path) -> None:
    result = run(poses, "--to", "mmpse", "-o", tmp_path / "out")
    assert isinstance(result.exception, SettingsError)
    assert "parquet. Did you mean mmpose?" in str(result.exception)


@pytest.mark.parametrize("name", READ)
def test_what_is_there_is_replaced_only_when_asked(poses: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    assert run(poses, "--to", name, "-o", out).exit_code == 0
    made_sequence(rows=0).to_parquet(poses)
    assert isinstance(run(poses, "--to", name, "-o", out).exception, OutputError)
    assert run(poses, "--to", name, "-o", out, "--overwrite").exit_code == 0
    if name != "coco":
        assert len(read_poses(out, fps=25)) == 0


@pytest.mark.parametrize("name", READ)
def test_a_folder_of_other_things_is_never_replaced(poses: Path, tmp_path: Path, name: str) -> None:
    result = run(poses, "--to", name, "-o", tmp_path, "--overwrite")
    assert isinstance(result.exception, OutputError)
    assert poses.is_file()


def test_one_person(poses: Path, tmp_path: Path) -> None:
    result = run(poses, "--to", "csv", "-o", tmp_path / "out.csv", "--person", 2)
    assert "poses of 1 person" in result.output
    assert read_poses(tmp_path / "out.csv").track_ids == (2,)
    result = run(poses, "--to", "csv", "-o", tmp_path / "two.csv", "--person", 7)
    assert isinstance(result.exception, SettingsError)
    assert str(result.exception) == "--person: expected one of 1, 2, 3, 4, got 7."


def test_input_that_holds_no_times(tmp_path: Path) -> None:
    person = '{"keypoints": [[1, 2]], "keypoint_scores": [0.5]}'
    (tmp_path / "in.json").write_text(f'[{{"instances": [{person}]}}, {{"instances": [{person}]}}]')
    result = run(tmp_path / "in.json", "--to", "csv", "-o", tmp_path / "out.csv")
    assert isinstance(result.exception, InputError)
    assert "--fps" in str(result.exception)
    assert run(tmp_path / "in.json", "--to", "csv", "-o", tmp_path / "out.csv", "--fps", 25).exit_code == 0


@pytest.mark.parametrize("fps", ["inf", "nan", "0", "-25", "1e300"])
def test_no_frame_rates(poses: Path, tmp_path: Path, fps: str) -> None:
    result = run(poses, "--to", "csv", "-o", tmp_path / "out.csv", "--fps", fps)
    assert isinstance(result.exception, SettingsError)
    assert "at most 1000 frames a second" in str(result.exception)
    assert not (tmp_path / "out.csv").exists()


def test_missing_input_leaves_nothing(tmp_path: Path) -> None:
    result = run(tmp_path / "missing.parquet", "--to", "csv", "-o", tmp_path / "out.csv")
    assert isinstance(result.exception, InputError)
    assert list(tmp_path.iterdir()) == []
