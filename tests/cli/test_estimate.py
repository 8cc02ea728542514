"""`posespotter estimate`: what it leaves, what it says, and every kind of bad input."""

import json
import os
import struct
import sys
import zlib
from pathlib import Path

import av
import cv2
import numpy as np
import onnxruntime
import pytest
from tests.models.tiny import constant_model
from tests.painted import always, paint, standing

from posespotter.drawing import overlay_video as drawing
from posespotter.errors import OutputError
from posespotter.formats import FORMATS
from posespotter.models import fetch, session
from posespotter.poses import PoseSequence

LITE = ("--pose", "movenet-lightning")
TWO = always(standing(200), standing(440))


def listed(folder):
    """Everything below `folder`, hidden files too."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def assert_refused(ran, out, *words, code=1):
    """One line on stderr, nothing on stdout, nothing written."""
    assert ran.code == code
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert ran.err.startswith("posespotter: ")
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
    assert not out.exists() or listed(out) == []


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "room.png"
    cv2.imwrite(str(path), paint(TWO(0)))
    return path


# --- what it leaves and says


def test_a_video(cli, clip, tmp_path):
    ran = cli("estimate", clip, "-o", tmp_path / "out", *LITE, "--export", "csv", "--export", "mmpose")
    assert ran.code == 0
    assert ran.err == ""
    summary, person, _ = ran.out.splitlines()
    assert summary.startswith("walk.mp4: 2 people in 30 frames at ")
    assert summary.endswith(f"-> {tmp_path / 'out' / 'walk'}")
    assert person.startswith("  #1: ")
    assert "% of the joints seen" in person
    folder = tmp_path / "out" / "walk"
    files = ["overlay.mp4", "poses.csv", "poses.parquet", "poses_mmpose.json", "run.json"]
    assert listed(tmp_path / "out") == ["walk", *(f"walk/{name}" for name in files)]
    record = json.loads((folder / "run.json").read_text())
    assert record["outputs"] == [name for name in files if name != "run.json"]
    assert record["source"] == {
        "name": "walk.mp4", "kind": "video", "frame_size": [480, 270], "fps": 30.0, "frames": 30, "frames_dropped": 0,
        "seconds": 1.0,
    }  # fmt: skip
    assert record["kind"] == "estimate"
    assert record["stopped_early"] is False
    assert [model["task"] for model in record["models"]] == ["detector", "pose"]
    assert all(len(model["sha256"]) == 64 and model["device"] == "cpu" for model in record["models"])
    assert {"decode", "detect", "pose", "smooth", "total", "overlay"} <= set(record["timings_s"])
    assert record["versions"]["posespotter"]
    assert record["people"][0]["track_id"] == 1
    poses = PoseSequence.from_parquet(folder / "poses.parquet")
    assert poses.n_frames == 30
    assert poses.track_ids == (1, 2)
    assert str(tmp_path) not in (folder / "run.json").read_text()  # no paths of this machine
    with av.open(str(folder / "overlay.mp4")) as overlay:
        assert sum(1 for _ in overlay.decode(video=0)) == 30


def test_a_picture(cli, painted, picture, tmp_path):
    ran = cli("estimate", picture, "-o", tmp_path / "out")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"room.png: 2 people in 1 frame -> {tmp_path / 'out' / 'room'}\n"
    assert listed(tmp_path / "out" / "room") == ["overlay.jpg", "poses.parquet", "run.json"]
    assert cv2.imread(str(tmp_path / "out" / "room" / "overlay.jpg")).shape == (480, 640, 3)
    assert len(PoseSequence.from_parquet(tmp_path / "out" / "room" / "poses.parquet")) == 2


def test_nobody(cli, painted, tmp_path):
    cv2.imwrite(str(tmp_path / "empty.png"), paint({}))
    ran = cli("estimate", tmp_path / "empty.png", "-o", tmp_path / "out", "--export", "csv")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("empty.png: nobody in 1 frame")
    assert len(PoseSequence.from_parquet(tmp_path / "out" / "empty" / "poses.parquet")) == 0


@pytest.mark.parametrize("option", ["--no-overlay", "--overlay"])
def test_the_overlay_is_a_choice(cli, painted, picture, tmp_path, option):
    cli("estimate", picture, "-o", tmp_path / "out", option)
    assert (tmp_path / "out" / "room" / "overlay.jpg").exists() == (option == "--overlay")


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"trc", "c3d", "rerun"}])
def test_every_export(cli, painted, picture, tmp_path, name):
    assert cli("estimate", picture, "-o", tmp_path / "out", "--export", name, "--export", name).code == 0
    outputs = json.loads((tmp_path / "out" / "room" / "run.json").read_text())["outputs"]
    on_disk = sorted(path.name for path in (tmp_path / "out" / "room").iterdir())
    assert sorted([*outputs, "run.json"]) == on_disk
    assert len(on_disk) == 3 + (name != "parquet")


def test_a_format_that_cannot_hold_what_was_found_does_not_take_the_joints_with_it(cli, painted, picture, tmp_path):
    ran = cli("estimate", picture, "-o", tmp_path / "out", "--export", "trc", "--export", "csv")
    assert (ran.code, "trc: These poses have no scale" in ran.err) == (1, True)
    outputs = {path.name for path in (tmp_path / "out" / "room").iterdir()}
    assert outputs == {"poses.parquet", "poses.csv", "overlay.jpg", "run.json"}


def test_options_are_recorded(cli, painted, clip, tmp_path):
    options = ["--detect-every", "7", "--max-people", "1", "--device", "cpu", "--smooth", "strong"]
    assert cli("estimate", clip, "-o", tmp_path / "out", "--no-overlay", *options).code == 0
    settings = json.loads((tmp_path / "out" / "walk" / "run.json").read_text())["settings"]
    lifted = {"world": "lifting-1", "height_m": 1.7}
    assert settings == lifted | {
        "detect_every": 7, "max_people": 1, "device": "cpu", "tiles": True, "smoothing": "strong",
    }  # fmt: skip


def test_a_picture_is_never_smoothed(cli, painted, picture, tmp_path):
    assert cli("estimate", picture, "-o", tmp_path / "out", "--max-people", "1").code == 0
    assert json.loads((tmp_path / "out" / "room" / "run.json").read_text())["settings"]["smoothing"] == "off"
    assert len(PoseSequence.from_parquet(tmp_path / "out" / "room" / "poses.parquet")) == 1


def test_numbered_frames_and_folders_of_pictures(cli, painted, tmp_path):
    for folder, names in (("shots", ["f_1", "f_2", "f_3", "f_4"]), ("album", ["anna", "ben"])):
        (tmp_path / folder).mkdir()
        for name in names:
            cv2.imwrite(str(tmp_path / folder / f"{name}.png"), paint(TWO(0)))
    ran = cli(
        "estimate", tmp_path / "shots", tmp_path / "album", tmp_path / "shots" / "f_%d.png", "-o", tmp_path / "out"
    )
    assert ran.code == 0
    made = {path.name: json.loads((path / "run.json").read_text())["source"] for path in (tmp_path / "out").iterdir()}
    assert {name: (source["kind"], source["frames"]) for name, source in made.items()} == {
        "shots": ("frames", 4), "anna": ("image", 1), "ben": ("image", 1), "f_-d": ("frames", 4),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("command", "options"),
    [("estimate", ()), ("exercise", ("--no-report", "--no-overlay")), ("falls detect", ("--no-overlay",))],
)
@pytest.mark.parametrize("fps", [None, 10])
@pytest.mark.usefixtures("painted")
def test_how_fast_numbered_frames_were_taken(cli, tmp_path, command, options, fps):
    (tmp_path / "shots").mkdir()
    for k in range(12):
        cv2.imwrite(str(tmp_path / "shots" / f"f_{k:03d}.png"), paint(TWO(k / 10)))
    said = ("--fps", fps) if fps else ()
    ran = cli(*command.split(), tmp_path / "shots", "-o", tmp_path / "out", *options, *said)
    assert ran.code == 0
    assert ("30 a second are assumed (--fps)" in ran.err) is (fps is None)
    poses = PoseSequence.from_parquet(tmp_path / "out" / "shots" / "poses.parquet")
    assert poses.fps == (fps or 30)
    assert poses.time_s.max() == pytest.approx(11 / (fps or 30))


def test_json(cli, painted, picture, tmp_path):
    ran = cli("estimate", picture, "-o", tmp_path / "out", "--json")
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)
    assert answer["failed"] == []
    (result,) = answer["results"]
    assert result["input"] == str(picture)
    assert result["folder"] == str(tmp_path / "out" / "room")
    assert result["source"]["name"] == "room.png"
    assert {person["track_id"] for person in result["people"]} == {1, 2}


def test_another_device_than_asked_for_is_said_everywhere(cli, picture, tmp_path, monkeypatch):
    class CpuOnly:
        def __getattr__(self, name):
            return getattr(onnxruntime, name)

        @staticmethod
        def get_available_providers():
            return ["CPUExecutionProvider"]

    monkeypatch.setattr(session, "runtime", CpuOnly)
    ran = cli("estimate", picture, "-o", tmp_path / "out", *LITE, "--device", "cuda")
    warning = "cuda was asked for but cpu runs: install posespotter[gpu] in place of [cpu], with CUDA and cuDNN."
    assert ran.code == 0
    assert ran.err.splitlines()[0] == f"posespotter: {warning}"
    record = json.loads((tmp_path / "out" / "room" / "run.json").read_text())
    assert record["warnings"] == [warning]
    assert record["settings"]["device"] == "cuda"
    assert {model["device"] for model in record["models"]} == {"cpu"}


# --- what is there stays


def test_a_second_run_gets_a_new_folder(cli, painted, picture, tmp_path):
    for _ in range(3):
        assert cli("estimate", picture, "-o", tmp_path / "out").code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["room", "room-2", "room-3"]


def test_overwrite_replaces_our_own_folder(cli, painted, picture, tmp_path):
    cli("estimate", picture, "-o", tmp_path / "out", "--export", "csv")
    assert cli("estimate", picture, "-o", tmp_path / "out", "--overwrite").code == 0
    assert listed(tmp_path / "out") == ["room", "room/overlay.jpg", "room/poses.parquet", "room/run.json"]


def test_overwrite_leaves_the_folders_of_others_alone(cli, painted, picture, tmp_path):
    (tmp_path / "out" / "room").mkdir(parents=True)
    (tmp_path / "out" / "room" / "diary.txt").write_text("precious")
    ran = cli("estimate", picture, "-o", tmp_path / "out", "--overwrite")
    assert (ran.code, ran.out) == (1, "")
    assert "room is not a result of PoseSpotter and was left alone" in ran.err
    assert listed(tmp_path / "out") == ["room", "room/diary.txt"]


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
def test_two_inputs_of_one_name_both_stay(cli, painted, tmp_path, overwrite):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        cv2.imwrite(str(tmp_path / folder / "room.png"), paint(TWO(0) if folder == "a" else {}))
    for _ in range(2):
        ran = cli(
            "estimate", tmp_path / "a" / "room.png", tmp_path / "b" / "room.png", "-o", tmp_path / "out", *overwrite
        )
        assert ran.code == 0
        folders = [Path(line.split(" -> ")[1]) for line in ran.out.splitlines()]
        assert [len(PoseSequence.from_parquet(folder / "poses.parquet")) for folder in folders] == [2, 0]


def test_a_failed_run_does_not_touch_the_earlier_one(cli, painted, picture, tmp_path, monkeypatch):
    cli("estimate", picture, "-o", tmp_path / "out")
    before = (tmp_path / "out" / "room" / "run.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cv2, "imencode", full)
    ran = cli("estimate", picture, "-o", tmp_path / "out", "--overwrite")
    assert (ran.code, ran.out) == (1, "")
    assert "No space left on device" in ran.err
    assert (tmp_path / "out" / "room" / "run.json").read_bytes() == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["room"]


# --- bad input


def png_header(width, height):
    """A PNG that claims to be large and holds nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def sound_only(path):
    with av.open(str(path), "w") as output:
        voice = output.add_stream("aac", rate=48_000)
        hiss = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), "fltp", "mono")
        hiss.sample_rate = 48_000
        output.mux(voice.encode(hiss))
        output.mux(voice.encode(None))


def no_frames(path):
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        output.start_encoding()


def written(content):
    return lambda path: path.write_bytes(content)


def folder_with(*names):
    def make(path):
        path.mkdir()
        for name in names:
            (path / name).write_text("x")

    return make


BAD = {
    "missing.mp4": (lambda _: None, "does not exist"),
    "missing/deep/walk.mp4": (lambda _: None, "does not exist"),
    "nothing": (folder_with(), "expected a folder with a picture"),
    "texts": (folder_with("a.txt", "b.py", ".hidden.mp4"), "expected a folder with a picture"),
    "empty.mp4": (written(b""), "got an empty file"),
    "empty.jpg": (written(b""), "got an empty file"),
    "text.mp4": (written(b"Dear diary,\n" * 50), "got a text file"),
    "text.jpg": (written(b"Dear diary,\n" * 50), "got a text file"),
    "data.mp4": (written(bytes(range(256)) * 9), "got other data"),
    "list.mp4": (written(b"#EXTM3U\nfile:///etc/passwd\n"), "got an HLS playlist"),
    "paper.png": (written(b"%PDF-1.7\n"), "got a PDF document"),
    "sound.mp4": (sound_only, "got a file without moving pictures (sound only?)"),
    "hollow.mp4": (no_frames, "video"),
    "head.mp4": (written(b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"), "It is damaged or cut off"),
    "dot.png": (written(png_header(1, 1)), "expected at least 16x16 px, got 1x1"),
    "huge.png": (written(png_header(20_000, 20_000)), "at most 100 megapixels, got 20000x20000 (400 megapixels)"),
    "cut.png": (written(png_header(640, 480)), "cut off or damaged"),
    "cut.jpg": (written(cv2.imencode(".jpg", paint(TWO(0)))[1].tobytes()[:4000]), "cut off or damaged"),
    "frames_%d.png": (lambda _: None, "expected at least one file of this pattern, got none"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(cli, painted, tmp_path, name):
    make, words = BAD[name]
    make(tmp_path / name)
    ran = cli("estimate", tmp_path / name, "-o", tmp_path / "out", "--export", "csv")
    assert_refused(ran, tmp_path / "out", words, Path(name).name)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("", "got an empty name"),
        ("97", "camera 97"),
        ("x" * 5000 + ".mp4", "File name too long"),
        ("http://user:hunter2@127.0.0.1:1/x", "could not be opened as a stream"),
        ("rtsp://user:hunter2@127.0.0.1:1/x", "could not be opened as a stream"),
        ("ftp://user:hunter2@host/x", "expected an address that starts with"),
    ],
)
def test_what_is_no_file(cli, painted, tmp_path, spec, words):
    ran = cli("estimate", "-o", tmp_path / "out", "--", spec)
    assert_refused(ran, tmp_path / "out", words)
    assert "hunter2" not in ran.err


def test_a_truncated_video_is_done_as_far_as_it_goes(cli, clip, tmp_path):
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    ran = cli("estimate", tmp_path / "cut.mp4", "-o", tmp_path / "out", *LITE)
    assert ran.code == 0
    warnings = json.loads((tmp_path / "out" / "cut" / "run.json").read_text())["warnings"]
    assert any(warning.startswith("truncated after ") for warning in warnings)
    assert [f"posespotter: cut.mp4: {warning}" for warning in warnings] == ran.err.splitlines()
    poses = PoseSequence.from_parquet(tmp_path / "out" / "cut" / "poses.parquet")
    assert 5 <= poses.n_frames < 30
    with av.open(str(tmp_path / "out" / "cut" / "overlay.mp4")) as overlay:
        assert sum(1 for _ in overlay.decode(video=0)) == poses.n_frames


def test_one_bad_of_three(cli, painted, picture, tmp_path):
    (tmp_path / "bad.png").write_text("no picture")
    cv2.imwrite(str(tmp_path / "second.png"), paint(TWO(0)))
    ran = cli("estimate", picture, tmp_path / "bad.png", tmp_path / "second.png", "-o", tmp_path / "out")
    assert ran.code == 1
    assert [line.split(":")[0] for line in ran.out.splitlines()] == ["room.png", "second.png"]
    assert len(ran.err.splitlines()) == 1
    assert "bad.png" in ran.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["room", "second"]


def test_one_bad_of_three_as_json(cli, painted, picture, tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "bad.png").write_text("no picture")
    ran = cli("estimate", tmp_path / "texts", tmp_path / "bad.png", picture, "-o", tmp_path / "out", "--json")
    assert ran.code == 1
    answer = json.loads(ran.out)
    assert [result["input"] for result in answer["results"]] == [str(picture)]
    assert [Path(failed["input"]).name for failed in answer["failed"]] == ["texts", "bad.png"]
    assert all(f"posespotter: {failed['error']}" in ran.err.splitlines() for failed in answer["failed"])


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_an_unknown_model(cli, picture, tmp_path, as_json):
    for option, near in (("--pose", "movenet-lightning"), ("--detector", "rtmdet-nano")):
        ran = cli("estimate", picture, picture, "-o", tmp_path / "out", option, near[:-1], *as_json)
        assert (ran.code, ran.out) == (2, "")
        assert len(ran.err.splitlines()) == 1
        assert f"Did you mean {near}" in ran.err
        assert not (tmp_path / "out").exists()


def test_a_model_that_cannot_be_fetched_names_the_one_that_is_there(cli, picture, tmp_path, monkeypatch):
    monkeypatch.setenv("POSESPOTTER_MODELS", str(tmp_path / "no models"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setattr(fetch, "WAITS", fetch.FetchWaits(pause_s=0.0))
    ran = cli("estimate", picture, "-o", tmp_path / "out", "--pose", "rtmpose-t")
    assert ran.code == 1
    assert "posespotter: rtmpose-t" in ran.err
    assert "movenet" in ran.err
    assert "models bundle" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("option", ["--pose", "--detector"])
@pytest.mark.parametrize("kind", ["text", "classifier", "missing"])
def test_a_file_that_is_no_such_model(cli, picture, tmp_path, option, kind):
    path = tmp_path / "mine.onnx"
    if kind == "text":
        path.write_text("no model")
    elif kind == "classifier":
        constant_model(path, {"classes": np.zeros((1, 1000), np.float32)}, size=(1, 3, 224, 224))
    words = {"text": "cannot be loaded by ONNX Runtime", "classifier": "expected a", "missing": "there is no such file"}
    pose = LITE if option == "--detector" else ()
    ran = cli("estimate", picture, "-o", tmp_path / "out", option, path, *pose)
    assert_refused(ran, tmp_path / "out", words[kind], "mine.onnx")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--export", "xml"], "Unknown format 'xml'; expected one of: csv"),
        (["--device", "tpu"], "Unknown device 'tpu'; expected one of: auto, cpu"),
        (["--detect-every", "0"], "detect-every: expected auto or a number of frames of 1 or more, got '0'"),
        (["--detect-every", "often"], "detect-every"),
    ],
)
def test_wrong_options(cli, clip, tmp_path, options, words):
    ran = cli("estimate", clip, "-o", tmp_path / "out", *LITE, *options)
    assert_refused(ran, tmp_path / "out", words, code=2)


@pytest.mark.parametrize("kind", ["a file", "below a file", "a place of the system", "no such disk"])
def test_a_folder_that_cannot_be_written(cli, painted, picture, tmp_path, kind):
    (tmp_path / "precious").write_text("precious")
    out = {
        "a file": tmp_path / "precious",
        "below a file": tmp_path / "precious" / "out",
        "a place of the system": Path("/proc/self/out"),
        "no such disk": Path("/dev/null/out"),
    }[kind]
    ran = cli("estimate", picture, "-o", out)
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith(f"posespotter: {out}")
    assert (tmp_path / "precious").read_text() == "precious"
    assert listed(tmp_path) == ["precious", "room.png"]


def test_an_encoder_that_breaks(cli, painted, clip, tmp_path, monkeypatch):
    written = []

    class Breaking(drawing.VideoWriter):
        def encode(self, frame):
            written.append(frame.pts)
            if len(written) == 7:
                raise OutputError("overlay.mp4 could not be written: the encoder broke.")
            super().encode(frame)

    monkeypatch.setattr(drawing, "VideoWriter", Breaking)
    ran = cli("estimate", clip, "-o", tmp_path / "out")
    assert ran.code == 1
    assert ran.err == "posespotter: overlay.mp4 could not be written: the encoder broke.\n"
    folder = tmp_path / "out" / clip.stem
    assert sorted(path.name for path in folder.iterdir()) == ["poses.parquet", "run.json"]


def test_names_are_shown_as_they_are(cli, painted, tmp_path):
    path = tmp_path / "[red]a %s {0}.png"
    cv2.imwrite(str(tmp_path / "a.png"), paint(TWO(0)))
    (tmp_path / "a.png").rename(path)
    ran = cli("estimate", path, "-o", tmp_path / "out")
    assert ran.code == 0
    assert ran.out.startswith("[red]a %s {0}.png: 2 people")


def test_a_name_that_looks_like_an_option(cli, painted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("a.png", paint(TWO(0)))
    Path("a.png").rename("-o.png")
    assert cli("estimate", "--out", "out", "--", "-o.png").code == 0
    assert Path("out/-o").is_dir() or Path("out/o").is_dir()
    assert sys.argv[-1] == "-o.png"


def test_a_bug_that_one_input_brings_to_light_does_not_stop_the_others(cli, painted, picture, tmp_path, monkeypatch):
    from posespotter.tasks import estimate as task

    whole, other = task.estimate, tmp_path / "other.png"
    other.write_bytes(picture.read_bytes())

    def broken(spec, *rest, **options):
        if spec == str(picture):
            raise ZeroDivisionError("a bug")
        return whole(spec, *rest, **options)

    monkeypatch.setattr(task, "estimate", broken)
    ran = cli("estimate", picture, other, "-o", tmp_path / "out")
    assert ran.code == 1
    assert "unexpected ZeroDivisionError: a bug" in ran.err
    assert (tmp_path / "out" / "other" / "run.json").is_file()


def test_ctrl_c_while_a_library_is_imported_is_ctrl_c(cli, picture, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise ImportError("initialization failed") from KeyboardInterrupt()  # as modules in C++ do

    monkeypatch.setattr("posespotter.estimation.estimator.PoseEstimator.from_options", interrupted)
    ran = cli("estimate", picture, "-o", tmp_path / "out")
    assert (ran.code, ran.out) == (130, "")
    assert "Traceback" not in ran.err


@pytest.mark.usefixtures("painted")
def test_a_name_in_no_encoding_is_no_disaster(cli, clip, tmp_path):
    """As archives of other systems leave them: Latin-1 where UTF-8 is expected."""
    odd = tmp_path / os.fsdecode(b"Kniebeuge_\xe4.mp4")
    odd.write_bytes(clip.read_bytes())
    ran = cli("estimate", odd, clip, "-o", tmp_path / "out", "--no-overlay")
    assert ran.code == 0
    assert "Kniebeuge_\ufffd.mp4: " in ran.out
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_turned_picture(cli, clip, tmp_path):
    ran = cli("estimate", clip, "-o", tmp_path, *LITE, "--no-overlay", "--rotate", "180")
    assert ran.code == 0
    assert "leave --rotate out" in ran.err
    assert cli("estimate", clip, "-o", tmp_path, "--rotate", "45").code == 2


@pytest.mark.parametrize(("spec", "live"), [
    ("0", True),
    ("rtsp://camera/stream", True),
    ("walk.mp4", False),
    ("http://host/walk.mp4", False),
    ("HTTPS://host/feed.mjpg", True),
])  # fmt: skip
def test_a_recorded_file_at_an_address_takes_the_model_for_files(monkeypatch, spec, live):
    from types import SimpleNamespace

    from posespotter import media
    from posespotter.cli.parts.batch import _is_live

    class Opened:
        info = SimpleNamespace(live=spec.endswith("mjpg"))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(media, "open_source", lambda _spec: Opened())
    assert _is_live(spec) is live
