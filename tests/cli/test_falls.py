"""`posespotter falls`: its answers, and every kind of bad input."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Cli
from tests.fall_rules import write_rules
from tests.falls.movements import FALLS, STANDS, Actor, film
from tests.models.tiny import constant_model

from posespotter.skeletons import BLAZEPOSE33, COCO17, HALPE26, Skeleton
from posespotter.tasks import falls as task


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rules(tmp_path_factory.mktemp("rules") / "rules.onnx")


@pytest.fixture(scope="module")
def poses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("poses") / "fall.parquet"
    film(Actor(FALLS)).to_parquet(path)
    return path


def refused(ran: object, *words: str, code: int = 1) -> None:
    assert ran.code == code
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert ran.err.startswith("posespotter: ")
    for word in words:
        assert word in ran.err


def test_says_it_in_words(cli: Cli, poses: Path, rules: Path, tmp_path: Path) -> None:
    ran = cli("falls", "detect", poses, "--classifier", rules, "-o", tmp_path)
    assert ran.code == 0
    first, second, third = ran.out.splitlines()
    assert first == f"sticks.mp4: 1 fall -> {tmp_path / 'fall'}"
    assert second.startswith("  #1 falls at 0:04.")
    assert second.endswith("; not seen to get up")
    assert "give the video with --video FILE" in third
    quiet = cli("falls", "detect", poses, "--classifier", rules, "-o", tmp_path, "--no-overlay")
    assert "--video" not in quiet.out


def test_several_inputs_of_which_one_fails(cli: Cli, poses: Path, rules: Path, tmp_path: Path) -> None:
    film(Actor(STANDS)).to_parquet(tmp_path / "stands.parquet")
    ran = cli(
        "falls", "detect", poses, tmp_path / "none.parquet", tmp_path / "stands.parquet", "--classifier", rules,
        "-o", tmp_path / "out", "--json",
    )  # fmt: skip
    assert ran.code == 1
    answer = json.loads(ran.out)
    assert [(Path(one["folder"]).name, len(one["events"])) for one in answer["results"]] == [("fall", 1), ("stands", 0)]
    (failed,) = answer["failed"]
    assert "none.parquet" in failed["input"]
    assert ran.err.count("\n") == 1


def test_a_missing_model_is_said_once_and_poses_are_done_all_the_same(
    cli: Cli, clip: Path, poses: Path, rules: Path, tmp_path: Path
) -> None:
    inputs = (clip, clip, poses)
    ran = cli("falls", "detect", *inputs, "--pose", "none.onnx", "--classifier", rules, "-o", tmp_path, "--json")
    assert ran.code == 1
    answer = json.loads(ran.out)
    assert [one["input"] for one in answer["failed"]] == [str(clip), str(clip)]
    assert [len(one["events"]) for one in answer["results"]] == [1]
    assert ran.err.count("\n") == 1


def test_a_bug_that_one_input_brings_to_light(
    cli: Cli, poses: Path, rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_falls = task.find_falls

    def stumble(spec: str, *arguments: object, **options: object) -> object:
        if "bad" in spec:
            raise RuntimeError("one row\ntoo many")
        return find_falls(spec, *arguments, **options)

    monkeypatch.setattr(task, "find_falls", stumble)
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(poses.read_bytes())
    arguments = ("falls", "detect", bad, poses, "--classifier", rules, "-o", tmp_path / "out")
    ran = cli(*arguments)
    assert ran.code == 1
    assert ": 1 fall -> " in ran.out
    assert ran.err.startswith(
        f"posespotter: {bad}: unexpected RuntimeError: one row. Please report it. The details are in "
    )


def test_a_second_run_replaces_only_when_told(cli: Cli, poses: Path, rules: Path, tmp_path: Path) -> None:
    for more in ((), (), ("--overwrite",)):
        cli("falls", "detect", poses, "--classifier", rules, "-o", tmp_path, *more)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fall", "fall-2"]


def test_a_video_end_to_end(cli: Cli, clip: Path, rules: Path, tmp_path: Path) -> None:
    ran = cli(
        "falls",
        "detect",
        clip,
        "--pose",
        "movenet-lightning",
        "--classifier",
        rules,
        "-o",
        tmp_path,
        "--sensitivity",
        "low",
    )
    assert ran.code == 0
    assert ran.out == f"walk.mp4: no fall -> {tmp_path / 'walk'}\n"
    assert "measured with those of movenet-thunder" in ran.err
    record = json.loads((tmp_path / "walk" / "run.json").read_text())
    assert record["outputs"] == ["events.json", "overlay.mp4", "poses.parquet", "probabilities.parquet"]
    assert record["falls"]["sensitivity"] == "low"
    assert [model["name"] for model in record["models"]] == ["movenet-multipose", "movenet-lightning"]


def test_zones_of_a_file(cli: Cli, poses: Path, rules: Path, tmp_path: Path) -> None:
    zones = tmp_path / "room.toml"
    zones.write_text('[[zone]]\nname = "all"\nkind = "bed"\npolygon = [[0, 0], [1, 0], [1, 1], [0, 1]]\n')
    arguments = ("falls", "detect", poses, "--classifier", rules, "-o", tmp_path / "out", "--zones", zones)
    said = cli(*arguments).out
    assert ": 1 event ignored in a zone -> " in said
    assert "; ignored, in the zone all" in said
    zones.write_text(zones.read_text().replace("[1, 1]", "[640, 480]"))
    refused(cli(*arguments), "room.toml", "zone 'all'", "0 to 1, got (640, 480)")


def test_a_classifier_that_is_none(cli: Cli, poses: Path, rules: Path, tmp_path: Path) -> None:
    def detect(file: Path) -> object:
        return cli("falls", "detect", poses, "--classifier", file, "-o", tmp_path / "out")

    refused(detect(tmp_path / "none.onnx"), "none.onnx", "there is no file")
    (tmp_path / "text.onnx").write_text("no model")
    refused(detect(tmp_path / "text.onnx"), "text.onnx", "expected an ONNX model file")
    other = constant_model(tmp_path / "other.onnx", {"votes": np.zeros((1, 3), np.float32)})
    refused(detect(other), "other.onnx", "expected a fall classifier made by `falls train`")
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(rules.read_bytes().replace(b"energy_now", b"energy_was"))
    refused(detect(cut), "cut.onnx", "train it again with `falls train`")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("skeleton", [COCO17, HALPE26, BLAZEPOSE33], ids=lambda skeleton: skeleton.name)
def test_joints_of_every_skeleton(cli: Cli, rules: Path, tmp_path: Path, skeleton: Skeleton) -> None:
    film(Actor(FALLS), skeleton=skeleton).to_parquet(tmp_path / "sticks.parquet")
    ran = cli("falls", "detect", tmp_path / "sticks.parquet", "--classifier", rules, "-o", tmp_path / "out")
    assert ": 1 fall -> " in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("detect",),
        ("detect", "a.parquet", "b.parquet", "--video", "c.mp4"),
        ("detect", "a.parquet", "--sensitivity", "some"),
        ("train",),
        ("evaluate",),
        ("train", "data", "--seed", "-1"),
    ],
)
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli("falls", *arguments).code == 2


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_data_that_are_wrong(cli: Cli, rules: Path, command: str, tmp_path: Path) -> None:
    more = ("--classifier", rules) if command == "evaluate" else ()
    refused(cli("falls", command, tmp_path, *more), "clips.csv: cannot be read: No such file")
    (tmp_path / "clips.csv").write_text("clip_id,file,frames,fps,scene\na,a.mp4,10,25,hall\n")
    (tmp_path / "segments.csv").write_text("clip_id,start_frame,end_frame\n")
    (tmp_path / "a.mp4").write_bytes(b"")
    refused(cli("falls", command, tmp_path, *more), "segments.csv", "missing: label")
    (tmp_path / "segments.csv").write_text("clip_id,start_frame,end_frame,label\na,1,10,tumble\n")
    refused(cli("falls", command, tmp_path, *more), "segments.csv, row 2, column label", "got 'tumble'")
    (tmp_path / "segments.csv").write_text("clip_id,start_frame,end_frame,label\na,1,10,fall\n")
    refused(cli("falls", command, tmp_path, *more, "--split", "dev"), "expected a split of", "got 'dev'", code=2)
