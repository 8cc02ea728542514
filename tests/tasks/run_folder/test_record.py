"""run.json: what a result says of itself."""

import json
from dataclasses import fields
from datetime import UTC, datetime

import pytest
from tests.painted import PaintedDetector, PaintedPose, PaintedSource, always, standing

from posespotter import __version__
from posespotter.errors import InputError
from posespotter.kinematics.quality import TrackQuality
from posespotter.tasks.run_folder.record import (
    SCHEMA_VERSION,
    ModelRecord,
    PersonRecord,
    RunRecord,
    SourceRecord,
    estimate_record,
    versions,
)


@pytest.fixture
def record(painted):
    def make(n_frames=60, warnings=(), **options):
        estimator = painted(PaintedDetector(), PaintedPose(), **options)
        source = PaintedSource(always(standing(200), standing(440)), n_frames)
        source.warnings.extend(warnings)
        return estimate_record(estimator, source.info, estimator.run(source))

    return make


def test_what_is_recorded(record):
    told = record(detect_every=10, max_people=5, device="auto", smoothing="strong").to_json()
    assert json.loads(json.dumps(told)) == told
    assert (told["kind"], told["schema_version"]) == ("estimate", SCHEMA_VERSION)
    assert told["source"]["frames"] == 60
    assert told["models"] == [
        {"task": "detector", "name": "painted-detector", "sha256": "0" * 64, "device": "cpu"},
        {"task": "pose", "name": "painted-pose", "sha256": "1" * 64, "device": "cpu"},
    ]
    assert told["settings"] == {
        "device": "auto", "detect_every": 10, "max_people": 5, "tiles": True, "smoothing": "strong",
    }  # fmt: skip
    assert [person["track_id"] for person in told["people"]] == [1, 2]
    assert all(person["frames"] == 60 and person["seconds"] == pytest.approx(2, abs=0.05) for person in told["people"])
    assert (told["detector_runs"], told["pose_runs"]) == (6, 120)
    assert all(seconds >= 0 for seconds in told["timings_s"].values())
    assert told["timings_s"]["decode"] <= told["timings_s"]["total"]
    assert told["frames_per_second"] == pytest.approx(60 / told["timings_s"]["total"], rel=0.01)
    assert abs(datetime.fromisoformat(told["finished_at"]) - datetime.now(UTC)).total_seconds() < 60


def test_warnings_are_recorded_once(record):
    told = record(warnings=["truncated after 60 frames."])
    for sentence in ("", "truncated after 60 frames.", "dark."):
        told.warn(sentence)
    assert told.warnings == ["truncated after 60 frames.", "dark."]


def test_a_record_survives_its_file(record, tmp_path):
    (tmp_path / "frames").mkdir()
    for name in ("b.csv", "a.parquet", "poses_openpose/1.json", "poses_openpose/2.json", "faults/1.mp4"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    told = record()
    told.write(tmp_path)
    assert told.outputs == ["a.parquet", "b.csv", "faults/1.mp4", "poses_openpose"]
    assert RunRecord.read(tmp_path) == told


def test_what_says_nothing_is_left_out():
    told = RunRecord(kind="recording", models=[ModelRecord(task="pose", name="x")]).to_json()
    assert {"exercise", "falls", "pose_runs"} & set(told) == set()
    assert told["models"] == [{"task": "pose", "name": "x"}]
    assert told["error"] is None


def test_what_a_later_version_adds_is_kept():
    told = RunRecord.from_json({"kind": "estimate", "weather": "fine", "source": {"lens": "wide"}}).to_json()
    assert (told["weather"], told["source"]["lens"]) == ("fine", "wide")


def test_what_is_not_of_its_type_is_left_out():
    found = RunRecord.from_json({"kind": "falls", "source": 3, "models": {}, "people": None, "warnings": ["dark."]})
    assert (found.kind, found.source, found.models, found.people) == ("falls", SourceRecord(), [], [])
    assert found.warnings == ["dark."]


@pytest.mark.parametrize("text", [None, "", "[]", "{", "3", "[" * 100_000])
def test_a_file_that_is_no_record(text, tmp_path):
    if text is not None:
        (tmp_path / "run.json").write_text(text)
    with pytest.raises(InputError, match=r"run.json: expected the record of a run"):
        RunRecord.read(tmp_path)


def test_a_person_has_what_is_known_of_the_joints():
    assert list(PersonRecord.model_fields) == [field.name for field in fields(TrackQuality)]


def test_versions():
    told = versions()
    assert told["posespotter"] == __version__
    assert {"python", "platform", "numpy", "av", "onnxruntime"} <= set(told)
    assert all(isinstance(value, str) and value for value in told.values())
