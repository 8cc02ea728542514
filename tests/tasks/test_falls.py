"""Whole runs: poses and a painted video in; events, probabilities, overlay and record out."""

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.clips import cut
from tests.fall_rules import write_rules
from tests.falls.movements import (
    FALL_S,
    FALLS,
    FALLS_AND_RISES,
    FRAME_SIZE,
    IMPACT_S,
    LIES_DOWN,
    SITS_DOWN,
    Actor,
    film,
)

from posespotter.drawing.overlay import draw_poses
from posespotter.errors import InputError, OutputError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.falls.classifier import FallClassifier
from posespotter.falls.detect import FallAnalysis, NotJudged, Windows
from posespotter.falls.training.data import FallData
from posespotter.falls.training.evaluation import match
from posespotter.falls.zones import Zone
from posespotter.media import VideoWriter
from posespotter.poses import PoseSequence
from posespotter.tasks import falls as module
from posespotter.tasks.falls import FallsResult, find_falls, found_in_words
from posespotter.tasks.model_choices import DEFAULT_POSE_FALLS

FPS = 10.0
EVERYTHING = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> FallClassifier:
    return FallClassifier.load(write_rules(tmp_path_factory.mktemp("rules") / "rules.onnx"))


def stored(poses: PoseSequence, folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    poses.to_parquet(folder / "poses.parquet")
    return str(folder / "poses.parquet")


def video_of(poses: PoseSequence, path: Path) -> str:
    with VideoWriter(path, poses.frame_size, poses.fps) as video:
        for frame in range(poses.n_frames):
            image = np.full((poses.frame_size[1], poses.frame_size[0], 3), 90, np.uint8)
            draw_poses(image, poses.at(frame))
            video.write(image, frame / poses.fps)
    return str(path)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """poses.parquet and the video of a fall, 10 frames a second."""
    folder = tmp_path_factory.mktemp("clip")
    poses = replace(film(Actor(FALLS), fps=FPS), source="room.mp4")
    return stored(poses, folder), video_of(poses, folder / "room.mp4")


@pytest.fixture(scope="module")
def result(clip: tuple[str, str], classifier: FallClassifier, tmp_path_factory: pytest.TempPathFactory) -> FallsResult:
    return find_falls(clip[0], classifier, tmp_path_factory.mktemp("out"), video=clip[1])


def test_the_folder_is_complete(result: FallsResult) -> None:
    outputs = {"poses.parquet", "events.json", "probabilities.parquet", "overlay.mp4"}
    assert files(result.folder) == outputs | {"run.json", "events"}
    assert result.folder.name == "room"
    record = json.loads((result.folder / "run.json").read_text("utf-8"))
    assert set(record["outputs"]) == outputs | {"events/fall01.mp4"}
    assert record["kind"] == "falls"
    assert record["falls"]["classifier"]["name"] == "rules"
    assert len(record["falls"]["classifier"]["sha256"]) == 64
    assert (record["falls"]["sensitivity"], record["falls"]["zones"], record["falls"]["events"]) == ("normal", [], 1)
    assert {"detect_falls", "draw"} <= set(record["timings_s"])


def test_events_are_as_documented(result: FallsResult) -> None:
    stored_events = json.loads((result.folder / "events.json").read_text("utf-8"))
    assert {name: stored_events[name] for name in ("source", "fps", "frames", "classifier")} == {
        "source": "room.mp4", "fps": FPS, "frames": 90, "classifier": "rules",
    }  # fmt: skip
    (event,) = stored_events["events"]
    assert list(event) == [
        "kind", "track_id", "onset_s", "impact_s", "alert_s", "end_s", "peak_probability", "state_after",
        "floor_s", "ignored_in",
    ]  # fmt: skip
    assert (event["kind"], event["track_id"], event["end_s"], event["state_after"]) == ("fall", 1, None, "down")
    assert FALL_S - 0.5 <= event["onset_s"] <= event["impact_s"] <= event["alert_s"] <= IMPACT_S + 2.0
    assert 0.5 <= event["peak_probability"] <= 1


def test_probabilities_tell_every_moment(result: FallsResult) -> None:
    table = pq.read_table(result.folder / "probabilities.parquet")
    classes = ["normal", "fall", "lying"]
    assert table.column_names == ["time_s", "track_id", *classes, *(f"smoothed_{name}" for name in classes), "state"]
    windows = result.analysis.windows
    assert table.num_rows == len(windows) > 100
    for prefix, expected in (("", windows.probabilities), ("smoothed_", windows.smoothed)):
        columns = np.stack([table[f"{prefix}{name}"].to_numpy() for name in classes], axis=1)
        assert np.array_equal(columns, expected)
        assert np.allclose(columns.sum(axis=1), 1)
    states = table["state"].to_pylist()
    assert (states[0], states[-1]) == ("upright", "down")


def test_the_overlay_has_every_frame_and_the_strip_below(result: FallsResult) -> None:
    with av.open(str(result.folder / "overlay.mp4")) as video:
        frames = [(frame.width, frame.height, float(frame.time or 0)) for frame in video.decode(video=0)]
    assert len(frames) == result.poses.n_frames
    width, height, _ = frames[0]
    assert width == FRAME_SIZE[0]
    assert height > FRAME_SIZE[1] * 1.1
    assert [round(time_s * FPS) for *_, time_s in frames] == list(range(90))


def test_the_clip_of_an_event_shows_it_with_what_was_before_and_after(result: FallsResult) -> None:
    (event,) = result.analysis.events
    with av.open(str(result.folder / "events" / "fall01.mp4")) as video:
        length = sum(1 for _ in video.decode(video=0)) / FPS
    start_s = max(0.0, event.onset_s - 1.5)
    end_s = min(90 / FPS, max(event.impact_s, event.alert_s) + 3.5)
    assert length == pytest.approx(end_s - start_s, abs=1.5 / FPS)


def test_getting_up_ends_a_fall(classifier: FallClassifier, tmp_path: Path) -> None:
    spec = stored(film(Actor(FALLS_AND_RISES), seconds=19.0), tmp_path / "in")
    (event,) = find_falls(spec, classifier, tmp_path, overlay=False).analysis.events
    assert event.state_after == "recovered"
    assert event.end_s is not None
    assert 10.0 <= event.end_s <= 15.5


@pytest.mark.parametrize(("keys", "kinds"), [(SITS_DOWN, []), (LIES_DOWN, ["lying"])])
def test_sitting_and_lying_down_are_no_falls(
    keys: object, kinds: list[str], classifier: FallClassifier, tmp_path: Path
) -> None:
    spec = stored(film(Actor(keys), seconds=12.0), tmp_path / "in")
    events = find_falls(spec, classifier, tmp_path, overlay=False).analysis.events
    assert [event.kind for event in events] == kinds


@pytest.mark.parametrize("kind", ["bed", "ignore"])
def test_zones_are_heeded_and_written_down(kind: str, classifier: FallClassifier, tmp_path: Path) -> None:
    spec = stored(film(Actor(FALLS)), tmp_path / "in")
    result = find_falls(spec, classifier, tmp_path, zones=[Zone("all", kind, EVERYTHING)], overlay=False)
    assert result.analysis.events == ()
    ignored = json.loads((result.folder / "events.json").read_text("utf-8"))["ignored"]
    assert [(event["kind"], event["ignored_in"]) for event in ignored] == [("fall", "all")] * (kind == "bed")
    assert [zone.model_dump() for zone in result.record.falls.zones] == [
        {"name": "all", "kind": kind, "polygon": tuple(tuple(corner) for corner in EVERYTHING)}
    ]


def test_nobody_is_an_honest_answer(clip: tuple[str, str], classifier: FallClassifier, tmp_path: Path) -> None:
    poses = PoseSequence.from_parquet(clip[0])
    spec = stored(poses.where(poses.frame < 0), tmp_path / "in")
    result = find_falls(spec, classifier, tmp_path, video=clip[1])
    assert json.loads((result.folder / "events.json").read_text("utf-8"))["events"] == []
    assert result.record.warnings == ["Nobody was found in this clip, so nobody was seen to fall."]
    assert "overlay.mp4" in files(result.folder)
    assert pq.read_table(result.folder / "probabilities.parquet").num_rows == 0


@pytest.mark.parametrize(("pose_model", "cautions"), [("movenet-thunder", 0), ("rtmpose-m", 1), ("", 1)])
def test_joints_of_another_model_are_mentioned(
    pose_model: str, cautions: int, classifier: FallClassifier, tmp_path: Path
) -> None:
    poses = replace(film(Actor(FALLS)), pose_model=pose_model)
    result = find_falls(stored(poses, tmp_path / "in"), classifier, tmp_path, overlay=False)
    assert len(result.record.warnings) == cautions
    assert all("measured with those of movenet-thunder" in warning for warning in result.record.warnings)


def test_without_a_video_there_is_no_overlay(clip: tuple[str, str], classifier: FallClassifier, tmp_path: Path) -> None:
    assert "overlay.mp4" not in files(find_falls(clip[0], classifier, tmp_path).folder)
    assert "overlay.mp4" not in files(find_falls(clip[0], classifier, tmp_path, video=clip[1], overlay=False).folder)
    assert {path.name for path in tmp_path.iterdir()} == {"room", "room-2"}


def test_what_cannot_be_used_is_refused(
    clip: tuple[str, str], classifier: FallClassifier, demo_clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="expected the video of these poses, 640x480 px"):
        find_falls(clip[0], classifier, tmp_path / "out", video=str(demo_clip))
    with pytest.raises(InputError, match="expected poses as Parquet; a video needs an estimator"):
        find_falls(clip[1], classifier, tmp_path / "out")
    still = film(Actor(FALLS), seconds=1 / 25)
    with pytest.raises(InputError, match="a picture shows no movement"):
        find_falls(stored(still, tmp_path / "in"), classifier, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OutputError("no space left")])
def test_the_events_outlive_their_picture(
    clip: tuple[str, str],
    classifier: FallClassifier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(module, "render_falls", fail)
    result = find_falls(clip[0], classifier, tmp_path, video=clip[1])
    interrupted = isinstance(failure, KeyboardInterrupt)
    assert result.record.stopped_early == interrupted
    assert result.record.error == (None if interrupted else "no space left")
    assert files(result.folder) == {"poses.parquet", "events.json", "probabilities.parquet", "run.json"}


@pytest.fixture(scope="module")
def estimator() -> PoseEstimator:
    return PoseEstimator(pose=DEFAULT_POSE_FALLS)


def test_walking_is_no_fall(estimator: PoseEstimator, demo_clip: Path, tmp_path: Path) -> None:
    walk = cut(demo_clip, tmp_path / "walk.mp4", 60)
    result = find_falls(str(walk), FallClassifier.load(), tmp_path / "out", estimator=estimator)
    assert result.analysis.events == ()
    assert result.record.warnings == []
    assert len(result.analysis.windows) > 10
    assert "overlay.mp4" in files(result.folder)


@pytest.mark.shared
@pytest.mark.parametrize("clip_id", ["le2i_134", "le2i_150"])
def test_real_clips_of_a_room_that_was_not_trained_on(
    clip_id: str, estimator: PoseEstimator, shared: Path, tmp_path: Path
) -> None:
    """A fall on a mattress; and everyday life in the same room."""
    clip = next(one for one in FallData.read(shared / "data" / "falls") if one.clip_id == clip_id)
    result = find_falls(str(clip.path), FallClassifier.load(), tmp_path, estimator=estimator, overlay=False)
    caught, false_alarms = match(clip, [event.alert_s for event in result.analysis.events])
    assert (len(caught), false_alarms) == (len(clip.falls), ())


@pytest.mark.parametrize(("shares", "said"), [
    (NotJudged(), "no fall"),
    (NotJudged(nobody=0.9), "no fall"),  # whoever was there could be judged
    (NotJudged(nobody=0.5, too_small=0.2), "no fall"),
    (NotJudged(nobody=0.19, too_few_frames=0.8), "could not be judged"),  # one picture a second
    (NotJudged(too_few_frames=0.3, too_small=0.3), "could not be judged"),
    (NotJudged(nobody=1.0), "could not be judged"),
    (NotJudged(nobody=0.3, too_few_frames=0.7), "could not be judged"),
])  # fmt: skip
def test_no_fall_is_said_only_where_people_could_be_judged(shares, said):
    one = np.zeros((1, 3))
    windows = Windows(np.zeros(1), np.ones(1, np.int32), one, one, np.zeros(1, np.int32))
    assert found_in_words(FallAnalysis((), windows, 30, 30.0, "", "", not_judged=shares)) == said
