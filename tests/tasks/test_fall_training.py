"""From labelled clips to a classifier and to its figures."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fall_clips import MODELS, write_clips
from tests.fall_rules import write_rules
from tests.falls.movements import FALLS, Actor, film

from posespotter.errors import InputError
from posespotter.falls.classifier import FallClassifier
from posespotter.falls.detect import detect_falls
from posespotter.falls.training.data import FallData
from posespotter.tasks.fall_evaluation import EvaluationResult, evaluate_falls
from posespotter.tasks.fall_poses import Models, PosesOfClips, made_from
from posespotter.tasks.fall_training import TrainingResult, train_falls


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips") / "sticks"
    write_clips(folder, ("hall", "kitchen", "attic"))
    return folder


@pytest.fixture(scope="module")
def poses(folder: Path) -> PosesOfClips:
    return PosesOfClips(folder / "poses", [MODELS])


@pytest.fixture(scope="module")
def told() -> list[tuple[str, int, int]]:
    """What the training said of its progress."""
    return []


@pytest.fixture(scope="module")
def trained(
    folder: Path, poses: PosesOfClips, told: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> TrainingResult:
    data = FallData.read(folder).split("train")
    out = tmp_path_factory.mktemp("forests")
    return train_falls([(data, poses)], out, name="sticks-1", progress=lambda *step: told.append(step))


@pytest.fixture(scope="module")
def measured(folder: Path, poses: PosesOfClips, tmp_path_factory: pytest.TempPathFactory) -> EvaluationResult:
    file = write_rules(tmp_path_factory.mktemp("rules") / "rules.onnx")
    data = FallData.read(folder)
    return evaluate_falls(
        data, poses, FallClassifier.load(file), tmp_path_factory.mktemp("measured"), classifier_file=file
    )


def test_what_was_trained_can_be_used(trained: TrainingResult) -> None:
    assert {path.name for path in trained.folder.iterdir()} == {"sticks-1.onnx", "sticks-1.skops", "run.json"}
    classifier = FallClassifier.load(trained.classifier)
    assert classifier.name == "sticks-1"
    assert [event.kind for event in detect_falls(film(Actor(FALLS), seed=7), classifier=classifier).events] == ["fall"]


def test_a_training_says_how_far_it_is(trained: TrainingResult, told: list[tuple[str, int, int]]) -> None:
    for stage, steps in (("windows", trained.record.data.clips), ("forests", 3)):  # two rooms and all of them
        done = [step[1] for step in told if step[0] == stage]
        assert len(done) == steps
        assert done == sorted(done)
        assert all(step[1] < step[2] for step in told if step[0] == stage)


def test_the_record_of_a_training(trained: TrainingResult) -> None:
    record = json.loads((trained.folder / "run.json").read_text("utf-8"))
    assert record["kind"] == "falls train"
    assert record["data"]["groups"] == ["scene attic", "scene kitchen"]
    assert (record["data"]["clips"], record["data"]["falls"]) == (6, 2)
    assert record["classifier"]["sha256"] == FallClassifier.load(trained.classifier).sha256
    assert sum(map(sum, record["held_out"]["confusion"])) < sum(record["data"]["windows"].values())  # without copies
    assert [one["source"] for one in record["held_out"]["left_out"]] == ["sticks/scene kitchen", "sticks/scene attic"]
    assert all(one["falls"][1] == 1 and one["silent_clips"][1] == 2 for one in record["held_out"]["left_out"])
    assert record["held_out"]["macro_f1"] > 0.5
    assert record["versions"]["scikit-learn"]


def test_one_room_is_not_enough(folder: Path, poses: PosesOfClips, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least two sources, people or rooms"):
        train_falls([(FallData.read(folder).split("dev"), poses)], tmp_path / "out", name="one")
    assert not (tmp_path / "out").exists()


def test_the_report_is_complete(measured: EvaluationResult) -> None:
    assert {path.name for path in measured.folder.iterdir()} == {
        "report.html", "evaluation.md", "evaluation.json", "run.json",
    }  # fmt: skip
    numbers = json.loads((measured.folder / "evaluation.json").read_text("utf-8"))
    (method,) = numbers["methods"]
    assert method["label"] == "rules, boxes of movenet-multipose"
    assert (method["recall"]["hits"], method["recall"]["n"]) == (3, 3)
    assert method["clips_free_of_alarms"]["n"] == 6
    assert method["lying_clips_free_of_alarms"]["n"] == 3
    assert method["false_alarms_per_hour"]["hours"] == pytest.approx(9 * 14 / 3600, abs=1e-4)
    assert [one["sensitivity"] for one in numbers["sensitivities"]] == ["low", "normal", "high"]
    assert len(numbers["clips"]) == 9
    page, text = ((measured.folder / name).read_text("utf-8") for name in ("report.html", "evaluation.md"))
    for words in ("3 of 3 falls caught", "rules, boxes of movenet-multipose", "3 of 3; 44 to 100 %"):
        assert words in page
        assert words in text


def test_what_a_classifier_was_trained_on_is_held_against_it(
    folder: Path, poses: PosesOfClips, trained: TrainingResult, measured: EvaluationResult, tmp_path: Path
) -> None:
    assert any("Nothing is known of what this classifier was trained on" in one for one in measured.report.cautions)
    classifier = FallClassifier.load(trained.classifier)

    def cautions(split: str) -> tuple[str, ...]:
        data = FallData.read(folder).split(split)
        result = evaluate_falls(data, poses, classifier, tmp_path, split=split, classifier_file=trained.classifier)
        return result.report.cautions

    assert any("trained on clips of scene attic, scene kitchen too" in one for one in cautions("train"))
    assert cautions("dev") == ("All clips show one person or room: the figures say nothing about others.",)
    assert {path.name for path in tmp_path.iterdir()} == {"sticks-train", "sticks-dev"}


def test_each_detector_and_another_classifier_are_measured(folder: Path, poses: PosesOfClips, tmp_path: Path) -> None:
    data, detector = FallData.read(folder), tmp_path / "other.onnx"
    detector.write_bytes(b"nobody loads it, for the poses are there")
    both = PosesOfClips(tmp_path / "poses", [MODELS, Models(str(detector), "movenet-thunder")])
    for models in both.models:
        for clip in data:
            seen = replace(poses.by(MODELS, clip), settings=made_from(clip, models))
            seen.to_parquet(both.folder / models.name / f"{clip.clip_id}.parquet")
    classifier = FallClassifier.load(write_rules(tmp_path / "rules.onnx"))
    other = FallClassifier.load(write_rules(tmp_path / "more.onnx", "more"))
    told: list[tuple[str, int, int]] = []
    result = evaluate_falls(
        data, both, classifier, tmp_path / "out", beside=[other], progress=lambda *step: told.append(step)
    )
    assert [method.label for method in result.report.methods] == [
        "rules, boxes of movenet-multipose", f"rules, boxes of {both.models[1].detector_name}",
        "more, boxes of movenet-multipose",
    ]  # fmt: skip
    passes = 2 * 3 + 1  # two detectors at each sensitivity, and the other classifier
    frames = sum(clip.n_frames for clip in data)
    assert [(what, total) for what, _, total in told] == [("falls", passes * frames)] * (passes * len(data))
    done = [step[1] for step in told]
    assert done == sorted(set(done))
    assert done[len(data)] == frames
