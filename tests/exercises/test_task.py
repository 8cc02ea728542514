"""From poses to a folder, from the command line, and from two real clips."""

import csv
import json

import pytest
import typer
from tests import figures
from typer.testing import CliRunner

from posespotter.cli.exercise import exercise_command
from posespotter.errors import InputError, SettingsError
from posespotter.exercises import analyze_exercise, load_exercise
from posespotter.tasks.exercise import exercise

app = typer.Typer()
app.command()(exercise_command)


@pytest.fixture
def poses_file(tmp_path):
    path = tmp_path / "squat.parquet"
    figures.film(figures.squat({"too_shallow"}), yaw_deg=90).to_parquet(path)
    return path


def test_poses_to_a_folder(tmp_path, poses_file) -> None:
    result = exercise(str(poses_file), load_exercise("squat"), tmp_path / "out")
    assert {path.name for path in result.folder.iterdir()} >= {"poses.parquet", "analysis.json", "run.json"}
    analysis = json.loads((result.folder / "analysis.json").read_text("utf-8"))
    assert (analysis["count"], analysis["repetitions"][0]["verdict"]) == (3, "fault")
    record = json.loads((result.folder / "run.json").read_text("utf-8"))
    assert record["exercise"]["name"] == "squat"
    again = exercise(str(result.folder / "poses.parquet"), load_exercise("squat"), tmp_path / "out")
    assert again.folder != result.folder


def test_what_cannot_be_used(tmp_path, poses_file) -> None:
    with pytest.raises(InputError, match="a video needs an estimator"):
        exercise(str(tmp_path / "clip.mp4"), load_exercise("squat"), tmp_path)
    with pytest.raises(SettingsError, match="got 9"):
        exercise(str(poses_file), load_exercise("squat"), tmp_path, person=9)
    picture = tmp_path / "picture.parquet"
    poses = figures.film(figures.squat(repetitions=1))
    figures.replace(poses.where(poses.frame == 0), n_frames=1).to_parquet(picture)
    with pytest.raises(InputError, match="a picture shows no movement"):
        exercise(str(picture), load_exercise("squat"), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"squat.parquet", "picture.parquet"}


def ran(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def test_command(tmp_path, poses_file) -> None:
    output = ran(poses_file, "-o", tmp_path / "out").output
    assert "3 repetitions" in output
    assert "shallow" in output
    both = ran(poses_file, tmp_path / "none.mp4", "-o", tmp_path / "out", "--json", code=1)
    answer = json.loads(both.stdout.splitlines()[-1])
    assert answer["results"][0]["analysis"]["count"] == 3
    assert "none.mp4" in answer["failed"][0]["input"]


def test_list_and_explain() -> None:
    assert "lateral-raise" in ran("--list").output
    assert len(json.loads(ran("--list", "--json").stdout)) == 8
    assert "Schoenfeld" in ran("--explain", "squat").output
    assert ran(code=2)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["squat_right_1", "squat_dark_shallow_1"])
def test_real_clips(shared, name) -> None:
    from posespotter.estimation.estimator import PoseEstimator

    folder = shared / "data" / "exercise"
    with (folder / "clips.csv").open(encoding="utf-8") as file:
        truth = {row["file"]: row for row in csv.DictReader(file)}[f"{name}.mp4"]
    poses = PoseEstimator(pose="movenet-thunder+blazepose-full").estimate_video(folder / f"{name}.mp4")
    assert analyze_exercise(poses, "squat").count == int(truth["repetitions"])
