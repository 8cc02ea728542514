"""Whole runs: poses and a painted video in; the folder with its report, overlay and clips of faults out."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from tests import figures
from tests.painted import PaintedPose

from posespotter.drawing.overlay import draw_poses
from posespotter.errors import InputError, OutputError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.exercises import load_exercise
from posespotter.exercises.comparison import compare, read_analysis
from posespotter.media import VideoWriter
from posespotter.poses import PoseSequence
from posespotter.tasks import exercise as module
from posespotter.tasks.exercise import ExerciseResult, exercise

SQUAT = load_exercise("squat")
FPS = 15.0


def small(poses: PoseSequence) -> PoseSequence:
    return replace(figures.moved(poses, 0.25, (0.0, 0.0)), frame_size=(320, 240), source="made.mp4")


def film(path: Path, poses: PoseSequence) -> None:
    """The video of some poses: stick figures on grey."""
    with VideoWriter(path, poses.frame_size, poses.fps) as video:
        for frame in range(poses.n_frames):
            image = np.full((poses.frame_size[1], poses.frame_size[0], 3), 90, np.uint8)
            draw_poses(image, poses.at(frame))
            video.write(image, frame / poses.fps)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """poses.parquet and the video of two squats with the knees inward, 15 frames a second."""
    folder = tmp_path_factory.mktemp("clip")
    poses = small(figures.film(figures.squat({"knees_inward"}, repetitions=2), fps=FPS))
    poses.to_parquet(folder / "poses.parquet")
    film(folder / "made.mp4", poses)
    return str(folder / "poses.parquet"), str(folder / "made.mp4")


@pytest.fixture(scope="module")
def result(clip: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> ExerciseResult:
    return exercise(clip[0], SQUAT, tmp_path_factory.mktemp("out"), video=clip[1])


def times_of(path: Path) -> list[float]:
    with av.open(str(path)) as video:
        return [float(frame.time or 0) for frame in video.decode(video=0)]


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_is_complete(result: ExerciseResult) -> None:
    clips = {f"faults/rep{i:02d}_knees_inward.mp4" for i in (1, 2)}
    rest = {"poses.parquet", "analysis.json", "report.html", "overlay.mp4"}
    assert files(result.folder) == clips | rest | {"run.json"}
    record = json.loads((result.folder / "run.json").read_text("utf-8"))
    assert set(record["outputs"]) == clips | rest
    assert record["exercise_file"]["name"] == "squat"
    assert (record["error"], record["stopped_early"]) == (None, False)
    assert result.folder.name == "made"


def test_videos_show_what_they_should(result: ExerciseResult) -> None:
    assert len(times_of(result.folder / "overlay.mp4")) == result.poses.n_frames
    for repetition in result.analyses[0].repetitions:
        fault = repetition.faults[0]
        times = times_of(result.folder / f"faults/rep{repetition.index:02d}_knees_inward.mp4")
        assert times[-1] - times[0] == pytest.approx(fault.end_s - fault.start_s + 1.0, abs=1.5 / FPS)


def test_the_report_holds_pictures_and_names_the_clips(result: ExerciseResult) -> None:
    page = (result.folder / "report.html").read_text("utf-8")
    assert page.count("data:image/jpeg;base64,/9j/") == 4  # a bottom and a fault in each repetition
    assert 'href="faults/rep02_knees_inward.mp4"' in page
    assert "2 repetitions, 2 with faults: knees inward in repetitions 1 and 2." in page
    assert str(result.folder.parent) not in page


def test_results_can_be_compared(result: ExerciseResult) -> None:
    comparison = compare(read_analysis(result.folder), read_analysis(result.folder / "analysis.json"))
    assert comparison.faults[0].first == comparison.faults[0].second == 2


def test_without_a_video_there_are_skeletons(clip: tuple[str, str], tmp_path: Path) -> None:
    result = exercise(clip[0], SQUAT, tmp_path)
    assert files(result.folder) == {"poses.parquet", "analysis.json", "report.html", "run.json"}
    page = (result.folder / "report.html").read_text("utf-8")
    assert page.count("data:image/jpeg;base64,/9j/") == 4
    assert "the joints alone" in page


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"overlay": False}, {"overlay.mp4", "faults/rep01_knees_inward.mp4", "faults/rep02_knees_inward.mp4"}),
        ({"report": False}, {"report.html"}),
    ],
)
def test_what_is_not_wanted_is_not_made(
    clip: tuple[str, str], result: ExerciseResult, tmp_path: Path, options: dict[str, bool], missing: set[str]
) -> None:
    other = exercise(clip[0], SQUAT, tmp_path, video=clip[1], **options)
    assert files(result.folder) - files(other.folder) == missing


def test_two_people_are_analysed_each(tmp_path: Path) -> None:
    one = figures.film(figures.squat(repetitions=1), fps=FPS)
    other = figures.film(figures.squat(repetitions=2), fps=FPS)
    n = max(one.n_frames, other.n_frames)
    aside = figures.moved(other, 1.0, (300.0, 0.0))
    rows = [
        {name: column[i] for name, column in each.columns().items()} | {"track_id": track_id}
        for track_id, each in ((1, one), (2, aside))
        for i in range(len(each))
    ]
    both = PoseSequence.from_rows(rows, one.skeleton, frame_size=(1600, 960), fps=FPS, n_frames=n, source="pair.mp4")
    both.to_parquet(tmp_path / "poses.parquet")
    result = exercise(str(tmp_path / "poses.parquet"), SQUAT, tmp_path)
    stored = json.loads((result.folder / "analysis.json").read_text("utf-8"))
    assert (stored["track_id"], stored["count"]) == (2, 2)
    assert [(one["track_id"], one["count"]) for one in stored["others"]] == [(1, 1)]
    assert "Person #1" in (result.folder / "report.html").read_text("utf-8")


def test_nobody_is_an_honest_answer(clip: tuple[str, str], tmp_path: Path) -> None:
    poses = PoseSequence.from_parquet(clip[0])
    nobody = poses.where(poses.frame < 0)
    nobody.to_parquet(tmp_path / "poses.parquet")
    result = exercise(str(tmp_path / "poses.parquet"), SQUAT, tmp_path, video=clip[1])
    assert result.analyses[0].count == 0
    assert "overlay.mp4" in files(result.folder)
    assert "nobody was found" in (result.folder / "report.html").read_text("utf-8")


def test_another_video_is_refused(clip: tuple[str, str], demo_clip: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected the video of these poses, 320x240 px"):
        exercise(clip[0], SQUAT, tmp_path / "out", video=str(demo_clip))
    assert not (tmp_path / "out").exists()


def test_a_video_of_a_video_is_refused(
    clip: tuple[str, str], painted: Callable[..., PoseEstimator], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="got a source with pictures of its own"):
        exercise(clip[1], SQUAT, tmp_path / "out", video=clip[1], estimator=painted())
    assert not (tmp_path / "out").exists()


def test_where_results_cannot_go_is_told_before_the_work(
    clip: tuple[str, str], painted: Callable[..., PoseEstimator], tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    pose = PaintedPose()
    with pytest.raises(OutputError, match="expected a folder for the results"):
        exercise(clip[1], SQUAT, tmp_path / "out", estimator=painted(pose=pose))
    assert pose.session.calls == 0


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), OutputError("no space left")])
def test_a_drawing_that_fails_leaves_the_analysis(
    clip: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    def fails(*_: object, **__: object) -> Iterator[None]:
        raise failure

    monkeypatch.setattr(module, "render_exercise", fails)
    result = exercise(clip[0], SQUAT, tmp_path, video=clip[1])
    assert files(result.folder) == {"poses.parquet", "analysis.json", "report.html", "run.json"}
    assert (result.record.stopped_early or result.record.error) in {True, "no space left"}


@pytest.mark.shared
def test_a_real_clip(shared: Path, tmp_path: Path) -> None:
    from posespotter.estimation.estimator import PoseEstimator

    spec = str(shared / "data" / "exercise" / "squat_front_1.mp4")
    result = exercise(spec, SQUAT, tmp_path, estimator=PoseEstimator(pose="movenet-thunder+blazepose-full"))
    assert result.analyses[0].count == 1
    assert {"overlay.mp4", "report.html"} <= files(result.folder)
    assert len(times_of(result.folder / "overlay.mp4")) == result.poses.n_frames
    assert result.record.models[1].name == "movenet-thunder+blazepose-full"
