import errno
import tempfile
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from posespotter.errors import OutputError, ShapeError
from posespotter.media import VideoWriter, open_source, writer

GREY = np.full((48, 64, 3), 120, np.uint8)


def probe(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frame = next(container.decode(stream))
        return {
            "codec": stream.codec_context.codec.canonical_name,
            "pix_fmt": stream.pix_fmt,
            "size": (stream.width, stream.height),
            "colours": (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range),
            "length_s": float(stream.duration * stream.time_base),
            "start": stream.start_time,
            "tag": stream.codec_context.codec_tag,
        }


@effort(max_examples=25)
@given(
    st.lists(st.floats(0.002, 3), min_size=1, max_size=12),
    st.floats(0, 1e4),
    st.sampled_from([5, 23.976, 29.97, 30, 59.94, 240]),
)
def test_times_are_kept(gaps_s, start_s, fps):
    times = [start_s + sum(gaps_s[:k]) for k in range(len(gaps_s))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mp4"
        with VideoWriter(path, (64, 48), fps) as out:
            for time_s in times:
                out.write(GREY, time_s)
        with open_source(path) as source:
            read = [frame.time_s for frame in source]
            assert source.warnings == []
        length_s = probe(path)["length_s"]
    assert read == pytest.approx([t - times[0] for t in times], abs=1e-3)
    assert length_s == pytest.approx(times[-1] - times[0] + 1 / fps, abs=2e-3)  # the last frame has its duration


@pytest.mark.parametrize(
    ("times_s", "expected_h"),
    [
        ([0, 7 * 3600, 7 * 3600 + 0.1], [0, 6, 7, 7]),  # FFmpeg would make 0.4 h of the 7
        ([0, 0.1, 100 * 3600], [0, 0, *range(6, 97, 6), 100]),
        ([0, 1e12, 1e12 + 3600], [0, *range(6, 168, 6), 168, 169]),  # damage
    ],
)
def test_gaps_longer_than_a_container_can_say(tmp_path, times_s, expected_h):
    with VideoWriter(tmp_path / "a.mp4", (64, 48), 30) as out:
        for time_s in times_s:
            out.write(GREY, time_s)
    with open_source(tmp_path / "a.mp4") as source:
        assert [frame.time_s / 3600 for frame in source] == pytest.approx(expected_h, abs=1e-3)
    assert probe(tmp_path / "a.mp4")["length_s"] == pytest.approx(expected_h[-1] * 3600, abs=1)


def test_what_a_browser_needs(tmp_path):
    path = tmp_path / "deep" / "folder" / "a.mp4"
    with VideoWriter(path, (64, 48), 30) as out:
        for index in range(10):
            out.write(GREY, index / 30)
    assert out.codec == "libx264"
    found = probe(path)
    assert (found["codec"], found["pix_fmt"], found["size"], found["start"]) == ("h264", "yuv420p", (64, 48), 0)
    assert found["tag"] == "avc1"
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert [p.name for p in path.parent.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize(("size", "colours"), [((640, 480), (6, 6, 6, 1)), ((1280, 720), (1, 1, 1, 1))])
@pytest.mark.parametrize("colour", [(0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255), (0, 0, 0), (40, 90, 200)])
def test_colours_come_back(tmp_path, size, colours, colour):
    image = np.full((size[1], size[0], 3), colour, np.uint8)
    with VideoWriter(tmp_path / "a.mp4", size, 30) as out:
        out.write(image, 0)
    assert probe(tmp_path / "a.mp4")["colours"] == colours
    with open_source(tmp_path / "a.mp4") as source:
        (frame,) = list(source)
    assert np.abs(frame.image.astype(int) - image).max() <= 5


@pytest.mark.parametrize(("size", "stored"), [((65, 49), (66, 50)), ((64, 49), (64, 50)), ((17, 32), (18, 32))])
def test_odd_sizes_repeat_the_last_line(tmp_path, pictures, size, stored):
    image = pictures.quarters(0, *size)
    with VideoWriter(tmp_path / "a.mp4", size, 30) as out:
        out.write(image, 0)
    with open_source(tmp_path / "a.mp4") as source:
        (frame,) = list(source)
    assert frame.image.shape[1::-1] == stored
    assert pictures.corners(frame.image) == "red green blue white"
    assert frame.image[-1, -1].min() > 200  # white, not a black edge


def test_pictures_of_any_layout_and_none_is_kept(tmp_path, pictures):
    image = pictures.quarters(0, 64, 48)
    with VideoWriter(tmp_path / "a.mp4", (64, 48), 30) as out:
        for index, view in enumerate([image, image[:, ::-1], np.asfortranarray(image), image[::-1]]):
            buffer = view.copy(order="K") if index == 2 else view
            out.write(buffer, index / 30)
        reused = image.copy()
        out.write(reused, 4 / 30)
        reused[:] = 0
    with open_source(tmp_path / "a.mp4") as source:
        seen = [pictures.corners(frame.image) for frame in source]
    assert seen == [
        "red green blue white",
        "green red white blue",
        "red green blue white",
        "blue white red green",
        "red green blue white",
    ]


def test_times_that_do_not_go_forward(tmp_path):
    with VideoWriter(tmp_path / "a.mp4", (64, 48), 30) as out:
        for time_s in (0, 0.1, 0.1, 0.05, 0.2, 0.2, 0.3):
            out.write(GREY, time_s)
    with open_source(tmp_path / "a.mp4") as source:
        times = [frame.time_s for frame in source]
        assert source.warnings == []
    assert times == pytest.approx([0, 0.1, 0.1, 0.1, 0.2, 0.2, 0.3], abs=1e-3)


@pytest.mark.parametrize("failure", [RuntimeError("model"), KeyboardInterrupt()])
def test_nothing_is_left_after_an_error(tmp_path, failure):
    (tmp_path / "a.mp4").write_bytes(b"older result")

    def work():
        with VideoWriter(tmp_path / "a.mp4", (64, 48), 30) as out:
            out.write(GREY, 0)
            raise failure

    with pytest.raises(type(failure)):
        work()
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]
    assert (tmp_path / "a.mp4").read_bytes() == b"older result"


def test_no_frame(tmp_path):
    with pytest.raises(OutputError, match="expected at least one frame"), VideoWriter(tmp_path / "a.mp4", (64, 48), 30):
        pass
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(OutputError, match="could not be written"),
        VideoWriter(tmp_path / "file" / "a.mp4", (64, 48), 30),
    ):
        pass


@pytest.mark.parametrize("when", ["mux", "close"])
def test_full_disk(tmp_path, monkeypatch, when):
    class Full:
        """A container on a disk that is full."""

        def __init__(self, container):
            self.container = container

        def __getattr__(self, name):
            return getattr(self.container, name)

        def _fail(self, *_):
            raise OSError(errno.ENOSPC, "No space left on device")

        def mux(self, packet):
            self._fail() if when == "mux" else self.container.mux(packet)

        def close(self):
            self._fail()

    real_open = av.open
    monkeypatch.setattr(writer.av, "open", lambda *a, **k: Full(real_open(*a, **k)))

    def work():
        with VideoWriter(tmp_path / "a.mp4", (64, 48), 30) as out:
            for index in range(100):
                out.write(GREY, index / 30)

    with pytest.raises(OutputError, match="No space left on device"):
        work()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((48, 65, 3), np.uint8), "expected 64x48 px, got 65x48"),
        (np.zeros((48, 64), np.uint8), "BGR"),
        (np.zeros((48, 64, 3), np.float32), "BGR"),
    ],
)
def test_wrong_picture(tmp_path, image, message):
    with pytest.raises(ShapeError, match=message), VideoWriter(tmp_path / "a.mp4", (64, 48), 30) as out:
        out.write(image, 0)


@pytest.mark.parametrize("name", ["a.avi", "a", "a.webm"])
def test_wrong_name(tmp_path, name):
    with pytest.raises(OutputError, match=r"ending in \.mp4"):
        VideoWriter(tmp_path / name, (64, 48), 30)


def test_without_h264_the_mp4_holds_vp9(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "ENCODERS", (("libnot264", {}), *writer.ENCODERS[2:]))
    times = [0, 0.03, 0.1, 0.5, 0.52]
    with VideoWriter(tmp_path / "a.mp4", (65, 48), 30) as out:
        for time_s in times:
            out.write(np.zeros((48, 65, 3), np.uint8), time_s)
    assert out.codec == "libvpx-vp9"
    found = probe(tmp_path / "a.mp4")
    assert (found["codec"], found["pix_fmt"], found["colours"][0]) == ("vp9", "yuv420p", 6)
    assert found["length_s"] == pytest.approx(0.52 + 1 / 30, abs=2e-3)
    with open_source(tmp_path / "a.mp4") as source:
        assert [frame.time_s for frame in source] == pytest.approx(times, abs=1e-3)


def test_without_any_encoder(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "ENCODERS", (("libnot264", {}),))
    with (
        pytest.raises(OutputError, match="none of the encoders libnot264"),
        VideoWriter(tmp_path / "a.mp4", (64, 48), 30),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
