"""`posespotter exercise`, as far as its answers go beyond those of the task."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests import figures
from tests.cli.conftest import Cli

from posespotter.exercises import load_exercise
from posespotter.poses import PoseSequence


@pytest.fixture(scope="module")
def poses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("poses") / "squat.parquet"
    figures.film(figures.squat({"knees_inward"}, repetitions=2), fps=15).to_parquet(path)
    return path


def test_says_it_in_words(cli: Cli, poses: Path, tmp_path: Path) -> None:
    ran = cli("exercise", poses, "-e", "squat", "-o", tmp_path / "out")
    assert ran.code == 0
    assert "2 repetitions, 2 with faults: knees inward in repetitions 1 and 2." in ran.out
    assert "at least 80 % keeps them over the feet. Push the knees out" in ran.out
    assert "give the video with --video FILE" in ran.out
    assert "--video" not in cli("exercise", poses, "-o", tmp_path / "out", "--no-overlay", "--no-report").out


def test_poses_of_videos_of_one_name_do_not_replace_each_other(cli: Cli, poses: Path, tmp_path: Path) -> None:
    given = []
    for camera in ("cam1", "cam2"):
        (tmp_path / camera).mkdir()
        given.append(tmp_path / camera / "poses.parquet")
        replace(PoseSequence.from_parquet(poses), source="squat.mp4").to_parquet(given[-1])
    options = ("-o", tmp_path / "out", "--overwrite", "--no-report", "--json")
    for _ in range(2):  # a second time, they replace those of the first
        results = json.loads(cli("exercise", *given, *options).out)["results"]
        assert len({one["folder"] for one in results}) == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir())[0] == "squat"


def test_compares(cli: Cli, poses: Path, tmp_path: Path) -> None:
    cli("exercise", poses, "-o", tmp_path, "--no-report")
    folder = tmp_path / "squat"
    table = cli("exercise", "--compare", folder, folder / "analysis.json")
    assert table.code == 0
    assert "knee angle, least, °" in table.out
    assert "within the spread" in table.out
    answer = json.loads(cli("exercise", "--compare", folder, folder, "--json").out)
    assert answer["repetitions"] == [2, 2]
    missing = cli("exercise", "--compare", folder, tmp_path / "none")
    assert missing.code == 1
    assert missing.err.count("\n") == 1


def test_a_typo_in_an_exercise_file(cli: Cli, poses: Path, tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    text = (Path(figures.__file__).parents[1] / "src/posespotter/exercises/definitions/squat.toml").read_text("utf-8")
    own.write_text(text.replace("shortest_s", "shortest_seconds", 1), "utf-8")
    ran = cli("exercise", poses, "-e", own, "-o", tmp_path / "out")
    assert ran.code in {1, 2}
    assert ran.err.count("\n") == 1
    assert all(word in ran.err for word in ("mine.toml", "shortest_seconds", "shortest_s"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments", [("a.parquet", "b.parquet", "--video", "c.mp4"), (), ("a.parquet", "--view", "top")]
)
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli("exercise", *arguments).code == 2


def test_explain_names_every_check(cli: Cli) -> None:
    said = cli("exercise", "--explain", "squat").out
    assert all(rule.name in said for rule in load_exercise("squat").check)
