import errno
import gc
import os
import shutil
import threading
from fractions import Fraction
from itertools import count
from pathlib import Path

import av
import numpy as np
import pytest

from posespotter.errors import InputError
from posespotter.media import VideoWriter, open_source
from posespotter.media.containers.upright import Upright
from posespotter.settings import settings


def levels(frames):
    """The grey in the middle of each frame, as `make_video` painted it."""
    return [int(frame.image[frame.image.shape[0] // 2, frame.image.shape[1] // 2].mean()) for frame in frames]


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mov", "libx264", "yuv420p"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.avi", "libx264", "yuv420p"),
        ("a.ts", "libx264", "yuv420p"),
        ("a.m2ts", "libx264", "yuv420p"),
        ("a.mp4", "libx265", "yuv420p"),
        ("a.mkv", "libx265", "yuv420p10le"),
        ("a.webm", "libvpx", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.mp4", "libsvtav1", "yuv420p"),
        ("a.webm", "libsvtav1", "yuv420p10le"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.mp4", "mpeg4", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.mov", "mjpeg", "yuvj420p"),
        ("a.mov", "prores_ks", "yuv422p10le"),
        ("a.ts", "mpeg2video", "yuv420p"),
        ("a.avi", "rawvideo", "bgr24"),
    ],
)
def test_codecs_and_containers(make_video, pictures, name, codec, pix_fmt):
    path = make_video(name, 12, codec=codec, pix_fmt=pix_fmt, fps=25)
    with open_source(path) as source:
        frames = list(source)
        info = source.info
        assert source.warnings == []
    assert [frame.index for frame in frames] == list(range(12))
    assert [frame.time_s for frame in frames] == pytest.approx([k / 25 for k in range(12)], abs=1.1e-3)
    assert levels(frames) == pytest.approx([pictures.level(k) for k in range(12)], abs=6)
    assert (info.name, info.kind, info.width, info.height, info.live) == (name, "video", 64, 48, False)
    assert info.fps == pytest.approx(25, rel=0.01)
    assert frames[0].image.shape == (48, 64, 3)
    assert frames[0].image.dtype == np.uint8
    assert frames[0].image.flags.c_contiguous


def test_gif_named_mp4(make_video, pictures):
    path = make_video("a.gif", 8, codec="gif", pix_fmt="gray", fps=10)
    with open_source(path.rename(path.with_suffix(".mp4"))) as source:
        frames = list(source)
    assert [frame.time_s for frame in frames] == pytest.approx([k / 10 for k in range(8)])
    assert levels(frames) == pytest.approx([pictures.level(k) for k in range(8)], abs=3)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
def test_variable_frame_rate(make_video, name):
    times = [0, 0.04, 0.05, 0.5, 0.533, 2.0, 2.001, 2.1]
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    with open_source(make_video(name, len(times), codec=codec, times_s=times)) as source:
        assert [frame.time_s for frame in source] == pytest.approx(times, abs=1.1e-3)
        assert source.warnings == []


def test_times_start_at_the_first_frame(make_video):
    with open_source(make_video("a.mp4", 4, times_s=[7, 7.1, 7.3, 7.4])) as source:
        assert [frame.time_s for frame in source] == pytest.approx([0, 0.1, 0.3, 0.4], abs=1e-4)


def test_sound_is_ignored(make_video):
    with open_source(make_video("a.mp4", 12, sound=True)) as source:
        assert len(list(source)) == 12


def test_reading_again_starts_again(make_video):
    with open_source(make_video("a.mp4", 12)) as source:
        first = next(iter(source))
        again = list(source)
        assert [frame.index for frame in again] == list(range(12))
        assert (first.image == again[0].image).all()
        two = [(a.index, b.index) for a, b in zip(source, source, strict=True)]
        assert two == [(k, k) for k in range(12)]


@pytest.mark.parametrize(
    ("name", "codec", "muxer"),
    [
        ("a.mp4", "libx264", {"movflags": "+faststart"}),
        ("a.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        ("a.mkv", "libx264", {}),
        ("a.webm", "libvpx-vp9", {}),
        ("a.avi", "mpeg4", {}),
    ],
)
def test_truncated_file_gives_what_it_holds(make_video, name, codec, muxer):
    noise = np.random.default_rng(0)
    path = make_video(
        name, 60, codec=codec, muxer=muxer, picture=lambda _, w, h: noise.integers(0, 255, (h, w, 3), np.uint8)
    )
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with open_source(path) as source:
        for _ in range(2):
            n = len(list(source))
            assert 20 < n < 50
            (warning,) = source.warnings
            assert warning.startswith(f"truncated after {n} frames")
            assert source.info.n_frames is None or source.info.n_frames >= n


def test_truncated_file_with_sound(make_video):
    noise = np.random.default_rng(0)
    path = make_video("a.mkv", 60, sound=True, picture=lambda _, w, h: noise.integers(0, 255, (h, w, 3), np.uint8))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with open_source(path) as source:
        assert 10 < len(list(source)) < 50
        assert "truncated" in source.warnings[0]


def test_whole_file_with_longer_sound_is_not_called_truncated(make_video):
    with open_source(make_video("a.mkv", 6, sound=True)) as source:  # 0.2 s of pictures, 1 s of sound
        assert len(list(source)) == 6
        assert source.warnings == []


def test_damage_in_the_middle(make_video):
    path = make_video("a.ts", 60, options={"g": "10"})
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 3)
    path.write_bytes(data)
    with open_source(path) as source:
        frames = list(source)
    assert 20 < len(frames) <= 60
    assert frames[-1].time_s > 1.8


def test_frames_that_cannot_be_converted_are_left_out(make_video, monkeypatch):
    convert, numbers = Upright.image, count()

    def refuse_some(self, frame):
        if next(numbers) in {3, 4, 11}:
            raise av.error.OSError(errno.EOPNOTSUPP, "Operation not supported")
        return convert(self, frame)

    with open_source(make_video("a.mp4", 12)) as source:
        monkeypatch.setattr(Upright, "image", refuse_some)
        frames = list(source)
        assert "3 damaged pieces could not be decoded and were left out." in source.warnings
    assert [frame.index for frame in frames] == list(range(9))
    assert [round(frame.time_s * 30) for frame in frames] == [0, 1, 2, 5, 6, 7, 8, 9, 10]


def test_a_video_whose_pictures_cannot_be_converted(make_video, monkeypatch):
    def refuse(*_):
        raise av.error.OSError(errno.EOPNOTSUPP, "Operation not supported")

    path = make_video("a.mp4", 3)
    monkeypatch.setattr(Upright, "image", refuse)
    with pytest.raises(InputError, match=r"cannot be converted \(operation not supported\)\. Convert it to H\.264"):
        open_source(path)


@pytest.mark.parametrize(("flags", "told"), [("+global_header", 0), ("+ildct+ilme", 1)])
def test_interlaced_video_is_told_once(make_video, flags, told):
    with open_source(make_video("a.ts", 8, codec="mpeg2video", options={"flags": flags})) as source:
        for _ in range(2):
            assert len(list(source)) == 8
            assert len(source.warnings) == told
            assert all("interlaced" in warning and "bwdif" in warning for warning in source.warnings)


def test_wrong_frame_count_in_the_header(make_video):
    path = make_video("a.avi", 12, codec="mpeg4")
    data = bytearray(path.read_bytes())
    at = data.index(b"avih") + 8 + 16  # dwTotalFrames
    data[at : at + 4] = (9999).to_bytes(4, "little")
    at = data.index(b"strh") + 8 + 32  # dwLength
    data[at : at + 4] = (9999).to_bytes(4, "little")
    path.write_bytes(data)
    with open_source(path) as source:
        assert source.info.n_frames == 12
        assert len(list(source)) == 12
        assert source.warnings == []


def join_ts(path, *parts):
    with path.open("wb") as out:
        for part in parts:
            out.write(part.read_bytes())
    return path


def test_clock_that_jumps_back(make_video, tmp_path):
    part = make_video("part.ts", 10, fps=10)
    with open_source(join_ts(tmp_path / "a.ts", part, part)) as source:
        times = [frame.time_s for frame in source]
        assert any("1 timestamp out of order" in warning for warning in source.warnings)
    assert len(times) == 20
    assert times == pytest.approx([k / 10 for k in range(20)], abs=1e-3)


def test_size_that_changes_on_the_way(make_video, tmp_path):
    first = make_video("one.ts", 10, size=(64, 48))
    second = make_video("two.ts", 10, size=(48, 96))
    with open_source(join_ts(tmp_path / "a.ts", first, second)) as source:
        frames = list(source)
        assert any("changes from 64x48 to 48x96 px at frame 10" in warning for warning in source.warnings)
    assert len(frames) == 20
    assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
    bars = frames[-1].image[24]  # 24 px wide in the middle, black beside it
    assert bars[:18].max() < 5
    assert bars[46:].max() < 5
    assert bars[24:40].min() > 30


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"expected a picture .* or a video .*, got an empty file"),
        (b"I am a text.\n" * 20, "got a text file"),
        ("Grüße, ein Text".encode() * 99, "got a text file"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "got an HLS playlist"),
        (b'<?xml version="1.0"?><MPD xmlns="x">', "got a DASH playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "got a concat playlist"),
        (b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "got an SDP description"),
        (b"\0\1\2\3" * 200, "got other data"),
        (b"\0\0\0\x18ftypisom" + b"\0" * 500, "could not be opened as a video"),
        (b"\x1a\x45\xdf\xa3" + b"\1" * 500, "could not be opened as a video|without"),
        (b"RIFF\0\0\0\0AVI " + b"\0" * 500, "could not be opened as a video|without"),
        (b"GIF89a" + b"\0" * 500, "video"),
    ],
)
def test_no_video(tmp_path, data, message):
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as caught:
        open_source(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing(tmp_path):
    with pytest.raises(InputError, match=r"nope.mp4 does not exist"):
        open_source(tmp_path / "nope.mp4")


def test_sound_only(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=48_000)
        hiss = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), "fltp", "mono")
        hiss.sample_rate = 48_000
        output.mux(stream.encode(hiss))
        output.mux(stream.encode(None))
    with pytest.raises(InputError, match="without moving pictures"):
        open_source(path)


def test_video_of_no_frames(make_video):
    path = make_video("a.mp4", 12, muxer={"movflags": "+faststart"})
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"mdat") + 4])
    with pytest.raises(InputError, match=r"without a frame that can be decoded"):
        open_source(path)


@pytest.mark.parametrize(("codec", "pix_fmt"), [("ffv1", "yuv420p"), ("huffyuv", "yuv422p"), ("magicyuv", "yuv420p")])
def test_codecs_that_are_not_accepted(make_video, codec, pix_fmt):
    with pytest.raises(InputError, match=rf"expected video coded as h264.*, got {codec}"):
        open_source(make_video("a.avi", 3, codec=codec, pix_fmt=pix_fmt))


def test_too_large_and_too_small(make_video, monkeypatch):
    path = make_video("a.mp4", 3, size=(64, 48))
    monkeypatch.setenv("POSESPOTTER_MAX_IMAGE_MEGAPIXELS", "0.003")
    settings.cache_clear()
    with pytest.raises(InputError, match=r"expected at most 0.003 megapixels, got 64x48"):
        open_source(path)
    with pytest.raises(InputError, match=r"expected at least 16x16 px, got 16x8"):
        open_source(make_video("b.mp4", 3, size=(16, 8)))


def test_names_that_look_like_protocols(make_video, tmp_path, monkeypatch):
    clip = make_video("a.mp4", 3)
    monkeypatch.chdir(tmp_path)
    for name in ("concat:a.mp4", "subfile,,start,0,end,9,,:a.mp4", "file:a.mp4", "-i.mp4", "100%d.mp4"):
        shutil.copy(clip, name)
        with open_source(name) as source:
            assert len(list(source)) == 3


def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="counts the resident pages of Linux")
def test_memory_stays_flat_without_the_garbage_collector(make_video, tmp_path):
    """Counted by the system, as FFmpeg's memory is not Python's; frames kept alive by cycles would be 400 MB."""
    path = make_video("a.mp4", 300, size=(1280, 720), options={"preset": "ultrafast"})
    gc.disable()
    try:
        with open_source(path) as source, VideoWriter(tmp_path / "b.mp4", (1280, 720), 30) as out:
            seen = []
            for frame in source:
                out.write(frame.image, frame.time_s)
                if frame.index in {100, 299}:
                    seen.append(resident_mb())
    finally:
        gc.enable()
    assert seen[1] - seen[0] < 60


def test_read_in_another_thread(make_video):
    with open_source(make_video("a.mp4", 12)) as source:
        got = []
        thread = threading.Thread(target=lambda: got.extend(source))
        thread.start()
        thread.join(10)
        assert len(got) == 12


def test_closed(make_video):
    source = open_source(make_video("a.mp4", 12))
    source.close()
    source.close()
    with pytest.raises(InputError, match="is closed"):
        next(iter(source))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_fps_is_exact_for_broadcast_rates(make_video, name):
    with open_source(make_video(name, 30, fps=float(Fraction(30000, 1001)))) as source:
        assert source.info.fps == pytest.approx(30000 / 1001, rel=1e-4)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "n", "size", "last_s"),
    [
        ("exercise/squat_oblique_1.mp4", 90, (1280, 720), 89 / 30),
        ("exercise/squat_oblique_2_hevc.mp4", 65, (720, 1280), 64 / 5),
        ("exercise/gif_renamed_mp4_deadlift_1.mp4", 38, (480, 270), 2.47),
        ("tracking/two_people_cross.mp4", 230, (1768, 994), 229 / 30),  # VP9 in MP4
        ("tracking/street_15_people_5_frames.mp4", 5, (960, 540), 0.8),
    ],
)
def test_real_clips(shared, name, n, size, last_s):
    with open_source(shared / "data" / name) as source:
        frames = [(frame.index, frame.time_s) for frame in source]
        assert source.warnings == []
        assert (source.info.width, source.info.height) == size
        assert source.info.n_frames == n
    assert frames[-1] == (n - 1, pytest.approx(last_s, abs=2e-3))
