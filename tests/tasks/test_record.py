"""run.json: what a result says of itself."""

import json
from datetime import UTC, datetime

import pytest
from tests.painted import PaintedDetector, PaintedPose, PaintedSource, always, standing

from posespotter import __version__
from posespotter.tasks.record import estimate_record, versions


@pytest.fixture
def record(painted):
    def make(n_frames=60, warnings=(), **options):
        estimator = painted(PaintedDetector(), PaintedPose(), **options)
        source = PaintedSource(always(standing(200), standing(440)), n_frames)
        source.warnings.extend(warnings)
        return estimate_record(estimator, source.info, estimator.run(source), {"overlay": 1.25}, ["b.csv", "a.parquet"])

    return make


def test_what_is_recorded(record):
    told = record(detect_every=10, max_people=5, device="auto", smoothing="strong")
    assert json.loads(json.dumps(told)) == told
    assert told["kind"] == "estimate"
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
    assert told["outputs"] == ["a.parquet", "b.csv"]
    assert told["timings_s"]["overlay"] == 1.25
    assert all(seconds >= 0 for seconds in told["timings_s"].values())
    assert told["timings_s"]["decode"] <= told["timings_s"]["total"]
    assert told["frames_per_second"] == pytest.approx(60 / told["timings_s"]["total"], rel=0.01)
    assert abs(datetime.fromisoformat(told["finished_at"]) - datetime.now(UTC)).total_seconds() < 60


def test_warnings_are_recorded(record):
    assert record(warnings=["truncated after 60 frames."])["warnings"] == ["truncated after 60 frames."]


def test_versions():
    told = versions()
    assert told["posespotter"] == __version__
    assert {"python", "platform", "numpy", "av", "onnxruntime"} <= set(told)
    assert all(isinstance(value, str) and value for value in told.values())
