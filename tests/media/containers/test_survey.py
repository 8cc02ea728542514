"""What a container really holds, whatever lengths it tells."""

import av
import pytest

from posespotter.media import open_source
from posespotter.media.containers.cut_off import is_cut_off

N = 50


def remuxed(source, target, *, start_s=0.0, hold_s=0.0, pause_s=0.0, sound_s=0.0):
    """The same pictures: that begin later, whose last one is shown longer, with a pause in the middle, with sound."""
    with av.open(str(source)) as given, av.open(str(target), "w") as out:
        old = given.streams.video[0]
        new = out.add_stream_from_template(old)
        voice = out.add_stream("aac", rate=48_000) if sound_s else None
        packets = [packet for packet in given.demux(old) if packet.size]
        ticks = 1 / packets[0].time_base
        for number, packet in enumerate(packets):
            later = int((start_s + pause_s * (number >= len(packets) // 2)) * ticks)
            packet.pts, packet.dts, packet.stream = packet.pts + later, packet.dts + later, new
        packets[-1].duration += int(hold_s * ticks)
        for packet in packets:
            out.mux(packet)
        if voice is not None:
            silence = av.AudioFrame(format="fltp", layout="mono", samples=int(48_000 * sound_s))
            silence.sample_rate = 48_000
            for plane in silence.planes:
                plane.update(bytes(plane.buffer_size))
            out.mux(voice.encode(silence))
            out.mux(voice.encode(None))
    return target


@pytest.fixture
def clip(make_video):
    return make_video("a.mp4", N, fps=25, options={"bf": "0"})


@pytest.mark.parametrize(
    ("suffix", "changes"),
    [
        ("mkv", {"start_s": 5}),
        ("mkv", {"start_s": 5, "sound_s": 9}),
        ("mkv", {"hold_s": 10}),
        ("mp4", {"hold_s": 10}),
        ("mp4", {"start_s": 5, "sound_s": 9}),
        ("mkv", {"pause_s": 60}),
        ("mp4", {"pause_s": 60}),
        ("ts", {"pause_s": 60}),
        ("ts", {"start_s": 5}),
    ],
)
def test_lengths_are_not_taken_for_counts_or_rates(clip, tmp_path, suffix, changes):
    with open_source(remuxed(clip, tmp_path / f"b.{suffix}", **changes)) as source:
        frames = list(source)
        assert len(frames) == N
        assert source.info.n_frames == N
        assert source.info.fps == pytest.approx(25)
        assert frames[-1].time_s == pytest.approx((N - 1) / 25 + changes.get("pause_s", 0), abs=2e-3)
        assert source.warnings == []


@pytest.mark.parametrize("start_s", [0.013, 0.4, 5])
def test_recordings_one_behind_the_other_keep_their_rate(clip, tmp_path, start_s):
    """Their times lie between each other, as each begins anew."""
    parts = [remuxed(clip, tmp_path / f"{start}.ts", start_s=start) for start in (0, start_s)]
    whole = tmp_path / "whole.ts"
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    with open_source(whole) as source:
        assert source.info.fps == pytest.approx(25)
        assert len(list(source)) == source.info.n_frames == 2 * N


@pytest.mark.parametrize("fps", [1000, 2000, 10_000])
def test_a_camera_for_fast_motion(make_video, fps):
    with open_source(make_video("a.mp4", 30, fps=fps)) as source:
        assert source.info.fps == pytest.approx(fps)
        assert [frame.time_s for frame in source] == pytest.approx([k / fps for k in range(30)], abs=0.1 / fps)


def test_empty_chunks_of_dropped_frames_are_none(tmp_path):
    """AVI has no times: whoever drops a frame writes an empty one."""
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for number in range(48):
            if number % 4 != 3:
                frame = av.VideoFrame(64, 48, "yuvj420p")
                frame.pts = number
                out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with open_source(path) as source:
        assert len(list(source)) == source.info.n_frames == 36
        assert source.info.fps == pytest.approx(25)
        assert source.warnings == []


def test_h264_in_avi(make_video):
    """FFmpeg gives it the rate of fields, twice that of pictures."""
    with open_source(make_video("a.avi", N, fps=25, options={"bf": "0"})) as source:
        assert source.info.fps == pytest.approx(25)
        assert len(list(source)) == source.info.n_frames == N
        assert source.warnings == []


@pytest.mark.parametrize(
    ("name", "demuxer", "how"),
    [
        ("a.mp4", "mov", {"muxer": {"movflags": "+faststart"}}),
        ("a.mp4", "mov", {"muxer": {"movflags": "frag_keyframe+empty_moov"}}),
        ("a.mkv", "matroska", {}),
        ("a.avi", "avi", {"codec": "mpeg4"}),
        ("a.gif", "gif", {"codec": "gif", "pix_fmt": "gray"}),
    ],
)
def test_a_file_that_ends_before_its_container(make_video, name, demuxer, how):
    path = make_video(name, 20, **how)
    data = path.read_bytes()
    for lost, cut_off in ((0, False), (20, True), (len(data) // 3, True)):
        path.write_bytes(data[: len(data) - lost])
        assert is_cut_off(path, demuxer) == cut_off, lost
    path.write_bytes(data + (b"" if demuxer == "gif" else b"what somebody put behind it"))
    assert not is_cut_off(path, demuxer)


@pytest.mark.parametrize("demuxer", ["mov", "avi", "matroska", "gif", "mpegts"])
@pytest.mark.parametrize(
    "data", [b"\0", b"\xff" * 40, b"\x1a\x45\xdf\xa3", b"RIFF\0\0\0\0AVI ", b"\0\0\0\1ftyp" + b"\0" * 8]
)
def test_containers_that_do_not_say_where_they_end(tmp_path, demuxer, data):
    (tmp_path / "a").write_bytes(data)
    assert is_cut_off(tmp_path / "a", demuxer) == (demuxer == "gif")
