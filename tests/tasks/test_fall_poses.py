"""Poses of labelled clips: estimated once, taken up again, never of another video."""

import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.painted import paint

from posespotter.errors import InputError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.estimation.options import EstimatorOptions
from posespotter.falls.training.data import FallData
from posespotter.media import VideoWriter
from posespotter.models.load import DETECTOR_TASKS, POSE_TASKS
from posespotter.poses.parquet import read_parquet
from posespotter.tasks import fall_poses as module
from posespotter.tasks.fall_poses import Models, PosesOfClips, usual_folder

N_FRAMES = 6
MODELS = Models("painted", "models/painted.onnx")


def digest(name: str, tasks: tuple[str, ...]) -> str:
    """Of the file of a model that is not there."""
    return sha256(f"{tasks[0]} {name}".encode()).hexdigest()


NAME = f"painted+painted-{digest(MODELS.pose, POSE_TASKS)[:8]}"


@pytest.fixture
def data(tmp_path: Path, painted: Callable[..., PoseEstimator], monkeypatch: pytest.MonkeyPatch) -> FallData:
    """Three short videos of one painted person."""
    painted()  # from now on every estimator has painted models
    monkeypatch.setattr(module, "model_sha256", digest)
    folder = tmp_path / "data"
    folder.mkdir()
    rows = ["clip_id,file,frames,fps,scene"]
    for name in "abc":
        with VideoWriter(folder / f"{name}.mp4", (640, 480), 10) as video:
            for frame in range(N_FRAMES):
                video.write(paint({1: (200, 100, 280, 400)}), frame / 10)
        rows.append(f"{name},{name}.mp4,{N_FRAMES},10,hall")
    (folder / "clips.csv").write_text("\n".join(rows) + "\n")
    (folder / "segments.csv").write_text("clip_id,start_frame,end_frame,label\na,1,6,normal\n")
    return FallData.read(folder)


def test_estimated_once_and_kept(data: FallData, tmp_path: Path) -> None:
    poses = PosesOfClips(tmp_path / "poses", [MODELS])
    told: list[tuple[str, int, int]] = []
    assert poses.fill(data, lambda *progress: told.append(progress)) == 3
    assert told == [(NAME, frames, 18) for frames in range(1, 19)]
    assert sorted(path.name for path in (tmp_path / "poses" / NAME).iterdir()) == [
        "a.parquet", "b.parquet", "c.parquet",
    ]  # fmt: skip
    (first,) = poses(data.clips[0])
    assert (first.n_frames, first.source, first.detector) == (N_FRAMES, "a.mp4", "painted-detector")
    assert poses.fill(data) == 0


def test_models_of_one_file_name_are_kept_apart(data: FallData, tmp_path: Path) -> None:
    """As converters give every model they write the same name."""
    models = [Models(f"{folder}/end2end.onnx", "painted") for folder in ("epoch10", "epoch20")]
    poses = PosesOfClips(tmp_path / "poses", models)
    assert poses.fill(data) == 6
    assert poses.fill(data) == 0
    assert len({one.detector_name for one in models}) == len({one.name for one in models}) == 2
    for one in models:
        assert poses.by(one, data.clips[0]).settings["detector_sha256"] == digest(one.detector, DETECTOR_TASKS)


def test_after_ctrl_c_the_rest_is_done(data: FallData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poses = PosesOfClips(tmp_path / "poses", [MODELS])
    with monkeypatch.context() as patch:
        estimate_clip = module.estimate_clip

        def interrupted(clip: object, *arguments: object) -> object:
            if clip is data.clips[1]:
                raise KeyboardInterrupt
            return estimate_clip(clip, *arguments)

        patch.setattr(module, "estimate_clip", interrupted)
        with pytest.raises(KeyboardInterrupt):
            poses.fill(data)
    assert [path.name for path in (tmp_path / "poses" / NAME).iterdir()] == ["a.parquet"]
    told: list[tuple[str, int, int]] = []
    assert poses.fill(data, lambda *progress: told.append(progress)) == 2
    assert told[-1] == (NAME, 12, 12)


def test_ctrl_c_within_a_clip_keeps_nothing_of_it(
    data: FallData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_name: str, done: int, _total: int) -> None:
        if done == N_FRAMES + 2:
            raise KeyboardInterrupt

    poses = PosesOfClips(tmp_path / "poses", [MODELS])
    with pytest.raises(KeyboardInterrupt):
        poses.fill(data, interrupt)
    assert [path.name for path in (tmp_path / "poses" / NAME).iterdir()] == ["a.parquet"]


@pytest.mark.parametrize("harm", ["damaged", "another video", "made by a version that kept no origin"])
def test_what_does_not_fit_any_more_is_estimated_again(data: FallData, tmp_path: Path, harm: str) -> None:
    poses = PosesOfClips(tmp_path / "poses", [MODELS])
    poses.fill(data)
    path = tmp_path / "poses" / NAME / "b.parquet"
    if harm == "damaged":
        path.write_bytes(path.read_bytes()[:100])
    elif harm == "another video":
        video = data.clips[1].path
        stat = video.stat()
        video.write_bytes(video.read_bytes() + bytes(8))  # players pass over what follows the last box
        os.utime(video, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as a copy that keeps times leaves it
    else:
        older = read_parquet(path)
        replace(older, settings=EstimatorOptions().as_settings()).to_parquet(path)
    assert poses.fill(data) == 1
    assert poses.fill(data) == 0


def test_another_model_under_the_same_name_makes_other_poses(
    data: FallData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    PosesOfClips(tmp_path / "poses", [MODELS]).fill(data)
    monkeypatch.setattr(module, "model_sha256", lambda name, tasks: f"another {tasks[0]} {name}")
    poses = PosesOfClips(tmp_path / "poses", [Models("painted", "models/painted.onnx")])
    assert poses.fill(data) == 3
    assert poses.fill(data) == 0


def test_a_newer_time_of_the_video_alone_changes_nothing(data: FallData, tmp_path: Path) -> None:
    poses = PosesOfClips(tmp_path / "poses", [MODELS])
    poses.fill(data)
    data.clips[0].path.touch()
    assert poses.fill(data) == 0


def test_a_video_with_another_number_of_frames_is_refused(data: FallData, tmp_path: Path) -> None:
    poses = PosesOfClips(tmp_path / "poses", [MODELS])
    poses.fill(data)
    text = (data.folder / "clips.csv").read_text()
    (data.folder / "clips.csv").write_text(text.replace("b.mp4,6", "b.mp4,9"))
    with pytest.raises(InputError, match=r"expected 9 frames, as clips\.csv says of b, got 6"):
        poses.fill(FallData.read(data.folder))


def test_a_video_that_cannot_be_read_is_named(data: FallData, tmp_path: Path) -> None:
    data.clips[2].path.write_bytes(b"no video")
    with pytest.raises(InputError, match=r"c\.mp4"):
        PosesOfClips(tmp_path / "poses", [MODELS]).fill(data)


def test_several_models_each_have_their_folder(data: FallData, tmp_path: Path) -> None:
    poses = PosesOfClips(tmp_path / "poses", [MODELS, Models("other", "painted")])
    assert poses.fill(data) == 6
    assert {path.name for path in (tmp_path / "poses").iterdir()} == {NAME, "other+painted"}
    assert len(poses(data.clips[0])) == 2


def test_data_of_one_name_are_kept_apart(data: FallData, tmp_path: Path) -> None:
    other = FallData(tmp_path / "elsewhere" / "data", data.clips)
    assert usual_folder(data) != usual_folder(other)
    assert usual_folder(data) == usual_folder(FallData(tmp_path / "." / "data", data.clips))
