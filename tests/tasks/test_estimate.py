"""One source to its folder: whole or not at all, whatever breaks on the way."""

import json
import os
import subprocess
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.painted import PaintedPose, PaintedSource, always, paint, standing

from posespotter.drawing import overlay_video as drawing
from posespotter.drawing.colours import PALETTE
from posespotter.errors import InputError, OutputError, SettingsError
from posespotter.media import open_source
from posespotter.poses import PoseSequence
from posespotter.settings import settings
from posespotter.skeletons import Skeleton
from posespotter.tasks import estimate as module
from posespotter.tasks.estimate import estimate

TWO = always(standing(200), standing(440))


def listed(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def ours():
    return [thread for thread in threading.enumerate() if thread.name in ("reader", "background")]


@pytest.fixture(autouse=True)
def _no_thread_stays():
    yield
    deadline = time.monotonic() + 60
    while ours() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert ours() == []


@pytest.fixture
def source(monkeypatch):
    """Lets `estimate` open a painted source, whatever it is asked to open."""

    def use(first, *arguments, **options):
        opened = first if isinstance(first, PaintedSource) else PaintedSource(first, *arguments, **options)
        monkeypatch.setattr(module, "open_source", lambda _, **__: opened)
        return opened

    return use


def test_the_result(painted, source, tmp_path):
    source(TWO, 30)
    told = []
    result = estimate("walk.mp4", painted(), tmp_path, progress=lambda stage, done, _: told.append((stage, done)))
    assert result.folder == tmp_path / "walk"
    assert listed(result.folder) == ["overlay.mp4", "poses.parquet", "run.json"]
    assert json.loads((result.folder / "run.json").read_text()) == result.record.to_json()
    stored = PoseSequence.from_parquet(result.folder / "poses.parquet")
    assert np.array_equal(stored.keypoints, result.poses.keypoints)
    assert [frames for stage, frames in told if stage == "estimate"] == list(range(1, 31))
    assert [frames for stage, frames in told if stage == "overlay"] == list(range(1, 31))
    assert {stage for stage, _ in told} == {"estimate", "overlay"}


def test_the_overlay_shows_the_people_in_every_frame_at_its_time(painted, source, tmp_path):
    source(TWO, 20, 25)
    estimate("walk.mp4", painted(), tmp_path)
    with open_source(tmp_path / "walk" / "overlay.mp4") as overlay:
        frames = list(overlay)
    assert [frame.time_s for frame in frames] == pytest.approx([k / 25 for k in range(20)], abs=1e-3)
    plain = paint(TWO(0)).astype(int)
    for frame in frames:
        assert (np.abs(frame.image.astype(int) - plain).max(-1) > 60).mean() > 0.003


def test_a_live_source_is_drawn_on_the_way(painted, source, tmp_path):
    class Paced(PaintedSource):
        def __iter__(self):
            for frame in super().__iter__():
                time.sleep(0.01)
                yield frame

    source(Paced(TWO, 40, live=True))
    result = estimate("0", painted(smoothing="off"), tmp_path)
    assert result.folder.name == "camera-0"
    seen = len(set(result.poses.frame.tolist()))
    assert seen + result.record.source.frames_dropped == 40
    with open_source(result.folder / "overlay.mp4") as overlay:
        assert len(list(overlay)) == seen


def test_a_camera_that_breaks(painted, source, tmp_path):
    class Unplugged(PaintedSource):
        def __iter__(self):
            yield from list(super().__iter__())[:5]
            raise InputError("camera 0 was unplugged.")

    source(Unplugged(TWO, 40, live=True))
    result = estimate("0", painted(), tmp_path)
    assert result.record.error == "camera 0 was unplugged."
    assert len(PoseSequence.from_parquet(result.folder / "poses.parquet")) == len(result.poses) > 0
    with open_source(result.folder / "overlay.mp4") as overlay:
        assert len(list(overlay)) + result.record.source.frames_dropped == 5


def test_a_camera_that_breaks_before_its_first_frame(painted, source, tmp_path):
    class Broken(PaintedSource):
        def __iter__(self):
            raise InputError("camera 0 gives nothing.")

    source(Broken(TWO, 40, live=True))
    with pytest.raises(InputError, match="gives nothing"):
        estimate("0", painted(), tmp_path)
    assert listed(tmp_path) == []


@pytest.mark.parametrize("fail_at", [1, 20, 59])
def test_a_pose_model_that_breaks(painted, source, tmp_path, fail_at):
    source(always(standing(300)), 60)
    began = time.monotonic()
    with pytest.raises(RuntimeError, match="the pose model broke"):
        estimate("walk.mp4", painted(pose=PaintedPose(fail_at=fail_at)), tmp_path)
    assert ours() == []
    assert time.monotonic() - began < 100  # 1 on a machine that does nothing else; a thread that waits waits for ever
    assert listed(tmp_path) == []


class Breaking(drawing.VideoWriter):
    """Breaks with `error` at its frame number `at`."""

    at, error = 0, Exception()

    def encode(self, frame):
        type(self).at -= 1
        if type(self).at < 0:
            raise self.error
        super().encode(frame)


@pytest.fixture(params=[RuntimeError("broken"), MemoryError("no memory")], ids=repr)
def error(request):
    return request.param


@pytest.fixture(params=[0, 9, 29])
def breaking_writer(request, monkeypatch, error):
    monkeypatch.setattr(drawing, "VideoWriter", type("Writer", (Breaking,), {"at": request.param, "error": error}))


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.usefixtures("breaking_writer")
def test_an_encoder_that_breaks(painted, source, tmp_path, live, error):
    source(TWO, 5000 if live else 30, live=live)
    with pytest.raises(type(error), match=str(error)):
        estimate("walk.mp4", painted(), tmp_path)
    assert ours() == []
    assert listed(tmp_path) == []


@pytest.mark.parametrize(("live", "at"), [(False, 0), (False, 9), (False, 29), (True, 0), (True, 9)])
def test_an_overlay_that_cannot_be_written_leaves_the_joints(painted, source, tmp_path, monkeypatch, *, live, at):
    writer = type("Writer", (Breaking,), {"at": at, "error": OutputError("the disk is full.")})
    monkeypatch.setattr(drawing, "VideoWriter", writer)
    source(TWO, 5000 if live else 30, live=live)
    result = estimate("walk.mp4", painted(), tmp_path)
    assert result.record.error == "the disk is full."
    assert sorted(path.name for path in result.folder.iterdir()) == ["poses.parquet", "run.json"]
    assert ours() == []


@pytest.mark.parametrize("stage", ["draw_poses", "to_parquet", "export", "record", "progress"])
def test_an_error_in_any_stage(painted, source, tmp_path, monkeypatch, stage):
    def fail(*_, **__):
        raise ZeroDivisionError("a bug")

    source(TWO, 30)
    place = {
        "draw_poses": (drawing, "draw_poses"),
        "to_parquet": (PoseSequence, "to_parquet"),
        "export": (module, "export"),
        "record": (module, "estimate_record"),
    }
    if stage in place:
        monkeypatch.setattr(*place[stage], fail)
    with pytest.raises(ZeroDivisionError):
        estimate("walk.mp4", painted(), tmp_path, exports=("csv",), progress=fail if stage == "progress" else None)
    assert ours() == []
    assert listed(tmp_path) == []


def test_a_source_that_cannot_be_opened_leaves_nothing(painted, tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        estimate(str(tmp_path / "no.mp4"), painted(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_unknown_export(painted, source, tmp_path):
    source(TWO, 3)
    with pytest.raises((SettingsError, KeyError)):
        estimate("walk.mp4", painted(), tmp_path, exports=("xml",))
    assert listed(tmp_path) == []


@pytest.mark.parametrize("name", ["coco", "openpose"])
def test_an_export_without_a_place_for_the_joints_is_told_before_the_work(painted, source, tmp_path, name):
    source(TWO, 3)
    pose = PaintedPose()
    pose.skeleton = Skeleton("paws", tuple(f"paw_{i}" for i in range(17)), (), (0.1,) * 17)
    with pytest.raises(SettingsError, match="paws has none"):
        estimate("walk.mp4", painted(pose=pose), tmp_path, exports=(name,))
    assert listed(tmp_path) == []
    assert pose.session.calls == 0


@pytest.mark.parametrize(("wanted", "private"), [(None, True), (True, True), (False, False)])
def test_no_pixels_of_people_unless_somebody_wants_them(  # noqa: PLR0917
    painted, source, tmp_path, monkeypatch, wanted, private
):
    monkeypatch.setenv("POSESPOTTER_SKELETONS_ONLY", "true")
    settings.cache_clear()
    source(TWO, 5)
    result = estimate("walk.mp4", painted(), tmp_path, skeletons_only=wanted)
    with open_source(result.folder / "overlay.mp4") as overlay:
        corner = next(iter(overlay)).image[:20, :20]
    assert (np.abs(corner.astype(int) - PALETTE.canvas).max() < 8) == private


class InterruptAt:
    """Progress that presses Ctrl-C."""

    def __init__(self, stage, frames):
        self.stage, self.frames = stage, frames

    def __call__(self, stage, done, total):
        if (stage, done) == (self.stage, self.frames):
            raise KeyboardInterrupt


def test_ctrl_c_while_estimating_keeps_what_was_done(painted, source, tmp_path):
    source(TWO, 300)
    result = estimate("walk.mp4", painted(), tmp_path, exports=("csv",), progress=InterruptAt("estimate", 20))
    assert result.record.stopped_early is True
    assert result.record.source.frames == 20
    assert listed(tmp_path) == ["walk", "walk/poses.csv", "walk/poses.parquet", "walk/run.json"]
    poses = PoseSequence.from_parquet(tmp_path / "walk" / "poses.parquet")
    assert (poses.n_frames, poses.track_ids) == (20, (1, 2))
    assert ours() == []


def test_ctrl_c_while_drawing_keeps_the_joints_and_no_half_video(painted, source, tmp_path):
    source(TWO, 60)
    result = estimate("walk.mp4", painted(), tmp_path, progress=InterruptAt("overlay", 20))
    assert result.record.stopped_early is True
    assert listed(tmp_path) == ["walk", "walk/poses.parquet", "walk/run.json"]
    assert PoseSequence.from_parquet(tmp_path / "walk" / "poses.parquet").n_frames == 60
    assert ours() == []


def test_ctrl_c_while_a_camera_is_drawn_keeps_what_was_done(painted, source, tmp_path):
    source(TWO, 3000, live=True)
    calls = []

    def press_ctrl_c_at_the_15th(*_):
        calls.append(1)
        if len(calls) == 15:
            raise KeyboardInterrupt

    result = estimate("0", painted(), tmp_path, progress=press_ctrl_c_at_the_15th)
    assert result.record.stopped_early is True
    assert listed(tmp_path) == ["camera-0", *(f"camera-0/{n}" for n in ("overlay.mp4", "poses.parquet", "run.json"))]
    with open_source(tmp_path / "camera-0" / "overlay.mp4") as overlay:
        assert len(list(overlay)) == 15


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A folder on a disk of 8 kB; where none can be made, one that is full when something is completed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:

        def full(_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
    yield folder
    if not mounted.returncode:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("overlay", [False, True])
def test_a_full_disk(painted, source, small_disk, overlay):
    source(TWO, 300)
    with pytest.raises(OutputError, match="could not be written: No space left on device") as caught:
        estimate("walk.mp4", painted(), small_disk, overlay=overlay, exports=() if overlay else ("csv",))
    assert "\n" not in str(caught.value)
    assert ".part" not in str(caught.value)  # a name that the user has never seen
    assert listed(small_disk) == []


def test_a_disk_with_room_for_the_joints_only(painted, source, tmp_path, monkeypatch):
    sync = os.fsync

    def full(handle):
        if Path(f"/proc/self/fd/{handle}").readlink().suffix == ".mp4":
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    source(TWO, 30)
    result = estimate("walk.mp4", painted(), tmp_path)
    assert result.record.error == f"{tmp_path}/walk/overlay.mp4 could not be written: No space left on device."
    assert listed(tmp_path) == ["walk", "walk/poses.parquet", "walk/run.json"]


def test_a_picture_keeps_its_pixels_to_itself(painted, tmp_path):
    """Drawing the overlay does not change what the caller's source holds for the next one."""
    path = tmp_path / "room.png"
    cv2.imwrite(str(path), paint(TWO(0)))
    first = estimate(str(path), painted(), tmp_path / "out")
    second = estimate(str(path), painted(), tmp_path / "out")
    assert (first.folder / "overlay.jpg").read_bytes() == (second.folder / "overlay.jpg").read_bytes()
    assert np.array_equal(cv2.imread(str(path)), paint(TWO(0)))
